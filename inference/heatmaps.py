"""Heat maps: where on a poster a model sees what raises a genre's score. Needs torch: workers alone import it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from inference.eyes import Eye, Window
from inference.relevance import calls_of, relevance
from training.encoders.pictures import opened
from training.loop import one_core

if TYPE_CHECKING:
    from training.encoders.image import ImageEncoder
    from training.registry import Scorer

Maps = NDArray[np.float32]

WIDTH = 48  # cells of a finished map; its height follows the poster
SMOOTH = 1 / 24  # of the width: deviation of the blur that makes regions of cells
PEAK = 0.995  # quantile of a map that counts as 1, so that one cell does not outshine all others
ROUNDING = 1e-7  # a peak of less is no relevance but what is left of rounding


def maps(scorer: Scorer, encoder: ImageEncoder | None, poster: Path, terms: Sequence[int]) -> Maps:
    """Where this poster raises these terms' scores: float32 (T', h, w), 0 to 1, over the whole poster.

    ``encoder`` is the one whose vectors the scorer sees, None for a scorer that reads pictures itself. A map says
    where, not how much: its strongest places are 1 whatever the score is. What the network does not see (because it
    is cropped away) is 0.

    Raises inference.eyes.Blind where the scorer looks at no poster, training.encoders.pictures.Unreadable on a file
    that is missing or damaged.
    """
    eye = Eye.of(scorer, encoder)
    with opened(poster) as picture:
        size = picture.size
    with one_core():  # a small network waits longer for a second core than that one computes
        found = relevance(eye, eye.pixels(poster), terms)
        return paint(found, size, eye.window(size))


@torch.no_grad()
def features(scorer: Scorer, encoder: ImageEncoder | None, poster: Path) -> Maps:
    """What the first layer of the network makes of a poster: float32 (C, h, w), each channel stretched to 0 to 1.

    Raises Blind, Unreadable as ``maps``, and ValueError where the network has no feature maps at all.
    """
    eye = Eye.of(scorer, encoder)
    pixels = eye.pixels(poster)
    with one_core(), calls_of(eye.network.modules()) as calls:
        eye.logits(pixels)
    first = next((given for _, given in calls if isinstance(given, Tensor) and given.dim() == 4), None)
    if first is None:
        raise ValueError("This network has no feature maps.")
    lowest, highest = first[0].amin((1, 2), keepdim=True), first[0].amax((1, 2), keepdim=True)
    stretched: Maps = ((first[0] - lowest) / (highest - lowest).clamp(min=1e-12)).float().cpu().numpy()
    return stretched


def paint(parts: Sequence[Tensor], size: tuple[int, int], window: Window) -> Maps:
    """Relevance at several resolutions as one map 0 to 1 over a poster of this (width, height): (T', h, w)."""
    rows, columns = max(1, min(4 * WIDTH, round(WIDTH * size[1] / size[0]))), WIDTH
    left, right = round(window[0] * columns), max(round(window[2] * columns), round(window[0] * columns) + 1)
    top, bottom = round(window[1] * rows), max(round(window[3] * rows), round(window[1] * rows) + 1)
    seen = torch.zeros(len(parts[0]), bottom - top, right - left)
    for part in parts:
        density = part.float().cpu() * (part.shape[1] * part.shape[2])
        seen += F.interpolate(density.unsqueeze(1), size=seen.shape[1:], mode="bilinear", align_corners=False)[:, 0]
    seen = _blurred(seen, SMOOTH * WIDTH).clamp(min=0)
    peak = torch.quantile(seen.flatten(1), PEAK, dim=1).clamp(min=ROUNDING)
    found = torch.zeros(len(seen), rows, columns)
    found[:, top:bottom, left:right] = (seen / peak[:, None, None]).clamp(max=1)
    return found.numpy()


def _blurred(maps: Tensor, deviation: float) -> Tensor:
    """Maps (T, h, w) convolved with a Gaussian; the edges are repeated."""
    reach = round(3 * deviation)
    bell = torch.exp(-0.5 * (torch.arange(-reach, reach + 1) / deviation) ** 2)
    bell = bell / bell.sum()
    padded = F.pad(maps.unsqueeze(1), (reach, reach, reach, reach), mode="replicate")
    return F.conv2d(F.conv2d(padded, bell.view(1, 1, 1, -1)), bell.view(1, 1, -1, 1))[:, 0]
