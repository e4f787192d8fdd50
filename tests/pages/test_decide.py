"""Accept, reject, clear and lock from the film page."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from catalog import labelling
from catalog.models import Decision, Film, Label, Term, User
from tests.factories import import_label, make_version, predict
from tests.pages.conftest import HTMX

pytestmark = pytest.mark.django_db


def decide(client: Client, film: Film, term: Term, value: str = "yes", **more: object) -> HttpResponse:
    headers = more.pop("headers", {})
    data = {"value": value, "revision": film.revision, "seen": 0, **more}
    return client.post(reverse("decide", args=[film.key, term.kind, term.slug]), data, headers=headers)  # type: ignore


def lock(client: Client, film: Film, term: Term, locked: str = "1") -> HttpResponse:
    film.refresh_from_db()
    data = {"locked": locked, "revision": film.revision}
    return client.post(reverse("lock", args=[film.key, term.kind, term.slug]), data)  # type: ignore[return-value]


@pytest.mark.parametrize("value", ["yes", "no", "unknown"])
def test_a_decision_is_in_the_label_and_the_log(
    carla: Client, curator: User, film: Film, horror: Term, value: str
) -> None:
    predict(film, make_version(horror), 0.75)
    response = decide(carla, film, horror, value)
    assert response.status_code == 302
    assert response["Location"] == "/films/tt0013442/#genre-horror"
    label, decision = Label.objects.get(), Decision.objects.get()
    assert (label.value, label.source, label.decided_by) == (value, "person", curator)
    assert (decision.after, decision.shown_score, decision.shown_version) == (value, 0.75, "genres-1")


def test_the_answer_to_htmx_is_the_row_and_what_else_changed(carla: Client, film: Film, horror: Term) -> None:
    predict(film, make_version(horror), 0.75)
    page = decide(carla, film, horror, headers=HTMX).content.decode()
    assert "<html" not in page
    assert 'id="genre-horror"' in page
    assert 'name="revision" value="2"' in page
    assert "Nothing waits here." in page
    assert "Horror: yes. Saved." in page
    assert reverse("undo", args=[Decision.objects.get().change_set_id]) in page


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_viewers_and_strangers_decide_nothing(
    client: Client, vera: Client, film: Film, horror: Term, headers: dict[str, str]
) -> None:
    assert decide(vera, film, horror, headers=headers).status_code == 403
    assert decide(client, film, horror, headers=headers).status_code in (200, 302)  # on to the sign-in page
    assert lock(vera, film, horror).status_code == 403
    assert not Label.objects.exists()


def test_it_rejects_get(carla: Client, film: Film, horror: Term) -> None:
    assert carla.get(reverse("decide", args=[film.key, "genre", "horror"])).status_code == 405


def test_it_asks_for_a_csrf_token(curator: User, film: Film, horror: Term) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(curator)
    response = decide(strict, film, horror)
    assert response.status_code == 403
    assert "reload" in response.content.decode()
    assert not Label.objects.exists()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"value": "maybe"}, "yes, no or unknown"),
        ({"value": ""}, "yes, no or unknown"),
        ({"revision": ""}, "which revision"),
        ({"revision": "-1"}, "which revision"),
        ({"revision": "1e9"}, "which revision"),
        ({"revision": "9" * 40}, "which revision"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(
    carla: Client, film: Film, horror: Term, data: dict[str, str], sentence: str
) -> None:
    response = decide(carla, film, horror, **data)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Label.objects.exists()


def test_unknown_films_and_terms_are_not_found(carla: Client, film: Film, horror: Term) -> None:
    for arguments in (["tt1", "genre", "horror"], [film.key, "genre", "none"], [film.key, "tag", "no-such-tag"]):
        data = {"value": "yes", "revision": 1}
        assert carla.post(reverse("decide", args=arguments), data).status_code == 404


def test_the_second_of_two_people_sees_both_answers(
    carla: Client, chul: Client, film: Film, horror: Term, comedy: Term
) -> None:
    decide(chul, film, horror, "no")
    response = decide(carla, film, horror, "yes")  # she still has revision 1
    page = " ".join(response.content.decode().split())
    assert response.status_code == 409
    assert "Somebody else changed this film" in page
    assert "Horror: no" in page and "chul" in page
    assert "Horror: yes" in page and "Apply mine anyway" in page
    assert Label.objects.get().value == "no"


def test_mine_can_be_applied_on_the_new_revision(carla: Client, chul: Client, film: Film, horror: Term) -> None:
    decide(chul, film, horror, "no")
    conflict = decide(carla, film, horror, "yes", headers=HTMX)
    assert conflict["HX-Retarget"] == "#labels"
    assert 'name="revision" value="2"' in conflict.content.decode()
    response = decide(carla, film, horror, "yes", revision=2, headers={**HTMX, "HX-Target": "labels"})
    assert response.status_code == 200
    assert 'id="labels"' in response.content.decode()
    assert Label.objects.get().value == "yes"
    assert Decision.objects.count() == 2


def test_only_what_happened_since_the_page_was_shown_is_theirs(
    carla: Client, chul: Client, film: Film, horror: Term, comedy: Term
) -> None:
    decide(chul, film, horror, "no")
    seen = carla.get(film.get_absolute_url()).context["seen"]
    decide(chul, film, comedy, "yes", revision=2)
    response: Any = decide(carla, film, horror, "yes", revision=2, seen=seen)
    assert [d.term for event in response.context["conflict"]["events"] for d in event.decisions] == [comedy]


def test_a_locked_label_is_left_alone(carla: Client, film: Film, horror: Term) -> None:
    decide(carla, film, horror, "no")
    assert lock(carla, film, horror).status_code == 302
    film.refresh_from_db()
    response = decide(carla, film, horror, "yes")
    assert response.status_code == 409
    assert "Horror is locked. Unlock it first." in response.content.decode()
    assert Label.objects.get().value == "no"
    lock(carla, film, horror, "0")
    film.refresh_from_db()
    assert decide(carla, film, horror, "yes").status_code == 302


def test_locking_an_imported_label_makes_it_a_persons(carla: Client, film: Film, horror: Term) -> None:
    import_label(film, horror)
    lock(carla, film, horror)
    label = Label.objects.get()
    assert (label.source, label.locked) == ("person", True)


def test_what_nobody_has_said_cannot_be_locked(carla: Client, film: Film, horror: Term) -> None:
    response = lock(carla, film, horror)
    assert response.status_code == 409
    assert "Nothing is said of Horror yet." in response.content.decode()
    assert lock(carla, film, horror, "maybe").status_code == 422


def test_a_decision_brings_search_up_to_date(carla: Client, client: Client, film: Film, horror: Term) -> None:
    predict(film, make_version(horror), 0.9)
    decide(carla, film, horror, "no")
    assert client.get("/?genre=horror").context["cards"] == []
    assert client.get("/?review=1").context["cards"] == []


def test_a_retired_genre_cannot_be_decided(carla: Client, film: Film, horror: Term) -> None:
    Term.objects.filter(pk=horror.pk).update(active=False)
    assert decide(carla, film, horror).status_code == 404


def test_deciding_twice_the_same_is_no_error(carla: Client, film: Film, horror: Term, curator: User) -> None:
    labelling.accept(film, horror, user=curator, revision=film.revision)
    film.refresh_from_db()
    assert decide(carla, film, horror, "yes").status_code == 302
    assert Decision.objects.count() == 1
