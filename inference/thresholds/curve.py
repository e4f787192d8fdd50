"""What each threshold would bring: precision, recall and F1 on validation films, and how many films carry the term."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.thresholds.tally import STEPS, Counts, Part, Tally

DIGITS = 4


@dataclass(frozen=True)
class Row:
    """One threshold. Shares are None where there is nothing to divide by."""

    at: float
    precision: float | None
    recall: float | None
    f1: float | None
    films: int
    """that carry the term by the model"""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Curve:
    """Every threshold from 0 to 1 in hundredths, and the version's own ones."""

    tally: Tally
    films: Counts
    """(C,) open films at or above each cut"""

    @classmethod
    def of(cls, tally: Tally) -> "Curve":
        return cls(tally, from_here_up(tally.open))

    def row(self, cut: float, *, on: Part | None = None) -> Row:
        """On validation films, or on those of another part."""
        place = self.tally.place(cut)
        part = self.tally.validation if on is None else on
        found, hits, wanted = int(part.films[place:].sum()), int(part.yes[place:].sum()), int(part.yes.sum())
        return Row(
            at=cut,
            precision=_share(hits, found),
            recall=_share(hits, wanted),
            f1=_share(2 * hits, found + wanted) if wanted else None,
            films=int(self.films[place]),
        )

    def steps(self) -> list[Row]:
        """The 101 thresholds that a slider goes through."""
        return [self.row(step / STEPS) for step in range(STEPS + 1)]


def from_here_up(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """(C,): how many are at or above each cut, of counts between cuts (C,)."""
    return np.cumsum(counts[::-1])[::-1]


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, DIGITS) if whole else None


def table(rows: Iterable[Row]) -> dict[str, list[Any]]:
    """The rows column by column, as scripts read them."""
    listed = list(rows)
    return {name: [getattr(row, name) for row in listed] for name in Row.__dataclass_fields__}
