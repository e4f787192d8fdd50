"""Optical flow and motion magnitude agree with translations computed by hand."""

import math

import cv2
import numpy as np
import pytest

from catalog.footage.motion import Flow, Pixels, Way, flow, magnitude, relative
from tests.footage import texture

SHIFTS = [(1, 0), (3, 1), (8, 5), (-12, 7), (20, -10), (0.5, 0.25), (1.5, -0.75)]


def moved(x: float, y: float, width: int = 640, height: int = 360) -> tuple[Pixels, Pixels]:
    """Two frames of a textured picture that moves by so many pixels; what enters is texture as well."""
    edge = 40
    whole = texture(3, width + 2 * edge, height + 2 * edge)
    rows, columns = np.fft.fftfreq(whole.shape[0])[:, None, None], np.fft.fftfreq(whole.shape[1])[None, :, None]
    turned = np.fft.fft2(whole, axes=(0, 1)) * np.exp(-2j * np.pi * (columns * x + rows * y))  # exact for any part
    after = np.fft.ifft2(turned, axes=(0, 1)).real.round().clip(0, 255).astype(np.uint8)
    inner = slice(edge, edge + height), slice(edge, edge + width)
    return whole[inner], after[inner]


@pytest.mark.parametrize("way", ["dis", "farneback"])
@pytest.mark.parametrize("shift", SHIFTS)
def test_a_translation_is_measured_within_a_twentieth(way: Way, shift: tuple[float, float]) -> None:
    found = flow(*moved(*shift), way)
    assert found.shape == (360, 640, 2)
    assert found.dtype == np.float32
    length = math.hypot(*shift)
    assert magnitude(found) == pytest.approx(length, rel=0.05)
    assert np.hypot(*(found.mean((0, 1)) - shift)) < 0.05 * length
    assert (np.linalg.norm(found - np.array(shift), axis=2) < 0.1 * length + 0.1).mean() > 0.9  # not only on average


def test_what_stands_still_does_not_move() -> None:
    still, _after = moved(0, 0)
    assert magnitude(flow(still, still)) == 0


def test_the_magnitude_is_the_mean_length_of_the_vectors() -> None:
    field: Flow = np.zeros((2, 2, 2), np.float32)
    field[0, 0], field[0, 1], field[1, 0] = (3, 4), (-6, 8), (0, 1)
    assert magnitude(field) == pytest.approx((5 + 10 + 1 + 0) / 4)


def test_the_relative_magnitude_does_not_depend_on_the_size() -> None:
    large = magnitude(flow(*moved(8, 6)))
    first, second = (np.asarray(cv2.resize(f, (320, 180), interpolation=cv2.INTER_AREA), np.uint8) for f in moved(8, 6))
    small = magnitude(flow(first, second))
    assert large == pytest.approx(2 * small, rel=0.05)
    assert relative(large, 640, 360) == pytest.approx(relative(small, 320, 180), rel=0.05)
    assert relative(10, 640, 360) == pytest.approx(10 / math.hypot(640, 360))


def test_small_frames_are_measured_too() -> None:
    assert magnitude(flow(*moved(2, 1, 120, 68))) == pytest.approx(math.hypot(2, 1), rel=0.05)
    first, second = (frame[:20, :30].copy() for frame in moved(1, 0, 120, 68))
    assert flow(first, second).shape == (20, 30, 2)


def test_frames_of_different_size_cannot_be_compared() -> None:
    first, second = moved(1, 1)
    with pytest.raises(ValueError, match="cannot be compared"):
        flow(first, second[:100])


def test_a_network_is_asked_for_raft() -> None:
    first, second = moved(1, 1)
    field: Flow = np.ones((360, 640, 2), np.float32)
    assert flow(first, second, "raft", lambda _a, _b: field) is field
    with pytest.raises(ValueError, match="needs a network"):
        flow(first, second, "raft")
