"""Serving posters."""

from pathlib import Path

import pytest
from django.conf import settings as site
from django.test import Client

from catalog.models import Film, User
from catalog.models.film import poster_path
from catalog.pictures import store_poster
from tests.factories import make_film
from tests.pictures import picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def poster(film: Film) -> str:
    store_poster(film, picture())
    film.refresh_from_db()
    return film.poster_url


def test_a_poster_is_a_picture_and_nothing_else(client: Client, film: Film, poster: str) -> None:
    for address in (poster, film.thumbnail_url):
        response = client.get(address)
        assert response.status_code == 200
        assert response["Content-Type"] == "image/jpeg"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response["Cache-Control"] == "public, max-age=31536000, immutable"
        assert b"".join(response.streaming_content).startswith(b"\xff\xd8")  # type: ignore[attr-defined]


def test_who_has_it_already_is_told_so(client: Client, poster: str) -> None:
    tag = client.get(poster)["ETag"]
    assert client.get(poster, headers={"if-none-match": tag}).status_code == 304
    assert client.get(poster, headers={"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "../secret_key",
        "posters/../../secret_key",
        "posters/%2e%2e/%2e%2e/secret_key",
        "posters/",
        "posters/ab/" + "cd" * 32 + ".jpg",  # the folder is not that of the name
        "posters/ab/" + "ab" * 32 + ".png",
        "posters/ab/" + "AB" * 32 + ".jpg",
        "posters/ab/" + "ab" * 32 + ".jpg\n",
        "posters/ab/." + "ab" * 32 + ".jpg.1-2",
        "/etc/passwd",
    ],
)
def test_nothing_else_is_served(client: Client, path: str) -> None:
    (Path(site.DATA_DIR) / "secret_key").touch()
    folder = Path(site.MEDIA_ROOT) / "posters" / "ab"
    folder.mkdir(parents=True)
    for name in ("cd" * 32 + ".jpg", "ab" * 32 + ".png", "." + "ab" * 32 + ".jpg.1-2"):
        (folder / name).write_bytes(b"x")
    assert client.get(f"/media/{path}").status_code == 404


def test_the_poster_of_an_unpublished_film_is_for_admins(
    client: Client, film: Film, poster: str, curator: User, admin: User
) -> None:
    Film.objects.filter(pk=film.pk).update(published=False)
    assert client.get(poster).status_code == 404
    client.force_login(curator)
    assert client.get(poster).status_code == 404
    client.force_login(admin)
    assert client.get(poster).status_code == 200


def test_a_poster_that_a_published_film_shares_is_for_all(client: Client, film: Film, poster: str) -> None:
    Film.objects.filter(pk=film.pk).update(published=False)
    store_poster(make_film(), picture())
    assert client.get(poster).status_code == 200


def test_a_poster_whose_film_has_another_one_now_is_still_there(client: Client, film: Film, poster: str) -> None:
    store_poster(film, picture(colour="navy"))
    assert client.get(poster).status_code == 200


def test_posters_of_a_closed_site_need_a_sign_in(
    client: Client, viewer: User, poster: str, settings: pytest.FixtureRequest
) -> None:
    settings.PUBLIC = False  # type: ignore[attr-defined]
    assert client.get(poster).status_code == 302
    client.force_login(viewer)
    assert client.get(poster)["Cache-Control"].startswith("private")


def test_serving_asks_the_database_once(client: Client, poster: str, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(1):  # type: ignore[operator]
        client.get(poster)


def test_posters_cannot_be_written_to(client: Client, poster: str) -> None:
    assert client.post(poster).status_code == 405
    assert (Path(site.MEDIA_ROOT) / poster_path(poster.split("/")[-1].removesuffix(".jpg"))).is_file()
