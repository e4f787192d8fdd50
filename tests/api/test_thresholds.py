"""A version's threshold of one term over HTTP."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from catalog.models import Job, Term, User
from tests.factories import make_term, make_version
from tests.inference.test_thresholds import film_of, known, scored
from training.models import Cut, ModelVersion

pytestmark = pytest.mark.django_db
ADDRESS = "/api/versions/genres-1/terms/horror/"


@pytest.fixture
def version() -> ModelVersion:
    horror: Term = make_term("horror", active=True)
    version = make_version(horror)
    known(version, horror, "validation", {0.9: "yes", 0.8: "no", 0.3: "yes"})
    known(version, horror, "test", {0.75: "yes"})
    scored(version, film_of("train"), 0.65)
    return version


def test_it_has_what_the_page_has(anonymous: APIClient, version: ModelVersion) -> None:
    said = anonymous.get(ADDRESS).data
    assert said["now"] == said["fitted"] == {"at": 0.5, "precision": 0.5, "recall": 0.5, "f1": 0.5, "films": 1}
    assert said["test"] == {"at": 0.5, "precision": 1.0, "recall": 1.0, "f1": 1.0, "films": 1}
    assert (len(said["steps"]), said["steps"][85]["precision"], said["open_films"]) == (101, 1.0, 1)
    assert said["validation_films"] == {"films": 3, "yes": 2}
    assert (said["predicted"], said["split_known"], said["reliability"]["enough"]) == (True, True, False)
    # 0.9, 0.8, 0.3 and 0.75: 0.1 + 0.8 + 0.7 + 0.25 over four films
    assert said["reliability"]["error"] == pytest.approx(1.85 / 4)
    assert [each["films"] for each in said["reliability"]["bins"]] == [0, 0, 0, 1, 0, 0, 0, 1, 1, 1]


def test_set_it_and_go_back(as_admin: APIClient, admin: User, version: ModelVersion) -> None:
    answer = as_admin.put(ADDRESS, {"value": 0.7, "reason": "better", "by": 1})
    assert (answer.status_code, answer.data["now"]["at"], answer.data["now"]["films"]) == (200, 0.7, 0)
    assert as_admin.get("/api/versions/genres-1/").data["thresholds"] == [0.7]
    change = Cut.objects.get()
    assert (change.by, change.reason) == (admin, "better")
    back = as_admin.put(ADDRESS, {"value": None})
    assert (back.status_code, back.data["now"]["at"]) == (200, 0.5)
    assert as_admin.put(ADDRESS, {"value": None}).status_code == 409


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"value": 0.7}, 409), ({"value": 0.5, "reason": "x"}, 409), ({"value": 1.5, "reason": "x"}, 400),
        ({"value": "x", "reason": "x"}, 400), ({"value": "nan", "reason": "x"}, 400), ({}, 400), ([], 400),
        ({"value": 0.7, "reason": "x" * 301}, 400),
    ],
)  # fmt: skip
def test_what_is_refused(as_admin: APIClient, version: ModelVersion, body: Any, status: int) -> None:
    answer = as_admin.put(ADDRESS, body)
    assert answer.status_code == status, answer.data
    assert not Cut.objects.exists()
    assert not Job.objects.exists()


def test_only_admins_set_it(anonymous: APIClient, as_curator: APIClient, version: ModelVersion) -> None:
    body = {"value": 0.7, "reason": "x"}
    assert [caller.put(ADDRESS, body).status_code for caller in (anonymous, as_curator)] == [401, 403]


def test_what_is_not_there_is_not_found(anonymous: APIClient, version: ModelVersion) -> None:
    for address in ("/api/versions/genres-9/terms/horror/", "/api/versions/genres-1/terms/nonsense/"):
        assert anonymous.get(address).status_code == 404
