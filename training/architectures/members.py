"""The parts of the heads: what turns words, a text vector or an image vector into logits per term.

Every member answers ``logits(inputs) -> (N, T)``, is saved as tensors (``tensors``) and knows what it needs a film
to have. Weights are rounded to half precision when training ends, so that what is judged is what is saved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
import scipy.sparse as sp
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from training.inputs import Inputs, Modality
from training.linear import fit_logistic, log_count_ratios
from training.loop import Batch, LoopOptions, Report, ShouldStop, fit, logits_of
from training.metrics import Truth
from training.text import Words

Floats = NDArray[np.float32]
_FACTS_BESIDE_WORDS = 0.07  # a word's share of a unit row: larger facts slow the solver, smaller are penalised away


class Member(Protocol):
    """One opinion on every term."""

    needs: Modality

    def logits(self, inputs: Inputs) -> Floats: ...

    def tensors(self) -> dict[str, NDArray[Any]]: ...


@dataclass(frozen=True)
class Facts:
    """Year and language as numbers: soft eight-year bins from 1900 to 2028, and one column per language."""

    languages: Sequence[str]
    use: bool = True

    @classmethod
    def fit(cls, languages: Sequence[str], most: int, *, use: bool = True) -> Facts:
        """Tell the ``most`` commonest languages apart."""
        names, counts = np.unique([language for language in languages if language], return_counts=True)
        return cls([str(name) for name in names[np.argsort(-counts, kind="stable")][:most]], use)

    def of(self, inputs: Inputs) -> Floats:
        """(N, F); a film of unknown year and language is a row of zeros."""
        if not self.use:
            return np.zeros((len(inputs), 0), np.float32)
        years = np.array([year or np.nan for year in inputs.years], np.float64).reshape(-1, 1)
        bins = np.nan_to_num(np.exp(-0.5 * ((years - np.arange(1900, 2029, 8)) / 8) ** 2))
        column = {language: i for i, language in enumerate(self.languages)}
        spoken = np.zeros((len(inputs), len(column)))
        for row, language in enumerate(inputs.languages):
            if language in column:
                spoken[row, column[language]] = 1
        return 2 * np.hstack([bins, spoken]).astype(np.float32)


class WordsMember:
    """Logistic regression on TF-IDF, weighted by how one-sided a word is, with year and language."""

    needs: Modality = "text"

    def __init__(self, words: Words, facts: Facts, weights: Floats, bias: Floats) -> None:
        """``weights`` (V + F, T), ``bias`` (T,)."""
        self.words, self.facts = words, facts
        self.weights, self.bias = _half(weights), bias

    @classmethod
    def train(
        cls,
        inputs: Inputs,
        truth: Truth,
        facts: Facts,
        *,
        vocabulary: int,
        strength: float,
        after_step: Callable[[], None] | None = None,
    ) -> WordsMember:
        words = Words.fit(inputs.texts, vocabulary)
        features = cls._features(words, facts, inputs)
        freedom = log_count_ratios(features, truth)
        freedom[len(words) :] = 1  # year and language are no words
        weights, bias = fit_logistic(features, truth, strength=strength, freedom=freedom, after_step=after_step)
        return cls(words, facts, weights, bias)

    @staticmethod
    def _features(words: Words, facts: Facts, inputs: Inputs) -> sp.csr_matrix:
        told = sp.csr_matrix(_FACTS_BESIDE_WORDS * facts.of(inputs))
        return sp.hstack([words.transform(inputs.texts), told], format="csr")

    def logits(self, inputs: Inputs) -> Floats:
        return np.asarray(self._features(self.words, self.facts, inputs) @ self.weights + self.bias)

    def tensors(self) -> dict[str, NDArray[Any]]:
        return {"weights": self.weights.astype(np.float16), "bias": self.bias, "idf": self.words.idf}

    @classmethod
    def read(cls, tensors: dict[str, NDArray[Any]], facts: Facts, vocabulary: Sequence[str]) -> WordsMember:
        return cls(Words(vocabulary, tensors["idf"]), facts, tensors["weights"], tensors["bias"])


@dataclass(frozen=True)
class NetsOptions:
    """How the nets of a member begin: hidden units (0: linear), how many nets, dropout, seed."""

    hidden: int
    nets: int
    dropout: float
    dropout_hidden: float
    seed: int


class Nets(nn.Module):
    """K nets side by side, each linear or with one hidden layer: (B, D) -> logits (K, B, T)."""

    def __init__(self, sizes: Sequence[int], *, nets: int, dropout: float = 0.0, dropout_hidden: float = 0.0):
        """``sizes``: inputs, hidden units where there are any, terms."""
        super().__init__()
        self.dropout, self.dropout_hidden = dropout, dropout_hidden
        pairs = list(pairwise(sizes))
        self.weights = nn.ParameterList(_uniform(nets, a, b) for a, b in pairs)
        self.biases = nn.ParameterList(nn.Parameter(torch.zeros(nets, 1, b)) for _, b in pairs)

    @classmethod
    def start(cls, inputs: int, prior: Floats, options: NetsOptions) -> Nets:
        """Random weights from the seed alone; the last bias is the prior (T,) log-odds."""
        sizes = [inputs, *([options.hidden] if options.hidden else []), len(prior)]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(options.seed)
            nets = cls(sizes, nets=options.nets, dropout=options.dropout, dropout_hidden=options.dropout_hidden)
        nets.biases[-1].data[:] = torch.from_numpy(prior)
        return nets

    def forward(self, features: Tensor) -> Tensor:
        x = features.expand(self.weights[0].shape[0], *features.shape)  # each net drops other inputs
        x = torch.baddbmm(self.biases[0], F.dropout(x, self.dropout, self.training), self.weights[0])
        if len(self.weights) == 1:
            return x
        x = F.dropout(F.gelu(x), self.dropout_hidden, self.training)
        return torch.baddbmm(self.biases[1], x, self.weights[1])


def _uniform(nets: int, inputs: int, outputs: int) -> nn.Parameter:
    bound = max(inputs, 1) ** -0.5
    return nn.Parameter(torch.empty(nets, inputs, outputs).uniform_(-bound, bound))


class VectorMember:
    """Nets over the text or the image vector, standardised by the training films, and the facts."""

    def __init__(self, needs: Modality, facts: Facts, mean: Floats, scale: Floats, nets: Nets) -> None:
        """``mean`` and ``scale`` (D,)."""
        self.needs, self.facts, self.mean, self.scale, self.nets = needs, facts, mean, scale, nets

    @classmethod
    def untrained(cls, needs: Modality, inputs: Inputs, facts: Facts, prior: Floats, nets: NetsOptions) -> VectorMember:
        """Scaled to these films, with random weights; says the prior (T,) log-odds where nothing is to be seen."""
        vectors = inputs.vectors(needs)
        mean, scale = vectors.mean(0), 1 / (vectors.std(0) + 1e-4)
        width = vectors.shape[1] + facts.of(inputs).shape[1]
        return cls(needs, facts, mean, scale, Nets.start(width, prior, nets))

    def features(self, inputs: Inputs) -> Floats:
        """(N, D + F)."""
        return np.hstack([(inputs.vectors(self.needs) - self.mean) * self.scale, self.facts.of(inputs)])

    def train(
        self,
        train: tuple[Inputs, Truth],
        validation: tuple[Inputs, Truth],
        options: LoopOptions,
        *,
        seed: int,
        progress: Report | None,
        should_stop: ShouldStop | None,
    ) -> None:
        parts = [Batch.of(self.features(inputs), truth) for inputs, truth in (train, validation)]
        fit(self.nets, parts[0], parts[1], options, seed=seed, progress=progress, should_stop=should_stop)
        for weights in self.nets.weights:
            weights.data = weights.data.half().float()

    def logits(self, inputs: Inputs) -> Floats:
        return np.asarray(logits_of(self.nets, torch.from_numpy(self.features(inputs))).numpy())

    def logits_of_vectors(self, vectors: Tensor) -> Tensor:
        """Logits (B, T) of vectors (B, D) without year and language, with gradients."""
        self.nets.eval()
        mean, scale = torch.from_numpy(self.mean), torch.from_numpy(self.scale)
        features = F.pad((vectors - mean) * scale, (0, self.nets.weights[0].shape[1] - len(mean)))
        logits: Tensor = self.nets(features).mean(0)
        return logits

    def tensors(self) -> dict[str, NDArray[Any]]:
        found: dict[str, NDArray[Any]] = {"mean": self.mean, "scale": self.scale}
        for name, tensor in self.nets.state_dict().items():
            kept = tensor.half() if name.startswith("weights") else tensor
            found[f"nets.{name}"] = kept.numpy()
        return found

    @classmethod
    def read(cls, tensors: dict[str, NDArray[Any]], needs: Modality, facts: Facts) -> VectorMember:
        """Raises KeyError or ValueError where tensors are missing or do not fit together."""
        state = {name[5:]: torch.from_numpy(t).float() for name, t in tensors.items() if name.startswith("nets.")}
        shapes = [state[name].shape for name in sorted(state) if name.startswith("weights")]
        nets = Nets([shapes[0][1], *(shape[2] for shape in shapes)], nets=shapes[0][0])
        try:
            nets.load_state_dict(state)
        except RuntimeError as error:
            raise ValueError(f"the {needs} member's tensors do not fit together") from error
        return cls(needs, facts, tensors["mean"], tensors["scale"], nets)


def _half(weights: NDArray[Any]) -> Floats:
    return np.asarray(weights).astype(np.float16).astype(np.float32)
