"""Scores that follow decisions although the champion judges each term by itself: by links between labels."""

import numpy as np
import pytest

from catalog import labelling, search
from catalog.models import FilmTerm, Label, Review, Term, User
from catalog.scores import film_scores
from inference.models import Links
from tests.factories import import_label, make_film, make_term, make_version, predict
from training.models import ModelVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def terms(db: None) -> list[Term]:
    return [make_term(slug) for slug in ("comedy", "drama", "horror")]


@pytest.fixture
def version(terms: list[Term]) -> ModelVersion:
    return make_version(*terms)


def link(version: ModelVersion, *, helps: bool = True) -> Links:
    """Horror speaks against comedy, and for drama."""
    weights = np.zeros((3, 8))
    weights[0, 2], weights[1, 2] = -2, 2
    return Links.objects.update_or_create(
        version=version, defaults={"weights": weights.ravel().tolist(), "helps": helps}
    )[0]


def said(film_id: int) -> dict[str, float]:
    slugs = dict(Term.objects.values_list("pk", "slug"))
    return {slugs[term_id]: round(one.score, 2) for term_id, one in film_scores([film_id])[film_id].items()}


ALONE = {"comedy": 0.6, "drama": 0.4, "horror": 0.5}
HORROR = {"comedy": 0.36, "drama": 0.64, "horror": 0.5}


def test_a_decided_genre_moves_the_rest(version: ModelVersion, terms: list[Term], curator: User) -> None:
    film = make_film()
    link(version)
    predict(film, version, *ALONE.values())
    assert said(film.pk) == ALONE
    labelling.accept(film, terms[2], user=curator, revision=film.revision)
    assert said(film.pk) == HORROR
    assert {score.given for score in film_scores([film.pk])[film.pk].values()} == {1}


def test_search_and_what_waits_follow(version: ModelVersion, terms: list[Term], curator: User) -> None:
    film = make_film()
    link(version)
    predict(film, version, *ALONE.values())
    labelling.accept(film, terms[2], user=curator, revision=film.revision)
    found = set(FilmTerm.objects.filter(film=film).values_list("term__slug", flat=True))
    assert found == {"drama", "horror"}
    assert Review.objects.get(film=film).waiting == 1


def test_links_that_do_not_help_are_not_used(version: ModelVersion, terms: list[Term]) -> None:
    film = make_film()
    link(version, helps=False)
    predict(film, version, *ALONE.values())
    import_label(film, terms[2])
    assert said(film.pk) == ALONE


def test_unknown_says_nothing(version: ModelVersion, terms: list[Term], curator: User) -> None:
    film = make_film()
    link(version)
    predict(film, version, *ALONE.values())
    labelling.decide(film, terms[2], Label.Value.UNKNOWN, user=curator, revision=film.revision)
    assert said(film.pk) == ALONE


def test_links_that_are_made_anew_are_read_anew(version: ModelVersion, terms: list[Term]) -> None:
    film = make_film()
    links = link(version)
    predict(film, version, *ALONE.values())
    import_label(film, terms[2])
    assert said(film.pk) == HORROR
    links.weights = [0.0] * 24
    links.save()
    assert said(film.pk) == ALONE


def test_films_scored_together_keep_their_own_labels(version: ModelVersion, terms: list[Term]) -> None:
    link(version)
    films = [make_film() for _ in range(3)]
    for film in films:
        predict(film, version, *ALONE.values())
    import_label(films[1], terms[2])
    found = film_scores([film.pk for film in films])
    drama = [round(found[film.pk][terms[1].pk].score, 2) for film in films]
    assert drama == [ALONE["drama"], HORROR["drama"], ALONE["drama"]]
    search.refresh([film.pk for film in films])


def test_a_term_that_this_site_lacks_is_passed_over(terms: list[Term]) -> None:
    version = make_version(*terms)
    ModelVersion.objects.filter(pk=version.pk).update(
        terms=["comedy", "elsewhere", "drama", "horror"], thresholds=[0.5] * 4
    )
    weights = np.zeros((4, 9))
    weights[2, 3] = 2
    Links.objects.create(version=version, weights=weights.ravel().tolist(), helps=True)
    film = make_film()
    predict(film, version, 0.6, 0.9, 0.4, 0.5)
    import_label(film, terms[2])
    assert said(film.pk) == {"comedy": 0.6, "drama": 0.64, "horror": 0.5}
