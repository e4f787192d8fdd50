"""What given labels say about the rest: learned links, their use, and whether they help."""

import numpy as np
import pytest
from numpy.typing import NDArray

from training.cooccurrence import Cooccurrence, fit, gain, some_known
from training.metrics import Truth
from training.thresholds import from_log_odds

NOTHING = Truth(np.zeros((1, 3), bool), np.zeros((1, 3), bool))


def films(linked: bool, seed: int = 0, size: int = 3000) -> tuple[NDArray[np.float64], Truth]:
    """Scores and labels of three terms: the first two go together or not, beyond what the scores say."""
    random = np.random.default_rng(seed)
    z = random.normal(0, 1, (size, 3))
    shared = random.normal(0, 3 if linked else 0, (size, 1)) * [1, 1, 0]
    yes = random.random((size, 3)) < from_log_odds(z + shared)
    scores = np.clip(
        np.stack([[yes[:, t][np.abs(z[:, t] - x) < 0.3].mean() for x in z[:, t]] for t in range(3)], 1), 0.01, 0.99
    )
    return scores, Truth(yes, np.ones_like(yes))


@pytest.fixture(scope="module")
def linked() -> Cooccurrence:
    return fit(*films(linked=True))


def given(*labels: int) -> Truth:
    return Truth.of([labels])


def test_nothing_given_changes_nothing(linked: Cooccurrence) -> None:
    scores = np.array([[0.2, 0.5, 0.9]])
    np.testing.assert_allclose(linked(scores, NOTHING), scores)


def test_a_yes_raises_what_goes_with_it_and_a_no_lowers_it(linked: Cooccurrence) -> None:
    scores = np.full((1, 3), 0.5)
    assert linked(scores, given(1, -1, -1))[0, 1] > 0.6
    assert linked(scores, given(0, -1, -1))[0, 1] < 0.4
    assert linked(scores, given(1, -1, -1))[0, 2] == pytest.approx(0.5, abs=0.05)


def test_a_label_does_not_move_its_own_score(linked: Cooccurrence) -> None:
    scores = np.full((1, 3), 0.5)
    assert linked(scores, given(1, -1, -1))[0, 0] == pytest.approx(0.5)


def test_what_was_expected_says_less(linked: Cooccurrence) -> None:
    def moved(score: float) -> float:
        return float(linked(np.array([[score, 0.5, 0.5]]), given(1, -1, -1))[0, 1])

    assert moved(0.95) < moved(0.5) < moved(0.05)


def test_how_many_are_yes_is_learned() -> None:
    """Of four terms that look alike exactly two hold: no pair of them is linked, their number is."""
    random = np.random.default_rng(0)
    yes = random.random((2000, 4)).argsort(1).argsort(1) < 2
    scores = np.full((2000, 4), 0.5)
    model = fit(scores, Truth(yes, np.ones_like(yes)))
    assert model(scores[:1], given(1, 1, 0, -1))[0, 3] < 0.1
    assert model(scores[:1], given(1, 0, 0, -1))[0, 3] > 0.9


def test_it_helps_where_terms_are_linked_and_not_where_they_are_not() -> None:
    for together in (True, False):
        scores, truth = films(linked=together)
        model = fit(scores, truth, some_known(truth, 0))
        new, labels = films(linked=together, seed=1)
        found = gain(model, new, labels, some_known(labels, 1))
        assert found.helps is together
        assert (found.before - found.after > 0.02) is together


def test_terms_of_which_nothing_else_is_known_are_not_asked_for() -> None:
    scores, truth = films(linked=True)
    nothing = gain(Cooccurrence.none(3), scores, truth, truth)
    assert (nothing.cells, nothing.helps) == (0, False)


def test_a_term_of_which_nothing_is_known_keeps_its_scores() -> None:
    scores, truth = films(linked=True)
    unknown = truth.known & [True, True, False]
    model = fit(scores, Truth(truth.yes & unknown, unknown))
    np.testing.assert_allclose(model(scores, truth)[:, 2], scores[:, 2])


def test_in_the_middle_of_a_review_some_labels_are_given() -> None:
    _, truth = films(linked=True)
    some = some_known(truth, 0)
    assert (some.known <= truth.known).all()
    assert (some.yes == (truth.yes & some.known)).all()
    assert set(some.known.sum(1)) == {0, 1, 2}
