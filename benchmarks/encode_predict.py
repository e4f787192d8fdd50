"""How fast are posters and plots turned into vectors, and films into stored scores?

Encoders alone, by precision, beside the plain loop (one item at a time, float32, JPEGs decoded whole):

    python benchmarks/encode_predict.py encoders ../shared/data/films.csv ../shared/data/posters --json out.json

From JPEG and text to stored scores, on the films of the site in GENRESITE_DATA, by its champions. Stored
vectors and predictions are REMOVED first, so use a site made for measuring:

    GENRESITE_DATA=/tmp/measure python benchmarks/encode_predict.py predict --forget --json out.json
"""

import argparse
import csv
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_subparsers(dest="what", required=True)
    alone = what.add_parser("encoders")
    alone.add_argument("films", type=Path)
    alone.add_argument("posters", type=Path)
    alone.add_argument("--images", nargs="*", default=[], help="more image encoders: folders or hub ids")
    alone.add_argument("--plots", type=int, default=2000)
    alone.add_argument("--pictures", type=int, default=2000)
    whole = what.add_parser("predict")
    whole.add_argument("--forget", action="store_true", required=True, help="remove stored vectors and predictions")
    for each in (alone, whole):
        each.add_argument("--threads", type=int, help="cores to use (default: all)")
        each.add_argument("--json", type=Path)
    options = parser.parse_args()
    _set_up()
    if options.threads:
        import torch

        torch.set_num_threads(options.threads)
    figures = _encoders(options) if options.what == "encoders" else _predict()
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")


def _set_up() -> None:
    import django

    from genresite import embedded

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genresite.settings")
    embedded.provide(["manage.py", "migrate"])
    django.setup()


# Encoders alone --------------------------------------------------------------------------------------------


def _encoders(options: argparse.Namespace) -> dict[str, Any]:
    from training.encoders import image, text

    with options.films.open(encoding="utf-8", newline="") as file:
        plots = [f"{row['title']}. {row['plot']}" for row in csv.DictReader(file) if row["plot"]][: options.plots]
    posters = sorted(options.posters.glob("*.jpg"))[: options.pictures]
    figures: dict[str, Any] = {"minilm": _compare(text.load, "minilm", plots)}
    for name in ("starter", *options.images):
        figures[Path(name).name] = _compare(image.load, name, posters)
    return figures


def _compare(load: Callable[..., Any], name: str, items: Sequence[Any]) -> dict[str, Any]:
    """Items per second by precision, ratios, and how far bf16 is from float32."""
    exact, fast, chosen = (load(name, precision=precision) for precision in ("fp32", "bf16", "auto"))
    some = items[: max(50, len(items) // 20)]
    rates = {
        "plain loop": _rate(lambda: _plain_loop(exact, some), len(some)),
        "fp32": _rate(lambda: exact.encode(items), len(items)),
        "bf16": _rate(lambda: fast.encode(items), len(items)),
    }
    ours = rates[chosen.precision][1]
    figures = {
        "items": len(items),
        "per second": {way: round(rate, 1) for way, (rate, _) in rates.items()},
        "per core second": {way: round(rate, 1) for way, (_, rate) in rates.items()},
        "chosen": chosen.precision,
        "chosen / fp32, per core second": round(ours / rates["fp32"][1], 2),
        "chosen / plain loop, per core second": round(ours / rates["plain loop"][1], 2),
        "bf16 cosine, least": _least_cosine(exact.encode(some), fast.encode(some)),
    }
    print(name, json.dumps(figures), flush=True)
    return figures


def _plain_loop(encoder: Any, items: Sequence[Any]) -> None:
    """What one would write first: a loop over items, each read whole and run by itself."""
    import torch
    from PIL import Image

    for item in items:
        if isinstance(item, Path):
            with Image.open(item) as picture:
                batch = {"pictures": torch.from_numpy(encoder.preprocessing.prepare(picture))[None]}
        else:
            batch = encoder._prepare([item])[0]
        encoder._once(batch).numpy()


def _rate(run: Callable[[], Any], items: int) -> tuple[float, float]:
    """Items per second, and per second of a core: the second says the same on a machine that has other work."""
    begun, worked = time.perf_counter(), time.process_time()
    run()
    return items / (time.perf_counter() - begun), items / (time.process_time() - worked)


def _least_cosine(a: Any, b: Any) -> float:
    import numpy as np

    return round(float(((a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)).min()), 5)


# From files to stored scores -------------------------------------------------------------------------------


def _predict() -> dict[str, Any]:
    """Plots to stored vectors; posters to stored scores; scores again from stored vectors; nothing stale."""
    from catalog.models import Film
    from catalog.progress import Silent
    from inference.models import Prediction
    from inference.predict import _load, predict_stale
    from training import vectors
    from training.models import Embedding, ModelVersion

    versions = list(ModelVersion.objects.filter(champion=True))
    films, posters = Film.objects.count(), Film.objects.exclude(poster_sha256="").count()
    texts = {id(text): text for _, text, _ in map(_load, versions)}.values()
    Embedding.objects.all().delete()

    def read_plots() -> None:
        for text in texts:
            vectors.encode_missing(Film.objects.all(), text=text, image=None, progress=Silent())

    def predict() -> None:
        for version in versions:
            predict_stale(version, progress=Silent())

    figures: dict[str, Any] = {"films": films, "posters": posters, "champions": [str(one) for one in versions]}
    figures["plots to stored vectors"] = _timed(read_plots, lambda: Embedding.objects.count(), "plots")
    Prediction.objects.all().delete()
    figures["posters to stored scores of all films"] = _timed(predict, lambda: posters, "posters")
    Prediction.objects.all().delete()
    figures["stored vectors to stored scores"] = _timed(predict, lambda: films, "films")
    figures["0 stale"] = _timed(predict, lambda: 0, "films")
    return figures


def _timed(run: Callable[[], None], count: Callable[[], int], unit: str) -> dict[str, Any]:
    begun, worked = time.perf_counter(), time.process_time()
    run()
    seconds, core = time.perf_counter() - begun, time.process_time() - worked
    found = {"seconds": round(seconds, 2), unit: count(), f"{unit} per second": round(count() / seconds, 1)}
    found |= {"core seconds here": round(core, 2), f"{unit} per core second": round(count() / max(core, 1e-3), 1)}
    print(json.dumps(found), flush=True)
    return found


if __name__ == "__main__":
    main()
