"""Metrics of multi-label models over partly known labels: pure functions on numpy arrays.

Shapes everywhere: ``scores`` float (N, T), higher is likelier; ``decided`` bool (N, T); ``truth`` (N, T) with
1 yes, 0 no and -1 (or NaN) unknown. Unknown cells count in no metric. A term without a known yes has no recall
and is left out of averages over terms; a film without a known yes is left out of averages over films.
Intervals by resampling films are in ``training/intervals.py``; thresholds in ``training/thresholds.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Scores = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Truth:
    """Known labels of N films and T terms: ``yes`` and ``known`` are bool (N, T), yes only where known."""

    yes: Flags
    known: Flags

    @classmethod
    def of(cls, labels: ArrayLike) -> Truth:
        """Read (N, T) labels in {1, 0, -1 or NaN}; raises ValueError on any other value or shape."""
        cells = np.nan_to_num(np.asarray(labels, dtype=np.float64), nan=-1.0)
        if cells.ndim != 2 or not np.isin(cells, (-1.0, 0.0, 1.0)).all():
            raise ValueError("labels must be a table of 1 (yes), 0 (no) and -1 or NaN (unknown)")
        return cls(yes=cells == 1, known=cells >= 0)

    def __getitem__(self, rows: Any) -> Truth:
        return Truth(self.yes[rows], self.known[rows])


@dataclass(frozen=True)
class Counts:
    """True positives, false positives and false negatives along one axis, as floats."""

    hit: Scores
    false_alarm: Scores
    missed: Scores

    @property
    def precision(self) -> Scores:
        """Share of the decided that are right; 0 where nothing was decided."""
        return ratio(self.hit, self.hit + self.false_alarm)

    @property
    def recall(self) -> Scores:
        """Share of the known yes that were decided; 0 where there are none."""
        return ratio(self.hit, self.hit + self.missed)

    @property
    def f1(self) -> Scores:
        """Harmonic mean of precision and recall: 2 hit / (2 hit + false alarms + missed)."""
        return ratio(2 * self.hit, 2 * self.hit + self.false_alarm + self.missed)

    @property
    def positives(self) -> Scores:
        return self.hit + self.missed


def ratio(above: ArrayLike, below: ArrayLike) -> Scores:
    """Element-wise quotient that is 0 where the denominator is 0."""
    above, below = np.asarray(above, np.float64), np.asarray(below, np.float64)
    quotient = np.zeros(np.broadcast(above, below).shape)
    np.divide(above, below, out=quotient, where=below > 0)
    return quotient


def count(decided: Flags, truth: Truth, axis: int | None = 0) -> Counts:
    """Hits, false alarms and misses summed over films (axis 0), terms (axis 1) or both (None)."""
    said = decided & truth.known
    return Counts(
        hit=np.asarray((said & truth.yes).sum(axis), np.float64),
        false_alarm=np.asarray((said & ~truth.yes).sum(axis), np.float64),
        missed=np.asarray((truth.yes & ~said).sum(axis), np.float64),
    )


def micro(decided: Flags, truth: Truth) -> dict[str, float]:
    """Precision, recall and F1 over all known cells at once."""
    total = count(decided, truth, axis=None)
    return {name: float(getattr(total, name)) for name in ("precision", "recall", "f1")}


def averaged(decided: Flags, truth: Truth, average: str) -> dict[str, float]:
    """Precision, recall and F1 averaged over terms ("macro", or "weighted" by positives) or films ("samples").

    Raises ValueError on an unknown average.
    """
    if average not in ("macro", "weighted", "samples"):
        raise ValueError(f"average must be macro, weighted or samples, not {average!r}")
    counts = count(decided, truth, axis=1 if average == "samples" else 0)
    weights = counts.positives if average == "weighted" else (counts.positives > 0).astype(np.float64)
    total = weights.sum()
    return {
        name: float((getattr(counts, name) * weights).sum() / total) if total else 0.0
        for name in ("precision", "recall", "f1")
    }


def average_precision(scores: ArrayLike, yes: ArrayLike, weights: ArrayLike | None = None) -> Scores:
    """Area under one term's precision-recall steps: the sum over thresholds of precision x gain in recall.

    ``scores`` (N,), ``yes`` bool (N,), ``weights`` (N,) or (B, N) film counts; gives a 0-d array or (B,).
    Tied scores share one threshold, as in scikit-learn. NaN where no weighted positive exists.
    """
    scores, yes = np.asarray(scores), np.asarray(yes, bool)
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    weight = np.ones(len(order)) if weights is None else np.asarray(weights, np.float64)[..., order]
    if not len(ranked):
        return np.full(weight.shape[:-1], np.nan)
    hits = weight * yes[order]
    last_of_tie = np.searchsorted(-ranked, -ranked, side="right") - 1
    found, seen = np.cumsum(hits, -1), np.cumsum(weight, -1)
    at = np.flatnonzero(yes[order])
    precision = ratio(found[..., last_of_tie[at]], seen[..., last_of_tie[at]])
    total = found[..., -1]
    area = ratio((hits[..., at] * precision).sum(-1), total)
    return np.where(total > 0, area, np.nan)


def average_precisions(scores: Scores, truth: Truth) -> Scores:
    """Average precision of each term over its known films, (T,); NaN where a term has no known yes."""
    columns = range(scores.shape[1])
    return np.array(
        [float(average_precision(scores[k, t], truth.yes[k, t])) for t in columns for k in [truth.known[:, t]]]
    )


def mean_of_known(values: Scores) -> float:
    """Mean without NaN; 0 where nothing is left."""
    kept = values[~np.isnan(values)]
    return float(kept.mean()) if len(kept) else 0.0


def hamming_loss(decided: Flags, truth: Truth) -> float:
    """Share of known cells that were decided wrongly."""
    wrong = (decided != truth.yes) & truth.known
    return float(ratio(wrong.sum(), truth.known.sum()))


def label_accuracies(decided: Flags, truth: Truth) -> Scores:
    """Share of each term's known cells that were decided rightly, (T,); NaN where nothing is known of a term.

    A rare term has nearly all of it without ever being decided: read it beside the baseline's.
    """
    known = truth.known.sum(0)
    right = ((decided == truth.yes) & truth.known).sum(0)
    return np.where(known > 0, ratio(right, known), np.nan)


def subset_accuracy(decided: Flags, truth: Truth) -> float:
    """Share of films (with any known label) whose known labels are all right."""
    judged = truth.known.any(1)
    right = ((decided == truth.yes) | ~truth.known).all(1)
    return float(ratio((right & judged).sum(), judged.sum()))


def coverage_error(scores: Scores, truth: Truth) -> float:
    """How far down its ranking one must go, on average, to cover every yes of a film.

    Per film the number of known terms that score at least as high as its lowest yes; best is the mean number of
    yes labels. Tsoumakas et al. 2010, with ties counted against the model as in scikit-learn.
    """
    films = truth.yes.any(1)
    lowest = np.where(truth.yes, scores, np.inf).min(1, keepdims=True)
    depth = ((scores >= lowest) & truth.known).sum(1)
    return float(depth[films].mean()) if films.any() else 0.0


def top(scores: Scores, truth: Truth, k: int) -> Flags:
    """The k best-scored terms of each film among its known ones, as decisions (N, T); ties to the first term."""
    ranked = np.argsort(-np.where(truth.known, scores, -np.inf), axis=1, kind="stable")[:, :k]
    chosen = np.zeros(scores.shape, dtype=bool)
    np.put_along_axis(chosen, ranked, True, axis=1)
    return chosen & truth.known


def hits_at(scores: Scores, truth: Truth, k: int = 3) -> dict[str, float]:
    """What the k best-scored known terms of a film catch, averaged over films with a known yes.

    Published work calls different things "top-k accuracy", so each has its own name here:

    ``any``: share of films with at least one yes among the k; the commonest three genres alone have 84 % of it.
    ``share``: hits@k, the yes among the k / min(k, yes of the film), 1 where the k could not be better.
    ``precision``: the yes among the k / k; films with fewer than k yes cannot reach 1.
    ``mean``: the yes among the k. ``f1``: micro-F1 of deciding exactly these k.
    """
    films = truth.yes.any(1)
    if not films.any():
        return {"any": 0.0, "share": 0.0, "precision": 0.0, "mean": 0.0, "f1": 0.0}
    chosen = top(scores, truth, k)
    hits = (chosen & truth.yes).sum(1)[films]
    possible = np.minimum(k, truth.yes.sum(1)[films])
    return {
        "any": float((hits > 0).mean()),
        "share": float((hits / possible).mean()),
        "precision": float(hits.mean() / k),
        "mean": float(hits.mean()),
        "f1": micro(chosen[films], truth[films])["f1"],
    }


def calibration_error(scores: Scores, truth: Truth, bins: int = 15) -> float:
    """Expected calibration error over all known cells: |mean score - share of yes| weighted by bin size.

    ``scores`` are probabilities in [0, 1]; ``bins`` of equal width. Guo et al. 2017, for binary outcomes.
    """
    cells, yes = scores[truth.known], truth.yes[truth.known]
    if not len(cells):
        return 0.0
    place = np.clip((cells * bins).astype(int), 0, bins - 1)
    gap = np.bincount(place, cells, bins) - np.bincount(place, yes, bins)
    return float(np.abs(gap).sum() / len(cells))


def per_term(
    scores: Scores, decided: Flags, truth: Truth, terms: Sequence[str], thresholds: ArrayLike
) -> list[dict[str, Any]]:
    """One row per term: counts, precision, recall, F1, accuracy, average precision, threshold."""
    counts, areas = count(decided, truth), average_precisions(scores, truth)
    right = label_accuracies(decided, truth)
    cuts = np.broadcast_to(np.asarray(thresholds, np.float64), (len(terms),))
    return [
        {
            "term": term,
            "positives": int(counts.positives[t]),
            "known": int(truth.known[:, t].sum()),
            "decided": int(counts.hit[t] + counts.false_alarm[t]),
            "precision": float(counts.precision[t]),
            "recall": float(counts.recall[t]),
            "f1": float(counts.f1[t]),
            "accuracy": _or_none(right[t]),
            "average_precision": _or_none(areas[t]),
            "threshold": float(cuts[t]),
        }
        for t, term in enumerate(terms)
    ]


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def summary(scores: Scores, decided: Flags, truth: Truth) -> dict[str, Any]:
    """Every metric of a run as one JSON-ready dict; ``scores`` must be probabilities for the calibration error."""
    return {
        "films": int(truth.known.any(1).sum()),
        "micro": micro(decided, truth),
        **{name: averaged(decided, truth, name) for name in ("macro", "weighted", "samples")},
        "map": mean_of_known(average_precisions(scores, truth)),
        "label_accuracy": mean_of_known(label_accuracies(decided, truth)),
        "hamming_loss": hamming_loss(decided, truth),
        "subset_accuracy": subset_accuracy(decided, truth),
        "coverage_error": coverage_error(scores, truth),
        "top3": hits_at(scores, truth, 3),
        "top5": hits_at(scores, truth, 5),
        "calibration_error": calibration_error(scores, truth),
    }


def prior(truth: Truth) -> Scores:
    """Share of yes among each term's known labels, (T,): all that the trivial baseline knows (from training films)."""
    return ratio(truth.yes.sum(0), truth.known.sum(0))


