"""Undo days later: what was changed since stays, and what comes back is as it was, to the last field."""

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog import labelling
from catalog.changesets import CannotUndo, change_set, continued, hold_terms
from catalog.models import ChangeSet, Film, FilmTerm, Label, Term, User
from catalog.putting_back import by_changes, standing, undo
from tests.factories import import_label, make_film, make_term, make_version, predict

pytestmark = pytest.mark.django_db
FIELDS = (
    "film_id", "term_id", "value", "source", "origin", "decided_by_id", "locked", "shown_score", "shown_version",
)  # fmt: skip


def labels() -> set[tuple[object, ...]]:
    return set(Label.objects.values_list(*FIELDS))


def say_all(films: list[Film], term: Term, user: User) -> ChangeSet:
    with change_set(ChangeSet.Kind.BULK, user) as changes:
        for film in films:
            Label.objects.update_or_create(
                film=film, term=term, defaults=labelling.said_by(user, Label.Value.YES, locked=False, shown=None)
            )
    return changes


def test_what_was_changed_since_stays(horror: Term, curator: User, other_curator: User) -> None:
    films = [make_film() for _ in range(3)]
    changes = say_all(films, horror, curator)
    labelling.reject(films[1], horror, user=other_curator, revision=1)
    with pytest.raises(CannotUndo, match="changed since"):
        undo(changes, user=curator)
    found = standing(by_changes(changes))
    assert (found.labels, found.changed, found.films) == (2, 1, [films[0].pk, films[2].pk])

    undone = undo(changes, user=curator, partly=True)
    assert (undone.films, undone.kept) == ([films[0].pk, films[2].pk], 1)
    assert list(Label.objects.values_list("film", "value", "decided_by__username")) == [(films[1].pk, "no", "chul")]
    assert list(Film.objects.order_by("pk").values_list("revision", flat=True)) == [2, 2, 2]


def test_another_person_s_word_is_theirs_even_if_it_says_the_same(
    film: Film, horror: Term, curator: User, other_curator: User
) -> None:
    first = labelling.accept(film, horror, user=curator, revision=1)
    labelling.accept(film, horror, user=other_curator, revision=2)
    with pytest.raises(CannotUndo):
        undo(first, user=curator, partly=True)
    assert Label.objects.get().decided_by == other_curator


def test_a_label_comes_back_with_what_was_shown_and_when(film: Film, horror: Term, curator: User) -> None:
    version = make_version(horror)
    predict(film, version, 0.8)
    labelling.decide(film, horror, Label.Value.YES, user=curator, revision=1, locked=True)
    before, said_at = labels(), Label.objects.get().changed_at
    labelling.set_lock(film, horror, False, user=curator, revision=2)
    changes = labelling.reject(film, horror, user=curator, revision=3)
    undo(changes, user=curator)
    undo(ChangeSet.objects.order_by("pk")[1], user=curator)
    assert labels() == before
    assert abs((Label.objects.get().changed_at - said_at).total_seconds()) < 1


def test_a_label_changed_twice_in_one_change_set_goes_back_to_the_first(film: Film, horror: Term) -> None:
    user = User.objects.create_user("ada", role=User.Role.ADMIN)
    import_label(film, horror)
    before = labels()
    with change_set(ChangeSet.Kind.BULK, user) as changes:
        for value in ("no", "unknown"):
            Label.objects.update(value=value, source="person", origin="", decided_by=user)
    undo(changes, user=user)
    assert labels() == before


def test_undo_of_an_undo_is_doing_it_again(film: Film, horror: Term, curator: User) -> None:
    changes = labelling.accept(film, horror, user=curator, revision=1)
    before = labels()
    undone = undo(changes, user=curator)
    assert not Label.objects.exists()
    undo(undone.change_set, user=curator)
    assert labels() == before
    assert FilmTerm.objects.get().weight == 1


def test_undoing_many_takes_as_many_queries_as_undoing_few(horror: Term, admin: User) -> None:
    counts = []
    for number in (2, 40):
        changes = say_all([make_film() for _ in range(number)], horror, admin)
        with CaptureQueriesContext(connection) as queries:
            undo(changes, user=admin)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_change_set_that_was_undone_grows_no_more(film: Film, horror: Term, curator: User) -> None:
    changes = labelling.accept(film, horror, user=curator, revision=1)
    with continued(changes):
        Label.objects.create(film=make_film(), term=horror, **labelling.said_by(
            curator, Label.Value.NO, locked=False, shown=None
        ))  # fmt: skip
    assert changes.decisions.count() == 2
    undo(changes, user=curator)
    with pytest.raises(CannotUndo), continued(changes):
        raise AssertionError("never reached")
    assert not Label.objects.exists()


def test_a_retired_term_is_not_decided(film: Film, horror: Term, curator: User) -> None:
    Term.objects.filter(pk=horror.pk).update(active=False)
    with pytest.raises(labelling.Retired, match="not in use"):
        labelling.accept(film, horror, user=curator, revision=1)
    assert not ChangeSet.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_undo_one_change_set_take_turns(curator: User, other_curator: User) -> None:
    film, term = make_film(), make_term("eerie", Term.Kind.TAG)
    changes = labelling.accept(film, term, user=curator, revision=1)
    start, outcome = threading.Barrier(2), list[object]()

    def press(user: User) -> None:
        start.wait(10)
        try:
            outcome.append(undo(changes, user=user).films)
        except CannotUndo as error:
            outcome.append(str(error))
        finally:
            connection.close()

    people = [threading.Thread(target=press, args=[user]) for user in (curator, other_curator)]
    for person in people:
        person.start()
    for person in people:
        person.join(20)
    assert sorted(map(str, outcome)) == sorted([str([film.pk]), "This change was undone before."])
    assert ChangeSet.objects.filter(undoes=changes).count() == 1


def test_holding_terms_says_which_are_active(horror: Term, comedy: Term) -> None:
    Term.objects.filter(pk=comedy.pk).update(active=False)
    assert hold_terms([comedy.pk, horror.pk]) == {horror.pk}
    assert hold_terms([]) == set()
