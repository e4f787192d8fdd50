"""Bootstrap intervals: resampling by counts, coverage of the point, paired differences."""

from typing import Any

import numpy as np
import pytest
from sklearn import metrics as sk

from training import metrics
from training.intervals import bootstrap, film_counts, headline_draws, paired_bootstrap
from training.metrics import Truth


@pytest.fixture
def case() -> Any:
    random = np.random.default_rng(0)
    labels = (random.random((300, 4)) < 0.3).astype(int)
    scores = np.clip(labels * 0.3 + random.random((300, 4)) * 0.7, 0, 1)
    labels[random.random(labels.shape) < 0.1] = -1
    return scores, scores > 0.5, Truth.of(labels)


def test_each_resample_draws_as_many_films_as_there_are() -> None:
    counts = film_counts(50, 20, seed=1)
    assert counts.shape == (20, 50)
    assert (counts.sum(1) == 50).all()
    assert (counts == film_counts(50, 20, seed=1)).all()
    assert (counts != film_counts(50, 20, seed=2)).any()
    assert (counts.sum(0) > 0).all()


def test_a_draw_equals_the_metric_on_the_repeated_films(case: Any) -> None:
    scores, decided, truth = case
    counts = film_counts(len(scores), 3, seed=3)
    draws = headline_draws(scores, decided, truth, counts)
    rows = np.repeat(np.arange(len(scores)), counts[2].astype(int))
    report = metrics.summary(scores[rows], decided[rows], truth[rows])
    assert draws["micro_f1"][2] == pytest.approx(report["micro"]["f1"])
    assert draws["macro_f1"][2] == pytest.approx(report["macro"]["f1"])
    assert draws["map"][2] == pytest.approx(report["map"])


def test_a_term_that_a_resample_has_no_yes_of_is_left_out_of_its_mean() -> None:
    truth = Truth.of([[1, 0], [0, 0], [0, 1]])
    scores = np.array([[0.9, 0.1], [0.2, 0.8], [0.1, 0.7]])
    weights = np.array([[2, 1, 0], [0, 3, 0]], np.float32)  # no film of the second term; none of either
    draws = headline_draws(scores, scores > 0.5, truth, weights)
    assert {name: figures.tolist() for name, figures in draws.items()} == {
        "micro_f1": pytest.approx([4 / 5, 0]),
        "macro_f1": [1, 0],
        "map": [1, 0],
    }


def bounds(draws: Any, level: float) -> Any:
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return pytest.approx((low, high))


@pytest.mark.parametrize(
    ("options", "rounds", "seed", "level"),
    [({}, 1000, 0, 0.95), ({"rounds": 50, "seed": 3}, 50, 3, 0.95), ({"rounds": 50, "level": 0.5}, 50, 0, 0.5)],
)
def test_bounds_hold_the_share_of_resamples_that_they_promise(
    options: dict[str, Any], rounds: int, seed: int, level: float, case: Any
) -> None:
    scores, decided, truth = case
    report = metrics.summary(scores, decided, truth)
    values = {"micro_f1": report["micro"]["f1"], "macro_f1": report["macro"]["f1"], "map": report["map"]}
    draws = headline_draws(scores, decided, truth, film_counts(len(scores), rounds, seed))
    found = bootstrap(scores, decided, truth, **options)
    assert {name: figure.value for name, figure in found.items()} == pytest.approx(values)
    other = scores[::-1], decided[::-1]
    others = headline_draws(*other, truth, film_counts(len(scores), rounds, seed))
    paired = paired_bootstrap((scores, decided), other, truth, **options)
    for name, its in bootstrap(*other, truth, **options).items():
        assert (found[name].low, found[name].high) == bounds(draws[name], level)
        assert (paired[name].low, paired[name].high) == bounds(draws[name] - others[name], level)
        assert paired[name].value == pytest.approx(values[name] - its.value)
    reverse = paired_bootstrap(other, (scores, decided), truth, **options)
    assert all(reverse[name].value == -paired[name].value < 0 for name in values)


def test_interval_holds_the_figure_and_narrows_with_films(case: Any) -> None:
    scores, decided, truth = case
    wide = bootstrap(scores[:60], decided[:60], truth[:60], rounds=300)["micro_f1"]
    narrow = bootstrap(scores, decided, truth, rounds=300)["micro_f1"]
    assert narrow.low < narrow.value < narrow.high
    assert narrow.high - narrow.low < wide.high - wide.low
    known = truth.known.ravel()
    assert narrow.value == pytest.approx(sk.f1_score(truth.yes.ravel()[known], decided.ravel()[known]))


def test_a_model_does_not_differ_from_itself_and_a_better_one_does(case: Any) -> None:
    scores, decided, truth = case
    same = paired_bootstrap((scores, decided), (scores, decided), truth, rounds=100)
    assert all((figure.value, figure.low, figure.high) == (0, 0, 0) for figure in same.values())
    noise = np.random.default_rng(9).random(scores.shape)
    better = paired_bootstrap((scores, decided), (noise, noise > 0.5), truth, rounds=200)
    assert all(figure.low > 0 for figure in better.values())


def test_no_films_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one film"):
        bootstrap(np.zeros((0, 2)), np.zeros((0, 2), bool), Truth.of(np.zeros((0, 2))))
