"""Clips and frames over the API."""

from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from catalog.models import Clip, Film, Job
from tests.factories import make_clip, make_film, make_frame

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _data(settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path
    cache.clear()


@pytest.fixture
def clip(film: Film) -> Clip:
    """A minute with two pairs and a frame for tags."""
    made = make_clip(film, name="night.mp4", strip_sha256="ab" * 32, strip_count=24, sections=[[1.0, 2.5]])
    for number in range(2):
        make_frame(made, 10.5 + number, next_sha256=f"{number:064x}", motion=number * 1.5, number=number)
    make_frame(made, 3.0)
    return made


def test_the_clips_of_a_film(anonymous: APIClient, film: Film, clip: Clip) -> None:
    make_clip(make_film())
    [found] = anonymous.get(f"/api/films/{film.key}/clips/").json()["results"]
    wanted = {"id": clip.pk, "film": film.key, "name": "night.mp4", "seconds": 60.0, "sections": [[1.0, 2.5]]}
    assert wanted.items() <= found.items()
    assert found["frames"] == {"pair": 2, "tagging": 1}
    assert found["strip"] == f"http://testserver/media/frames/ab/{'ab' * 32}.jpg"
    assert anonymous.get(f"/api/clips/{clip.pk}/").json() == found


def test_names_of_people_are_for_those_who_decide(
    anonymous: APIClient, as_curator: APIClient, clip: Clip, curator: Any
) -> None:
    Clip.objects.update(added_by=curator)
    assert anonymous.get(f"/api/clips/{clip.pk}/").json()["by"] is None
    assert as_curator.get(f"/api/clips/{clip.pk}/").json()["by"] == "carla"


def test_frames_by_use(anonymous: APIClient, clip: Clip) -> None:
    every = anonymous.get(f"/api/clips/{clip.pk}/frames/").json()["results"]
    assert [(frame["use"], frame["seconds"], frame["motion"]) for frame in every] == [
        ("pair", 10.5, 0.0),
        ("pair", 11.5, 1.5),
        ("tagging", 3.0, None),
    ]
    assert every[0]["next_picture"].endswith(f"{0:064x}.jpg")
    assert every[2]["next_picture"] is None
    assert len(anonymous.get(f"/api/clips/{clip.pk}/frames/", {"use": "tagging"}).json()["results"]) == 1
    assert anonymous.get(f"/api/clips/{clip.pk}/frames/", {"use": "all"}).status_code == 400
    assert anonymous.get(f"/api/clips/{clip.pk}/frames/", {"clip__film__key": "x"}).status_code == 400


def test_choosing_sections(as_curator: APIClient, clip: Clip) -> None:
    changed = as_curator.patch(f"/api/clips/{clip.pk}/", {"sections": "0:10-0:20.5"})
    assert (changed.status_code, changed.json()["sections"]) == (200, [[10.0, 20.5]])
    for wrong in ({"sections": "soon"}, {"sections": "0:50-2:00"}, {}, {"sections": ["0:10-0:20"]}):
        refused = as_curator.patch(f"/api/clips/{clip.pk}/", wrong)
        assert (refused.status_code, list(refused.json())) == (400, ["sections"])
    assert as_curator.patch(f"/api/clips/{clip.pk}/", {"sections": ""}).json()["sections"] == []


def test_nothing_else_of_a_clip_can_be_changed(as_admin: APIClient, clip: Clip) -> None:
    before = Clip.objects.values().get()
    sent = dict.fromkeys(before, 1) | {"sections": "", "film": "x", "sha256": "0" * 64}
    assert as_admin.patch(f"/api/clips/{clip.pk}/", sent).status_code == 200
    assert Clip.objects.values().get() == before | {"sections": []}


def test_extracting_frames_is_a_job(as_curator: APIClient, clip: Clip) -> None:
    wanted = {"use": "tagging", "every": 2.5, "size": "320x180", "sections": "0:10-0:20"}
    started = as_curator.post(f"/api/clips/{clip.pk}/extract/", wanted)
    job = Job.objects.get()
    assert (started.status_code, started["Location"]) == (202, f"/api/jobs/{job.pk}/")
    assert job.params == {"clip": clip.pk, "name": "night.mp4", **wanted}
    assert as_curator.post(f"/api/clips/{clip.pk}/extract/", {"use": "pair"}).status_code == 409


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"use": "both"},
        {"use": "pair", "every": 2},
        {"use": "tagging", "every": 2, "scenes": True},
        {"use": "pair", "size": "large"},
        {"use": "pair", "size": "1x1"},
        {"use": "pair", "pairs": 0},
        {"use": "pair", "sections": "9:00-9:30"},
        {"use": "pair", "seed": -1},
        {"use": "pair", "seed": 2**80},
        {"use": "tagging", "most": 10**9},
    ],
)
def test_what_cannot_be_extracted_is_refused(as_curator: APIClient, clip: Clip, wanted: dict[str, Any]) -> None:
    assert as_curator.post(f"/api/clips/{clip.pk}/extract/", wanted).status_code == 400
    assert not Job.objects.exists()


def test_removing_a_clip(as_curator: APIClient, as_viewer: APIClient, clip: Clip) -> None:
    assert as_viewer.delete(f"/api/clips/{clip.pk}/").status_code == 403
    assert as_curator.delete(f"/api/clips/{clip.pk}/").status_code == 204
    assert not Clip.objects.exists()


def test_clips_of_a_film_that_is_not_for_the_caller_are_not_there(
    as_curator: APIClient, as_admin: APIClient, film: Film, clip: Clip
) -> None:
    Film.objects.update(published=False)
    for address in (f"/api/films/{film.key}/clips/", f"/api/clips/{clip.pk}/", f"/api/clips/{clip.pk}/frames/"):
        assert as_curator.get(address).status_code == 404
        assert as_admin.get(address).status_code == 200
    assert as_curator.post(f"/api/clips/{clip.pk}/extract/", {"use": "pair"}).status_code == 404
    assert as_curator.delete(f"/api/clips/{clip.pk}/").status_code == 404


def test_the_list_costs_the_same_for_many(
    anonymous: APIClient, film: Film, clip: Clip, django_assert_num_queries: Any
) -> None:
    for _number in range(5):
        make_frame(make_clip(film), 1.0)
    with django_assert_num_queries(2):
        assert len(anonymous.get(f"/api/films/{film.key}/clips/").json()["results"]) == 6
