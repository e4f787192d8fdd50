"""Deciding over the API: revisions, conflicts, locks, many at once, undo, and what the log says."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from catalog import labelling
from catalog.models import ChangeSet, Decision, Film, Label, Term, User
from tests.api.conftest import client_of
from tests.factories import import_label, make_film, make_term

pytestmark = pytest.mark.django_db
LABEL = "/api/films/tt0013442/labels/genre/horror/"


def many(*items: tuple[Film, str, str, int]) -> list[dict[str, Any]]:
    return [{"film": f.key, "term": term, "value": value, "revision": revision} for f, term, value, revision in items]


def test_a_decision_is_in_the_label_and_in_the_log(as_curator: APIClient, film: Film, horror: Term) -> None:
    answer = as_curator.put(LABEL, {"value": "no", "revision": 1})
    assert answer.status_code == 200, answer.data
    assert answer["ETag"] == '"2"'
    assert (answer.data["revision"], answer.data["label"]["value"], answer.data["label"]["by"]) == (2, "no", "carla")
    decision = Decision.objects.get()
    assert (decision.change_set_id, decision.after, decision.change_set.user.username) == (  # type: ignore[union-attr]
        answer.data["change_set"], "no", "carla",
    )  # fmt: skip


def test_the_revision_may_come_as_if_match(as_curator: APIClient, film: Film, horror: Term) -> None:
    for number, header in enumerate(['"1"', "2", 'W/"3"'], start=2):
        answer = as_curator.put(LABEL, {"value": "yes"}, HTTP_IF_MATCH=header)
        assert (answer.status_code, answer.data["revision"]) == (200, number)


@pytest.mark.parametrize(
    ("header", "status"),
    [("*", 400), ('"x"', 400), ("9" * 400, 400), ("0" * 5000 + "1", 400), ("²", 400), ('"7"', 400), ("", 428)],
)
def test_a_revision_that_makes_no_sense(
    header: str, status: int, as_curator: APIClient, film: Film, horror: Term
) -> None:
    body = {"value": "yes", "revision": 1} if header == '"7"' else {"value": "yes"}
    assert as_curator.put(LABEL, body, HTTP_IF_MATCH=header).status_code == status
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {}, {"value": "maybe", "revision": 1}, {"value": "yes", "revision": 0}, {"value": "yes", "revision": 2**31},
        {"value": "yes", "revision": 10**400}, {"value": ["yes"], "revision": 1}, {"value": None, "revision": 1},
        [], "yes", None, 1, [{"value": "yes", "revision": 1}], {"value": "yes", "revision": True},
    ],
)  # fmt: skip
def test_a_body_that_makes_no_sense(body: Any, as_curator: APIClient, film: Film, horror: Term) -> None:
    answer = as_curator.put(LABEL, body)
    assert answer.status_code == 400, answer.content


def test_a_conflict_shows_both_answers_and_writes_nothing(
    as_curator: APIClient, film: Film, horror: Term, other_curator: User
) -> None:
    labelling.accept(film, horror, user=other_curator, revision=1)
    answer = as_curator.put(LABEL, {"value": "no", "revision": 1})
    assert answer.status_code == 409
    assert answer.data["yours"] == {"value": "no"}
    assert (answer.data["theirs"]["value"], answer.data["theirs"]["by"]) == ("yes", "chul")
    assert answer.data["revision"] == 2
    assert "changed meanwhile" in answer.data["detail"]
    assert Decision.objects.count() == ChangeSet.objects.count() == 1
    assert as_curator.put(LABEL, {"value": "no", "revision": answer.data["revision"]}).status_code == 200


def test_clearing_is_saying_unknown(as_curator: APIClient, film: Film, horror: Term) -> None:
    import_label(film, horror)
    assert as_curator.put(LABEL, {"value": "unknown", "revision": 1}).data["label"]["value"] == "unknown"


def test_a_locked_label_is_unlocked_first(as_curator: APIClient, film: Film, horror: Term) -> None:
    as_curator.put(LABEL, {"value": "yes", "revision": 1})
    assert as_curator.put(f"{LABEL}lock/", {"locked": True, "revision": 2}).data["label"]["locked"] is True
    refused = as_curator.put(LABEL, {"value": "no", "revision": 3})
    assert (refused.status_code, "locked" in refused.data["detail"]) == (409, True)
    same = as_curator.put(LABEL, {"value": "yes", "revision": 3})
    assert (same.status_code, same.data["label"]["locked"]) == (200, True)
    as_curator.put(f"{LABEL}lock/", {"locked": False, "revision": 4})
    assert as_curator.put(LABEL, {"value": "no", "revision": 5}).status_code == 200


def test_what_nobody_said_cannot_be_locked(as_curator: APIClient, film: Film, horror: Term) -> None:
    assert as_curator.put(f"{LABEL}lock/", {"locked": True, "revision": 1}).status_code == 409
    assert as_curator.put(f"{LABEL}lock/", {"locked": True}).status_code == 428
    assert not ChangeSet.objects.exists()


def test_a_lock_conflicts_like_an_answer(as_curator: APIClient, film: Film, horror: Term, other_curator: User) -> None:
    labelling.accept(film, horror, user=other_curator, revision=1)
    answer = as_curator.put(f"{LABEL}lock/", {"locked": True, "revision": 1})
    assert (answer.status_code, answer.data["yours"]) == (409, {"locked": True})


@pytest.mark.parametrize("path", ["films/none/labels/genre/horror/", "films/tt0013442/labels/genre/none/"])
def test_unknown_films_and_terms_are_not_found(path: str, as_curator: APIClient, film: Film, horror: Term) -> None:
    assert as_curator.put(f"/api/{path}", {"value": "yes", "revision": 1}).status_code == 404


def test_a_retired_term_is_not_decided(as_curator: APIClient, film: Film) -> None:
    make_term("horror", active=False)
    assert as_curator.put(LABEL, {"value": "yes", "revision": 1}).status_code == 404
    assert as_curator.post("/api/labels/decide/", many((film, "horror", "yes", 1))).status_code == 409


# Many at once


def test_many_decisions_are_one_change_set_with_an_answer_each(
    as_curator: APIClient, horror: Term, comedy: Term, other_curator: User
) -> None:
    one, two, locked = make_film(), make_film(), make_film()
    import_label(two, comedy)
    labelling.decide(locked, horror, Label.Value.NO, user=other_curator, revision=1, locked=True)
    before = Decision.objects.count()
    unknown = {"film": "nowhere", "term": "horror", "value": "yes", "revision": 1}

    answer = as_curator.post(
        "/api/labels/decide/",
        [
            *many((one, "horror", "yes", 1), (one, "comedy", "no", 1)),
            *many((two, "comedy", "no", 1), (two, "horror", "no", 7)),
            *many((locked, "horror", "yes", 2), (one, "nonsense", "yes", 1)),
            unknown,
        ],
    )  # fmt: skip
    assert answer.status_code == 200, answer.data
    results = answer.data["results"]
    assert [result["status"] for result in results] == [
        "saved", "saved", "saved", "conflict", "locked", "unknown term", "unknown film",
    ]  # fmt: skip
    assert [result["revision"] for result in results] == [2, 2, 2, 2, 2, 2, None]
    logged = {
        (decision.film.key, decision.term.slug): decision.pk
        for decision in Decision.objects.filter(change_set=answer.data["change_set"])
    }
    assert [result["decision"] for result in results[:3]] == [logged[r["film"], r["term"]] for r in results[:3]]
    assert Decision.objects.count() == before + 3
    assert ChangeSet.objects.latest("pk").kind == "bulk"
    assert Label.objects.get(film=two, term=comedy).value == "no"
    assert sorted(Film.objects.values_list("revision", flat=True)) == [2, 2, 2]


def test_one_film_at_two_revisions_saves_the_right_one(
    as_curator: APIClient, film: Film, horror: Term, comedy: Term
) -> None:
    answer = as_curator.post("/api/labels/decide/", many((film, "horror", "yes", 1), (film, "comedy", "yes", 2)))
    assert [result["status"] for result in answer.data["results"]] == ["saved", "conflict"]
    assert [result["revision"] for result in answer.data["results"]] == [2, 2]


def test_where_nothing_is_saved_nothing_is_logged(as_curator: APIClient, film: Film, horror: Term) -> None:
    answer = as_curator.post("/api/labels/decide/", many((film, "horror", "yes", 9)))
    assert (answer.status_code, answer.data["change_set"]) == (409, None)
    assert answer.data["results"][0]["status"] == "conflict"
    assert not ChangeSet.objects.exists()
    assert Film.objects.get().revision == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ([], 400), ({}, 400), ("x", 400), ([1], 400), ([None], 400), ([{}], 428), ([{"revision": 1}], 400),
        ([{"film": "tt0013442", "term": "horror", "value": "yes"}], 428),
        ([{"film": "tt0013442", "term": "horror", "value": "yes", "revision": 1}] * 2, 400),
        ([{"film": "tt0013442", "term": "horror", "value": "yes", "revision": 1}] * 51, 403),
    ],
)  # fmt: skip
def test_a_list_that_makes_no_sense(body: Any, status: int, as_curator: APIClient, film: Film, horror: Term) -> None:
    assert as_curator.post("/api/labels/decide/", body).status_code == status
    assert not ChangeSet.objects.exists()


def test_admins_decide_and_undo_hundreds(as_admin: APIClient, as_curator: APIClient, horror: Term) -> None:
    films = Film.objects.bulk_create(Film(key=f"f{n}", title="F") for n in range(300))
    items = many(*((film, "horror", "yes", 1) for film in films))
    answer = as_admin.post("/api/labels/decide/", items)
    assert {result["status"] for result in answer.data["results"]} == {"saved"}
    assert Label.objects.count() == Decision.objects.count() == 300

    undo = f"/api/changes/{answer.data['change_set']}/undo/"
    assert as_curator.post(undo).status_code == 403
    assert as_admin.post(undo).status_code == 201
    assert not Label.objects.exists()
    assert as_admin.post("/api/labels/decide/", [{}] * 1001).status_code == 400


def test_curators_send_50_items_and_admins_1000(as_admin: APIClient, as_curator: APIClient) -> None:
    items = many(*((Film(key=f"nowhere-{number}"), "horror", "yes", 1) for number in range(1001)))
    for client, number, status in (
        (as_curator, 50, 409), (as_curator, 51, 403), (as_admin, 51, 409), (as_admin, 1000, 409), (as_admin, 1001, 400),
    ):  # fmt: skip
        answer = client.post("/api/labels/decide/", items[:number])
        assert answer.status_code == status, number  # 409: read, and nothing could be saved


# The log and undo


def test_undo_is_a_change_set_of_its_own(as_curator: APIClient, film: Film, horror: Term, other_curator: User) -> None:
    changes = labelling.accept(film, horror, user=other_curator, revision=1)
    answer = as_curator.post(f"/api/changes/{changes.pk}/undo/")
    assert answer.status_code == 201
    assert (answer.data["kind"], answer.data["by"], answer.data["undoes"]) == ("undo", "carla", changes.pk)
    assert not Label.objects.exists()
    assert as_curator.get(f"/api/changes/{changes.pk}/").data["undone_by"] == answer.data["id"]
    assert as_curator.post(f"/api/changes/{changes.pk}/undo/").status_code == 409


def test_undo_refuses_under_a_later_change(
    as_curator: APIClient, film: Film, horror: Term, other_curator: User
) -> None:
    first = labelling.accept(film, horror, user=other_curator, revision=1)
    labelling.reject(film, horror, user=other_curator, revision=2)
    answer = as_curator.post(f"/api/changes/{first.pk}/undo/")
    assert (answer.status_code, "changed since" in answer.data["detail"]) == (409, True)


def test_imports_are_undone_by_admins(as_curator: APIClient, as_admin: APIClient, film: Film, horror: Term) -> None:
    import_label(film, horror)
    undo = f"/api/changes/{ChangeSet.objects.get().pk}/undo/"
    assert as_curator.post(undo).status_code == 403
    assert as_admin.post(undo).status_code == 201


def test_the_whole_log_is_for_admins_and_only_read(
    as_curator: APIClient, as_admin: APIClient, film: Film, horror: Term, comedy: Term, curator: User
) -> None:
    changes = labelling.accept(film, horror, user=curator, revision=1)
    labelling.accept(film, comedy, user=curator, revision=2)
    assert as_curator.get("/api/decisions/").status_code == 403

    def terms(query: str = "") -> list[str]:
        return [row["term"] for row in as_admin.get(f"/api/decisions/?{query}").data["results"]]

    assert terms() == ["comedy", "horror"]
    assert terms("term=horror") == terms(f"change_set={changes.pk}") == ["horror"]
    assert terms("user=carla&film=tt0013442") == ["comedy", "horror"]
    assert terms("user=nobody") == terms("since=2999-01-01T00:00:00Z") == []
    for query in ("since=yesterday", "change_set=x", "change_set=" + "9" * 30, "user__password__regex=x"):
        assert as_admin.get(f"/api/decisions/?{query}").status_code == 400, query
    for method in ("post", "put", "patch", "delete"):
        assert getattr(as_admin, method)("/api/decisions/").status_code == 405


def test_change_sets_are_ones_own_or_an_admins(
    as_curator: APIClient, as_admin: APIClient, film: Film, horror: Term, other_curator: User
) -> None:
    labelling.accept(film, horror, user=other_curator, revision=1)
    assert as_curator.get("/api/changes/").data["results"] == []
    [changes] = client_of(other_curator).get("/api/changes/").data["results"]
    assert changes["by"] == "chul"
    [changes] = as_admin.get("/api/changes/?kind=decide").data["results"]
    assert (changes["by"], changes["decisions"], changes["undone_by"]) == ("chul", 1, None)


# What else is in a body is ignored


@pytest.mark.parametrize("path", [LABEL, f"{LABEL}lock/"])
def test_fields_that_are_not_asked_for_are_ignored(
    path: str, as_curator: APIClient, film: Film, horror: Term, curator: User, other_curator: User
) -> None:
    import_label(film, horror, Label.Value.NO)
    before = User.objects.order_by("pk").values()
    extra = {
        "role": "admin", "is_staff": True, "is_superuser": True, "user": other_curator.pk,
        "decided_by": other_curator.pk,
        "source": "import", "origin": "forged", "shown_score": 1.0, "shown_version": "x", "film": "other", "id": 1,
        "is_champion": True, "champion": True, "created_at": "2000-01-01T00:00:00Z", "published": False, "title": "x",
    }  # fmt: skip
    assert as_curator.put(path, {"value": "no", "locked": True, "revision": 1, **extra}).status_code == 200
    label = Label.objects.get()
    assert (label.decided_by, label.source, label.origin, label.shown_score) == (curator, "person", "", None)
    film.refresh_from_db()
    assert (film.title, film.published) == ("Nosferatu", True)
    assert list(before) == list(User.objects.order_by("pk").values())
