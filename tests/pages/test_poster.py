"""Another poster for a film."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from catalog.models import Film, Job, Poster

pytestmark = pytest.mark.django_db


def picture(format: str = "JPEG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (200, 300), (120, 40, 30)).save(file, format)
    return file.getvalue()


def send(client: Client, film: Film, data: bytes | None, **extra: Any) -> Any:
    form = {} if data is None else {"poster": SimpleUploadedFile("poster.jpg", data)}
    return client.post(reverse("poster-upload", args=[film.key]), form, **extra)


def test_a_curators_picture_becomes_the_poster(carla: Client, film: Film) -> None:
    assert send(carla, film, picture())["Location"] == film.get_absolute_url()
    film.refresh_from_db()
    assert film.poster_sha256 == Poster.objects.get().sha256
    assert carla.get(film.poster_url).status_code == 200
    assert carla.get(film.thumbnail_url).status_code == 200
    assert Job.objects.get().task == "inference.predict"


def test_viewers_and_strangers_replace_no_poster(client: Client, vera: Client, film: Film) -> None:
    assert send(vera, film, picture()).status_code == 403
    assert send(client, film, picture()).status_code == 302
    assert not Poster.objects.exists()


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"just text", 415),
        (picture("GIF"), 415),
        (picture()[:400], 422),
        (b"", 415),
        (None, 422),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(
    carla: Client, film: Film, data: bytes | None, status: int
) -> None:
    response = send(carla, film, data)
    assert response.status_code == status
    assert "Nothing was changed." in response.content.decode()
    film.refresh_from_db()
    assert (film.poster_sha256, film.revision) == ("", 1)


def test_three_gigabytes_are_refused_before_they_are_read(carla: Client, film: Film) -> None:
    response = send(carla, film, b"", CONTENT_LENGTH=str(3 * 2**30))
    assert response.status_code == 413


def test_a_picture_over_the_limit_is_refused(carla: Client, film: Film, settings: Any) -> None:
    settings.POSTER_MAX_BYTES = 1000
    assert send(carla, film, b"\xff\xd8" + bytes(2000)).status_code == 413
