"""Figures under resampled films: with counts of one they are training.metrics', with others those of repeated films."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.training.test_metrics import random_case
from training import metrics
from training.intervals import film_counts, paired_bootstrap
from training.metrics import Truth
from training.resampling import Judged, difference, draws, figures_of, over_seeds


def expected(scores: metrics.Scores, decided: metrics.Flags, truth: Truth) -> dict[str, float]:
    """The same figures from training/metrics.py."""
    whole = metrics.summary(scores, decided, truth)
    averages = ("micro", "macro", "weighted", "samples")
    plain = ("map", "label_accuracy", "hamming_loss", "subset_accuracy", "coverage_error")
    return {
        "mean_f1": (whole["micro"]["f1"] + whole["macro"]["f1"]) / 2,
        **{f"{average}_{name}": value for average in averages for name, value in whole[average].items()},
        **{name: whole[name] for name in plain},
        **{f"top3_{name}": whole["top3"][name] for name in ("any", "share", "precision")},
    }


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), unknown=st.sampled_from([0.0, 0.3, 0.9]), ties=st.booleans())
def test_the_films_as_they_are_give_the_metrics(seed: int, unknown: float, ties: bool) -> None:
    scores, decided, truth = random_case(seed, unknown=unknown, ties=ties)
    found = draws(Judged(scores, decided), truth, np.ones((1, len(scores)), np.float32))
    assert {name: float(values[0]) for name, values in found.items()} == pytest.approx(expected(scores, decided, truth))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_film_counts_are_repeated_films(seed: int) -> None:
    scores, decided, truth = random_case(seed, unknown=0.3)
    counts = film_counts(len(scores), 3, seed)
    found = draws(Judged(scores, decided), truth, counts)
    for b, row in enumerate(counts):
        films = np.repeat(np.arange(len(scores)), row.astype(int))
        repeated = expected(scores[films], decided[films], truth[films])
        assert {name: float(values[b]) for name, values in found.items()} == pytest.approx(repeated)


def test_without_anything_known_figures_are_zero() -> None:
    scores, decided, _ = random_case(0)
    nothing = Truth.of(np.full(scores.shape, -1))
    found = draws(Judged(scores, decided), nothing, np.ones((1, len(scores)), np.float32))
    assert {float(values[0]) for values in found.values()} == {0.0}


def test_seeds_have_a_mean_and_a_spread_and_one_seed_has_none() -> None:
    scores, decided, truth = random_case(4)
    other, _, _ = random_case(5)
    ones, counts = np.ones((1, len(scores)), np.float32), film_counts(len(scores), 50, 0)
    runs = [Judged(scores, decided), Judged(other, other > 0.5)]
    points = [draws(run, truth, ones) for run in runs]
    both = figures_of(points, over_seeds([draws(run, truth, counts) for run in runs]))["micro_f1"]
    values = [metrics.micro(run.decided, truth)["f1"] for run in runs]
    assert both.value == pytest.approx(np.mean(values)) and both.spread == pytest.approx(np.std(values, ddof=1))
    assert both.low < both.value < both.high
    assert figures_of(points[:1], over_seeds([draws(runs[0], truth, counts)]))["micro_f1"].spread is None


def test_differences_are_the_paired_bootstrap() -> None:
    scores, decided, truth = random_case(6)
    other, other_decided, _ = random_case(7)
    counts = film_counts(len(scores), 200, 3)
    found = difference(
        draws(Judged(scores, decided), truth, counts),
        draws(Judged(other, other_decided), truth, counts),
        ("micro_f1", "macro_f1", "map"),
    )
    paired = paired_bootstrap((scores, decided), (other, other_decided), truth, rounds=200, seed=3)
    for name, interval in paired.items():
        assert found[name] == pytest.approx((interval.low, interval.high))
