"""The geometry of the two diagrams, in percent of their width and height: pure functions, drawn by the templates."""

from collections.abc import Sequence
from dataclasses import dataclass

from inference.thresholds.curve import Row
from inference.thresholds.reliability import Bin
from training.charts import STYLES, Series, points

SHARES = ("precision", "recall", "f1")
COUNTS = 16  # height of the columns of counts, which stand below the diagram


def by_threshold(steps: Sequence[Row]) -> list[Series]:
    """Precision, recall and F1 over all thresholds, from 0 to 1 on both sides; empty lines are left out."""
    lines = {name: [getattr(row, name) for row in steps] for name in SHARES}
    return [
        Series(name, style, points(values, 0, 1), 0.0)
        for style, (name, values) in zip(STYLES, lines.items(), strict=False)
        if any(value is not None for value in values)
    ]


@dataclass(frozen=True)
class Drawn:
    """One bin: a dot with its interval where there are films enough, and a column for how many there are."""

    enough: bool
    x: str
    y: str
    low: str
    high: str
    left: str
    top: str
    height: str


def drawn(bins: Sequence[Bin]) -> list[Drawn]:
    """The bins that have films; dots stand at their mean scores, y downwards."""
    most = max((each.films for each in bins), default=0)
    return [_drawn(each, most) for each in bins if each.films]


def _drawn(each: Bin, most: int) -> Drawn:
    low, high = each.interval or (0.0, 1.0)
    tall = COUNTS * each.films / most
    return Drawn(
        enough=each.enough,
        x=_percent(each.score or 0.0),
        y=_percent(1 - (each.share or 0.0)),
        low=_percent(1 - low),
        high=_percent(1 - high),
        left=_percent(each.low + 0.01),
        top=f"{COUNTS - tall:.2f}",
        height=f"{tall:.2f}",
    )


def _percent(share: float) -> str:
    return f"{100 * share:.2f}"
