"""What viewers find, rebuilt from labels and proposals."""

import threading

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog import labelling, search
from catalog.models import Film, FilmTerm, Label, Review, Term, User
from catalog.scores import FilmScores, Score
from tests.factories import import_label, make_film, make_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def scores(monkeypatch: pytest.MonkeyPatch) -> FilmScores:
    """What the champion says, to be filled by the test."""
    said: FilmScores = {}
    monkeypatch.setattr(search, "film_scores", lambda ids: {pk: said[pk] for pk in ids if pk in said})
    return said


def found(film: Film) -> dict[str, tuple[float, str]]:
    rows = FilmTerm.objects.filter(film=film).values_list("term__slug", "weight", "origin")
    return {slug: (weight, origin) for slug, weight, origin in rows}


def test_labels_come_before_proposals(
    film: Film, horror: Term, comedy: Term, curator: User, scores: FilmScores
) -> None:
    drama, war, western = (make_term(slug) for slug in ("drama", "war", "western"))
    import_label(film, horror)
    labelling.reject(film, comedy, user=curator, revision=1)
    film.refresh_from_db()
    labelling.clear(film, war, user=curator, revision=film.revision)
    high, low = Score(0.9, 0.5, "v1"), Score(0.4, 0.5, "v1")
    scores[film.pk] = {horror.pk: low, comedy.pk: high, war.pk: high, drama.pk: high, western.pk: low}
    search.refresh([film.pk])
    assert found(film) == {"horror": (1.0, "import"), "drama": (0.9, "model")}
    assert Review.objects.get(film=film).waiting == 1


def test_what_is_not_said_any_more_is_gone(film: Film, horror: Term, scores: FilmScores) -> None:
    scores[film.pk] = {horror.pk: Score(0.9, 0.5, "v1")}
    search.refresh([film.pk])
    scores.clear()
    search.refresh([film.pk])
    assert found(film) == {} and not Review.objects.exists()


def test_retired_terms_are_not_found(film: Film, horror: Term, comedy: Term, scores: FilmScores) -> None:
    import_label(film, horror)
    scores[film.pk] = {comedy.pk: Score(0.9, 0.5, "v1")}
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


def test_the_number_of_queries_does_not_grow_with_the_films(horror: Term, comedy: Term, scores: FilmScores) -> None:
    films = [make_film() for _number in range(30)]
    for film in films:
        import_label(film, horror)
        scores[film.pk] = {comedy.pk: Score(0.9, 0.5, "v1")}
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
