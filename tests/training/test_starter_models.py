"""The models that ship with the project: they load, know their encoders, and say something sensible."""

import numpy as np
import pytest

from training import registry
from training.data import named_encoders
from training.inputs import Inputs
from training.models import ModelVersion, Task

pytestmark = pytest.mark.django_db
WESTERN = "Dust Trail. A sheriff and a gunslinger ride out of town to hunt down the outlaws who robbed the stagecoach."
SPACE = "Red Signal. The crew of a spaceship answers a distress call from an alien planet and wakes something."


def test_each_task_gets_its_champion_once() -> None:
    installed = registry.install_starters()
    assert sorted(version.name for version in installed) == ["genres-1", "tags-1"]
    assert ModelVersion.objects.filter(champion=True).count() == 2
    assert registry.install_starters() == []


@pytest.mark.parametrize("task", [Task.GENRES, Task.TAGS])
def test_a_starter_was_trained_with_the_encoders_that_are_here(task: Task) -> None:
    config = registry.read(registry.STARTERS / task).config
    here = [encoder.name for encoder in named_encoders(config["text_encoder"], config["image_encoder"]) if encoder]
    assert config["encoders"] == here
    test, baseline = config["metrics"]["test"], config["metrics"]["baseline"]
    assert test["micro"]["f1"] > baseline["micro"]["f1"] + 0.1
    assert test["intervals"]["macro_f1"]["low"] > baseline["macro"]["f1"]


def test_plots_get_the_genres_that_they_tell_of() -> None:
    model = registry.read(registry.STARTERS / "genres")
    text, image = named_encoders(model.text_encoder, model.image_encoder)
    assert text and image
    part = next(iter(text.stream([WESTERN, SPACE])))
    vectors = np.zeros((2, text.dimension), np.float32)
    vectors[list(part.rows)] = part.vectors
    here = np.ones(2, bool)
    inputs = Inputs(
        texts=[WESTERN, SPACE],
        text_vectors=vectors,
        has_text=here,
        image_vectors=np.zeros((2, image.dimension), np.float32),
        has_image=~here,
        years=[1955, 1979],
        languages=["en", "en"],
        posters=[None, None],
    )
    decided = model.scores(inputs) >= model.thresholds
    assert decided[0, model.terms.index("western")] and not decided[1, model.terms.index("western")]
    assert decided[1, model.terms.index("sci-fi")] and not decided[0, model.terms.index("sci-fi")]
