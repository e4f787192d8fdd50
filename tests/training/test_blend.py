"""The blend: calibrated where it was fitted, one set of weights per pattern, harmless with few films."""

from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from training.blend import Blend, fit_blend, stack
from training.metrics import Truth, calibration_error

PRIOR = np.full(4, -1.0, np.float32)
NEEDS = np.array([[True, False], [False, True]])


def two_members(films: int = 3000, seed: int = 0) -> Any:
    """Members that say half and three times of what they know; each knows another half of the truth."""
    random = np.random.default_rng(seed)
    known = random.normal(size=(2, films, 4)).astype(np.float32)
    labels = (random.random((films, 4)) < expit(PRIOR + known.sum(0))).astype(int)
    return known * np.array([0.5, 3.0], np.float32)[:, None, None], Truth.of(labels)


def blend_of(differences: Any, truth: Any, has_text: Any = None, has_image: Any = None) -> Any:
    everyone = np.ones(differences.shape[1], bool)
    return fit_blend(
        differences,
        truth,
        PRIOR,
        needs=NEEDS,
        has_text=everyone if has_text is None else has_text,
        has_image=everyone if has_image is None else has_image,
    )


def test_it_undoes_shyness_and_boasting() -> None:
    differences, truth = two_members()
    weights, bias = stack(differences, truth, PRIOR)
    assert weights.mean(1) == pytest.approx([2.0, 1 / 3], rel=0.15)
    assert bias == pytest.approx(PRIOR, abs=0.15)


def test_probabilities_are_calibrated_on_other_films_in_every_pattern() -> None:
    blend = blend_of(*two_members())
    differences, truth = two_members(seed=1)
    for text, image in ((True, True), (True, False), (False, True)):
        seen = differences * np.array([text, image], np.float32)[:, None, None]
        flags = [np.full(len(truth.yes), has) for has in (text, image)]
        assert calibration_error(expit(blend(seen, *flags)).astype(float), truth) < 0.02


def test_films_with_nothing_to_see_get_the_prior() -> None:
    nothing = np.zeros(5, bool)
    logits = Blend.even(2, PRIOR)(np.ones((2, 5, 4), np.float32), nothing, nothing)
    assert (logits == PRIOR).all()


def test_a_member_that_cannot_see_has_no_say() -> None:
    blend = blend_of(*two_members(300))
    assert (blend.weights[0, 1] == 0).all()  # plot only: not the image member
    assert (blend.weights[1, 0] == 0).all()  # poster only: not the text member
    assert (blend.weights[2] != 0).all()


def test_without_films_every_member_counts_the_same() -> None:
    differences, truth = two_members(10)
    nobody = np.zeros(10, bool)
    blend = blend_of(differences, truth, has_text=nobody, has_image=nobody)
    assert blend.weights[2] == pytest.approx(np.full((2, 4), 0.5), abs=1e-4)
    assert (blend.bias == PRIOR).all()


def test_unknown_labels_change_nothing() -> None:
    differences, truth = two_members(400)
    known = np.random.default_rng(5).random(truth.yes.shape) < 0.5
    first = stack(differences, Truth(truth.yes & known, known), PRIOR)
    second = stack(differences, Truth(truth.yes | ~known, known), PRIOR)
    assert first[0] == pytest.approx(second[0], abs=1e-4)
