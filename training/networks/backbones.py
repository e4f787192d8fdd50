"""From what is asked for to a network that sees posters, with its preprocessing; and what cannot be asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from training.encoders import folders
from training.encoders.folders import read_json
from training.encoders.pictures import RGB, Squared
from training.networks import hub
from training.networks.batch_norm import correct_momentum, draw_weights
from training.networks.feedforward import FeedForward
from training.networks.inception import InceptionV3
from training.networks.published import SUFFIXES, load_published
from training.networks.vgg import Vgg16
from training.options import BadOption

if TYPE_CHECKING:
    from training.options import NetworkOptions

OWN: dict[str, Callable[..., nn.Module]] = {"feedforward": FeedForward, "vgg16": Vgg16, "inception-v3": InceptionV3}
FROM_FILE = {"vgg16", "inception-v3"}  # what their published weights are; all others are folders of transformers
ANY = ""  # the kind of a backbone that is whatever its weights are
SIDE_IN_CONFIG = {"feedforward": "side", "vit": "image_size"}  # kinds whose tensors depend on the side of the pictures
IMAGENET: tuple[RGB, RGB] = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
HALF: tuple[RGB, RGB] = (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)


@dataclass(frozen=True)
class Backbone:
    """What a name stands for before weights are chosen."""

    kind: str
    """A name of OWN, a model type of transformers, or ANY."""
    side: int = 224
    """Of the pictures in pixels, as published."""
    least: int = 32
    """Smallest side at which something is left of the picture after all halvings."""
    normal: tuple[RGB, RGB] = IMAGENET
    """Mean and deviation of each channel on the 0 to 1 scale."""
    rate: float = 1e-3
    """Highest learning rate from random weights."""
    config: dict[str, Any] = field(default_factory=dict)
    """How the network of this kind is built with random weights."""


@dataclass(frozen=True, eq=False)
class Seeing:
    """A network with what it needs pictures to be."""

    network: nn.Module
    """Normalised RGB (B, 3, side, side) to vectors (B, D)."""
    preprocessing: Squared
    kind: str
    config: dict[str, Any]
    published: bool
    """Whether it began with somebody's weights."""

    def describe(self) -> dict[str, Any]:
        """As JSON, all but the tensors; ``rebuild`` reads it."""
        own_pooling = getattr(self.network, "own_pooling", True)
        preprocessing = self.preprocessing.describe() | {"kind": "squeezed"}
        return {"kind": self.kind, "config": self.config, "own_pooling": own_pooling, "published": self.published} | {
            "preprocessing": preprocessing
        }


def rebuild(said: dict[str, Any]) -> Seeing:
    """The network of a description, its weights still random. Raises KeyError, TypeError or ValueError."""
    pictures = said["preprocessing"]
    given: dict[str, Any] = {name: tuple(pictures[name]) for name in ("size", "mean", "std")}
    given |= {name: pictures[name] for name in ("crop", "resample", "scale", "margin")}
    preprocessing = Squared(**given)
    network = _build(said["kind"], said["config"], own_pooling=said["own_pooling"])
    return Seeing(network, preprocessing, said["kind"], said["config"], said["published"])


def begin(name: str, backbone: Backbone, options: NetworkOptions) -> Seeing:
    """The network that was asked for. Random weights come from torch's generator.

    Raises BadOption on a combination that makes no sense, EncoderUnavailable where weights cannot be had.
    """
    weights = "" if options.weights == "none" else options.weights
    _refuse(name, backbone, options, weights)
    if not weights:
        return _random(backbone, options.size or backbone.side)
    if backbone.kind in FROM_FILE:
        network = load_published(OWN[backbone.kind], Path(weights).expanduser())
        return _seeing(network, backbone.kind, {}, options.size or backbone.side, backbone.normal, published=True)
    return _from_folder(name, backbone, weights, options.size)


def _refuse(name: str, backbone: Backbone, options: NetworkOptions, weights: str) -> None:
    if options.size and options.size < backbone.least:
        raise BadOption(f"{name} needs pictures of at least {backbone.least} pixels: choose a larger size.")
    if backbone.kind == ANY and not weights:
        raise BadOption(f"{name} is whatever its weights are: name a hub id or a folder as weights.")
    if backbone.kind == "feedforward" and weights:
        raise BadOption(f"There are no published weights of {name}: leave out weights.")
    if backbone.kind == "feedforward" and options.finetune == "last-block":
        raise BadOption(f"{name} is always trained whole: leave out finetune.")
    is_file = weights.endswith(SUFFIXES) or Path(weights).expanduser().is_file()
    if weights and backbone.kind in FROM_FILE and not is_file:
        raise BadOption(f"{name} reads its weights from a file ({', '.join(SUFFIXES)}), and {weights} is none.")
    if weights and backbone.kind not in FROM_FILE and is_file:
        raise BadOption(f"{name} reads its weights from a folder or by a hub id, and {weights} is a file.")


def _random(backbone: Backbone, side: int) -> Seeing:
    sized = {SIDE_IN_CONFIG[backbone.kind]: side} if backbone.kind in SIDE_IN_CONFIG else {}
    config = backbone.config | sized
    network = _build(backbone.kind, config, own_pooling=backbone.kind != "vit")  # its class token is what is published
    draw_weights(network)
    return _seeing(network, backbone.kind, config, side, backbone.normal, published=False)


def _from_folder(name: str, backbone: Backbone, weights: str, side: int) -> Seeing:
    folder = folders.folder_of(weights)
    kind = read_json(folder / "config.json").get("model_type", "")
    if backbone.kind not in (ANY, kind):
        raise BadOption(f"{weights} holds a model of type {kind!r}, and {name} is of type {backbone.kind!r}.")
    wanted = hub.wanted_pictures(folder)
    network = hub.load(folder)
    config = network.config
    normal = wanted.mean, wanted.std
    return _seeing(network, config["model_type"], config, side or wanted.side, normal, published=True)


def _build(kind: str, config: dict[str, Any], *, own_pooling: bool) -> nn.Module:
    network = OWN[kind](**config) if kind in OWN else hub.build(kind, config, own_pooling=own_pooling)
    correct_momentum(network)
    return network


def _seeing(
    network: nn.Module, kind: str, config: dict[str, Any], side: int, normal: tuple[RGB, RGB], *, published: bool
) -> Seeing:
    """Posters are squeezed into the square that published networks know, whole: a crop would cut off title and
    credits, and a border would spend a third of the network's work on nothing."""
    correct_momentum(network)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # what convolutions are quickest with
    mean, std = normal
    preprocessing = Squared(size=(side, side), crop=None, mean=mean, std=std)
    return Seeing(network, preprocessing, kind, config, published)


def last_block(name: str, network: nn.Module) -> list[nn.Module]:
    """What learns with ``--finetune last-block``. Raises BadOption where the network does not say."""
    found: list[nn.Module] = network.last_block() if hasattr(network, "last_block") else []  # type: ignore[operator]
    if not found:
        raise BadOption(f"{name} has no list of blocks to take the last of: choose all for finetune.")
    return found
