"""What a champion has seen in a film, without a worker."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from catalog.files import write_whole
from catalog.models import Film
from inference import explain, looking, sight
from inference.sight import Sight, TermSight
from training.models import ModelVersion


def store_sight(version: ModelVersion, film: Film, slugs: Sequence[str], **fields: Any) -> Sight:
    """A map for each of these terms, each strongest in another ninth of the poster; plot and poster 3 to 1."""
    heat = np.zeros((len(slugs), 72, 48), np.float32)
    for place in range(len(slugs)):
        row, column = divmod(place % 9, 3)
        heat[place, 24 * row : 24 * row + 24, 16 * column : 16 * column + 16] = 1
    terms = {
        slug: TermSight(looking._png(one), explain.regions(one), 1.5, -0.5)
        for slug, one in zip(slugs, heat, strict=True)
    }
    said: dict[str, Any] = {"inputs": ["plot", "poster"], "weights": None, **fields}
    seen = Sight(version=version.name, terms=terms, **said)
    write_whole(sight.path(version, film.input_hash), json.dumps(asdict(seen)).encode())
    return seen
