"""What a retraining would find, counted in SQL, against the snapshot that it would take."""

import pytest
from django.db import connection

from catalog.models import Film, Label, Term
from tests.factories import import_label, make_film, make_term
from training import readiness
from training.models import Task
from training.snapshot import YES, NotEnoughLabels, take
from training.splits import PARTS_SQL, split_of

pytestmark = pytest.mark.django_db


def test_postgresql_splits_films_as_python_does() -> None:
    keys = [f"tt{number * 7919:07d}" for number in range(3000)] + ["한국영화-1", "a 'quoted' key"]
    Film.objects.bulk_create(Film(key=key, title="Film") for key in keys)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT key, part FROM ({PARTS_SQL.format(where='true')}) AS parts JOIN catalog_film USING (id)"
        )
        assert {key: split_of(key) for key in keys} == dict(cursor.fetchall())


@pytest.fixture
def labelled(db: None) -> list[Term]:
    Term.objects.update(active=False)
    terms = [make_term(slug, active=True) for slug in ("comedy", "horror", "western")]
    for number in range(120):
        film = make_film(key=f"film-{number}", plot="" if number % 10 == 9 else "A plot.", published=number % 11 > 0)
        import_label(film, terms[0], Label.Value.YES if number % 2 else Label.Value.NO)
        if number % 3 == 0:
            import_label(film, terms[1])
        if number % 40 == 1:
            import_label(film, terms[2])
    return terms


def test_counts_are_those_of_the_snapshot(labelled: list[Term]) -> None:
    snapshot = take(Task.GENRES, min_films=1)
    assert readiness.by_part(Task.GENRES) == snapshot.counts
    found = {row.term.slug: row for row in readiness.by_term(Task.GENRES, 20)}
    train = snapshot.rows("train")
    for column, slug in enumerate(snapshot.terms):
        assert found[slug].train == (snapshot.labels[train, column] == YES).sum()
        assert found[slug].test == (snapshot.labels[snapshot.rows("test"), column] == YES).sum()


def test_the_term_that_is_furthest_comes_first(labelled: list[Term]) -> None:
    rows = readiness.by_term(Task.GENRES, 20)
    assert [row.term.slug for row in rows] == ["western", "horror", "comedy"]
    assert [row.learned for row in rows] == [False, True, True]
    assert rows[0].missing == 20 - rows[0].train > 0 and 0 < rows[0].share < 1
    assert rows[2].missing == 0 and rows[2].share == 1


def test_a_term_that_is_ready_is_one_that_a_snapshot_takes(labelled: list[Term]) -> None:
    for needed in (1, 5, 20):
        ready = {row.term.slug for row in readiness.by_term(Task.GENRES, needed) if row.learned}
        assert set(take(Task.GENRES, min_films=needed).terms) == ready
    with pytest.raises(NotEnoughLabels):
        take(Task.GENRES, min_films=1000)


def test_retired_terms_and_unknown_answers_do_not_count(labelled: list[Term]) -> None:
    Term.objects.filter(slug="western").update(active=False)
    assert "western" not in {row.term.slug for row in readiness.by_term(Task.GENRES, 20)}
