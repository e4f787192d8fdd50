"""A comparison made of numbers: the real judging of made-up scores, as if architectures had been trained."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.comparison_rows import complete, conclude
from training.judging import Bench
from training.ledger import Ledger
from training.metrics import Truth

GENRES = (
    "drama", "comedy", "thriller", "romance", "action", "horror", "documentary", "western", "film-noir",
)  # fmt: skip
ROWS: tuple[tuple[str, tuple[str, ...], float, str], ...] = (
    ("feedforward", ("image",), 0.35, "pictures"),
    ("resnet50", ("image",), 0.9, "pictures"),
    ("vit-b16", ("image",), 1.0, "pictures"),
    ("bert", ("text",), 1.4, "plots"),
    ("gmu", ("text", "image"), 1.7, "vectors"),
    ("cross-attention", ("text", "image"), 2.0, "vectors"),
    ("heads", ("text", "image"), 2.5, "vectors"),
)


def made_up_comparison(
    rows: tuple[tuple[str, tuple[str, ...], float, str], ...] = ROWS,
    films: int = 300,
    seeds: int = 2,
    rounds: int = 40,
) -> dict[str, Any]:
    """Rows of (architecture, what it sees, how well it sees, what it reads), and one that could not be trained."""
    random = np.random.default_rng(0)
    shares = np.array([0.5, 0.35, 0.25, 0.2, 0.18, 0.12, 0.1, 0.04, 0.03])
    yes = random.random((films, len(GENRES))) < shares
    labels = np.where(random.random(yes.shape) < 0.05, -1, yes)
    bench = Bench(Truth.of(labels), GENRES, shares, rounds)
    ledger = Ledger()
    ledger.begin(_head(films, seeds, rounds))
    for row in rows:
        ledger.put(complete(_row(row, ledger, yes, shares, seeds, random), ledger, bench)[0])
    reason = "clip-vit-base-patch32 is neither a folder nor to be had from the hub."
    ledger.put({"id": "chain", "architecture": "chain", "label": "chain", "state": "failed", "reason": reason})
    conclude(ledger, bench, {})
    return ledger.content


def _head(films: int, seeds: int, rounds: int) -> dict[str, Any]:
    return {
        "task": "genres",
        "begun": "2025-11-21T10:00:00+00:00",
        "seeds": seeds,
        "rounds": rounds,
        "asked": [],
        "options": {"epochs": "3"},
        "dataset": {
            "hash": "ab" * 32,
            "split": "hash",
            "min_films": 20,
            "films": {"train": 8 * films, "validation": films, "test": films},
            "terms": list(GENRES),
            "names": {slug: [slug.replace("-", " ").capitalize(), f"{slug} 장르"] for slug in GENRES},
        },
    }


def _row(
    row: tuple[str, tuple[str, ...], float, str],
    ledger: Ledger,
    yes: NDArray[np.bool_],
    shares: NDArray[np.float64],
    seeds: int,
    random: np.random.Generator,
) -> dict[str, Any]:
    name, sees, signal, reads = row
    models = []
    for seed in range(seeds):
        scores = _scores(yes, shares, signal, random)
        tensors: dict[str, NDArray[Any]] = {"scores": scores, "thresholds": np.full(len(shares), 0.4, np.float32)}
        if len(sees) > 1:
            both = np.arange(0, len(yes), 2)
            tensors |= {"both": both, "plot": _scores(yes[both], shares, signal * 0.85, random)}
            tensors |= {"poster": _scores(yes[both], shares, signal * 0.4, random)}
        ledger.keep_scores(f"{name}-{seed}", tensors)
        models.append(_model(name, sees, signal, seed))
    notes = [["text", "minilm"], ["image", "starter"]] if reads == "vectors" else [["weights", "none"], ["size", "96"]]
    return {"id": name, "architecture": name, "label": name, "notes": notes, "reads": reads, "models": models}


def _model(name: str, sees: tuple[str, ...], signal: float, seed: int) -> dict[str, Any]:
    return {
        "seed": seed,
        "scores": f"{name}-{seed}",
        "train_seconds": 40 * signal,
        "films_per_second": 900 / signal,
        "parameters": int(2e6 * signal**3),
        "sees": list(sees),
        "device": "2 CPU cores",
        "curves": [
            {"epoch": n, "train_loss": 2 / n**signal, "validation_loss": 2 / n**0.3, "validation_map": signal * n / 20}
            for n in range(1, 6)
        ],
    }


def _scores(
    yes: NDArray[np.bool_], shares: NDArray[np.float64], signal: float, random: np.random.Generator
) -> NDArray[np.float32]:
    prior = np.log(shares / (1 - shares))
    logits = prior + signal * (yes - shares) + random.normal(0, 0.9, yes.shape)
    return (1 / (1 + np.exp(-logits))).astype(np.float32)
