"""Architectures by name.

Each module offers `train(inputs, snapshot, options, on_epoch)` and `load(folder)`; what both give is a
registry.Scorer that can be saved.
"""

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Literal

from training.inputs import Modality

Reads = Literal["vectors", "pictures", "plots"]


@dataclass(frozen=True)
class Architecture:
    """Where an architecture is, and what it looks at."""

    module: str
    """A path, not a module: names are needed where torch must not be imported."""
    sees: tuple[Modality, ...] = ("text", "image")
    """What it can look at; the rest of a film is not shown to it."""
    reads: Reads = "vectors"
    """What the named encoders make of a film, or its `pictures` or `plots` themselves."""
    needs: tuple[Modality, ...] = ()
    """Encoders without which it has nothing to learn from."""


_HERE = "training.architectures"
_POSTERS = Architecture(f"{_HERE}.posters", sees=("image",), reads="pictures")
_PLOTS = Architecture(f"{_HERE}.plots", sees=("text",), reads="plots")
_FUSION = Architecture(f"{_HERE}.fusion", needs=("text", "image"))

ARCHITECTURES: dict[str, Architecture] = {
    "heads": Architecture(f"{_HERE}.heads"),
    # A: networks that look at posters.
    "feedforward": _POSTERS,
    "vgg16": _POSTERS,
    "resnet50": _POSTERS,
    "inception-v3": _POSTERS,
    "efficientnet-b0": _POSTERS,
    "vit-b16": _POSTERS,
    "backbone": _POSTERS,
    # B: one head per genre, each told what the heads before it said.
    "chain": Architecture(f"{_HERE}.chain", sees=("image",), needs=("image",)),
    # C: networks that read plots, and what joins poster and plot.
    "bert": _PLOTS,
    "roberta": _PLOTS,
    "early": _FUSION,
    "late": _FUSION,
    "attention": _FUSION,
    "gmu": _FUSION,
    "cross-attention": _FUSION,
}


def architecture(name: str) -> ModuleType:
    """The module of that name. Raises KeyError on an unknown one."""
    return import_module(ARCHITECTURES[name].module)
