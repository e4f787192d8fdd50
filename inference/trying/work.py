"""Looking at what was handed in: the worker's part. Loads torch only when there is something to do."""

import base64
import io
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import override
from PIL import Image

from catalog.footage.reader import BadClip
from catalog.models import FilmTerm, Term
from catalog.search.meaning import rarity
from inference import looking, scenes, sight, trying
from inference.meaning import finding
from inference.predict import UNUSABLE, load
from inference.scenes import BadScene
from inference.scenes.work import pairs_of_clip, scores_of
from inference.sight import TermSight
from inference.trying import Answer, Question, Said
from training.encoders import EncoderUnavailable, text_encoder
from training.inputs import Inputs
from training.models import ModelVersion, Task
from training.scenes.data import Pair

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.encoders.image import ImageEncoder
    from training.encoders.text import TextEncoder
    from training.registry import Model

logger = logging.getLogger(__name__)
NEAREST, SHARED = 8, 3
SHOWN_FRAMES, FRAME_SIZE = 4, (320, 180)


def tell(token: str) -> bool:
    """Answer a question; False where there is none any more. Why it cannot be answered is an answer too."""
    trying.scratch.sweep()
    try:
        asked = trying.question(token)
    except (OSError, ValueError, TypeError):
        return False
    with override(asked.language):
        trying.store(token, _answer(trying.scratch.folder(token), asked))
    return True


def _answer(folder: Path, asked: Question) -> Answer:
    try:
        return _told(folder, asked)
    except (*UNUSABLE, OSError, ValueError) as error:
        logger.warning("what was handed in cannot be looked at: %s", error)
        return Answer(failed=_("The model could not look at it."))


def _told(folder: Path, asked: Question) -> Answer:
    terms: list[Said] = []
    notes: list[str] = []
    versions: list[str] = []
    weights: list[float] | None = None
    for task in (Task.GENRES, Task.TAGS) if asked.plot or asked.poster else ():
        version = ModelVersion.objects.filter(task=task, champion=True).first()
        if version is None:
            notes.append(_("There is no model of %(what)s yet.") % {"what": task.label})
            continue
        said, weighed = _judged(version, folder, asked)
        terms, versions = [*terms, *said], [*versions, version.name]
        weights = weights or weighed
    seen, frames, wrong = _scenes(folder, asked)
    near, shared = _nearest(asked, terms)
    inputs = {"plot": bool(asked.plot), "poster": asked.poster, "frames": bool(frames)}
    return Answer(
        terms=[*terms, *seen],
        versions=versions,
        inputs=[name for name, there in inputs.items() if there],
        weights=weights,
        frames=frames,
        near=near,
        shared=shared,
        notes=[*notes, *wrong],
    )


# Genres and tags -------------------------------------------------------------------------------------------------


def _judged(version: ModelVersion, folder: Path, asked: Question) -> tuple[list[Said], list[float] | None]:
    """What one champion says, the likeliest first, with heat maps where it looks at posters."""
    model, text, image = load(version)
    inputs = _inputs(folder, asked, model, text, image)
    scores = model.scores(inputs)[0]
    seen: dict[str, TermSight] = {}
    weights = None
    if asked.poster and sight.has_eyes(version):
        looked = looking.sight_of(version, model, inputs, _maps(model, image, folder / "poster.jpg"))
        seen, weights = looked.terms, looked.weights
    said = [
        _said(version, slug, float(score), float(cut), seen.get(slug))
        for slug, score, cut in zip(model.terms, scores, version.thresholds, strict=True)
    ]
    return sorted(said, key=lambda one: -one.score), weights


def _said(version: ModelVersion, slug: str, score: float, cut: float, seen: TermSight | None) -> Said:
    kind = Task(version.task).term_kind
    if seen is None:
        return Said(kind, slug, round(score, 4), round(cut, 4))
    return Said(kind, slug, round(score, 4), round(cut, 4), seen.png, seen.regions, seen.plot, seen.poster)


