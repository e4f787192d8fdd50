"""What a look at a film is worth: pure functions on scores."""

import numpy as np
import pytest
from numpy.typing import NDArray

from catalog.scores import ScoreTable
from inference.picks import worth

NO_VECTORS = np.zeros((0, 0), np.float32)


def chosen(
    scores: list[list[float]],
    films: list[float],
    *,
    most: int = 10,
    open: NDArray[np.bool_] | None = None,
    vectors: NDArray[np.float32] = NO_VECTORS,
    costs: list[float] | None = None,
) -> worth.Chosen:
    table = np.array(scores)
    seen = vectors if len(vectors) else np.zeros((len(table), 0), np.float32)
    free = np.ones(table.shape, bool) if open is None else open
    return worth.choose(table, free, np.array(films), seen, most, None if costs is None else np.array(costs))


def test_a_coin_toss_tells_most() -> None:
    told = worth.uncertainty(np.array([[0.0, 0.1, 0.5, 0.9, 1.0]]))[0]
    assert told[2] == pytest.approx(np.log(2))
    assert told[1] == pytest.approx(told[3])
    assert told[0] == pytest.approx(0, abs=1e-6)


def test_doubt_is_the_catalogues_own() -> None:
    scores, cuts = np.random.default_rng(0).random((20, 3)), np.array([0.2, 0.5, 0.9])
    ids = np.arange(20)
    table = ScoreTable("v", np.arange(3), cuts, ids, scores, [()] * 20)
    np.testing.assert_allclose(worth.doubt(scores, cuts), table.doubt)


def test_a_film_takes_a_look_and_a_while_for_what_is_expected_to_be_wrong() -> None:
    scores, cuts = np.array([[0.9, 0.2], [1.0, 0.0]]), np.array([0.5, 0.5])
    np.testing.assert_allclose(worth.seconds(scores, cuts, np.ones((2, 2), bool), 5, 10), [5 + 10 * 0.3, 5])
    np.testing.assert_allclose(worth.seconds(scores, cuts, np.array([[True, False]] * 2), 5, 10), [6, 5])


def test_answers_about_rare_terms_come_first() -> None:
    found = chosen([[0.5, 0.0], [0.0, 0.5], [0.0, 0.3]], [100, 3])
    assert found.rows.tolist() == [1, 2, 0]
    assert found.terms.tolist() == [1, 1, 0]
    assert (np.diff(found.worth) <= 0).all()


def test_what_is_known_is_worth_nothing() -> None:
    open_ = np.array([[False, False], [True, False]])
    found = chosen([[0.5, 0.5], [0.5, 0.5]], [1, 1], open=open_)
    assert (found.rows.tolist(), found.terms.tolist()) == ([1], [0])


def test_a_term_whose_films_are_chosen_gives_way_to_another() -> None:
    """Twice as many films of the first term to begin with: after some of the second it is the first one's turn."""
    scores = [[0.0, 0.5]] * 60 + [[0.5, 0.0]] * 60
    rows = chosen(scores, [19, 9], most=60).rows
    assert (rows[:10] < 60).all()
    assert 10 < (rows >= 60).sum() < 40


def test_a_film_like_an_earlier_one_comes_later_but_comes() -> None:
    vectors = np.eye(5, dtype=np.float32)[[0, 0, 1, 2, 3]]
    found = chosen([[0.5], [0.5], [0.45], [0.4], [0.35]], [1], vectors=vectors)
    assert found.rows.tolist() == [0, 2, 3, 4, 1]


def test_a_film_like_one_chosen_long_before_comes_later_too() -> None:
    vectors = np.eye(20, dtype=np.float32)[[*range(15), 0]]
    scores = [[0.5 - 0.01 * n] for n in range(15)] + [[0.37]]
    rows = chosen(scores, [1], vectors=vectors, most=16).rows.tolist()
    assert rows.index(15) == 15


def test_worth_may_be_counted_by_the_second() -> None:
    assert chosen([[0.5], [0.4]], [1], costs=[10, 1]).rows.tolist() == [1, 0]


def test_no_more_than_wanted_and_nothing_of_nothing() -> None:
    assert len(chosen([[0.5]] * 30, [1], most=12).rows) == 12
    assert len(worth.choose(np.zeros((0, 2)), np.zeros((0, 2), bool), np.ones(2), NO_VECTORS, 5).rows) == 0


def test_disagreement_is_how_far_apart_those_are_who_decide_differently() -> None:
    one, other = np.array([[0.7, 0.9, 0.1]]), np.array([[0.2, 0.6, 0.4]])
    cuts = np.full(3, 0.5)
    np.testing.assert_allclose(worth.disagreement(one, cuts, other, cuts), [[0.5, 0, 0]])
