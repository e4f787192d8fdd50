"""Architectures by name.

Each module offers `train(inputs, snapshot, options, on_epoch)` and `load(folder)`; what both give is a
registry.Scorer that can be saved.
"""

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Literal

from training.inputs import Modality

Reads = Literal["vectors", "pictures", "plots", "pairs"]


@dataclass(frozen=True)
class Architecture:
    """Where an architecture is, and what it looks at."""

    module: str
    """A path, not a module: names are needed where torch must not be imported."""
    sees: tuple[Modality, ...] = ("text", "image")
    """What it can look at; the rest of a film is not shown to it."""
    reads: Reads = "vectors"
    """What the named encoders make of a film, or its `pictures`, `plots` or `pairs` of frames themselves."""
    needs: tuple[Modality, ...] = ()
    """Encoders without which it has nothing to learn from."""
    frames: int = 0
    """How many frames of a scene it looks at: one, or two for what moves between them."""


_HERE = "training.architectures"
_POSTERS = Architecture(f"{_HERE}.posters", sees=("image",), reads="pictures")
_PLOTS = Architecture(f"{_HERE}.plots", sees=("text",), reads="plots")
_FUSION = Architecture(f"{_HERE}.fusion", needs=("text", "image"))
_STILL = Architecture("training.scenes.scenes", sees=("image",), reads="pairs", frames=1)
_MOVING = Architecture("training.scenes.scenes", sees=("image",), reads="pairs", frames=2)

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

# D: networks that look at frames of scenes. What they learn is another task, so they are a list of their own.
SCENES: dict[str, Architecture] = {
    "scene-flow-stats": Architecture(_MOVING.module, sees=("image",), reads="pairs", needs=("image",), frames=2),
    "scene-fc": _STILL,
    "scene-vgg16": _STILL,
    "scene-resnet50": _STILL,
    "scene-inception-v3": _STILL,
    "flownet-fc": _MOVING,
    "six-channel": _MOVING,
    "double-stack": _MOVING,
    "motion-magnitude": _MOVING,
}


def architectures_for(task: str) -> dict[str, Architecture]:
    """What can learn a task; the first is the usual choice."""
    return SCENES if task == "scenes" else ARCHITECTURES


def looks_of(name: str) -> Architecture:
    """What the architecture of that name looks at. Raises KeyError on an unknown one."""
    return SCENES[name] if name in SCENES else ARCHITECTURES[name]


def architecture(name: str) -> ModuleType:
    """The module of that name. Raises KeyError on an unknown one."""
    return import_module(looks_of(name).module)
