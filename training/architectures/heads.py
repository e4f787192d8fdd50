"""Multi-label heads on cached vectors: the default architecture for genres and tags.

Three members, each trained alone on the films that have what it needs, then blended (training/blend.py):

    words   logistic regression on TF-IDF of title and plot, with year and language    needs a plot
    text    small nets on the text vector, with year and language                      needs a plot
    image   small nets on the image vector, with year and language                     needs a poster

One net that sees everything at once is no substitute: with some ten thousand films it learns the stronger input
and neglects the poster. As a fourth member it adds little for half as much time again (docs/experiments.md).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file
from torch import Tensor

from training.architectures.members import Facts, Member, NetsOptions, VectorMember, WordsMember
from training.blend import PATTERNS, Blend, fit_blend
from training.inputs import MODALITIES, Inputs, Labelled, Modality, TrainingData
from training.linear import prior_log_odds
from training.loop import Figures, LoopOptions, Report, ShouldStop, Stopped, one_core
from training.metrics import Truth
from training.thresholds import fit_thresholds, from_log_odds

if TYPE_CHECKING:
    from training.options import RetrainOptions

Floats = NDArray[np.float32]
_FORMER = {"focus", "margin"}  # options of the loop that older versions still name
TENSORS, DESCRIPTION = "model.safetensors", "heads.json"
POSTER_ONLY = PATTERNS.index((False, True))


@dataclass(frozen=True)
class HeadsConfig:
    """What is trained, and how."""

    vocabulary: int = 40_000
    """Most words and pairs of words that the words member may use; 0 leaves the member out."""
    strength: float = 3.0
    """Weight of the data against the penalty in the words member; larger fits closer."""
    hidden: int = 256
    """Width of the hidden layer over the text vector; 0 makes the text and image members linear."""
    hidden_image: int = 128
    """Width of the hidden layer over the image vector."""
    nets: int = 3
    """Nets with different starting weights in the text and image members; their logits are averaged."""
    dropout: float = 0.3
    """Share of inputs dropped in training."""
    dropout_hidden: float = 0.4
    """Share of hidden units dropped in training."""
    facts: bool = True
    """Whether year and language help; either may be unknown for a film."""
    languages: int = 16
    """Number of commonest training languages that are told apart."""
    loop: LoopOptions = field(default_factory=LoopOptions)
    """How the text and image members are trained."""

    def __post_init__(self) -> None:
        if min(self.vocabulary, self.hidden, self.hidden_image, self.languages) < 0:
            raise ValueError("vocabulary, hidden, hidden_image and languages must not be negative")
        if self.nets < 1:
            raise ValueError("at least one net is needed")
        if self.strength <= 0:
            raise ValueError("strength must be above 0")
        if not (0 <= self.dropout < 1 and 0 <= self.dropout_hidden < 1):
            raise ValueError("dropout must be in [0, 1)")

    @classmethod
    def of(cls, values: dict[str, Any]) -> HeadsConfig:
        """From JSON; raises TypeError on an unknown name."""
        loop = {name: value for name, value in values.get("loop", {}).items() if name not in _FORMER}
        return cls(**values | {"loop": LoopOptions(**loop)})


@dataclass(frozen=True)
class TrainedHeads:
    """Members, their blend and the thresholds: everything from vectors to decisions."""

    config: HeadsConfig
    terms: list[str]
    facts: Facts
    members: dict[str, Member]
    blend: Blend
    thresholds: Floats
    """(T,): decide yes where the probability is at least this."""

    @property
    def sees(self) -> tuple[Modality, ...]:
        """What its members look at."""
        return tuple(modality for modality in MODALITIES if any(m.needs == modality for m in self.members.values()))

    @property
    def parameters(self) -> int:
        """How many numbers were learned."""
        return sum(tensor.size for tensor in self.tensors().values())

    def scores(self, inputs: Inputs) -> Floats:
        """Calibrated probabilities (N, T); the prior where a film has neither plot nor poster."""
        logits = self.blend(self.differences(inputs), inputs.has_text, inputs.has_image)
        return from_log_odds(logits).astype(np.float32)

    def differences(self, inputs: Inputs) -> Floats:
        """By how much each member moves the log-odds of a term from the prior, (M, N, T); 0 where it sees nothing."""
        found = np.zeros((len(self.members), len(inputs), len(self.terms)), np.float32)
        for m, member in enumerate(self.members.values()):
            rows = np.flatnonzero(inputs.has(member.needs))
            if len(rows):
                found[m, rows] = member.logits(inputs.take(rows)) - self.blend.prior
        return found

    def image_logits(self, vectors: Tensor) -> Tensor:
        """Log-odds (B, T) of films of which nothing but the poster's vector (B, D) is known, with gradients."""
        weights, bias, prior = (
            torch.from_numpy(part) for part in (self.blend.weights, self.blend.bias, self.blend.prior)
        )
        logits = bias[POSTER_ONLY].expand(len(vectors), -1)
        for m, member in enumerate(self.members.values()):
            if isinstance(member, VectorMember) and member.needs == "image":
                logits = logits + weights[POSTER_ONLY, m] * (member.logits_of_vectors(vectors) - prior)
        return logits

    def tensors(self) -> dict[str, NDArray[Any]]:
        found: dict[str, NDArray[Any]] = {
            "thresholds": self.thresholds,
            **{f"blend.{name}": getattr(self.blend, name) for name in ("weights", "bias", "prior")},
        }
        for name, member in self.members.items():
            found |= {f"{name}.{key}": np.ascontiguousarray(tensor) for key, tensor in member.tensors().items()}
        return found

    def save(self, folder: Path) -> None:
        """Write model.safetensors and heads.json into an existing folder."""
        words = self.members.get("words")
        description = {
            "config": asdict(self.config),
            "terms": self.terms,
            "languages": list(self.facts.languages),
            "members": {name: member.needs for name, member in self.members.items()},
            "vocabulary": words.words.vocabulary if isinstance(words, WordsMember) else [],
        }
        save_file(self.tensors(), folder / TENSORS)
        (folder / DESCRIPTION).write_text(json.dumps(description, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> TrainedHeads:
        """Read what ``save`` wrote. Raises OSError, KeyError or ValueError where it is not whole."""
        said = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        try:
            tensors = load_file(folder / TENSORS)
            config = HeadsConfig.of(said["config"])
        except (SafetensorError, TypeError) as error:
            raise ValueError(f"{folder.name} does not hold heads: {error}") from error
        facts = Facts(said["languages"], config.facts)
        members: dict[str, Member] = {}
        for name, needs in said["members"].items():
            own = {key.removeprefix(f"{name}."): t for key, t in tensors.items() if key.startswith(f"{name}.")}
            members[name] = (
                WordsMember.read(own, facts, said["vocabulary"])
                if name == "words"
                else VectorMember.read(own, needs, facts)
            )
        blend = Blend(*(tensors[f"blend.{name}"] for name in ("weights", "bias", "prior")))
        return cls(config, said["terms"], facts, members, blend, tensors["thresholds"])


def load(folder: Path) -> TrainedHeads:
    """The heads in a model folder. Raises OSError, KeyError or ValueError where it is not whole."""
    return TrainedHeads.load(folder)


def train(inputs: Inputs, snapshot: Labelled, options: RetrainOptions, on_epoch: Report) -> TrainedHeads:
    """Train with the default configuration on a snapshot of the labels of these films; see ``train_heads``."""
    data = TrainingData.of(inputs, snapshot.labels, snapshot.splits, snapshot.terms)
    return train_heads(data, HeadsConfig(), options.seed, on_epoch)


def train_heads(
    data: TrainingData,
    config: HeadsConfig,
    seed: int,
    progress: Report | None = None,
    should_stop: ShouldStop | None = None,
) -> TrainedHeads:
    """Train on the training films; blend, calibrate and set thresholds on the validation films.

    ``progress(epoch, total, figures)`` counts the epochs of all members in one row; the words member is epoch 1.
    A member whose input no training film has is left out. Raises Stopped when ``should_stop()`` says so,
    ValueError where no training film has anything to learn from.
    """
    truth = Truth.of(data.labels)
    prior = prior_log_odds(truth[data.rows("train")])
    facts = Facts.fit([data.languages[i] for i in data.rows("train")], config.languages, use=config.facts)
    with one_core():
        members = _train_members(data, truth, config, facts, prior, seed, _Clock(config, progress, should_stop))
        if not members:
            raise ValueError("no training film has a plot or a poster to learn from")
        return _decide(members, config, list(data.terms), facts, prior, data, truth)


@dataclass
class _Clock:
    """Counts the epochs of all members as one and passes on the wish to stop."""

    config: HeadsConfig
    progress: Report | None
    should_stop: ShouldStop | None
    done: int = 0

    def check(self) -> None:
        if self.should_stop and self.should_stop():
            raise Stopped

    def epoch(self, _epoch: int, _total: int, figures: Figures) -> None:
        self.done += 1
        if self.progress:
            self.progress(self.done, 1 + 2 * self.config.loop.epochs, figures)


def _train_members(
    data: TrainingData, truth: Truth, config: HeadsConfig, facts: Facts, prior: Floats, seed: int, clock: _Clock
) -> dict[str, Member]:
    def part(name: str, needs: Modality) -> tuple[Inputs, Truth]:
        rows = data.rows(name)
        rows = rows[data.has(needs)[rows]]
        return data.take(rows), truth[rows]

    members: dict[str, Member] = {}
    if config.vocabulary and len(part("train", "text")[0]):
        members["words"] = WordsMember.train(
            *part("train", "text"),
            facts,
            vocabulary=config.vocabulary,
            strength=config.strength,
            after_step=clock.check,
        )
        clock.epoch(1, 1, {})
    widths: dict[Modality, int] = {"text": config.hidden, "image": config.hidden_image}
    for needs, hidden in widths.items():
        train, validation = part("train", needs), part("validation", needs)
        if not (len(train[0]) and data.vectors(needs).shape[1]):
            continue
        options = NetsOptions(hidden, config.nets, config.dropout, config.dropout_hidden, seed)
        member = VectorMember.untrained(needs, train[0], facts, prior, options)
        member.train(train, validation, config.loop, seed=seed, progress=clock.epoch, should_stop=clock.should_stop)
        members[needs] = member
    return members


def _decide(
    members: dict[str, Member],
    config: HeadsConfig,
    terms: list[str],
    facts: Facts,
    prior: Floats,
    data: TrainingData,
    truth: Truth,
) -> TrainedHeads:
    """Fit the blend, then the thresholds, on validation films."""
    rows = data.rows("validation")
    inputs, truth = data.take(rows), truth[rows]
    unblended = Blend.even(len(members), prior)
    heads = TrainedHeads(config, terms, facts, members, unblended, np.full(len(terms), 0.5, np.float32))
    blend = fit_blend(
        heads.differences(inputs),
        truth,
        prior,
        needs=np.array([[member.needs == "text", member.needs == "image"] for member in members.values()]),
        has_text=inputs.has_text,
        has_image=inputs.has_image,
    )
    heads = replace(heads, blend=blend)
    cuts = fit_thresholds(heads.scores(inputs).astype(np.float64), truth)
    return replace(heads, thresholds=cuts.astype(np.float32))
