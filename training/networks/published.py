"""Published weights in one file, a state dict as `.pth` or `.safetensors`: read as data, never as code."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any, Protocol

import torch
from django.utils.translation import gettext as _
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from training.encoders.folders import EncoderUnavailable

SUFFIXES = (".pth", ".pt", ".safetensors")
CLASSES = 1000  # of ImageNet, whose classifier the published files hold


class WithClassifier(Protocol):
    """A network whose published file holds more than its features."""

    def __call__(self, *, classes: int) -> Any: ...


def load_published(network: WithClassifier, file: Path) -> nn.Module:
    """The network with the weights of a file, whose tensors must fit one and all; its classifier is left out.

    Raises EncoderUnavailable.
    """
    state = read_state(file)
    loaded = network(classes=CLASSES)
    try:
        loaded.load_state_dict(state, strict=True)
    except RuntimeError as error:
        sentence = _("The weights in {file} do not fit: {reason}")
        raise EncoderUnavailable(sentence.format(file=file, reason=_first_line(error))) from error
    loaded.drop_classifier()
    assert isinstance(loaded, nn.Module)
    return loaded


def read_state(file: Path) -> dict[str, Tensor]:
    """Tensors by name, in float32 where they are floats. Raises EncoderUnavailable."""
    try:
        found = load_file(file) if file.suffix == ".safetensors" else _unpickled(file)
    except FileNotFoundError:
        raise EncoderUnavailable(_("There is no file {file}.").format(file=file)) from None
    except (OSError, RuntimeError, ValueError, SafetensorError, pickle.UnpicklingError, EOFError) as error:
        sentence = _("{file} cannot be read as weights: {reason}")
        raise EncoderUnavailable(sentence.format(file=file, reason=_first_line(error))) from error
    return {name: tensor.float() if tensor.is_floating_point() else tensor for name, tensor in found.items()}


def _unpickled(file: Path) -> dict[str, Tensor]:
    """``weights_only`` lets nothing but tensors and plain containers be made."""
    found = torch.load(file, map_location="cpu", weights_only=True)
    if isinstance(found, dict) and isinstance(found.get("state_dict"), dict):
        found = found["state_dict"]  # as some are published, beside what else was known of the training
    if not isinstance(found, dict) or not all(isinstance(tensor, Tensor) for tensor in found.values()):
        raise ValueError(_("it holds more than tensors by name"))
    return found


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[:2])[:200] or type(error).__name__
