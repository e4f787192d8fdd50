"""What a run's report holds, against scikit-learn on the known cells, and which of two models is better, by hand."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn import metrics as sk

from training import metrics
from training.evaluation import by_modality, compare, evaluate, on_shared_terms
from training.inputs import MODALITIES, Inputs, Modality
from training.intervals import bootstrap
from training.metrics import Truth

TERMS = ["comedy", "drama", "horror"]
THRESHOLDS = np.array([0.5, 0.3, 0.7], np.float32)


def films(text: list[bool], image: list[bool]) -> Inputs:
    """Numbered films, their numbers standing as years, with a plot or a poster as said."""
    nothing = np.zeros((len(text), 0), np.float32)
    numbers = list(range(len(text)))
    texts = [f"film {number}" if here else "" for number, here in zip(numbers, text, strict=True)]
    flags = np.array(text), np.array(image)
    return Inputs(texts, nothing, flags[0], nothing, flags[1], numbers, [""] * len(text), [None] * len(text))


class Fixed:
    """Scores (N, T) by film number, one table for each way to see films: both, plot, poster."""

    sees: tuple[Modality, ...] = MODALITIES

    def __init__(self, **tables: NDArray[np.float32]) -> None:
        self.tables = tables

    def scores(self, inputs: Inputs) -> NDArray[np.float32]:
        seen = "both" if inputs.has_image.any() and inputs.has_text.any() else "plot" if inputs.has_text.any() else ""
        return np.take(self.tables[seen or "poster"], np.array(inputs.years, int), axis=0)


def scores_of(seed: int, number: int) -> NDArray[np.float32]:
    """Rounded, so that many stand exactly on a threshold."""
    return np.round(np.random.default_rng(seed).random((number, 3)), 1).astype(np.float32)


def labels_of(*yes: int, films: int) -> NDArray[np.int8]:
    """That many yes in each column, a fifth of all cells beyond them unknown."""
    random = np.random.default_rng(len(yes))
    labels = np.where(random.random((films, len(yes))) < 0.2, -1, 0)
    for column, number in enumerate(yes):
        labels[random.permutation(films)[:number], column] = 1
    return labels.astype(np.int8)


def f1_of_known(labels: NDArray[np.int8], decided: NDArray[np.bool_]) -> float:
    known = labels >= 0
    return float(sk.f1_score(labels[known] == 1, decided[known]))


@pytest.fixture
def report() -> dict[str, Any]:
    """120 films; comedy has 40 yes, drama 39, horror 60."""
    labels, scores = labels_of(40, 39, 60, films=120), scores_of(1, 120)
    prior = np.array([0.1, 0.2, 0.9])
    inputs = films([True] * 120, [False] * 120)
    found = evaluate(Fixed(plot=scores), inputs, labels, terms=TERMS, thresholds=THRESHOLDS, prior=prior)
    return {"labels": labels, "scores": scores.astype(np.float64), "decided": scores >= THRESHOLDS} | found


def test_all_films_and_terms_are_judged_at_the_thresholds(report: dict[str, Any]) -> None:
    truth = Truth.of(report["labels"])
    figures = report["test"]
    assert figures["micro"]["f1"] == pytest.approx(f1_of_known(report["labels"], report["decided"]))
    assert figures == metrics.summary(report["scores"], report["decided"], truth) | {"intervals": figures["intervals"]}
    intervals = bootstrap(report["scores"], report["decided"], truth, rounds=500)
    assert figures["intervals"] == {name: asdict(interval) for name, interval in intervals.items()}


def test_terms_with_40_yes_have_figures_of_their_own(report: dict[str, Any]) -> None:
    assert report["common_terms"] == 2
    expected = f1_of_known(report["labels"][:, [0, 2]], report["decided"][:, [0, 2]])
    assert report["common"]["micro"]["f1"] == pytest.approx(expected)
    none = evaluate(
        Fixed(plot=scores_of(1, 50)), films([True] * 50, [False] * 50), labels_of(39, 20, 10, films=50),
        terms=TERMS, thresholds=THRESHOLDS, prior=np.zeros(3),
    )  # fmt: skip
    assert (none["common"], none["common_terms"]) == ({}, 0)


def test_baseline_and_ceiling_stand_beside_them(report: dict[str, Any]) -> None:
    truth = Truth.of(report["labels"])
    assert report["baseline"] == metrics.baseline([0.1, 0.2, 0.9], truth)
    assert report["ceiling"] == metrics.ceiling(report["scores"], truth)
    assert report["subsets"] == {}


def test_each_term_has_its_row(report: dict[str, Any]) -> None:
    for column, row in enumerate(report["terms"]):
        known = report["labels"][:, column] >= 0
        yes, decided = report["labels"][known, column] == 1, report["decided"][known, column]
        assert row["term"] == TERMS[column]
        assert row["threshold"] == pytest.approx(THRESHOLDS[column])
        assert row["precision"] == pytest.approx(sk.precision_score(yes, decided))
        assert row["recall"] == pytest.approx(sk.recall_score(yes, decided))
        assert (row["known"], row["positives"], row["decided"]) == (known.sum(), yes.sum(), decided.sum())


def test_films_with_plot_and_poster_are_judged_from_both_and_from_each() -> None:
    inputs = films([True, False, True, True, True, False, True] * 3, [True, True, True, False, True, True, True] * 3)
    rows = [number for number in range(21) if number % 7 in (0, 2, 4, 6)]
    tables = {name: scores_of(seed, 21) for seed, name in enumerate(("both", "plot", "poster"))}
    labels = labels_of(8, 8, 8, films=21)
    for found in (
        by_modality(Fixed(**tables), inputs, Truth.of(labels), THRESHOLDS),
        evaluate(Fixed(**tables), inputs, labels, terms=TERMS, thresholds=THRESHOLDS, prior=np.zeros(3))["subsets"],
    ):
        assert list(found) == ["both", "plot", "poster"]
        for name, figures in found.items():
            expected = f1_of_known(labels[rows], tables[name][rows] >= THRESHOLDS)
            assert figures["micro"]["f1"] == pytest.approx(expected)


def test_without_a_film_that_has_both_there_is_nothing_to_compare() -> None:
    inputs = films([True, False], [False, True])
    assert by_modality(Fixed(), inputs, Truth.of([[1], [0]]), THRESHOLDS[:1]) == {}


def test_a_model_of_one_modality_has_nothing_to_be_left_out() -> None:
    inputs, scorer = films([True] * 4, [True] * 4), Fixed(both=scores_of(1, 4))
    scorer.sees = ("image",)
    assert by_modality(scorer, inputs, Truth.of(labels_of(2, 2, 2, films=4)), THRESHOLDS) == {}


def decisions(*columns: str) -> NDArray[np.bool_]:
    """A column for each term, a letter for each film: y or anything else."""
    return np.array([[letter == "y" for letter in column] for column in columns]).T


# Of 11 films 10 are comedies and 1 is a western.
YES = decisions("yyyyyyyyyy-", "----------y")
COMEDIES_ONLY = decisions("yyyyyyyyyy-", "-----------")  # micro 20/21, macro (1 + 0) / 2
EIGHT_AND_WESTERN = decisions("yyyyyyyy---", "----------y")  # micro 18/20, macro (16/18 + 1) / 2
FIVE_AND_WESTERN = decisions("yyyyy------", "----------y")  # micro 12/17, macro (10/15 + 1) / 2
TOO_MANY_WESTERNS = decisions("yyyyyyyyyy-", "yy--------y")  # micro 22/24, macro (1 + 2/4) / 2
CASES = [
    (COMEDIES_ONLY, EIGHT_AND_WESTERN, ((20 / 21 - 18 / 20) + (1 / 2 - 17 / 18)) / 2, False),  # though micro is better
    (EIGHT_AND_WESTERN, COMEDIES_ONLY, ((18 / 20 - 20 / 21) + (17 / 18 - 1 / 2)) / 2, True),  # though micro is worse
    (TOO_MANY_WESTERNS, FIVE_AND_WESTERN, ((22 / 24 - 12 / 17) + (3 / 4 - 5 / 6)) / 2, True),  # though macro is worse
    (FIVE_AND_WESTERN, TOO_MANY_WESTERNS, ((12 / 17 - 22 / 24) + (5 / 6 - 3 / 4)) / 2, False),  # though macro is better
    (YES, YES, 0.0, False),  # no better is not better
]


@pytest.mark.parametrize(("challenger", "champion", "gain", "better"), CASES)
def test_better_is_whose_mean_of_micro_and_macro_f1_is_higher(
    challenger: NDArray[np.bool_], champion: NDArray[np.bool_], gain: float, better: bool
) -> None:
    rank = np.ones(YES.shape)  # says nothing, to both: only decisions count
    found = compare((rank, challenger), (rank * YES, champion), Truth.of(YES.astype(int)))
    assert found["gain"] == pytest.approx(gain)
    assert (found["better"], found["films"]) == (better, 11)
    assert set(found["difference"]) == {"micro_f1", "macro_f1", "map"}


def test_shared_terms_keep_their_scores_and_thresholds() -> None:
    scores = np.array([[0.5, 0.3, 0.7], [0.4, 0.2, 0.6]], np.float32)
    kept, decided = on_shared_terms(scores, THRESHOLDS, TERMS, ["horror", "drama"])
    assert kept == pytest.approx(np.array([[0.7, 0.3], [0.6, 0.2]]))
    assert decided.tolist() == [[True, True], [False, False]]
