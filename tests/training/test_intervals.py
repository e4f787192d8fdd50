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


def test_a_draw_equals_the_metric_on_the_repeated_films(case: Any) -> None:
    scores, decided, truth = case
    counts = film_counts(len(scores), 3, seed=3)
    draws = headline_draws(scores, decided, truth, counts)
    rows = np.repeat(np.arange(len(scores)), counts[2].astype(int))
    report = metrics.summary(scores[rows], decided[rows], truth[rows])
    assert draws["micro_f1"][2] == pytest.approx(report["micro"]["f1"])
    assert draws["macro_f1"][2] == pytest.approx(report["macro"]["f1"])
    assert draws["map"][2] == pytest.approx(report["map"])


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
