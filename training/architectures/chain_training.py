"""Training a classifier chain: teacher forcing, then calibration and thresholds under its own decisions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from training.architectures.chain import Chain, Doubles, Floats, Places
from training.blend import stack
from training.inputs import TrainingData
from training.linear import prior_log_odds
from training.loop import Batch, LoopOptions, Report, fit, one_core
from training.metrics import Truth
from training.thresholds import fit_thresholds, from_log_odds

if TYPE_CHECKING:
    from training.options import RetrainOptions

LOOP = LoopOptions(epochs=30, batch=256, learning_rate=1e-3)
DIGITS = 6  # of thresholds in a version's config.json: what is shown and what the chain decides by are the same


class ChainNet(nn.Module):
    """All heads at once: features and labels (B, D + T) -> logits (B, T), in the order of the chain.

    The labels of a head's own term and of later ones are there too, and multiplied by 0.
    """

    earlier: Tensor

    def __init__(self, features: int, start: Tensor) -> None:
        """``start`` (T,) are the biases to begin with."""
        super().__init__()
        terms = len(start)
        self.features = features
        self.weights = nn.Parameter(torch.zeros(terms, features))
        self.links = nn.Parameter(torch.zeros(terms, terms))
        self.bias = nn.Parameter(start.clone())
        self.register_buffer("earlier", torch.ones(terms, terms).tril(-1))

    def forward(self, seen: Tensor) -> Tensor:
        features, labels = seen[:, : self.features], seen[:, self.features :]
        logits: Tensor = features @ self.weights.T + labels @ (self.links * self.earlier).T + self.bias
        return logits


def train_chain(data: TrainingData, order: Places, options: RetrainOptions, on_epoch: Report | None = None) -> Chain:
    """Train on the training films that have a poster; calibrate and set thresholds on such validation films.

    Where a label is unknown, the term's share among the training films tells later heads what to expect; the head
    of the term itself does not learn from it. Raises ValueError where no training film has a poster.
    """
    truth = Truth.of(data.labels[:, order])
    prior = prior_log_odds(truth[data.rows("train")])
    train, validation = (_part(data, truth, name) for name in ("train", "validation"))
    if not len(train[0]) or not data.image_vectors.shape[1]:
        raise ValueError("no training film has a poster to learn from")
    with one_core():
        untrained = _untrained(data, order, options.chain_order, train[0], prior)
        chain = _fit(untrained, train, validation, options, on_epoch)
        for _ in range(2):  # thresholds decide what later heads hear, and calibration where thresholds are
            chain = replace(chain, cuts=fit_cuts(chain, *validation))
            chain = _calibrated(chain, *validation, prior)
        return replace(chain, cuts=fit_cuts(chain, *validation))


def _part(data: TrainingData, truth: Truth, name: str) -> tuple[Floats, Truth]:
    rows = data.rows(name)
    rows = rows[data.has_image[rows]]
    return data.image_vectors[rows], truth[rows]


def _untrained(data: TrainingData, order: Places, ordered_by: str, vectors: Floats, prior: Floats) -> Chain:
    """Scaled to these vectors (N, D); says the prior (T,) log-odds of everything."""
    heads, features = len(prior), vectors.shape[1]
    return Chain(
        terms=list(data.terms),
        order=order,
        ordered_by=ordered_by,
        mean=vectors.mean(0),
        scale=1 / (vectors.std(0) + np.float32(1e-4)),
        weights=np.zeros((heads, features), np.float32),
        links=np.zeros((heads, heads), np.float32),
        bias=prior,
        stretch=np.ones(heads, np.float32),
        shift=np.zeros(heads, np.float32),
        prior=from_log_odds(prior).astype(np.float32),
        cuts=np.full(heads, 0.5, np.float32),
    )


def _fit(
    chain: Chain,
    train: tuple[Floats, Truth],
    validation: tuple[Floats, Truth],
    options: RetrainOptions,
    on_epoch: Report | None,
) -> Chain:
    net = ChainNet(len(chain.mean), torch.from_numpy(chain.bias))
    films, others = (Batch.of(teach(chain, vectors, truth), truth) for vectors, truth in (train, validation))
    fit(net, films, others, options.loop(LOOP), seed=options.seed, progress=on_epoch)
    weights, links, bias = (t.detach().numpy() for t in (net.weights, net.links * net.earlier, net.bias))
    return replace(chain, weights=weights, links=links, bias=bias)


def teach(chain: Chain, vectors: Floats, truth: Truth) -> Floats:
    """What the heads learn from, (N, D + T): scaled features, and the true labels or what is to be expected of them."""
    return np.hstack([(vectors - chain.mean) * chain.scale, np.where(truth.known, truth.yes, chain.prior)])


def fit_cuts(chain: Chain, vectors: Floats, truth: Truth) -> Floats:
    """Thresholds (T,) of the heads one after the other, each found on what it says after the decisions before it."""
    logits, cuts = chain.alone(vectors), chain.cuts.copy()
    scores = chain.probability(teacher_forced(chain, vectors, truth)).astype(np.float64)
    for head in range(len(cuts)):
        scores[:, head] = chain.probability(logits[:, head], head)
        # The heads to come stand in with what they say of the true labels: a rare term's threshold is drawn
        # towards one that is common to all.
        cuts[head] = np.round(fit_thresholds(scores, truth)[head], DIGITS)
        chain.pass_on(logits, head, scores[:, head] >= cuts[head])
    return cuts


def teacher_forced(chain: Chain, vectors: Floats, truth: Truth) -> Doubles:
    """Logits (N, T) where the labels before each head are the true ones, or the prior where they are unknown."""
    labels = np.where(truth.known, truth.yes, chain.prior)
    return np.asarray(chain.alone(vectors) + labels @ chain.links.T.astype(np.float64))


def _calibrated(chain: Chain, vectors: Floats, truth: Truth, prior: Floats) -> Chain:
    """Stretched and shifted so that probabilities are right under the chain's own decisions."""
    logits = chain.logits(vectors).astype(np.float32)
    stretch, bias = stack((logits - prior)[None], truth, prior)
    return replace(chain, stretch=stretch[0], shift=bias - stretch[0] * prior)
