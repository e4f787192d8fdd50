"""The geometry of a comparison's charts, in percent of their width and height; drawn by the templates.

Nothing is told apart by colour alone: lines have dashes, bars have their numbers, heat has its number in the cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from django.utils.translation import get_language

from training.charts import STYLES
from training.comparison_figures import BY_NAME, Number, Text, figure_label, points
from training.comparison_table import done, figure
from training.figures import at
from training.ledger import BASELINE, CUTS, DECIDES, PERFECT

BARS = ("micro_f1", "macro_f1", "map", "top3_share")
HEAT_LEVELS = 10
LINES = len(STYLES)


def percent(share: float) -> str:
    return f"{max(0.0, min(1.0, share)) * 100:.2f}"


# Bars ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    """One row's figure. Geometry is "" where there is nothing to draw."""

    label: str
    value: str
    interval: str
    width: str
    low: str
    high: str


@dataclass(frozen=True)
class BarChart:
    """A figure of every row; the ticks are where baseline and ceilings are, if they lie within the range."""

    name: str
    label: Text
    top: str
    """What the right edge stands for."""
    bars: list[Bar]
    ticks: list[tuple[str, str]]
    """(kind, x): `baseline` and `ceiling`."""


def bar_charts(content: dict[str, Any], names: Sequence[str] = BARS) -> list[BarChart]:
    """One chart per figure, the highest row first."""
    return [chart for name in names if (chart := _bar_chart(content, name))]


def _bar_chart(content: dict[str, Any], name: str) -> BarChart | None:
    rows = [row for row in done(content) if figure(row, name) is not None]
    if not rows:
        return None
    rows.sort(key=lambda row: -(figure(row, name) or 0))
    beside = {row.get("id"): figure(row, name) for row in content["references"]}
    highest = max(value for row in rows for part in ("value", "high") if (value := figure(row, name, part)) is not None)
    top = min(1.0, max(0.1, ceil(max(highest, beside.get(BASELINE) or 0) * 10) / 10))
    marks = [("baseline", beside.get(BASELINE)), ("ceiling", beside.get(PERFECT))]
    marks += [("ceiling", beside.get(CUTS))] if BY_NAME[name].by_thresholds else []
    ticks = [(kind, percent(value / top)) for kind, value in marks if value is not None and value <= top]
    return BarChart(name, figure_label(name), points(top, 0), [_bar(row, name, top) for row in rows], ticks)


def _bar(row: dict[str, Any], name: str, top: float) -> Bar:
    value, low, high = (figure(row, name, part) for part in ("value", "low", "high"))
    show = BY_NAME[name].show
    inside = low is not None and high is not None
    return Bar(
        label=str(row.get("label")),
        value=show(value),
        interval=f"{show(low)}–{show(high)}" if inside else "",
        width=percent((value or 0) / top),
        low=percent((low or 0) / top) if inside else "",
        high=percent((high or 0) / top) if inside else "",
    )


# Genres ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GenreRow:
    name: str
    films: int
    cells: list[tuple[str, int]]
    """Text and heat, 0 to HEAT_LEVELS; -1 where there is no figure."""


@dataclass(frozen=True)
class GenreTable:
    """A figure of each genre in each row, the commonest genre and the best row first."""

    label: Text
    columns: list[str]
    rows: list[GenreRow]


def genre_table(content: dict[str, Any], name: str, label: Text) -> GenreTable | None:
    ranked = done(content)
    by_row = [{term.get("term"): term for term in row.get("terms", [])} for row in ranked]
    films = {slug: int(at(term, "positives") or 0) for terms in by_row[:1] for slug, term in terms.items()}
    if not films:
        return None
    called = term_names(content)
    rows = [
        GenreRow(called.get(slug, slug), count, [_heat(at(terms.get(slug, {}), name)) for terms in by_row])
        for slug, count in sorted(films.items(), key=lambda item: -item[1])
    ]
    return GenreTable(label, [str(row.get("label")) for row in ranked], rows)


def _heat(value: Number) -> tuple[str, int]:
    return ("–", -1) if value is None else (points(value, 0), min(HEAT_LEVELS, max(0, round(value * HEAT_LEVELS))))


def term_names(content: dict[str, Any]) -> dict[str, str]:
    """The genres' names in the reader's language."""
    korean = get_language() == "ko"
    names = content["dataset"].get("names", {})
    return {slug: both[1] if korean else both[0] for slug, both in names.items() if len(both) == 2}


# Curves ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """Points of an SVG polyline in percent, y downwards."""

    label: str
    note: str
    points: str
    style: str = "solid"


@dataclass(frozen=True)
class Panel:
    """A small chart: one line in front, the others faint behind it, and a level to compare with."""

    line: Line
    level: str = ""


def precision_recall(content: dict[str, Any]) -> tuple[list[Panel], list[str]]:
    """A panel for each row, the best first, and the points of all of them for the background."""
    lines = [_curve_line(str(row.get("label")), row.get("curve"), points(figure(row, "map"))) for row in done(content)]
    drawn = [line for line in lines if line.points]
    return [Panel(line) for line in drawn], [line.points for line in drawn]


def chosen_curves(content: dict[str, Any]) -> list[Line]:
    """The rows that are worth one chart: the best that sees both, the best of plots, the best of posters, the next."""
    ranked = [row for row in done(content) if _curve_line("", row.get("curve"), "").points]
    first = [next((row for row in ranked if row.get("sees") == sees), None) for sees in (["text"], ["image"])]
    chosen = [row for row in ranked if row in [*ranked[:1], *first]]
    chosen += [row for row in ranked if row not in chosen][: LINES - len(chosen)]
    chosen.sort(key=ranked.index)
    return [
        _curve_line(str(row.get("label")), row.get("curve"), points(figure(row, "map")), STYLES[place])
        for place, row in enumerate(chosen)
    ]


def genre_panels(content: dict[str, Any]) -> list[Panel]:
    """Precision and recall of each genre in the best row, with the share of its films as the level of chance."""
    best = next(iter(done(content)), {})
    terms = {term.get("term"): term for term in best.get("terms", [])}
    names = term_names(content)
    panels = []
    for curve in content["curves"]:
        slug = str(curve.get("term"))
        term = terms.get(slug, {})
        line = _curve_line(names.get(slug, slug), curve, points(at(term, "average_precision")))
        known, films = at(term, "known"), at(term, "positives") or 0
        if line.points:
            panels.append((films, Panel(line, percent(1 - films / known) if known else "")))
    return [panel for _, panel in sorted(panels, key=lambda pair: -pair[0])]


def _curve_line(label: str, curve: Any, note: str, style: str = "solid") -> Line:
    recall, precision = (curve.get(name, []) if isinstance(curve, dict) else [] for name in ("recall", "precision"))
    drawn = " ".join(f"{percent(x)},{percent(1 - y)}" for x, y in zip(recall, precision, strict=False))
    return Line(label, note, drawn, style)


def best_id(content: dict[str, Any]) -> str:
    """The row that is ahead in the figure that decides."""
    return str(next((row["id"] for row in done(content) if figure(row, DECIDES) is not None), ""))
