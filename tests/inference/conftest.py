"""Versions that predict in no time."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from catalog.models import Film
from catalog.models.film import poster_path
from tests.inference.toy_versions import make_version
from tests.training import tiny
from training import architectures, encoders
from training.models import ModelVersion


@pytest.fixture(autouse=True)
def _toy_architecture(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(architectures.ARCHITECTURES, "toy", architectures.Architecture("tests.training.toy"))
    yield
    encoders._loaded.clear()


@pytest.fixture
def champion(db: None, tmp_path: Path) -> ModelVersion:
    version = make_version(tmp_path, champion=True)
    version.refresh_from_db()
    return version


@pytest.fixture
def challenger(champion: ModelVersion, tmp_path: Path) -> ModelVersion:
    return make_version(tmp_path, prior=0.2)


@pytest.fixture
def give_poster() -> Any:
    def give(film: Film, seed: int = 0, *, file: bool = True) -> None:
        sha256 = f"{seed:064x}"
        if file:
            tiny.poster(Path(settings.MEDIA_ROOT) / poster_path(sha256), seed)
        Film.objects.filter(pk=film.pk).update(poster_sha256=sha256)

    return give
