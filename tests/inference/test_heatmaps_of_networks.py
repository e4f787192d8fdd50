"""Heat maps of every poster network after it has learned something: each genre's map shows what that genre goes by."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from inference import heatmaps, relevance
from inference.explain import Falls, deletion
from inference.eyes import Eye
from tests.training.test_posters import NAMES, _tiny_backbones, learned, red_and_blue

__all__ = ["_tiny_backbones", "red_and_blue"]
HALVES: tuple[Any, ...] = (np.s_[:6], np.s_[6:], np.s_[:, :4], np.s_[:, 4:])


@pytest.fixture(scope="module")
def half_and_half(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Half red like romances, half blue like thrillers, with their noise."""
    folder, random, paths = tmp_path_factory.mktemp("half"), np.random.default_rng(1), []
    for place, half in enumerate(HALVES * 2):
        noise = random.integers(0, 60, (12, 8, 3))
        noise[..., 2] += 160
        noise[half] = noise[half][..., ::-1]
        paths.append(folder / f"{place}.png")
        Image.fromarray(noise.astype(np.uint8)).resize((40, 60)).save(paths[-1])
    return paths


# A tiny Inception v3 learns from twenty films by heart, another way on every processor: its logits leap by hundreds
# wherever anything is hidden. Its maps are tested for what they are made of (test_heatmaps.py), not for what they find.
SMOOTH = [name for name in NAMES if name != "inception-v3"]


@pytest.mark.parametrize("name", SMOOTH)
def test_a_genre_falls_by_what_its_map_shows_more_than_by_anything_else(
    name: str, red_and_blue: Any, half_and_half: list[Path]
) -> None:
    """In sum over posters, one genre against the other: networks this small, of twenty films, are anything but smooth,
    and some answer any hidden region with more of both genres."""
    rate = 1e-2 if name == "efficientnet-b0" else 3e-3
    model = learned(red_and_blue, name, finetune="all", epochs=20, batch=4, patience=8, learning_rate=rate)
    eye = Eye.of(model, None)
    falls = [falls_of(eye, heatmaps.maps(model, None, poster, [0, 1]), poster) for poster in half_and_half]
    own = sum(each.shown.sum() for each in falls)
    assert own > sum(each.other.sum() for each in falls)
    assert own > sum(each.random.sum() for each in falls)


def falls_of(eye: Eye, maps: Any, poster: Path) -> Falls:
    pixels = eye.pixels(poster)

    def score(masks: Any) -> Any:
        with torch.no_grad():
            logits = eye.logits(relevance.hide(pixels, torch.from_numpy(masks).float())).double()
            return (logits - logits.mean(-1, keepdim=True)).numpy()

    return deletion(maps, [0, 1], score, np.random.default_rng(0))
