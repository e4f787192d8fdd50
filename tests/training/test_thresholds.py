"""Thresholds: the best cut found, ties, unknown cells, shrinkage for rare terms."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from training.metrics import Truth
from training.thresholds import best_f1, decide, fit_thresholds, from_log_odds, log_odds


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000), films=st.integers(2, 30))
def test_best_cut_beats_every_other_cut(seed: int, films: int) -> None:
    random = np.random.default_rng(seed)
    scores, yes = np.round(random.random(films), 1), random.random(films) < 0.4
    cut, f1 = best_f1(scores, yes)
    assert f1 == pytest.approx(f1_score(yes, scores >= cut, zero_division=0))
    for other in np.append(scores, [0, 2]):
        assert f1_score(yes, scores >= other, zero_division=0) <= f1 + 1e-12


def test_cut_lies_between_the_neighbours_and_ignores_unknown_films() -> None:
    scores, yes = np.array([0.9, 0.8, 0.2, 0.95]), np.array([True, True, False, False])
    assert best_f1(scores, yes, np.array([True, True, True, False])) == pytest.approx((0.5, 1.0))


def test_where_deciding_all_is_best_the_cut_is_the_lowest_score() -> None:
    assert best_f1([0.9, 0.5, 0.1], [True, False, True]) == pytest.approx((0.1, 4 / 5))


def test_term_without_a_yes_has_no_cut_of_its_own() -> None:
    assert best_f1([0.1, 0.9], [False, False]) == (np.inf, 0.0)


def test_plain_thresholds_are_each_terms_best() -> None:
    random = np.random.default_rng(1)
    labels = (random.random((200, 3)) < [0.5, 0.2, 0.1]).astype(int)
    scores = np.clip(labels * 0.2 + random.random((200, 3)) * 0.8, 0, 1)
    cuts = fit_thresholds(scores, Truth.of(labels), belief=0, shrink=0)
    assert cuts == pytest.approx([best_f1(scores[:, t], labels[:, t])[0] for t in range(3)])


def test_unknown_films_move_neither_a_terms_own_cut_nor_the_common_one() -> None:
    random = np.random.default_rng(4)
    labels = (random.random((60, 3)) < 0.4).astype(int)
    labels[random.random((60, 3)) < 0.4] = -1
    labels[:, 2] = -1  # of this term nothing is known
    scores = random.random((60, 3))
    truth = Truth.of(labels)
    known, yes = truth.known, truth.yes
    common = best_f1(scores[known], yes[known])[0]
    own = [best_f1(scores[known[:, t], t], yes[known[:, t], t])[0] for t in (0, 1)]
    assert fit_thresholds(scores, truth, belief=0, shrink=0) == pytest.approx([*own, common])
    assert fit_thresholds(scores, truth, belief=0, shrink=1e12) == pytest.approx([common] * 3)


def test_rare_terms_are_drawn_further_to_the_common_cut() -> None:
    random = np.random.default_rng(2)
    labels = np.zeros((1000, 2), int)
    labels[:400, 0] = labels[:4, 1] = 1
    scores = np.where(labels == 1, 0.9, 0.3) + random.random((1000, 2)) / 100
    scores[:, 1] -= 0.25  # the rare term's own best cut is far lower
    own = fit_thresholds(scores, Truth.of(labels), belief=0, shrink=0)
    drawn = fit_thresholds(scores, Truth.of(labels), belief=0, shrink=20)
    common = fit_thresholds(scores, Truth.of(labels), belief=0, shrink=1e12)[0]
    assert common == pytest.approx(best_f1(scores.ravel(), labels.ravel())[0])
    moved = (log_odds(drawn) - log_odds(own)) / (log_odds(common) - log_odds(own))
    assert moved == pytest.approx([20 / 420, 20 / 24], abs=1e-6)


def test_belief_in_calibrated_scores_gives_the_cut_of_theory() -> None:
    # With p uniform in [0, 1] and the scores believed, the F1-best cut is half the F1 reached there (Lipton 2014).
    scores = ((np.arange(20_000) + 0.5) / 20_000)[:, None]
    truth = Truth.of((scores > 0.999).astype(int))
    cut = fit_thresholds(scores, truth, belief=1, shrink=0)[0]
    expected = 2 * scores[scores >= cut].sum() / ((scores >= cut).sum() + scores.sum())
    assert cut == pytest.approx(expected / 2, abs=0.01)


def test_terms_and_tables_without_labels_still_get_a_cut() -> None:
    truth = Truth.of([[1, -1, 0], [0, -1, 0]])
    scores = np.array([[0.8, 0.5, 0.1], [0.2, 0.5, 0.2]])
    assert ((fit_thresholds(scores, truth) > 0) & (fit_thresholds(scores, truth) < 1)).all()
    assert (fit_thresholds(scores, Truth.of(np.full((2, 3), -1))) == 0.5).all()


def test_thresholds_survive_json() -> None:
    scores = np.random.default_rng(3).random((50, 4))
    cuts = fit_thresholds(scores, Truth.of((scores > 0.6).astype(int)))
    assert (decide(scores, json.loads(json.dumps(cuts.tolist()))) == decide(scores, cuts)).all()


def test_a_score_on_the_cut_is_decided() -> None:
    assert decide(np.array([[0.5, 0.5, 0.4]]), [0.5, 0.6, 0.4]).tolist() == [[True, False, True]]


def test_labels_and_scores_weigh_alike_and_20_positives_halve_the_common_cut() -> None:
    random = np.random.default_rng(6)
    scores, truth = random.random((90, 2)), Truth.of((random.random((90, 2)) < 0.3).astype(int))
    assert (fit_thresholds(scores, truth) == fit_thresholds(scores, truth, belief=0.5, shrink=20)).all()


def test_log_odds_and_back() -> None:
    p = np.array([0.001, 0.5, 0.999])
    assert from_log_odds(log_odds(p)) == pytest.approx(p)
    assert np.isfinite(log_odds([0, 1])).all()
