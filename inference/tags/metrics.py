"""How good tags of films are: pure functions on numpy arrays, of N films and T tags.

The published figures of frame tagging are three means over films, of the tags that were generated G and those of the
reference R: the match ratio |G & R| / |R|, the unmatched tags |G - R| and the missing tags |R - G|. A tagger that gives
every tag to every film has a match ratio of 1 and misses nothing, so here they never stand alone: precision, recall
and F1 at 3, 5 and 10 tags, a ranking measure that no threshold can flatter, and trivial taggers to compare with.

``scores`` float (N, T), the higher the surer; ``said`` bool (N, T): the tags that were generated; truth as in
training/metrics.py, unknown cells counting in nothing.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.intervals import Interval, film_counts
from training.metrics import Flags, Scores, Truth, average_precisions, count, mean_of_known, micro, ratio, top

KS = (3, 5, 10)
NEARLY_ALL = 0.5  # of the vocabulary, for a film: then recall and match ratio say nothing
ROUNDS = 1000


@dataclass(frozen=True)
class Answers:
    """What one tagger says of N films."""

    name: str
    scores: Scores
    said: Flags


def figures(answers: Answers, truth: Truth) -> dict[str, Any]:
    """Every figure of a tagger, over the films of which a yes is known."""
    films = truth.yes.any(1)
    scores, said, truth = answers.scores[films], answers.said[films], truth[films]
    return {
        "tagger": answers.name,
        "films": int(films.sum()),
        **matching(said, truth),
        "said": micro(said, truth),
        "tags_learned": int(said.any(0).sum()),
        "tag_recall": tag_recall(said, truth),
        "top": {str(k): at(scores, truth, k) for k in KS},
        "ranking": {"lrap": ranking_precision(scores, truth), "map": mean_of_known(average_precisions(scores, truth))},
        "gives_nearly_all": bool(said.mean() > NEARLY_ALL) if said.size else False,
        "intervals": {name: asdict(interval) for name, interval in intervals(scores, said, truth).items()},
    }


def matching(said: Flags, truth: Truth) -> dict[str, float]:
    """The published three, and how many tags a film gets, as means over films with a known yes."""
    counts = count(said, truth, axis=1)
    return {
        "match_ratio": _mean(counts.recall),
        "unmatched": _mean(counts.false_alarm),
        "missing": _mean(counts.missed),
        "tags_per_film": _mean(said.sum(1).astype(np.float64)),
        "tags_of_reference": _mean(counts.positives),
    }


def at(scores: Scores, truth: Truth, k: int) -> dict[str, float]:
    """Of exactly the k best-scored tags of each film: micro precision, recall and F1, distinct tags, tag recall."""
    chosen = top(scores, truth, k)
    learned = {"tags_learned": float(chosen.any(0).sum()), "tag_recall": tag_recall(chosen, truth)}
    return micro(chosen, truth) | learned


def tag_recall(said: Flags, truth: Truth) -> float:
    """Recall of each tag, averaged over the tags that any film has: what the commonest tags alone cannot raise."""
    counts = count(said, truth)
    return _mean(counts.recall[counts.positives > 0])


def ranking_precision(scores: Scores, truth: Truth) -> float:
    """Label ranking average precision: for each yes of a film, the share of yes among all that rank as high, averaged.

    Tsoumakas et al. 2010; ties count against the tagger, and films without a yes are left out.
    """
    return _mean(_ranking_precisions(scores, truth))


def _ranking_precisions(scores: Scores, truth: Truth) -> Scores:
    """(N,) over films with a yes."""
    found = []
    for row, yes, known in zip(scores, truth.yes, truth.known, strict=True):
        if yes.any():
            ahead = row[known][None] >= row[yes][:, None]  # (yes, known)
            right = row[yes][None] >= row[yes][:, None]
            found.append(float((right.sum(1) / ahead.sum(1)).mean()))
    return np.array(found)


def intervals(scores: Scores, said: Flags, truth: Truth, *, seed: int = 0) -> dict[str, Interval]:
    """Bounds of 95 % of the resamples of the films, for the figures that a comparison is made by."""
    if not len(scores):
        return {}
    weights = film_counts(len(scores), ROUNDS, seed)
    found = {"match_ratio": _mean_interval(count(said, truth, axis=1).recall, weights)}
    found["f1"] = _f1_interval(said, truth, weights)
    for k in KS:
        found[f"top{k}_f1"] = _f1_interval(top(scores, truth, k), truth, weights)
    found["lrap"] = _mean_interval(_ranking_precisions(scores, truth), weights)
    return found


def _f1_interval(said: Flags, truth: Truth, weights: NDArray[np.float32]) -> Interval:
    counts = count(said, truth, axis=1)
    twice, whole = 2 * counts.hit, 2 * counts.hit + counts.false_alarm + counts.missed
    return _interval(float(ratio(twice.sum(), whole.sum())), ratio(weights @ twice, weights @ whole))


def _mean_interval(values: Scores, weights: NDArray[np.float32]) -> Interval:
    return _interval(_mean(values), ratio(weights @ values, weights.sum(1)))


def _interval(value: float, draws: Scores) -> Interval:
    low, high = np.quantile(draws, [0.025, 0.975])
    return Interval(value, float(low), float(high))


def _mean(values: Scores) -> float:
    return float(values.mean()) if len(values) else 0.0


# What a tagger has to beat, and what none can exceed --------------------------------------------------------


def all_tags(truth: Truth) -> Answers:
    """Every tag to every film."""
    return Answers("all tags to every film", np.zeros(truth.yes.shape), np.ones(truth.yes.shape, bool))


def most_frequent(prior: Scores, truth: Truth, k: int = 3) -> Answers:
    """The tags that are commonest elsewhere to every film; ``prior`` (T,)."""
    scores = np.broadcast_to(prior, truth.yes.shape).astype(np.float64)
    said = np.zeros(truth.yes.shape, bool)
    said[:, np.argsort(-prior, kind="stable")[:k]] = True
    return Answers(f"{k} most frequent tags", scores, said)


def perfect(truth: Truth) -> Answers:
    """Exactly the reference; at fixed k it has to say too much of films with fewer tags and too little of others."""
    return Answers("ceiling", truth.yes.astype(np.float64), truth.yes.copy())
