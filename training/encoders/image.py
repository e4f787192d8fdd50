"""Encoders of pictures: our own starter net, or any vision model of transformers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from torch import Tensor, nn

from training.encoders import folders
from training.encoders.base import Encoder
from training.encoders.folders import EncoderUnavailable
from training.encoders.loading import load_network
from training.encoders.pictures import Preprocessing, Squared, Unreadable, preprocessing_of, sketch, stack

PROBES = 4


class ImageEncoder(Encoder[Path]):
    """Items are paths of picture files."""

    def __init__(self, name: str, network: nn.Module, preprocessing: Preprocessing, *, precision: str = "auto") -> None:
        self.preprocessing = preprocessing
        channels_last: nn.Module = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        super().__init__(name, channels_last, precision=precision)

    def _prepare(self, items: Sequence[Path]) -> tuple[dict[str, Tensor], dict[int, str]]:
        pictures: list[NDArray[Any]] = []
        failures = {}
        for position, path in enumerate(items):
            try:
                pictures.append(self.preprocessing.read(path))
            except Unreadable as error:
                failures[position] = str(error)
        return ({"pictures": stack(pictures)} if pictures else {}), failures

    def _forward(self, batch: dict[str, Tensor]) -> Tensor:
        vectors: Tensor = self.network(self.preprocessing.pixels(batch["pictures"]))
        return vectors

    def _probe(self) -> dict[str, Tensor]:
        return {"pictures": stack([self.preprocessing.prepare(sketch(seed)) for seed in range(PROBES)])}


class Pooled(nn.Module):
    """A transformers vision model as one vector per picture: (B, 3, H, W) to (B, D)."""

    def __init__(self, network: nn.Module, *, own_pooling: bool) -> None:
        super().__init__()
        self.network, self.own_pooling = network, own_pooling

    def forward(self, pixels: Tensor) -> Tensor:
        see: Any = getattr(self.network, "get_image_features", self.network)  # CLIP and its kin have a way of their own
        found = see(pixel_values=pixels)
        if isinstance(found, Tensor):
            return found
        pooled: Tensor | None = getattr(found, "image_embeds", None)
        if pooled is None and self.own_pooling:
            pooled = getattr(found, "pooler_output", None)
        if pooled is None:
            pooled = found.last_hidden_state[:, 0]  # the class token
        return pooled.mean(1) if pooled.ndim == 3 else pooled.flatten(1)  # Florence-2 gives a vector per token


def load(name: str, *, precision: str = "auto") -> ImageEncoder:
    """Raises EncoderUnavailable."""
    if name == "starter":
        return _starter(precision)
    folder = folders.folder_of(name)
    preprocessing = preprocessing_of(folder)
    network, own_pooling = load_network(folder)
    label = folders.identity(Path(name).name or "encoder", folder, preprocessing.describe())
    return ImageEncoder(label, Pooled(network, own_pooling=own_pooling), preprocessing, precision=precision)


def _starter(precision: str) -> ImageEncoder:
    from training.architectures import starter

    folder = folders.starter()
    try:
        network = starter.load(folder)
    except Exception as error:
        sentence = _("The starter poster encoder cannot be read: {reason}")
        raise EncoderUnavailable(sentence.format(reason=error)) from error
    config = network.config
    # As in training: the whole poster, squeezed; a JPEG at the smallest scale that is large enough.
    preprocessing = Squared(size=config.size, crop=None, mean=config.mean, std=config.std, margin=1.0)
    label = folders.identity("starter", folder, preprocessing.describe())
    return ImageEncoder(label, network, preprocessing, precision=precision)
