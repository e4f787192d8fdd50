"""What a press and the years do to flat ink: wandering edges, uneven ink, paper tone, folds. Pixels in, pixels out."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from catalog.sample.draw.pen import HEIGHT, WIDTH

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]

# Robidoux's table at 0.55: it rises more slowly than the standard one at low frequencies, where flat inks show blocks,
# and faster at high ones, which holds a grained poster under 40 kB.
_ROBIDOUX = (
    16, 16, 16, 18, 25, 37, 56, 85, 16, 17, 20, 27, 34, 40, 53, 75,
    16, 20, 24, 31, 43, 62, 91, 135, 18, 27, 31, 40, 53, 74, 106, 156,
    25, 34, 43, 53, 69, 94, 131, 189, 37, 40, 62, 74, 94, 124, 169, 238,
    56, 53, 91, 106, 131, 169, 226, 311, 85, 75, 135, 156, 189, 238, 311, 418,
)  # fmt: skip
QUANTISATION = tuple(max(1, min(255, round(step * 0.55))) for step in _ROBIDOUX)

BLUE: Plane = np.array([1.0, 1.0, 1.25], dtype=np.float32)  # paper yellows: its tone varies most in blue


@dataclass(frozen=True)
class Press:
    """How a poster was printed: edge wander in pixels, ink mottle and paper tone in levels, number of folds."""

    edge: float = 0.55
    mottle: float = 2.0
    paper: float = 1.2
    folds: int = 0


def print_poster(sheet: Pixels, press: Press, rng: np.random.Generator) -> Image.Image:
    """The finished 480 x 720 picture from a sheet of uint8 RGB at twice the size."""
    rough = _wander(sheet, press.edge, rng)
    small = cv2.resize(rough, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA).astype(np.float32)
    small = cv2.GaussianBlur(small, (0, 0), 0.5)
    dark = 1.0 - small.mean(axis=2) / 255.0
    small += (dark * (_noise(rng, 2.4) + np.maximum(_noise(rng, 14), 0)) * press.mottle)[..., None]
    toned = (1.0 - dark) * (_noise(rng, 2.6) + _noise(rng, 60)) * press.paper
    small += toned[..., None] * BLUE
    small += _folds(press.folds, rng)[..., None]
    return Image.fromarray(np.clip(small, 0, 255).astype(np.uint8))


def jpeg(image: Image.Image) -> bytes:
    """Encoded for the catalogue with QUANTISATION, coarser for colour: about quality 80 where the eye looks."""
    buffer = BytesIO()
    chroma = [min(255, round(step * 1.4)) for step in QUANTISATION]
    tables = [list(QUANTISATION), chroma]
    image.save(buffer, "JPEG", qtables=tables, optimize=True, progressive=True, subsampling="4:2:0")
    return buffer.getvalue()


def _noise(rng: np.random.Generator, grain: float) -> Plane:
    """Smooth noise of unit deviation; `grain` is its size in pixels."""
    shrink = max(1, int(grain / 2))
    small = rng.standard_normal((HEIGHT // shrink + 2, WIDTH // shrink + 2)).astype(np.float32)
    blurred = cv2.GaussianBlur(small, (0, 0), max(0.5, grain / shrink / 2))
    full = cv2.resize(blurred, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    return np.asarray(full / full.std(), dtype=np.float32)


def _wander(sheet: Pixels, edge: float, rng: np.random.Generator) -> Pixels:
    """Shift each pixel by smooth noise, so that edges look cut or inked by hand."""
    if edge <= 0:
        return sheet
    h, w = sheet.shape[:2]
    ys, xs = np.mgrid[0:h, 0:w].astype(np.float32)
    dx, dy = (cv2.resize(_noise(rng, 8), (w, h)) * edge for _ in range(2))
    return np.asarray(cv2.remap(sheet, xs + dx, ys + dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _folds(count: int, rng: np.random.Generator) -> Plane:
    """Creases of a poster that was kept folded: a pale line with a faint shadow beside it."""
    plane = np.zeros((HEIGHT, WIDTH), np.float32)
    lines = [(0, HEIGHT // 2), (1, WIDTH // 2), (0, HEIGHT // 4), (0, 3 * HEIGHT // 4)][:count]
    for axis, where in lines:
        wear = np.abs(_noise(rng, 9)[where if axis == 0 else slice(None), slice(None) if axis == 0 else where])
        strip = plane.swapaxes(0, 1) if axis else plane
        strip[where] += 7 * wear
        strip[where + 1] -= 5
        strip[where + 2] -= 2
    return plane