def baseline(prior_scores: ArrayLike, truth: Truth, k: int = 3) -> dict[str, Any]:
    """Metrics of the trivial baseline: score every film with the prior (T,), decide the k commonest terms."""
    scores = np.broadcast_to(np.asarray(prior_scores, np.float64), truth.yes.shape)
    common = np.argsort(-np.asarray(prior_scores, np.float64), kind="stable")[:k]
    decided = np.zeros(truth.yes.shape, dtype=bool)
    decided[:, common] = True
    return summary(scores, decided, truth)


def ceiling(scores: Scores, truth: Truth, k: int = 3) -> dict[str, Any]:
    """What no choice made on validation could exceed; both figures look at the answers.

    ``thresholds``: these scores with each term's F1-best cut found on the same films (bounds macro-F1).
    ``top``: perfect scores when at most k terms may be decided per film, since IMDb lists at most three genres.
    """
    from training.thresholds import best_f1

    cuts = np.array([best_f1(scores[:, t], truth.yes[:, t], truth.known[:, t])[0] for t in range(scores.shape[1])])
    perfect = top(truth.yes.astype(np.float64), truth, k) & truth.yes
    decided = scores >= cuts
    return {
        "thresholds": {"micro": micro(decided, truth), "macro": averaged(decided, truth, "macro")},
        "top": {"micro": micro(perfect, truth), "macro": averaged(perfect, truth, "macro")},
    }
