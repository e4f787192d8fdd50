"""Versions: numbering, one champion, promotion and rollback, damage that is never served."""

import json
from pathlib import Path

import numpy as np
import pytest

from catalog.models import Job
from tests.training.toy import Toy
from training import architectures, registry
from training.models import ModelVersion, Promotion, Task

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _toy_architecture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(architectures.ARCHITECTURES, "toy", architectures.Architecture("tests.training.toy"))


def make_folder(path: Path, *, prior: float = 0.5) -> Path:
    path.mkdir(parents=True)
    Toy(["comedy", "horror"], np.array([prior, prior], np.float32), 0.7).save(path)
    config = {
        "task": "genres",
        "architecture": "toy",
        "terms": ["comedy", "horror"],
        "thresholds": [0.5, 0.5],
        "text_encoder": "minilm",
        "image_encoder": "none",
        "metrics": {},
        "dataset_hash": "x",
    }
    (path / "config.json").write_text(json.dumps(config))
    return path


@pytest.fixture
def versions(tmp_path: Path) -> list[ModelVersion]:
    return [registry.register(make_folder(tmp_path / f"made-{i}", prior=i / 10)) for i in range(3)]


def champions() -> list[str]:
    return [version.name for version in ModelVersion.objects.filter(champion=True)]


def test_versions_are_numbered_and_found_by_name(versions: list[ModelVersion]) -> None:
    assert [version.name for version in versions] == ["genres-1", "genres-2", "genres-3"]
    assert registry.find("genres-2") == versions[1]
    for name in ("genres-9", "genres", "", "tags-1", "genres-²"):
        with pytest.raises(registry.UnknownVersion):
            registry.find(name)


def test_a_folder_left_by_a_crash_does_not_block_its_number(versions: list[ModelVersion], tmp_path: Path) -> None:
    versions[2].folder.with_name("4").mkdir()
    assert registry.register(make_folder(tmp_path / "next")).name == "genres-5"


def test_promotion_and_rollback_walk_back_in_history(versions: list[ModelVersion]) -> None:
    for version in versions:
        registry.promote(version, user=None)
    assert champions() == ["genres-3"]
    registry.rollback(Task.GENRES, user=None)
    assert champions() == ["genres-2"]
    registry.rollback(Task.GENRES, user=None)
    assert champions() == ["genres-1"]
    with pytest.raises(registry.UnknownVersion, match="no earlier champion"):
        registry.rollback(Task.GENRES, user=None)
    assert [promotion.rollback for promotion in Promotion.objects.order_by("id")] == [False] * 3 + [True] * 2


def test_promoting_the_champion_again_changes_nothing(versions: list[ModelVersion]) -> None:
    for version in (versions[0], versions[1], versions[1]):
        registry.promote(version, user=None)
    assert Promotion.objects.count() == 2
    assert registry.rollback(Task.GENRES, user=None).version == versions[0]


def test_a_promotion_asks_for_predictions(versions: list[ModelVersion]) -> None:
    registry.promote(versions[0], user=None)
    assert Job.objects.get().task == "inference.predict"


def test_a_damaged_version_is_neither_loaded_nor_promoted(versions: list[ModelVersion]) -> None:
    registry.promote(versions[0], user=None)
    weights = versions[1].folder / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(registry.DamagedModel, match="has changed"):
        registry.load(versions[1])
    with pytest.raises(registry.DamagedModel):
        registry.promote(versions[1], user=None)
    assert champions() == ["genres-1"]


def test_weights_that_are_not_finite_are_not_served(tmp_path: Path) -> None:
    from types import SimpleNamespace

    version = registry.register(make_folder(tmp_path / "nan", prior=float("nan")))
    with pytest.raises(registry.DamagedModel, match="not finite"):
        registry.load(version).scores(SimpleNamespace(texts=["a plot"]))  # type: ignore[arg-type]


def test_a_loaded_version_scores(versions: list[ModelVersion]) -> None:
    from types import SimpleNamespace

    model = registry.load(versions[0])
    assert model.scores(SimpleNamespace(texts=["A comedy."])).tolist() == [[pytest.approx(0.7), 0.0]]  # type: ignore[arg-type]
    assert registry.load(versions[0]) is model
