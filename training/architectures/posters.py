"""Genres from the poster alone: published image networks, each with a new head.

    --finetune none         the network stays as it is; the head learns on vectors that are made once
                            (with --augment anew in every epoch)
    --finetune last-block   the network's last block learns too
    --finetune all          everything learns

Where published weights are fine-tuned the head learns alone at first (Kumar et al. 2022, arXiv:2202.10054): the
gradients of a random head would undo what the network knows. The feed-forward net always learns whole.

A film without a poster, or with one whose file cannot be read, gets the prior. Weights are rounded to half precision
when training ends, so that what is judged is what is saved; a saved model holds the whole network and needs neither
hub nor folder again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from training.architectures import posters_training
from training.architectures.posters_training import eyes_of, learn
from training.calibration import Calibration
from training.encoders.folders import EncoderUnavailable
from training.encoders.pictures import Squared
from training.inputs import Inputs, Labelled, Modality, TrainingData
from training.loop import Report
from training.metrics import Truth
from training.networks.backbones import ANY, HALF, Backbone, Seeing, begin, last_block, rebuild
from training.networks.batch_norm import settle
from training.networks.halves import restored, stored
from training.networks.poster_net import Head, PosterNet
from training.pictures import PosterFilms, PosterVectors, warn_of, with_poster

if TYPE_CHECKING:
    from training.options import RetrainOptions

Floats = NDArray[np.float32]
SEES: tuple[Modality, ...] = ("image",)
TENSORS, DESCRIPTION, CALIBRATION = "model.safetensors", "posters.json", "calibration."

_B0 = {"width_coefficient": 1.0, "depth_coefficient": 1.0, "hidden_dim": 1280, "dropout_rate": 0.2}
BACKBONES: dict[str, Backbone] = {
    "feedforward": Backbone("feedforward", side=32, least=1),
    "vgg16": Backbone("vgg16", rate=1e-4),
    "resnet50": Backbone("resnet"),
    "inception-v3": Backbone("inception-v3", side=299, least=75, normal=HALF),
    "efficientnet-b0": Backbone("efficientnet", config=_B0),
    "vit-b16": Backbone("vit", rate=3e-4),
    "backbone": Backbone(ANY),  # whatever folder --weights names
}

SAMPLE, AT_ONCE = 64, 32  # training posters on which the scale of a network's vectors is measured


@dataclass(frozen=True, eq=False)
class TrainedPosters:
    """A network with its head, calibration and thresholds: everything from a poster's file to decisions."""

    terms: list[str]
    network: PosterNet
    seeing: Seeing
    vectors: PosterVectors
    calibration: Calibration
    precision: str
    """As it was asked for: `auto`, `fp32` or `bf16`."""
    sees: tuple[Modality, ...] = SEES

    @property
    def parameters(self) -> int:
        return sum(weights.numel() for weights in self.network.parameters())

    @property
    def preprocessing(self) -> Squared:
        """What makes normalised pixels of a poster's file."""
        return self.seeing.preprocessing

    @property
    def thresholds(self) -> Floats:
        return self.calibration.thresholds

    def scores(self, inputs: Inputs) -> Floats:
        """Calibrated probabilities (N, T); the prior where there is no poster, or none that can be read."""
        logits, seen = _look(self.network.head, self.vectors, inputs)
        return self.calibration.scores(logits, replace(inputs.only(SEES), has_image=seen))

    @property
    def failures(self) -> dict[Path, str]:
        """Why posters could not be read when scores were last asked for."""
        return self.vectors.failures

    def image_logits(self, pixels: Tensor) -> Tensor:
        """Logits (B, T) before calibration of normalised pixels (B, 3, H, W), differentiable by the pixels and by all
        that the network makes of them (its weights take no gradients)."""
        logits: Tensor = self.network.eval()(pixels)
        return logits

    def save(self, folder: Path) -> None:
        """Write model.safetensors and posters.json into an existing folder."""
        tensors = stored(self.network)
        tensors |= {name: torch.from_numpy(values) for name, values in self.calibration.tensors().items()}
        save_file(tensors, folder / TENSORS)
        said = {"terms": self.terms, "precision": self.precision, "seeing": self.seeing.describe()}
        (folder / DESCRIPTION).write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")


