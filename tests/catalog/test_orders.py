"""The orders of the desk: which films, in which order, and the reason of each."""

from typing import Any

import pytest
from django.utils import translation

from catalog import labelling
from catalog.desk.orders import ORDERS, Wanted
from catalog.models import Film, Label, Pick, Term, User, Visit
from tests.factories import import_label, make_film, make_term, make_version, predict

pytestmark = pytest.mark.django_db


@pytest.fixture
def thriller() -> Term:
    return make_term("thriller")


def pick(film: Film, term: Term, order: str = "error", worth: float = 1.0, **why: Any) -> Pick:
    return Pick.objects.create(film=film, term=term, order=order, worth=worth, why=why)


def in_order(order: str, **wanted: object) -> list[Film]:
    return list(ORDERS[order].films(Wanted(order, **wanted)))  # type: ignore[arg-type]


def test_doubt_shows_films_near_a_cut_first_and_newest_the_last_added(horror: Term, thriller: Term) -> None:
    version = make_version(horror, thriller)
    films = [make_film() for _ in range(3)]
    for film, scores in zip(films, [(0.9, 0.1), (0.52, 0.1), (0.1, 0.6)], strict=True):
        predict(film, version, *scores)
    assert in_order("doubt") == [films[1], films[2], films[0]]
    assert in_order("newest") == films[::-1]
    reason = ORDERS["doubt"].reason(films[1])
    assert (reason.term, reason.sentence) == (horror, "Horror 0.52, cut 0.50")


def test_doubt_speaks_of_no_term_that_is_decided(horror: Term, thriller: Term, curator: User) -> None:
    film = make_film()
    predict(film, make_version(horror, thriller), 0.51, 0.7)
    labelling.accept(film, horror, user=curator, revision=film.revision)
    assert ORDERS["doubt"].reason(film).sentence == "Thriller 0.70, cut 0.50"


def test_picks_come_by_worth_and_each_order_has_its_own(horror: Term) -> None:
    films = [make_film() for _ in range(3)]
    for film, worth in zip(films, (0.2, 0.9, 0.5), strict=True):
        pick(film, horror, worth=worth, value="yes", score=0.03)
    pick(films[0], horror, order="rare", films=3, wanted=20, score=0.4)
    assert in_order("error") == [films[1], films[2], films[0]]
    assert in_order("rare") == [films[0]]


def test_a_pick_is_settled_by_a_persons_word_on_its_term(horror: Term, thriller: Term, curator: User) -> None:
    films = [make_film(), make_film()]
    for film in films:
        import_label(film, horror)
        pick(film, horror, value="yes", score=0.03)
    labelling.accept(films[0], thriller, user=curator, revision=films[0].revision)
    assert set(in_order("error")) == set(films)
    films[0].refresh_from_db()
    labelling.accept(films[0], horror, user=curator, revision=films[0].revision)
    assert in_order("error") == [films[1]]


def test_a_pick_is_settled_by_finishing_the_film_but_not_by_skipping_it(horror: Term, curator: User) -> None:
    films = [make_film(), make_film()]
    Visit.objects.create(film=films[0], user=curator, order="error", outcome="done")  # before the picks were made
    for film in films:
        pick(film, horror, value="yes", score=0.03)
    Visit.objects.create(film=films[0], user=curator, order="error", outcome="skipped")
    Visit.objects.create(film=films[1], user=curator, order="error", outcome="done")
    assert in_order("error") == [films[0]]


def test_unpublished_films_are_in_no_order(horror: Term) -> None:
    film = make_film()
    predict(film, make_version(horror), 0.6)
    for order in Pick.Order.values:
        pick(film, horror, order=order)
    Film.objects.filter(pk=film.pk).update(published=False)
    assert [in_order(order) for order in ORDERS] == [[]] * len(ORDERS)


def test_filters(horror: Term, thriller: Term, curator: User) -> None:
    version = make_version(horror, thriller)
    old, new = make_film(year=1979, source="a.csv"), make_film(year=1984, source="b.csv")
    predict(old, version, 0.9, 0.1)
    predict(new, version, 0.1, 0.8)
    assert in_order("doubt", genre=horror) == [old]
    assert in_order("doubt", decade=1980) == [new]
    assert in_order("doubt", source="a.csv") == [old]
    labelling.reject(old, thriller, user=curator, revision=old.revision)
    assert in_order("newest", machine_only=True) == [new]
    assert set(in_order("newest")) == {old, new}


