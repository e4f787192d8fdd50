"""Heat maps of a film page: how long they take, and whether they show what the model goes by.

On the films of the site in GENRESITE_DATA, which is read and not changed:

    GENRESITE_DATA=/tmp/measure python benchmarks/heatmaps.py time --films 40 --json out.json
    GENRESITE_DATA=/tmp/measure python benchmarks/heatmaps.py deletion --films 300 [--model genres-3] [--ways all]

`time`: from the worker's message to the stored file, for a film that nobody has looked at; cold (the first film of a
process, with the model and its encoders loaded) and warm, beside occlusion, which is what one would write first.

`deletion`: validation films with a poster, their known genres. The fifth of the poster that a genre's map shows most is
filled with the poster's mean colour; beside it a region of the same size and shape anywhere (mean of several draws),
and the region that the film's next genre's map shows. By how much does the genre's log-odds fall, from the poster
alone; and the score as people see it, with the plot? Intervals: 95 %, bootstrap over films. `likeness` is the mean
correlation of the maps of a film's genres.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
Way = Callable[..., Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["time", "deletion", "cold"])
    parser.add_argument("--films", type=int, default=100)
    parser.add_argument("--model", default="", help="a version or a model's folder (default: the champion of genres)")
    parser.add_argument(
        "--ways", choices=["own", "all"], default="own", help="how maps are made: as pages, or others too"
    )
    parser.add_argument("--draws", type=int, default=5, help="random regions per map")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    _set_up()
    figures: Any = {"time": _time, "deletion": _deletion, "cold": _cold}[options.what](options)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")


def _set_up() -> None:
    import django

    from genresite import embedded

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genresite.settings")
    embedded.provide(["manage.py", "migrate"])
    django.setup()


def _films(options: argparse.Namespace) -> list[Any]:
    """Validation films with a poster, the same for every model."""
    from catalog.models import Film
    from training.splits import split_of

    films = [
        film for film in Film.objects.exclude(poster_sha256="").order_by("key") if split_of(film.key) == "validation"
    ]
    chosen = np.random.default_rng(0).permutation(len(films))[: options.films]
    return [films[place] for place in chosen]


def _poster(film: Any) -> Path:
    from training.data import poster_file

    poster = poster_file(film.poster_sha256)
    if poster is None:
        raise SystemExit(f"The poster of {film.key} is missing.")
    return poster


# Time ------------------------------------------------------------------------------------------------------


def _time(options: argparse.Namespace) -> dict[str, Any]:
    from inference import relevance

    films, figures = _films(options), {}
    figures["cold"] = _spread([_in_new_process(film.pk) for film in films[:5]])
    with tempfile.TemporaryDirectory() as folder:
        _see(films[0].pk, folder)
        figures["warm"] = _spread([_see(film.pk, folder) for film in films])
    for name, way, most in (("maps alone", relevance.relevance, 40), ("occlusion alone", relevance.by_occlusion, 10)):
        with mock.patch("inference.heatmaps.relevance", way):
            figures[name] = _spread([_maps_alone(film) for film in films[:most]])
    for name, found in figures.items():
        print(f"{name:16} p50 {found['p50']:6.0f} ms   p95 {found['p95']:6.0f} ms   {found['films']} films", flush=True)
    return figures


def _spread(seconds: Sequence[float]) -> dict[str, float]:
    p50, p95 = 1000 * np.quantile(seconds, [0.5, 0.95])
    return {"p50": round(float(p50), 1), "p95": round(float(p95), 1), "films": len(seconds)}


def _see(film_id: int, folder: str) -> float:
    from django.test import override_settings

    from inference import looking

    begun = time.perf_counter()
    with override_settings(DATA_DIR=Path(folder)):
        if not looking.make(film_id):
            raise SystemExit("The champion of genres cannot look at these films.")
    return time.perf_counter() - begun


def _in_new_process(film_id: int) -> float:
    """Seconds of the first film of a worker, libraries being imported."""
    command = [sys.executable, "-W", "ignore", __file__, "cold", "--films", str(film_id)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1])


def _cold(options: argparse.Namespace) -> None:
    from inference import heatmaps, looking  # noqa: F401 - a worker has imported them long before

    with tempfile.TemporaryDirectory() as folder:
        print(_see(options.films, folder))


def _maps_alone(film: Any) -> float:
    from inference import heatmaps, sight
    from inference.predict import load

    version = sight.champion_with_eyes()
    assert version is not None
    model, _text, image = load(version)
    begun = time.perf_counter()
    heatmaps.maps(model.scorer, image, _poster(film), range(len(model.terms)))
    return time.perf_counter() - begun


# The deletion test -----------------------------------------------------------------------------------------


def _deletion(options: argparse.Namespace) -> dict[str, Any]:
    from inference.eyes import Eye
    from training import data
    from training.films import read_films

    model, films = _model(options.model), _films(options)
    text, image = data.named_encoders(model.text_encoder, model.image_encoder)
    eye, figures = Eye.of(model.scorer, image), {}
    for name, way in _ways(eye, options).items():
        random, rows = np.random.default_rng(0), []
        for film in films:
            inputs = data.inputs_of(read_films(type(film).objects.filter(pk=film.pk)), text, image, model.looks)
            rows.append(_film(eye, model, film, inputs, way, random, options.draws))
        figures[name] = _summary([row for row in rows if row])
        print(name, json.dumps(figures[name]), flush=True)
    return figures


def _model(name: str) -> Any:
    from training import registry
    from training.models import Task

    if Path(name).is_dir() and name:
        return registry.read(Path(name))
    version = registry.find(name) if name else registry.champion(Task.GENRES)
    assert version is not None
    return registry.load(version)


def _film(eye: Any, model: Any, film: Any, inputs: Any, way: Way, random: Any, draws: int) -> dict[str, float]:
    """Means over the film's known genres; {} where it has none."""
    from inference import explain, heatmaps

    known = set(film.labels.filter(value="yes", term__kind="genre").values_list("term__slug", flat=True))
    terms = [place for place, slug in enumerate(model.terms) if slug in known]
    if not terms:
        return {}
    pixels = eye.pixels(_poster(film))
    begun = time.perf_counter()
    # In what the network sees, whatever is cropped away: hiding that would change nothing.
    maps = heatmaps.paint(way(eye, pixels, terms), (pixels.shape[3], pixels.shape[2]), (0, 0, 1, 1))
    seconds = time.perf_counter() - begun
    alone = explain.deletion(maps, terms, _from_poster_alone(eye, pixels), random, draws=draws)
    shown = explain.deletion(maps, terms, _as_shown(eye, model, inputs, pixels), random, draws=draws)
    return {
        "own": alone.shown.mean(), "random": alone.random.mean(), "other": alone.other.mean(),
        "score own": shown.shown.mean(), "score random": shown.random.mean(),
        "likeness": explain.likeness(maps), "seconds": seconds,
    }  # fmt: skip


