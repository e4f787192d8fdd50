"""Tags from frames over the API."""

from typing import Any

import pytest
from django.test import Client

from catalog import jobs
from catalog.models import Film, Job, User
from inference.models import Tagging
from tests.factories import make_clip, make_frame

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "send", lambda job: None)


def generate(client: Client, film: Film, **body: Any) -> Any:
    address = f"/api/films/{film.key}/tags-from-frames/generate/"
    return client.post(address, body, content_type="application/json")


def test_what_taggers_saw(client: Client, film: Film) -> None:
    address = f"/api/films/{film.key}/tags-from-frames/"
    assert client.get(address).json() == []
    Tagging.objects.create(film=film, tagger="begun", frames=0, counts={})
    Tagging.objects.create(film=film, tagger="smol caption", frames=3, counts={"dark": 1, "rain": 2})
    [said] = client.get(address).json()
    assert (said["tagger"], said["version"], said["frames"]) == ("smol caption", None, 3)
    assert said["tags"] == [
        {"slug": "rain", "frames": 2, "ratio": 0.6667},
        {"slug": "dark", "frames": 1, "ratio": 0.3333},
    ]


def test_a_curator_has_a_film_tagged(client: Client, film: Film, curator: User) -> None:
    client.force_login(curator)
    refused = generate(client, film, tagger="dual")
    assert refused.status_code == 400 and "no frames yet" in refused.json()["tagger"][0]
    make_frame(make_clip(film), 1.0)
    answer = generate(client, film, tagger="dual", model="evil/model", url="http://10.0.0.1")
    assert answer.status_code == 202
    assert Job.objects.get().params == {
        "tagger": "dual", "size": "original", "everything": False, "films": [film.key],
    }  # fmt: skip


@pytest.mark.parametrize("body", [{}, {"tagger": "oracle"}, {"tagger": "plot", "size": "9x9"}, {"tagger": ["plot"]}])
def test_what_cannot_be_asked_for(client: Client, film: Film, curator: User, body: dict[str, Any]) -> None:
    client.force_login(curator)
    assert generate(client, film, **body).status_code == 400
    assert not Job.objects.exists()
