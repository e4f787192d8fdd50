"""Augmented posters: the same for the same seed, each in its own way, and mild."""

import pytest
import torch
from torch import Tensor

from training import augmentation
from training.augmentation import Augmentation


def random(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def pictures() -> Tensor:
    return torch.randint(0, 256, (6, 24, 16, 3), dtype=torch.uint8, generator=random(1))


def test_the_same_seed_gives_the_same_pictures_and_the_next_draw_others(pictures: Tensor) -> None:
    augment, first, again = Augmentation(), random(), random()
    changed = augment(pictures, first)
    assert (changed.shape, changed.dtype) == (pictures.shape, torch.uint8)
    assert torch.equal(changed, Augmentation()(pictures, again))
    assert not torch.equal(changed, augment(pictures, first))
    assert not torch.equal(changed, augment(pictures, random(2)))


def test_torchs_own_generator_is_left_as_it_was(pictures: Tensor) -> None:
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    Augmentation()(pictures, random())
    assert torch.equal(torch.rand(4), expected)


def test_every_picture_is_changed_in_its_own_way() -> None:
    one = torch.randint(0, 256, (1, 24, 16, 3), dtype=torch.uint8, generator=random(1))
    changed = Augmentation()(one.repeat(8, 1, 1, 1), random())
    assert len({bytes(picture.numpy().tobytes()) for picture in changed}) == 8


def test_light_changes_by_a_fifth_at_most_and_red_stays_red() -> None:
    red = torch.zeros(32, 16, 16, 3, dtype=torch.uint8)
    red[..., 0] = 200
    colours = Augmentation()(red, random()).float().mean((1, 2))  # (32, 3)
    assert (colours[:, 0] >= 200 * 0.8 * 0.8 - 2).all()
    assert (colours[:, 0] > 3 * colours[:, 1:].amax(1)).all()
    assert colours[:, 0].std() > 5


def test_about_half_of_the_pictures_are_mirrored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(augmentation, "CROP", (0.98, 1.0))
    left = torch.zeros(200, 16, 16, 3, dtype=torch.uint8)
    left[:, :, :8] = 255
    changed = Augmentation()(left, random()).float().mean((1, 3))  # (200, 16): brightness of each column
    mirrored = changed[:, 12:].mean(1) > changed[:, :4].mean(1)
    assert 70 < int(mirrored.sum()) < 130


def test_a_crop_keeps_most_of_the_poster() -> None:
    """A ramp from black to white: how much of it is left says how much was kept."""
    ramp = torch.linspace(0, 255, 64).view(1, 64, 1, 1).expand(40, 64, 64, 3).byte()
    rows = Augmentation()(ramp, random()).float().mean((2, 3))  # (40, 64)
    kept = (rows[:, -1] - rows[:, 0]) / 255
    assert kept.min() > 0.5  # .75 of the height, times the least contrast of .8, less rounding
    assert kept.mean() < 0.95
