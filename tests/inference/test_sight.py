"""What the champion sees in a film, from the worker's step to the file that pages read."""

import base64
import io
import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from celery import current_app
from django.core.cache import cache
from PIL import Image

from catalog.models import Film
from catalog.progress import Silent
from inference import explain, looking, sight
from inference.predict import load, read_inputs
from inference.tasks import see_task
from tests.factories import make_film
from tests.training.films import made_up_films
from training import registry, vectors
from training.architectures.heads import HeadsConfig, train_heads
from training.encoders import image_encoder
from training.films import read_films
from training.inputs import TrainingData
from training.loop import LoopOptions
from training.models import ModelVersion

pytestmark = pytest.mark.django_db
Give = Any


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"
    cache.clear()


@pytest.fixture(scope="module")
def data() -> TrainingData:
    """Films whose posters' vectors are as long as the starter encoder's."""
    films = made_up_films(300)
    vectors = np.random.default_rng(0).normal(0.5, 1, (300, 256)).astype(np.float32)
    vectors[:, :6] = films.image_vectors
    return TrainingData(**{**vars(films), "image_vectors": vectors, "text_vectors": np.zeros((300, 0), np.float32)})


def make_champion(data: TrainingData, folder: Path, **config: object) -> ModelVersion:
    """Heads on words and on the posters' vectors of the encoder that comes with the project."""
    small = HeadsConfig(hidden_image=8, nets=1, loop=LoopOptions(epochs=2, batch=64))
    heads = train_heads(data, small, seed=len(list(folder.glob("made-*"))))
    made = folder / f"made-{len(list(folder.glob('made-*')))}"
    made.mkdir(parents=True)
    heads.save(made)
    written = {
        "task": "genres", "architecture": "heads", "terms": list(data.terms), "thresholds": [0.5] * 3, "metrics": {},
        "text_encoder": "none", "image_encoder": "starter", "dataset_hash": "x", **config,
    }  # fmt: skip
    (made / "config.json").write_text(json.dumps(written))
    version = registry.register(made)
    registry.promote(version, user=None)
    return ModelVersion.objects.get(pk=version.pk)


@pytest.fixture
def eyed(db: None, data: TrainingData, tmp_path: Path) -> ModelVersion:
    return make_champion(data, tmp_path)


@pytest.fixture
def seen_film(eyed: ModelVersion, give_poster: Give) -> Film:
    film = make_film("Western", plot="A sheriff rides into town.", year=1952, language="en")
    give_poster(film, 3)
    return Film.objects.get(pk=film.pk)


def picture(png: str) -> np.ndarray:
    return np.array(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGBA"))


def test_a_worker_makes_maps_of_every_genre(eyed: ModelVersion, seen_film: Film) -> None:
    assert sight.read(eyed, seen_film) is None
    see_task(seen_film.pk)
    seen = sight.read(eyed, seen_film)
    assert seen is not None
    assert (seen.version, seen.inputs, seen.weights) == ("genres-1", ["plot", "poster"], None)
    assert list(seen.terms) == ["western", "sci-fi", "horror"]
    for term in seen.terms.values():
        colours = picture(term.png)
        assert colours.shape[0] == round(1.5 * colours.shape[1])
        assert 0 < colours[..., 3].min() < colours[..., 3].max() < 255
        assert set(term.regions) <= set(explain.REGIONS)
        assert term.regions


def test_the_colours_are_those_of_the_scale(eyed: ModelVersion, seen_film: Film) -> None:
    heat = np.linspace(0, 1, 96, dtype=np.float32).reshape(1, 96).repeat(4, 0)
    colours = picture(looking._png(heat))
    assert colours[0, 0, :3].tolist() == [68, 1, 84]
    assert colours[0, -1, :3].tolist() == [253, 231, 37]
    lightness = colours[0, :, :3].astype(float) @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(lightness) >= 0).all()
    assert (np.diff(colours[0, :, 3].astype(int)) >= 0).all()


def test_plot_and_poster_add_up_to_what_the_model_says(eyed: ModelVersion, seen_film: Film) -> None:
    looking.make(seen_film.pk)
    seen = sight.read(eyed, seen_film)
    assert seen is not None
    western = seen.terms["western"]
    assert western.plot > 0.5  # "sheriff" is the word for it
    assert western.shares is not None
    assert sum(western.shares) == pytest.approx(1)
    model, text, image = load(eyed)
    inputs = read_inputs(read_films(Film.objects.filter(pk=seen_film.pk)), text, image, model, Silent())
    score, prior = model.scores(inputs)[0, 0], model.scores(inputs.without_text().without_image())[0, 0]
    moved = np.log(score / (1 - score)) - np.log(prior / (1 - prior))
    assert western.plot + western.poster == pytest.approx(moved, abs=1e-3)


def test_without_a_plot_there_is_nothing_to_share(eyed: ModelVersion, seen_film: Film) -> None:
    Film.objects.filter(pk=seen_film.pk).update(plot="")
    film = Film.objects.get(pk=seen_film.pk)
    looking.make(film.pk)
    seen = sight.read(eyed, film)
    assert seen is not None
    assert seen.inputs == ["poster"]
    assert {term.shares for term in seen.terms.values()} == {None}


