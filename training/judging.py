"""From scores on the test films to the rows of a comparison: figures with intervals, curves, genres, differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_curve

from training import metrics
from training.intervals import Draws, film_counts
from training.ledger import BASELINE, PERFECT, Tensors
from training.metrics import Scores, Truth
from training.resampling import Judged, difference, draws, figures_of, over_seeds
from training.thresholds import best_f1

ROUNDS = 500
CURVE_POINTS = 60
PAIRED = (
    "mean_f1",
    "micro_f1",
    "macro_f1",
    "weighted_f1",
    "samples_f1",
    "map",
    "top3_any",
    "top3_share",
    "top3_precision",
)
VIEWS = ("mean_f1", "micro_f1", "macro_f1", "samples_f1", "map", "top3_share")


@dataclass(frozen=True, eq=False)
class Bench:
    """N test films that every row is judged on, in resamples that all rows share."""

    truth: Truth
    terms: Sequence[str]
    prior: NDArray[np.float64]
    """(T,) share of yes among the training films."""
    rounds: int = ROUNDS

    @cached_property
    def counts(self) -> NDArray[np.float32]:
        return film_counts(len(self.truth.yes), self.rounds, seed=0)

    def draws(self, seeds: Sequence[Judged]) -> Draws:
        """Every figure of a row in the resamples, (B,) each: the mean over its seeds."""
        return over_seeds([draws(judged, self.truth, self.counts) for judged in seeds])

    def figures(self, seeds: Sequence[Judged], resampled: Draws) -> dict[str, dict[str, float | None]]:
        """Every figure with its interval over films and its spread over seeds."""
        ones = np.ones((1, len(self.truth.yes)), np.float32)
        found = figures_of([draws(judged, self.truth, ones) for judged in seeds], resampled)
        calibration = [metrics.calibration_error(judged.scores, self.truth) for judged in seeds]
        return {name: asdict(figure) for name, figure in found.items()} | {
            "calibration_error": {"value": float(np.mean(calibration)), "low": None, "high": None, "spread": None}
        }

    def per_term(self, seeds: Sequence[Judged]) -> list[dict[str, Any]]:
        """One row per term: the means over seeds of F1, accuracy, precision, recall and average precision."""
        runs = [metrics.per_term(run.scores, run.decided, self.truth, self.terms, 0.0) for run in seeds]
        names = ("f1", "accuracy", "precision", "recall", "average_precision")
        return [
            {"term": term, "positives": runs[0][t]["positives"], "known": runs[0][t]["known"]}
            | {name: _mean([run[t][name] for run in runs]) for name in names}
            for t, term in enumerate(self.terms)
        ]

    def curve(self, scores: Scores, term: int | None = None) -> dict[str, list[float]]:
        """Precision at rising recall, over all known cells or of one term; empty without a yes."""
        columns: Any = slice(None) if term is None else [term]
        known = self.truth.known[:, columns]
        return curve(scores[:, columns][known], self.truth.yes[:, columns][known])

    def references(self) -> dict[str, Judged]:
        """What stands beside the rows: the prior, which decides the three commonest terms, and perfection.

        Perfection may decide three terms per film at most, as most of the films' labels do.
        """
        shape, best = self.truth.yes.shape, self.truth.yes.astype(np.float64)
        common = np.zeros(shape, bool)
        common[:, np.argsort(-self.prior, kind="stable")[:3]] = True
        return {
            BASELINE: Judged(np.broadcast_to(self.prior, shape).astype(np.float64), common),
            PERFECT: Judged(best, metrics.top(best, self.truth, 3) & self.truth.yes),
        }

    def with_seen_cuts(self, judged: Judged) -> Judged:
        """The same scores with each term's F1-best cut on these very films: what no choice of cuts exceeds."""
        columns = range(len(self.terms))
        cuts = [best_f1(judged.scores[:, t], self.truth.yes[:, t], self.truth.known[:, t])[0] for t in columns]
        return Judged(judged.scores, judged.scores >= np.array(cuts))

    def views(self, seeds: Sequence[Tensors]) -> dict[str, Any]:
        """The films with plot and poster, scored from both, from the plot and from the poster, and what each adds.

        Each seed's tensors hold `both` (M,) positions, `plot` and `poster` scores (M, T); {} where they do not.
        """
        if not seeds or any("both" not in kept or not len(kept["both"]) for kept in seeds):
            return {}
        rows = seeds[0]["both"]
        truth = self.truth[rows]
        bench = Bench(truth, self.terms, self.prior, self.rounds)
        seen = {
            "both": [judged_of(kept, kept["scores"][rows]) for kept in seeds],
            "plot": [judged_of(kept, kept["plot"]) for kept in seeds],
            "poster": [judged_of(kept, kept["poster"]) for kept in seeds],
        }
        resampled = {name: bench.draws(runs) for name, runs in seen.items()}
        figures = {name: bench.figures(runs, resampled[name]) for name, runs in seen.items()}
        return {
            "films": len(rows),
            **{name: {key: figures[name][key] for key in VIEWS} for name in seen},
            "differences": {
                f"both-{name}": _difference(figures, resampled, "both", name, VIEWS) for name in ("plot", "poster")
            },
        }


def judged_of(kept: Tensors, scores: NDArray[np.float32] | None = None) -> Judged:
    """Scores of a kept model, all of them unless others are given, with the decisions of its thresholds."""
    given = kept["scores"] if scores is None else scores
    return Judged(given.astype(np.float64), given >= kept["thresholds"])


def curve(scores: Scores, yes: NDArray[np.bool_]) -> dict[str, list[float]]:
    """At most CURVE_POINTS steps of a precision-recall curve, evenly spread over recall, from low to high recall."""
    if not yes.any():
        return {"recall": [], "precision": []}
    precision, recall, _ = precision_recall_curve(yes, scores)
    precision, recall = precision[::-1][1:], recall[::-1][1:]  # without the made-up point at recall 0
    wanted = np.linspace(0, 1, CURVE_POINTS)
    places = np.unique(np.clip(np.searchsorted(recall, wanted), 0, len(recall) - 1))
    return {
        "recall": [round(float(share), 4) for share in recall[places]],
        "precision": [round(float(share), 4) for share in precision[places]],
    }


def pairs(
    figures: dict[str, dict[str, Any]], resampled: dict[str, Draws], names: Sequence[str] = PAIRED
) -> list[dict[str, Any]]:
    """First minus second of every two rows, with bounds of a paired bootstrap over the test films."""
    return [
        {"first": first, "second": second, "figures": _difference(figures, resampled, first, second, names)}
        for first, second in combinations(figures, 2)
    ]


def _difference(
    figures: dict[str, Any], resampled: dict[str, Draws], first: str, second: str, names: Sequence[str]
) -> dict[str, dict[str, float]]:
    bounds = difference(resampled[first], resampled[second], tuple(names))
    return {
        name: {
            "value": figures[first][name]["value"] - figures[second][name]["value"],
            "low": bounds[name][0],
            "high": bounds[name][1],
        }
        for name in names
    }


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
