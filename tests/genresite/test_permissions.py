"""The questions that views ask before they let somebody do something, each for every kind of person.

Which view asks which: tests/test_roles.py.
"""

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from rest_framework.exceptions import NotAuthenticated

from catalog import history, jobs, labelling
from catalog.access import sign_in_first
from catalog.bulk import Item, decide_many
from catalog.models import ChangeSet, Film, Term, User
from genresite.permissions import Admins, Curators, ReadIfPublic, caller
from tests.factories import import_label, make_film, make_user

pytestmark = pytest.mark.django_db
ROLES = ("anonymous", "viewer", "curator", "admin", "disabled")
CURATORS_UP = {"curator", "admin"}


@pytest.fixture
def people() -> dict[str, Any]:
    disabled = make_user(role=User.Role.ADMIN, is_active=False)
    members = {role: make_user(role=User.Role(role)) for role in ("viewer", "curator", "admin")}
    return {"anonymous": AnonymousUser(), "disabled": disabled, **members}


def who(people: dict[str, Any], allowed: Any) -> set[str]:
    return {role for role in ROLES if allowed(people[role])}


def asked(user: Any, method: str = "GET") -> Any:
    return SimpleNamespace(user=user, method=method)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("public", [True, False])
def test_reading_is_for_members_or_for_all(method: str, public: bool, people: dict[str, Any], settings: Any) -> None:
    settings.PUBLIC = public
    readers = (
        set(ROLES) if public else set(ROLES) - {"anonymous"}
    )  # a session or token of the disabled does not get here
    found = who(people, lambda user: ReadIfPublic().has_permission(asked(user, method), SimpleNamespace()))  # type: ignore[arg-type]
    assert found == (readers if method in ("GET", "HEAD", "OPTIONS") else set())


def test_deciding_and_administering_follow_the_role(people: dict[str, Any]) -> None:
    assert who(people, lambda user: Curators().has_permission(asked(user), SimpleNamespace())) == CURATORS_UP  # type: ignore[arg-type]
    assert who(people, lambda user: Admins().has_permission(asked(user), SimpleNamespace())) == {"admin"}  # type: ignore[arg-type]


def test_a_caller_is_somebody(people: dict[str, Any]) -> None:
    assert caller(asked(people["viewer"])) == people["viewer"]
    with pytest.raises(NotAuthenticated):
        caller(asked(people["anonymous"]))


@pytest.mark.parametrize(
    ("task", "starters"),
    [
        ("catalog.export_labels", CURATORS_UP),
        ("inference.predict", CURATORS_UP),
        ("catalog.import_films", {"admin"}),
        ("training.retrain", {"admin"}),
    ],
)
def test_who_starts_a_job(task: str, starters: set[str], people: dict[str, Any]) -> None:
    members = {role: user for role, user in people.items() if role != "anonymous"}
    assert {role for role, user in members.items() if jobs.may_start(user, task)} == starters


def many(people: dict[str, Any], horror: Term, number: int) -> ChangeSet:
    films = Film.objects.bulk_create(Film(key=f"film-{n}", title="Film") for n in range(number))
    items = [Item(film.key, "genre", horror.slug, "yes", 1) for film in films]
    changes, _ = decide_many(items, user=people["admin"])
    assert changes is not None
    return changes


@pytest.mark.parametrize(("number", "undoers"), [(1, CURATORS_UP), (50, CURATORS_UP), (51, {"admin"})])
def test_large_changes_are_undone_by_admins(
    number: int, undoers: set[str], people: dict[str, Any], horror: Term
) -> None:
    changes = many(people, horror, number)
    members = {role: user for role, user in people.items() if role != "anonymous"}
    assert {role for role, user in members.items() if labelling.may_undo(user, changes)} == undoers
    film = Film.objects.get(key="film-0")
    assert who(people, lambda user: history.film_history(film, user)[0].may_undo) == undoers


def test_imports_are_undone_by_admins(people: dict[str, Any], film: Film, horror: Term, comedy: Term) -> None:
    import_label(film, horror)
    imported = ChangeSet.objects.get()
    labelling.accept(film, comedy, user=people["curator"], revision=1)
    newest, oldest = 0, 1
    assert who(people, lambda user: history.film_history(film, user)[oldest].may_undo) == {"admin"}
    assert who(people, lambda user: history.film_history(film, user)[newest].may_undo) == CURATORS_UP
    members = {role: user for role, user in people.items() if role != "anonymous"}
    assert {role for role, user in members.items() if labelling.may_undo(user, imported)} == {"admin"}


def test_unpublished_films_are_visible_to_admins(people: dict[str, Any]) -> None:
    make_film(published=False)
    assert who(people, lambda user: Film.objects.visible_to(user).exists()) == {"admin"}


def test_many_decisions_at_once_pass_over_what_is_not_there_for_one(people: dict[str, Any], horror: Term) -> None:
    make_film(key="hidden", published=False)
    make_film(key="shown")
    Term.objects.filter(slug="comedy", kind="genre").update(active=False)
    items = [Item("hidden", "genre", "horror", "yes", 1), Item("shown", "genre", "comedy", "yes", 1)]
    for role, first in (("curator", "unknown film"), ("admin", "saved")):
        _, results = decide_many(items, user=people[role])
        assert [result.status for result in results] == [first, "unknown term"]


@pytest.mark.parametrize(
    ("method", "referer", "back"),
    [("GET", "/elsewhere/", "/jobs/?page=2"), ("POST", "/jobs/7/", "/jobs/7/"), ("POST", None, "/")],
)
def test_after_signing_in_one_is_where_one_wanted_to_be(method: str, referer: str | None, back: str) -> None:
    headers = {"Referer": referer} if referer else {}
    request = RequestFactory().generic(method, "/jobs/?page=2", headers=headers)
    assert sign_in_first(request)["Location"].split("?next=")[1].replace("%3F", "?").replace("%3D", "=") == back
