"""Postings follow the films: what touches a film, what folding leaves, and who folds and reads at the same time."""

import random
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from catalog import labelling, search
from catalog.labelling import change_set
from catalog.models import ChangeSet, Film, FilmTerm, Label, Posting, Review, Term, Touched, User
from catalog.search import finding, postings
from catalog.search.asked import Asked, Chip
from tests.factories import import_label, make_clip, make_film, make_term

pytestmark = pytest.mark.django_db


def touched() -> set[int]:
    return set(Touched.objects.values_list("film_id", flat=True))


def found(term: Term, mode: str = "must") -> set[int]:
    return set(finding.matching(Asked(chips=(Chip(term, mode),))).tolist())


CHANGES: dict[str, Callable[[Film, Term, User], Any]] = {
    "a term": lambda film, term, user: FilmTerm.objects.create(film=film, term=term, weight=1, origin="model"),
    "no term any more": lambda film, term, user: FilmTerm.objects.filter(film=film).delete(),
    "a weight": lambda film, term, user: FilmTerm.objects.filter(film=film).update(weight=0.3),
    "doubt": lambda film, term, user: Review.objects.create(film=film, waiting=1, doubt=0.5),
    "footage": lambda film, term, user: make_clip(film),
    "a person's word": lambda film, term, user: labelling.reject(film, term, user=user, revision=1),
    "a year": lambda film, term, user: Film.objects.filter(pk=film.pk).update(year=1968),
    "a language": lambda film, term, user: Film.objects.filter(pk=film.pk).update(language="ko"),
    "a poster": lambda film, term, user: Film.objects.filter(pk=film.pk).update(poster_sha256="a" * 64),
    "no plot any more": lambda film, term, user: Film.objects.filter(pk=film.pk).update(plot=""),
    "to be hidden": lambda film, term, user: Film.objects.filter(pk=film.pk).update(published=False),
    "to go": lambda film, term, user: film.delete(),
    "to come": lambda film, term, user: Film.objects.filter(pk=make_film().pk).update(year=1999),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_search_knows_of_a_film_touches_it(
    change: str, film: Film, horror: Term, comedy: Term, curator: User
) -> None:
    FilmTerm.objects.create(film=film, term=comedy, weight=0.5, origin="model")
    other, pk = make_film(), film.pk
    assert postings.fold() == 2
    assert touched() == set()
    CHANGES[change](film, horror, curator)
    assert touched() == ({pk} if change != "to come" else {other.pk + 1})


@pytest.mark.parametrize(
    "change", [{"title": "Nosferatu, again"}, {"revision": 7}, {"plot": "Another plot."}, {"key": "x"}]
)
def test_what_search_does_not_keep_touches_nothing(change: dict[str, Any], film: Film) -> None:
    postings.fold()
    Film.objects.filter(pk=film.pk).update(**change)
    assert touched() == set()


def test_an_import_says_nothing_as_a_person(film: Film, horror: Term) -> None:
    postings.fold()
    import_label(film, horror)
    assert touched() == set()  # until `refresh` lets it be found
    search.refresh([film.pk])
    assert touched() == {film.pk}


def test_postings_that_are_empty_go(film: Film, horror: Term) -> None:
    FilmTerm.objects.create(film=film, term=horror, weight=1, origin="model")
    postings.fold()
    assert Posting.objects.filter(key=f"term/{horror.pk}").exists()
    FilmTerm.objects.all().delete()
    postings.fold()
    assert not Posting.objects.filter(key=f"term/{horror.pk}").exists()
    film.delete()
    postings.fold()
    assert list(Posting.objects.values_list("key", flat=True)) == [postings.FOLDED]


def test_little_is_left_for_later(film: Film) -> None:
    make_film()
    assert search.fold(least=3) == 0
    assert search.fold(least=2) == 2
    assert search.fold() == 0


def test_a_page_costs_the_same_queries_however_many_films_are_touched(film: Film, horror: Term) -> None:
    from django.test.utils import CaptureQueriesContext

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            finding.find(Asked(chips=(Chip(horror, "must"),)))
            finding.facets(Asked(chips=(Chip(horror, "must"),)))
        return len(queries)

    FilmTerm.objects.create(film=film, term=horror, weight=1, origin="model")
    postings.fold()
    cost()  # what is kept at hand is read once
    Film.objects.filter(pk=film.pk).update(year=1950)
    few = cost()
    for _ in range(20):
        FilmTerm.objects.create(film=make_film(), term=horror, weight=1, origin="model")
    assert cost() == few


# Many at a time -----------------------------------------------------------------------------------------------


def in_threads(*work: Callable[[], object]) -> None:
    """Each in a thread with a connection of its own; what one raises is raised."""
    errors: list[BaseException] = []

    def run(one: Callable[[], object]) -> None:
        try:
            one()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


@pytest.mark.django_db(transaction=True)
def test_a_film_is_never_seen_between_two_states_while_others_write_and_fold() -> None:
    """Each film has one of two terms at any moment, and is in exactly one of two decades with it."""
    odd, even = make_term("odd"), make_term("even")
    films = [make_film(year=1950) for _ in range(12)]
    for film in films:
        FilmTerm.objects.create(film=film, term=odd, weight=1, origin="model")
    done = threading.Event()

    def write() -> None:
        from django.db import transaction

        chance = random.Random(3)
        for _ in range(150):
            film = chance.choice(films)
            with transaction.atomic():
                Film.objects.select_for_update().get(pk=film.pk)
                term = FilmTerm.objects.get(film=film).term_id == odd.pk
                FilmTerm.objects.filter(film=film).delete()
                Film.objects.filter(pk=film.pk).update(year=1960 if term else 1950)
                FilmTerm.objects.create(film=film, term=even if term else odd, weight=1, origin="model")
        done.set()

    def fold() -> None:
        while not done.is_set():
            postings.fold()

    def read() -> None:
        everything = {film.pk for film in films}
        while not done.is_set():
            for asked in (
                Asked(chips=(Chip(odd, "must"), Chip(even, "must"))),
                Asked(chips=(Chip(odd, "not"), Chip(even, "not"))),
                Asked(chips=(Chip(odd, "must"),), decades=(1960,)),
                Asked(chips=(Chip(even, "not"),), decades=(1960,)),
            ):
                assert finding.find(asked).count == 0, asked.query()
            assert set(finding.matching(Asked(chips=(Chip(odd, "may"), Chip(even, "may")))).tolist()) == everything
            counts = {facet.value: facet.count for facet in finding.facets(Asked()).decades}
            assert counts.get("1950", 0) + counts.get("1960", 0) == len(films)

    in_threads(write, write, fold, fold, read, read)
    postings.fold()
    for term, decade in ((odd, 1950), (even, 1960)):
        expected = set(FilmTerm.objects.filter(term=term).values_list("film", flat=True))
        assert found(term) == set(finding.matching(Asked(decades=(decade,))).tolist()) == expected


@pytest.mark.django_db(transaction=True)
def test_what_changes_while_it_is_folded_stays_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    term, film = make_term("late"), make_film()
    plain = postings._store

    def store_late(*posted: Any) -> None:
        in_threads(lambda: FilmTerm.objects.create(film=film, term=term, weight=1, origin="model"))
        monkeypatch.setattr(postings, "_store", plain)
        plain(*posted)

    monkeypatch.setattr(postings, "_store", store_late)
    assert postings._fold_some() == 1
    assert touched() == {film.pk}
    assert found(term) == {film.pk}
    assert postings.fold() == 1
    assert found(term) == {film.pk}


@pytest.mark.django_db(transaction=True)
def test_one_at_a_time_folds_and_the_other_does_not_wait() -> None:
    make_film()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, 0)", [postings.LOCK])
        in_threads(_assert_nothing_is_folded)
        cursor.execute("SELECT pg_advisory_unlock(%s, 0)", [postings.LOCK])
    assert postings.fold() == 1


def _assert_nothing_is_folded() -> None:
    assert postings.fold() == 0


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_taken_back_was_never_there(film: Film, horror: Term, curator: User) -> None:
    postings.fold()
    with pytest.raises(RuntimeError), change_set(ChangeSet.Kind.DECIDE, curator):
        Label.objects.create(film=film, term=horror, value="yes", source="person", decided_by=curator)
        raise RuntimeError
    assert touched() == set()
    assert found(horror) == set()
