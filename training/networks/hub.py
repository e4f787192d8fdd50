"""Vision models of transformers as backbones: from a folder or a hub id, or with random weights from a config."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from torch import Tensor, nn

from training.encoders.loading import load_network
from training.encoders.pictures import processor_of


class HubNetwork(nn.Module):
    """A transformers vision model up to one vector per picture: (B, 3, H, W) to (B, D)."""

    def __init__(self, network: nn.Module, *, own_pooling: bool) -> None:
        """``own_pooling``: whether the model's own pooling layer is trained; otherwise the class token is taken."""
        super().__init__()
        if not own_pooling and getattr(network, "pooler", None) is not None:
            setattr(network, "pooler", None)  # noqa: B010  (its weights would be random, and learn nothing)
        self.network, self.own_pooling = network, own_pooling
        takes = inspect.signature(network.forward).parameters
        # Position embeddings of another size are stretched to the picture's.
        self.more = {"interpolate_pos_encoding": True} if "interpolate_pos_encoding" in takes else {}

    def forward(self, pixels: Tensor) -> Tensor:
        found = self.network(pixel_values=pixels, **self.more)
        pooled: Tensor | None = getattr(found, "pooler_output", None)  # (B, D) or (B, D, 1, 1)
        if pooled is None:
            last = found.last_hidden_state  # (B, 1 + patches, D), or a map (B, D, h, w)
            pooled = last[:, 0] if last.dim() == 3 else last.mean(dim=(2, 3))
        return pooled.flatten(1)

    @property
    def config(self) -> dict[str, Any]:
        """What ``build`` needs to make the same network again."""
        config: dict[str, Any] = self.network.config.to_dict()  # type: ignore[operator, union-attr]
        return {name: value for name, value in config.items() if name not in ("id2label", "label2id")}

    def last_block(self) -> list[nn.Module]:
        """The last of the model's blocks, and the layers after them; [] where it has no list of blocks."""
        return _last_block(self.network)


def build(model_type: str, config: dict[str, Any], *, own_pooling: bool = True) -> HubNetwork:
    """With random weights, from a config as transformers writes it. Raises ValueError where there is no such type."""
    from transformers import AutoConfig, AutoModel

    settings = {name: value for name, value in config.items() if name != "model_type"}
    network = AutoModel.from_config(AutoConfig.for_model(model_type, **settings))
    return HubNetwork(network.float(), own_pooling=own_pooling)


def load(folder: Path) -> HubNetwork:
    """With the folder's weights; of a model of pictures and texts, the part that sees. Raises EncoderUnavailable."""
    network, own_pooling = load_network(folder)
    seeing = getattr(network, "vision_model", network)
    return HubNetwork(seeing, own_pooling=own_pooling)


@dataclass(frozen=True)
class Wanted:
    """What a model wants pictures to be: side in pixels, mean and deviation of each channel on the 0 to 1 scale."""

    side: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


def wanted_pictures(folder: Path) -> Wanted:
    """Asked of the model's own image processor, by what it makes of a black and of a white picture.

    Some processors normalise twice or shift before they scale; whatever they do is a mean and a deviation in the end.
    Raises EncoderUnavailable where the folder has none.
    """
    processor = processor_of(folder)
    black, white = (_seen(processor, colour) for colour in ((0, 0, 0), (255, 255, 255)))  # (3, H, W)
    spread = (white - black).mean((1, 2))
    mean, std = -black.mean((1, 2)) / spread, 1 / spread
    return Wanted(black.shape[-1], _three(mean), _three(std))


def _seen(processor: Any, colour: tuple[int, int, int]) -> np.ndarray[Any, np.dtype[np.float64]]:
    picture = Image.new("RGB", (256, 256), colour)
    return np.asarray(processor(images=picture, return_tensors="np")["pixel_values"][0], np.float64)


def _three(values: np.ndarray[Any, np.dtype[np.float64]]) -> tuple[float, float, float]:
    red, green, blue = (round(float(value), 6) for value in values)
    return red, green, blue


def _last_block(network: nn.Module) -> list[nn.Module]:
    level: list[tuple[nn.Module, list[nn.Module]]] = [(network, [])]  # a module, and what comes after it
    while level:
        below = []
        for module, after in level:
            children = [child for child in module.children() if child is not None]
            for place, child in enumerate(children):
                later = children[place + 1 :] + after
                if isinstance(child, nn.ModuleList) and len(child) > 1:
                    return [child[-1], *later]
                below.append((child, later))
        level = below
    return []
