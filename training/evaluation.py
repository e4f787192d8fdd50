"""Judging a model: on the frozen test films, beside the trivial baseline and the ceiling, with intervals."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from training import metrics
from training.intervals import bootstrap, paired_bootstrap
from training.metrics import Truth

if TYPE_CHECKING:
    from training.inputs import Inputs
    from training.registry import Scorer

COMMON = 40  # positives from which a term's figures say something by themselves
ROUNDS = 500


def evaluate(
    scorer: "Scorer",
    inputs: "Inputs",
    labels: NDArray[np.int8],
    *,
    terms: list[str],
    thresholds: NDArray[np.float32],
    prior: NDArray[np.float64],
) -> dict[str, Any]:
    """Every figure of a run on N films with labels (N, T).

    prior: (T,) share of yes among the training films, for the trivial baseline.

    `test` holds all films with what each has; `subsets` the films that have both a plot and a poster, scored from
    both, from the plot alone and from the poster alone; `common` the terms with at least 40 positives here.
    """
    truth = Truth.of(labels)
    scores = scorer.scores(inputs).astype(np.float64)
    decided = scores >= thresholds
    common = truth.yes.sum(0) >= COMMON
    return {
        "test": with_intervals(scores, decided, truth),
        "common": with_intervals(scores[:, common], decided[:, common], truth[:, common]) if common.any() else {},
        "common_terms": int(common.sum()),
        "baseline": metrics.baseline(prior, truth),
        "ceiling": metrics.ceiling(scores, truth),
        "subsets": by_modality(scorer, inputs, truth, thresholds),
        "terms": metrics.per_term(scores, decided, truth, terms, thresholds),
    }


def with_intervals(scores: metrics.Scores, decided: metrics.Flags, truth: Truth) -> dict[str, Any]:
    intervals = bootstrap(scores, decided, truth, rounds=ROUNDS)
    return metrics.summary(scores, decided, truth) | {
        "intervals": {name: asdict(interval) for name, interval in intervals.items()}
    }


def by_modality(
    scorer: "Scorer", inputs: "Inputs", truth: Truth, thresholds: NDArray[np.float32]
) -> dict[str, dict[str, Any]]:
    """The same films from both, from the plot alone, from the poster alone; empty where that makes no difference."""
    rows = np.flatnonzero(inputs.has_text & inputs.has_image)
    if not len(rows) or len(scorer.sees) < 2:
        return {}
    both = inputs.take(rows)
    views = {"both": both, "plot": both.without_image(), "poster": both.without_text()}
    figures = {}
    for name, view in views.items():
        scores = scorer.scores(view).astype(np.float64)
        figures[name] = with_intervals(scores, scores >= thresholds, truth[rows])
    return figures


def compare(
    challenger: tuple[metrics.Scores, metrics.Flags], champion: tuple[metrics.Scores, metrics.Flags], truth: Truth
) -> dict[str, Any]:
    """Challenger minus champion on the same films and terms, with paired intervals, and who is better.

    The rule: the mean of micro-F1 and macro-F1 is higher. Micro-F1 alone would let rare genres go to ruin,
    macro-F1 alone would let a handful of films decide.
    """
    difference = paired_bootstrap(challenger, champion, truth, rounds=ROUNDS)
    gain = (difference["micro_f1"].value + difference["macro_f1"].value) / 2
    return {
        "films": len(truth.yes),
        "difference": {name: asdict(interval) for name, interval in difference.items()},
        "gain": gain,
        "better": gain > 0,
    }


def on_shared_terms(
    scores: NDArray[np.float32], thresholds: NDArray[np.float32], terms: list[str], shared: list[str]
) -> tuple[metrics.Scores, metrics.Flags]:
    """Scores and decisions in the columns that two versions share."""
    columns = [terms.index(term) for term in shared]
    kept = scores[:, columns].astype(np.float64)
    return kept, kept >= thresholds[columns]
