"""Posters through every network: learning, freezing, saving, files that cannot be read, and what is refused."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from catalog.models import Film, Label
from catalog.models.film import poster_path
from catalog.progress import Silent
from inference.predict import predict_stale
from tests.factories import import_label, make_film, make_term
from tests.training import tiny
from training import registry, retraining
from training.architectures import ARCHITECTURES, posters, posters_training
from training.architectures.posters import BACKBONES, TrainedPosters, load, train
from training.augmentation import Augmentation
from training.encoders.folders import EncoderUnavailable
from training.encoders.pictures import Squared
from training.inputs import Inputs
from training.loop import fit
from training.metrics import Truth, average_precisions, mean_of_known
from training.networks import backbones
from training.networks.halves import round_weights
from training.networks.vgg import Vgg16
from training.options import BadOption, RetrainOptions
from training.pictures import Pictures

TINY: dict[str, dict[str, Any]] = {
    "feedforward": {"side": 8, "config": {"widths": (32, 32, 16, 16)}},
    "vgg16": {"side": 32, "config": {"widths": (8, 8, 16, 16, 16), "hidden": 32}, "rate": 3e-3},
    "resnet50": {
        "side": 32,
        "config": {"embedding_size": 8, "hidden_sizes": [8, 16], "depths": [1, 1], "layer_type": "basic"},
    },
    "inception-v3": {"side": 75, "config": {"width": 1 / 16}},
    "efficientnet-b0": {
        "side": 64,
        "config": {"width_coefficient": 0.25, "depth_coefficient": 0.2, "hidden_dim": 320},
    },
    "vit-b16": {
        "side": 16,
        "rate": 3e-3,
        "config": {
            "hidden_size": 16,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "intermediate_size": 32,
            "patch_size": 8,
        },
    },
}
NAMES = list(TINY)
TERMS = ["romance", "thriller"]


@dataclass
class Labels:
    labels: NDArray[np.int8]
    splits: NDArray[np.str_]
    terms: Sequence[str] = tuple(TERMS)


@pytest.fixture(autouse=True)
def _tiny_backbones(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, changes in TINY.items():
        monkeypatch.setitem(BACKBONES, name, replace(BACKBONES[name], **changes))
    monkeypatch.setattr(posters_training, "HIDDEN", 16)


@pytest.fixture(scope="module")
def red_and_blue(tmp_path_factory: pytest.TempPathFactory) -> tuple[Inputs, Labels]:
    """Forty drawn posters: romances are red, thrillers are blue, everything else about them is chance."""
    folder, random = tmp_path_factory.mktemp("drawn"), np.random.default_rng(0)
    paths = []
    for film in range(40):
        noise = random.integers(0, 60, (12, 8, 3))
        noise[..., 2 if film % 2 else 0] += 160
        paths.append(folder / f"{film}.png")
        Image.fromarray(noise.astype(np.uint8)).resize((40, 60)).save(paths[-1])
    labels = np.array([[film % 2 == 0, film % 2 == 1] for film in range(40)], np.int8)
    splits = np.array([("train", "train", "validation", "validation", "test")[film // 2 % 5] for film in range(40)])
    return inputs_of(paths), Labels(labels, splits)


def inputs_of(paths: Sequence[Path | None]) -> Inputs:
    films = len(paths)
    nothing = np.zeros((films, 0), np.float32)
    return Inputs(
        texts=["A plot that nobody reads."] * films,
        text_vectors=nothing,
        has_text=np.ones(films, bool),
        image_vectors=nothing,
        has_image=np.array([path is not None for path in paths]),
        years=[None] * films,
        languages=[""] * films,
        posters=paths,
    )


def options(name: str, **changes: Any) -> RetrainOptions:
    return RetrainOptions(**{"architecture": name, "batch": 8, "patience": 30, "precision": "fp32", **changes})


def silent(epoch: int, total: int, figures: dict[str, float]) -> None: ...


def learned(films: tuple[Inputs, Labels], name: str, **changes: Any) -> TrainedPosters:
    return train(*films, options(name, **changes), silent)


def test_every_name_is_an_architecture_that_looks_at_pictures() -> None:
    assert set(BACKBONES) == {name for name, looks in ARCHITECTURES.items() if looks.module == posters.__name__}
    assert all((ARCHITECTURES[name].sees, ARCHITECTURES[name].reads) == (("image",), "pictures") for name in BACKBONES)


# Learning ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_each_network_tells_red_from_blue_when_it_learns_whole(name: str, red_and_blue: Any) -> None:
    rate = 1e-2 if name == "efficientnet-b0" else 3e-3
    model = learned(red_and_blue, name, finetune="all", epochs=20, batch=4, patience=8, learning_rate=rate)
    assert precision_on_test_films(model, *red_and_blue) > 0.9  # the prior has .5
    assert model.network.head.hidden is None  # the output layer alone, as published


@pytest.mark.parametrize("name", [name for name in NAMES if name != "feedforward"])
def test_a_head_on_random_features_tells_red_from_blue(name: str, red_and_blue: Any) -> None:
    model = learned(red_and_blue, name, epochs=30, learning_rate=1e-2)
    assert precision_on_test_films(model, *red_and_blue) > 0.7


def precision_on_test_films(model: TrainedPosters, inputs: Inputs, labels: Labels) -> float:
    rows = np.flatnonzero(labels.splits == "test")
    scores = model.scores(inputs.take(rows))
    assert np.isfinite(scores).all()
    assert (scores >= 0).all() and (scores <= 1).all()
    return mean_of_known(average_precisions(scores.astype(np.float64), Truth.of(labels.labels[rows])))


@pytest.mark.parametrize("changes", [{}, {"finetune": "all"}, {"augment": True}])
def test_the_same_seed_gives_the_same_weights_and_another_other_ones(changes: Any, red_and_blue: Any) -> None:
    first, again, other = (learned(red_and_blue, "resnet50", epochs=2, seed=seed, **changes) for seed in (1, 1, 2))
    assert same(first.network, again.network)
    assert not same(first.network, other.network)


def same(a: nn.Module, b: nn.Module) -> bool:
    return all(torch.equal(x, y) for x, y in zip(a.state_dict().values(), b.state_dict().values(), strict=True))


# What learns and what does not ---------------------------------------------------------------------------


@pytest.fixture
def before(monkeypatch: pytest.MonkeyPatch) -> dict[str, Tensor]:
    """The backbone's tensors as training finds them."""
    kept: dict[str, Tensor] = {}
    make = posters._net

    def spy(*args: Any, **more: Any) -> Any:
        net = make(*args, **more)
        round_weights(net)
        kept.update({name: tensor.clone() for name, tensor in net.backbone.state_dict().items()})
        return net

    monkeypatch.setattr(posters, "_net", spy)
    return kept


