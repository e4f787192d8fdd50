"""Heat maps on the film's page, on their own page and over the API."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from catalog.files import write_whole
from catalog.models import Film, Term
from inference import sight
from inference.views import DELAYS
from tests.factories import import_label, make_film, make_term, make_version, predict
from tests.pages.conftest import HTMX, counted
from tests.seen import store_sight
from training.models import ModelVersion

pytestmark = pytest.mark.django_db
SLUGS = ["comedy", "drama", "horror", "war"]


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    cache.clear()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What workers were asked for."""
    found: list[Any] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **how: found.append((name, how)))
    return found


@pytest.fixture
def champion(db: None) -> ModelVersion:
    Term.objects.update(active=False)
    terms = [make_term(slug, active=True) for slug in SLUGS]
    return make_version(*terms, config={"image_encoder": "starter"})


@pytest.fixture
def seen_film(champion: ModelVersion) -> Film:
    """Horror is proposed and drama said; comedy and war are unlikely."""
    film = make_film("Nosferatu", title_ko="노스페라투")
    Film.objects.filter(pk=film.pk).update(poster_sha256="a" * 64)
    film = Film.objects.get(pk=film.pk)
    predict(film, champion, 0.1, 0.4, 0.9, 0.2)
    import_label(film, Term.objects.get(kind="genre", slug="drama"))
    return film


