from collections import Counter

from training.splits import split_of


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