def _from_poster_alone(eye: Any, pixels: Any) -> Callable[[Any], Any]:
    """Log-odds of masked posters."""
    import torch

    from inference import relevance

    def score(masks: Any) -> Any:
        with torch.no_grad():
            hidden = torch.split(torch.from_numpy(masks).float(), relevance.AT_ONCE)
            return torch.cat([eye.logits(relevance.hide(pixels, part)) for part in hidden]).double().numpy()

    return score


def _as_shown(eye: Any, model: Any, inputs: Any, pixels: Any) -> Callable[[Any], Any]:
    """Scores of masked posters with all else that is known of the film. For models that look at vectors."""
    import torch

    from inference import relevance

    def score(masks: Any) -> Any:
        if model.looks.reads != "vectors" or getattr(model.scorer, "kind", "") == "cross-attention":
            return np.full((len(masks), len(model.terms)), np.nan)
        with torch.no_grad():
            hidden = torch.split(torch.from_numpy(masks).float(), relevance.AT_ONCE)
            vectors = torch.cat([eye.network(relevance.hide(pixels, part)) for part in hidden]).float().numpy()
        films = inputs.take(np.zeros(len(masks), int))
        return model.scores(replace(films, image_vectors=vectors, has_image=np.ones(len(masks), bool)))

    return score


