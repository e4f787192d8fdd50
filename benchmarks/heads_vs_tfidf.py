"""The default heads against TF-IDF with logistic regression, on the same films, labels and split.

Films with a plot and labels; terms with at least 40 of them; split by hash of the IMDb id. Thresholds of every row
come from the validation films alone; test films are used once, for this table.

    GENRESITE_DATA=var python -m benchmarks.heads_vs_tfidf ../shared/data/films.csv ../shared/data/posters \
        --image-encoder starter --seeds 3 --cache /tmp/vectors --json heads.json

Encoding takes minutes the first time and is kept in the cache folder; training takes seconds.
"""

import argparse
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import django
import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from catalog.importers import csv_films
from catalog.importers.rows import FilmRow
from training import metrics
from training.architectures.heads import HeadsConfig, TrainedHeads, train_heads
from training.encoders import image_encoder, text_encoder
from training.inputs import Inputs, TrainingData
from training.intervals import Interval, bootstrap, paired_bootstrap
from training.metrics import Flags, Scores, Truth
from training.splits import split_of
from training.thresholds import fit_thresholds

ROUNDS = 1000
Judged = tuple[Scores, Flags]


@dataclass
class Report:
    """What is printed and written: rows of figures, paired differences, seconds."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    differences: dict[str, dict[str, Interval]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def judge(self, name: str, judged: Judged, truth: Truth) -> None:
        scores, decided = judged
        found = bootstrap(scores, decided, truth, rounds=ROUNDS)
        summary = metrics.summary(scores, decided, truth)
        self.rows[name] = {"intervals": {key: asdict(value) for key, value in found.items()}, **summary}
        cells = "  ".join(f"{f.value:.3f} [{f.low:.3f} {f.high:.3f}]" for f in found.values())
        top3, top5 = summary["top3"]["f1"], summary["top5"]["f1"]
        print(f"{name:<44} {summary['films']:>5}  {cells}  {top3:.3f}  {top5:.3f}", flush=True)

    def compare(self, name: str, first: Judged, second: Judged, truth: Truth) -> None:
        found = paired_bootstrap(first, second, truth, rounds=ROUNDS)
        self.differences[name] = found
        cells = "  ".join(f"{f.value:+.3f} [{f.low:+.3f} {f.high:+.3f}]" for f in found.values())
        print(f"{name:<44} {len(truth.yes):>5}  {cells}")

    def timed(self, name: str, work: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        result = work()
        self.seconds[name] = time.perf_counter() - start
        return result


def read_films(path: Path, task: str) -> list[FilmRow]:
    """Films with a plot and at least one label of the task."""
    films = (row for row in csv_films.read(path).rows if isinstance(row, FilmRow))
    return [film for film in films if film.plot and _names(film, task)]


def _names(film: FilmRow, task: str) -> set[str]:
    return {name.lower() for name in (film.genres if task == "genres" else film.tags)}


def labels_of(films: list[FilmRow], task: str, at_least: int) -> tuple[list[str], NDArray[np.int8]]:
    """Terms with enough films, and labels (N, T): no only where the source would have listed the term."""
    counts = Counter(name for film in films for name in _names(film, task))
    terms = sorted(name for name, count in counts.items() if count >= at_least)
    labels = np.full((len(films), len(terms)), -1, np.int8)
    for row, film in enumerate(films):
        names, covered = _names(film, task), film.genres_covered if task == "genres" else film.tags_covered
        for column, term in enumerate(terms):
            if term in names or term in covered:
                labels[row, column] = term in names
    return terms, labels


def cached(folder: Path | None, name: str, make: Callable[[], NDArray[np.float32]]) -> NDArray[np.float32]:
    """The array of that name in the folder, made and kept where it is not there."""
    path = folder / f"{name.replace('/', '_')}.npy" if folder else None
    if path and path.exists():
        return np.load(path)
    array = make()
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, array)
    return array


def read_inputs(films: list[FilmRow], options: argparse.Namespace) -> Inputs:
    texts = [f"{film.title}. {film.plot}" for film in films]
    reader, seer = text_encoder(options.text_encoder), image_encoder(options.image_encoder)
    posters = [options.posters / f"{film.key}.jpg" for film in films]
    has_image = np.array([poster.exists() for poster in posters])
    there = [poster for poster in posters if poster.exists()]

    def see() -> NDArray[np.float32]:
        vectors = np.zeros((len(films), seer.dimension), np.float32)
        vectors[has_image] = seer.encode(there)
        return vectors

    return Inputs(
        texts=texts,
        text_vectors=cached(options.cache, f"{options.task} {reader.name}", lambda: reader.encode(texts)),
        has_text=np.ones(len(films), bool),
        image_vectors=cached(options.cache, f"{options.task} {seer.name}", see),
        has_image=has_image,
        years=[film.year for film in films],
        languages=[film.language for film in films],
        posters=[None] * len(films),
    )


def tfidf_baseline(texts: list[str], data: TrainingData) -> tuple[Judged, Judged]:
    """TF-IDF of words and pairs (100,000) with one logistic regression per term, on the test films.

    Decided twice: with each term's F1-best cut on validation films, and with the steadied cuts that the heads get.
    """
    train, validation, test = (data.rows(part) for part in ("train", "validation", "test"))
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), max_features=100_000, sublinear_tf=True)
    vectorizer.fit([texts[i] for i in train])
    features = vectorizer.transform(texts)
    scores = np.zeros(data.labels.shape)
    for term in range(data.labels.shape[1]):
        known = train[data.labels[train, term] >= 0]
        model = LogisticRegression(C=4.0, solver="liblinear")
        scores[:, term] = model.fit(features[known], data.labels[known, term]).predict_proba(features)[:, 1]
    truth = Truth.of(data.labels[validation])
    plain = fit_thresholds(scores[validation], truth, belief=0, shrink=0)
    steadied = fit_thresholds(scores[validation], truth)
    return (scores[test], scores[test] >= plain), (scores[test], scores[test] >= steadied)


def judged_by(model: TrainedHeads, inputs: Inputs) -> Judged:
    scores = model.scores(inputs).astype(np.float64)
    return scores, scores >= model.thresholds


def simple_rows(report: Report, data: TrainingData, films: list[FilmRow]) -> dict[str, Judged]:
    """The prior and the TF-IDF rows; gives back the latter."""
    test = data.rows("test")
    truth = Truth.of(data.labels[test])
    share = metrics.prior(Truth.of(data.labels[data.rows("train")]))
    scores = np.broadcast_to(share, truth.yes.shape)
    report.judge("prior: the commonest three", (scores, metrics.top(scores, truth, 3)), truth)
    plots = report.timed("TF-IDF", lambda: tfidf_baseline([film.plot for film in films], data))
    titled = tfidf_baseline([f"{film.title}. {film.plot}" for film in films], data)
    names = ("TF-IDF + LR, plot", "TF-IDF + LR, title and plot")
    rows = {
        f"{name}{cuts}": judged
        for name, pair in zip(names, (plots, titled), strict=True)
        for cuts, judged in zip(("", ", steadied cuts"), pair, strict=True)
    }
    for name, judged in rows.items():
        report.judge(name, judged, truth)
    return rows


def ablations(report: Report, data: TrainingData, config: HeadsConfig) -> None:
    """The same heads with something left out in training and in use."""
    test = data.rows("test")
    truth = Truth.of(data.labels[test])
    variants = {
        "text vector only": (replace(config, vocabulary=0, facts=False), data.without_image()),
        "heads trained without posters, year, language": (replace(config, facts=False), data.without_image()),
        "heads trained without year and language": (replace(config, facts=False), data),
        "linear instead of hidden layers": (replace(config, hidden=0, hidden_image=0, nets=1), data),
        "asymmetric loss": (replace(config, loop=replace(config.loop, loss="asymmetric")), data),
    }
    for name, (variant, films) in variants.items():
        report.judge(name, judged_by(train_heads(films, variant, 0), films.take(test)), truth)


def ours(report: Report, data: TrainingData, seeds: Iterable[int], config: HeadsConfig) -> TrainedHeads:
    """One row per seed on all test films; gives back the first model."""
    test = data.rows("test")
    models = []
    for seed in seeds:
        models.append(report.timed(f"train, seed {seed}", lambda seed=seed: train_heads(data, config, seed)))
        report.judge(
            f"heads, what each film has, seed {seed}",
            judged_by(models[-1], data.take(test)),
            Truth.of(data.labels[test]),
        )
    start = time.perf_counter()
    models[0].scores(data)
    report.seconds["films scored a second"] = len(data) / (time.perf_counter() - start)
    return models[0]


def modalities(report: Report, model: TrainedHeads, data: TrainingData) -> None:
    """The test films that have both, seen in three ways."""
    rows = data.rows("test")
    rows = rows[data.has_image[rows]]
    both, truth = data.take(rows), Truth.of(data.labels[rows])
    judged = {
        "plot and poster": judged_by(model, both),
        "plot": judged_by(model, both.without_image()),
        "poster": judged_by(model, both.without_text()),
    }
    for name, row in judged.items():
        report.judge(f"heads, films with both: {name}", row, truth)
    for name in ("plot", "poster"):
        report.compare(f"plot and poster - {name}", judged["plot and poster"], judged[name], truth)


def run(options: argparse.Namespace) -> Report:
    films, config, report = read_films(options.films, options.task), HeadsConfig(), Report()
    terms, labels = labels_of(films, options.task, options.at_least)
    splits = np.array([split_of(film.key) for film in films])
    data = TrainingData.of(read_inputs(films, options), labels, splits, terms)
    test = data.rows("test")
    truth = Truth.of(labels[test])
    print(f"{len(films)} films, {len(terms)} terms, {int(data.has_image.sum())} posters")
    print(f"{'':<44} films  micro-F1             macro-F1             mAP                  top-3  top-5")
    baselines = simple_rows(report, data, films)
    model = ours(report, data, range(options.seeds), config)
    if options.ablations:
        ablations(report, data, config)
    modalities(report, model, data)
    judged = judged_by(model, data.take(test))
    for name, baseline in baselines.items():
        report.compare(f"heads - {name}", judged, baseline, truth)
    top = metrics.ceiling(judged[0], truth)
    for name, figures in top.items():
        print(f"ceiling, {name}: micro-F1 {figures['micro']['f1']:.3f}, macro-F1 {figures['macro']['f1']:.3f}")
    print("\n".join(f"{name}: {value:.1f}" for name, value in report.seconds.items()))
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("films", type=Path, help="films.csv")
    parser.add_argument("posters", type=Path, help="folder of <imdb id>.jpg")
    parser.add_argument("--task", choices=["genres", "tags"], default="genres")
    parser.add_argument("--at-least", type=int, default=40, help="films that a term needs")
    parser.add_argument("--text-encoder", default="minilm")
    parser.add_argument("--image-encoder", default="starter")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--ablations", action="store_true", help="also train the heads with parts left out")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--cache", type=Path, help="folder where vectors are kept")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genresite.settings")
    django.setup()  # for the sentences of the encoders' and importers' errors
    torch.set_num_threads(options.threads)
    report = run(options)
    if options.json:
        options.json.write_text(json.dumps(asdict(report), indent=1))


if __name__ == "__main__":
    main()
