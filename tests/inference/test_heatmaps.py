"""Heat maps: against small computations by hand, on every kind of network, and on posters with something planted."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from inference import heatmaps, relevance
from inference.explain import deletion
from inference.eyes import Blind, Eye
from tests.training import tiny
from training.architectures.starter import StarterConfig, StarterEncoder
from training.encoders.image import ImageEncoder, load
from training.encoders.pictures import Squared, Unreadable
from training.networks.batch_norm import settle
from training.networks.inception import InceptionV3
from training.networks.vgg import Vgg16
from training.registry import Scorer


def squeezed(*size: int) -> Squared:
    """To this width and height, with pixels from 0 to 1."""
    width, height = size
    return Squared(size=(width, height), crop=None, mean=(0, 0, 0), std=(1, 1, 1))


class Colours(nn.Module):
    """Two feature maps, red and green, and their means."""

    def __init__(self) -> None:
        super().__init__()
        self.see = nn.Conv2d(3, 2, kernel_size=4, stride=4, bias=False)
        self.see.weight.data = torch.zeros(2, 3, 4, 4)
        self.see.weight.data[0, 0] = self.see.weight.data[1, 1] = 1 / 16

    def forward(self, pixels: Tensor) -> Tensor:
        means: Tensor = self.see(pixels).mean((2, 3))
        return means


def scorer(weights: Any, sees: tuple[str, ...] = ("text", "image")) -> Scorer:
    """Logits (B, T) from vectors (B, D) by weights (D, T)."""
    matrix = torch.as_tensor(weights, dtype=torch.float32)
    return cast("Scorer", SimpleNamespace(sees=sees, image_logits=lambda vectors: vectors @ matrix))


def encoder(network: nn.Module, size: tuple[int, int]) -> ImageEncoder:
    return ImageEncoder("test", network, squeezed(*size), precision="fp32")


@pytest.fixture
def colours() -> ImageEncoder:
    return encoder(Colours(), (32, 48))


@pytest.fixture
def poster(tmp_path: Path) -> Path:
    """A red square at the upper left, a green one at the lower right."""
    picture = np.full((120, 80, 3), 40, np.uint8)
    picture[10:40, 5:35] = (250, 40, 40)
    picture[80:110, 45:75] = (40, 250, 40)
    path = tmp_path / "poster.png"
    Image.fromarray(picture).save(path)
    return path


RED_AND_GREEN = [[3.0, 0.0], [0.0, 3.0]]


# What a map is ---------------------------------------------------------------------------------------------


def test_a_genre_is_shown_where_it_is(colours: ImageEncoder, poster: Path) -> None:
    red, green = heatmaps.maps(scorer(RED_AND_GREEN), colours, poster, [0, 1])
    assert red.dtype == np.float32
    assert red.shape == (round(heatmaps.WIDTH * 1.5), heatmaps.WIDTH)
    rows, columns = red.shape
    for heat, (row, column) in ((red, (25 / 120, 20 / 80)), (green, (95 / 120, 60 / 80))):
        assert heat.min() == 0
        assert heat.max() == 1
        assert heat[int(row * rows), int(column * columns)] == 1
        assert heat[int((1 - row) * rows), int((1 - column) * columns)] == 0


def test_what_lowers_a_genre_is_not_shown(colours: ImageEncoder, poster: Path) -> None:
    against_red = heatmaps.maps(scorer([[-3.0], [0.0]]), colours, poster, [0])[0]
    rows, columns = against_red.shape
    assert against_red[int(25 / 120 * rows), int(20 / 80 * columns)] == 0
    assert against_red[int(70 / 120 * rows), int(10 / 80 * columns)] == 1


def test_the_strength_of_a_genre_is_not_shown(colours: ImageEncoder, poster: Path) -> None:
    strong, weak = (heatmaps.maps(scorer([[w], [0.0]]), colours, poster, [0]) for w in (3.0, 0.01))
    assert np.allclose(strong, weak, atol=1e-5)


def test_a_blank_poster_has_a_blank_map(colours: ImageEncoder, tmp_path: Path) -> None:
    Image.new("RGB", (60, 90), (90, 80, 70)).save(tmp_path / "blank.png")
    assert not heatmaps.maps(scorer(RED_AND_GREEN), colours, tmp_path / "blank.png", [0, 1]).round(3).any()


def test_who_looks_at_no_poster_has_no_map(colours: ImageEncoder, poster: Path) -> None:
    with pytest.raises(Blind):
        heatmaps.maps(scorer(RED_AND_GREEN, sees=("text",)), colours, poster, [0])


@pytest.mark.parametrize("data", [None, b"no picture"])
def test_a_bad_file_is_refused(colours: ImageEncoder, tmp_path: Path, data: bytes | None) -> None:
    path = tmp_path / "bad.jpg"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(Unreadable):
        heatmaps.maps(scorer(RED_AND_GREEN), colours, path, [0])


# Convolutions ----------------------------------------------------------------------------------------------


def test_relevance_is_what_the_logit_loses_where_the_map_becomes_its_mean() -> None:
    """Of a network that is linear after its feature map this holds exactly, place by place."""
    torch.manual_seed(0)
    network, weights = nn.Sequential(nn.Conv2d(3, 5, 3, stride=2), nn.ReLU(), Mean()), torch.randn(5, 4)
    pixels = torch.rand(1, 3, 13, 17)
    eye = Eye.of(scorer(weights), encoder(network, (17, 13)))
    [found] = [part for part in relevance.by_convolution(eye, pixels, [2, 0]) or [] if part.shape[1:] == (6, 8)]
    feature = network[:2](pixels)[0].detach()  # (5, 6, 8)
    for row, column in ((0, 0), (3, 7), (5, 2)):
        without = feature.clone()
        without[:, row, column] = feature.mean((1, 2))
        lost = (feature.mean((1, 2)) - without.mean((1, 2))) @ weights
        assert torch.allclose(found[:, row, column], lost[[2, 0]], atol=1e-6)


class Mean(nn.Module):
    def forward(self, maps: Tensor) -> Tensor:
        return maps.mean((2, 3))


def test_of_every_resolution_the_last_layer_that_everything_passes_is_watched(tmp_path: Path) -> None:
    network = StarterEncoder(StarterConfig(widths=(4, 4, 8, 8)))
    eye = Eye.of(scorer(torch.zeros(8, 1)), encoder(network, (96, 144)))
    pixels = torch.rand(1, 3, 144, 96)
    names = {module: name for name, module in network.named_modules()}
    layers = [names[layer] for layer in relevance._layers(eye, pixels)]
    assert layers == ["stages", "stages.2", "stages.1", "stages.0", "stem.1"]
    inside = network.get_submodule("stages.1.0.first")
    assert not relevance._everything_passes(inside, eye, pixels)
    with relevance.calls_of([inside]) as calls:
        network(pixels)
    assert calls[0][1].shape == (1, 4, 18, 12)  # it was a candidate: of a resolution that is looked at


def test_fine_feature_maps_are_left_out() -> None:
    network = nn.Sequential(nn.Conv2d(3, 2, 1), nn.MaxPool2d(2), nn.Conv2d(2, 2, 1), Mean())
    eye = Eye.of(scorer(torch.ones(2, 1)), encoder(network, (64, 64)))
    shapes = [part.shape for part in relevance.by_convolution(eye, torch.rand(1, 3, 64, 64), [0]) or []]
    assert shapes == [(1, 32, 32)]


# Attention -------------------------------------------------------------------------------------------------


def test_rollout_is_as_defined() -> None:
    random = np.random.default_rng(0)
    attention, slopes = random.random((2, 3, 2, 4, 4))[:, :], random.normal(size=(2, 3, 2, 4, 4))
    attention, slopes = attention[0], slopes[0]  # three layers, two heads, four tokens
    expected = np.eye(4)
    for weights, slope in zip(attention, slopes, strict=True):
        mean = np.zeros((4, 4))
        for head in range(2):
            for query in range(4):
                for key in range(4):
                    mean[query, key] += weights[head, query, key] * slope[head, query, key] / 2
        expected = expected + mean @ expected
    found = relevance.rollout([torch.from_numpy(a) for a in attention], [torch.from_numpy(s) for s in slopes])
    assert np.allclose(found, expected)


def test_a_layer_that_plays_no_part_changes_nothing() -> None:
    weights = torch.rand(2, 3, 3)
    assert torch.equal(relevance.rollout([weights, weights], [weights, None]), relevance.rollout([weights], [weights]))


def test_a_transformer_is_read_by_its_attention_and_left_as_it_was(tmp_path: Path) -> None:
    network = load(str(tiny.vit(tmp_path / "vit")), precision="fp32")
    weights = torch.randn(16, 3, generator=torch.manual_seed(1))
    eye = Eye.of(scorer(weights), network)
    pixels = torch.rand(1, 3, 32, 32)
    before = network.network.network.config._attn_implementation  # type: ignore[union-attr]
    [found] = relevance.by_attention(eye, pixels, [1]) or []
    assert network.network.network.config._attn_implementation == before  # type: ignore[union-attr]
    inner: Any = network.network.network
    inner.set_attn_implementation("eager")
    said = inner(pixel_values=pixels.clone().requires_grad_(), output_attentions=True)
    logit = said.pooler_output[0] @ weights[:, 1]
    slopes = torch.autograd.grad(logit, said.attentions)
    rolled = torch.eye(17)
    for attention, slope in zip(said.attentions, slopes, strict=True):
        rolled = rolled + (attention * slope)[0].mean(0) @ rolled
    assert torch.allclose(found[0].flatten(), rolled[0, 1:], atol=1e-6)
    assert found.abs().max() > 0


@pytest.mark.parametrize(
    ("tokens", "size", "grid"),
    [
        (197, (224, 224), (14, 14)),  # a class token
        (50, (224, 224), (7, 7)),
        (198, (224, 224), (14, 14)),  # and one of distillation
        (201, (224, 224), (14, 14)),  # and four registers
        (256, (256, 256), (16, 16)),  # none
        (97, (192, 128), (12, 8)),  # of posters that are not squeezed
        (60, (224, 224), None),
    ],
)
def test_patches_are_found_among_the_tokens(tokens: int, size: tuple[int, int], grid: tuple[int, int] | None) -> None:
    assert relevance._grid(tokens, torch.zeros(1, 3, *size)) == grid


# Anything else ---------------------------------------------------------------------------------------------


class Scores:
    """A scorer of arrays alone: the brighter red is, the likelier the first of two terms."""

    sees = ("image",)

    def scores(self, inputs: Any) -> Any:
        assert not inputs.has_text.any()
        red = inputs.image_vectors[:, 0]
        return np.stack([1 / (1 + np.exp(-8 * red)), np.full(len(red), 0.5)], 1).astype(np.float32)


def test_without_gradients_squares_are_hidden(colours: ImageEncoder, poster: Path) -> None:
    only_scores: Any = Scores()
    red, never = heatmaps.maps(only_scores, colours, poster, [0, 1])
    rows, columns = red.shape
    assert red[int(25 / 120 * rows), int(20 / 80 * columns)] > 0.9
    assert red[rows // 2 :].max() < 0.2
    assert not never.any()


def test_hiding_fills_with_the_posters_mean() -> None:
    pixels = torch.rand(1, 3, 8, 4)
    hidden = torch.zeros(2, 2, 1)
    hidden[0, 1] = 1
    masked = relevance.hide(pixels, hidden)
    assert torch.equal(masked[1], pixels[0])
    assert torch.equal(masked[0, :, :4], pixels[0, :, :4])
    assert torch.allclose(masked[0, :, 4:], pixels.mean((2, 3))[0, :, None, None].expand(3, 4, 4))


# Every kind of network -------------------------------------------------------------------------------------

Make = Callable[[Path], Path]


@pytest.mark.parametrize(
    ("make", "way"),
    [
        (tiny.vit, "attention"),
        (tiny.vit_classifier, "attention"),
        (tiny.clip, "attention"),
        (tiny.mobilenet, "convolution"),
        (tiny.resnet, "convolution"),
    ],
)
def test_encoders_of_every_kind(make: Make, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = load(str(make(tmp_path / "encoder")), precision="fp32")
    settle(image.network, [torch.randn(8, 3, 32, 32)])  # a random convolutional net gives nothing but zeros
    weights = torch.randn(image.dimension, 3, generator=torch.manual_seed(0))
    monkeypatch.setattr(relevance, "by_occlusion", None)
    if way == "attention":
        monkeypatch.setattr(relevance, "by_convolution", None)
    found = heatmaps.maps(scorer(weights), image, tiny.poster(tmp_path / "poster.jpg"), [0, 2])
    assert found.shape == (2, round(1.5 * heatmaps.WIDTH), heatmaps.WIDTH)
    assert found.max() == 1
    assert np.abs(found[0] - found[1]).max() > 0.1


def test_models_that_see_patches(poster: Path) -> None:
    """Of cross-attention every place of the last feature map reaches the logits by itself."""
    torch.manual_seed(0)
    image = encoder(StarterEncoder(StarterConfig(widths=(8, 8, 8, 8))), (96, 144))
    seen: list[tuple[int, ...]] = []

    def logits(states: Tensor) -> Tensor:
        seen.append(tuple(states.shape))
        return states.square().sum(2)[:, :2]  # of the first two places of fifteen

    patches = cast("Scorer", SimpleNamespace(kind="cross-attention", sees=("text", "image"), image_logits=logits))
    found = heatmaps.maps(patches, image, poster, [0, 1])
    assert set(seen) == {(1, 15, 8)}
    assert found.max() == 1
    assert found[0, 40:].mean() < found[0, :24].mean()


@pytest.mark.parametrize("network", [Vgg16, InceptionV3])
def test_networks_that_read_pictures_themselves(
    network: type[nn.Module], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    seeing = network().eval()
    weights = torch.randn(seeing(torch.zeros(1, 3, 96, 96)).shape[1], 2)
    posters: Any = SimpleNamespace(
        sees=("image",),
        network=seeing,
        preprocessing=squeezed(96, 96),
        image_logits=lambda pixels: seeing(pixels) @ weights,
    )
    monkeypatch.setattr(relevance, "by_occlusion", None)
    found = heatmaps.maps(posters, None, tiny.poster(tmp_path / "poster.jpg"), [1])
    assert found.shape[0] == 1
    assert 0 < found.mean() < 1
    assert all(weights.grad is None for weights in seeing.parameters())


# Feature maps ----------------------------------------------------------------------------------------------


def test_the_first_layers_maps_are_stretched_to_what_they_hold(colours: ImageEncoder, poster: Path) -> None:
    red, green = heatmaps.features(scorer(RED_AND_GREEN), colours, poster)
    assert red.shape == (12, 8)
    for feature, (row, column) in ((red, (2, 2)), (green, (9, 6))):
        assert (feature.min(), feature.max()) == (0, 1)
        assert feature[row, column] == 1


def test_a_network_without_maps_says_so(poster: Path) -> None:
    flat = encoder(nn.Sequential(nn.Flatten(), nn.Linear(3 * 8 * 8, 2)), (8, 8))
    with pytest.raises(ValueError, match="no feature maps"):
        heatmaps.features(scorer(RED_AND_GREEN), flat, poster)
    assert heatmaps.maps(scorer(RED_AND_GREEN), flat, poster, [0]).max() == 1, "occlusion does without"


# Where the network looks -----------------------------------------------------------------------------------


def test_a_map_lies_where_the_network_looked(tmp_path: Path) -> None:
    """This encoder sees the middle: of a poster of 120 x 180, brought to 40 x 60, 32 x 32 pixels."""
    image = load(str(tiny.mobilenet(tmp_path / "mobilenet")), precision="fp32")
    eye = Eye.of(scorer(torch.randn(image.dimension, 1)), image)
    assert eye.window((120, 180)) == pytest.approx((0.1, 14 / 60, 0.9, 46 / 60), abs=0.01)
    heat = heatmaps.maps(scorer(torch.randn(image.dimension, 1)), image, tiny.poster(tmp_path / "poster.jpg"), [0])[0]
    rows, columns = heat.shape
    assert not heat[: round(0.22 * rows)].any()
    assert not heat[round(0.78 * rows) :].any()
    assert not heat[:, : round(0.08 * columns)].any()
    assert heat.any()


@pytest.mark.parametrize("size", [(120, 180), (500, 500), (300, 100)])
def test_a_squeezed_poster_is_seen_whole(colours: ImageEncoder, size: tuple[int, int]) -> None:
    eye = Eye.of(scorer(RED_AND_GREEN), colours)
    assert eye.window(size) == pytest.approx((0, 0, 1, 1), abs=0.01)


# What maps are for -----------------------------------------------------------------------------------------


def test_hiding_what_a_map_shows_lowers_the_score_more_than_hiding_as_much_elsewhere(
    colours: ImageEncoder, poster: Path
) -> None:
    eye = Eye.of(scorer(RED_AND_GREEN), colours)
    pixels = eye.pixels(poster)

    def score(masks: Any) -> Any:
        return eye.logits(relevance.hide(pixels, torch.from_numpy(masks).float())).detach().numpy()

    maps = heatmaps.maps(scorer(RED_AND_GREEN), colours, poster, [0, 1])
    falls = deletion(maps, [0, 1], score, np.random.default_rng(0))
    assert (falls.shown > 3 * np.maximum(falls.random, 0)).all()
    assert (falls.shown > falls.other + 0.1).all()
    swapped = deletion(maps[::-1].copy(), [0, 1], score, np.random.default_rng(0))
    assert (swapped.shown < falls.shown).all()
