"""What viewers find, rebuilt from labels and proposals."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog import labelling, search
from catalog.models import Film, FilmTerm, Label, Review, Term, User
from tests.factories import Said, import_label, make_film, make_term, make_version, predict, score_tables

pytestmark = pytest.mark.django_db


@pytest.fixture
def scores(monkeypatch: pytest.MonkeyPatch) -> Said:
    """What the champion says, to be filled by the test."""
    said: Said = {}
    monkeypatch.setattr(search, "score_tables", lambda ids: score_tables({pk: said[pk] for pk in ids if pk in said}))
    return said


def found(film: Film) -> dict[str, tuple[float, str]]:
    rows = FilmTerm.objects.filter(film=film).values_list("term__slug", "weight", "origin")
    return {slug: (weight, origin) for slug, weight, origin in rows}


def test_labels_come_before_proposals(film: Film, horror: Term, comedy: Term, curator: User, scores: Said) -> None:
    drama, war, western = (make_term(slug) for slug in ("drama", "war", "western"))
    import_label(film, horror)
    labelling.reject(film, comedy, user=curator, revision=1)
    film.refresh_from_db()
    labelling.clear(film, war, user=curator, revision=film.revision)
    high, low = 0.9, 0.4
    scores[film.pk] = {horror.pk: low, comedy.pk: high, war.pk: high, drama.pk: high, western.pk: low}
    search.refresh([film.pk])
    assert found(film) == {"horror": (1.0, "import"), "drama": (0.9, "model")}
    assert Review.objects.get(film=film).waiting == 1


def test_a_film_waits_for_what_any_champion_proposes(film: Film, horror: Term, comedy: Term) -> None:
    eerie, old = (make_term(slug, Term.Kind.TAG) for slug in ("eerie", "old"))
    genres, tags = make_version(horror, comedy, threshold=0.6), make_version(eerie, old, threshold=0.2)
    make_version(horror, champion=False)
    unscored = make_film()
    predict(film, genres, 0.9, 0.5)
    predict(film, tags, 0.2, 0.1)
    import_label(film, old)
    search.refresh([unscored.pk, film.pk])
    review = Review.objects.get()
    assert (review.film, review.waiting, review.doubt) == (film, 2, 1.0)  # "eerie" is on its threshold
    import_label(film, eerie)
    search.refresh([film.pk])
    review = Review.objects.get()
    assert review.waiting == 1
    assert review.doubt == pytest.approx(1 - 0.1 / 0.6)  # comedy: .1 below .6


@pytest.mark.parametrize(
    ("score", "threshold", "doubt"),
    [(0.5, 0.5, 1), (1, 0.5, 0), (0, 0.5, 0), (0.9, 0.8, 0.5), (0.2, 0.8, 0.25), (1, 1, 1), (0, 0, 1)],
)
def test_doubt(score: float, threshold: float, doubt: float) -> None:
    table = replace(score_tables({1: {1: score}})[0], thresholds=np.array([threshold], float))
    assert table.doubt.item() == pytest.approx(doubt)


def test_what_is_not_said_any_more_is_gone(film: Film, horror: Term, scores: Said) -> None:
    scores[film.pk] = {horror.pk: 0.9}
    search.refresh([film.pk])
    scores.clear()
    search.refresh([film.pk])
    assert found(film) == {} and not Review.objects.exists()


def test_retired_terms_are_not_found(film: Film, horror: Term, comedy: Term, scores: Said) -> None:
    import_label(film, horror)
    scores[film.pk] = {comedy.pk: 0.9}
    Term.objects.filter(pk__in=[horror.pk, comedy.pk]).update(active=False)
    search.refresh([film.pk])
    assert found(film) == {}
    assert Review.objects.get(film=film).waiting == 0


def test_only_the_named_films_are_rebuilt(film: Film, horror: Term) -> None:
    other = make_film()
    for each in (film, other):
        import_label(each, horror)
    search.refresh([film.pk, film.pk])
    assert found(film) and not found(other)
    search.refresh([])


def test_the_number_of_queries_does_not_grow_with_the_films(horror: Term, comedy: Term, scores: Said) -> None:
    films = [make_film() for _number in range(30)]
    for film in films:
        import_label(film, horror)
        scores[film.pk] = {comedy.pk: 0.9}
    counts = []
    for some in (films[:2], films):
        with CaptureQueriesContext(connection) as queries:
            search.refresh([film.pk for film in some])
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


@pytest.mark.django_db(transaction=True)
def test_two_who_rebuild_one_film_take_turns() -> None:
    film, term = make_film(), make_term("eerie", Term.Kind.TAG)
    import_label(film, term)
    search.refresh([film.pk])
    outcome: list[str] = []

    def rebuild() -> None:
        try:
            search.refresh([film.pk])
            outcome.append("done")
        except Exception as error:
            outcome.append(repr(error))
        finally:
            connection.close()

    other = threading.Thread(target=rebuild)
    with transaction.atomic():
        search.refresh([film.pk])
        other.start()
        other.join(0.5)
        assert outcome == []  # it waits for us
    other.join(10)
    assert outcome == ["done"]
    assert found(film) == {"eerie": (1.0, Label.Source.IMPORT)}
