"""What moves between the two frames of a pair: optical flow and its statistics. Imports no torch."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from catalog.footage import motion
from training.scenes.data import Pair

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]
logger = logging.getLogger(__name__)

SIZE = 320, 180  # width and height at which flow is computed, whatever the frames have: its scale is the same for all
FULL = 640, 360  # at which what moves is measured when it is not stored with the pair, as frames are cut by default
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9, 0.99)
DIRECTIONS = 8
GRID = 3
MOVES = 0.0025  # of the frame's width: what moves less stands still
NAMES: tuple[str, ...] = (
    "magnitude mean",
    "magnitude deviation",
    *(f"magnitude quantile {share}" for share in QUANTILES),
    "magnitude logarithm",
    "share that moves",
    *(f"direction {step}" for step in range(DIRECTIONS)),
    "coherence",
    "divergence",
    "divergence size",
    "curl",
    "curl size",
    "share that no camera explains",
    *(f"place {row},{column}" for row in range(GRID) for column in range(GRID)),
    "luma difference",
    "luma difference size",
    "luma difference deviation",
    "luma difference quantile 0.9",
    "luma mean",
    "luma deviation",
)


def read(path: Path, size: tuple[int, int]) -> Bytes:
    """A frame as RGB (height, width, 3); grey where it cannot be read, which is logged."""
    try:
        with Image.open(path) as image:
            image.draft("RGB", size)
            return np.asarray(image.convert("RGB").resize(size, Image.Resampling.BILINEAR))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        logger.warning("%s cannot be read: %s", path.name, error)
        return np.full((size[1], size[0], 3), 127, np.uint8)


def flow_of(pair: Pair, size: tuple[int, int]) -> tuple[Bytes, Bytes, Floats]:
    """Both frames and the flow (height, width, 2) from the first to the second, in pixels of that size."""
    first = read(pair.first, size)
    second = read(pair.second, size) if pair.second else first
    return first, second, motion.flow(first, second)


def magnitude_of(pair: Pair) -> float:
    """How much moves, as a part of the frame's diagonal: as stored, or measured where nothing is."""
    if pair.motion is not None:
        return pair.motion
    return motion.relative(motion.magnitude(flow_of(pair, FULL)[2]), *FULL)


def statistics_of(pair: Pair) -> Floats:
    first, second, flow = flow_of(pair, SIZE)
    return statistics(first, second, flow / np.float32(SIZE[0]))


def magnitudes(pairs: Sequence[Pair], threads: int | None = None) -> Floats:
    """(P, 1) of many pairs."""
    return np.array(_all(magnitude_of, pairs, threads), np.float32).reshape(len(pairs), 1)


def all_statistics(pairs: Sequence[Pair], threads: int | None = None) -> Floats:
    """(P, K) of many pairs."""
    return np.array(_all(statistics_of, pairs, threads), np.float32).reshape(len(pairs), len(NAMES))


def _all(look: Callable[[Pair], Any], pairs: Sequence[Pair], threads: int | None) -> list[Any]:
    with ThreadPoolExecutor(threads or min(4, os.cpu_count() or 1)) as pool:  # OpenCV computes outside Python's lock
        return list(pool.map(look, pairs))


def statistics(first: Bytes, second: Bytes, flow: Floats) -> Floats:
    """The figures called NAMES, (K,): how fast, how even, in which directions, where, and how much light changes.

    ``first`` and ``second`` are RGB (H, W, 3), ``flow`` (H, W, 2) in widths of the frame.
    """
    magnitude = np.hypot(flow[..., 0], flow[..., 1])
    mean = float(magnitude.mean())
    speed = [
        mean,
        magnitude.std(),
        *np.quantile(magnitude, QUANTILES),
        np.log1p(100 * mean),
        (magnitude > MOVES).mean(),
    ]
    light = [_luma(frame) for frame in (first, second)]
    return np.array([*speed, *_directions(flow, magnitude), *_shape(flow, mean), *_places(magnitude), *_light(*light)],
                    np.float32)  # fmt: skip


def _directions(flow: Floats, magnitude: Floats) -> list[float]:
    """Shares of the motion by direction, from rightwards on clockwise, and how much of it agrees."""
    total = float(magnitude.sum()) + 1e-6 * magnitude.size
    angle = np.arctan2(flow[..., 1], flow[..., 0])  # y is downwards
    bins = np.rint(angle / (2 * np.pi) * DIRECTIONS).astype(np.int64) % DIRECTIONS
    shares = np.bincount(bins.ravel(), magnitude.ravel(), DIRECTIONS) / total
    agreement = float(np.hypot(*flow.reshape(-1, 2).sum(0))) / total
    return [*shares.tolist(), agreement]


def _shape(flow: Floats, mean: float) -> list[float]:
    """Zooming and turning in relation to the mean motion, and the share of it that no camera's move explains."""
    across, down = np.gradient(flow, axis=1), np.gradient(flow, axis=0)
    divergence, curl = across[..., 0] + down[..., 1], across[..., 1] - down[..., 0]
    scale = mean + 1e-4
    height, width = flow.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j][:, ::4, ::4].reshape(2, -1)
    places = np.stack([np.ones_like(x), x, y], 1)  # an affine motion: shift, zoom, turn, shear
    moved = flow[::4, ::4].reshape(-1, 2)
    rest = moved - places @ np.linalg.lstsq(places, moved, rcond=None)[0]
    sizes = [divergence.mean(), np.abs(divergence).mean(), curl.mean(), np.abs(curl).mean()]
    return [*(float(size) / scale for size in sizes), float(np.hypot(*rest.T).mean()) / scale]


def _places(magnitude: Floats) -> list[float]:
    """Share of the motion in each cell of a 3 by 3 grid, row by row."""
    cells = [[cell.sum() for cell in np.array_split(row, GRID, 1)] for row in np.array_split(magnitude, GRID, 0)]
    shares: list[float] = (np.ravel(cells) / (magnitude.sum() + 1e-6 * magnitude.size)).tolist()
    return shares


def _luma(frame: Bytes) -> Floats:
    """(H, W) from 0 to 1, by the weights of ITU-R BT.601."""
    return np.asarray(frame @ np.array([0.299, 0.587, 0.114], np.float32) / 255, np.float32)


def _light(first: Floats, second: Floats) -> list[float]:
    difference = second - first
    size = np.abs(difference)
    return [
        float(difference.mean()),
        float(size.mean()),
        float(difference.std()),
        float(np.quantile(size, 0.9)),
        float(first.mean()),
        float(first.std()),
    ]
