"""How much of a curator's time each order of the desk saves: a simulation on real films.

A site starts with 500 labelled films. Round after round the order chooses films, a curator who knows the truth decides
on them, and the heads learn again, until their macro-F1 on films that were never in the pool reaches 95 % of what all
labels of the pool give. A film costs one decision ("all right") and one for each genre that was proposed wrongly; in
seconds, a look and a while for each of these (inference/picks/worth.py).

    GENRESITE_DATA=var python -m benchmarks.curator_time ../shared/data/films.csv ../shared/data/posters \
        --cache /tmp/vectors --seeds 20 --json curator.json

Choose on the validation films (``--judge validation``), report on the test films. Means over seeds with 95 % intervals
(Student's t), and the paired share of random's cost.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks import quick_heads
from benchmarks.heads_vs_tfidf import labels_of, read_films, read_inputs
from benchmarks.label_errors import interval
from benchmarks.quick_heads import QuickHeads
from inference.picks import worth
from training.inputs import Inputs
from training.metrics import Truth, averaged
from training.splits import split_of

START, STEP, SHARE = 500, 1.12, 0.95
COSTS = ("films", "decisions", "seconds")
Rows = NDArray[np.int64]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Library:
    """All films, what is seen of them, and the truth that the curator knows."""

    inputs: Inputs
    blocks: dict[str, NDArray[np.float32]]
    features: NDArray[np.float32]
    directions: NDArray[np.float32]
    truth: Truth
    pool: Rows
    judged: Rows

    def seen(self, *names: str) -> NDArray[np.float32]:
        return np.hstack([self.blocks[name] for name in names])


@dataclass(frozen=True, eq=False)
class Moment:
    """Where the site stands when the next films are to be chosen."""

    library: Library
    labelled: Rows
    left: Rows
    heads: QuickHeads
    scores: Doubles
    random: np.random.Generator

    @property
    def open(self) -> NDArray[np.bool_]:
        return np.ones(self.scores.shape, bool)

    @property
    def counts(self) -> Doubles:
        return self.library.truth.yes[self.labelled].sum(0).astype(float)


def at_random(now: Moment, most: int) -> Rows:
    return now.random.permutation(len(now.left))[:most]


def most_doubtful(now: Moment, most: int) -> Rows:
    """As the desk does: the film whose nearest score is nearest to its cut."""
    return _highest(worth.doubt(now.scores, now.heads.cuts).max(1), most)


def most_uncertain(now: Moment, most: int) -> Rows:
    """Entropy over all genres alike: the usual yardstick of active learning."""
    return _highest(worth.uncertainty(now.scores).sum(1), most)


def rare(now: Moment, most: int) -> Rows:
    vectors = now.library.directions[now.left]
    return worth.choose(now.scores, now.open, now.counts, vectors, most).rows


def in_little_time(now: Moment, most: int) -> Rows:
    costs = worth.seconds(now.scores, now.heads.cuts, now.open)
    vectors = now.library.directions[now.left]
    return worth.choose(now.scores, now.open, now.counts, vectors, most, costs).rows


def in_disagreement(now: Moment, most: int) -> Rows:
    """Plot against poster, each by heads that see nothing else, of films that have both."""
    said = []
    for part in ("text", "image"):
        seen = now.library.seen(part, "facts")
        heads = quick_heads.train(seen[now.labelled], now.library.truth[now.labelled])
        said.append((heads.scores(seen[now.left]), heads.cuts))
    apart = worth.disagreement(*said[0], *said[1]).max(1)
    return _highest(apart * now.library.inputs.has_image[now.left], most)


def newest(now: Moment, most: int) -> Rows:
    years = np.array([now.library.inputs.years[row] or 0 for row in now.left])
    return _highest(years, most)


def _highest(values: NDArray[Any], most: int) -> Rows:
    return np.argsort(-values, kind="stable")[:most]


ORDERS: dict[str, Callable[[Moment, int], Rows]] = {
    "random": at_random,
    "doubt": most_doubtful,
    "rare": rare,
    "worth a second": in_little_time,
    "disagreement": in_disagreement,
    "newest": newest,
    "entropy": most_uncertain,
}


def macro_f1(library: Library, heads: QuickHeads) -> float:
    decided = heads.scores(library.features[library.judged]) >= heads.cuts
    return averaged(decided, library.truth[library.judged], "macro")["f1"]


def simulate(library: Library, order: str, seed: int, target: float) -> list[dict[str, float]]:
    """What has been spent and reached after each round, until the target is held for two rounds or all is labelled."""
    random = np.random.default_rng(seed)
    mixed = random.permutation(library.pool)
    labelled, left, spent = mixed[:START], mixed[START:], dict.fromkeys(COSTS, 0.0)
    rounds: list[dict[str, float]] = []
    while True:
        heads = quick_heads.train(library.features[labelled], library.truth[labelled])
        rounds.append(spent | {"macro_f1": macro_f1(library, heads)})
        if not len(left) or (len(rounds) > 1 and _held(rounds, len(rounds) - 2, target)):
            return rounds
        scores = heads.scores(library.features[left])
        chosen = ORDERS[order](
            Moment(library, labelled, left, heads, scores, random), max(round(len(labelled) * (STEP - 1)), 1)
        )
        spent = _spend(spent, scores[chosen] >= heads.cuts, library.truth[left[chosen]])
        labelled, left = np.append(labelled, left[chosen]), np.delete(left, chosen)


def _spend(spent: dict[str, float], proposed: NDArray[np.bool_], truth: Truth) -> dict[str, float]:
    films, wrong = len(proposed), int(((proposed != truth.yes) & truth.known).sum())
    costs = (films, films + wrong, films * worth.LOOK_SECONDS + wrong * worth.CORRECTION_SECONDS)
    return {name: spent[name] + cost for name, cost in zip(COSTS, costs, strict=True)}


def reached(rounds: list[dict[str, float]], target: float) -> dict[str, float]:
    """What was spent when the target was first held for two rounds, between rounds by the straight line."""
    after = next((k for k in range(len(rounds) - 1) if _held(rounds, k, target)), len(rounds) - 1)
    if after == 0:
        return {name: rounds[0][name] for name in COSTS}
    before, there = rounds[after - 1], rounds[after]
    part = (target - before["macro_f1"]) / max(there["macro_f1"] - before["macro_f1"], 1e-9)
    part = min(max(part, 0.0), 1.0)
    return {name: before[name] + part * (there[name] - before[name]) for name in COSTS}


def _held(rounds: list[dict[str, float]], k: int, target: float) -> bool:
    return min(rounds[k]["macro_f1"], rounds[k + 1]["macro_f1"]) >= target


def library_of(options: argparse.Namespace) -> Library:
    films = read_films(options.films, options.task)
    _terms, labels = labels_of(films, options.task, options.at_least)
    splits = np.array([split_of(film.key) for film in films])
    inputs = read_inputs(films, options)
    blocks = quick_heads.blocks(inputs)
    features = np.hstack(list(blocks.values()))
    directions = features / np.linalg.norm(features, axis=1, keepdims=True)
    judged = np.flatnonzero(splits == options.judge)
    return Library(
        inputs, blocks, features, directions, Truth.of(labels), np.flatnonzero(splits == "train"), judged
    )  # fmt: skip


def run(options: argparse.Namespace) -> dict[str, Any]:
    library = library_of(options)
    full = macro_f1(library, quick_heads.train(library.features[library.pool], library.truth[library.pool]))
    target = SHARE * full
    print(f"{len(library.pool)} films in the pool, {len(library.judged)} {options.judge} films", flush=True)
    print(f"macro-F1 {full:.4f} with all labels, target {target:.4f}", flush=True)
    report: dict[str, Any] = {"full": full, "target": target, "orders": {}}
    random: list[dict[str, float]] = []
    for order in ["random", *(name for name in options.orders if name != "random")]:
        begun, spent = time.perf_counter(), []
        for seed in range(1, options.seeds + 1):
            rounds = simulate(library, order, seed, target)
            spent.append(reached(rounds, target))
        random = random or spent
        row = {name: interval([one[name] for one in spent]) for name in COSTS}
        shares = [[one[name] / other[name] for one, other in zip(spent, random, strict=True)] for name in COSTS]
        of_random = {name: interval(values) for name, values in zip(COSTS, shares, strict=True)}
        report["orders"][order] = {"spent": row, "of_random": of_random, "seeds": spent}
        cells = [f"{name} {f['mean']:8.0f} [{f['low']:6.0f} {f['high']:6.0f}]" for name, f in row.items()]
        cells += [f"{name} x{f['mean']:.2f} [{f['low']:.2f} {f['high']:.2f}]" for name, f in of_random.items()]
        print(f"{order:<15}{'  '.join(cells)}  ({time.perf_counter() - begun:.0f} s)", flush=True)
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("films", type=Path, help="films.csv")
    parser.add_argument("posters", type=Path, help="folder of <imdb id>.jpg")
    parser.add_argument("--orders", nargs="+", choices=list(ORDERS), default=list(ORDERS))
    parser.add_argument("--judge", choices=["validation", "test"], default="test")
    parser.add_argument("--task", choices=["genres", "tags"], default="genres")
    parser.add_argument("--at-least", type=int, default=40, help="films that a term needs")
    parser.add_argument("--text-encoder", default="minilm")
    parser.add_argument("--image-encoder", default="starter")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--cache", type=Path, help="folder where vectors are kept")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genresite.settings")
    django.setup()
    torch.set_num_threads(1)
    report = run(options)
    if options.json:
        options.json.write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