def test_a_genre_finds_films_that_are_suspected_to_have_it(horror: Term, thriller: Term) -> None:
    film = make_film()
    import_label(film, horror, Label.Value.NO)
    pick(film, horror, value="no", score=0.95)
    assert in_order("error", genre=horror) == [film]
    assert in_order("error", genre=thriller) == []


@pytest.mark.parametrize(
    ("order", "why", "sentence"),
    [
        (
            "error",
            {"value": "yes", "score": 0.31, "beside": 0.03},
            "Labelled Horror, but held-out models say 0.31, and 0.03 beside its other labels",
        ),
        ("error", {"value": "no", "score": 0.9, "beside": 0.97}, "Labelled not Horror, but held-out models say 0.90"),
        (
            "disagreement",
            {"between": "inputs", "poster": 0.81, "plot": 0.2},
            "Horror: the poster says yes (0.81), the plot says no (0.20)",
        ),
        (
            "disagreement",
            {"between": "inputs", "poster": 0.1, "plot": 0.7},
            "Horror: the plot says yes (0.70), the poster says no (0.10)",
        ),
        (
            "disagreement",
            {"between": "versions", "one": "genres-3", "other": "genres-4", "champion": 0.7, "challenger": 0.2},
            "Horror: genres-3 says yes (0.70), genres-4 says no (0.20)",
        ),
        (
            "disagreement",
            {"between": "import", "value": "no", "score": 0.94},
            "Horror: imported as no, predicted at 0.94",
        ),
        (
            "rare",
            {"films": 7, "wanted": 20, "score": 0.31, "cut": 0.25},
            "Horror has 7 films of the 20 that it needs; this one is unsure: 0.31",
        ),
        (
            "rare",
            {"films": 98, "wanted": 20, "score": 0.31, "cut": 0.25},
            "Horror 0.31, cut 0.25, and only 98 films to learn it from",
        ),
    ],
)
def test_the_reason_of_a_pick(horror: Term, order: str, why: dict[str, Any], sentence: str) -> None:
    film = make_film()
    pick(film, horror, order=order, **why)
    with translation.override("en"):
        assert ORDERS[order].reason(film).sentence.startswith(sentence)


@pytest.mark.parametrize("order", list(ORDERS))
def test_a_film_that_is_no_longer_in_an_order_has_no_reason_or_its_date(order: str) -> None:
    assert ORDERS[order].reason(make_film()).term is None


@pytest.mark.parametrize("order", list(ORDERS))
def test_films_in_order_can_be_locked(order: str, horror: Term) -> None:
    film = make_film()
    predict(film, make_version(horror), 0.6)
    for one in Pick.Order.values:
        pick(film, horror, order=one, seconds=7.0)
    films = ORDERS[order].films(Wanted(order, genre=horror, machine_only=True))
    assert list(films.select_for_update(skip_locked=True, of=("self",))) == [film]


def test_the_time_box_is_filled_with_what_teaches_most_and_with_doubt_where_nothing_was_picked(horror: Term) -> None:
    doubtful, picked = make_film(), make_film()
    predict(doubtful, make_version(horror), 0.5)
    assert in_order("time", minutes=10) == [doubtful]
    assert ORDERS["time"].reason(doubtful).sentence == "Horror 0.50, cut 0.50"
    pick(picked, horror, order="rare", films=98, wanted=20, score=0.31, cut=0.25, seconds=8.7)
    assert in_order("time", minutes=10, genre=horror) == [picked]
    assert ORDERS["time"].reason(picked).sentence.endswith("only 98 films to learn it from · about 9 s")


def test_in_a_time_box_a_film_that_takes_less_time_comes_before_one_that_teaches_a_little_more(horror: Term) -> None:
    films = [make_film() for _ in range(3)]
    for film, worth, seconds in zip(films, (1.0, 0.8, 0.1), (20.0, 6.5, 6.0), strict=True):
        pick(film, horror, order="rare", worth=worth, seconds=seconds)
    assert in_order("rare") == films
    assert in_order("time") == [films[1], films[0], films[2]]