@pytest.mark.parametrize("changes", [{}, {"augment": True}])
def test_a_frozen_network_keeps_every_number_batch_norm_included(
    changes: Any, red_and_blue: Any, before: dict[str, Tensor]
) -> None:
    model = learned(red_and_blue, "efficientnet-b0", epochs=2, **changes)
    assert [name for name, x in model.network.backbone.state_dict().items() if not torch.equal(x, before[name])] == []


@pytest.mark.parametrize("name", ["vgg16", "resnet50", "inception-v3", "efficientnet-b0", "vit-b16"])
def test_of_the_last_block_everything_learns_and_of_the_rest_nothing(
    name: str, red_and_blue: Any, before: dict[str, Tensor]
) -> None:
    model = learned(red_and_blue, name, finetune="last-block", epochs=1, learning_rate=0.05)
    backbone = model.network.backbone
    learns = {id(tensor) for part in backbone.last_block() for tensor in part.state_dict(keep_vars=True).values()}  # type: ignore[operator]
    changed = {id(x) for name, x in backbone.state_dict(keep_vars=True).items() if not torch.equal(x, before[name])}
    assert changed <= learns
    assert len(changed) > 0.7 * len(learns)  # a bias before a ReLU that never opens stands still
    assert len(learns) < len(before)


@pytest.mark.parametrize("name", NAMES)
def test_gradients_reach_every_weight_that_learns(name: str, red_and_blue: Any) -> None:
    model = learned(red_and_blue, name, finetune="all", epochs=1)
    net = model.network.train()
    net.let_learn([net.backbone])
    torch.manual_seed(0)
    side = model.preprocessing.size[0]  # type: ignore[index]
    net(torch.randn(8, 3, side, side)).square().sum().backward()
    assert [name for name, weights in net.named_parameters() if weights.grad is None] == []
    zero = [name for name, weights in net.named_parameters() if not weights.grad.abs().sum()]  # type: ignore[union-attr]
    # Keys shift all attention alike: their bias has no effect, and so no gradient.
    assert [name for name in zero if not name.endswith(("key.bias", "k_proj.bias"))] == []


