"""How much do frozen poster features say about the genre? A linear probe.

Protocol: the 18 commonest genres; one logistic regression per genre on standardised frozen
features; 2,700 films of the train split to fit it and 900 of the test split to judge it, sampled
with three seeds; mean average precision (mAP) and mean area under the ROC curve. The strength of
the regularisation is chosen for each row on 900 films of the validation split. Test films were
never seen in training, neither by the probe nor by our encoder.

    python -m benchmarks.poster_probe ../shared/data/films.csv ../shared/data/posters \
        --mobilenet ../shared/data/weights/mobilenet_v2_1.0_224
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score

from training.architectures import starter
from training.splits import Split
from training.starter_data import Film, multi_hot, read_films, read_posters

Array = NDArray[np.float32]
STRENGTHS = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 1e-1)
SAMPLES: dict[Split, int] = {"train": 2700, "validation": 900, "test": 900}
CHUNK = 64


def sample(films: list[Film], seed: int) -> dict[Split, NDArray[np.int64]]:
    """Row numbers of the films of each part, without overlap."""
    random = np.random.default_rng(seed)
    return {
        part: random.choice([i for i, film in enumerate(films) if film.split == part], count, replace=False)
        for part, count in SAMPLES.items()
    }


def fit_and_score(
    x: Array, y: Array, train: NDArray[np.int64], part: NDArray[np.int64], c: float
) -> tuple[float, float]:
    """Mean average precision and mean ROC AUC over genres on `part`; x (N, D), y (N, G)."""
    mean, std = x[train].mean(0), x[train].std(0) + 1e-6
    fit, judge = (x[train] - mean) / std, (x[part] - mean) / std
    precisions, areas = [], []
    for genre in range(y.shape[1]):
        model = LogisticRegression(C=c, max_iter=300).fit(fit, y[train, genre])
        scores = model.decision_function(judge)
        precisions.append(average_precision_score(y[part, genre], scores))
        areas.append(roc_auc_score(y[part, genre], scores))
    return float(np.mean(precisions)), float(np.mean(areas))


def probe(x: Array, y: Array, parts: dict[Split, NDArray[np.int64]]) -> dict[str, float]:
    """Validation and test figures of one set of features on one sample."""
    trials = {c: fit_and_score(x, y, parts["train"], parts["validation"], c)[0] for c in STRENGTHS}
    best = max(trials, key=lambda c: trials[c])
    precision, area = fit_and_score(x, y, parts["train"], parts["test"], best)
    return {"C": best, "validation mAP": trials[best], "mAP": precision, "AUC": area}


def in_chunks(posters: NDArray[np.uint8], encode: Callable[[torch.Tensor], torch.Tensor]) -> Array:
    """Run `encode` over (B, 3, H, W) pixels on the 0 to 1 scale, chunk by chunk: (N, D)."""
    rows = []
    with torch.inference_mode():
        for start in range(0, len(posters), CHUNK):
            pixels = torch.from_numpy(posters[start : start + CHUNK]).permute(0, 3, 1, 2).float() / 255
            rows.append(encode(pixels.contiguous(memory_format=torch.channels_last)).float().numpy())
    return np.concatenate(rows)


def starter_features(encoder: starter.StarterEncoder, films: list[Film], folder: Path) -> Array:
    """Vectors of the starter encoder, in bf16 as in production."""
    encoder = encoder.eval().to(memory_format=torch.channels_last)
    mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in (encoder.config.mean, encoder.config.std))

    def encode(pixels: torch.Tensor) -> torch.Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            return encoder((pixels - mean) / std)

    return in_chunks(read_posters(films, folder, encoder.config.size), encode)


def mobilenet_features(weights: Path, films: list[Film], folder: Path) -> Array:
    """Pooled ImageNet features of MobileNetV2 at 224 x 224."""
    from transformers import AutoModel

    model = AutoModel.from_pretrained(weights).eval().to(memory_format=torch.channels_last)

    def encode(pixels: torch.Tensor) -> torch.Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            return model(pixel_values=pixels * 2 - 1).pooler_output.flatten(1)

    return in_chunks(read_posters(films, folder, (224, 224)), encode)


def compare(rows: dict[str, Array], y: Array, films: list[Film], seeds: int) -> dict[str, dict[str, float]]:
    """Mean of each figure over the samples, and the standard deviation of mAP, row by row."""
    table = {}
    for name, x in rows.items():
        runs = [probe(x, y, sample(films, seed)) for seed in range(seeds)]
        table[name] = {key: float(np.mean([run[key] for run in runs])) for key in runs[0]}
        table[name]["mAP std"] = float(np.std([run["mAP"] for run in runs]))
        print(f"{name:28} " + "  ".join(f"{key} {value:.4f}" for key, value in table[name].items()), flush=True)
    return table


def speed(folder: Path, films: list[Film], posters: Path) -> dict[str, float]:
    """Posters per second from JPEG files to vectors in one process: by the clock, and by its CPU time.

    On a busy machine only the second says what the encoder costs.
    """
    encoder, some = starter.load(folder), films[:2000]
    starter_features(encoder, some[:CHUNK], posters)
    clock, processor = time.perf_counter(), time.process_time()
    starter_features(encoder, some, posters)
    return {
        "posters per second": len(some) / (time.perf_counter() - clock),
        "posters per CPU second": len(some) / (time.process_time() - processor),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("films", type=Path)
    parser.add_argument("posters", type=Path)
    parser.add_argument("--encoder", type=Path, default=Path("training/starter/poster-encoder"))
    parser.add_argument("--others", type=Path, nargs="*", default=[], help="the same encoder from other seeds")
    parser.add_argument("--mobilenet", type=Path, help="folder with ImageNet MobileNetV2 weights")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    films = read_films(options.films, options.posters, {})
    films = [film for film in films if film.genres_complete]
    genres = [name for name, _ in Counter(g for film in films for g in sorted(film.genres)).most_common(18)]
    y = multi_hot([film.genres for film in films], genres)
    encoder = starter.load(options.encoder)
    torch.manual_seed(0)
    rows = {
        "chance": np.random.default_rng(0).normal(size=(len(films), 1)).astype(np.float32),
        "8 x 8 pixels": read_posters(films, options.posters, (8, 8)).reshape(len(films), -1).astype(np.float32),
        "starter net, untrained": starter_features(starter.StarterEncoder(encoder.config), films, options.posters),
        "starter encoder": starter_features(encoder, films, options.posters),
    }
    for folder in options.others:
        rows[f"starter encoder, {folder.name}"] = starter_features(starter.load(folder), films, options.posters)
    if options.mobilenet:
        rows["MobileNetV2, ImageNet"] = mobilenet_features(options.mobilenet, films, options.posters)
    table = compare(rows, y, films, options.seeds)
    table["speed"] = speed(options.encoder, films, options.posters)
    print(json.dumps(table["speed"]))
    if options.json:
        options.json.write_text(json.dumps({"genres": genres, "rows": table}, indent=2) + "\n")


if __name__ == "__main__":
    main()
