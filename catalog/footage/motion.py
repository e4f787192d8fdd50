"""Optical flow between the two frames of a pair, and how much moves.

The motion magnitude of a pair is the mean, over all pixels, of the length of the flow vector, in pixels of the frames
as they are given:

    magnitude = 1/(H·W) Σ √(u² + v²)

It is what is stored with a pair, and grows with the size of the frames. `relative` divides it by the frames' diagonal
and so does not: a magnitude of .01 is a mean motion by a hundredth of the diagonal from one frame to the next.
"""

from collections.abc import Callable
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Flow = NDArray[np.float32]
Way = Literal["dis", "farneback", "raft"]
Network = Callable[[Pixels, Pixels], Flow]
DIS_LEAST = 32  # pixels a side; smaller frames are enlarged


def flow(first: Pixels, second: Pixels, way: Way = "dis", network: Network | None = None) -> Flow:
    """Where each pixel of the first frame goes in the second: (H, W, 2), x then y, in pixels, float32.

    first, second: RGB (H, W, 3) of the same size. "dis" is dense inverse search (Kroeger et al. 2016,
    https://arxiv.org/abs/1603.03590), "farneback" polynomial expansion (Farnebäck 2003), "raft" a network that the
    caller hands in (training.networks.raft), for the catalogue knows none.

    Raises:
        ValueError: the frames differ in size, or there is no network for "raft".
    """
    if first.shape != second.shape:
        raise ValueError(f"frames of {first.shape} and {second.shape} cannot be compared")
    if way == "raft":
        if network is None:
            raise ValueError("raft needs a network")
        return network(first, second)
    a, b = (np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)) for frame in (first, second))
    return _dis(a, b) if way == "dis" else _farneback(a, b)


def _dis(a: Pixels, b: Pixels) -> Flow:
    height, width = a.shape
    scale = max(1.0, DIS_LEAST / min(height, width))
    if scale > 1:
        size = round(width * scale), round(height * scale)
        a, b = (np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_LINEAR)) for frame in (a, b))
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    search.setFinestScale(0)  # the preset ends at half the size, and then sees half a pixel a tenth too large
    found = search.calc(a, b, None)
    if scale > 1:
        found = cv2.resize(found, (width, height), interpolation=cv2.INTER_AREA) / scale
    return np.asarray(found, np.float32)


def _farneback(a: Pixels, b: Pixels) -> Flow:
    found = cv2.calcOpticalFlowFarneback(
        a, b, None, pyr_scale=0.5, levels=5, winsize=21, iterations=5, poly_n=7, poly_sigma=1.5, flags=0
    )
    return np.asarray(found, np.float32)


def magnitude(flow: Flow) -> float:
    """Mean length of the flow vectors (H, W, 2), in pixels."""
    return float(np.linalg.norm(flow.astype(np.float64), axis=2).mean())


def relative(magnitude: float, width: int, height: int) -> float:
    """A magnitude as a part of the frames' diagonal: the same for the same film at any size."""
    return magnitude / float(np.hypot(width, height))
