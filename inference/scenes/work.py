"""Looking at a scene: the worker's part. Loads torch only when there is something to do."""

import base64
import io
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import override
from numpy.typing import NDArray
from PIL import Image

from catalog.footage import cuts, motion
from catalog.footage.reader import BadClip, Reader
from catalog.models import Frame
from inference import scenes
from inference.predict import UNUSABLE, image_encoder_of
from inference.scenes import Answer, BadScene, Question
from training import registry
from training.models import ModelVersion
from training.scenes.data import Pair, SceneInputs
from training.scenes.flow import FULL, flow_of

logger = logging.getLogger(__name__)
Pixels = NDArray[np.uint8]
Flow = NDArray[np.float32]

LONGEST_SECONDS = 120
CLIP_PAIRS = 8
SHOWN = 480, 270
WHEEL = 96
QUALITY = 80


@dataclass(frozen=True)
class _Seen:
    """A pair as it was looked at."""

    pair: Pair
    first: Pixels
    second: Pixels | None
    flow: Flow | None
    motion: float | None


def tell(token: str) -> bool:
    """Answer a question; False where there is none any more. Why it cannot be answered is an answer too."""
    scenes.sweep()
    try:
        asked = scenes.question(token)
    except (OSError, ValueError, TypeError):
        return False
    with override(asked.language):
        scenes.answer(token, _answer(scenes.folder(token), asked))
    return True


def _answer(folder: Path, asked: Question) -> Answer:
    try:
        return _told(folder, asked)
    except (BadScene, BadClip) as error:
        return Answer(failed=str(error))
    except (*UNUSABLE, OSError, ValueError) as error:
        logger.warning("a scene cannot be looked at by %s: %s", asked.version, error)
        return Answer(failed=_("The model could not look at it."))


