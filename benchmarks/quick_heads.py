"""Heads that train in a fraction of a second, for simulations that train thousands of them.

Ridge regression on the stored vectors of text and poster, 256 directions of the words' TF-IDF (found without labels),
year and language. Every film's leave-one-out score comes with the fit (Allen 1974), so that calibration and thresholds
need no films of their own: a simulated curator's every decision is learned from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import TruncatedSVD

from training.architectures.members import Facts
from training.blend import stack
from training.inputs import Inputs
from training.linear import prior_log_odds
from training.metrics import Truth
from training.text import Words
from training.thresholds import fit_thresholds, from_log_odds

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
DIRECTIONS, PENALTY, FACTS = 256, 10.0, 3.0
_SPREAD = 10.0  # brings regression scores to the size of log-odds before they are calibrated


def blocks(inputs: Inputs) -> dict[str, Floats]:
    """What is seen of N films by where it comes from: blocks (N, D), each scaled to matter alike."""
    words = Words.fit(inputs.texts, 40_000).transform(inputs.texts)
    meaning = TruncatedSVD(DIRECTIONS, n_iter=4, random_state=0).fit_transform(words).astype(np.float32)
    facts = Facts.fit(inputs.languages, 16).of(inputs)
    pictures = np.zeros_like(inputs.image_vectors)
    pictures[inputs.has_image] = _scaled(inputs.image_vectors[inputs.has_image])
    return {
        "text": np.hstack([_scaled(inputs.text_vectors), _scaled(meaning)]),
        "image": pictures,
        "facts": FACTS * facts / np.float32(np.sqrt(facts.shape[1])),
    }


def _scaled(block: Floats) -> Floats:
    return _of_unit_size((block - block.mean(0)) / (block.std(0) + 1e-4))


def _of_unit_size(block: Floats) -> Floats:
    return np.asarray(block / np.float32(np.sqrt(block.shape[1])))


@dataclass(frozen=True)
class QuickHeads:
    """Scores of films from their features, and the cuts."""

    weights: Floats
    slope: Floats
    bias: Floats
    cuts: Doubles

    def scores(self, features: Floats) -> Doubles:
        """Calibrated probabilities (N, T)."""
        return from_log_odds(features @ self.weights * _SPREAD * self.slope + self.bias)


def train(features: Floats, truth: Truth) -> QuickHeads:
    """From the features (N, D) and the labels of the same films; an unknown label says what the term's share says."""
    share = (truth.yes.sum(0) + 1) / (truth.known.sum(0) + 2)
    targets = np.where(truth.known, truth.yes - share, 0).astype(np.float32)
    gram = features.T @ features + PENALTY * np.eye(features.shape[1], dtype=np.float32)
    projected = features @ np.linalg.inv(gram).astype(np.float32)
    weights, leverage = projected.T @ targets, (projected * features).sum(1, keepdims=True)
    left_out = (features @ weights - leverage * targets) / (1 - leverage) * _SPREAD
    slope, bias = stack(left_out[None], truth, prior_log_odds(truth))
    cuts = fit_thresholds(from_log_odds(left_out * slope[0] + bias), truth)
    return QuickHeads(weights, slope[0], bias, cuts)
