"""A version of the toy architecture with tiny encoders of the real classes."""

import json
from pathlib import Path

import numpy as np

from tests.training import tiny
from tests.training.toy import Toy
from training import registry
from training.models import ModelVersion

TERMS = ["comedy", "horror"]


def make_version(
    folder: Path, *, champion: bool = False, text: str = "", image: str = "", prior: float = 0.5, **config: object
) -> ModelVersion:
    """Registered under MODELS_DIR; says yes to a term whose slug stands in the text."""
    made = folder / f"made-{ModelVersion.objects.count()}"
    made.mkdir(parents=True)
    Toy(TERMS, np.full(2, prior, np.float32), 0.7).save(made)
    written = {
        "task": "genres",
        "architecture": "toy",
        "terms": TERMS,
        "thresholds": [0.5, 0.5],
        "text_encoder": text or str(encoder(folder, "bert")),
        "image_encoder": image or str(encoder(folder, "vit")),
        "metrics": {},
        "dataset_hash": "x",
        **config,
    }
    (made / "config.json").write_text(json.dumps(written))
    version = registry.register(made)
    if champion:
        registry.promote(version, user=None)
    return version


def encoder(folder: Path, kind: str) -> Path:
    """A tiny encoder, made the first time that it is asked for."""
    at = folder / f"tiny-{kind}"
    if not at.exists():
        {"bert": tiny.bert, "vit": tiny.vit}[kind](at)
    return at