def test_frozen_parts_stay_in_evaluation_mode_while_the_others_train(red_and_blue: Any) -> None:
    net = learned(red_and_blue, "efficientnet-b0", epochs=1).network
    last = net.backbone.last_block()  # type: ignore[operator]
    net.let_learn(last)
    net.train()
    inside = {id(module) for part in last for module in part.modules()}
    norms = [module for module in net.backbone.modules() if isinstance(module, nn.BatchNorm2d)]
    assert {norm.training for norm in norms if id(norm) in inside} == {True}
    assert {norm.training for norm in norms if id(norm) not in inside} == {False}


def test_an_epoch_that_ends_with_a_single_poster_passes(red_and_blue: Any) -> None:
    """Inception's last map is a single pixel at 75 pixels: batch norm has nothing to compare it with."""
    model = learned(red_and_blue, "inception-v3", finetune="all", epochs=1, batch=15)
    assert np.isfinite(model.scores(red_and_blue[0])).all()


def test_augmentation_touches_training_posters_only(red_and_blue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs, labels = red_and_blue
    seen: list[Tensor] = []

    class Recorded(Augmentation):
        def __call__(self, pictures: Any, random: torch.Generator) -> Tensor:
            seen.append(pictures)
            return super().__call__(pictures, random)

    monkeypatch.setattr(posters_training, "Augmentation", Recorded)
    model = learned(red_and_blue, "vgg16", augment=True, epochs=2)
    train_rows = np.flatnonzero(labels.splits == "train")
    whole = Pictures([inputs.posters[row] for row in train_rows], model.preprocessing)[torch.arange(len(train_rows))]
    augmented = torch.cat(seen)
    assert len(augmented) == 2 * len(whole)
    assert {picture.numpy().tobytes() for picture in augmented} == {picture.numpy().tobytes() for picture in whole}
    seen.clear()
    learned(red_and_blue, "vgg16", epochs=1)
    assert seen == []  # off by itself


# Films without a poster, and files that cannot be read ---------------------------------------------------


def test_a_film_without_a_poster_gets_the_prior(red_and_blue: Any) -> None:
    inputs, labels = red_and_blue
    model = learned(red_and_blue, "vgg16", epochs=2)
    prior = (labels.labels[labels.splits == "train"] == 1).mean(0)
    missing = inputs_of([None, inputs.posters[0]])
    np.testing.assert_allclose(model.scores(missing)[0], prior, atol=0.05)
    assert not np.allclose(model.scores(missing)[1], model.scores(missing)[0])
    np.testing.assert_array_equal(model.scores(inputs.without_image()), np.tile(model.scores(missing)[0], (40, 1)))
    np.testing.assert_array_equal(model.scores(inputs.without_text()), model.scores(inputs))


@pytest.mark.parametrize("changes", [{}, {"finetune": "all"}])
def test_posters_that_cannot_be_read_are_reported_and_count_as_missing(
    changes: Any, red_and_blue: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    inputs, labels = red_and_blue
    whole = inputs.posters[2].read_bytes()
    damaged, gone, cut = tmp_path / "damaged.png", tmp_path / "gone.png", tmp_path / "cut.png"
    damaged.write_bytes(b"no picture")
    cut.write_bytes(whole[: len(whole) // 2])
    bad = {0: damaged, 1: gone, 2: cut, 6: damaged, 8: gone}  # training, validation and test films
    films = inputs_of([bad.get(row, path) for row, path in enumerate(inputs.posters)])
    with caplog.at_level(logging.WARNING):
        model = train(films, labels, options("resnet50", epochs=2, **changes), silent)
        scores = model.scores(films)
    assert model.failures == {
        damaged: "The poster's file is damaged.",
        gone: "The poster's file is missing.",
        cut: "The poster's file is damaged.",
    }
    assert {"damaged.png: The poster's file is damaged.", "gone.png: The poster's file is missing."} <= set(
        caplog.messages
    )
    nothing = model.scores(inputs_of([None]))[0]
    np.testing.assert_array_equal(scores[list(bad)], np.tile(nothing, (5, 1)))
    without = [None if row in bad else path for row, path in enumerate(inputs.posters)]
    clean = train(inputs_of(without), labels, options("resnet50", epochs=2, **changes), silent)
    assert same(clean.network.head, model.network.head)


def test_without_any_poster_there_is_nothing_to_learn_from(red_and_blue: Any) -> None:
    with pytest.raises(ValueError, match="no training film has a poster"):
        train(inputs_of([None] * 40), red_and_blue[1], options("resnet50"), silent)


def test_without_posters_among_validation_films_it_learns_all_the_same(red_and_blue: Any) -> None:
    inputs, labels = red_and_blue
    hidden = replace(inputs, has_image=labels.splits != "validation")
    model = train(hidden, labels, options("resnet50", epochs=2), silent)
    assert np.isfinite(model.scores(inputs)).all()


# Saving --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "precision"), [*((name, "fp32") for name in NAMES), ("resnet50", "bf16"), ("vit-b16", "bf16")]
)
def test_a_saved_and_loaded_model_gives_the_same_scores_to_the_last_bit(
    name: str, precision: str, red_and_blue: Any, tmp_path: Path
) -> None:
    model = learned(red_and_blue, name, finetune="all", epochs=1, precision="fp32")
    model = replace(
        model, precision=precision, vectors=posters_training.eyes_of(model.network, model.seeing, precision)
    )
    model.save(tmp_path)
    again = load(tmp_path)
    np.testing.assert_array_equal(again.scores(red_and_blue[0]), model.scores(red_and_blue[0]))
    np.testing.assert_array_equal(again.thresholds, model.thresholds)
    assert (again.terms, again.sees, again.parameters) == (model.terms, ("image",), model.parameters)
    assert again.preprocessing == model.preprocessing
    assert sorted(file.name for file in tmp_path.iterdir()) == ["model.safetensors", "posters.json"]


def test_a_model_of_a_folder_predicts_when_the_folder_is_gone(red_and_blue: Any, tmp_path: Path) -> None:
    folder = tiny.mobilenet(tmp_path / "hub")
    model = learned(red_and_blue, "backbone", weights=str(folder), epochs=2)
    (tmp_path / "version").mkdir()
    model.save(tmp_path / "version")
    scores = model.scores(red_and_blue[0])
    for file in folder.iterdir():
        file.unlink()
    np.testing.assert_array_equal(load(tmp_path / "version").scores(red_and_blue[0]), scores)


@pytest.mark.parametrize("damage", ["tensor", "json", "kind", "file"])
def test_what_is_not_whole_is_not_loaded(damage: str, red_and_blue: Any, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    learned(red_and_blue, "vgg16", epochs=1).save(tmp_path)
    weights, said = tmp_path / "model.safetensors", tmp_path / "posters.json"
    if damage == "tensor":
        tensors = load_file(weights)
        tensors.pop("backbone.features.0.weight")
        save_file(tensors, weights)
    elif damage == "json":
        said.write_text("{}")
    elif damage == "kind":
        said.write_text(said.read_text().replace('"kind": "vgg16"', '"kind": "nonsense"'))
    else:
        weights.write_bytes(weights.read_bytes()[:100])
    with pytest.raises((OSError, KeyError, ValueError)):
        load(tmp_path)


# For heat maps -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_logits_can_be_differentiated_by_the_pixels(name: str, red_and_blue: Any) -> None:
    inputs, _ = red_and_blue
    model = learned(red_and_blue, name, finetune="all", epochs=2)
    picture = torch.from_numpy(model.preprocessing.read(inputs.posters[0])[None])
    pixels = model.preprocessing.pixels(picture).requires_grad_(True)
    logits = model.image_logits(pixels)
    assert logits.shape == (1, 2)
    (slope,) = torch.autograd.grad(logits[0, 0], pixels)
    assert slope.shape == pixels.shape
    assert slope.abs().sum() > 0
    logits_then, _ = posters._look(model.network.head, model.vectors, inputs.take(np.array([0])))
    np.testing.assert_allclose(logits_then, logits.detach().numpy(), atol=1e-4)


# Weights and options -------------------------------------------------------------------------------------


def test_published_weights_of_a_file_are_what_the_features_come_from(
    red_and_blue: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def small(**more: Any) -> Vgg16:
        return Vgg16((2, 2, 2, 2, 2), 4, **more)

    monkeypatch.setitem(backbones.OWN, "vgg16", small)
    torch.manual_seed(5)
    published = small(classes=1000)
    torch.save(published.state_dict(), tmp_path / "vgg16.pth")
    model = learned(red_and_blue, "vgg16", weights=str(tmp_path / "vgg16.pth"), epochs=1)
    published.drop_classifier()
    round_weights(published)
    assert same(model.network.backbone, published)
    assert model.seeing.published


@pytest.mark.parametrize(
    ("name", "make"), [("resnet50", tiny.resnet), ("vit-b16", tiny.vit_classifier), ("backbone", tiny.mobilenet)]
)
@pytest.mark.parametrize("finetune", ["none", "last-block", "all"])
def test_folders_of_transformers_are_used_with_their_own_preprocessing(
    name: str, make: Callable[[Path], Path], finetune: str, red_and_blue: Any, tmp_path: Path
) -> None:
    folder = make(tmp_path)
    model = learned(red_and_blue, name, weights=str(folder), finetune=finetune, epochs=1, size=48)
    assert model.preprocessing.size == (48, 48)
    np.testing.assert_allclose(model.preprocessing.mean, [0.48, 0.46, 0.41], atol=1e-5)
    assert model.scores(red_and_blue[0]).shape == (40, 2)


def test_where_published_weights_are_fine_tuned_the_head_learns_first(
    red_and_blue: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both trainings are reported as one row of epochs; the options that were asked for are the network's."""
    (inputs, labels), trainings, reported = red_and_blue, [], []

    def spy(model: nn.Module, train: Any, validation: Any, loop: Any, **more: Any) -> Any:
        trainings.append((type(model).__name__, loop.epochs, loop.learning_rate))
        return fit(model, train, validation, loop, **more)

    monkeypatch.setattr(posters_training, "fit", spy)
    monkeypatch.setattr(posters_training, "HEAD", replace(posters_training.HEAD, epochs=3))
    asked = options("resnet50", weights=str(tiny.resnet(tmp_path)), finetune="all", epochs=2, learning_rate=1e-4)
    model = train(inputs, labels, asked, lambda epoch, total, figures: reported.append((epoch, total)))
    assert trainings == [("Head", 3, 1e-3), ("OnPictures", 2, 1e-4)]
    assert model.network.head.hidden is not None
    assert reported == [(epoch, 5) for epoch in range(1, 6)]


def test_the_whole_poster_is_squeezed_into_the_square(red_and_blue: Any, tmp_path: Path) -> None:
    model = learned(red_and_blue, "vgg16", epochs=1)
    assert model.preprocessing == Squared(
        (32, 32), None, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225), resample=Image.Resampling.BILINEAR
    )
    tall = Image.new("RGB", (40, 120), "black")
    tall.paste("white", (0, 0, 40, 20))  # a title that a crop would lose
    assert model.preprocessing.prepare(tall)[:4].min() > 200


@pytest.mark.parametrize(
    ("name", "changes", "sentence"),
    [
        ("resnet50", {"weights": "resnet.pth"}, "from a folder or by a hub id"),
        ("vgg16", {"weights": "some/hub-id"}, "reads its weights from a file"),
        ("vgg16", {"weights": "FOLDER"}, "reads its weights from a file"),
        ("vit-b16", {"weights": "FOLDER"}, "holds a model of type 'resnet', and vit-b16 is of type 'vit'"),
        ("backbone", {}, "name a hub id or a folder"),
        ("backbone", {"weights": "none"}, "name a hub id or a folder"),
        ("feedforward", {"weights": "FOLDER"}, "no published weights"),
        ("feedforward", {"finetune": "last-block"}, "always trained whole"),
        ("inception-v3", {"size": 64}, "at least 75 pixels"),
        ("resnet50", {"size": 16}, "at least 32 pixels"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_in_one_sentence(
    name: str, changes: dict[str, Any], sentence: str, red_and_blue: Any, tmp_path: Path
) -> None:
    folder = str(tiny.resnet(tmp_path))
    given = {key: folder if value == "FOLDER" else value for key, value in changes.items()}
    with pytest.raises(BadOption, match=sentence):
        learned(red_and_blue, name, **given)


def test_weights_that_cannot_be_had_are_told_apart_from_options_that_do_not_fit(
    red_and_blue: Any, tmp_path: Path
) -> None:
    with pytest.raises(EncoderUnavailable, match="There is no file"):
        learned(red_and_blue, "vgg16", weights=str(tmp_path / "nowhere.pth"))
    with pytest.raises(EncoderUnavailable, match="There is no encoder folder"):
        learned(red_and_blue, "resnet50", weights=str(tmp_path / "nowhere"))


def test_a_network_without_bounds_is_refused(red_and_blue: Any) -> None:
    with pytest.raises(ValueError, match="smaller learning rate"):
        learned(red_and_blue, "feedforward", epochs=2, optimizer="sgd", learning_rate=1e30)


@pytest.mark.django_db
def test_from_labels_to_a_champion_that_predicts(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Retrained, sealed, promoted and asked again by a process that knows its folder alone."""
    terms = [make_term("romance"), make_term("thriller")]
    for number in range(60):
        film, sha256 = make_film(key=f"film-{number:02}"), f"{number:064x}"
        for term in terms:
            import_label(film, term, Label.Value.YES if term is terms[number % 2] else Label.Value.NO)
        if number % 10:
            tiny.poster(Path(settings.MEDIA_ROOT) / poster_path(sha256), number)
            Film.objects.filter(pk=film.pk).update(poster_sha256=sha256)
    asked = RetrainOptions(architecture="resnet50", min_films=5, epochs=2, promote="force", precision="fp32")
    version = retraining.retrain(asked, Silent()).version
    assert version is not None
    assert version.config["encoders"] == []
    registry._loaded.clear()
    predict_stale(version, progress=Silent())
    seen = {film.key: film.predictions.get() for film in Film.objects.prefetch_related("predictions")}
    assert [key for key, said in seen.items() if said.inputs == []] == [f"film-{n:02}" for n in range(0, 60, 10)]
    assert len({tuple(said.scores) for said in seen.values()}) > 40
    assert seen["film-00"].scores == seen["film-10"].scores


# Decoding ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", [0, 10**9])
def test_pictures_are_the_same_whether_there_is_room_for_them_or_not(room: int, red_and_blue: Any) -> None:
    preprocessing = Squared((16, 16), None, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
    pictures = Pictures(red_and_blue[0].posters, preprocessing, room=room)
    rows = torch.tensor([3, 0, 3, 39])
    expected = np.stack([preprocessing.read(red_and_blue[0].posters[row]) for row in rows])
    for _ in range(2):
        np.testing.assert_array_equal(pictures[rows].numpy(), expected)
    np.testing.assert_array_equal(pictures.at(np.array([5, 3]))[torch.tensor([1])].numpy(), expected[:1])
