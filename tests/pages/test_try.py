"""The try page: what goes in, who may, what is shown of the answer, adding it to the library and leaving no trace."""

import io
from typing import Any

import numpy as np
import pytest
from celery import current_app
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from catalog.models import Film, Job, Term
from inference import looking, trying
from inference.trying import Answer, Said
from tests.factories import make_film, make_term, make_version
from tests.pages.conftest import HTMX

pytestmark = pytest.mark.django_db
HERE = "/try/"
PLOT = "A count moves house."


@pytest.fixture(autouse=True)
def sent(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What workers were asked for."""
    settings.DATA_DIR = tmp_path
    cache.clear()
    found: list[Any] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **how: found.append((name, how["args"], how["queue"])))
    return found


def picture(colour: tuple[int, int, int] = (40, 50, 60)) -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (240, 360), colour).save(file, "PNG")
    return SimpleUploadedFile("poster.png", file.getvalue(), "image/png")


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def ask(client: Client, **given: Any) -> str:
    token: str = client.post(HERE, {"plot": PLOT, **given})["Location"].split("/")[2]
    return token


def answer(token: str, **fields: Any) -> str:
    """As the worker would; the address of the page."""
    heat = looking._png(np.ones((4, 3), np.float32))
    terms = [
        Said("genre", "horror", 0.93, 0.5, heat, ["top"], 1.5, -0.5),
        Said("genre", "comedy", 0.2, 0.4),
        Said("tag", "gothic", 0.8, 0.6),
        Said("tag", "retired", 0.9, 0.6),
    ]
    found = {"terms": terms, "versions": ["genres-3"], "inputs": ["plot", "poster"], **fields}
    trying.store(token, Answer(**found))
    return f"{HERE}{token}/"


@pytest.fixture(autouse=True)
def _terms(db: None) -> None:
    make_term("horror", name_ko="공포"), make_term("comedy")
    make_term("gothic", Term.Kind.TAG), make_term("retired", Term.Kind.TAG, active=False)


# Handing in ------------------------------------------------------------------------------------------------------


def test_anybody_may_open_it(client: Client) -> None:
    make_version(make_term("horror"))
    page = text(client.get(HERE))
    assert 'name="poster"' in page and 'name="plot"' in page and "genres-1" in page


def test_it_says_where_there_is_no_model(client: Client) -> None:
    assert "There is no model yet: only the nearest films can be told." in text(client.get(HERE))


def test_what_is_handed_in_is_kept_re_encoded_and_asked_about(client: Client, sent: list[Any]) -> None:
    response = client.post(
        HERE, {"title": " The  Count ", "plot": PLOT, "poster": picture(), "frames": [picture(), picture()]}
    )
    token = response["Location"].split("/")[2]
    assert sent == [("inference.try", [token], "interactive")]
    folder = trying.scratch.folder(token)
    assert {path.name for path in folder.iterdir()} == {"poster.jpg", "frame-0.jpg", "frame-1.jpg", "question.json"}
    assert folder.stat().st_mode & 0o077 == 0
    asked = trying.question(token)
    assert (asked.title, asked.plot, asked.poster, asked.frames, asked.clip) == ("The Count", PLOT, True, 2, False)
    with Image.open(folder / "poster.jpg") as kept:
        assert kept.format == "JPEG"


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({}, 422, "Hand in a poster, a plot, frames or a clip first."),
        ({"title": "Only a title"}, 422, "Hand in a poster"),
        ({"plot": "  \0 "}, 422, "Hand in a poster"),
        ({"plot": "x" * 5001}, 422, "a plot at most 5000"),
        ({"plot": "x", "title": "x" * 301}, 422, "at most 300 characters"),
        ({"poster": b"GIF89a nothing"}, 415, "not a JPEG, PNG or WebP"),
        ({"frames": [b"x"] * 9}, 422, "At most 8 frames"),
    ],
)
def test_what_cannot_be_looked_at_is_refused_with_a_sentence(
    client: Client, sent: list[Any], fields: dict[str, Any], status: int, sentence: str
) -> None:
    def file(value: Any) -> Any:
        return SimpleUploadedFile("a", value) if isinstance(value, bytes) else value

    given = {name: [file(one) for one in v] if isinstance(v, list) else file(v) for name, v in fields.items()}
    response = client.post(HERE, given)
    assert response.status_code == status
    assert sentence in text(response)
    assert 'role="alert"' in text(response)
    assert not sent
    assert not list(trying.scratch.home().glob("*"))


def test_what_was_typed_is_still_there_after_a_refusal(client: Client) -> None:
    page = text(client.post(HERE, {"title": "The Count", "plot": "x" * 5001}))
    assert 'value="The Count"' in page and "x" * 5001 in page


def test_large_clips_are_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "CLIP_BYTES", 100)
    response = client.post(HERE, {"clip": SimpleUploadedFile("clip.mp4", b"x" * 200)})
    assert response.status_code == 413


def test_nobody_asks_without_end(client: Client, sent: list[Any], settings: Any) -> None:
    settings.SCENE_QUESTIONS = "2/min"
    assert [client.post(HERE, {"plot": PLOT}).status_code for _ in range(3)] == [302, 302, 429]
    response = client.post(HERE, {"plot": PLOT})
    assert 0 < int(response["Retry-After"]) <= 60
    assert len(sent) == 2


def test_claiming_other_addresses_does_not_help(client: Client, settings: Any) -> None:
    settings.SCENE_QUESTIONS = "2/min"
    claims = [{"X-Forwarded-For": f"10.0.0.{number}"} for number in range(3)]
    assert [client.post(HERE, {"plot": PLOT}, headers=claim).status_code for claim in claims] == [302, 302, 429]


def test_behind_a_proxy_of_ours_each_visitor_counts_alone(client: Client, settings: Any) -> None:
    settings.SCENE_QUESTIONS = "1/min"
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": 1}
    seen = ["10.0.0.1", "1.2.3.4, 10.0.0.2", "1.2.3.4, 10.0.0.1"]  # the last address is what the proxy saw
    asked = [client.post(HERE, {"plot": PLOT}, headers={"X-Forwarded-For": addresses}) for addresses in seen]
    assert [answer.status_code for answer in asked] == [302, 302, 429]


def test_a_private_site_asks_to_sign_in(client: Client, settings: Any) -> None:
    settings.PUBLIC = False
    for address in (HERE, f"{HERE}{'a' * 32}/", f"{HERE}{'a' * 32}/poster.jpg"):
        assert client.get(address)["Location"].startswith("/accounts/login/")
    assert client.post(f"{HERE}{'a' * 32}/forget/")["Location"].startswith("/accounts/login/")


# Waiting and reading -----------------------------------------------------------------------------------------------


def test_the_page_looks_again_and_then_gives_up(client: Client, sent: list[Any]) -> None:
    address = f"{HERE}{ask(client)}/"
    page = text(client.get(address))
    assert 'hx-trigger="load delay:700ms"' in page
    assert "The models are looking at it." in page
    part = text(client.get(f"{address}?looked=3", headers=HTMX))
    assert "<html" not in part and "looked=4" in part
    assert "Nobody has looked at it yet." in text(client.get(f"{address}?looked=50", headers=HTMX))
    assert len(sent) == 1, "one worker was asked once"


@pytest.mark.parametrize("token", ["horror", "a" * 32, "A" * 32, "0" * 31])
def test_unknown_questions_are_not_there(client: Client, token: str) -> None:
    assert client.get(f"{HERE}{token}/").status_code == 404
    assert client.get(f"{HERE}{token}/poster.jpg").status_code == 404


def test_genres_tags_maps_and_nearest_films_are_shown(client: Client) -> None:
    film = make_film("Nosferatu", year=1922)
    token = ask(client, poster=picture())
    shared = {str(film.pk): [("genre", "horror"), ("tag", "gothic"), ("tag", "gone")]}
    page = text(client.get(answer(token, near=[film.pk, 10**6], shared=shared)))
    assert page.index("Horror") < page.index("Comedy") < page.index("Gothic")
    assert "very likely" in page and "0.93" in page
    assert "Retired" not in page
    assert f'src="{HERE}{token}/poster.jpg"' in page and "data:image/png;base64," in page
    assert "top" in page and "75 %" in page and "25 %" in page and "against it" in page
    assert "Nosferatu" in page and "Both: Horror, Gothic" in page
    poster = client.get(f"{HERE}{token}/poster.jpg")
    assert poster["Content-Type"] == "image/jpeg" and "no-store" in poster["Cache-Control"]


def test_a_failure_and_notes_are_told(client: Client) -> None:
    assert "The model could not look at it." in text(
        client.get(answer(ask(client), failed="The model could not look at it."))
    )
    assert "No second frame." in text(client.get(answer(ask(client), notes=["No second frame."])))


def test_names_are_in_the_readers_language(client: Client) -> None:
    client.cookies["django_language"] = "ko"
    assert "공포" in text(client.get(answer(ask(client))))


def test_unpublished_films_are_not_shown(client: Client) -> None:
    film = make_film("Hidden", published=False)
    assert "Hidden" not in text(client.get(answer(ask(client), near=[film.pk])))


# What becomes of it ------------------------------------------------------------------------------------------------


def test_it_can_be_removed_at_once(client: Client) -> None:
    token = ask(client, poster=picture())
    response = client.post(f"{HERE}{token}/forget/", follow=True)
    assert "Removed: nothing of it is kept." in text(response)
    assert not trying.scratch.folder(token).exists()
    assert client.get(f"{HERE}{token}/").status_code == 404
    assert client.get(f"{HERE}{token}/forget/").status_code == 405


def test_a_curator_adds_it_to_the_library(carla: Client) -> None:
    token = ask(carla, title="The Count", poster=picture())
    assert "Add to the library" in text(carla.get(answer(token)))
    response = carla.post(f"{HERE}{token}/keep/", {"title": "The Count", "year": "1922"})
    film = Film.objects.get(title="The Count")
    assert response["Location"] == film.get_absolute_url()
    assert (film.key, film.year, film.plot, bool(film.poster_sha256)) == ("the-count-1922", 1922, PLOT, True)
    assert Job.objects.get(task="inference.predict").params == {"films": [film.key]}
    assert not trying.scratch.folder(token).exists()
    assert carla.post(f"{HERE}{token}/keep/", {"title": "The Count"}).status_code == 404


def test_a_name_that_is_taken_gets_a_number(carla: Client) -> None:
    make_film("The Count", key="the-count")
    for key in ("the-count-2", "the-count-3"):
        assert carla.post(f"{HERE}{ask(carla)}/keep/", {"title": "The Count"})["Location"] == f"/films/{key}/"
    assert carla.post(f"{HERE}{ask(carla)}/keep/", {"title": "백작"})["Location"].startswith("/films/")


@pytest.mark.parametrize(
    ("title", "year"), [("", ""), ("  ", ""), ("x" * 301, ""), ("x", "19"), ("x", "abcd"), ("x", "1500")]
)
def test_without_a_title_or_with_a_wrong_year_it_is_not_added(carla: Client, title: str, year: str) -> None:
    token = ask(carla)
    answer(token)
    response = carla.post(f"{HERE}{token}/keep/", {"title": title, "year": year})
    assert response.status_code == 422
    assert 'role="alert"' in text(response)
    assert not Film.objects.exists()
    assert trying.scratch.folder(token).exists()


def test_viewers_and_strangers_add_nothing(client: Client, vera: Client) -> None:
    token = ask(client)
    address = answer(token)
    assert "Add to the library" not in text(vera.get(address))
    assert vera.post(f"{address}keep/", {"title": "x"}).status_code == 403
    assert client.post(f"{address}keep/", {"title": "x"})["Location"].startswith("/accounts/login/")
    assert not Film.objects.exists()
