"""What viewers find, rebuilt from labels and proposals."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog import labelling, search
from catalog.models import Film, FilmTerm, Label, Review, Term, User
from catalog.scores import Score, film_scores
from catalog.search import refreshing
from tests.factories import Said, import_label, make_film, make_term, make_version, predict, score_tables
from training.models import ModelVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def scores(monkeypatch: pytest.MonkeyPatch) -> Said:
    """What the champion says, to be filled by the test."""
    said: Said = {}
    tables = lambda ids: score_tables({pk: said[pk] for pk in ids if pk in said})  # noqa: E731
    monkeypatch.setattr(refreshing, "score_tables", tables)
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


def test_the_scores_of_all_champions_stand_together(film: Film, horror: Term, comedy: Term) -> None:
    eerie, other = make_term("eerie", Term.Kind.TAG), make_film()
    genres, tags = make_version(horror, comedy), make_version(eerie, threshold=0.2)
    ModelVersion.objects.filter(pk=genres.pk).update(thresholds=[0.6, 0.4])
    predict(film, genres, 0.6, 0.3)
    predict(film, tags, 0.1, inputs=("plot",))
    predict(other, tags, 0.9, inputs=("poster",))
    scores = film_scores([film.pk, other.pk])
    assert scores == {
        film.pk: {
            horror.pk: Score(0.6, 0.6, "genres-1", ("plot", "poster")),
            comedy.pk: Score(0.3, 0.4, "genres-1", ("plot", "poster")),
            eerie.pk: Score(0.1, 0.2, "tags-1", ("plot",)),
        },
        other.pk: {eerie.pk: Score(0.9, 0.2, "tags-1", ("poster",))},
    }
    assert {pk: score.proposed for pk, score in scores[film.pk].items()} == {
        horror.pk: True, comedy.pk: False, eerie.pk: False,
    }  # fmt: skip


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


def test_what_is_said_of_one_film_changes_no_other(horror: Term, comedy: Term, scores: Said) -> None:
    unscored, labelled, bare = (make_film() for _ in range(3))
    import_label(labelled, horror, Label.Value.NO)
    scores[labelled.pk] = {horror.pk: 0.9, comedy.pk: 0.6}
    scores[bare.pk] = {horror.pk: 0.9, comedy.pk: 0.3}
    search.refresh([bare.pk, unscored.pk, labelled.pk])
    assert [found(film) for film in (unscored, labelled, bare)] == [
        {}, {"comedy": (0.6, "model")}, {"horror": (0.9, "model")},
    ]  # fmt: skip
    reviews = {review.film_id: review for review in Review.objects.all()}
    assert {pk: review.waiting for pk, review in reviews.items()} == {labelled.pk: 1, bare.pk: 1}
    assert {pk: review.doubt for pk, review in reviews.items()} == pytest.approx({labelled.pk: 0.8, bare.pk: 0.6})


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


@pytest.mark.django_db(transaction=True)
def test_films_are_locked_from_the_lowest_id_up() -> None:
    """Whoever locks several films does it in this order, so that nobody waits for somebody who waits for him."""
    first, second = make_film(), make_film()
    Film.objects.filter(pk=first.pk).update(title="Now behind the other one on the disk")

    def rebuild() -> None:
        search.refresh([second.pk, first.pk])
        connection.close()

    other = threading.Thread(target=rebuild)
    with transaction.atomic():
        Film.objects.select_for_update().get(pk=first.pk)
        other.start()
        other.join(0.5)
        assert other.is_alive()  # it waits for us, and does not hold the second one yet
        Film.objects.select_for_update(nowait=True).get(pk=second.pk)
    other.join(10)
    assert not other.is_alive()
