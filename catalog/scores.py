"""What the champions say of films, as the catalogue sees it.

The catalogue knows no models. It asks the function that settings.FILM_SCORES names, which the inference app
provides, so that imports run one way: catalog ← training ← inference.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from django.conf import settings
from django.utils.module_loading import import_string
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class ScoreTable:
    """What one champion says of N films and T terms, calibrated, 0 to 1, and from which inputs."""

    version: str
    term_ids: NDArray[np.int64]
    """(T,)"""
    thresholds: NDArray[np.float64]
    """(T,)"""
    film_ids: NDArray[np.int64]
    """(N,)"""
    scores: NDArray[np.float64]
    """(N, T)"""
    inputs: Sequence[tuple[str, ...]]
    """(N,) of "plot" and "poster"."""
    given: Sequence[int | None] = ()
    """(N,): how many labels of the film went into its scores; None where none would. Empty: none of any film."""

    @property
    def proposed(self) -> NDArray[np.bool_]:
        """(N, T)"""
        return self.scores >= self.thresholds

    @property
    def doubt(self) -> NDArray[np.float64]:
        """(N, T): 1 on the threshold, falling to 0 at a sure yes (score 1) or a sure no (score 0)."""
        side = np.where(self.proposed, 1 - self.thresholds, self.thresholds)
        away = np.abs(self.scores - self.thresholds)
        return 1 - np.divide(away, side, out=np.zeros_like(away), where=side > 0)


@dataclass(frozen=True, slots=True)
class Score:
    """One film's and term's score beside its threshold."""

    score: float
    threshold: float
    version: str
    inputs: tuple[str, ...] = ()
    given: int | None = None
    """How many labels of the film went into the score; None where the champion does not look at labels."""

    @property
    def proposed(self) -> bool:
        return self.score >= self.threshold


@dataclass(frozen=True, eq=False)
class Appearances:
    """Tags that a tagger has seen in films' frames: N films' and terms' ids, and in which share of the frames."""

    film_ids: NDArray[np.int64]
    """(N,)"""
    term_ids: NDArray[np.int64]
    """(N,)"""
    shares: NDArray[np.float64]
    """(N,) above 0, at most 1"""


# film id → term id → score
FilmScores = dict[int, dict[int, Score]]


def score_tables(film_ids: Sequence[int]) -> list[ScoreTable]:
    """One table for each champion that has scored any of these films; others are left out. A query or two for each.

    Scores are in view of what is said of each film where the champion can take that in, so that the film's page,
    the log, search and the list of what waits all say the same.
    """
    provide: Callable[[Sequence[int]], list[ScoreTable]] = import_string(settings.FILM_SCORES)
    return provide(film_ids)


def appearances(film_ids: Sequence[int]) -> Appearances:
    """What is seen in the frames of these films often enough to be searched for. One query.

    The catalogue knows no taggers either: settings.FRAME_TAGS names who does.
    """
    provide: Callable[[Sequence[int]], Appearances] = import_string(settings.FRAME_TAGS)
    return provide(film_ids)


def film_scores(film_ids: Sequence[int]) -> FilmScores:
    """The same score by score, for a page of films; those without are left out."""
    found: FilmScores = {}
    for table in score_tables(film_ids):
        terms, cuts = table.term_ids.tolist(), table.thresholds.tolist()
        given = table.given or [None] * len(table.film_ids)
        rows = zip(table.film_ids.tolist(), table.scores.tolist(), table.inputs, given, strict=True)
        for film_id, scores, inputs, labels in rows:
            found.setdefault(film_id, {}).update(
                (term_id, Score(score, cut, table.version, inputs, labels))
                for term_id, score, cut in zip(terms, scores, cuts, strict=True)
            )
    return found