def text(client: Client, address: str, **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def address(film: Film) -> str:
    return f"/films/{film.key}/heatmaps/"


# On the film's page ----------------------------------------------------------------------------------------


def test_the_film_page_asks_for_maps_once_it_is_there(client: Client, seen_film: Film, sent: list[Any]) -> None:
    page = text(client, f"/films/{seen_film.key}/")
    assert f'hx-get="{address(seen_film)}" hx-trigger="load"' in page
    assert sent == [], "the page itself asks for nothing"


@pytest.mark.parametrize("inputs", [("plot",), ()])
def test_it_does_not_where_the_model_saw_no_poster(client: Client, champion: ModelVersion, inputs: Any) -> None:
    film = make_film()
    Film.objects.filter(pk=film.pk).update(poster_sha256="b" * 64)
    predict(Film.objects.get(pk=film.pk), champion, 0.1, 0.1, 0.9, 0.1, inputs=inputs)
    assert "heatmaps/" not in text(client, f"/films/{film.key}/").replace("js/heatmaps", "")


def test_maps_are_made_and_asked_for_again(client: Client, seen_film: Film, sent: list[Any]) -> None:
    first = text(client, address(seen_film), **HTMX)
    assert f'hx-get="{address(seen_film)}?asked=1" hx-trigger="load delay:{DELAYS[0]}ms"' in first
    assert "Heat maps are being made." in first
    again = text(client, f"{address(seen_film)}?asked=1", **HTMX)
    assert "?asked=2" in again
    assert f"delay:{DELAYS[1]}ms" in again
    [(name, how)] = sent
    assert (name, how["args"]) == (sight.TASK, [seen_film.pk, sight.MAPS])


def test_without_workers_it_stops_asking_and_says_so(client: Client, seen_film: Film, sent: list[Any]) -> None:
    last = text(client, f"{address(seen_film)}?asked={len(DELAYS)}", **HTMX)
    assert "hx-get" not in last
    assert "Heat maps are not there yet. Come back later." in last


@pytest.mark.parametrize("asked", ["-1", "x", "1" * 400, "٣", ""])
def test_odd_numbers_are_taken_for_none(client: Client, seen_film: Film, sent: list[Any], asked: str) -> None:
    assert "asked=1" in text(client, f"{address(seen_film)}?asked={asked}", **HTMX)


def test_what_failed_is_said_and_not_asked_for_again(client: Client, seen_film: Film, sent: list[Any]) -> None:
    version = sight.champion_with_eyes()
    assert version is not None
    cache.set(sight.key(version, seen_film.input_hash), sight.FAILED)
    said = text(client, address(seen_film), **HTMX)
    assert "There are no heat maps of this poster" in said
    assert "hx-get" not in said
    assert sent == []


def test_maps_come_with_words_and_shares(client: Client, seen_film: Film, champion: ModelVersion) -> None:
    store_sight(champion, seen_film, SLUGS)
    part = text(client, address(seen_film), **HTMX)
    assert "<html" not in part
    assert part.count("<img") == 4
    assert "hx-get" not in part
    horror = part[part.index('id="genre-horror-seen"') :].split("</div>")[0]
    assert "Horror" in horror
    assert '<p class="heat__regions">upper right</p>' in horror
    words = horror.replace('<span class="figures">', "").replace("</span>", "")
    assert "Poster 25 % <em>against it</em> · plot 75 %</p>" in words


def test_open_rows_have_buttons_and_the_rest_is_there_to_be_pointed_at(
    client: Client, seen_film: Film, champion: ModelVersion
) -> None:
    store_sight(champion, seen_film, SLUGS)
    part = text(client, address(seen_film), **HTMX)
    assert part.count("data-heat-button") == 2
    for slug, named in (("horror", True), ("drama", True), ("war", False), ("comedy", False)):
        assert (
            f'data-heat-button="genre-{slug}" aria-pressed="false" aria-describedby="genre-{slug}-seen"' in part
        ) == named
        assert f'data-heat="genre-{slug}" src="/films/' in part
    assert part.index("genre-horror") < part.index("genre-drama") < part.index("genre-comedy")


def test_a_film_without_open_rows_has_buttons_for_the_likeliest(client: Client, champion: ModelVersion) -> None:
    film = make_film()
    Film.objects.filter(pk=film.pk).update(poster_sha256="c" * 64)
    film = Film.objects.get(pk=film.pk)
    predict(film, champion, 0.1, 0.4, 0.3, 0.2)
    store_sight(champion, film, SLUGS)
    assert text(client, address(film), **HTMX).count("data-heat-button") == 3


# A map -----------------------------------------------------------------------------------------------------


def test_a_map_is_a_picture_that_may_be_kept(client: Client, seen_film: Film, champion: ModelVersion) -> None:
    store_sight(champion, seen_film, SLUGS)
    url = f"{address(seen_film)}genres-1-{seen_film.input_hash[:12]}/horror.png"
    assert url in text(client, address(seen_film), **HTMX)
    response = client.get(url)
    assert response.content.startswith(b"\x89PNG")
    assert response["Content-Type"] == "image/png"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_keys_of_every_kind_have_maps(client: Client, seen_film: Film, champion: ModelVersion) -> None:
    Film.objects.filter(pk=seen_film.pk).update(key="영화 1%")
    film = Film.objects.get(pk=seen_film.pk)
    store_sight(champion, film, SLUGS)
    part = client.get(reverse("heatmaps", args=[film.key]), headers=HTMX).content.decode()
    url = part.split('src="')[1].split('"')[0]
    assert client.get(url).content.startswith(b"\x89PNG")


def test_maps_of_other_versions_inputs_and_terms_are_not_there(
    client: Client, seen_film: Film, champion: ModelVersion
) -> None:
    store_sight(champion, seen_film, SLUGS)
    for which, slug in (
        (f"genres-2-{seen_film.input_hash[:12]}", "horror"),
        (f"genres-1-{'0' * 12}", "horror"),
        (f"genres-1-{seen_film.input_hash[:12]}", "western"),
    ):
        assert client.get(f"{address(seen_film)}{which}/{slug}.png").status_code == 404


def test_maps_of_unpublished_films_are_for_admins_only(
    client: Client, carla: Client, ada: Client, seen_film: Film, champion: ModelVersion
) -> None:
    Film.objects.filter(pk=seen_film.pk).update(published=False)
    store_sight(champion, seen_film, SLUGS)
    url = f"{address(seen_film)}genres-1-{seen_film.input_hash[:12]}/horror.png"
    for one, status in ((client, 404), (carla, 404), (ada, 200)):
        assert one.get(url).status_code == status
        assert one.get(address(seen_film)).status_code == status


def test_on_a_closed_site_maps_are_for_those_who_are_signed_in(
    client: Client, vera: Client, seen_film: Film, champion: ModelVersion, settings: Any
) -> None:
    settings.PUBLIC = False
    store_sight(champion, seen_film, SLUGS)
    url = f"{address(seen_film)}genres-1-{seen_film.input_hash[:12]}/horror.png"
    assert client.get(url).status_code == 302
    assert client.get(address(seen_film)).status_code == 302
    assert vera.get(url)["Cache-Control"].startswith("private")


# The page of its own ---------------------------------------------------------------------------------------


def test_without_javascript_there_is_a_page_with_all_maps(
    client: Client, seen_film: Film, champion: ModelVersion
) -> None:
    store_sight(champion, seen_film, SLUGS, weights=[0.3, 0.7])
    page = text(client, address(seen_film))
    assert page.count('class="heat-card"') == 4
    assert "<h1>Where the model looked</h1>" in page
    assert "raise its score with genres-1" in page
    assert "The model itself weighed the poster 70 % and the plot 30 %." in page


def test_in_korean(client: Client, seen_film: Film, champion: ModelVersion) -> None:
    store_sight(champion, seen_film, SLUGS)
    client.cookies["django_language"] = "ko"
    page = text(client, address(seen_film))
    assert "노스페라투" in page
    assert "공포" in page or "(한)" in page


@pytest.mark.parametrize("image", ["none", ""])
def test_a_champion_without_eyes_is_named_as_such(client: Client, seen_film: Film, image: str, sent: list[Any]) -> None:
    ModelVersion.objects.update(config={"image_encoder": image})
    assert "The present champion looks at no posters." in text(client, address(seen_film))
    assert "<p" not in text(client, address(seen_film), **HTMX)
    assert sent == []


def test_a_film_without_a_poster_has_no_maps(client: Client, champion: ModelVersion, sent: list[Any]) -> None:
    assert "This film has no poster." in text(client, address(make_film()))
    assert sent == []


def test_a_film_with_many_genres_costs_as_many_queries_as_one_with_few(
    client: Client, seen_film: Film, champion: ModelVersion
) -> None:
    costs = []
    for slugs in (SLUGS[:1], SLUGS):
        store_sight(champion, seen_film, slugs)
        with counted() as queries:
            text(client, address(seen_film), **HTMX)
            costs.append(queries())
    assert costs[0] == costs[1] < 12


# Feature maps ----------------------------------------------------------------------------------------------


def test_curators_may_ask_for_feature_maps(
    carla: Client, vera: Client, seen_film: Film, champion: ModelVersion, sent: list[Any]
) -> None:
    url = f"/films/{seen_film.key}/features/"
    store_sight(champion, seen_film, SLUGS)
    assert url in text(carla, address(seen_film))
    assert url not in text(vera, address(seen_film))
    assert "Feature maps are being made." in text(carla, url)
    [(_name, how)] = sent
    assert how["args"] == [seen_film.pk, sight.FEATURES]
    made = sight.Features(png="AAAA", count=32, of=64, width=48, height=72)
    write_whole(sight.path(champion, seen_film.input_hash, sight.FEATURES), json.dumps(asdict(made)).encode())
    part = text(carla, url, **HTMX)
    assert 'src="data:image/png;base64,AAAA"' in part
    assert "makes 32 pictures of 48 × 72 cells" in part
    assert "There are 64 in all." in part
    assert "hx-get" not in part


# Over the API ----------------------------------------------------------------------------------------------


def test_the_api_has_maps_made_and_gives_them(
    client: Client, seen_film: Film, champion: ModelVersion, sent: list[Any]
) -> None:
    url = f"/api/films/{seen_film.key}/heatmaps/"
    assert client.get(url).json() == {
        "state": "making", "version": "genres-1", "inputs": [], "weights": None, "maps": []
    }  # fmt: skip
    assert len(sent) == 1
    store_sight(champion, seen_film, SLUGS)
    found = client.get(url).json()
    assert (found["state"], found["inputs"]) == ("ready", ["plot", "poster"])
    assert [one["slug"] for one in found["maps"]] == ["horror", "drama", "war", "comedy"]
    horror = found["maps"][0]
    assert (horror["kind"], horror["regions"], horror["plot"], horror["poster"]) == (
        "genre",
        ["upper-right"],
        1.5,
        -0.5,
    )
    assert client.get(horror["picture"]).content.startswith(b"\x89PNG")


def test_the_api_says_where_there_is_nothing(client: Client, champion: ModelVersion, sent: list[Any]) -> None:
    assert client.get(f"/api/films/{make_film().key}/heatmaps/").json()["state"] == "none"
    assert sent == []
