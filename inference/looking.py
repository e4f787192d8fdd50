"""Looking at a film for its page: the worker's part of sight.py. Loads torch only when there is something to do."""

import base64
import io
import json
import logging
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from django.core.cache import cache
from PIL import Image

from catalog.files import write_whole
from catalog.models import Film
from catalog.progress import Silent
from inference import explain, sight
from inference.predict import UNUSABLE, image_encoder_of, read_inputs, text_encoder_of
from inference.sight import COLOURS, FAILED, MAPS, Features, Sight, TermSight, champion_with_eyes
from training import registry, vectors
from training.data import poster_file
from training.encoders import NONE
from training.films import FilmInputs, read_films
from training.models import ModelVersion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.encoders.text import TextEncoder
    from training.inputs import Inputs
    from training.registry import Model

logger = logging.getLogger(__name__)

REST_SECONDS = 600  # after a failure
LEVELS = 32  # of each map's colours
FAINT, STRONG = 0.3, 0.75  # how much of the poster a map covers where it is 0, and where it is 1
MOST_FEATURES, FEATURES_ACROSS, FEATURE_WIDTH = 64, 8, 64  # maps, maps beside each other, cells


def make(film_id: int, what: str = MAPS) -> bool:
    """Make and store what the champion of genres sees in the film; False where there is nothing to see, or no way.

    Why it failed is logged, and that it failed is remembered for a while: nobody asks again at once.
    """
    version = champion_with_eyes()
    films = read_films(Film.objects.filter(pk=film_id).exclude(poster_sha256=""))
    if version is None or not films:
        return False
    film = films[0]
    try:
        made = _made_maps(version, film) if what == MAPS else _made_features(version, film)
        if not sight.folder(version).is_dir():
            _forget_former()
        write_whole(sight.path(version, film.input_hash, what), json.dumps(asdict(made)).encode())
    except Exception as error:  # whatever it was, pages do without
        expected = isinstance(error, (*UNUSABLE, OSError, ValueError))
        logger.warning("%s cannot be looked at by %s: %s", film.key, version, error, exc_info=not expected)
        cache.set(sight.key(version, film.input_hash, what), FAILED, REST_SECONDS)
        return False
    return True


def _made_maps(version: ModelVersion, film: FilmInputs) -> Sight:
    from inference import heatmaps

    model, poster = registry.load(version), _poster(film)
    image = image_encoder_of(model, version)
    text = _stored_text(model, film) or text_encoder_of(model, version)
    inputs = read_inputs([film], text, image, model, Silent())
    maps = heatmaps.maps(model.scorer, image, poster, range(len(model.terms)))
    return sight_of(version, model, inputs, maps)


def _made_features(version: ModelVersion, film: FilmInputs) -> Features:
    from inference import heatmaps

    model = registry.load(version)
    found = heatmaps.features(model.scorer, image_encoder_of(model, version), _poster(film))
    count, height, width = min(len(found), MOST_FEATURES), *found.shape[1:]
    step = -(-width // FEATURE_WIDTH)
    tiles = np.pad(found[:count, ::step, ::step], ((0, -count % FEATURES_ACROSS), (1, 1), (1, 1)))
    rows = np.concatenate(np.split(tiles, len(tiles) // FEATURES_ACROSS), 1)  # (across, all rows, one column)
    return Features(_png(np.concatenate(list(rows), 1), opaque=True), count, len(found), width, height)


def _poster(film: FilmInputs) -> Path:
    path = poster_file(film.poster_sha256)
    if path is None:
        raise FileNotFoundError("the poster's file is missing")
    return path


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


def sight_of(version: ModelVersion, model: "Model", inputs: "Inputs", maps: "NDArray[np.float32]") -> Sight:
    """What is seen in the one film of these inputs, with its maps (T, h, w), one for each term of the model."""
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


def _png(heat: "NDArray[np.float32]", *, opaque: bool = False) -> str:
    """A map (h, w) from 0 to 1 in colours, which let the poster through unless they are to be opaque."""
    picture = Image.fromarray(np.rint(heat * (LEVELS - 1)).astype(np.uint8), "P")
    steps = np.linspace(0, 1, LEVELS)
    known = np.array([list(bytes.fromhex(colour)) for colour in COLOURS])
    channels = [np.interp(steps, np.linspace(0, 1, len(known)), channel) for channel in known.T]
    picture.putpalette(np.rint(np.stack(channels, -1)).astype(np.uint8).tobytes())
    covers = np.rint(255 * (FAINT + (STRONG - FAINT) * steps)).astype(np.uint8).tobytes()
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True, **({} if opaque else {"transparency": covers}))
    return base64.b64encode(file.getvalue()).decode()


def _forget_former() -> None:
    """Remove what champions of the past have seen; it can be made again."""
    kept = {sight.folder(version).name for version in ModelVersion.objects.filter(champion=True)}
    folders = sight.home().glob("*")
    for folder in [folder for folder in folders if folder.name not in kept]:
        shutil.rmtree(folder, ignore_errors=True)
