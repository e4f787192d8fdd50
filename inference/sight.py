"""What a champion sees in a film: its heat maps, and how much poster and plot decide. One file per film and version.

A worker makes the file when somebody opens the film's page, and pages read it. It is named by the version and the
hash of the film's inputs, so that it never has to be changed: an edited film, or another champion, has another one.
The folder may be removed at any time.
"""

import json
import logging
from dataclasses import dataclass
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.core.cache import cache

from catalog.models import Film
from training.architectures import ARCHITECTURES
from training.encoders import NONE
from training.models import ModelVersion, Task

logger = logging.getLogger(__name__)

TASK = "inference.see"
WAIT_SECONDS = 30  # a request that no worker took by then is forgotten, and may be made again
MAPS, FEATURES = "maps", "features"  # what can be asked for
MAKING, FAILED = "making", "failed"  # what the cache knows of a sight that is not there

# Viridis (van der Walt and Smith 2015): even steps in lightness, for every kind of colour vision.
COLOURS = ("440154", "482475", "414487", "355f8d", "2a788e", "21918c", "22a884", "44bf70", "7ad151", "bddf26", "fde725")


@dataclass(frozen=True)
class TermSight:
    """One term of one film."""

    png: str
    """base64 of its heat map in colours, to be laid over the poster"""
    regions: list[str]
    """keys of explain.REGIONS, the strongest first"""
    plot: float = 0.0
    poster: float = 0.0
    """by how much each moves the term's log-odds from what is said of a film without either"""

    @property
    def shares(self) -> tuple[float, float] | None:
        """Of plot and poster in the decision, adding up to 1; None where neither moves anything."""
        whole = abs(self.plot) + abs(self.poster)
        return (abs(self.plot) / whole, abs(self.poster) / whole) if whole else None


@dataclass(frozen=True)
class Sight:
    version: str
    inputs: list[str]
    """what there was to see: plot, poster"""
    weights: list[float] | None
    """of plot and poster as the model itself weighs them (gates, attention); None where it does not"""
    terms: dict[str, TermSight]


@dataclass(frozen=True)
class Features:
    """Feature maps of one poster side by side."""

    png: str
    """base64"""
    count: int
    """how many are shown"""
    of: int
    """how many there are"""
    width: int
    height: int
    """of one of them, as the network has it"""


# Reading, for pages ----------------------------------------------------------------------------------------


def champion_with_eyes() -> ModelVersion | None:
    """The champion of genres, if it looks at posters."""
    version = ModelVersion.objects.filter(task=Task.GENRES, champion=True).first()
    return version if version is not None and has_eyes(version) else None


def has_eyes(version: ModelVersion) -> bool:
    looks = ARCHITECTURES.get(version.architecture)
    if looks is None or "image" not in looks.sees:
        return False
    return looks.reads == "pictures" or version.config.get("image_encoder", "") not in NONE


def read(version: ModelVersion, film: Film) -> Sight | None:
    """What is stored; None where nothing is, or nothing that can be read."""
    try:
        said = json.loads(path(version, film.input_hash).read_text())
        terms = {slug: TermSight(**term) for slug, term in said.pop("terms").items()}
        return Sight(terms=terms, **said)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def read_features(version: ModelVersion, film: Film) -> Features | None:
    """What the first layer of the champion's network makes of the poster, as far as it is stored."""
    try:
        return Features(**json.loads(path(version, film.input_hash, FEATURES).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def ask(version: ModelVersion, film: Film, what: str = MAPS) -> str:
    """Have a worker make it, unless one was asked lately: MAKING, or FAILED where it could not be made just now."""
    name = key(version, film.input_hash, what)
    if not cache.add(name, MAKING, WAIT_SECONDS):
        return str(cache.get(name, MAKING))
    try:
        current_app.send_task(TASK, args=[film.pk, what], queue="gpu", expires=WAIT_SECONDS, retry=False)
    except Exception as error:  # the broker may be away; it is asked again later
        logger.warning("%s: nobody can be asked to look at it: %s", film.key, error)
    return MAKING


def path(version: ModelVersion, input_hash: str, what: str = MAPS) -> Path:
    return folder(version) / input_hash[:2] / f"{input_hash}.{what}.json"


def folder(version: ModelVersion) -> Path:
    return home() / f"{version.name}-{version.manifest_sha256[:16]}"


def home() -> Path:
    return Path(settings.DATA_DIR) / "sights"


def key(version: ModelVersion, input_hash: str, what: str = MAPS) -> str:
    return f"sight:{version.manifest_sha256[:16]}:{input_hash}:{what}"
