"""The table of a comparison: its rows as cells ready to be shown.

``content`` is what training/ledger.py reads: nothing is missing at its top, anything may be missing within a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from training import published
from training.comparison_figures import COLUMNS, Column, Number, Text, figure_label, points
from training.figures import at
from training.ledger import BASELINE, CUTS, DECIDES, PERFECT

SEES = {
    ("text",): gettext_lazy("plot"),
    ("image",): gettext_lazy("poster"),
    ("text", "image"): gettext_lazy("plot and poster"),
}


@dataclass(frozen=True)
class Cell:
    """A figure as text, with its interval and its spread over seeds where there are any."""

    value: str
    low: str = ""
    high: str = ""
    spread: str = ""
    best: bool = False


@dataclass(frozen=True)
class PublishedFigure:
    """A figure from elsewhere beside a row: "macro 46.96 (C)"."""

    name: Text
    value: str
    system: str
    data: Text


@dataclass(frozen=True)
class Row:
    """A row of the table."""

    id: str
    label: Text
    kind: str = "model"
    """`model`, `baseline` or `ceiling`."""
    notes: list[tuple[str, str]] = field(default_factory=list)
    sees: Text = ""
    by_vectors: bool = False
    """Whether it reads stored vectors, and not posters or plots themselves."""
    systems: tuple[str, ...] = ()
    seeds: int = 0
    reason: str = ""
    """Why there are no figures."""
    cells: list[Cell] = field(default_factory=list)
    published: list[PublishedFigure] = field(default_factory=list)


def done(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows with figures, the best first."""
    rows = [row for row in content["rows"] if row.get("state") == "done"]
    return sorted(rows, key=lambda row: -(figure(row, DECIDES) or 0))


def figure(row: dict[str, Any], name: str, part: str = "value") -> Number:
    """A number of a row: a figure's value or bound, or what it cost."""
    return at(row, name) if name in row and part == "value" else at(row, "figures", name, part)


def table(content: dict[str, Any]) -> list[Row]:
    """The rows that were trained, best first; what stands beside them; those that could not be trained."""
    ranked = done(content)
    best = {column.name: _best(ranked, column) for column in COLUMNS}
    mixed = len({device for row in ranked for device in _devices(row)}) > 1
    models = [_row(row, best, _devices(row) if mixed else []) for row in ranked]
    failed = [_failed(row) for row in content["rows"] if row.get("state") == "failed"]
    return models + _references(content) + failed


def _best(rows: Sequence[dict[str, Any]], column: Column) -> str:
    """How the best value of a column is written; every cell that reads the same is marked."""
    values = [value for row in rows if (value := figure(row, column.name)) is not None]
    if column.name in ("train_seconds", "parameters", "films_per_second") or len(values) < 2:
        return ""
    return column.show(max(values) if column.more_is_better else min(values))


def _devices(row: dict[str, Any]) -> list[str]:
    """What the row's models were computed on."""
    models = [model for model in row.get("models", []) if isinstance(model, dict)]
    return sorted({str(model["device"]) for model in models if model.get("device")})


def _row(row: dict[str, Any], best: dict[str, str], devices: list[str]) -> Row:
    """``devices``: what it was computed on, where rows were computed on different ones."""
    architecture = str(row.get("architecture", ""))
    return Row(
        id=str(row["id"]),
        label=str(row.get("label") or row["id"]),
        notes=[(str(name), str(value)) for name, value in row.get("notes", [])]
        + [(pgettext("computed", "on"), name) for name in devices],
        sees=SEES.get(tuple(row.get("sees", ())), ""),
        by_vectors=row.get("reads") == "vectors",
        systems=published.SYSTEMS.get(architecture, ()),
        seeds=int(at(row, "seeds") or 1),
        cells=[_cell(row, column, best[column.name]) for column in COLUMNS],
        published=published_beside(architecture),
    )


def _cell(row: dict[str, Any], column: Column, best: str = "") -> Cell:
    value = figure(row, column.name)
    low, high, spread = (figure(row, column.name, part) for part in ("low", "high", "spread"))
    written, bounds = column.show(value), [column.show(bound) for bound in (low, high) if bound is not None]
    certain = set(bounds) <= {written}  # perfection has no interval worth its place
    return Cell(
        written,
        "" if certain else bounds[0],
        "" if certain else bounds[-1],
        "" if spread is None else column.show(spread),
        best=bool(best) and written == best,
    )


def published_beside(architecture: str) -> list[PublishedFigure]:
    return [
        PublishedFigure(figure_label(name), points(value, 2), row.system, published.DATA[row.data])
        for row in published.of(architecture)
        for name, value in row.figures.items()
    ]


_REFERENCES: dict[str, tuple[str, Text, Text]] = {
    BASELINE: ("baseline", gettext_lazy("baseline"), gettext_lazy("the commonest three, whatever the film")),
    CUTS: ("ceiling", gettext_lazy("ceiling of thresholds"), gettext_lazy("the best row, cut on these very films")),
    PERFECT: ("ceiling", gettext_lazy("ceiling"), gettext_lazy("perfect, but three genres at most")),
}


def _references(content: dict[str, Any]) -> list[Row]:
    found = {row.get("id"): row for row in content["references"]}
    return [
        Row(name, label, kind, [("", str(note))], cells=[_beside(found[name], column) for column in COLUMNS])
        for name, (kind, label, note) in _REFERENCES.items()
        if name in found
    ]


def _beside(reference: dict[str, Any], column: Column) -> Cell:
    """A figure of a reference; nothing where other thresholds change nothing."""
    return Cell("") if reference["id"] == CUTS and not column.by_thresholds else _cell(reference, column)


def _failed(row: dict[str, Any]) -> Row:
    architecture = str(row.get("architecture", ""))
    return Row(
        id=str(row.get("id", "")),
        label=str(row.get("label") or row.get("id", "")),
        systems=published.SYSTEMS.get(architecture, ()),
        reason=str(row.get("reason") or _("No reason is known.")),
    )


@dataclass(frozen=True)
class PublishedRow:
    """A row of the table of what others have published."""

    name: Text
    system: str
    data: Text
    source: Text
    sense: Text
    figures: list[tuple[str, str]]


def published_table() -> list[tuple[Text, list[PublishedRow]]]:
    """What others have published, by the films that it is of."""
    return [
        (
            label,
            [
                PublishedRow(
                    row.name,
                    row.system,
                    label,
                    row.source,
                    row.sense,
                    [(figure_label(name), points(value, 2)) for name, value in row.figures.items()],
                )
                for row in published.TABLE
                if row.data == data
            ],
        )
        for data, label in published.DATA.items()
    ]
