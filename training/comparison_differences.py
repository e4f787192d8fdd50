"""Rows of a comparison against each other: paired differences on the same test films, and what they decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

from django.utils.translation import gettext as _

from training import published
from training.comparison_charts import percent
from training.comparison_figures import Text, figure_label, gained, points
from training.comparison_table import done, figure
from training.figures import at
from training.ledger import BASELINE, DECIDES

SHOWN = ("micro_f1", "macro_f1", "map")
Triple = tuple[float, float, float]


@dataclass(frozen=True)
class DifferenceCell:
    """First minus second in points with its interval; x in percent of the table's range."""

    value: str
    interval: str
    x: str
    low: str
    high: str
    verdict: str
    """`above` or `below` where the interval leaves out zero, else `even`."""


@dataclass(frozen=True)
class Difference:
    first: Text
    second: Text
    cells: list[DifferenceCell]


@dataclass(frozen=True)
class DifferenceTable:
    """Rows against each other on the same test films, paired."""

    title: Text
    columns: list[str]
    low: str
    high: str
    """The ends of the range, in points."""
    zero: str
    """Where no difference is, in percent."""
    rows: list[Difference]


class Differences:
    """What a comparison says of each two rows, in either order."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.labels = {row["id"]: str(row.get("label") or row["id"]) for row in done(content)}
        self.labels[BASELINE] = _("baseline")
        self.found: dict[tuple[str, str], dict[str, Any]] = {}
        for pair in content["differences"]:
            if isinstance(pair.get("figures"), dict):
                self.found[str(pair.get("first")), str(pair.get("second"))] = pair["figures"]

    def of(self, first: str, second: str, name: str) -> Triple | None:
        """First minus second: value, low, high; None where it is not known."""
        if (first, second) in self.found:
            return _triple(self.found[first, second], name)
        turned = _triple(self.found.get((second, first), {}), name)
        return (-turned[0], -turned[2], -turned[1]) if turned else None

    def table(
        self, title: Text, pairs: Iterable[tuple[str, str]], names: Sequence[str] = SHOWN
    ) -> DifferenceTable | None:
        """The pairs of which anything is known."""
        rows = [(a, b, [self.of(a, b, name) for name in names]) for a, b in pairs]
        rows = [(a, b, cells) for a, b, cells in rows if any(cells)]
        called = [(self.labels.get(a, a), self.labels.get(b, b), cells) for a, b, cells in rows]
        return difference_table(title, called, names)


def difference_table(
    title: Text, rows: Sequence[tuple[Text, Text, list[Any]]], names: Sequence[str]
) -> DifferenceTable | None:
    """Rows of (first, second, (value, low, high) for each name); None without rows."""
    known = [bound for _, _, cells in rows for cell in cells if cell for bound in cell]
    if not known:
        return None
    low, high = floor(min(0.0, *known) * 50) / 50, ceil(max(0.0, *known) * 50) / 50
    span = (low, high if high > low else low + 0.02)
    drawn = [Difference(first, second, [_difference(cell, span) for cell in cells]) for first, second, cells in rows]
    columns = [figure_label(name) for name in names]
    return DifferenceTable(title, columns, points(span[0], 0), points(span[1], 0), _place(0, span), drawn)


def _place(value: float, span: tuple[float, float]) -> str:
    return percent((value - span[0]) / (span[1] - span[0]))


def _triple(figures: dict[str, Any], name: str) -> Triple | None:
    value, low, high = (at(figures, name, part) for part in ("value", "low", "high"))
    return None if value is None or low is None or high is None else (value, low, high)


def _difference(cell: Triple | None, span: tuple[float, float]) -> DifferenceCell:
    if cell is None:
        return DifferenceCell("–", "", "", "", "", "even")
    value, low, high = cell
    x = [_place(bound, span) for bound in cell]
    verdict = "above" if low > 0 else "below" if high < 0 else "even"
    return DifferenceCell(gained(value), f"{gained(low)} … {gained(high)}", x[0], x[1], x[2], verdict)


# Which pairs are worth a look ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """A question that a comparison answers. ``holds`` is None where it cannot be said."""

    holds: bool | None
    sentence: str


def tables(content: dict[str, Any]) -> list[DifferenceTable]:
    """The best row against all others, fusion against single modalities, and models that are shown less."""
    found, ranked = Differences(content), [str(row["id"]) for row in done(content)]
    best = ranked[:1]
    wanted = [
        found.table(
            _("The best row minus the others"), [(b, other) for b in best for other in [*ranked[1:], BASELINE]]
        ),
        found.table(_("Fusion minus the best of plots alone and of posters alone"), fusion_pairs(content)),
        found.table(_("Own architectures minus the best published one"), own_pairs(content)),
        _views_table(content),
    ]
    return [table for table in wanted if table]


def fusion_pairs(content: dict[str, Any]) -> list[tuple[str, str]]:
    """Each row that sees both, against the best row of plots alone and the best of posters alone."""
    ranked = done(content)
    singles = [next((row["id"] for row in ranked if row.get("sees") == [seen]), None) for seen in ("text", "image")]
    both = [row["id"] for row in ranked if len(row.get("sees", ())) > 1]
    return [(first, second) for first in both for second in singles if second]


def own_pairs(content: dict[str, Any]) -> list[tuple[str, str]]:
    """Each architecture of this project against the best that re-implements a published one."""
    ranked = done(content)
    theirs = [row["id"] for row in ranked if published.is_published(str(row.get("architecture")))]
    return [(row["id"], theirs[0]) for row in ranked if row["id"] not in theirs] if theirs else []


def _views_table(content: dict[str, Any]) -> DifferenceTable | None:
    """What the poster adds to the plot, and the plot to the poster, within each model that sees both."""
    rows: list[tuple[Text, Text, list[Triple | None]]] = []
    for row in done(content):
        differences = (row.get("views") or {}).get("differences") or {}
        for name, without in (("both-plot", _("without the poster")), ("both-poster", _("without the plot"))):
            if name in differences:
                cells = [_triple(differences[name], figure) for figure in SHOWN]
                rows.append((str(row.get("label")), without, cells))
    return difference_table(
        _("The same model minus itself with one of the two hidden, films that have both"), rows, SHOWN
    )


def verdicts(content: dict[str, Any]) -> list[Verdict]:
    """What a reader wants to know first, in sentences."""
    ranked, found = done(content), Differences(content)
    if not ranked:
        return []
    best = ranked[0]
    words = {name: points(figure(best, f"{name}_f1")) for name in ("micro", "macro")}
    ahead = _("%(label)s is ahead, with a micro-F1 of %(micro)s and a macro-F1 of %(macro)s.")
    told = [Verdict(None, ahead % {"label": found.labels[best["id"]], **words})]
    told += _above_baseline(found, [row["id"] for row in ranked])
    return told + _fusion_helps(found, fusion_pairs(content)) + _own_is_best(found, own_pairs(content))


def _above_baseline(found: Differences, rows: list[str]) -> list[Verdict]:
    known = {row: cell for row in rows if (cell := found.of(row, BASELINE, "map"))}
    below = [found.labels[row] for row, (_value, low, _high) in known.items() if low <= 0]
    if not known:
        return []
    if not below:
        return [Verdict(True, _("Every row is above the baseline in mAP, with its whole interval."))]
    return [Verdict(False, _("Not above the baseline in mAP: %(labels)s.") % {"labels": ", ".join(below)})]


def _fusion_helps(found: Differences, pairs: list[tuple[str, str]]) -> list[Verdict]:
    """Rows above every single modality with the whole interval, in the figure that decides."""
    rows = list(dict.fromkeys(first for first, _second in pairs))
    if len({second for _first, second in pairs}) < 2:
        return []
    lows = {row: [cell[1] for a, b in pairs if a == row and (cell := found.of(a, b, DECIDES))] for row in rows}
    above = [found.labels[row] for row in rows if lows[row] and min(lows[row]) > 0]
    if not above:
        return [Verdict(False, _("No fusion is above both the best of plots alone and the best of posters alone."))]
    words = {"labels": ", ".join(above), "figure": figure_label(DECIDES)}
    told = _(
        "Above both the best of plots alone and the best of posters alone (%(figure)s, whole interval): %(labels)s."
    )
    return [Verdict(True, told % words)]


def _own_is_best(found: Differences, pairs: list[tuple[str, str]]) -> list[Verdict]:
    known = [(first, second, cell) for first, second in pairs if (cell := found.of(first, second, DECIDES))]
    if not known:
        return []
    first, second, (value, low, high) = max(known, key=lambda pair: pair[2][0])
    words = {
        "first": found.labels[first],
        "second": found.labels[second],
        "gain": gained(value),
        "low": gained(low),
        "high": gained(high),
        "figure": figure_label(DECIDES),
    }
    told = _(
        "%(first)s minus %(second)s, the best published architecture: %(gain)s (%(low)s … %(high)s) in %(figure)s."
    )
    return [Verdict(True if low > 0 else False if high < 0 else None, told % words)]
