"""Serving posters and frames."""

from pathlib import Path

import pytest
from django.conf import settings as site
from django.test import Client

from catalog.models import Clip, Film, Frame, User
from catalog.models.clip import frame_path
from catalog.models.film import poster_path
from catalog.pictures import store_poster
from tests.factories import make_clip, make_film, make_frame
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


def test_a_size_that_was_never_made_is_the_poster_for_an_hour(client: Client, film: Film) -> None:
    store_poster(film, picture(800, 1200))
    film.refresh_from_db()
    address = film.poster_url.replace(".jpg", "-medium.jpg")
    made = client.get(address)
    (Path(site.MEDIA_ROOT) / address.removeprefix("/media/")).unlink()
    instead = client.get(address)
    whole = client.get(film.poster_url)
    assert instead["Cache-Control"] == "public, max-age=3600"
    assert instead["ETag"] == whole["ETag"] != made["ETag"]
    assert b"".join(instead.streaming_content) == b"".join(whole.streaming_content)  # type: ignore[attr-defined]


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


FRAME, NEXT, STRIP, NOBODYS = ("ab" * 32, "cd" * 32, "ef" * 32, "12" * 32)


@pytest.fixture
def clip(film: Film) -> Clip:
    """With a pair of frames and a strip, and a frame beside them that no clip has."""
    made = make_clip(film, strip_sha256=STRIP, strip_count=24)
    make_frame(made, 1.0, sha256=FRAME, next_sha256=NEXT)
    for sha256 in (FRAME, NEXT, STRIP, NOBODYS):
        path = Path(site.MEDIA_ROOT) / frame_path(sha256)
        path.parent.mkdir(parents=True)
        path.write_bytes(b"\xff\xd8 a picture")
    return made


def frame_url(sha256: str) -> str:
    return f"/media/{frame_path(sha256)}"


@pytest.mark.parametrize("sha256", [FRAME, NEXT, STRIP])
def test_frames_and_strips_are_served_like_posters(client: Client, clip: Clip, sha256: str) -> None:
    response = client.get(frame_url(sha256))
    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get(frame_url(sha256), headers={"if-none-match": response["ETag"]}).status_code == 304


@pytest.mark.parametrize("sha256", [FRAME, NEXT, STRIP])
def test_those_of_an_unpublished_film_are_for_admins(
    client: Client, clip: Clip, film: Film, curator: User, admin: User, sha256: str
) -> None:
    Film.objects.filter(pk=film.pk).update(published=False)
    assert client.get(frame_url(sha256)).status_code == 404
    client.force_login(curator)
    assert client.get(frame_url(sha256)).status_code == 404
    client.force_login(admin)
    assert client.get(frame_url(sha256)).status_code == 200


def test_a_frame_that_no_clip_has_any_more_is_served_to_nobody(client: Client, clip: Clip, admin: User) -> None:
    client.force_login(admin)
    assert client.get(frame_url(NOBODYS)).status_code == 404
    Frame.objects.all().delete()
    assert client.get(frame_url(FRAME)).status_code == 404


def test_serving_a_frame_asks_the_database_once(
    client: Client, clip: Clip, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(1):  # type: ignore[operator]
        client.get(frame_url(NEXT))


def test_clips_themselves_are_not_served(client: Client, clip: Clip) -> None:
    for path in (f"clips/{FRAME[:2]}/{FRAME}", f"frames/{FRAME[:2]}/{FRAME}", f"frames/00/{FRAME}.jpg", "uploads/x"):
        assert client.get(f"/media/{path}").status_code == 404
