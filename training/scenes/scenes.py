"""Scene genres from pairs of frames: training a network by name, using it, saving and loading it.

Options mean what they mean for posters: `finetune` none trains the head alone on vectors that are made once,
`last-block` and `all` train networks as well; `size` is the side of the pictures (the width where they are 16:9).

A film's scores are the mean of its pairs' probabilities over the genres; a film without pairs gets the prior.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from training.architectures import looks_of
from training.encoders.folders import EncoderUnavailable
from training.inputs import Inputs, Labelled, Modality
from training.loop import Report, logits_of
from training.networks.halves import restored, stored
from training.networks.poster_net import Head
from training.scenes import recipes
from training.scenes.data import SceneInputs, ScenePairs
from training.scenes.learning import Lesson, learn_head, learn_net, vectors_of
from training.scenes.nets import HEADS
from training.scenes.seeing import Eyes, FlowEyes, NetEyes

if TYPE_CHECKING:
    from training.options import RetrainOptions

Floats = NDArray[np.float32]
SEES: tuple[Modality, ...] = ("image",)
TENSORS, DESCRIPTION = "model.safetensors", "scenes.json"
HEAD_PREFIX, BODY_PREFIX = "head.", "body."
FLOW_STATS = "scene-flow-stats"
FLOW_STATS_HIDDEN = 128
EVEN = 0.5  # a film is proposed a genre that is likelier than all others together


@dataclass(frozen=True, eq=False)
class TrainedScenes:
    """A head over what sees pairs of frames, with its temperature: from files to probabilities."""

    name: str
    terms: list[str]
    eyes: Eyes
    head: Head
    temperature: float
    prior: Floats
    head_kind: str = "plain"
    hidden: int = 0
    sees: tuple[Modality, ...] = SEES

    @property
    def parameters(self) -> int:
        learned = [*self.head.parameters()]
        learned += [*self.eyes.body.parameters()] if isinstance(self.eyes, NetEyes) else []
        return sum(weights.numel() for weights in learned)

    @property
    def thresholds(self) -> Floats:
        return np.full(len(self.terms), EVEN, np.float32)

    def pair_scores(self, inputs: SceneInputs) -> Floats:
        """Probabilities (P, T) of each pair, which add up to 1."""
        if not len(inputs.pairs):
            return np.zeros((0, len(self.terms)), np.float32)
        logits = logits_of(self.head, torch.from_numpy(self.eyes.vectors(inputs)))
        return torch.softmax(logits / self.temperature, 1).numpy()

    def scores(self, inputs: Inputs) -> Floats:
        """Probabilities (N, T) of each film; the prior where it has no pairs."""
        assert isinstance(inputs, SceneInputs)
        return film_scores(self.pair_scores(inputs), inputs, self.prior)

    def card_lines(self) -> list[str]:
        """Sentences for the model card."""
        frames = "one frame" if looks_of(self.name).frames == 1 else "two frames that follow each other"
        return [f"Looks at {frames}. Films, never frames, are split: no frame of a test film was learned from."]

    def save(self, folder: Path) -> None:
        """Write model.safetensors and scenes.json into an existing folder."""
        tensors = {HEAD_PREFIX + name: tensor for name, tensor in stored(self.head).items()}
        if isinstance(self.eyes, NetEyes):
            tensors |= {BODY_PREFIX + name: tensor for name, tensor in stored(self.eyes.body).items()}
        tensors["prior"] = torch.from_numpy(self.prior)
        tensors["temperature"] = torch.tensor(self.temperature, dtype=torch.float64)
        save_file(tensors, folder / TENSORS)
        said = {"name": self.name, "terms": self.terms, "eyes": self.eyes.describe()}
        said |= {"head": {"kind": self.head_kind, "hidden": self.hidden}}
        (folder / DESCRIPTION).write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")


def film_scores(pair_scores: Floats, inputs: SceneInputs, prior: Floats) -> Floats:
    """The mean (N, T) of the pairs of each film; the prior (T,) where it has none."""
    sums = np.zeros((len(inputs), len(prior)), np.float64)
    np.add.at(sums, inputs.film_of, pair_scores.astype(np.float64))
    counts = np.bincount(inputs.film_of, minlength=len(inputs))[:, None]
    return np.where(counts > 0, sums / np.maximum(counts, 1), prior).astype(np.float32)


def load(folder: Path) -> TrainedScenes:
    """What ``save`` wrote. Raises OSError, KeyError or ValueError where it is not whole."""
    said = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    try:
        tensors = load_file(folder / TENSORS)
        prior, temperature = tensors.pop("prior").numpy(), float(tensors.pop("temperature"))
        weights = restored(tensors)
        kind, hidden = said["head"]["kind"], said["head"]["hidden"]
        head = HEADS[kind](len(weights[HEAD_PREFIX + "mean"]), len(said["terms"]), hidden)
        head.load_state_dict(_under(HEAD_PREFIX, weights))
        eyes = _eyes(said, _under(BODY_PREFIX, weights))
    except (SafetensorError, TypeError, RuntimeError, EncoderUnavailable) as error:
        raise ValueError(f"{folder.name} does not hold a scene network: {error}") from error
    head.requires_grad_(False)
    return TrainedScenes(said["name"], said["terms"], eyes, head, temperature, prior, kind, hidden)


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _eyes(said: dict[str, Any], weights: dict[str, Tensor]) -> Eyes:
    if said["eyes"]["kind"] == "flow":
        return FlowEyes()
    with torch.random.fork_rng(devices=[]):  # weights are drawn only to be replaced
        body, eyes = recipes.rebuild(said["name"], said["eyes"]["eyes"])
    body.load_state_dict(weights)
    return NetEyes(recipes.channels_last(body).requires_grad_(False), eyes)  # as in training, to the last bit


def train(inputs: Inputs, snapshot: Labelled, options: RetrainOptions, on_epoch: Report) -> TrainedScenes:
    """Train the architecture that the options name on the pairs of training films.

    Raises BadOption on options that do not go together, EncoderUnavailable where weights cannot be had, SplitByFrame
    where frames of one film are in two parts, ValueError where no training film has frames.
    """
    assert isinstance(inputs, SceneInputs)
    genres = snapshot.labels.argmax(1)[inputs.film_of]
    parts, films = snapshot.splits[inputs.film_of], [str(film) for film in inputs.film_of]
    return train_pairs(ScenePairs(inputs, films, genres, parts, list(snapshot.terms)), options, on_epoch)


def train_pairs(data: ScenePairs, options: RetrainOptions, on_epoch: Report) -> TrainedScenes:
    """The same from pairs with their films, genres and parts."""
    recipes.refuse(options)
    if not len(data.rows("train")):
        raise ValueError("no training film has frames to learn from")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(options.seed)
        lesson = Lesson(data, options, on_epoch)
        return _of_flow(lesson) if options.architecture == FLOW_STATS else _net(lesson)


def _of_flow(lesson: Lesson) -> TrainedScenes:
    eyes, data, hidden = FlowEyes(), lesson.data, FLOW_STATS_HIDDEN
    vectors = vectors_of(eyes, data)
    head = Head(vectors.shape[1], len(data.terms), hidden)
    temperature = learn_head(head, vectors, lesson)
    return TrainedScenes(FLOW_STATS, list(data.terms), eyes, head, temperature, data.prior, "plain", hidden)


def _net(lesson: Lesson) -> TrainedScenes:
    name, data = lesson.options.architecture, lesson.data
    recipe = recipes.RECIPES[name]
    head, eyes, temperature = learn_net(recipe, lesson)
    eyes.body.requires_grad_(False)
    return TrainedScenes(name, list(data.terms), eyes, head, temperature, data.prior, recipe.head, recipe.hidden)
