"""How far scores can be taken at their word: of films scored 0.3 to 0.4, do three or four of ten have the term?"""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from inference.thresholds.tally import Part, Tally

BINS = 10
FEWEST_IN_BIN, FEWEST_FILMS, FEWEST_YES = 10, 50, 10  # with fewer the picture would mostly be luck
Z_95 = 1.959964  # the normal distribution's 97.5 % quantile


@dataclass(frozen=True)
class Bin:
    """Known films whose scores lie from `low` up to, but not at, `high`; a score of 1 is in the last bin."""

    low: float
    high: float
    films: int
    yes: int
    score: float | None
    """the mean of their scores"""

    @property
    def share(self) -> float | None:
        """Of these films, how many have the term, 0 to 1."""
        return self.yes / self.films if self.films else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.yes, self.films) if self.films else None

    @property
    def enough(self) -> bool:
        return self.films >= FEWEST_IN_BIN


@dataclass(frozen=True)
class Reliability:
    """The ten bins, and what they come to."""

    bins: list[Bin]

    @property
    def films(self) -> int:
        return sum(each.films for each in self.bins)

    @property
    def yes(self) -> int:
        return sum(each.yes for each in self.bins)

    @property
    def enough(self) -> bool:
        """Whether there are films enough to draw."""
        return self.films >= FEWEST_FILMS and min(self.yes, self.films - self.yes) >= FEWEST_YES

    @property
    def error(self) -> float | None:
        """Expected calibration error (Naeini, Cooper and Hauskrecht 2015), 0 to 1.

        How far a bin's share is from its mean score, each bin weighted by its films. Chance alone makes it greater
        than 0, the more so the fewer films there are.
        """
        apart = [
            each.films * abs(each.share - each.score)
            for each in self.bins
            if each.share is not None and each.score is not None
        ]
        return sum(apart) / self.films if self.films else None


def wilson(yes: int, films: int, z: float = Z_95) -> tuple[float, float]:
    """The score interval of a share (Wilson 1927): 95 % of such intervals hold the true one; `films` above 0."""
    share, spread = yes / films, z * z / films
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / films + spread / (4 * films)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def reliability(tally: Tally) -> Reliability:
    """Of validation and test films together: nothing is chosen by them here."""
    part = tally.validation + tally.test
    edges = [tally.place(step / BINS) for step in range(BINS)] + [len(tally.cuts)]
    return Reliability([_bin(part, step, slice(edges[step], edges[step + 1])) for step in range(BINS)])


def _bin(part: Part, step: int, within: slice) -> Bin:
    films = int(part.films[within].sum())
    score = float(np.sum(part.scores[within])) / films if films else None
    return Bin(step / BINS, (step + 1) / BINS, films, int(part.yes[within].sum()), score)