def load(folder: Path) -> TrainedPosters:
    """What ``save`` wrote. Raises OSError, KeyError or ValueError where it is not whole."""
    said = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    try:
        tensors = restored(load_file(folder / TENSORS))
        calibration = Calibration.read({n: t.numpy() for n, t in tensors.items() if n.startswith(CALIBRATION)})
        with torch.random.fork_rng(devices=[]):  # weights are drawn only to be replaced
            seeing = rebuild(said["seeing"])
        hidden = len(tensors["head.hidden.weight"]) if "head.hidden.weight" in tensors else 0
        net = PosterNet(seeing.network, Head(len(tensors["head.mean"]), len(said["terms"]), hidden))
        net.load_state_dict({n: t for n, t in tensors.items() if not n.startswith(CALIBRATION)})
        vectors = eyes_of(net, seeing, said["precision"])
    except (SafetensorError, TypeError, RuntimeError, EncoderUnavailable) as error:
        raise ValueError(f"{folder.name} does not hold a poster network: {error}") from error
    return TrainedPosters(said["terms"], net.requires_grad_(False), seeing, vectors, calibration, said["precision"])


def train(inputs: Inputs, snapshot: Labelled, options: RetrainOptions, on_epoch: Report) -> TrainedPosters:
    """Train the network that the options name on the posters of training films, and decide on validation films.

    Raises BadOption on options that do not go together, EncoderUnavailable where weights cannot be had, ValueError
    where no training film has a poster.
    """
    data = TrainingData.of(inputs.only(SEES), snapshot.labels, snapshot.splits, snapshot.terms)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(options.seed)
        seeing = begin(options.architecture, BACKBONES[options.architecture], options)
        learns = _what_learns(options, seeing)
        films = PosterFilms.read(data, seeing.preprocessing, keep=bool(learns) or options.augment)
        net = _net(seeing, films, hidden=posters_training.HIDDEN if seeing.published or not learns else 0)
    vectors = learn(net, seeing, learns, films, options, BACKBONES[options.architecture].rate, on_epoch)
    calibration = _decide(net.head, vectors, films)
    return TrainedPosters(list(data.terms), net.requires_grad_(False), seeing, vectors, calibration, options.precision)


def _what_learns(options: RetrainOptions, seeing: Seeing) -> list[nn.Module]:
    """The parts of the network that learn beside the head. Raises BadOption."""
    if options.finetune == "all" or seeing.kind == "feedforward":
        return [seeing.network]
    return last_block(options.architecture, seeing.network) if options.finetune == "last-block" else []


def _net(seeing: Seeing, films: PosterFilms, hidden: int) -> PosterNet:
    """The network with a head that fits the scale of its vectors, measured on a few training posters."""
    places = films.places("train")
    if not len(places):
        raise ValueError("no training film has a poster to learn from")
    some = places[np.linspace(0, len(places) - 1, min(SAMPLE, len(places))).astype(int)]
    parts = torch.split(films.pictures[torch.from_numpy(some)], AT_ONCE)
    batches = [seeing.preprocessing.pixels(part) for part in parts]  # (B, 3, H, W) each
    if not seeing.published:
        settle(seeing.network, batches)
    with torch.no_grad():
        vectors = torch.cat([seeing.network.eval()(batch) for batch in batches])  # (N, D)
    net = PosterNet(seeing.network, Head(vectors.shape[1], len(films.data.terms), hidden))
    net.head.begin(vectors, films.prior)
    return net


def _look(head: Head, vectors: PosterVectors, inputs: Inputs) -> tuple[Floats, NDArray[np.bool_]]:
    """Logits (N, T), and of which films a poster was seen, (N,)."""
    rows, posters = with_poster(inputs, np.arange(len(inputs)))
    found, failures = vectors.of(posters)
    logits, seen = np.zeros((len(inputs), head.output.out_features), np.float32), np.zeros(len(inputs), bool)
    with torch.inference_mode():
        logits[rows] = head.eval()(torch.from_numpy(found)).numpy()
    seen[rows] = True
    seen[rows[warn_of(failures, posters)]] = False
    return logits, seen


def _decide(head: Head, vectors: PosterVectors, films: PosterFilms) -> Calibration:
    """Calibration and thresholds, fitted on validation films."""
    rows = films.data.rows("validation")
    inputs, truth = films.data.take(rows), Truth.of(films.data.labels[rows])
    logits, seen = _look(head, vectors, inputs)
    return Calibration.fit(logits, replace(inputs, has_image=seen), truth, films.prior, SEES)
