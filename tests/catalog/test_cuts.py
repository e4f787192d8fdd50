"""Cuts are found; motion, flashes, fades and noise are not taken for cuts."""

import numpy as np
import pytest

from catalog.footage.cuts import is_cut, shots
from tests.footage import Pixels, texture

WIDE = 320, 180


def view(seed: int, x: int = 0, y: int = 0, *, light: float = 1.0, lift: float = 0.0) -> Pixels:
    """A part of a larger picture, moved and lit otherwise."""
    whole = texture(seed, 480, 320, grain=5)[70 + y : 250 + y, 80 + x : 400 + x]
    return np.asarray(np.clip(whole * light + lift, 0, 255), np.uint8)


@pytest.mark.parametrize("seed", range(12))
def test_two_scenes_are_cut(seed: int) -> None:
    assert is_cut(view(seed), view(seed + 100))


@pytest.mark.parametrize("seed", range(6))
def test_a_cut_within_one_set_is_found(seed: int) -> None:
    """Another view of the same place: the same colours, other shapes."""
    assert is_cut(view(seed), view(seed)[::-1, ::-1].copy())


@pytest.mark.parametrize("shift", [(0, 0), (3, 0), (0, -5), (9, 4), (-20, 10), (30, 0)])
def test_motion_is_no_cut(shift: tuple[int, int]) -> None:
    assert not is_cut(view(1), view(1, *shift))


@pytest.mark.parametrize(("light", "lift"), [(0.5, 0), (1.6, 0), (0.8, 60), (0.6, 100), (0.25, 0)])
def test_flashes_and_fades_are_no_cuts(light: float, lift: float) -> None:
    assert not is_cut(view(1), view(1, 2, 1, light=light, lift=lift))


def test_noise_in_the_dark_is_no_cut() -> None:
    random = np.random.default_rng(0)
    dark = [random.integers(0, 9, (180, 320, 3)).astype(np.uint8) for _ in range(2)]
    assert not is_cut(*dark)


def test_black_borders_do_not_hide_a_cut() -> None:
    first, second = view(1), view(2)
    for frame in (first, second):
        frame[:, :70] = frame[:, -70:] = 0
    assert is_cut(first, second)


def test_from_and_to_black_or_a_title() -> None:
    black = np.zeros((180, 320, 3), np.uint8)
    title = black.copy()
    title[80:100, 100:220:8] = 255
    assert is_cut(view(1), black)
    assert is_cut(black, view(1))
    assert is_cut(view(1), title)
    assert is_cut(black, np.full_like(black, 200))
    assert not is_cut(black, np.full_like(black, 8))


def test_shots_end_at_cuts() -> None:
    frames = [view(seed, x) for seed, length in ((1, 9), (2, 12), (3, 7)) for x in range(length)]
    found = list(shots((number / 10, frame) for number, frame in enumerate(frames)))
    assert [(shot.first, shot.last) for shot in found] == [(0, 0.8), (0.9, 2.0), (2.1, 2.7)]


def test_a_flash_does_not_end_a_shot() -> None:
    frames = [view(1, x) for x in range(20)]
    frames[9] = frames[10] = np.full_like(frames[0], 255)
    assert len(list(shots(enumerate(frames)))) == 1


def test_shots_of_nothing_and_of_one_frame() -> None:
    assert list(shots([])) == []
    assert [(shot.first, shot.last) for shot in shots([(2.0, view(1))])] == [(2.0, 2.0)]


def test_a_cut_before_the_very_last_frame() -> None:
    found = list(shots(enumerate([view(1), view(1), view(2)])))
    assert [(shot.first, shot.last) for shot in found] == [(0, 1), (2, 2)]
