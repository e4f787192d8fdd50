"""Scene architectures on films drawn by code, and on clips where there are some, one film left out at a time.

    python -m benchmarks.scenes drawn [--seeds 3]
    python -m benchmarks.scenes clips FOLDER [--pairs 60] [--image-encoder NAME …]

FOLDER holds video files and `genres.csv` with the columns file, film, genre; several files may be of one film.
Networks are tiny ones of the real classes with random weights: what is measured is what a network is shown, not what
published weights know.
"""

import argparse
import csv
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

Rows = dict[str, list[float]]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genresite.settings")
    import django

    django.setup()
    import torch

    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = parser.add_subparsers(required=True)
    drawn = kinds.add_parser("drawn")
    drawn.add_argument("--seeds", type=int, default=3)
    drawn.set_defaults(run=lambda asked: on_drawn(asked.seeds))
    clips = kinds.add_parser("clips")
    clips.add_argument("folder", type=Path)
    clips.add_argument("--pairs", type=int, default=60)
    clips.add_argument("--image-encoder", nargs="+", default=["starter"])
    clips.set_defaults(run=lambda asked: on_clips(asked.folder, asked.pairs, asked.image_encoder))
    asked = parser.parse_args()
    asked.run(asked)


# Drawn films ------------------------------------------------------------------------------------------------

_HEAD: dict[str, Any] = {"epochs": 30, "learning_rate": 1e-2}
_WHOLE: dict[str, Any] = {"epochs": 20, "learning_rate": 3e-3, "finetune": "all"}
DRAWN: tuple[tuple[str, dict[str, Any]], ...] = (
    ("scene-fc", {"epochs": 10}),
    ("scene-vgg16", _HEAD),
    ("scene-resnet50", _HEAD),
    ("scene-resnet50", _WHOLE),
    ("scene-inception-v3", _HEAD),
    ("flownet-fc", _WHOLE),
    ("six-channel", _HEAD),
    ("six-channel", _WHOLE),
    ("double-stack", _WHOLE),
    ("motion-magnitude", {"epochs": 30}),
    ("scene-flow-stats", {"epochs": 30}),
)


def on_drawn(seeds: int) -> None:
    import pytest

    from tests import scene_clips
    from tests.training import scene_nets

    parts = ["train"] * 16 + ["validation"] * 3 + ["test"] * 5
    sets = {"every way": scene_clips.EVERY_WAY, "motion alone": scene_clips.MOTION_ALONE}
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        scene_nets.make_tiny(patch)
        for name, genres in sets.items():
            where = Path(folder) / name.replace(" ", "-")
            data = [
                scene_clips.draw_films(where / str(s), genres, films=24, pairs=6, parts=parts, seed=s)
                for s in range(seeds)
            ]
            print(f"\n{name}: share of test pairs that are right, {seeds} seeds (chance .333)")
            for architecture, changes in DRAWN:
                began, figures = time.monotonic(), []
                for seed, one in enumerate(data):
                    figures.append(_right(one, scene_nets.options(architecture, seed=seed, **changes)))
                spread = f"{np.mean(figures):.3f} ({min(figures):.3f} to {max(figures):.3f})"
                learns = "whole" if changes.get("finetune") or architecture == "scene-fc" else "head"
                print(
                    f"{architecture:<20} {learns:<6} {spread}  {(time.monotonic() - began) / seeds:.1f} s", flush=True
                )


def _right(data: Any, options: Any, part: str = "test") -> float:
    from training.scenes.scenes import train_pairs

    model = train_pairs(data, options, lambda *_epoch: None)
    films = np.unique(data.inputs.film_of[data.rows(part)])
    inputs = data.inputs.take(films)
    genres = np.array([data.genres[data.inputs.film_of == film][0] for film in films])
    return float((model.pair_scores(inputs).argmax(1) == genres[inputs.film_of]).mean())


# Clips ------------------------------------------------------------------------------------------------------