def test_an_edited_film_and_another_champion_are_looked_at_anew(
    eyed: ModelVersion, seen_film: Film, data: TrainingData, tmp_path: Path
) -> None:
    looking.make(seen_film.pk)
    Film.objects.filter(pk=seen_film.pk).update(plot="Another plot.")
    edited = Film.objects.get(pk=seen_film.pk)
    assert sight.read(eyed, edited) is None
    other = make_champion(data, tmp_path)
    assert sight.read(other, seen_film) is None
    assert sight.read(eyed, seen_film) is not None
    looking.make(edited.pk)
    assert sight.read(other, edited) is not None
    assert sight.read(eyed, seen_film) is None, "what former champions saw is removed"


def test_a_model_that_weighs_is_asked_for_its_weights(eyed: ModelVersion, seen_film: Film) -> None:
    model = registry.load(eyed)
    object.__setattr__(model.scorer, "modality_weights", lambda inputs: np.array([[0.25, 0.75]], np.float32))
    looking.make(seen_film.pk)
    seen = sight.read(eyed, seen_film)
    assert seen is not None
    assert seen.weights == [0.25, 0.75]


@pytest.mark.parametrize(
    ("architecture", "image", "eyes"),
    [
        ("heads", "starter", True),
        ("heads", "none", False),
        ("vgg16", "none", True),
        ("bert", "starter", False),
        ("gone", "starter", False),
    ],
)
def test_who_has_eyes(db: None, architecture: str, image: str, eyes: bool) -> None:
    version = ModelVersion(task="genres", architecture=architecture, config={"image_encoder": image})
    assert sight.has_eyes(version) is eyes


def test_a_damaged_file_is_as_good_as_none(eyed: ModelVersion, seen_film: Film) -> None:
    looking.make(seen_film.pk)
    path = sight.path(eyed, seen_film.input_hash)
    for text in ("", "{", "{}", '{"terms": {"western": {}}}', path.read_text().replace("regions", "places")):
        path.write_text(text)
        assert sight.read(eyed, seen_film) is None


def test_feature_maps_are_made_when_they_are_asked_for(eyed: ModelVersion, seen_film: Film) -> None:
    see_task(seen_film.pk, sight.FEATURES)
    assert sight.read(eyed, seen_film) is None
    made = sight.read_features(eyed, seen_film)
    assert made is not None
    assert (made.count, made.of, made.width, made.height) == (32, 32, 48, 72)  # of the starter encoder's first layer
    colours = picture(made.png)
    assert colours.shape[:2] == (4 * (72 + 2), 8 * (48 + 2))
    assert (colours[..., 3] == 255).all()
    third = colours[1:73, 2 * 50 + 1 : 2 * 50 + 49, :3]
    assert len(np.unique(third.reshape(-1, 3), axis=0)) > 5


# What cannot be looked at ----------------------------------------------------------------------------------


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    found: list[Any] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **how: found.append((name, how)))
    return found


def test_a_failure_is_logged_and_not_repeated_at_once(
    eyed: ModelVersion, seen_film: Film, give_poster: Give, caplog: pytest.LogCaptureFixture, sent: list[Any]
) -> None:
    give_poster(seen_film, 4, file=False)
    film = Film.objects.get(pk=seen_film.pk)
    with caplog.at_level(logging.WARNING):
        assert not looking.make(film.pk)
    assert "cannot be looked at by genres-1: the poster's file is missing" in caplog.text
    assert sight.ask(eyed, film) == sight.FAILED
    assert sent == []


def test_films_without_posters_and_films_that_are_gone_are_left_alone(eyed: ModelVersion) -> None:
    assert not looking.make(make_film().pk)
    assert not looking.make(10**6)


def test_one_worker_is_asked_however_many_look(eyed: ModelVersion, seen_film: Film, sent: list[Any]) -> None:
    assert [sight.ask(eyed, seen_film) for _reader in range(5)] == [sight.MAKING] * 5
    [(name, how)] = sent
    assert name == see_task.name
    assert (how["args"], how["queue"], how["expires"]) == ([seen_film.pk, sight.MAPS], "gpu", sight.WAIT_SECONDS)


def test_without_a_broker_it_is_quiet(
    eyed: ModelVersion, seen_film: Film, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_arguments: Any, **_options: Any) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(current_app, "send_task", away)
    assert sight.ask(eyed, seen_film) == sight.MAKING
    assert "nobody can be asked" in caplog.text


def test_a_plot_whose_vector_is_stored_needs_no_text_encoder(
    eyed: ModelVersion, seen_film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loading one takes longer than all the rest."""
    model = registry.load(eyed)
    encoders = ["bert 01", image_encoder("starter").name]
    other = replace(model, text_encoder="bert-there-is-not", config=model.config | {"encoders": encoders})
    monkeypatch.setattr(registry, "load", lambda version: other)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert not looking.make(seen_film.pk), "there is no such encoder"
    vectors.store("bert 01", [seen_film.text_hash], np.zeros((1, 4), np.float32))
    assert looking.make(seen_film.pk)
