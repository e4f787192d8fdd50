"""Where a score becomes a decision: one threshold per term, found on validation films.

The F1-best cut of a term with ten positives is mostly luck. Three remedies are combined here: F1 is computed
from a mixture of the labels and the (calibrated) scores themselves, whose expectation is far steadier; each
term's cut is then drawn towards one common cut; and how far is decided by how many positives the term has.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from training.metrics import Flags, Scores, Truth, ratio

Cuts = NDArray[np.float64]


def best_f1(scores: ArrayLike, yes: ArrayLike, known: ArrayLike | None = None) -> tuple[float, float]:
    """The cut of one term that maximises F1 on its known films, and that F1; decide where score >= cut.

    ``scores`` (N,); ``yes`` (N,) bool, or the expected yes in [0, 1]; ``known`` (N,) bool. The cut lies midway
    between neighbouring scores so that it does not hang on one film. Without a yes: (infinity, 0).
    """
    level, share = np.asarray(scores, np.float64), np.asarray(yes, np.float64)
    if known is not None:
        level, share = level[np.asarray(known, bool)], share[np.asarray(known, bool)]
    if not share.sum():
        return float("inf"), 0.0
    order = np.argsort(-level, kind="stable")
    ranked, hits = level[order], np.cumsum(share[order])
    f1 = 2 * hits / (np.arange(1, len(hits) + 1) + hits[-1])
    below = np.append(ranked[1:], ranked[-1])
    f1[np.append(ranked[:-1] == ranked[1:], False)] = -1.0  # no cut can part equal scores
    best = int(f1.argmax())
    return float((ranked[best] + below[best]) / 2), float(f1[best])


def fit_thresholds(scores: Scores, truth: Truth, *, belief: float = 0.5, shrink: float = 20.0) -> Cuts:
    """One cut per term (T,) from validation films: ``scores`` calibrated probabilities (N, T).

    ``belief`` in [0, 1] is the weight of the scores against the labels in the expected yes of a cell.
    ``shrink`` is the number of positives at which a term's own cut and the common cut weigh the same (in log-odds).
    A term without known films gets the common cut.
    """
    expected = (1 - belief) * truth.yes + belief * scores
    common = best_f1(scores.ravel(), expected.ravel(), truth.known.ravel())[0]
    if not np.isfinite(common):
        return np.full(scores.shape[1], 0.5)
    own = np.array([best_f1(scores[:, t], expected[:, t], truth.known[:, t])[0] for t in range(scores.shape[1])])
    own = np.where(np.isfinite(own), own, common)
    trust = ratio(truth.yes.sum(0), truth.yes.sum(0) + shrink) if shrink else np.ones(len(own))
    return from_log_odds(trust * log_odds(own) + (1 - trust) * log_odds(common))


def log_odds(p: ArrayLike) -> NDArray[np.float64]:
    """log(p / (1 - p)), with p kept away from 0 and 1 by 1e-6."""
    p = np.clip(np.asarray(p, np.float64), 1e-6, 1 - 1e-6)
    return np.asarray(np.log(p) - np.log1p(-p))


def from_log_odds(z: ArrayLike) -> NDArray[np.float64]:
    """The logistic function, the inverse of ``log_odds``."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * np.asarray(z, np.float64))))


def decide(scores: Scores, cuts: ArrayLike) -> Flags:
    """Cells at or above their term's cut, bool (N, T)."""
    return np.asarray(scores >= np.asarray(cuts))