def on_clips(folder: Path, most: int, encoders: Sequence[str]) -> None:
    """Every film of a genre of two films and more is left out once; the others are learned from."""
    with (folder / "genres.csv").open(newline="") as file, tempfile.TemporaryDirectory() as scratch:
        rows = list(csv.DictReader(file))
        pairs, films = [], []
        for place, row in enumerate(rows):
            found = _pairs(folder / row["file"], Path(scratch) / str(place), most)
            pairs += found
            films += [row["film"]] * len(found)
            print(f"{row['file']}: {len(found)} pairs of {row['film']}, {row['genre']}", flush=True)
        genre_of = {row["film"]: row["genre"] for row in rows}
        for encoder in encoders:
            _one_out(encoder, pairs, films, genre_of)


def _pairs(clip: Path, scratch: Path, most: int) -> list[Any]:
    """Pairs at even distances, without cuts."""
    from PIL import Image

    from catalog.footage import cuts
    from catalog.footage.reader import Reader
    from training.scenes.data import Pair
    from training.scenes.flow import FULL

    scratch.mkdir()
    with Reader(clip) as reader:
        pts = reader.index().pts
        starts = np.unique(np.linspace(0, len(pts) - 2, most).astype(int))
        pictures = list(reader.frames([int(pts[start + step]) for start in starts for step in (0, 1)], FULL))
    pairs = []
    for place, (first, second) in enumerate(zip(pictures[::2], pictures[1::2], strict=True)):
        if first is None or second is None or cuts.is_cut(first.pixels, second.pixels):
            continue
        if first.pixels.mean() < 8:  # faded to black: nothing to see
            continue
        paths = [scratch / f"{place}-{step}.jpg" for step in (0, 1)]
        for path, picture in zip(paths, (first, second), strict=True):
            Image.fromarray(picture.pixels).save(path, quality=92)
        pairs.append(Pair(*paths))
    return pairs


def _one_out(encoder: str, pairs: list[Any], films: list[str], genre_of: dict[str, str]) -> None:
    from training.encoders import image_encoder
    from training.scenes import flow
    from training.scenes.data import Pair, SceneInputs, ScenePairs

    names, terms = sorted(genre_of), sorted(set(genre_of.values()))
    files = [path for pair in pairs for path in (pair.first, pair.second)]
    vectors = image_encoder(encoder).encode(files).reshape(len(pairs), 2, -1)
    pairs = [Pair(p.first, p.second, m) for p, m in zip(pairs, flow.magnitudes(pairs)[:, 0].tolist(), strict=True)]
    inputs = SceneInputs.of(len(names), pairs, np.array([names.index(film) for film in films]), vectors)
    genres = np.array([terms.index(genre_of[film]) for film in films])
    out = [film for film in names if sum(genre == genre_of[film] for genre in genre_of.values()) > 1]
    print(f"\n{Path(encoder).name}: each film left out in turn, share of its pairs that are right")
    print(f"{'':<44}" + "".join(f"{film[:16]:>18}" for film in out) + f"{'mean':>10}")
    for label, asked, eyes in _asked(encoder):
        figures = []
        for film in out:
            parts = np.array(["test" if one == film else "train" for one in films])
            with eyes():
                figures.append(_right(ScenePairs(inputs, films, genres, parts, terms), asked))
        print(f"{label:<44}" + "".join(f"{one:>18.3f}" for one in figures) + f"{np.mean(figures):>10.3f}", flush=True)


def _asked(encoder: str) -> list[tuple[str, Any, Callable[[], Any]]]:
    """What is trained: a name, options, and what the eyes are changed to meanwhile."""
    from contextlib import nullcontext
    from unittest import mock

    from training.options import RetrainOptions
    from training.scenes import seeing

    asked = RetrainOptions(
        task="scenes", architecture="scene-flow-stats", image_encoder=encoder, min_films=1, epochs=20, precision="fp32"
    )
    whole = seeing.FlowEyes.vectors

    def only(columns: Callable[[int], slice]) -> Callable[[], Any]:
        def vectors(self: Any, inputs: Any) -> Any:
            return whole(self, inputs)[:, columns(inputs.frame_vectors.shape[2])]

        return lambda: mock.patch.object(seeing.FlowEyes, "vectors", vectors)

    return [
        ("scene-fc", replace(asked, architecture="scene-fc", epochs=10), nullcontext),
        ("scene-flow-stats", asked, nullcontext),
        ("  the image features of one frame alone", asked, only(lambda d: slice(0, d))),
        ("  the flow statistics alone", asked, only(lambda d: slice(2 * d, None))),
    ]


if __name__ == "__main__":
    main()
