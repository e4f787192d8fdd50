"""Import, predict, decide, retrain, promote, predict again, import again: what a person said stands at the end."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from catalog.models import Decision, Film, FilmTerm, Label, User
from inference.models import Prediction
from tests.inference.toy_versions import encoder
from training import architectures, encoders
from training.models import ModelVersion

pytestmark = pytest.mark.django_db(transaction=True)
FILMS = 120


@pytest.fixture(autouse=True)
def _toy_architecture(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(architectures.ARCHITECTURES, "toy", architectures.Architecture("tests.training.toy"))
    yield
    encoders._loaded.clear()


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A file whose genres stand in the plots; the first film is a horror film that the file calls a comedy."""
    path = tmp_path / "films.csv"
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["imdb_id", "title", "year", "genres", "genres_source", "plot"])
        for n in range(FILMS):
            genre = "Comedy" if n % 2 == 0 else "Horror"
            plot = "A horror story." if n == 0 else f"A {genre.lower()} about number {n}."
            table.writerow([f"tt{7000000 + n}", f"Film {n}", 1950 + n % 50, genre, "imdb_moviegenre", plot])
    return path


def decide(client: Client, film: Film, slug: str, value: str) -> None:
    film.refresh_from_db()
    answer = client.post(reverse("decide", args=[film.key, "genre", slug]), {"value": value, "revision": film.revision})
    assert answer.status_code == 302


def states(film: Film) -> dict[str, tuple[str, str]]:
    labels = Label.objects.filter(film=film, term__slug__in=["comedy", "horror"]).select_related("term")
    return {label.term.slug: (label.value, label.source) for label in labels}


def test_what_a_person_said_survives_everything(catalogue: Path, tmp_path: Path, curator: User) -> None:
    encoding = {"text_encoder": str(encoder(tmp_path, "bert")), "image_encoder": "none"}
    call_command("import_films", catalogue, format="csv")
    call_command("retrain", "genres", architecture="toy", **encoding)
    call_command("predict")
    film = Film.objects.get(imdb_id="tt7000000")
    assert states(film) == {"comedy": ("yes", "import"), "horror": ("no", "import")}

    client = Client()
    client.force_login(curator)
    decide(client, film, "comedy", "no")
    decide(client, film, "horror", "yes")
    decided = {"comedy": ("no", "person"), "horror": ("yes", "person")}
    assert states(film) == decided
    logged = Decision.objects.filter(film=film, change_set__user=curator).order_by("id")
    assert [(d.before, d.after, d.shown_version) for d in logged] == [
        ("yes", "no", "genres-1"),
        ("no", "yes", "genres-1"),
    ]

    call_command("predict", all=True)
    call_command("retrain", "genres", architecture="toy", promote="force", **encoding)
    call_command("predict")
    call_command("import_films", catalogue, format="csv")
    call_command("import_films", catalogue, format="csv", rule=["genres=overwrite"])

    assert states(film) == decided
    assert ModelVersion.objects.get(champion=True).name == "genres-2"
    assert Prediction.objects.filter(version__champion=True).count() == FILMS
    assert set(FilmTerm.objects.filter(film=film).values_list("term__slug", "origin")) == {("horror", "person")}
    history = client.get(reverse("history", args=[film.key])).content.decode()
    assert history.count("carla") >= 2
