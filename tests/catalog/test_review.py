"""Which film a person looks at next."""

import pytest

from catalog import labelling
from catalog.models import Film, Term, User
from catalog.review import next_film
from tests.factories import make_film, make_version, predict

pytestmark = pytest.mark.django_db


@pytest.fixture
def films(horror: Term) -> list[Film]:
    """From the most to the least uncertain; the last two alike."""
    version = make_version(horror)
    made = []
    for score in (0.51, 0.6, 0.9, 0.9):
        film = make_film()
        predict(film, version, score)
        made.append(film)
    return [*made[:2], made[3], made[2]]


def fresh(film: Film) -> Film:
    return Film.objects.get(pk=film.pk)


def test_while_a_film_waits_the_next_less_uncertain_one_follows(films: list[Film]) -> None:
    assert [next_film(fresh(film)) for film in films] == [*films[1:], films[0]]


def test_after_a_film_is_settled_the_most_uncertain_one_follows(films: list[Film], horror: Term, curator: User) -> None:
    labelling.accept(films[2], horror, user=curator, revision=films[2].revision)
    assert next_film(fresh(films[2])) == films[0]
    assert next_film(fresh(films[1])) == films[3]


def test_films_without_predictions_lead_to_the_most_uncertain_one(films: list[Film]) -> None:
    assert next_film(make_film()) == films[0]


def test_the_last_film_that_waits_has_none_after_it(horror: Term) -> None:
    film = make_film()
    predict(film, make_version(horror), 0.8)
    assert next_film(fresh(film)) is None


def test_unpublished_films_are_passed_over(films: list[Film]) -> None:
    Film.objects.filter(pk=films[1].pk).update(published=False)
    assert next_film(fresh(films[0])) == films[2]
