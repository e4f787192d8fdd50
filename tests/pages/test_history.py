"""What was said of a film, by whom, and taking it back."""

import pytest
from django.test import Client
from django.urls import reverse

from catalog import labelling
from catalog.history import film_history
from catalog.models import ChangeSet, Decision, Film, Label, Term, User
from tests.factories import import_label
from tests.pages.conftest import HTMX, counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def accepted(film: Film, horror: Term, curator: User) -> ChangeSet:
    changes = labelling.accept(film, horror, user=curator, revision=film.revision)
    film.refresh_from_db()
    return changes


def undo(client: Client, changes: ChangeSet, **headers: str) -> int:
    return client.post(reverse("undo", args=[changes.pk]), headers=headers).status_code


def test_history_names_people_to_curators_only(
    client: Client, vera: Client, carla: Client, film: Film, accepted: ChangeSet
) -> None:
    address = reverse("history", args=[film.key])
    assert "carla" in carla.get(address).content.decode()
    for stranger in (client, vera):
        page = stranger.get(address).content.decode()
        assert "carla" not in page
        assert "A person" in page


def test_it_says_from_what_to_what(carla: Client, film: Film, horror: Term, curator: User) -> None:
    import_label(film, horror, Label.Value.NO)
    labelling.accept(film, horror, user=curator, revision=film.revision)
    page = " ".join(carla.get(reverse("history", args=[film.key])).content.decode().split())
    assert 'Horror: <span class="quiet">no, imported</span> → <strong>yes</strong>' in page


def test_undo_takes_a_decision_back(carla: Client, film: Film, accepted: ChangeSet) -> None:
    response = carla.post(reverse("undo", args=[accepted.pk]), follow=True)
    assert response.redirect_chain == [(film.get_absolute_url(), 302)]
    assert "Undone." in response.content.decode()
    assert not Label.objects.exists()
    assert Decision.objects.count() == 2


def test_undo_over_htmx_answers_with_all_rows(carla: Client, accepted: ChangeSet) -> None:
    page = carla.post(reverse("undo", args=[accepted.pk]), headers=HTMX).content.decode()
    assert 'id="labels"' in page
    assert "<html" not in page
    assert "Undone." in page


def test_a_change_is_undone_once(carla: Client, film: Film, accepted: ChangeSet, curator: User) -> None:
    assert undo(carla, accepted) == 302
    assert [(event.undone, event.may_undo) for event in film_history(film, curator)] == [(False, True), (True, False)]
    assert undo(carla, accepted) == 409
    assert Decision.objects.count() == 2


def test_a_change_under_a_later_one_is_not_undone(
    carla: Client, film: Film, horror: Term, accepted: ChangeSet, other_curator: User
) -> None:
    labelling.reject(film, horror, user=other_curator, revision=film.revision)
    response = carla.post(reverse("undo", args=[accepted.pk]))
    assert response.status_code == 409
    assert "Nothing was changed." in response.content.decode()
    assert Label.objects.get().value == "no"


def test_curators_may_undo_each_other_and_viewers_nobody(
    client: Client, vera: Client, chul: Client, accepted: ChangeSet
) -> None:
    assert undo(vera, accepted) == 403
    assert undo(client, accepted) == 302
    assert Label.objects.get().value == "yes"
    assert undo(chul, accepted) == 302
    assert not Label.objects.exists()


def test_an_import_is_undone_by_admins_only(carla: Client, ada: Client, film: Film, horror: Term) -> None:
    import_label(film, horror)
    changes = ChangeSet.objects.get()
    address = reverse("undo", args=[changes.pk])
    assert address not in carla.get(film.get_absolute_url()).content.decode()
    assert undo(carla, changes) == 404
    assert address in ada.get(film.get_absolute_url()).content.decode()
    assert undo(ada, changes) == 302
    assert not Label.objects.exists()


def test_a_change_that_changed_nothing_is_not_found(ada: Client, admin: User) -> None:
    assert undo(ada, ChangeSet.objects.create(kind="decide", user=admin)) == 404


def test_an_unknown_change_is_not_found(carla: Client) -> None:
    assert carla.post(reverse("undo", args=[12345])).status_code == 404


def test_queries_do_not_grow_with_history(carla: Client, curator: User, film: Film, horror: Term) -> None:
    def grow(times: int) -> int:
        for number in range(times):
            film.refresh_from_db()
            value = Label.Value.YES if number % 2 else Label.Value.NO
            labelling.decide(film, horror, value, user=curator, revision=film.revision)
        with counted() as count:
            assert carla.get(reverse("history", args=[film.key])).status_code == 200
        return count()

    carla.get("/")
    assert grow(4) == grow(30)
