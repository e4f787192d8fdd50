"""Versions: register, load, promote, roll back. A version is a sealed folder and a row that points to it."""

import json
import shutil
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from catalog import jobs
from catalog.models import User
from training import captioner, manifest
from training.architectures import Architecture, architecture, looks_of
from training.manifest import DamagedModel
from training.models import ModelVersion, Promotion, Run, Task

if TYPE_CHECKING:
    from training.inputs import Inputs, Modality

CONFIG = "config.json"
STARTERS = Path(__file__).resolve().parent / "starter"
__all__ = ["DamagedModel", "Model", "UnknownVersion", "champion", "find", "load", "promote", "register", "rollback"]


class UnknownVersion(Exception):
    """No version has this name, or there is none to go back to."""


class PredictsNothing(DamagedModel):
    """The version is whole, but an adapter of a captioner: it says nothing of whole films and cannot be champion."""


class Scorer(Protocol):
    """What an architecture's `train` and `load(folder)` return."""

    @property
    def sees(self) -> "tuple[Modality, ...]":
        """What it looks at."""
        ...

    def scores(self, inputs: "Inputs") -> NDArray[np.float32]:
        """Calibrated probabilities, (N, T)."""
        ...


@dataclass(frozen=True)
class Model:
    """A loaded version: scores for films, and what they have to be encoded with."""

    scorer: Scorer
    terms: list[str]
    thresholds: NDArray[np.float32]
    text_encoder: str
    image_encoder: str
    config: dict[str, Any]

    @property
    def sees(self) -> "tuple[Modality, ...]":
        return self.scorer.sees

    @property
    def looks(self) -> Architecture:
        """What has to be read of a film for it."""
        return looks_of(self.config["architecture"])

    def scores(self, inputs: "Inputs") -> NDArray[np.float32]:
        """Calibrated probabilities float32 (N, T) in the order of `terms`."""
        scores = self.scorer.scores(inputs)
        if not np.isfinite(scores).all():
            raise DamagedModel("The model's scores are not finite.")
        return scores


def champion(task: Task) -> ModelVersion | None:
    return ModelVersion.objects.filter(task=task, champion=True).first()


def find(name: str) -> ModelVersion:
    """The version called `genres-3`. Raises UnknownVersion."""
    task, _dash, number = name.rpartition("-")
    version = ModelVersion.objects.filter(task=task, number=number).first() if number.isdecimal() else None
    if version is None:
        known = ", ".join(v.name for v in ModelVersion.objects.all()[:10]) or "none yet"
        raise UnknownVersion(f"There is no version {name!r}; there are: {known}.")
    return version


_loaded: dict[str, Model] = {}
_loading = threading.Lock()


def load(version: ModelVersion) -> Model:
    """The version's model, read once per process after every byte of its folder was checked.

    Raises:
        DamagedModel: the folder is not what was registered.
    """
    with _loading:
        if version.manifest_sha256 not in _loaded:
            manifest.verify(version.folder, version.manifest_sha256)
            _loaded[version.manifest_sha256] = read(version.folder)
        return _loaded[version.manifest_sha256]


def read(folder: Path) -> Model:
    """The model in a folder, unchecked. Raises DamagedModel where its parts do not fit."""
    try:
        config = json.loads((folder / CONFIG).read_text())
        _require_scores(config["architecture"], f"{config.get('task')}-{folder.name}")
        scorer = architecture(config["architecture"]).load(folder)
        return Model(
            scorer=scorer,
            terms=config["terms"],
            thresholds=np.array(config["thresholds"], np.float32),
            text_encoder=config["text_encoder"],
            image_encoder=config["image_encoder"],
            config=config,
        )
    except (OSError, KeyError, ValueError) as error:
        raise DamagedModel(f"{folder.name} cannot be read as a model: {error}.") from error


def _require_scores(name: str, version: str) -> None:
    if name == captioner.ARCHITECTURE:
        sentence = _("%(name)s captions frames and gives no scores of films: it cannot be champion.")
        raise PredictsNothing(sentence % {"name": version})


def register(folder: Path, *, run: Run | None = None) -> ModelVersion:
    """Seal a finished model folder, give it the next number and move it to where versions live."""
    config = json.loads((folder / CONFIG).read_text())
    seal = manifest.seal(folder)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"versions of {config['task']}"])
        newest = ModelVersion.objects.filter(task=config["task"]).aggregate(Max("number"))["number__max"]
        version = ModelVersion(
            task=config["task"],
            number=_free_number(config["task"], newest or 0),
            architecture=config["architecture"],
            manifest_sha256=seal,
            terms=config["terms"],
            thresholds=config["thresholds"],
            config={name: config[name] for name in config.keys() - {"terms", "thresholds", "metrics"}},
            metrics=config["metrics"],
            dataset_hash=config["dataset_hash"],
            run=run,
        )
        manifest.place(folder, version.folder)
        version.save()
    return version


def _free_number(task: str, newest: int) -> int:
    """The next number whose folder is free too: a crash may have left a folder without its row."""
    number = newest + 1
    while (Path(settings.MODELS_DIR) / task / str(number)).exists():
        number += 1
    return number


def promote(version: ModelVersion, *, user: User | None, reason: str = "", rollback: bool = False) -> Promotion:
    """Make the version champion of its task, and have films predicted by it; nothing happens if it is already.

    All or nothing: there is one champion at every moment, and the old one stays if the new cannot be read.

    Raises:
        DamagedModel: the version's folder is not what was registered.
        PredictsNothing: it is an adapter of a captioner.
    """
    _require_scores(version.architecture, version.name)
    manifest.verify(version.folder, version.manifest_sha256)
    with transaction.atomic():
        versions = ModelVersion.objects.select_for_update().filter(task=version.task).order_by("pk")
        before = next((v for v in versions if v.champion), None)
        if before == version and (made := version.promotions.first()):
            return made
        ModelVersion.objects.filter(task=version.task, champion=True).update(champion=False)
        ModelVersion.objects.filter(pk=version.pk).update(champion=True)
        version.champion = True
        promotion = Promotion.objects.create(
            version=version, replaced=before, rollback=rollback, reason=reason[:300], by=user
        )
        jobs.start("inference.predict", {"promoted": version.name}, user=user, queue="gpu")
    return promotion


def rollback(task: Task, *, user: User | None) -> Promotion:
    """Back to the champion before this one; again, to the one before that.

    Raises:
        UnknownVersion: there is no earlier champion.
    """
    now = champion(task)
    made = Promotion.objects.filter(version=now, rollback=False, replaced__isnull=False).first() if now else None
    if made is None or made.replaced is None:
        raise UnknownVersion(f"There is no earlier champion of {task.label} to go back to.")
    return promote(made.replaced, user=user, reason=f"rolled back from {made.version}", rollback=True)


def install_starters(tasks: Sequence[Task] = tuple(Task)) -> list[ModelVersion]:
    """Give each task that has no version yet the one that ships with the project, as champion."""
    installed = []
    for task in tasks:
        folder = STARTERS / task.value
        if folder.is_dir() and not ModelVersion.objects.filter(task=task).exists():
            version = register_copy(folder)
            promote(version, user=None, reason="ships with genresite")
            installed.append(version)
    return installed


def register_copy(folder: Path) -> ModelVersion:
    """Register a folder that stays where it is."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(shutil.copytree(folder, Path(scratch) / folder.name))
        return register(copy)
