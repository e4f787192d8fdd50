"""The try page's twin for programs."""

import io
from typing import Any

import pytest
from celery import current_app
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from catalog.models import Film, Term, User
from inference import trying
from inference.tasks import try_task
from inference.trying import Answer, Said
from tests.factories import make_film, make_term
from training import registry

pytestmark = pytest.mark.django_db
PLOT = "A vampire count leaves his castle and drinks the blood of a young woman. Terror haunts the town at night."


@pytest.fixture(autouse=True)
def sent(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    settings.DATA_DIR = tmp_path
    cache.clear()
    found: list[Any] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **how: found.append(how["args"]))
    return found


def picture() -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (240, 360), (40, 50, 60)).save(file, "PNG")
    return SimpleUploadedFile("poster.png", file.getvalue(), "image/png")


def ask(client: Client, **given: Any) -> Any:
    return client.post("/api/try/", given)


def test_plot_and_poster_give_what_the_page_gives(client: Client, sent: list[Any]) -> None:
    registry.install_starters()
    asked = ask(client, title="The Count", plot=PLOT, poster=picture())
    assert (asked.status_code, asked.json()["state"]) == (202, "making")
    token = asked.json()["token"]
    assert sent == [[token]]
    assert asked["Location"].endswith(f"/api/try/{token}/")
    try_task(token)
    told = client.get(f"/api/try/{token}/").json()
    assert (told["state"], told["inputs"]) == ("ready", ["plot", "poster"])
    first = next(term for term in told["terms"] if term["proposed"])
    assert (first["kind"], first["slug"]) == ("genre", "horror")
    assert first["heatmap"] and first["regions"]
    assert not Film.objects.exists()
    assert client.delete(f"/api/try/{token}/").status_code == 204
    assert client.get(f"/api/try/{token}/").status_code == 404
    assert not trying.scratch.folder(token).exists()


def test_json_is_enough_for_a_plot(client: Client) -> None:
    assert client.post("/api/try/", {"plot": PLOT}, content_type="application/json").status_code == 202


def test_frames_in_their_order(client: Client) -> None:
    token = ask(client, frames=[picture(), picture()]).json()["token"]
    assert trying.question(token).frames == 2


def test_hidden_films_and_retired_terms_are_not_told(client: Client, admin: User) -> None:
    make_term("horror"), make_term("retired", Term.Kind.TAG, active=False)
    shown, hidden = make_film("Shown", year=1922), make_film("Hidden", published=False)
    token = ask(client, plot=PLOT).json()["token"]
    trying.store(
        token,
        Answer(
            terms=[Said("genre", "horror", 0.9, 0.5), Said("tag", "retired", 0.9, 0.5)],
            near=[hidden.pk, shown.pk],
            shared={str(shown.pk): [("genre", "horror")]},
        ),
    )
    told = client.get(f"/api/try/{token}/").json()
    assert [term["slug"] for term in told["terms"]] == ["horror"]
    assert told["near"] == [{"film": shown.key, "title": "Shown", "year": 1922, "shared": ["genre/horror"]}]
    client.force_login(admin)
    assert len(client.get(f"/api/try/{token}/").json()["near"]) == 2


@pytest.mark.parametrize(
    ("given", "status", "words"),
    [
        ({}, 422, "Hand in a poster"), ({"title": "The Count"}, 422, "Hand in a poster"),
        ({"plot": "x" * 5001}, 400, "5000"), ({"title": "x" * 301, "plot": PLOT}, 400, "300"),
        ({"poster": SimpleUploadedFile("x.jpg", b"<html>", "image/jpeg")}, 415, "JPEG"),
        ({"poster": "no file", "plot": PLOT}, 400, "file"),
    ],
)  # fmt: skip
def test_what_cannot_be_looked_at_is_refused(
    client: Client, sent: list[Any], given: dict[str, Any], status: int, words: str
) -> None:
    answer = ask(client, **given)
    assert (answer.status_code, words in answer.content.decode()) == (status, True), answer.content
    assert sent == []


def test_too_many_frames_are_refused(client: Client) -> None:
    assert ask(client, frames=[picture() for _ in range(9)]).status_code == 400


def test_who_asks_too_often_waits(client: Client, settings: Any) -> None:
    settings.SCENE_QUESTIONS = "2/min"
    answers = [ask(client, plot=PLOT) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert int(answers[-1]["Retry-After"]) > 0


def test_a_private_site_is_for_members(client: Client, settings: Any, admin: User) -> None:
    settings.PUBLIC = False
    assert ask(client, plot=PLOT).status_code == 401
    client.force_login(admin)
    assert ask(client, plot=PLOT).status_code == 202
