"""Every figure of a comparison under resampled films, so that each has an interval and two rows a paired difference.

As in training/intervals.py a resample is a row of film counts; the figures as they are come from counts of one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.intervals import Draws, headline_draws
from training.metrics import Counts, Flags, Scores, Truth, ratio, top

Weights = NDArray[np.float32]
K = 3


@dataclass(frozen=True)
class Judged:
    """What one trained model says of N test films: probabilities and decisions, both (N, T)."""

    scores: Scores
    decided: Flags


@dataclass(frozen=True)
class Figure:
    """A figure of one row over its seeds: their mean, its interval over films, and how far the seeds spread."""

    value: float
    low: float
    high: float
    spread: float | None
    """Standard deviation over seeds (with n - 1); None with one seed."""


def draws(judged: Judged, truth: Truth, weights: Weights) -> Draws:
    """Every figure under each row of film counts ``weights`` (B, N): arrays (B,).

    ``mean_f1`` is the mean of micro-F1 and macro-F1, by which champions are chosen. ``label_accuracy`` is the mean
    over terms of the share of rightly decided films. ``top3_any``, ``top3_share`` and ``top3_precision`` are
    ``metrics.hits_at``'s with k = 3; everything else has its name from ``metrics.summary``, with ``micro_f1`` for
    ``["micro"]["f1"]``.
    """
    headlines = headline_draws(judged.scores, judged.decided, truth, weights)
    headlines["mean_f1"] = (headlines["micro_f1"] + headlines["macro_f1"]) / 2
    return headlines | _over_terms(judged.decided, truth, weights) | _over_films(judged, truth, weights)


def _over_terms(decided: Flags, truth: Truth, weights: Weights) -> Draws:
    said, right = decided & truth.known, (decided == truth.yes) & truth.known
    counts = Counts(*(_sums(weights, cells) for cells in (said & truth.yes, said & ~truth.yes, truth.yes & ~said)))
    total = Counts(counts.hit.sum(1), counts.false_alarm.sum(1), counts.missed.sum(1))
    correct, known = _sums(weights, right), _sums(weights, truth.known)
    present = (counts.positives > 0).astype(np.float64)
    return {
        "micro_precision": total.precision,
        "micro_recall": total.recall,
        "macro_precision": _mean(counts.precision, present),
        "macro_recall": _mean(counts.recall, present),
        **{
            f"weighted_{name}": _mean(getattr(counts, name), counts.positives) for name in ("precision", "recall", "f1")
        },
        "label_accuracy": _mean(ratio(correct, known), (known > 0).astype(np.float64)),
        "hamming_loss": ratio((known - correct).sum(1), known.sum(1)),
    }


def _over_films(judged: Judged, truth: Truth, weights: Weights) -> Draws:
    """Figures that are means over films: of those with a known yes, or (subset accuracy) with anything known."""
    said, has_yes = judged.decided & truth.known, np.asarray(truth.yes.any(1))
    film = Counts(
        *(cells.sum(1).astype(np.float64) for cells in (said & truth.yes, said & ~truth.yes, truth.yes & ~said))
    )
    lowest = np.where(truth.yes, judged.scores, np.inf).min(1, keepdims=True)
    hits = (top(judged.scores, truth, K) & truth.yes).sum(1)
    of_films_with_yes = {
        **{f"samples_{name}": getattr(film, name) for name in ("precision", "recall", "f1")},
        "coverage_error": ((judged.scores >= lowest) & truth.known).sum(1),
        "top3_any": hits > 0,
        "top3_share": ratio(hits, np.minimum(K, truth.yes.sum(1))),
        "top3_precision": hits / K,
    }
    found = {name: _film_mean(weights, values, has_yes) for name, values in of_films_with_yes.items()}
    all_right = ((judged.decided == truth.yes) | ~truth.known).all(1)
    return found | {"subset_accuracy": _film_mean(weights, all_right, np.asarray(truth.known.any(1)))}


def over_seeds(runs: list[Draws]) -> Draws:
    """The mean over seeds of each figure, in the same resamples."""
    return {name: np.mean([run[name] for run in runs], axis=0) for name in runs[0]}


def figures_of(points: list[Draws], resampled: Draws, level: float = 0.95) -> dict[str, Figure]:
    """Each figure from its values per seed (draws with one row of ones) and the seeds' mean in the resamples."""
    tail = (1 - level) / 2
    found = {}
    for name, values in resampled.items():
        seeds = np.array([float(point[name][0]) for point in points])
        low, high = np.quantile(values, [tail, 1 - tail])
        spread = float(seeds.std(ddof=1)) if len(seeds) > 1 else None
        found[name] = Figure(float(seeds.mean()), float(low), float(high), spread)
    return found


def difference(
    first: Draws, second: Draws, names: tuple[str, ...], level: float = 0.95
) -> dict[str, tuple[float, float]]:
    """Bounds of first minus second in the same resamples (a paired bootstrap), by name of the figure."""
    tail = (1 - level) / 2
    bounds = {name: np.quantile(first[name] - second[name], [tail, 1 - tail]) for name in names}
    return {name: (float(low), float(high)) for name, (low, high) in bounds.items()}


def _sums(weights: Weights, cells: Flags) -> Scores:
    return (weights @ cells.astype(np.float32)).astype(np.float64)


def _mean(values: Scores, weights: Scores) -> Scores:
    """Weighted mean over terms (axis 1); 0 where all weights are."""
    return ratio((values * weights).sum(1), weights.sum(1))


def _film_mean(weights: Weights, values: NDArray[np.float64] | Flags, films: Flags) -> Scores:
    kept = weights[:, films].astype(np.float64)
    return ratio(kept @ values[films].astype(np.float64), kept.sum(1))
