"""The vocabulary, bulk decisions and their undo over the API."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from catalog import labelling
from catalog.models import ChangeSet, Film, FilmTerm, Job, Label, Term, TermChange, User
from catalog.thesaurus import work
from tests.factories import import_label, make_film, make_term

pytestmark = pytest.mark.django_db
HORROR = "/api/terms/genre/horror/"


def test_a_term_names_its_place(anonymous: APIClient, horror: Term) -> None:
    make_term("slasher", parent=horror)
    shown = anonymous.get("/api/terms/genre/slasher/").data
    assert (shown["parent"], shown["merged_into"], shown["active"]) == ("genre/horror", None, True)
    assert anonymous.get("/api/terms/genre/none/").status_code == 404


def test_admins_add_terms(as_admin: APIClient, as_curator: APIClient, horror: Term) -> None:
    body = {"kind": "tag", "name_en": "Folk horror", "name_ko": "민속 공포", "parent": "genre/horror"}
    assert as_curator.post("/api/terms/", body).status_code == 403
    answer = as_admin.post("/api/terms/", body)
    assert (answer.status_code, answer.data["slug"], answer.data["parent"]) == (201, "folk-horror", "genre/horror")
    again = as_admin.post("/api/terms/", body)
    assert (again.status_code, "is a name of" in again.data["detail"]) == (409, True)
    assert (
        as_admin.post("/api/terms/", {**body, "active": False, "name_en": "Odd one", "name_ko": "야릇함"}).status_code
        == 201
    )


def test_curators_write_guidelines_and_examples_only(as_curator: APIClient, film: Film, horror: Term) -> None:
    assert as_curator.patch(HORROR, {"guideline_ko": "두려움."}).data["guideline_ko"] == "두려움."
    refused = as_curator.patch(HORROR, {"guideline_en": "Fear.", "active": False})
    assert refused.status_code == 403
    horror.refresh_from_db()
    assert horror.active and horror.guideline_en != "Fear."
    examples = [{"film": film.key, "good": False, "note": "Only dark."}]
    assert as_curator.put(f"{HORROR}examples/", examples).data == examples
    assert as_curator.get(f"{HORROR}examples/").data == examples
    assert as_curator.put(f"{HORROR}examples/", [{"film": "none", "good": True}]).status_code == 409
    assert as_curator.put(f"{HORROR}examples/", examples * 13).status_code == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name_en": ""}, 400), ({"name_en": "x" * 61}, 400), ({"aliases": "x"}, 400), ({"aliases": ["\0"]}, 400),
        ({"parent": "genre/none"}, 409), ({"parent": "genre/horror"}, 409), ({"active": "perhaps"}, 400),
        ({"name_en": "Comedy"}, 409), ([], 400), ({}, 200), ({"slug": "other"}, 200),
    ],
)  # fmt: skip
def test_edits_that_make_no_sense(body: Any, status: int, as_admin: APIClient, horror: Term, comedy: Term) -> None:
    assert as_admin.patch(HORROR, body).status_code == status
    assert not TermChange.objects.exists()


def test_a_merge_is_counted_done_and_taken_back(
    as_admin: APIClient, as_curator: APIClient, film: Film, horror: Term, curator: User
) -> None:
    dread = make_term("dread")
    labelling.accept(film, dread, user=curator, revision=1)
    address = "/api/terms/genre/dread/merge/"
    assert as_curator.post(address, {"into": "horror"}).status_code == 403
    counted = as_admin.post(address, {"into": "horror", "dry_run": True}).data
    assert (counted["moved"], counted["change_set"]) == (1, None)
    assert Label.objects.get().term == dread
    done = as_admin.post(address, {"into": "horror"}).data
    assert Label.objects.get().term == horror
    assert as_admin.get("/api/terms/genre/dread/").data["merged_into"] == "genre/horror"
    assert as_admin.post(address, {"into": "horror"}).status_code == 409
    assert as_admin.post(address, {"into": "none"}).status_code == 404

    [change] = as_curator.get("/api/term-changes/?term=genre/dread").data["results"]
    assert (change["kind"], change["by"], change["change_set"]) == ("merge", "ada", done["change_set"])
    undo = f"/api/term-changes/{change['id']}/undo/"
    assert as_curator.post(undo).status_code == 403
    assert as_admin.post(undo).data["undoes"] == change["id"]
    assert Label.objects.get().term == dread
    assert as_admin.post(undo).status_code == 409


def test_a_large_merge_answers_with_its_job(as_admin: APIClient, horror: Term, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "AT_ONCE", 0)
    import_label(make_film(), make_term("dread"))
    answer = as_admin.post("/api/terms/genre/dread/merge/", {"into": "horror"})
    assert (answer.status_code, answer.data["job"]) == (202, Job.objects.get(task="catalog.merge_terms").pk)


def test_a_rule_is_counted_and_done(as_curator: APIClient, horror: Term) -> None:
    films = [make_film() for _ in range(51)]
    FilmTerm.objects.bulk_create(FilmTerm(film=film, term=horror, weight=0.97, origin="model") for film in films)
    rule = {"term": "horror", "at_least": 0.95}
    counted = as_curator.post("/api/bulk/accept/", {**rule, "dry_run": True})
    assert counted.data == {"films": 51, "labels": 51, "change_set": None, "job": None}
    assert as_curator.post("/api/bulk/accept/", rule).status_code == 403
    done = as_curator.post("/api/bulk/accept/", {**rule, "most": 2}).data
    assert (done["films"], done["change_set"]) == (2, ChangeSet.objects.get().pk)
    assert as_curator.post("/api/bulk/accept/", {**rule, "at_least": 0.99}).status_code == 409
    assert as_curator.post("/api/bulk/accept/", {**rule, "at_least": 2}).status_code == 400
    assert as_curator.post("/api/bulk/accept/", {**rule, "term": "none"}).status_code == 404


def test_films_of_a_search_are_edited_and_partly_taken_back(
    as_curator: APIClient, horror: Term, other_curator: User
) -> None:
    films = [make_film(f"Night {number}") for number in range(3)]
    body = {"query": "q=night", "answers": [{"term": "horror", "value": "yes"}]}
    assert as_curator.post("/api/bulk/films/", {**body, "dry_run": True}).data["labels"] == 3
    done = as_curator.post("/api/bulk/films/", body).data
    assert as_curator.post("/api/bulk/films/", body).status_code == 409
    labelling.reject(films[0], horror, user=other_curator, revision=2)
    undo = f"/api/changes/{done['change_set']}/undo/"
    assert as_curator.post(undo).status_code == 409
    assert as_curator.post(undo, {"partly": True}).status_code == 201
    assert Label.objects.get().film == films[0]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"query": "", "answers": []}, 400), ({"query": "", "answers": [{"term": "horror"}]}, 400),
        ({"query": "genre=nonsense", "answers": [{"term": "horror", "value": "yes"}]}, 400),
        ({"query": "", "answers": [{"term": "horror", "value": "yes"}] * 2}, 400),
        ({"query": "", "answers": [{"term": "none", "value": "yes"}]}, 404),
    ],
)  # fmt: skip
def test_bulk_edits_that_make_no_sense(body: Any, status: int, as_curator: APIClient, horror: Term) -> None:
    assert as_curator.post("/api/bulk/films/", body).status_code == status