def _summary(rows: Sequence[dict[str, float]]) -> dict[str, Any]:
    from inference import explain

    def column(name: str) -> Any:
        return np.array([row[name] for row in rows])

    def interval(values: Any) -> list[float]:
        kept = values[~np.isnan(values)]
        found = explain.mean_interval(kept) if len(kept) else None
        return [round(x, 4) for x in (found.value, found.low, found.high)] if found else []

    return {
        "films": len(rows),
        "own": interval(column("own")),
        "own - random": interval(column("own") - column("random")),
        "own - other genre": interval(column("own") - column("other")),
        "score: own - random": interval(column("score own") - column("score random")),
        "likeness": round(float(np.nanmean(column("likeness"))), 3),
        "ms per film": round(1000 * float(np.median(column("seconds"))), 1),
    }


# Other ways to make maps ------------------------------------------------------------------------------------


def _ways(eye: Any, options: argparse.Namespace) -> dict[str, Way]:
    """What pages do, and if asked for, what else could be done with such a network."""
    from inference import relevance

    own: dict[str, Way] = {"own": relevance.relevance}
    if options.ways == "own":
        return own
    attends = relevance.by_attention(eye, eye.pixels(_poster(_films(options)[0])), [0]) is not None
    kind: dict[str, Way] = {"Grad-CAM": _grad_cam, "coarsest map only": _coarsest}
    return (
        own
        | ({"positive rollout": _positive_rollout} if attends else kind)
        | {
            "against the others": _against_the_others,
            "integrated gradients": _integrated_gradients,
            "occlusion": relevance.by_occlusion,
            "noise": _noise,
        }
    )


def _coarsest(eye: Any, pixels: Any, terms: Sequence[int]) -> Any:
    from inference import relevance

    return (relevance.by_convolution(eye, pixels, terms) or [])[-1:]


def _grad_cam(eye: Any, pixels: Any, terms: Sequence[int]) -> Any:
    """As published: the last feature map, weighted by the gradient's mean over all places."""
    import torch

    from inference import relevance

    [layer] = relevance._layers(eye, pixels)[:1]
    with torch.enable_grad(), relevance.calls_of([layer]) as calls:
        logits = eye.logits(pixels.detach().requires_grad_())
    feature, found = calls[0][1], []
    for term in terms:
        slope = torch.autograd.grad(logits[0, term], feature, retain_graph=True)[0]
        found.append((slope.mean((2, 3), keepdim=True) * feature.detach()).sum(1))
    return [torch.cat(found)]


def _against_the_others(eye: Any, pixels: Any, terms: Sequence[int]) -> Any:
    """What raises a genre more than the mean of all genres."""
    from inference import relevance

    others = replace(eye, logits=lambda seen: eye.logits(seen) - eye.logits(seen).mean(1, keepdim=True))
    return relevance.relevance(others, pixels, terms)


def _integrated_gradients(eye: Any, pixels: Any, terms: Sequence[int], steps: int = 16) -> Any:
    """Sundararajan, Taly and Yan 2017, from the poster's mean colour."""
    import torch

    blank = pixels.mean((2, 3), keepdim=True).expand_as(pixels)
    share = ((torch.arange(steps) + 0.5) / steps).view(-1, 1, 1, 1)
    between = (blank + share * (pixels - blank)).requires_grad_()
    with torch.enable_grad():
        logits = eye.logits(between)
    found = []
    for term in terms:
        slope = torch.autograd.grad(logits[:, term].sum(), between, retain_graph=True)[0]
        found.append((slope.mean(0, keepdim=True) * (pixels - blank)).sum(1))
    return [torch.cat(found)]


def _positive_rollout(eye: Any, pixels: Any, terms: Sequence[int]) -> Any:
    """As published: what attention times its gradient takes away is dropped."""
    from inference import relevance

    rollout = relevance.rollout

    def positive(attention: Any, slopes: Any) -> Any:
        return rollout(
            [(weights * slope).clamp(min=0) for weights, slope in zip(attention, slopes, strict=True)],
            [slope * 0 + 1 for slope in slopes],
        )

    with mock.patch("inference.relevance.rollout", positive):
        return relevance.by_attention(eye, pixels, terms)


def _noise(eye: Any, pixels: Any, terms: Sequence[int]) -> Any:
    import torch

    return [torch.rand(len(terms), 9, 6)]


if __name__ == "__main__":
    main()
