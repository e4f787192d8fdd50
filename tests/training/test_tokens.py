"""States of tokens and patches: the very ones of the networks, without padding, class token or missing films."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from tests.training import tiny
from tests.training.films import made_up_films
from training import tokens
from training.architectures.starter import StarterConfig, StarterEncoder
from training.encoders import image, text
from training.encoders.base import Encoder
from training.encoders.image import ImageEncoder
from training.encoders.pictures import Squared
from training.encoders.text import TextEncoder
from training.inputs import Inputs
from training.tokens import Seen, States, Vectors, image_states, patch_states, text_states

PLOTS = ["ghosts of love", "", "a film of the war.", "war " * 90]


def films(texts: list[str], posters: list[Path | None]) -> Inputs:
    few = made_up_films(8).take(np.arange(len(texts)))
    has_text = np.array([bool(text) for text in texts])
    has_image = np.array([poster is not None for poster in posters])
    return replace(few, texts=texts, posters=posters, has_text=has_text, has_image=has_image)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> TextEncoder:
    return text.load(str(tiny.bert(tmp_path_factory.mktemp("bert"))), precision="fp32")


def test_token_states_are_those_of_the_network(reader: TextEncoder) -> None:
    found = text_states(reader, films(PLOTS, [None] * 4))
    assert [len(states) for states in found.rows] == [5, 0, 8, 32]  # with two special tokens; as many as it can take
    assert found.there.tolist() == [True, False, True, True]
    assert {states.dtype for states in found.rows} == {np.dtype(np.float16)}
    for plot, states in zip(PLOTS, found.rows, strict=True):
        if plot:
            alone = reader.tokenizer(plot, truncation=True, max_length=32, return_tensors="pt")
            with torch.inference_mode():
                expected = reader.network(**alone).last_hidden_state[0]
            assert states.astype(np.float32) == pytest.approx(expected.numpy(), abs=4e-3)


def test_no_more_tokens_than_the_limit_are_kept(reader: TextEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "LONGEST", 6)
    assert [len(states) for states in text_states(reader, films(PLOTS, [None] * 4)).rows] == [5, 0, 6, 6]
    assert reader.recipe["longest"] == 32


def test_states_leave_the_encoder_as_it_was(reader: TextEncoder) -> None:
    before = reader.encode(PLOTS[:1])
    text_states(reader, films(PLOTS, [None] * 4))
    assert (reader.encode(PLOTS[:1]) == before).all()
    assert before.shape == (1, reader.dimension)


def test_many_chunks_keep_films_in_their_places(reader: TextEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    together = text_states(reader, films(PLOTS, [None] * 4))
    monkeypatch.setattr(Encoder, "chunk_cpu", 1)
    for one, other in zip(together.rows, text_states(reader, films(PLOTS, [None] * 4)).rows, strict=True):
        assert one.astype(float) == pytest.approx(other.astype(float), abs=4e-3)


def starter(folder: Path) -> ImageEncoder:
    torch.manual_seed(0)
    config = StarterConfig(size=(64, 96), widths=(4, 8, 8, 8))
    preprocessing = Squared(size=config.size, crop=None, mean=config.mean, std=config.std)
    return ImageEncoder("starter", StarterEncoder(config), preprocessing, precision="fp32")


def hub(make: Callable[[Path], Path]) -> Callable[[Path], ImageEncoder]:
    return lambda folder: image.load(str(make(folder)), precision="fp32")


def last_map(network: Any, pixels: torch.Tensor) -> torch.Tensor:
    """(B, D, h, w) of a convolutional net, place by place: (B, h * w, D)."""
    found = network(pixel_values=pixels).last_hidden_state
    places = [found[:, :, y, x] for y in range(found.shape[2]) for x in range(found.shape[3])]
    return torch.stack(places, 1)


def feature_map(network: Any, pixels: torch.Tensor) -> torch.Tensor:
    found = network.feature_map(pixels)
    return torch.stack([found[:, :, y, x] for y in range(3) for x in range(2)], 1)


# Each with what its states are by hand, and how many places it sees.
ENCODERS: dict[str, tuple[Callable[[Path], ImageEncoder], Callable[[Any, torch.Tensor], torch.Tensor], int]] = {
    "starter": (starter, feature_map, 6),
    "vit": (hub(tiny.vit), lambda n, x: n.network(pixel_values=x).last_hidden_state[:, 1:], 16),
    "vit classifier": (hub(tiny.vit_classifier), lambda n, x: n.network(pixel_values=x).last_hidden_state[:, 1:], 16),
    "clip": (hub(tiny.clip), lambda n, x: n.network.vision_model(pixel_values=x).last_hidden_state[:, 1:], 16),
    "resnet": (hub(tiny.resnet), lambda n, x: last_map(n.network, x), 16),
}


@pytest.mark.parametrize("name", list(ENCODERS))
def test_patch_states_are_those_of_the_network(name: str, tmp_path: Path) -> None:
    make, by_hand, places = ENCODERS[name]
    encoder = make(tmp_path / "encoder")
    posters = [tiny.poster(tmp_path / f"{i}.jpg", i) for i in range(3)]
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    found = image_states(encoder, films(["x"] * 5, [posters[0], None, *posters[1:], tmp_path / "broken.jpg"]))
    assert [len(states) for states in found.rows] == [places, 0, places, places, 0]
    batch = encoder._prepare(posters)[0]
    with torch.inference_mode():
        expected = by_hand(encoder.network, encoder.preprocessing.pixels(batch["pictures"]))
    assert found.dimension == expected.shape[2]
    for states, wanted in zip([found.rows[i] for i in (0, 2, 3)], expected.numpy(), strict=True):
        assert states.astype(np.float32) == pytest.approx(wanted, abs=2e-3 * float(np.abs(wanted).max()))


def test_the_starters_vector_is_the_mean_of_its_patches(tmp_path: Path) -> None:
    encoder, poster = starter(tmp_path), tiny.poster(tmp_path / "0.jpg")
    states = image_states(encoder, films(["x"], [poster])).rows[0]
    assert states.astype(np.float32).mean(0) == pytest.approx(encoder.encode([poster])[0], abs=2e-3)


def test_a_poster_that_may_not_be_seen_is_not_read(tmp_path: Path) -> None:
    seen = films(["x"], [tiny.poster(tmp_path / "0.jpg")])
    assert not image_states(starter(tmp_path), seen.without_image()).there.any()


class Registers(nn.Module):
    """A transformer with a class token and four registers in front of 2 x 3 patches of 8 pixels, or without any."""

    def __init__(self, extra: int, merged: bool = False) -> None:
        super().__init__()
        self.config = type("Config", (), {"patch_size": 2 if merged else 8})()
        self.extra = extra

    def forward(self, pixel_values: torch.Tensor) -> Any:
        tokens = torch.arange(6.0 + self.extra).view(1, -1, 1)
        return type("Output", (), {"last_hidden_state": tokens.expand(len(pixel_values), -1, 4)})()


@pytest.mark.parametrize(("extra", "merged"), [(5, False), (1, False), (0, False), (0, True)])
def test_class_and_register_tokens_are_no_patches(extra: int, merged: bool) -> None:
    states = patch_states(Registers(extra, merged), torch.zeros(2, 3, 16, 24))
    assert states.shape == (2, 6, 4)
    assert states[0, :, 0].tolist() == [extra + i for i in range(6)]


def test_batches_are_padded_and_say_so() -> None:
    random = np.random.default_rng(0)
    rows = [random.normal(size=(length, 3)).astype(np.float16) for length in (2, 0, 4)]
    states, there = States(rows, 3).batch(torch.tensor([2, 0, 1]))
    assert states.dtype == torch.float32
    assert there.tolist() == [[True] * 4, [True, True, False, False], [False] * 4]
    assert (states[0].numpy() == rows[2].astype(np.float32)).all()
    assert (states[1, :2].numpy() == rows[0].astype(np.float32)).all()
    assert (states[~there] == 0).all()
    empty, nothing = States(rows, 3).batch(torch.tensor([1]))
    assert empty.shape == (1, 1, 3)
    assert not nothing.any()


def test_hiding_hides_from_these_films_alone() -> None:
    there = np.array([True, False, True])
    vectors = np.ones((3, 2), np.float32)
    rows = [np.ones((has * 2, 3), np.float16) for has in there]
    seen = Seen(Vectors(vectors, there), States(rows, 3))
    hidden = seen.shown(np.array([False, True, True]), np.array([True, True, False]))
    assert hidden.text.there.tolist() == [False, False, True]
    assert hidden.image.there.tolist() == [True, False, False]
    assert (seen.text.there == there).all()
    assert (seen.image.there == there).all()
    batch = hidden[torch.tensor([0, 2])]
    assert batch["text_there"].tolist() == [False, True]
    assert batch["image_there"].tolist() == [[True, True], [False, False]]


def test_only_what_is_there_sets_the_scale(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = Vectors(np.array([[1.0], [99.0], [3.0]], np.float32), np.array([True, False, True]))
    assert vectors.sample().flatten().tolist() == [1, 3]
    rows = [np.full((length, 1), value, np.float16) for value, length in enumerate((1, 0, 2, 1, 1))]
    assert States(rows, 1).sample().flatten().tolist() == [0, 2, 2, 3, 4]
    monkeypatch.setattr(tokens, "SAMPLE", 2)
    assert States(rows, 1).sample().flatten().tolist() == [0, 3]
    assert States([rows[1]], 1).sample().shape == (0, 1)
