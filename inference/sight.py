"""What a champion sees in a film: its heat maps, and how much poster and plot decide. One file per film and version.

A worker makes the file when somebody opens the film's page, and pages read it. It is named by the version and the
hash of the film's inputs, so that it never has to be changed: an edited film, or another champion, has another one.
The folder may be removed at any time.
"""

import base64
import io
import json
import logging
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from celery import current_app
from django.conf import settings
from django.core.cache import cache
from PIL import Image

from catalog.files import write_whole
from catalog.models import Film
from catalog.progress import Silent
from inference import explain
from inference.predict import UNUSABLE, image_encoder_of, read_inputs, text_encoder_of
from training import registry, vectors
from training.architectures import ARCHITECTURES
from training.data import poster_file
from training.encoders import NONE
from training.films import FilmInputs, read_films
from training.models import ModelVersion, Task

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.encoders.text import TextEncoder
    from training.inputs import Inputs
    from training.registry import Model

logger = logging.getLogger(__name__)

TASK = "inference.see"
WAIT_SECONDS = 30  # a request that no worker took by then is forgotten, and may be made again
REST_SECONDS = 600  # after a failure
MAKING, FAILED = "making", "failed"  # what the cache knows of a sight that is not there

# Viridis (van der Walt and Smith 2015): even steps in lightness, for every kind of colour vision.
COLOURS = ("440154", "482475", "414487", "355f8d", "2a788e", "21918c", "22a884", "44bf70", "7ad151", "bddf26", "fde725")
LEVELS = 32
FAINT, STRONG = 0.3, 0.75  # how much of the poster a map covers where it is 0, and where it is 1


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
        said = json.loads(_path(version, film.input_hash).read_text())
        terms = {slug: TermSight(**term) for slug, term in said.pop("terms").items()}
        return Sight(terms=terms, **said)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def ask(version: ModelVersion, film: Film) -> str:
    """Have a worker make it, unless one was asked lately: MAKING, or FAILED where it could not be made just now."""
    key = _key(version, film.input_hash)
    if not cache.add(key, MAKING, WAIT_SECONDS):
        return str(cache.get(key, MAKING))
    try:
        current_app.send_task(TASK, args=[film.pk], queue="gpu", expires=WAIT_SECONDS, retry=False)
    except Exception as error:  # the broker may be away; it is asked again later
        logger.warning("%s: nobody can be asked to look at it: %s", film.key, error)
    return MAKING


def _path(version: ModelVersion, input_hash: str, ending: str = "json") -> Path:
    return _folder(version) / input_hash[:2] / f"{input_hash}.{ending}"


def _folder(version: ModelVersion) -> Path:
    return Path(settings.DATA_DIR) / "sights" / f"{version.name}-{version.manifest_sha256[:16]}"


def _key(version: ModelVersion, input_hash: str) -> str:
    return f"sight:{version.manifest_sha256[:16]}:{input_hash}"


# Making, in a worker ---------------------------------------------------------------------------------------


def make(film_id: int) -> bool:
    """Make and store what the champion of genres sees in the film; False where there is nothing to see, or no way.

    Why it failed is logged, and that it failed is remembered for a while: nobody asks again at once.
    """
    version = champion_with_eyes()
    film = Film.objects.filter(pk=film_id).exclude(poster_sha256="").first()
    if version is None or film is None:
        return False
    try:
        _store(version, film_id)
    except Exception as error:  # whatever it was, pages do without
        expected = isinstance(error, (*UNUSABLE, OSError, ValueError))
        logger.warning("%s cannot be looked at by %s: %s", film.key, version, error, exc_info=not expected)
        cache.set(_key(version, film.input_hash), FAILED, REST_SECONDS)
        return False
    return True


def _store(version: ModelVersion, film_id: int) -> None:
    from inference import heatmaps

    film = read_films(Film.objects.filter(pk=film_id))[0]
    poster = poster_file(film.poster_sha256)
    if poster is None:
        raise FileNotFoundError("the poster's file is missing")
    model = registry.load(version)
    image = image_encoder_of(model, version)
    text = _stored_text(model, film) or text_encoder_of(model, version)
    inputs = read_inputs([film], text, image, model, Silent())
    maps = heatmaps.maps(model.scorer, image, poster, range(len(model.terms)))
    sight = _sight(version, model, inputs, maps)
    if not _folder(version).is_dir():
        _forget_former()
    write_whole(_path(version, film.input_hash), json.dumps(asdict(sight)).encode())


@dataclass(frozen=True)
class _Stored:
    """Stands in for an encoder all of whose vectors are stored, and need not be loaded, which takes seconds."""

    name: str


def _stored_text(model: "Model", film: FilmInputs) -> "TextEncoder | None":
    names = model.config.get("encoders") or []
    if model.text_encoder in NONE or len(names) < 2 or not film.text:
        return None
    _found, there = vectors.load(names[0], [film.text_hash])
    return cast("TextEncoder", _Stored(names[0])) if there.all() else None


def _sight(version: ModelVersion, model: "Model", inputs: "Inputs", maps: "NDArray[np.float32]") -> Sight:
    there = {"plot": inputs.has_text[0], "poster": inputs.has_image[0]}
    moved = np.zeros((len(model.terms), 2))
    if all(there.values()):
        views = (inputs, inputs.without_text(), inputs.without_image(), inputs.without_text().without_image())
        moved = explain.contributions(*(model.scores(view)[0] for view in views))
    terms = {
        slug: TermSight(_png(heat), explain.regions(heat), round(plot, 4), round(poster, 4))
        for slug, heat, (plot, poster) in zip(model.terms, maps, moved.tolist(), strict=True)
    }
    return Sight(version.name, [name for name, is_there in there.items() if is_there], _weights(model, inputs), terms)


def _weights(model: "Model", inputs: "Inputs") -> list[float] | None:
    scorer: Any = model.scorer
    if not hasattr(scorer, "modality_weights") or not (inputs.has_text[0] and inputs.has_image[0]):
        return None
    return [round(float(weight), 4) for weight in scorer.modality_weights(inputs)[0]]


def _png(heat: "NDArray[np.float32]") -> str:
    """A map (h, w) from 0 to 1 in colours that let the poster through."""
    picture = Image.fromarray(np.rint(heat * (LEVELS - 1)).astype(np.uint8), "P")
    steps = np.linspace(0, 1, LEVELS)
    known = np.array([list(bytes.fromhex(colour)) for colour in COLOURS])
    channels = [np.interp(steps, np.linspace(0, 1, len(known)), channel) for channel in known.T]
    picture.putpalette(np.rint(np.stack(channels, -1)).astype(np.uint8).tobytes())
    covers = np.rint(255 * (FAINT + (STRONG - FAINT) * steps)).astype(np.uint8).tobytes()
    file = io.BytesIO()
    picture.save(file, "PNG", transparency=covers, optimize=True)
    return base64.b64encode(file.getvalue()).decode()


def _forget_former() -> None:
    """Remove what champions of the past have seen; it can be made again."""
    kept = {_folder(version).name for version in ModelVersion.objects.filter(champion=True)}
    folders = (Path(settings.DATA_DIR) / "sights").glob("*")
    for folder in [folder for folder in folders if folder.name not in kept]:
        shutil.rmtree(folder, ignore_errors=True)
