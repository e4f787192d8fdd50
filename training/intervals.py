"""Bootstrap intervals over films for micro-F1, macro-F1 and mAP, and for paired differences of two models.

Films are drawn with replacement; only how often each was drawn matters, so a resample is a row of counts and a
thousand resamples are a few matrix products. Percentile intervals (Efron and Tibshirani 1993, chapter 13).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.metrics import Counts, Flags, Scores, Truth, average_precision, ratio

HEADLINES = ("micro_f1", "macro_f1", "map")
Draws = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Interval:
    """A figure on the films as they are, with the bounds that hold the given share of resamples."""

    value: float
    low: float
    high: float


def film_counts(films: int, rounds: int, seed: int) -> NDArray[np.float32]:
    """How often each of N films is drawn in each of B resamples of size N, (B, N)."""
    random = np.random.default_rng(seed)
    drawn = random.integers(0, films, size=(rounds, films))
    offset = np.arange(rounds)[:, None] * films
    counts = np.bincount((drawn + offset).ravel(), minlength=rounds * films)
    return counts.reshape(rounds, films).astype(np.float32)


def headline_draws(scores: Scores, decided: Flags, truth: Truth, weights: NDArray[np.float32]) -> Draws:
    """The three headline metrics under each row of film counts ``weights`` (B, N): arrays of shape (B,)."""
    said = decided & truth.known
    counts = Counts(
        hit=_sums(weights, said & truth.yes),
        false_alarm=_sums(weights, said & ~truth.yes),
        missed=_sums(weights, truth.yes & ~said),
    )
    total = Counts(counts.hit.sum(1), counts.false_alarm.sum(1), counts.missed.sum(1))
    present = np.where(counts.positives > 0, 1.0, np.nan)
    areas = np.stack([_areas(scores, truth, weights, t) for t in range(scores.shape[1])], 1)
    return {"micro_f1": total.f1, "macro_f1": _mean(counts.f1 * present), "map": _mean(areas)}


def bootstrap(
    scores: Scores, decided: Flags, truth: Truth, *, rounds: int = 1000, seed: int = 0, level: float = 0.95
) -> dict[str, Interval]:
    """Intervals of ``HEADLINES`` over B resamples of the films.

    Raises ValueError without films.
    """
    point, draws = _with_point(scores, decided, truth, rounds, seed)
    return {name: _interval(point[name], draws[name], level) for name in HEADLINES}


def paired_bootstrap(
    first: tuple[Scores, Flags],
    second: tuple[Scores, Flags],
    truth: Truth,
    *,
    rounds: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> dict[str, Interval]:
    """Intervals of first minus second, each (scores, decided) on the same films in the same resamples."""
    point_a, draws_a = _with_point(*first, truth, rounds, seed)
    point_b, draws_b = _with_point(*second, truth, rounds, seed)
    return {name: _interval(point_a[name] - point_b[name], draws_a[name] - draws_b[name], level) for name in HEADLINES}


def _with_point(scores: Scores, decided: Flags, truth: Truth, rounds: int, seed: int) -> tuple[dict[str, float], Draws]:
    films = len(scores)
    if not films:
        raise ValueError("an interval needs at least one film")
    whole = headline_draws(scores, decided, truth, np.ones((1, films), np.float32))
    draws = headline_draws(scores, decided, truth, film_counts(films, rounds, seed))
    return {name: float(whole[name][0]) for name in HEADLINES}, draws


def _sums(weights: NDArray[np.float32], cells: Flags) -> Scores:
    return (weights @ cells.astype(np.float32)).astype(np.float64)


def _areas(scores: Scores, truth: Truth, weights: NDArray[np.float32], term: int) -> Scores:
    known = truth.known[:, term]
    return average_precision(scores[known, term], truth.yes[known, term], weights[:, known])


def _mean(values: Scores) -> Scores:
    """Mean over terms (axis 1) without NaN; 0 where no term is left."""
    kept = ~np.isnan(values)
    sums = np.where(kept, values, 0.0).sum(1)
    return ratio(sums, kept.sum(1))


def _interval(value: float, draws: NDArray[np.float64], level: float) -> Interval:
    tail = (1 - level) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    return Interval(value, float(low), float(high))
