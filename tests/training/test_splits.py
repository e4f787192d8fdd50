from collections import Counter

import numpy as np

from training.splits import split_of, stratified


def test_known_films_stay_where_they_are() -> None:
    """A changed hash would leak test films into training: these answers must never change."""
    known = {
        "tt0004150": "train",
        "tt0004972": "train",
        "tt0007558": "validation",
        "tt0012364": "validation",
        "tt0012190": "test",
        "tt0017423": "test",
    }
    assert {key: split_of(key) for key in known} == known


def test_parts_have_the_promised_sizes() -> None:
    counts = Counter(split_of(f"tt{number:07d}") for number in range(20_000))
    assert abs(counts["train"] / 20_000 - 0.8) < 0.01
    assert abs(counts["validation"] / 20_000 - 0.1) < 0.01
    assert abs(counts["test"] / 20_000 - 0.1) < 0.01


def test_stratified_parts_share_every_term_and_all_films() -> None:
    random = np.random.default_rng(0)
    yes = random.random((1000, 6)) < np.array([0.5, 0.3, 0.1, 0.05, 0.02, 0.01])
    parts = stratified(yes)
    for name, share in (("train", 0.8), ("validation", 0.1), ("test", 0.1)):
        here = parts == name
        assert abs(here.sum() - 1000 * share) <= 10
        assert (abs(yes[here].sum(0) - yes.sum(0) * share) <= 1).all(), name
    assert (stratified(yes) == parts).all()


def test_ten_films_of_one_term_are_dealt_eight_to_one_to_one() -> None:
    assert Counter(stratified(np.ones((10, 1), bool))) == {"train": 8, "validation": 1, "test": 1}
    assert Counter(stratified(np.zeros((10, 1), bool))) == {"train": 8, "validation": 1, "test": 1}
