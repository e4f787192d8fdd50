"""Judging scene models: by film and by pair of frames, genre by genre, with intervals over films."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from training import metrics
from training.evaluation import ROUNDS, with_intervals
from training.intervals import Interval, film_counts
from training.metrics import Flags, Scores, Truth, ratio
from training.scenes.data import SceneInputs

if TYPE_CHECKING:
    from training.inputs import Inputs
    from training.registry import Scorer
    from training.scenes.scenes import TrainedScenes
    from training.snapshot import Snapshot

Rows = NDArray[np.int64]
LEVEL = 0.95


def evaluate_scenes(
    scorer: Scorer, inputs: Inputs, snapshot: Snapshot, *, prior: NDArray[np.float64]
) -> dict[str, Any]:
    """Every figure on the snapshot's test films, whose inputs these are.

    Shaped as training.evaluation.evaluate shapes it, with the likeliest genre as the one decision of a film (micro-F1
    then is accuracy), and with `scenes`: see ``scene_figures``. ``prior`` (T,) share of each genre among training
    films, for the trivial baseline that always says the commonest.
    """
    assert isinstance(inputs, SceneInputs)
    test = snapshot.rows("test")
    truth = Truth.of(snapshot.labels[test])
    by_film = scorer.scores(inputs).astype(np.float64)
    by_pair = cast("TrainedScenes", scorer).pair_scores(inputs)
    decided = likeliest(by_film)
    figures = scene_figures(by_film, by_pair, inputs.film_of, truth.yes.argmax(1), snapshot.terms)
    keys = [snapshot.keys[row] for row in test]
    return {
        "test": with_intervals(by_film, decided, truth),
        "common": {},
        "common_terms": 0,
        "baseline": metrics.baseline(prior, truth, k=1),
        "ceiling": metrics.ceiling(by_film, truth),
        "subsets": {},
        "terms": metrics.per_term(by_film, decided, truth, snapshot.terms, np.full(len(snapshot.terms), 0.5)),
        "scenes": figures | {"films": _films(keys, by_film, by_pair, inputs.film_of, truth.yes.argmax(1), snapshot)},
    }


def likeliest(scores: Scores) -> Flags:
    """(N, T) the one genre that is said of each film."""
    return np.asarray(scores.argmax(1)[:, None] == np.arange(scores.shape[1]))


def scene_figures(
    by_film: Scores, by_pair: NDArray[np.float32], film_of: Rows, genres: Rows, terms: list[str]
) -> dict[str, Any]:
    """Accuracy of films, its mean over genres, accuracy of pairs, each with an interval over films; both confusions.

    ``by_film`` (N, T), ``by_pair`` (P, T), ``film_of`` (P,), ``genres`` (N,). A confusion is a table of counts with
    one row for each true genre and one column for each that was said.
    """
    said, said_of_pairs = by_film.argmax(1), by_pair.argmax(1)
    right, pairs = said == genres, np.bincount(film_of, minlength=len(genres))
    right_pairs = np.bincount(film_of[said_of_pairs == genres[film_of]], minlength=len(genres))
    weights = np.concatenate([np.ones((1, len(genres)), np.float32), film_counts(len(genres), ROUNDS, 0)])
    shares = {
        "accuracy": ratio(weights @ right, weights.sum(1)),
        "macro_accuracy": macro(weights, right, genres),
        "pair_accuracy": ratio(weights @ right_pairs, weights @ pairs),
    }
    return {name: asdict(interval(draws)) for name, draws in shares.items()} | {
        "confusion": confusion(genres, said, len(terms)),
        "pair_confusion": confusion(genres[film_of], said_of_pairs, len(terms)),
        "genres": [
            {"term": term} | _of_genre(np.flatnonzero(genres == place), right, pairs, right_pairs)
            for place, term in enumerate(terms)
        ],
    }


def _of_genre(rows: Rows, right: Flags, pairs: Rows, right_pairs: Rows) -> dict[str, Any]:
    """Films and pairs of one genre, and the shares of them that are right; None where there is none."""
    return {
        "films": len(rows),
        "pairs": int(pairs[rows].sum()),
        "accuracy": float(right[rows].mean()) if len(rows) else None,
        "pair_accuracy": float(right_pairs[rows].sum() / pairs[rows].sum()) if pairs[rows].sum() else None,
    }


def _films(
    keys: list[str], by_film: Scores, by_pair: NDArray[np.float32], film_of: Rows, genres: Rows, snapshot: Snapshot
) -> list[dict[str, Any]]:
    """One row per test film: what it is, what is said of it and how surely, and of how many of its pairs it is said."""
    said = by_film.argmax(1)
    return [
        {
            "film": key,
            "genre": snapshot.terms[genres[row]],
            "said": snapshot.terms[said[row]],
            "score": round(float(by_film[row, said[row]]), 4),
            "pairs": int((film_of == row).sum()),
            "pairs_right": int((by_pair[film_of == row].argmax(1) == genres[row]).sum()),
        }
        for row, key in enumerate(keys)
    ]


def confusion(true: Rows, said: Rows, terms: int) -> list[list[int]]:
    """(T, T) counts: rows are what it is, columns what is said."""
    table = np.zeros((terms, terms), np.int64)
    np.add.at(table, (true, said), 1)
    return [[int(cell) for cell in row] for row in table]


def macro(weights: NDArray[np.float32], right: Flags, genres: Rows) -> Scores:
    """(B,) mean over the genres that are there of the share of their films that is right; ``weights`` (B, N)."""
    shares = []
    for genre in np.unique(genres):
        of_genre = weights[:, genres == genre]
        drawn = of_genre.sum(1)
        shares.append(np.where(drawn > 0, ratio(of_genre @ right[genres == genre], drawn), np.nan))
    return np.asarray(np.nanmean(shares, axis=0))


def interval(draws: Scores) -> Interval:
    """The figure on the films as they are, which comes first, with the bounds of the resamples after it."""
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(draws[1:], [tail, 1 - tail])
    return Interval(float(draws[0]), float(low), float(high))


def compare_scenes(challenger: tuple[Scores, Flags], champion: tuple[Scores, Flags], truth: Truth) -> dict[str, Any]:
    """Challenger minus champion in accuracy on the same films, with paired intervals, and who is better.

    The rule: more films right; as many right, but surer of what is right (the mean logarithm of its probability).
    """
    rows = np.flatnonzero(truth.yes.any(1))
    if not len(rows):
        return {"films": 0, "difference": {}, "gain": 0.0, "better": False}
    genres = truth.yes[rows].argmax(1)
    right = [scores[rows].argmax(1) == genres for scores, _decided in (challenger, champion)]
    sure = [np.log(np.clip(scores[rows, genres], 1e-12, 1)).mean() for scores, _decided in (challenger, champion)]
    weights = np.concatenate([np.ones((1, len(rows)), np.float32), film_counts(len(rows), ROUNDS, 0)])
    accuracy = [ratio(weights @ flags, weights.sum(1)) for flags in right]
    macros = [macro(weights, flags, genres) for flags in right]
    gain = float(accuracy[0][0] - accuracy[1][0])
    return {
        "films": len(rows),
        "difference": {
            "accuracy": asdict(interval(accuracy[0] - accuracy[1])),
            "macro_accuracy": asdict(interval(macros[0] - macros[1])),
        },
        "gain": gain,
        "better": bool(gain > 0 or (gain == 0 and sure[0] > sure[1])),
        "because": "as many are right, and it is surer of them" if gain == 0 and sure[0] > sure[1] else "",
    }
