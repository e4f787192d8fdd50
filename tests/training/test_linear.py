"""The masked logistic regression against scikit-learn's, one term at a time."""

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression

from training.linear import fit_logistic, log_count_ratios, prior_log_odds
from training.metrics import Truth


@pytest.fixture
def case() -> Any:
    random = np.random.default_rng(0)
    features = sp.random(300, 12, density=0.4, format="csr", random_state=1, dtype=np.float32)
    labels = (features @ random.normal(size=(12, 3)) + random.normal(size=(300, 3)) > 0.3).astype(int)
    labels[random.random(labels.shape) < 0.3] = -1
    return features, labels


def test_each_term_equals_scikit_learn_on_its_known_films(case: Any) -> None:
    features, labels = case
    weights, bias = fit_logistic(features, Truth.of(labels), strength=2.0, iterations=500)
    for t in range(3):
        known = labels[:, t] >= 0
        theirs = LogisticRegression(C=2.0, tol=1e-8, max_iter=2000).fit(features[known], labels[known, t])
        assert weights[:, t] == pytest.approx(theirs.coef_[0], abs=2e-3)
        assert bias[t] == pytest.approx(theirs.intercept_[0], abs=2e-3)


def test_freedom_is_a_scale_of_the_feature(case: Any) -> None:
    features, labels = case
    freedom = np.random.default_rng(2).uniform(0.5, 2, size=(12, 3)).astype(np.float32)
    weights, _ = fit_logistic(features, Truth.of(labels), freedom=freedom, iterations=500)
    for t in range(3):
        scaled = sp.csr_matrix(features.multiply(freedom[:, t]))
        expected, _ = fit_logistic(scaled, Truth.of(labels[:, [t]]), iterations=500)
        assert weights[:, t] == pytest.approx(freedom[:, t] * expected[:, 0], abs=2e-3)


def test_one_sided_words_are_freer() -> None:
    features = sp.csr_matrix([[1.0, 1.0], [1.0, 1.0], [0.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
    freedom = log_count_ratios(features, Truth.of([[1], [1], [0], [0], [-1]]), keep=0.5)
    # word 0: 3 of 6 inside, 1 of 4 outside; word 1: 3 of 6, 3 of 4 (one added to each count, the last film unknown)
    assert freedom[:, 0] == pytest.approx([0.5 + 0.5 * np.log(2), 0.5 + 0.5 * np.log(1.5)], rel=1e-5)


def test_term_that_nobody_knows_keeps_its_prior(case: Any) -> None:
    features, labels = case
    labels[:, 1] = -1
    weights, bias = fit_logistic(features, Truth.of(labels))
    assert abs(weights[:, 1]).max() == 0
    assert bias[1] == prior_log_odds(Truth.of(labels))[1] == 0


def test_it_can_be_stopped(case: Any) -> None:
    def stop() -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit_logistic(case[0], Truth.of(case[1]), after_step=stop)
