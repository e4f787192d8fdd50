"""Architectures by name. Each module offers `train(inputs, snapshot, seed, on_epoch)` and `load(folder)`."""

from importlib import import_module
from types import ModuleType

# Paths, not modules: names are needed where torch must not be imported.
ARCHITECTURES = {"heads": "training.architectures.heads"}


def architecture(name: str) -> ModuleType:
    """The module of that name. Raises KeyError on an unknown one."""
    return import_module(ARCHITECTURES[name])
