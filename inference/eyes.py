"""How a model sees a poster: from the file to pixels, from pixels to logits. Needs torch: workers alone import it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from training.encoders.pictures import Preprocessing, stack
from training.inputs import Inputs
from training.thresholds import log_odds
from training.tokens import patch_states

if TYPE_CHECKING:
    from training.encoders.image import ImageEncoder
    from training.registry import Scorer

Window = tuple[float, float, float, float]
RULER = 256  # pixels on the shorter side of the picture that measures what a crop leaves


class Blind(ValueError):
    """The model looks at no poster."""


@dataclass(frozen=True, eq=False)
class Eye:
    """The part of a model that looks at posters."""

    network: nn.Module
    """The image network, whose layers can be watched while ``logits`` runs."""
    preprocessing: Preprocessing
    logits: Callable[[Tensor], Tensor]
    """Normalised pixels (B, 3, H, W) to logits (B, T) from the poster alone."""
    differentiable: bool = True
    """Whether gradients reach the network."""

    @classmethod
    def of(cls, scorer: Scorer, encoder: ImageEncoder | None) -> Eye:
        """``encoder`` is the one whose vectors the scorer sees; None for a scorer that reads pictures itself.

        Raises Blind where the scorer looks at no poster.
        """
        whole: Any = scorer
        if "image" not in scorer.sees:
            raise Blind("This model looks at no poster.")
        if encoder is None:
            return cls(whole.network, whole.preprocessing, whole.image_logits)
        network, preprocessing = encoder.network, encoder.preprocessing
        if not hasattr(scorer, "image_logits"):
            return cls(network, preprocessing, lambda pixels: _scored(scorer, network(pixels)), differentiable=False)
        see = patch_states if getattr(scorer, "kind", "") == "cross-attention" else nn.Module.__call__
        return cls(network, preprocessing, lambda pixels: whole.image_logits(see(network, pixels).float().cpu()))

    @property
    def device(self) -> torch.device:
        """Where the network is."""
        return next((weights.device for weights in self.network.parameters()), torch.device("cpu"))

    def pixels(self, poster: Path) -> Tensor:
        """What the network sees of a poster's file, (1, 3, H, W). Raises training.encoders.pictures.Unreadable."""
        return self.preprocessing.pixels(stack([self.preprocessing.read(poster)])).to(self.device)

    def window(self, size: tuple[int, int]) -> Window:
        """Left, top, right and bottom, 0 to 1, of what the network sees of a poster of this (width, height).

        Measured on a picture whose colours are its coordinates: preprocessings resize and crop as they like.
        """
        width, height = (max(1, round(side * RULER / min(size))) for side in size)
        across, down = np.meshgrid((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)
        black, white, ruler = (
            self._seen(red, green)
            for red, green in ((0 * across, 0 * down), (0 * across + 1, 0 * down + 1), (across, down))
        )
        seen = (ruler - black) / (white - black)  # (3, H, W): coordinates in red and green
        (left, right), (top, bottom) = _span(seen[0].mean(0)), _span(seen[1].mean(1))
        return left, top, right, bottom

    def _seen(self, red: NDArray[np.float64], green: NDArray[np.float64]) -> NDArray[np.float64]:
        """(3, H, W) of a picture whose blue is as bright as its green."""
        bytes_ = np.rint(255 * np.stack([red, green, green], -1)).astype(np.uint8)
        pixels = self.preprocessing.pixels(stack([self.preprocessing.prepare(Image.fromarray(bytes_))]))
        return pixels[0].double().numpy()


def _span(coordinates: NDArray[np.float64]) -> tuple[float, float]:
    """Where a row of pixels begins and ends, 0 to 1, from the coordinates (N,) of their centres."""
    middle = np.arange(len(coordinates) // 4, len(coordinates) - len(coordinates) // 4)  # edges are blurred
    step, start = np.polyfit(middle + 0.5, coordinates[middle], 1)
    begin, end = start, start + step * len(coordinates)
    return float(np.clip(begin, 0, 1)), float(np.clip(end, 0, 1))


@torch.inference_mode()
def _scored(scorer: Scorer, vectors: Tensor) -> Tensor:
    """Log-odds (B, T) of image vectors (B, D) from a scorer that only gives scores."""
    films = len(vectors)
    inputs = Inputs(
        texts=[""] * films,
        text_vectors=np.zeros((films, 0), np.float32),
        has_text=np.zeros(films, bool),
        image_vectors=vectors.float().cpu().numpy(),
        has_image=np.ones(films, bool),
        years=[None] * films,
        languages=[""] * films,
        posters=[None] * films,
    )
    return torch.from_numpy(log_odds(scorer.scores(inputs).astype(np.float64)))