def _told(folder: Path, asked: Question) -> Answer:
    version = scenes.champion()
    if version is None:
        raise BadScene(_("There is no model of scene genres any more."))
    pairs = _pairs(folder, asked)
    scores = scores_of(version, pairs)
    seen = [_look(pair) for pair in pairs]
    shown = sorted(seen, key=lambda one: one.motion or 0.0)[len(seen) // 2]  # the one that moves as most do
    order = sorted(scores, key=lambda slug: -scores[slug])
    return Answer(
        version=version.name,
        scores={slug: scores[slug] for slug in order},
        frames=[_jpeg(frame) for frame in (shown.first, shown.second) if frame is not None],
        pairs=len(pairs),
        motion=None if shown.motion is None else float(np.mean([one.motion or 0.0 for one in seen])),
        **_pictures(shown.flow),
    )


def _pairs(folder: Path, asked: Question) -> list[Pair]:
    """Raises BadScene, BadClip."""
    if asked.clip:
        return pairs_of_clip(folder)
    if asked.frame is not None:
        frame = Frame.objects.filter(pk=asked.frame, use=Frame.Use.PAIR).first()
        if frame is None or not frame.file.is_file():
            raise BadScene(_("This pair of frames is not there any more."))
        return [Pair.of(frame)]
    return [Pair(folder / asked.first, folder / asked.second if asked.second else None)]


def pairs_of_clip(folder: Path) -> list[Pair]:
    """Pairs of frames at even distances, none of them over a cut, as files beside the clip."""
    with Reader(folder / "clip") as reader:
        if reader.probe().seconds > LONGEST_SECONDS:
            sentence = _("A clip of at most %(n)s seconds can be looked at here.")
            raise BadScene(sentence % {"n": LONGEST_SECONDS})
        pts = reader.index().pts
        if len(pts) < 2:
            raise BadScene(_("There is only one frame in this clip."))
        starts = np.unique(np.linspace(0, len(pts) - 2, CLIP_PAIRS).astype(int))
        found = reader.frames([int(pts[start + step]) for start in starts for step in (0, 1)], FULL)
        pictures = [picture.pixels if picture is not None else None for picture in found]
    pairs = [
        Pair(_saved(first, folder / f"{place}-0.jpg"), _saved(second, folder / f"{place}-1.jpg"))
        for place, (first, second) in enumerate(zip(pictures[::2], pictures[1::2], strict=True))
        if first is not None and second is not None and not cuts.is_cut(first, second)
    ]
    if not pairs:
        raise BadScene(_("No two frames of this clip follow each other without a cut."))
    return pairs


def _saved(pixels: Pixels, path: Path) -> Path:
    Image.fromarray(pixels).save(path, "JPEG", quality=92)
    return path


def scores_of(version: ModelVersion, pairs: list[Pair]) -> dict[str, float]:
    """By slug. Raises DamagedModel, EncoderUnavailable."""
    model = registry.load(version)
    if scenes.frames_needed(version) > 1 and any(pair.second is None for pair in pairs):
        raise BadScene(_("The model looks at what moves between two frames, and there is one."))
    encoder, vectors = image_encoder_of(model, version), None
    if encoder is not None:
        files = [file for pair in pairs for file in (pair.first, pair.second or pair.first)]
        vectors = encoder.encode(files).reshape(len(pairs), 2, -1)
    scores = model.scores(SceneInputs.of(1, pairs, np.zeros(len(pairs), np.int64), vectors))[0]
    return {slug: round(float(score), 4) for slug, score in zip(model.terms, scores, strict=True)}


def _look(pair: Pair) -> _Seen:
    first, second, flow = flow_of(pair, FULL)
    if pair.second is None:
        return _Seen(pair, first, None, None, None)
    return _Seen(pair, first, second, flow, motion.relative(motion.magnitude(flow), *FULL))


# Pictures ---------------------------------------------------------------------------------------------------


def _pictures(flow: Flow | None) -> dict[str, Any]:
    """The flow in colours with its wheel, and how far the fully saturated places move."""
    if flow is None:
        return {}
    length = np.hypot(flow[..., 0], flow[..., 1])
    farthest = max(float(np.quantile(length, 0.99)), 1.0)  # less than a pixel must not look like a storm
    small = cv2.resize(flow_colours(flow, farthest), SHOWN, interpolation=cv2.INTER_AREA)
    return {"flow": _png(np.asarray(small)), "wheel": _png(wheel()), "farthest": round(farthest / FULL[0], 5)}


def flow_colours(flow: Flow, farthest: float) -> Pixels:
    """A flow (H, W, 2) as RGB (H, W, 3): hue is the direction, white stands still, full colour moves ``farthest``."""
    angle = np.arctan2(flow[..., 1], flow[..., 0])  # y is downwards
    strength = np.clip(np.hypot(flow[..., 0], flow[..., 1]) / farthest, 0, 1)
    hue = np.rint((angle / (2 * np.pi) % 1) * 180).astype(np.uint8) % 180  # OpenCV's half degrees
    saturation = np.rint(255 * strength).astype(np.uint8)
    value = np.full_like(hue, 255)
    return np.asarray(cv2.cvtColor(np.stack([hue, saturation, value], -1), cv2.COLOR_HSV2RGB), np.uint8)


def wheel() -> Pixels:
    """What each direction looks like, from standing still in the middle to the farthest at the rim; RGB (96, 96, 3)."""
    y, x = np.mgrid[-1 : 1 : WHEEL * 1j, -1 : 1 : WHEEL * 1j]
    colours = flow_colours(np.stack([x, y], -1).astype(np.float32), 1.0)
    colours[np.hypot(x, y) > 1] = 255
    return colours


def _png(pixels: Pixels) -> str:
    return _base64(pixels, "PNG", optimize=True)


def _jpeg(pixels: Pixels) -> str:
    return _base64(np.asarray(cv2.resize(pixels, SHOWN, interpolation=cv2.INTER_AREA)), "JPEG", quality=QUALITY)


def _base64(pixels: Pixels, kind: str, **how: bool | int) -> str:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **how)
    return base64.b64encode(file.getvalue()).decode()
