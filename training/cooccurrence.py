"""What known labels of a film say about the rest: a conditional model on how terms occur together.

For models that judge each term by itself. The log-odds z of a term are moved by what the film's other labels reveal
beyond what the model has said of them:

    z' = z + sum over known s of links[s] (y_s - p_s) + share (counts[c] + scale z)

y_s is the known label, p_s the model's probability, so that a label that was expected moves nothing; c is how many of
the others are yes (0, 1, 2, 3 or more: a source that lists at most three genres says no to a fourth) and share is how
many of the others are known. With nothing known the scores are as they were. Each term is a logistic regression with
offset z on held-out scores: labels of training films are known to a model that has learned from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.metrics import Truth
from training.thresholds import from_log_odds, log_odds

Doubles = NDArray[np.float64]
Flags = NDArray[np.bool_]
COUNTS = 4
_PENALTY = 30.0  # a factor of three either way changes the gain on validation films by less than a tenth


@dataclass(frozen=True)
class Cooccurrence:
    """``weights`` (T, T + 5): links to the other terms, what each number of yes says, and the scale."""

    weights: Doubles

    def __call__(self, scores: Doubles, given: Truth) -> Doubles:
        """Probabilities (N, T) in view of the labels that are ``given``; a term's own label is not looked at.

        ``scores`` are the model's calibrated probabilities (N, T).
        """
        z = np.asarray(log_odds(scores), np.float64)
        terms = self.weights.shape[0]
        moved = z + _surprise(scores, given) @ self.weights[:, :terms].T
        share, counts = _share(given), _counts(given)
        for count in range(COUNTS):
            moved += share * (counts == count) * self.weights[:, terms + count]
        moved += share * z * self.weights[:, terms + COUNTS]
        return np.asarray(from_log_odds(moved))

    def of(self, places: Sequence[int]) -> Cooccurrence:
        """The same for some of the terms only."""
        columns = [*places, *range(len(self.weights), self.weights.shape[1])]
        return Cooccurrence(self.weights[list(places)][:, columns])

    @classmethod
    def none(cls, terms: int) -> Cooccurrence:
        """The one that leaves every score as it is."""
        return cls(np.zeros((terms, terms + COUNTS + 1)))


def _surprise(scores: Doubles, given: Truth) -> Doubles:
    """(N, T): label less expectation where it is known, 0 elsewhere."""
    return np.where(given.known, given.yes - scores, 0.0)


def _share(given: Truth) -> Doubles:
    """(N, T): which share of the other terms is known."""
    others = given.known.sum(1, keepdims=True) - given.known
    return np.asarray(others / max(given.known.shape[1] - 1, 1))


def _counts(given: Truth) -> NDArray[np.int64]:
    """(N, T): how many of the other terms are known to be yes, 3 for more."""
    return np.asarray(np.minimum(given.yes.sum(1, keepdims=True) - given.yes, COUNTS - 1))


def fit(scores: Doubles, truth: Truth, given: Truth | None = None, *, penalty: float = _PENALTY) -> Cooccurrence:
    """From probabilities (N, T) of films that the model has not learned from, and their labels.

    ``given``: the labels that each film's other terms may look at; all that are known where it is left out.
    """
    given = truth if given is None else given
    surprise, share, counts = _surprise(scores, given), _share(given), _counts(given)
    z = np.asarray(log_odds(scores), np.float64)
    weights = np.zeros((scores.shape[1], scores.shape[1] + COUNTS + 1))
    for term in range(scores.shape[1]):
        rows = np.flatnonzero(truth.known[:, term])
        others = surprise[rows]
        others[:, term] = 0
        known = share[rows, term, None]
        numbers = known * (counts[rows, term, None] == np.arange(COUNTS))
        features = np.hstack([others, numbers, known * z[rows, term, None]])
        weights[term] = _logistic(features, z[rows, term], truth.yes[rows, term], penalty)
    return Cooccurrence(weights)


def _logistic(features: Doubles, offset: Doubles, yes: Flags, penalty: float) -> Doubles:
    """Weights (F,) of least cross-entropy + penalty ||w||^2 / 2 with a fixed offset (N,)."""
    from scipy.optimize import minimize  # only for who learns: pages use what was learned

    def objective(weights: Doubles) -> tuple[float, Doubles]:
        logits = offset + features @ weights
        loss = float((np.logaddexp(0, logits) - yes * logits).sum() + penalty * (weights**2).sum() / 2)
        return loss, features.T @ (from_log_odds(logits) - yes) + penalty * weights

    start = np.zeros(features.shape[1])
    found: Doubles = minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": 100}).x
    return found


def some_known(truth: Truth, seed: int) -> Truth:
    """The labels as they are in the middle of a review: of each film a random number of random terms is known."""
    random = np.random.default_rng(seed)
    return _known_first(truth, random.integers(0, truth.known.shape[1], size=(len(truth.known), 1)), random)


def first_known(truth: Truth, number: int, seed: int) -> Truth:
    """The labels as they are after the first so many decisions: of each film that many random terms are known."""
    return _known_first(truth, np.array(number), np.random.default_rng(seed))


def _known_first(truth: Truth, numbers: NDArray[np.int64], random: np.random.Generator) -> Truth:
    place = np.where(truth.known, random.random(truth.known.shape), 1.0).argsort(1).argsort(1)
    known = truth.known & (place < numbers)
    return Truth(truth.yes & known, known)


# Whether it helps ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gain:
    """What given labels do for the terms that are not given, in bits per cell, before and after."""

    before: float
    after: float
    low: float
    """The lower bound of the gain: 2.5 % of resamples of the films gain less."""
    cells: int

    @property
    def helps(self) -> bool:
        return self.low > 0


def gain(model: Cooccurrence, scores: Doubles, truth: Truth, given: Truth, *, rounds: int = 1000) -> Gain:
    """Cross-entropy of the cells that are known but not given, with and without the given ones."""
    asked = truth.known & ~given.known & given.known.any(1, keepdims=True)
    before, after = (_bits(said, truth.yes) * asked for said in (scores, model(scores, given)))
    films, cells = (before - after).sum(1), asked.sum(1)
    random = np.random.default_rng(0)
    drawn = random.multinomial(len(films), np.full(len(films), 1 / max(len(films), 1)), size=rounds)
    draws = drawn @ films / np.maximum(drawn @ cells, 1)
    total = max(int(cells.sum()), 1)
    low = float(np.quantile(draws, 0.025)) if len(films) else 0.0
    return Gain(float(before.sum() / total), float(after.sum() / total), low, int(cells.sum()))


def _bits(scores: Doubles, yes: Flags) -> Doubles:
    right = np.clip(np.where(yes, scores, 1 - scores), 1e-9, 1)
    return np.asarray(-np.log2(right))
