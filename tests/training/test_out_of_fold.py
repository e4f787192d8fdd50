"""Scores of films by models that have not learned from them, and labels that are then hard to believe."""

import numpy as np
import pytest
from numpy.typing import NDArray

from catalog.progress import Cancelled
from training.inputs import Inputs
from training.out_of_fold import OutOfFold, deal, out_of_fold

TERMS = ["horror", "western"]


def films(count: int = 900) -> tuple[Inputs, NDArray[np.int8]]:
    """Each term is one direction of the text vector."""
    random = np.random.default_rng(0)
    labels = random.integers(0, 2, (count, 2)).astype(np.int8)
    vectors = random.normal(0, 0.3, (count, 6)).astype(np.float32)
    vectors[:, :2] += 2 * labels
    inputs = Inputs(
        texts=["a film"] * count,
        text_vectors=vectors,
        has_text=np.ones(count, bool),
        image_vectors=np.zeros((count, 0), np.float32),
        has_image=np.zeros(count, bool),
        years=[None] * count,
        languages=[""] * count,
        posters=[None] * count,
    )
    return inputs, labels


def test_every_film_is_judged_once_by_those_that_have_not_seen_it() -> None:
    parts = deal(23, 5, seed=0)
    assert (sum(part == "test" for part in parts) == 1).all()
    assert all({"train", "validation", "test"} == set(part) for part in parts)


@pytest.mark.parametrize("folds", [0, 1, 24])
def test_parts_must_be_possible(folds: int) -> None:
    with pytest.raises(ValueError, match="cannot be dealt"):
        deal(23, folds, seed=0)


def test_a_wrong_label_is_the_hardest_to_believe() -> None:
    inputs, labels = films()
    wrong = labels.copy()
    wrong[[5, 80], [0, 1]] ^= 1
    found = out_of_fold(inputs, wrong, TERMS, folds=3)
    worst = np.argsort(found.belief(wrong), axis=None)[:2]
    assert {divmod(int(cell), 2) for cell in worst} == {(5, 0), (80, 1)}
    assert ((found.scores >= 0.5) == labels).mean() > 0.9


def test_it_is_the_same_every_time_and_counts_its_parts() -> None:
    inputs, labels = films(90)
    done: list[int] = []
    first = out_of_fold(inputs, labels, TERMS, folds=2, heard=done.append)
    again = out_of_fold(inputs, labels, TERMS, folds=2)
    np.testing.assert_array_equal(first.scores, again.scores)
    assert (sum(done), done[-1]) == (2, 1)


def test_it_stops_when_asked_to() -> None:
    def heard(parts: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        out_of_fold(*films(90), TERMS, folds=2, heard=heard)


def test_nothing_is_said_of_unknown_labels() -> None:
    labels = np.array([[1, -1], [0, 1]], np.int8)
    belief = OutOfFold(scores=np.full((2, 2), 0.5), beside=np.array([[0.9, 0.3], [0.2, 0.6]])).belief(labels)
    np.testing.assert_allclose(belief, [[0.9, np.nan], [0.8, 0.6]])


def test_other_labels_count_for_belief() -> None:
    """Two terms that always go together: one without the other is hard to believe although nothing is to be seen."""
    labels = np.repeat(np.array([[1, 1], [0, 0]], np.int8), 200, axis=0)
    labels[0] = [1, 0]
    found = OutOfFold.of(np.full(labels.shape, 0.5), labels)
    assert found.belief(labels)[0].max() < 0.2
    assert found.belief(labels)[1:].min() > 0.8
