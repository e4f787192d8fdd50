"""Several members' log-odds become one calibrated log-odds: stacking, fitted on validation films.

Each member says by how much the log-odds of a term differ from its prior. The blend adds these differences with
weights per term, one set of weights for each pattern of what there is to see (plot only, poster only, both), and
learns them where the members were not trained, so that its probabilities are calibrated (Platt 1999, with several
scores at once).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from training.metrics import Truth

Floats = NDArray[np.float32]
PATTERNS = ((True, False), (False, True), (True, True))  # (has text, has image)

# Strength of the pull towards the common weight of a member, towards the prior, and of the common weights towards
# their mean: chosen on validation films, where a factor of three either way changes mAP by less than 0.002.
_OWN, _BIAS, _COMMON = 100.0, 5.0, 1.0


@dataclass(frozen=True)
class Blend:
    """``weights`` (3, M, T) and ``bias`` (3, T): one row for each of PATTERNS, M members, T terms."""

    weights: Floats
    bias: Floats
    prior: Floats
    """(T,) log-odds for films with neither plot nor poster."""

    @classmethod
    def even(cls, members: int, prior: Floats) -> Blend:
        """Every member counts the same in every pattern."""
        weights = np.full((3, members, len(prior)), 1 / members, np.float32)
        return cls(weights, np.repeat(prior[None], 3, 0), prior)

    def __call__(self, differences: Floats, has_text: NDArray[np.bool_], has_image: NDArray[np.bool_]) -> Floats:
        """Log-odds (N, T) from the members' differences (M, N, T)."""
        logits = np.repeat(self.prior[None], differences.shape[1], 0)
        for p, (text, image) in enumerate(PATTERNS):
            rows = (has_text == text) & (has_image == image)
            logits[rows] = np.einsum("mnt,mt->nt", differences[:, rows], self.weights[p]) + self.bias[p]
        return logits


def fit_blend(
    differences: Floats,
    truth: Truth,
    prior: Floats,
    *,
    needs: NDArray[np.bool_],
    has_text: NDArray[np.bool_],
    has_image: NDArray[np.bool_],
) -> Blend:
    """Fit one set of weights per pattern on the validation films that have at least what the pattern has.

    ``differences`` (M, N, T), ``prior`` (T,) log-odds, ``needs`` (M, 2): whether a member needs text, needs image.
    A film with both also teaches "plot only": the members that need its poster are left out there.
    """
    members, _, terms = differences.shape
    weights, bias = np.zeros((3, members, terms), np.float32), np.repeat(prior[None], 3, 0)
    for p, (text, image) in enumerate(PATTERNS):
        usable = np.flatnonzero((~needs[:, 0] | text) & (~needs[:, 1] | image))
        rows = (has_text | (not text)) & (has_image | (not image))
        if len(usable):
            weights[p, usable], bias[p] = stack(differences[usable][:, rows], truth[rows], prior)
    return Blend(weights, bias, prior)


def stack(differences: Floats, truth: Truth, prior: Floats) -> tuple[Floats, Floats]:
    """Weights (M, T) and bias (T,) of least masked cross-entropy, drawn towards 1/M and the prior."""
    members, _, terms = differences.shape
    yes, known, even = truth.yes.astype(np.float64), truth.known.astype(np.float64), 1 / members

    def objective(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        common, own, bias = _parts(flat, members, terms)
        logits = np.einsum("mnt,mt->nt", differences, common[:, None] + own) + prior + bias
        residual = (expit(logits) - yes) * known
        pull = np.einsum("mnt,nt->mt", differences, residual)
        loss = ((np.logaddexp(0, logits) - yes * logits) * known).sum()
        loss += (_OWN * (own**2).sum() + _BIAS * (bias**2).sum() + _COMMON * ((common - even) ** 2).sum()) / 2
        slopes = (pull.sum(1) + _COMMON * (common - even), pull + _OWN * own, residual.sum(0) + _BIAS * bias)
        return float(loss), np.concatenate([slope.ravel() for slope in slopes])

    start = np.concatenate([np.full(members, even), np.zeros((members + 1) * terms)])
    found = minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": 200})
    common, own, bias = _parts(found.x, members, terms)
    return (common[:, None] + own).astype(np.float32), (prior + bias).astype(np.float32)


def _parts(flat: NDArray[np.float64], members: int, terms: int) -> tuple[NDArray[np.float64], ...]:
    common, own, bias = np.split(flat, [members, members + members * terms])
    return common, own.reshape(members, terms), bias
