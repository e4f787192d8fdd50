"""Which films are worth a look, from scores alone: pure functions on arrays.

``scores`` (N, T) are calibrated probabilities, ``open`` bool (N, T) says of which terms nothing is known yet.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Flags = NDArray[np.bool_]
Rows = NDArray[np.int64]

AT_ONCE = 10  # films that are chosen before what they are expected to be is counted
ALIKE = 0.8  # cosine from which a film says little that another one has not said
AGAIN = 0.5  # what such a film is still worth
CANDIDATES = 50_000
# Of a person at the desk until there are visits to measure: looking at a film, and each thing that is not right.
LOOK_SECONDS, CORRECTION_SECONDS = 6.0, 2.5


@dataclass(frozen=True)
class Chosen:
    """Films in the order in which they are to be looked at."""

    rows: Rows
    """(M,)"""
    worth: Doubles
    """(M,), never rising"""
    terms: Rows
    """(M,) the column that each is shown for"""


def uncertainty(scores: Doubles) -> Doubles:
    """Entropy of each cell in nats (N, T): what its answer tells on average."""
    p = np.clip(scores, 1e-9, 1 - 1e-9)
    return np.asarray(-p * np.log(p) - (1 - p) * np.log(1 - p))


def doubt(scores: Doubles, cuts: Doubles) -> Doubles:
    """1 on the cut, falling to 0 at a sure yes or no (N, T): as catalog.scores.ScoreTable.doubt."""
    side = np.where(scores >= cuts, 1 - cuts, cuts)
    return np.asarray(1 - np.abs(scores - cuts) / np.maximum(side, 1e-9))


def seconds(
    scores: Doubles, cuts: Doubles, open: Flags, look: float = LOOK_SECONDS, correction: float = CORRECTION_SECONDS
) -> Doubles:
    """How long a person is expected to need for each film (N,): a look, and a while for each wrong proposal."""
    wrong = np.where(scores >= cuts, 1 - scores, scores) * open
    return np.asarray(look + correction * wrong.sum(1))


def choose(
    scores: Doubles,
    open: Flags,
    films: Doubles,
    vectors: NDArray[np.float32],
    most: int,
    costs: Doubles | None = None,
) -> Chosen:
    """The films whose answers teach most about the terms that have fewest films.

    An answer is worth its uncertainty over the number of films that the term has: ``films`` (T,) are known to be yes.
    Each film that is chosen counts as what it is expected to be, so that the next one is chosen for another term;
    one that looks like an earlier one (``vectors`` (N, D) of unit length, D may be 0) is worth half. ``costs`` (N,):
    worth is per second then. Films of which everything is known are not chosen.
    """
    told = uncertainty(scores) * open
    share = 1 / (np.ones(len(scores)) if costs is None else costs)
    counts = np.asarray(films, np.float64) + 1
    kept = _candidates(told @ (1 / counts) * share, most)
    told, expected, share, vectors = told[kept], (scores * open)[kept], share[kept].copy(), vectors[kept]
    rows, worth = np.zeros(0, np.int64), np.zeros(0)
    terms, again = np.zeros(0, np.int64), np.zeros(len(kept), bool)
    while len(rows) < min(most, len(kept)):
        value = told @ (1 / counts) * share
        value[rows] = -1
        first = np.argsort(-value, kind="stable")[: min(AT_ONCE, most - len(rows), len(kept) - len(rows))]
        alike = _like_an_earlier(vectors, first, rows) & ~again[first]
        again[first[alike]] = True
        share[first[alike]] *= AGAIN
        new = first[~alike]
        rows, worth = np.append(rows, new), np.append(worth, value[new])
        terms = np.append(terms, (told[new] / counts).argmax(1) if len(new) else new)
        counts += expected[new].sum(0)
    return Chosen(kept[rows], np.minimum.accumulate(worth), terms)


def _candidates(value: Doubles, most: int) -> Rows:
    """Those that could be among the first; all of a small catalogue."""
    order = np.argsort(-value, kind="stable")[: max(CANDIDATES, 2 * most)]
    return np.sort(order[value[order] > 0])


def _like_an_earlier(vectors: NDArray[np.float32], first: Rows, chosen: Rows) -> Flags:
    """(K,) whether each of the first is like one that was chosen, or like one before it."""
    if not vectors.shape[1]:
        return np.zeros(len(first), bool)
    among = np.tril(vectors[first] @ vectors[first].T, -1)
    return np.asarray(np.hstack([vectors[first] @ vectors[chosen].T, among]).max(1, initial=0) > ALIKE)


def disagreement(one: Doubles, cuts: Doubles, other: Doubles, other_cuts: Doubles) -> Doubles:
    """By how much two sets of scores differ where they decide differently, 0 elsewhere (N, T)."""
    apart = (one >= cuts) != (other >= other_cuts)
    return np.where(apart, np.abs(one - other), 0.0)
