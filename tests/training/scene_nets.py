"""Scene networks small enough to be trained in seconds, of the real classes."""

from dataclasses import replace
from typing import Any

import pytest

from training.options import RetrainOptions
from training.scenes import flow, recipes

_INCEPTION: dict[str, Any] = {"side": 75, "config": {"width": 1 / 16}}
_FLOW: dict[str, Any] = {"side": 64, "config": {"width": 1 / 16}}
TINY: dict[str, tuple[dict[str, Any], ...]] = {
    "scene-fc": ({},),
    "scene-vgg16": ({"side": 32, "config": {"widths": (8, 8, 16, 16, 16), "hidden": 32}, "rate": 3e-3},),
    "scene-resnet50": (
        {
            "side": 32,
            "config": {"embedding_size": 8, "hidden_sizes": [8, 16], "depths": [1, 1], "layer_type": "basic"},
        },
    ),
    "scene-inception-v3": (_INCEPTION,),
    "flownet-fc": (_FLOW,),
    "six-channel": (_INCEPTION,),
    "double-stack": (_INCEPTION, _FLOW),
    "motion-magnitude": (_INCEPTION,),
}


def make_tiny(patch: pytest.MonkeyPatch) -> None:
    for name, changes in TINY.items():
        recipe = recipes.RECIPES[name]
        eyes = tuple(replace(eye, **change) for eye, change in zip(recipe.eyes, changes, strict=True))
        patch.setitem(recipes.RECIPES, name, replace(recipe, eyes=eyes, hidden=min(recipe.hidden, 64)))
    patch.setattr(flow, "SIZE", (96, 54))


def options(name: str, **changes: Any) -> RetrainOptions:
    asked: dict[str, Any] = {
        "task": "scenes",
        "architecture": name,
        "batch": 16,
        "patience": 30,
        "precision": "fp32",
        "min_films": 1,
    }
    return RetrainOptions(**{**asked, **changes})


def silent(epoch: int, total: int, figures: dict[str, float]) -> None: ...
