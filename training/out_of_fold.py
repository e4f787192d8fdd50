"""What a model thinks of films that it has not learned from, for every labelled film: K-fold scores.

The films are dealt into K parts; the heads learn from all parts but one and judge that one. A label that they find
hard to believe is then not one that they were told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from training.cooccurrence import fit
from training.inputs import Inputs, TrainingData
from training.metrics import Truth

if TYPE_CHECKING:
    from training.loop import Report

Doubles = NDArray[np.float64]
Labels = NDArray[np.int8]
FOLDS = 3  # as good at finding errors as five, in half the time
_FOR_BLENDING = 10  # one film in so many of those that are learned from sets blend, calibration and when to stop


@dataclass(frozen=True)
class OutOfFold:
    """N films and T terms: what held-out models say, alone and in view of the film's other labels."""

    scores: Doubles
    """(N, T) calibrated, from what there is to see of the film."""
    beside: Doubles
    """(N, T) the same in view of the film's other labels, as training/cooccurrence.py does it."""

    @classmethod
    def of(cls, scores: Doubles, labels: Labels) -> OutOfFold:
        """``labels`` (N, T): 1 yes, 0 no, -1 unknown."""
        truth = Truth.of(labels)
        return cls(scores, fit(scores, truth)(scores, truth))

    def belief(self, labels: Labels) -> Doubles:
        """How well each label can be believed (N, T): the probability of what it says; NaN where it is unknown."""
        return np.where(labels < 0, np.nan, np.where(labels == 1, self.beside, 1 - self.beside))


def out_of_fold(
    inputs: Inputs,
    labels: Labels,
    terms: list[str],
    *,
    folds: int = FOLDS,
    seed: int = 0,
    heard: Callable[[int], None] | None = None,
) -> OutOfFold:
    """Scores of every film by heads that have learned from the films of the other parts.

    ``heard(n)`` is called with 1 after each part and with 0 within; what it raises ends the work. Raises ValueError
    for fewer than two parts or fewer films than parts, and where the others of a part have nothing to learn from.
    """
    from training.architectures.heads import HeadsConfig, train_heads  # torch, for whoever really trains

    config = HeadsConfig(vocabulary=10_000, hidden=128, nets=1)  # as good at finding errors as the default

    scores = np.zeros(labels.shape)
    for part in deal(len(inputs), folds, seed):
        data = TrainingData.of(inputs, labels, part, terms)
        heads = train_heads(data, config, seed, _within(heard))
        rows = data.rows("test")
        scores[rows] = heads.scores(inputs.take(rows))
        if heard:
            heard(1)
    return OutOfFold.of(scores, labels)


def _within(heard: Callable[[int], None] | None) -> Report | None:
    """What is told of each epoch: that the work goes on."""
    return (lambda _epoch, _total, _figures: heard(0)) if heard else None


def deal(films: int, folds: int, seed: int) -> list[NDArray[np.str_]]:
    """For each of K folds the part (N,) of every film: "test" is judged, the others are learned from.

    Every film is judged once.
    """
    if not 2 <= folds <= films:
        raise ValueError(f"{films} films cannot be dealt into {folds} parts")
    random = np.random.default_rng(seed)
    fold = random.permutation(films) % folds
    blending = random.permutation(films) % _FOR_BLENDING == 0
    return [np.where(fold == k, "test", np.where(blending, "validation", "train")) for k in range(folds)]
