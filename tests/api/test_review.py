"""The review desk over the API."""

import pytest
from rest_framework.test import APIClient

from catalog import labelling
from catalog.models import Decision, Film, Term, User, Visit
from tests.factories import make_version, predict

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(film: Film, horror: Term, comedy: Term) -> Film:
    Term.objects.exclude(pk__in=[horror.pk, comedy.pk]).update(active=False)
    predict(film, make_version(horror, comedy), 0.75, 0.2)
    return film


def test_a_film_is_given_with_its_reason_and_what_accepting_says(as_curator: APIClient, waiting: Film) -> None:
    given = as_curator.post("/api/review/next/", {"order": "doubt", "decade": 1920}).data
    assert given == {
        "film": waiting.key,
        "revision": 1,
        "reason": "Horror 0.75, cut 0.50",
        "second_opinion": False,
        "suggested": ["genre/horror:yes", "genre/comedy:no"],
    }
    assert as_curator.post("/api/review/next/", {"have": [waiting.key]}).data["film"] is None


def test_accepting_is_one_change_set_and_a_visit(as_curator: APIClient, waiting: Film) -> None:
    given = as_curator.post("/api/review/next/", {}).data
    sent = {"answers": given["suggested"], "revision": given["revision"], "seconds": 2.5}
    done = as_curator.post(f"/api/review/films/{waiting.key}/finish/", sent)
    assert (done.status_code, done.data["revision"], done.data["decisions"]) == (200, 2, 2)
    assert set(Decision.objects.values_list("change_set", flat=True)) == {done.data["change_set"]}
    assert Visit.objects.get().seconds == 2.5
    assert as_curator.post("/api/review/next/", {}).data["film"] is None


def test_a_film_that_changed_meanwhile_is_refused(
    as_curator: APIClient, waiting: Film, comedy: Term, other_curator: User
) -> None:
    labelling.accept(waiting, comedy, user=other_curator, revision=1)
    sent = {"answers": ["genre/horror:yes"], "revision": 1}
    assert as_curator.post(f"/api/review/films/{waiting.key}/finish/", sent).status_code == 409
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    ("what", "sent"),
    [
        ("next", {"order": "random"}), ("next", {"genre": "nothing"}), ("next", {"decade": "old"}),
        ("next", {"have": "x"}), ("films/tt0013442/finish", {}), ("films/tt0013442/finish", {"revision": 0}),
        ("films/tt0013442/finish", {"revision": 1, "answers": ["horror"]}),
        ("films/tt0013442/skip", {"reason": "x" * 301}),
    ],
)  # fmt: skip
def test_nonsense_is_refused(as_curator: APIClient, waiting: Film, what: str, sent: dict[str, object]) -> None:
    assert as_curator.post(f"/api/review/{what}/", sent).status_code == 400


def test_a_skipped_film_is_for_others(as_curator: APIClient, as_admin: APIClient, waiting: Film) -> None:
    as_curator.post("/api/review/next/", {})
    assert as_curator.post(f"/api/review/films/{waiting.key}/skip/", {"reason": "dark"}).status_code == 204
    assert as_curator.post("/api/review/next/", {}).data["film"] is None
    assert as_admin.post("/api/review/next/", {}).data["film"] == waiting.key
