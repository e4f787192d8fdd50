"""Metrics against scikit-learn on random labels, with and without unknown cells, and by hand on small tables."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from training import metrics
from training.metrics import Truth


def random_case(seed: int, films: int = 60, terms: int = 5, unknown: float = 0.0, ties: bool = False) -> Any:
    random = np.random.default_rng(seed)
    labels = (random.random((films, terms)) < 0.4).astype(int)
    labels[0], labels[1] = 1, 0  # every term has a yes and a no, also after masking
    labels[2:][random.random((films - 2, terms)) < unknown] = -1
    scores = random.random((films, terms))
    scores = np.round(scores, 1) if ties else scores
    return scores, scores >= random.uniform(0.2, 0.8, terms), Truth.of(labels)


@pytest.mark.parametrize("average", ["micro", "macro", "weighted"])
def test_f1_equals_scikit_learn_without_unknown_cells(average: str) -> None:
    _, decided, truth = random_case(1)
    ours = metrics.micro(decided, truth) if average == "micro" else metrics.averaged(decided, truth, average)
    theirs = sk.precision_recall_fscore_support(truth.yes, decided, average=average, zero_division=0)
    assert [ours["precision"], ours["recall"], ours["f1"]] == pytest.approx(theirs[:3])


def test_samples_average_equals_scikit_learn_on_films_with_a_yes() -> None:
    _, decided, truth = random_case(2)
    films = truth.yes.any(1)
    theirs = sk.precision_recall_fscore_support(truth.yes[films], decided[films], average="samples", zero_division=0)
    ours = metrics.averaged(decided, truth, "samples")
    assert [ours["precision"], ours["recall"], ours["f1"]] == pytest.approx(theirs[:3])


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), unknown=st.sampled_from([0.0, 0.3, 0.8]), ties=st.booleans())
def test_each_term_equals_scikit_learn_on_its_known_films(seed: int, unknown: float, ties: bool) -> None:
    scores, decided, truth = random_case(seed, unknown=unknown, ties=ties)
    counts, areas = metrics.count(decided, truth), metrics.average_precisions(scores, truth)
    for t in range(scores.shape[1]):
        known = truth.known[:, t]
        yes = truth.yes[known, t]
        assert counts.f1[t] == pytest.approx(sk.f1_score(yes, decided[known, t], zero_division=0))
        assert areas[t] == pytest.approx(sk.average_precision_score(yes, scores[known, t]))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_weighted_average_precision_equals_repeating_films(seed: int) -> None:
    scores, _, truth = random_case(seed, ties=True)
    weights = np.random.default_rng(seed).integers(0, 4, len(scores))
    weights[0] = 1
    repeated = np.repeat(np.arange(len(scores)), weights)
    expected = sk.average_precision_score(truth.yes[repeated, 0], scores[repeated, 0])
    assert metrics.average_precision(scores[:, 0], truth.yes[:, 0], weights) == pytest.approx(expected)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_what_is_said_about_unknown_cells_changes_no_metric(seed: int) -> None:
    scores, decided, truth = random_case(seed, unknown=0.5)
    random = np.random.default_rng(seed + 1)
    other_scores = np.where(truth.known, scores, random.random(scores.shape))
    other_decided = np.where(truth.known, decided, random.random(scores.shape) < 0.5)
    assert metrics.summary(scores, decided, truth) == metrics.summary(other_scores, other_decided, truth)


def test_ranking_and_set_metrics_equal_scikit_learn() -> None:
    scores, decided, truth = random_case(3)
    films = truth.yes.any(1)
    assert metrics.hamming_loss(decided, truth) == pytest.approx(sk.hamming_loss(truth.yes, decided))
    assert metrics.subset_accuracy(decided, truth) == pytest.approx(sk.accuracy_score(truth.yes, decided))
    expected = sk.coverage_error(truth.yes[films], scores[films])
    assert metrics.coverage_error(scores, truth) == pytest.approx(expected)


def test_small_table_by_hand() -> None:
    truth = Truth.of([[1, 0, -1], [1, 1, 0], [0, -1, -1]])
    decided = np.array([[True, True, True], [False, True, False], [False, True, True]])
    # known cells: hits (0,0) (1,1); false alarm (0,1); miss (1,0); the unknown column 2 says nothing
    assert metrics.micro(decided, truth) == pytest.approx({"precision": 2 / 3, "recall": 2 / 3, "f1": 2 / 3})
    assert metrics.averaged(decided, truth, "macro") == pytest.approx({"precision": 0.75, "recall": 0.75, "f1": 2 / 3})
    assert metrics.hamming_loss(decided, truth) == pytest.approx(2 / 6)
    assert metrics.subset_accuracy(decided, truth) == pytest.approx(1 / 3)


def test_accuracy_of_a_label_counts_its_known_films_only() -> None:
    truth = Truth.of([[1, 0, -1], [1, 1, -1], [0, -1, -1]])
    decided = np.array([[True, True, True], [False, True, False], [False, True, True]])
    found = metrics.label_accuracies(decided, truth)
    assert found[:2] == pytest.approx([2 / 3, 1 / 2]) and np.isnan(found[2])
    assert metrics.summary(decided.astype(float), decided, truth)["label_accuracy"] == pytest.approx(7 / 12)


def test_nan_means_unknown_and_other_values_are_refused() -> None:
    assert (Truth.of([[1.0, np.nan, 0.0]]).known == [[True, False, True]]).all()
    for odd in ([[2, 0]], [1, 0], [[[1]]]):
        with pytest.raises(ValueError, match="table of 1"):
            Truth.of(odd)


def test_a_term_without_a_known_yes_is_left_out_of_the_mean() -> None:
    truth = Truth.of([[1, 0, -1], [0, 0, -1]])
    scores = np.array([[0.9, 0.1, 0.5], [0.8, 0.2, 0.5]])
    assert metrics.average_precisions(scores, truth).tolist() == pytest.approx([1.0, np.nan, np.nan], nan_ok=True)
    assert metrics.summary(scores, scores > 0.5, truth)["map"] == 1.0


def test_films_of_which_nothing_is_known_count_neither_right_nor_wrong() -> None:
    truth = Truth.of([[1, 0], [0, -1], [-1, -1], [-1, -1]])
    decided = np.array([[True, False], [True, True], [True, True], [False, False]])
    assert metrics.subset_accuracy(decided, truth) == 0.5
    assert metrics.summary(decided * 1.0, decided, truth)["films"] == 2


def test_coverage_counts_only_known_terms() -> None:
    truth = Truth.of([[0, 1, -1, 0]])
    assert metrics.coverage_error(np.array([[0.9, 0.5, 0.8, 0.1]]), truth) == 2


def test_hits_in_the_top_3_by_hand() -> None:
    truth = Truth.of([[1, 0, 0, 1, 1], [0, 0, 0, 1, 0], [0, 1, 0, 0, 0], [0, 0, 0, 0, 0]])
    scores = np.tile([0.9, 0.8, 0.7, 0.6, 0.5], (4, 1))
    hits = metrics.hits_at(scores, truth, 3)
    # film 1: one of its three; film 2: none; film 3: its only one; film 4 has no yes and is left out
    expected = {"any": 2 / 3, "share": (1 / 3 + 0 + 1) / 3, "precision": 2 / 9, "mean": 2 / 3, "f1": 2 * 2 / (9 + 5)}
    assert hits == pytest.approx(expected)


def test_all_that_fit_into_the_top_3_are_all_that_could() -> None:
    hits = metrics.hits_at(np.array([[0.9, 0.8, 0.7, 0.6]]), Truth.of([[1, 1, 1, 1]]), 3)
    assert hits == pytest.approx({"any": 1, "share": 1, "precision": 1, "mean": 3, "f1": 6 / 7})


def test_of_equal_scores_the_first_terms_are_in_the_top() -> None:
    truth = Truth.of([[-1, 0, 0, 0, 0]] * 2)
    scores = np.array([[0.5] * 5, [0.1, 0.2, 0.9, 0.2, 0.2]])
    chosen = metrics.top(scores, truth, 2)
    assert chosen.tolist() == [[False, True, True, False, False]] * 2
    many = np.round(np.random.default_rng(0).random(1000), 1)
    first = sorted(range(1000), key=lambda term: (-many[term], term))[:3]
    assert np.flatnonzero(metrics.top(many[None], Truth.of(many[None] * 0), 3)).tolist() == sorted(first)


def test_what_is_unknown_is_not_in_the_top_where_little_is_known() -> None:
    chosen = metrics.top(np.array([[0.9, 0.8, 0.7, 0.6]]), Truth.of([[-1, 0, -1, -1]]), 3)
    assert chosen.tolist() == [[False, True, False, False]]


def test_without_a_yes_nothing_is_caught() -> None:
    nothing = {"any": 0.0, "share": 0.0, "precision": 0.0, "mean": 0.0, "f1": 0.0}
    assert metrics.hits_at(np.ones((2, 3)), Truth.of([[0, 0, 0], [-1, 0, -1]])) == nothing
    assert metrics.hits_at(np.array([[0.9, 0.8, 0.7, 0.6]]), Truth.of([[0, 0, 0, 1]])) == nothing  # it is the fourth


def test_top_3_skips_unknown_terms() -> None:
    truth = Truth.of([[-1, 0, 0, 1]])
    assert metrics.hits_at(np.array([[0.9, 0.8, 0.7, 0.6]]), truth, 3)["any"] == 1.0


def test_calibration_error_of_honest_and_of_sure_scores() -> None:
    truth = Truth.of([[1], [0], [0], [0]])
    assert metrics.calibration_error(np.full((4, 1), 0.25), truth) == pytest.approx(0)
    assert metrics.calibration_error(np.full((4, 1), 1.0), truth) == pytest.approx(0.75)
    too_sure_both_ways = np.array([[0.9], [0.1], [0.1], [0.1]])
    assert metrics.calibration_error(too_sure_both_ways, Truth.of([[0], [1], [0], [0]])) == pytest.approx(
        (0.9 + 0.7) / 4
    )


@pytest.mark.parametrize(
    ("scores", "labels", "error"),
    [
        ([0.06, 0.07], [1, 0], (0.94 + 0.07) / 2),  # 1/15 lies between them
        ([0.94, 0.95], [1, 0], abs(0.94 + 0.95 - 1) / 2),  # 14/15 does not
        ([0.95, 1.0], [1, 0], abs(0.95 + 1.0 - 1) / 2),  # a score of 1 is in the last bin
        ([0.6, 0.9], [1, -1], 0.4),
        ([0.6, 0.9], [-1, -1], 0.0),
    ],
)
def test_calibration_error_has_15_bins(scores: list[float], labels: list[int], error: float) -> None:
    assert metrics.calibration_error(np.array([scores]), Truth.of([labels])) == pytest.approx(error)


def test_a_row_per_term_equals_scikit_learn_on_its_known_films() -> None:
    scores, decided, truth = random_case(7, unknown=0.4)
    cuts = [0.1, 0.2, 0.3, 0.4, 0.5]
    for t, row in enumerate(metrics.per_term(scores, decided, truth, list("abcde"), cuts)):
        yes, said, known = truth.yes[:, t], decided[:, t], truth.known[:, t]
        expected = {
            "term": "abcde"[t],
            "positives": yes.sum(),
            "known": known.sum(),
            "decided": said[known].sum(),
            "accuracy": sk.accuracy_score(yes[known], said[known]),
            "precision": sk.precision_score(yes[known], said[known]),
            "recall": sk.recall_score(yes[known], said[known]),
            "f1": sk.f1_score(yes[known], said[known]),
            "average_precision": sk.average_precision_score(yes[known], scores[known, t]),
            "threshold": cuts[t],
        }
        assert row == {name: value if name == "term" else pytest.approx(value) for name, value in expected.items()}


def test_the_summary_names_every_metric_rightly() -> None:
    scores, decided, truth = random_case(8, films=40, terms=9, unknown=0.3)
    assert metrics.summary(scores, decided, truth) == {
        "films": 40,
        "micro": metrics.micro(decided, truth),
        "macro": metrics.averaged(decided, truth, "macro"),
        "weighted": metrics.averaged(decided, truth, "weighted"),
        "samples": metrics.averaged(decided, truth, "samples"),
        "map": metrics.average_precisions(scores, truth).mean(),
        "hamming_loss": metrics.hamming_loss(decided, truth),
        "label_accuracy": metrics.label_accuracies(decided, truth).mean(),
        "subset_accuracy": metrics.subset_accuracy(decided, truth),
        "coverage_error": metrics.coverage_error(scores, truth),
        "top3": metrics.hits_at(scores, truth, 3),
        "top5": metrics.hits_at(scores, truth, 5),
        "calibration_error": metrics.calibration_error(scores, truth, 15),
    }


def test_rows_per_term_carry_counts_and_threshold() -> None:
    truth = Truth.of([[1, -1], [0, -1]])
    rows = metrics.per_term(np.array([[0.9, 0.2], [0.8, 0.2]]), np.ones((2, 2), bool), truth, ["a", "b"], [0.5, 0.1])
    assert rows[0] | {"average_precision": 1.0} == rows[0]
    assert (rows[0]["positives"], rows[0]["known"], rows[0]["decided"], rows[0]["threshold"]) == (1, 2, 2, 0.5)
    assert (rows[1]["known"], rows[1]["f1"], rows[1]["average_precision"]) == (0, 0.0, None)


def test_baseline_decides_the_commonest_terms_for_every_film() -> None:
    truth = Truth.of([[1, 1, 0, 0], [1, 0, 0, 1]])
    report = metrics.baseline([0.9, 0.5, 0.2, 0.1], truth, k=1)
    assert report["micro"] == pytest.approx({"precision": 1.0, "recall": 0.5, "f1": 2 / 3})
    assert report["coverage_error"] == (2 + 4) / 2  # every film is ranked by the prior
    three = metrics.baseline([0.1, 0.9, 0.5, 0.2], truth)["micro"]
    assert three == pytest.approx({"precision": 2 / 6, "recall": 2 / 4, "f1": 4 / 10})
    assert (metrics.prior(Truth.of([[1, -1], [0, 1]])) == [0.5, 1.0]).all()


def test_ceiling_bounds_the_macro_f1_of_any_thresholds() -> None:
    scores, _, truth = random_case(5, unknown=0.3)
    best = metrics.ceiling(scores, truth)["thresholds"]["macro"]["f1"]
    for cut in np.linspace(0, 1, 21):
        assert metrics.averaged(scores >= cut, truth, "macro")["f1"] <= best + 1e-12


def test_ceiling_of_thresholds_is_what_the_best_cut_of_each_term_reaches() -> None:
    # comedy: all known films, with one false alarm; drama: the first and the last, between which nothing is known
    scores = np.array([[0.9, 0.8], [0.5, 0.7], [0.1, 0.7], [0.5, 0.7], [0.5, 0.6]])
    truth = Truth.of([[1, 1], [0, -1], [1, -1], [-1, -1], [-1, 1]])
    found = metrics.ceiling(scores, truth)["thresholds"]
    assert found["macro"] == pytest.approx({"precision": (2 / 3 + 1) / 2, "recall": 1, "f1": (4 / 5 + 1) / 2})
    assert found["micro"] == pytest.approx({"precision": 4 / 5, "recall": 1, "f1": 8 / 9})


def test_ceiling_of_three_terms_misses_the_fourth() -> None:
    truth = Truth.of([[1, 1, 1, 1], [0, 0, 0, 1]])
    report = metrics.ceiling(np.zeros((2, 4)), truth)["top"]
    assert report["micro"] == pytest.approx({"precision": 1.0, "recall": 4 / 5, "f1": 8 / 9})
    assert report["macro"] == pytest.approx({"precision": 1.0, "recall": 7 / 8, "f1": (3 + 2 / 3) / 4})


def test_empty_tables_give_zeros() -> None:
    report = metrics.summary(np.zeros((0, 2)), np.zeros((0, 2), bool), Truth.of(np.zeros((0, 2))))
    assert report["micro"]["f1"] == report["map"] == report["coverage_error"] == 0.0
    everything_unknown = Truth.of(np.full((3, 2), -1))
    assert metrics.summary(np.zeros((3, 2)), np.ones((3, 2), bool), everything_unknown)["macro"]["f1"] == 0.0


def test_unknown_average_is_refused() -> None:
    with pytest.raises(ValueError, match="macro"):
        metrics.averaged(np.zeros((1, 1), bool), Truth.of([[1]]), "best")


def test_thresholds_too_low_cost_precision_monotonically() -> None:
    scores, _, truth = random_case(6)
    recalls = [metrics.micro(scores >= cut, truth)["recall"] for cut in (0.1, 0.5, 0.9)]
    assert all(high >= low for high, low in pairwise(recalls))