def _inputs(
    folder: Path, asked: Question, model: "Model", text: "TextEncoder | None", image: "ImageEncoder | None"
) -> Inputs:
    """What was handed in as the one film that the model is shown."""
    words, poster = _text_of(asked), folder / "poster.jpg"
    return Inputs(
        texts=[words],
        text_vectors=_vectors(text, [words] if words else []),
        has_text=np.array([bool(words)]),
        image_vectors=_vectors(image, [poster] if asked.poster else []),
        has_image=np.array([asked.poster]),
        years=[None],
        languages=[""],
        posters=[poster if asked.poster else None],
    ).only(model.looks.sees)


def _text_of(asked: Question) -> str:
    """As films are read: title and plot; without a plot there is no text."""
    return ". ".join(part for part in (asked.title, asked.plot) if part) if asked.plot else ""


def _vectors(encoder: "TextEncoder | ImageEncoder | None", items: Sequence[str | Path]) -> "NDArray[np.float32]":
    """(1, D), zeros without an item."""
    if encoder is None:
        return np.zeros((1, 0), np.float32)
    return encoder.encode(items) if items else np.zeros((1, encoder.dimension), np.float32)  # type: ignore[arg-type]


def _maps(model: "Model", image: "ImageEncoder | None", poster: Path) -> "NDArray[np.float32]":
    from inference import heatmaps

    return heatmaps.maps(model.scorer, image, poster, range(len(model.terms)))


# Scene genres ------------------------------------------------------------------------------------------------


def _scenes(folder: Path, asked: Question) -> tuple[list[Said], list[str], list[str]]:
    """Scene genres by frames or a clip, a few of the frames, and why there are none."""
    if not asked.frames and not asked.clip:
        return [], [], []
    version = scenes.champion()
    try:
        pairs = pairs_of_clip(folder) if asked.clip else _pairs(folder, asked.frames)
        shown = [_small(pair.first) for pair in pairs[:SHOWN_FRAMES]]
        if version is None:
            return [], shown, [_("There is no model of scene genres yet: frames could not be judged.")]
        scores = scores_of(version, pairs)
    except (BadScene, BadClip) as error:
        return [], [], [str(error)]
    cuts = dict(zip(version.terms, version.thresholds, strict=True))
    said = [Said(Term.Kind.SCENE, slug, score, round(cuts.get(slug, 0.5), 4)) for slug, score in scores.items()]
    return sorted(said, key=lambda one: -one.score), shown, []


def _pairs(folder: Path, frames: int) -> list[Pair]:
    """Frames in the order in which they were handed in: each with the one after it."""
    files = [folder / f"frame-{place}.jpg" for place in range(frames)]
    return [Pair(file, after) for file, after in zip(files, [*files[1:], None], strict=True) if after or frames == 1]


def _small(path: Path) -> str:
    with Image.open(path) as picture:
        picture.thumbnail(FRAME_SIZE)
        file = io.BytesIO()
        picture.convert("RGB").save(file, "JPEG", quality=80)
    return base64.b64encode(file.getvalue()).decode()


# Nearest films -----------------------------------------------------------------------------------------------


def _nearest(asked: Question, terms: Sequence[Said]) -> tuple[list[int], dict[str, list[tuple[str, str]]]]:
    """Ids of films like it by its plot and by what is proposed for it, and the terms that each has too."""
    ids = {(term.kind, term.slug): term.pk for term in Term.objects.filter(active=True)}
    weights = {ids[one.kind, one.slug]: one.score for one in terms if one.proposed and (one.kind, one.slug) in ids}
    near = finding.alike(_plot_vector(asked), weights, NEAREST).ids.tolist()
    tells, names = rarity(list(weights)), {pk: name for name, pk in ids.items()}
    shared: dict[str, list[tuple[str, str]]] = {}
    carried = FilmTerm.objects.filter(film_id__in=near, term_id__in=weights).values_list("film_id", "term_id", "weight")
    for film, term, _weight in sorted(carried, key=lambda row: -min(row[2], weights[row[1]]) * tells[row[1]]):
        if len(shared.setdefault(str(film), [])) < SHARED:
            shared[str(film)].append(names[term])
    return near, shared


def _plot_vector(asked: Question) -> "NDArray[np.float32] | None":
    from django.conf import settings

    if not asked.plot:
        return None
    try:
        vector: NDArray[np.float32] = text_encoder(settings.TEXT_ENCODER).encode([_text_of(asked)])[0]
    except EncoderUnavailable:
        return None
    return vector
