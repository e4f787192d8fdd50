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
    needs_both: bool = False
    """Whether it makes no sense without a text encoder and an image encoder."""


ARCHITECTURES: dict[str, Architecture] = {
    "heads": Architecture("training.architectures.heads"),
    "chain": Architecture("training.architectures.chain", sees=("image",)),
}


def architecture(name: str) -> ModuleType:
    """The module of that name. Raises KeyError on an unknown one."""
    return import_module(ARCHITECTURES[name].module)
