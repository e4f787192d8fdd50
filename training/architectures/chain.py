"""A classifier chain on an image encoder's vectors: each term is decided in view of the terms decided before it.

One logistic head per term in a fixed order (Read et al. 2009, "Classifier chains for multi-label classification").
Head i gets the features x of the poster and the labels y of the terms before it:

    logit_i = w_i . x + v_i . y_(<i) + b_i

In training y are the true labels (teacher forcing, chain_training.py). In use y are the chain's own decisions, each
head's by its own threshold, except where a label is known: that takes the place of the chain's own decision, so
what people have said of a film changes the scores of the terms that come later. The plot is never looked at.

This module scores in numpy and imports no torch: pages ask it again after every decision.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from training.inputs import Inputs, Modality, TrainingData
from training.thresholds import from_log_odds

if TYPE_CHECKING:
    import torch

    from training.inputs import Labelled
    from training.loop import Report
    from training.options import RetrainOptions

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Labels = NDArray[np.int8]
Places = NDArray[np.int64]

TENSORS, DESCRIPTION = "model.safetensors", "chain.json"
ORDERS = {
    "similarity": "nearest name first",
    "frequency": "commonest first",
    "given": "as the terms are listed",
}
LINKS_ON_CARD = 8
_PER_HEAD = ("bias", "stretch", "shift", "prior", "cuts")


@dataclass(frozen=True, eq=False)
class Chain:
    """T heads over D features. Arrays per head stand in the order of the chain, scores in the order of `terms`."""

    terms: list[str]
    order: Places
    """(T,): the place in `terms` of the head that decides first, second, ..."""
    ordered_by: str
    """A name of ORDERS."""
    mean: Floats
    """(D,) of the training posters' vectors."""
    scale: Floats
    """(D,): 1 / their standard deviation."""
    weights: Floats
    """(T, D)"""
    links: Floats
    """(T, T), 0 on and above the diagonal: how the label of an earlier term (column) moves a head (row)."""
    bias: Floats
    """(T,)"""
    stretch: Floats
    """(T,): calibrated log-odds are stretch x logit + shift."""
    shift: Floats
    """(T,)"""
    prior: Floats
    """(T,): probabilities where there is no poster."""
    cuts: Floats
    """(T,): head i decides yes where its probability is at least this."""

    @property
    def sees(self) -> tuple[Modality, ...]:
        return ("image",)

    @property
    def thresholds(self) -> Floats:
        """(T,) in the order of `terms`."""
        return self._as_listed(self.cuts)

    @property
    def parameters(self) -> int:
        """How many numbers were learned: weights, links between a head and those before it, and biases."""
        heads = len(self.terms)
        return self.weights.size + heads * (heads - 1) // 2 + heads

    def scores(self, inputs: Inputs, known: Labels | None = None) -> Floats:
        """Calibrated probabilities (N, T); the prior where a film has no poster, whatever is known of it.

        ``known`` (N, T): 1 yes, 0 no, -1 unknown. A known label changes the scores of later terms only, and not
        its own.
        """
        found = np.repeat(self.prior[None], len(inputs), 0)
        rows = np.flatnonzero(inputs.has_image)
        if len(rows):
            logits = self.logits(inputs.image_vectors[rows], None if known is None else known[rows][:, self.order])
            found[rows] = self.probability(logits)
        return self._as_listed(found)

    def logits(self, vectors: Floats, known: Labels | None = None) -> Doubles:
        """What each head says (N, T) of image vectors (N, D); ``known`` (N, T). All in the order of the chain."""
        logits = self.alone(vectors)
        for head in range(len(self.terms)):
            label = self.probability(logits[:, head], head) >= self.cuts[head]
            if known is not None:
                label = np.where(known[:, head] >= 0, known[:, head] == 1, label)
            self.pass_on(logits, head, label)
        return logits

    def alone(self, vectors: Floats) -> Doubles:
        """What the heads would say (N, T) if every label before them were "no".

        In double precision: a film then scores the same alone and among others.
        """
        features = ((vectors - self.mean) * self.scale).astype(np.float64)
        return features @ self.weights.T.astype(np.float64) + self.bias

    def pass_on(self, logits: Doubles, head: int, label: NDArray[Any]) -> None:
        """Let the heads after this one know its label (N,), 0 to 1."""
        logits[:, head + 1 :] += np.multiply.outer(label, self.links[head + 1 :, head].astype(np.float64))

    def probability(self, logits: Doubles, head: int | None = None) -> Floats:
        """Calibrated, of all heads (N, T) or of one (N,)."""
        heads = slice(None) if head is None else head
        return from_log_odds(logits * self.stretch[heads] + self.shift[heads]).astype(np.float32)

    def image_logits(self, vectors: torch.Tensor) -> torch.Tensor:
        """Logits (B, T) of image vectors (B, D), in the order of `terms`; each head's own view of the picture.

        The decisions of earlier heads enter as they fall but pass no gradient: they are steps.
        """
        import torch

        detached = vectors.detach().cpu().numpy()
        constant = self.logits(detached) - self.alone(detached) + self.bias
        mean, scale, weights = (torch.from_numpy(a).to(vectors) for a in (self.mean, self.scale, self.weights))
        logits = ((vectors - mean) * scale) @ weights.T + torch.from_numpy(constant).to(vectors)
        return logits[:, torch.from_numpy(np.argsort(self.order)).to(vectors.device)]

    def _as_listed(self, per_head: Floats) -> Floats:
        """From the order of the chain to that of `terms`, along the last axis."""
        return np.ascontiguousarray(per_head[..., np.argsort(self.order)])

    def card_lines(self) -> list[str]:
        """What the model card says of the chain."""
        path = " → ".join(self._term(head) for head in range(len(self.terms)))
        strongest = np.argsort(-np.abs(self.links), axis=None, kind="stable")[:LINKS_ON_CARD]
        pairs = [divmod(int(place), len(self.terms)) for place in strongest if self.links.flat[place]]
        links = [f"{self._term(given)} → {self._term(head)} {self.links[head, given]:+.2f}" for head, given in pairs]
        return [
            f"Order of the chain ({ORDERS[self.ordered_by]}): {path}.",
            f"Strongest links, in log-odds where the earlier term holds: {', '.join(links) or 'none'}.",
            "It sees the poster only. Each term's score depends on the decisions before it in the chain: labels "
            "that are known take the place of the model's own decisions. The curves of the run are taken with the "
            "true labels of the earlier terms, all other figures with the model's own decisions.",
        ]

    def _term(self, head: int) -> str:
        return self.terms[int(self.order[head])]

    def save(self, folder: Path) -> None:
        """Write model.safetensors and chain.json into an existing folder."""
        names = ("order", "mean", "scale", "weights", "links", *_PER_HEAD)
        save_file({name: np.ascontiguousarray(getattr(self, name)) for name in names}, folder / TENSORS)
        description = {"terms": self.terms, "ordered_by": self.ordered_by}
        (folder / DESCRIPTION).write_text(json.dumps(description, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Chain:
        """Read what ``save`` wrote. Raises OSError, KeyError or ValueError where it is not whole."""
        said = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        try:
            tensors: dict[str, Any] = load_file(folder / TENSORS)
            chain = cls(said["terms"], ordered_by=said["ordered_by"], **tensors)
        except (SafetensorError, TypeError) as error:
            raise ValueError(f"{folder.name} does not hold a chain: {error}") from error
        chain.check()
        return chain

    def check(self) -> None:
        """Raises ValueError where the parts do not fit together, or a head would depend on a later one."""
        heads, features = len(self.terms), len(self.mean)
        shapes = {"scale": (features,), "weights": (heads, features), "links": (heads, heads)}
        shapes |= dict.fromkeys(_PER_HEAD, (heads,))
        wrong = [name for name, shape in shapes.items() if getattr(self, name).shape != shape]
        if wrong or sorted(self.order.tolist()) != list(range(heads)) or np.triu(self.links).any():
            raise ValueError(f"the parts of the chain do not fit together: {', '.join(wrong) or 'its order or links'}")


def load(folder: Path) -> Chain:
    """The chain in a model folder. Raises OSError, KeyError or ValueError where it is not whole."""
    return Chain.load(folder)


def train(inputs: Inputs, snapshot: Labelled, options: RetrainOptions, on_epoch: Report) -> Chain:
    """Train on a snapshot of the labels of these films, in the order that the options ask for.

    Raises ValueError where the order needs a text encoder and none is named, or no training film has a poster.
    """
    from training.architectures.chain_training import train_chain

    data = TrainingData.of(inputs, snapshot.labels, snapshot.splits, snapshot.terms)
    order = chain_order(options.chain_order, data, options.text_encoder)
    return train_chain(data, order, options, on_epoch)


# The order ----------------------------------------------------------------------------------------------


def chain_order(ordered_by: str, data: TrainingData, text_encoder: str) -> Places:
    """(T,) places in ``data.terms``, first head first. The text encoder is asked for names, and for nothing else.

    Raises ValueError where names are to be compared and no text encoder is named.
    """
    films = (data.labels[data.rows("train")] == 1).sum(0)
    if ordered_by == "given":
        return np.arange(len(films))
    if ordered_by == "frequency":
        return frequency_order(films)
    from training.encoders import NONE
    from training.encoders import text_encoder as encoder_of

    if text_encoder in NONE:
        raise ValueError("The order of a chain by similarity of names needs a text encoder.")
    return similarity_order(encoder_of(text_encoder).encode(names_of(data.terms)), films)


def names_of(terms: Sequence[str]) -> list[str]:
    """The names behind slugs, as a text encoder reads them: film-noir is "film noir"."""
    return [term.replace("-", " ") for term in terms]


def frequency_order(films: NDArray[np.integer[Any]]) -> Places:
    """Commonest first, (T,) from the number of training films of each term; the first listed among equals."""
    return np.argsort(-films, kind="stable")


def similarity_order(names: Floats, films: NDArray[np.integer[Any]]) -> Places:
    """From the commonest term on, always to the nearest term that is left, by the cosine of their names (T, E).

    Neighbours in the chain then mean similar things, so that each head hears of what is related to it right before
    it decides. The first listed comes first among equals.
    """
    lengths = np.linalg.norm(names, axis=1, keepdims=True)
    directions = (names / np.maximum(lengths, 1e-12)).astype(np.float64)
    likeness = directions @ directions.T
    path = [int(films.argmax())]
    while len(path) < len(films):
        likeness[:, path[-1]] = -np.inf  # nobody goes back
        path.append(int(likeness[path[-1]].argmax()))
    return np.array(path, np.int64)
