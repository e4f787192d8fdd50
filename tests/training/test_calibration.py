"""Calibrated scores: one scale for films with a plot, one with a poster, one with both; the prior without either."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit

from tests.training.films import made_up_films
from training.calibration import Calibration
from training.inputs import TrainingData
from training.linear import prior_log_odds
from training.metrics import Truth

Floats = NDArray[np.float32]
Arrays = tuple[TrainingData, Truth, Floats]


@pytest.fixture
def films() -> Arrays:
    """Films of which a logit of x means a probability of expit(x / 2): a network that is too sure."""
    random = np.random.default_rng(0)
    data = made_up_films(3000)
    logits = (3 * random.normal(size=data.labels.shape)).astype(np.float32)
    yes = random.random(logits.shape) < expit(logits / 2)
    data = replace(data, has_text=np.ones(len(data), bool), has_image=random.random(len(data)) < 0.5)
    return data, Truth.of(yes.astype(np.int8)), logits


def test_what_was_too_sure_is_brought_down(films: Arrays) -> None:
    data, truth, logits = films
    prior = prior_log_odds(truth)
    found = Calibration.fit(logits, data, truth, prior, ("text", "image"))
    assert np.abs(found.scores(logits, data) - expit(logits / 2)).max() < 0.06
    assert (found.thresholds > 0.2).all() and (found.thresholds < 0.6).all()


def test_the_prior_where_there_is_nothing_to_see(films: Arrays) -> None:
    data, truth, logits = films
    prior = prior_log_odds(truth)
    posters = Calibration.fit(logits, data, truth, prior, ("image",))
    assert posters.scores(logits, data.without_image()) == pytest.approx(
        expit(np.tile(prior, (len(data), 1))), abs=1e-5
    )
    assert np.abs(posters.scores(logits, data)[data.has_image] - expit(logits / 2)[data.has_image]).max() < 0.08
    both = Calibration.fit(logits, data, truth, prior, ("text", "image"))
    nothing = data.without_image().without_text()
    assert both.scores(logits, nothing) == pytest.approx(expit(np.tile(prior, (len(data), 1))), abs=1e-5)


def test_it_is_read_back_whole(films: Arrays) -> None:
    data, truth, logits = films
    found = Calibration.fit(logits, data, truth, prior_log_odds(truth), ("text", "image"))
    again = Calibration.read(found.tensors())
    assert np.array_equal(again.scores(logits, data), found.scores(logits, data))
    assert np.array_equal(again.thresholds, found.thresholds)
    with pytest.raises(KeyError):
        Calibration.read({})
