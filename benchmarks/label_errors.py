"""How well suspected label errors are found: labels are flipped, and the orders rank labels and films.

Three ways to flip: `labels`, every label by a chance of 5 %; `films`, one label of every twentieth film; `genres`,
5 % of each genre's films lose it and as many others get it. Out-of-fold scores are learned from the flipped labels
alone. The films are real ones with errors of their own, which count as false alarms here.

    GENRESITE_DATA=var python -m benchmarks.label_errors ../shared/data/films.csv ../shared/data/posters \
        --cache /tmp/vectors --seeds 20 --flip labels films --json errors.json

Precision at 100 and average precision, mean over seeds with 95 % intervals (Student's t), and the paired difference
from uncertainty alone. "named" asks that the label shown as the film's likeliest error is one that was flipped.
"""

import argparse
import json
import os
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
import numpy as np
import torch
from numpy.typing import NDArray
from scipy import stats
from sklearn.metrics import average_precision_score

from benchmarks.heads_vs_tfidf import labels_of, read_films, read_inputs
from training.inputs import Inputs
from training.metrics import Truth
from training.out_of_fold import OutOfFold, out_of_fold
from training.thresholds import fit_thresholds

SHARE, AT = 0.05, 100
Doubles = NDArray[np.float64]
Flags = NDArray[np.bool_]
Labels = NDArray[np.int8]


def of_labels(labels: Labels, random: np.random.Generator) -> Flags:
    return (labels >= 0) & (random.random(labels.shape) < SHARE)


def of_films(labels: Labels, random: np.random.Generator) -> Flags:
    flips = np.zeros(labels.shape, bool)
    for row in random.choice(len(labels), round(SHARE * len(labels)), replace=False):
        flips[row, random.choice(np.flatnonzero(labels[row] >= 0))] = True
    return flips


def of_genres(labels: Labels, random: np.random.Generator) -> Flags:
    flips = np.zeros(labels.shape, bool)
    for column in range(labels.shape[1]):
        yes, no = (np.flatnonzero(labels[:, column] == value) for value in (1, 0))
        for films in (yes, no):
            flips[random.choice(films, round(SHARE * len(yes)), replace=False), column] = True
    return flips


FLIPS: dict[str, Callable[[Labels, np.random.Generator], Flags]] = {
    "labels": of_labels,
    "films": of_films,
    "genres": of_genres,
}


def believed(scores: Doubles, labels: Labels) -> Doubles:
    """Self-confidence: the probability of what each label says (N, T); 1 where it is unknown."""
    return np.where(labels < 0, 1.0, np.where(labels == 1, scores, 1 - scores))


def certain(scores: Doubles, labels: Labels) -> Doubles:
    """Uncertainty alone: how far each score is from its cut, 0 to 1 (N, T)."""
    cuts = fit_thresholds(scores, Truth.of(labels))
    side = np.where(scores >= cuts, 1 - cuts, cuts)
    away = np.abs(scores - cuts) / np.maximum(side, 1e-9)
    return np.where(labels < 0, 1.0, away)


def by_cleanlab(scores: Doubles, labels: Labels) -> Doubles:
    """What the library makes of the same scores with its defaults: the quality of each film's labels (N,)."""
    from cleanlab.multilabel_classification.rank import get_label_quality_scores

    held = np.where(labels < 0, scores >= 0.5, labels == 1)
    quality: Doubles = get_label_quality_scores([np.flatnonzero(row).tolist() for row in held], scores)
    return quality


def judged(quality: Doubles, flips: Flags) -> dict[str, float]:
    """Precision at 100 and average precision of the lowest quality first."""
    first = np.argsort(quality, kind="stable")[:AT]
    return {"precision": float(flips[first].mean()), "ap": float(average_precision_score(flips, -quality))}


def figures(quality: Doubles, labels: Labels, flips: Flags) -> dict[str, float]:
    """Of labels, of films by their worst label, and of the label that is named for each film."""
    known, films = labels >= 0, quality.min(1)
    named = flips[np.arange(len(flips)), quality.argmin(1)]
    parts = {
        "label": judged(quality[known], flips[known]),
        "film": judged(films, flips.any(1)),
        "named": judged(films, named),
    }
    return {f"{part} {name}": value for part, row in parts.items() for name, value in row.items()}


