"""Kept searches over the API."""

import pytest
from rest_framework.test import APIClient

from catalog.models import SavedSearch, Term, User

pytestmark = pytest.mark.django_db


def test_a_person_keeps_renames_and_deletes_a_search(as_viewer: APIClient, horror: Term) -> None:
    made = as_viewer.post("/api/searches/", {"name": "Fear", "query": "?sort=newest&genre=horror"}, format="json")
    assert made.status_code == 201
    assert (made.data["name"], made.data["query"]) == ("Fear", "genre=horror")
    assert made.data["address"] == "http://testserver/?genre=horror"
    assert made.data["feed"].endswith(".atom")
    address = f"/api/searches/{made.data['id']}/"
    assert as_viewer.patch(address, {"name": "Dread"}, format="json").data["name"] == "Dread"
    assert [one["name"] for one in as_viewer.get("/api/searches/").data["results"]] == ["Dread"]
    assert as_viewer.delete(address).status_code == 204
    assert as_viewer.get(address).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [({"name": "", "query": ""}, "name"), ({"query": ""}, "name"), ({"name": "x", "query": "genre=none"}, "query")],
)
def test_what_cannot_be_kept_is_told_by_field(as_viewer: APIClient, body: dict[str, str], field: str) -> None:
    answer = as_viewer.post("/api/searches/", body, format="json")
    assert answer.status_code == 400
    assert list(answer.data) == [field]


def test_names_are_used_once(as_viewer: APIClient, viewer: User) -> None:
    SavedSearch.objects.create(user=viewer, name="Fear")
    other = SavedSearch.objects.create(user=viewer, name="Dread")
    assert as_viewer.post("/api/searches/", {"name": "Fear"}, format="json").status_code == 400
    assert as_viewer.patch(f"/api/searches/{other.pk}/", {"name": "Fear"}, format="json").status_code == 400


def test_other_peoples_searches_are_not_there(as_curator: APIClient, viewer: User) -> None:
    kept = SavedSearch.objects.create(user=viewer, name="Fear")
    assert as_curator.get("/api/searches/").data["results"] == []
    address = f"/api/searches/{kept.pk}/"
    assert as_curator.get(address).status_code == as_curator.delete(address).status_code == 404
    assert as_curator.patch(address, {"name": "Mine"}, format="json").status_code == 404
