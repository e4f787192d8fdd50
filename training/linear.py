"""Logistic regression of all terms at once on sparse features, with unknown labels left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from training.metrics import Truth
from training.thresholds import log_odds

Floats = NDArray[np.float32]


def prior_log_odds(truth: Truth) -> Floats:
    """Log-odds of each term's share of yes, (T,), with one yes and two films added so that it is never infinite."""
    share = (truth.yes.sum(0) + 1) / (truth.known.sum(0) + 2)
    return log_odds(share).astype(np.float32)


def log_count_ratios(features: sp.csr_matrix, truth: Truth, keep: float = 0.5) -> Floats:
    """How freely each feature may speak on each term: keep + (1 - keep) |r|, (V, T).

    r is the log ratio of a feature's share among the films of a term to its share among the others, of Wang and
    Manning 2012 ("Baselines and bigrams", equation 1, with presence instead of counts and 1 added): words that are
    as common on both sides are penalised more.
    """
    present = (features > 0).astype(np.float32).T.tocsr()
    inside = present @ truth.yes.astype(np.float32) + 1
    outside = present @ (truth.known & ~truth.yes).astype(np.float32) + 1
    r = np.log(inside / inside.sum(0)) - np.log(outside / outside.sum(0))
    return np.asarray(keep + (1 - keep) * np.abs(r), np.float32)


def fit_logistic(
    features: sp.csr_matrix,
    truth: Truth,
    *,
    strength: float = 3.0,
    freedom: Floats | None = None,
    iterations: int = 60,
    after_step: Callable[[], None] | None = None,
) -> tuple[Floats, Floats]:
    """Weights (V, T) and bias (T,) that minimise strength x masked cross-entropy + ||weights / freedom||^2 / 2.

    The terms are independent problems; one L-BFGS run over all of them shares every sparse product and is many
    times faster than one run per term. ``freedom`` (V, T) is 1 where not given. ``after_step`` is called once per
    iteration and may raise to stop.
    """
    size, terms = features.shape[1], truth.yes.shape[1]
    free = np.ones((1, 1), np.float32) if freedom is None else freedom
    transposed, yes, known = features.T.tocsr(), truth.yes.astype(np.float32), truth.known.astype(np.float32)

    def objective(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scaled, bias = _split(flat.astype(np.float32), size, terms)
        logits = features @ (free * scaled) + bias
        loss = ((np.logaddexp(0, logits) - yes * logits) * known).sum(dtype=np.float64)
        residual = (expit(logits) - yes) * known
        slope = np.concatenate([strength * free * (transposed @ residual) + scaled, strength * residual.sum(0)[None]])
        penalty = float(np.vdot(scaled, scaled)) / 2
        return strength * float(loss) + penalty, slope.ravel().astype(np.float64)

    start = np.concatenate([np.zeros(size * terms), prior_log_odds(truth)])
    found = minimize(
        objective,
        start,
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": iterations, "maxcor": 10},
        callback=_ignoring_argument(after_step),
    )
    scaled, bias = _split(found.x.astype(np.float32), size, terms)
    return free * scaled, bias


def _split(flat: Floats, size: int, terms: int) -> tuple[Floats, Floats]:
    return flat[: size * terms].reshape(size, terms), flat[size * terms :]


def _ignoring_argument(call: Callable[[], None] | None) -> Callable[[Any], None] | None:
    return (lambda _: call()) if call else None