def one_seed(inputs: Inputs, truth: Labels, terms: list[str], flip: str, seed: int) -> dict[str, dict[str, float]]:
    random = np.random.default_rng(seed)
    flips = FLIPS[flip](truth, random)
    labels = np.where(flips, 1 - truth, truth).astype(np.int8)
    found: OutOfFold = out_of_fold(inputs, labels, terms, seed=seed)
    film = judged(by_cleanlab(found.scores, labels), flips.any(1))
    return {
        "suspected errors": figures(believed(found.beside, labels), labels, flips),
        "without the film's other labels": figures(believed(found.scores, labels), labels, flips),
        "cleanlab on these scores": {f"film {name}": value for name, value in film.items()},
        "uncertainty alone": figures(certain(found.scores, labels), labels, flips),
        "random": figures(random.random(labels.shape), labels, flips),
    }


def interval(values: list[float]) -> dict[str, float]:
    """Mean over seeds with the bounds of its 95 % interval."""
    mean = float(np.mean(values))
    half = float(stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)) if len(values) > 1 else float("nan")
    return {"mean": mean, "low": mean - half, "high": mean + half}


def summarised(seeds: list[dict[str, dict[str, float]]]) -> dict[str, Any]:
    rows: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for seed in seeds:
        for order, found in seed.items():
            for name, value in found.items():
                rows[order][name].append(value)
    table = {order: {name: interval(values) for name, values in row.items()} for order, row in rows.items()}
    ours, alone = rows["suspected errors"], rows["uncertainty alone"]
    pairs = {name: np.subtract(ours[name], alone[name]).tolist() for name in ours}
    return {"orders": table, "above uncertainty alone": {name: interval(pairs[name]) for name in pairs}}


def show(summary: dict[str, Any]) -> None:
    def cells(row: dict[str, dict[str, float]]) -> str:
        return "  ".join(f"{name} {f['mean']:.3f} [{f['low']:.3f} {f['high']:.3f}]" for name, f in row.items())

    for order, row in summary["orders"].items():
        print(f"  {order:<34}{cells(row)}")
    print(f"  {'above uncertainty alone':<34}{cells(summary['above uncertainty alone'])}", flush=True)


def run(options: argparse.Namespace) -> dict[str, Any]:
    films = read_films(options.films, options.task)
    terms, labels = labels_of(films, options.task, options.at_least)
    inputs = read_inputs(films, options)
    print(f"{len(films)} films, {len(terms)} terms, {int((labels >= 0).sum())} labels", flush=True)
    report: dict[str, Any] = {}
    for flip in options.flip:
        seeds, begun = earlier(options.add, flip), time.process_time()
        for seed in range(options.first, options.first + options.seeds):
            seeds.append(one_seed(inputs, labels, terms, flip, seed))
            row = seeds[-1]["suspected errors"]
            print(f"{flip} {seed}: " + "  ".join(f"{name} {value:.3f}" for name, value in row.items()), flush=True)
            report[flip] = {"seeds": seeds, "cpu_seconds": time.process_time() - begun}
            write(options.json, report)
        report[flip] = {**report.get(flip, {}), "seeds": seeds, **summarised(seeds)}
        print(f"flipped {flip}, {len(seeds)} seeds")
        show(report[flip])
    return report


def earlier(files: list[Path], flip: str) -> list[dict[str, dict[str, float]]]:
    """What other runs have found with other seeds."""
    return [seed for file in files for seed in json.loads(file.read_text()).get(flip, {}).get("seeds", [])]


def write(file: Path | None, report: dict[str, Any]) -> None:
    if file:
        file.write_text(json.dumps(report, indent=1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("films", type=Path, help="films.csv")
    parser.add_argument("posters", type=Path, help="folder of <imdb id>.jpg")
    parser.add_argument("--flip", nargs="+", choices=list(FLIPS), default=list(FLIPS))
    parser.add_argument("--task", choices=["genres", "tags"], default="genres")
    parser.add_argument("--at-least", type=int, default=40, help="films that a term needs")
    parser.add_argument("--text-encoder", default="minilm")
    parser.add_argument("--image-encoder", default="starter")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--seeds", type=int, default=20, help="how many; 0 only sums up what is added")
    parser.add_argument("--add", type=Path, nargs="*", default=[], help="figures of other seeds, as --json wrote them")
    parser.add_argument("--cache", type=Path, help="folder where vectors are kept")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genresite.settings")
    django.setup()
    torch.set_num_threads(1)
    write(options.json, run(options))


if __name__ == "__main__":
    main()
