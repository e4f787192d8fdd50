"""Hard cuts: do two frames that follow each other belong to one shot?

What moves within a shot can be found again in the next frame, some way off; what comes after a cut cannot. So the
second frame is pulled onto the first along the optical flow, and the texture of the two is correlated in blocks. That
does not mind motion (the flow follows it), flashes or fades (a correlation does not see brightness and contrast) or
black borders (they are cut off first). Thresholds were set on clips whose cuts were marked by eye
(benchmarks/footage.py).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Grey = NDArray[np.float32]

WIDTH, HEIGHT = 160, 90  # frames are compared at this size
BLOCK = 10
SAME_SHOT = 0.35  # correlation of textures; cuts had at most .22, all but a few whip-pans and explosions more than .4
LEAST_CHANGE = 4.0  # mean of 255: less changes at no cut, but noise in the dark does not correlate either
FLAT_CHANGE = 30.0  # the same, between two frames without any texture
TEXTURE = 2.0  # standard deviation of a block that has some
FULL_TEXTURE = 20.0  # from here on more contrast gives a block no more weight
DARK, DARK_PEAK = 20, 32  # mean and 95th percentile of a line that is border
MOST_BORDER = 0.4  # of a side
FLASH_FRAMES = 4  # a shot that is back after so many frames was only lit, or covered, for a moment


@dataclass(frozen=True, slots=True)
class Difference:
    """structure: correlation of textures after motion, -1 to 1, None without any texture; change: mean of 255."""

    structure: float | None
    change: float

    @property
    def is_cut(self) -> bool:
        if self.structure is None:
            return self.change >= FLAT_CHANGE
        return self.structure < SAME_SHOT and self.change >= LEAST_CHANGE


def is_cut(first: Pixels, second: Pixels) -> bool:
    """Whether a hard cut lies between two frames, RGB (H, W, 3), that follow each other."""
    return difference(first, second).is_cut


def difference(first: Pixels, second: Pixels) -> Difference:
    """How two frames, RGB (H, W, 3), differ. The better of both directions counts: what is uncovered is in one only."""
    a, b = _without_borders(_small(first), _small(second))
    there, back = _pulled(a, b), _pulled(b, a)
    found = [value for value in (_correlation(a, there), _correlation(b, back)) if value is not None]
    change = min(float(np.abs(a - there).mean()), float(np.abs(b - back).mean()))
    return Difference(max(found) if found else None, change)


def _small(pixels: Pixels) -> NDArray[np.uint8]:
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    if grey.shape == (HEIGHT, WIDTH):
        return np.asarray(grey)
    return np.asarray(cv2.resize(grey, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA))


def _without_borders(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> tuple[Grey, Grey]:
    """Both without the lines at the edges that are dark in both; they would correlate across any cut."""
    lighter = np.maximum(a, b)
    top, bottom = _inner(lighter)
    left, right = _inner(lighter.T)
    cropped = (frame[top:bottom, left:right] for frame in (a, b))
    first, second = (cv2.resize(frame, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR) for frame in cropped)
    return first.astype(np.float32), second.astype(np.float32)


def _inner(picture: NDArray[np.uint8]) -> tuple[int, int]:
    """First and last row + 1 that are not dark border."""
    dark = (picture.mean(1) < DARK) & (np.percentile(picture, 95, axis=1) < DARK_PEAK)
    most = int(MOST_BORDER * len(dark))
    light = np.flatnonzero(~dark)
    if not len(light):
        return 0, len(dark)
    return min(int(light[0]), most), max(int(light[-1]) + 1, len(dark) - most)


_flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
_columns, _rows = np.meshgrid(np.arange(WIDTH, dtype=np.float32), np.arange(HEIGHT, dtype=np.float32))


def _pulled(onto: Grey, frame: Grey) -> Grey:
    """`frame` moved along the optical flow until it lies on the other."""
    flow = _flow.calc(onto.astype(np.uint8), frame.astype(np.uint8), None)
    maps = _columns + flow[..., 0], _rows + flow[..., 1]
    return np.asarray(cv2.remap(frame, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _correlation(a: Grey, b: Grey) -> float | None:
    """Zero-mean normalised cross-correlation of blocks, weighted by how much texture a block has."""
    x, y = _blocks(a), _blocks(b)
    deviations = np.sqrt((x * x).mean(1)), np.sqrt((y * y).mean(1))
    correlations = (x * y).mean(1) / (deviations[0] * deviations[1] + 2 * TEXTURE)
    most = np.maximum(*deviations)
    weights = np.minimum(most, FULL_TEXTURE) * (most > TEXTURE)
    if weights.sum() < 2 * FULL_TEXTURE:
        return None
    return float((correlations * weights).sum() / weights.sum())


def _blocks(picture: Grey) -> Grey:
    """(blocks, pixels), the mean of each block taken off."""
    parts = picture.reshape(HEIGHT // BLOCK, BLOCK, WIDTH // BLOCK, BLOCK).transpose(0, 2, 1, 3)
    flat = parts.reshape(-1, BLOCK * BLOCK)
    return np.asarray(flat - flat.mean(1, keepdims=True), np.float32)


@dataclass(frozen=True, slots=True)
class Shot:
    """Frames between two cuts: when the first and the last are shown, in seconds."""

    first: float
    last: float

    @property
    def middle(self) -> float:
        return (self.first + self.last) / 2


def shots(frames: Iterable[tuple[float, Pixels]]) -> Iterator[Shot]:
    """The shots of frames (seconds, RGB) that follow each other. A flash does not end a shot."""
    held: list[tuple[float, Pixels]] = []  # what was seen of the shot last, then what may be a flash
    first, settled = None, 0  # settled: how many of `held` surely belong to the shot
    for frame in frames:
        if first is None:
            first, held, settled = frame[0], [frame], 1
            continue
        cut = is_cut(held[-1][1], frame[1])
        held.append(frame)
        if settled == len(held) - 1 and not cut:
            held, settled = [frame], 1
        elif settled < len(held) - 1 and cut and not is_cut(held[settled - 1][1], frame[1]):
            held, settled = [frame], 1  # what it was before the flash
        elif len(held) - settled > FLASH_FRAMES:
            yield Shot(first, held[settled - 1][0])
            first, held, settled = held[settled][0], [frame], 1
    if first is not None:
        if settled < len(held):
            yield Shot(first, held[settled - 1][0])
            first = held[settled][0]
        yield Shot(first, held[-1][0])
