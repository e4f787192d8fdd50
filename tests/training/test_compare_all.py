"""Every architecture there is, tiny and with random weights, side by side on 200 films in minutes.

How to ask for tiny networks: a folder with a tiny config as `weights` (or as encoder), or a small `size` where a name
stands for one network only. TINY has a line for each name; a name without a line is trained as it is.
"""

import hashlib
import io
import json
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pytest
import torch
from django.core.management import call_command
from PIL import Image, ImageDraw
from transformers import EfficientNetConfig, EfficientNetModel

from catalog.labelling import change_set
from catalog.models import ChangeSet, Film, Label
from catalog.models.film import poster_path
from catalog.pictures import write_file
from tests.factories import make_term
from tests.training import tiny
from training.architectures import ARCHITECTURES
from training.comparison_figures import COLUMNS

pytestmark = pytest.mark.django_db
FILMS, SECONDS = 200, 300
GENRES = {"horror": "ghosts", "romance": "love", "war": "war"}  # what a plot says of it
COLOURS = ("#5a1f1f", "#c87f9a", "#4d5a2f")
FOLDERS = ("resnet", "vit", "mobilenet", "bert", "roberta")
TINY = {
    "feedforward": "size=16",
    "vgg16": "size=32",
    "resnet50": "weights={resnet}",
    "inception-v3": "size=75",
    "efficientnet-b0": "weights={efficientnet}",
    "vit-b16": "weights={vit}",
    "backbone": "weights={mobilenet}",
    "bert": "weights={bert}",
    "roberta": "weights={roberta}",
}
NETWORKS = {"epochs": 2, "batch": 32}  # of all that are networks


def efficientnet(folder: Path) -> Path:
    torch.manual_seed(0)
    config = EfficientNetConfig(image_size=32, width_coefficient=0.25, depth_coefficient=0.1, hidden_dim=320)
    EfficientNetModel(config).save_pretrained(folder)
    said = json.loads((tiny.vit(folder.with_name("vit")) / "preprocessor_config.json").read_text())
    (folder / "preprocessor_config.json").write_text(json.dumps(said))
    return folder


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    """A tiny model of each class, saved as the hub has them."""
    made = {name: getattr(tiny, name)(tmp_path / "weights" / name) for name in FOLDERS}
    return made | {"efficientnet": efficientnet(tmp_path / "weights" / "efficientnet")}


@pytest.fixture
def films(db: None) -> list[Film]:
    """Plots that name their genres and posters in their colours; one film in five lacks one of the two."""
    random = np.random.default_rng(0)
    terms = [make_term(slug) for slug in GENRES]
    yes = random.random((FILMS, len(terms))) < 0.45
    films = Film.objects.bulk_create(
        Film(
            key=f"film-{i:03}",
            title=f"Film {i}",
            plot="" if i % 10 == 0 else _plot(row),
            poster_sha256="" if i % 10 == 5 else _poster(row, random),
        )
        for i, row in enumerate(yes)
    )
    with change_set(ChangeSet.Kind.IMPORT, None, note="test"):
        Label.objects.bulk_create(
            Label(film=film, term=term, value="yes" if cell else "no", source="import", origin="test")
            for film, row in zip(films, yes, strict=True)
            for term, cell in zip(terms, row, strict=True)
        )
    return films


def _plot(row: Any) -> str:
    return " ".join(["a film of", *(word for word, has in zip(GENRES.values(), row, strict=True) if has), "."])


def _poster(row: Any, random: np.random.Generator) -> str:
    """Draw and store a poster with a stripe for each genre; its hash."""
    picture = Image.new("RGB", (80, 120), "#d8d2c4")
    draw = ImageDraw.Draw(picture)
    for place, colour in enumerate(COLOURS):
        if row[place]:
            left, top = int(random.integers(10)), 38 * place + int(random.integers(10))
            draw.rectangle((left, top, 79, top + 28), fill=colour)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90)
    digest = hashlib.sha256(file.getvalue()).hexdigest()
    write_file(poster_path(digest), file.getvalue())
    return digest


def test_every_architecture_stands_in_one_table(films: list[Film], folders: dict[str, Path], tmp_path: Path) -> None:
    begun = perf_counter()
    asked = [":".join(filter(None, (name, TINY.get(name, "").format(**folders)))) for name in ARCHITECTURES]
    figures, report = tmp_path / "compare.json", tmp_path / "compare.html"
    call_command(
        "compare_models", "genres", architectures=",".join(asked), min_films=5, json=figures, html=report,
        text_encoder=str(folders["bert"]), image_encoder=str(folders["vit"]), **NETWORKS,
    )  # fmt: skip
    content = json.loads(figures.read_text())
    rows = {row["architecture"]: row for row in content["rows"]}
    assert {name: row.get("reason") for name, row in rows.items() if row["state"] != "done"} == {}
    assert list(rows) == list(ARCHITECTURES)
    for name, row in rows.items():
        check(name, row)
    assert content["dataset"]["films"]["test"] == len(films) - sum(
        content["dataset"]["films"][part] for part in ("train", "validation")
    )
    assert str(tmp_path) not in figures.read_text() and str(tmp_path) not in report.read_text()
    assert perf_counter() - begun < SECONDS


def check(name: str, row: dict[str, Any]) -> None:
    """Every figure is there, is a number and lies within its interval."""
    assert row["sees"] == list(ARCHITECTURES[name].sees), name
    assert row["parameters"] > 0 and row["films_per_second"] > 0, name
    for column in COLUMNS:
        if column.name not in ("train_seconds", "parameters", "films_per_second"):
            figure = row["figures"][column.name]
            assert np.isfinite(figure["value"]) and figure["value"] >= 0, (name, column.name)
            assert figure["low"] is None or figure["low"] <= figure["high"], (name, column.name)
    assert [term["term"] for term in row["terms"]] == sorted(GENRES), name
    assert row["models"][0]["curves"], name
