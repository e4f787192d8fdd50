"""Asking what kind of film a scene is from: what is handed in, kept for minutes while a worker looks at it.

Nothing is stored: what a question needs lies in a scratch folder of its own, named by a token that only the asker
knows, and is removed after KEPT_SECONDS. Pictures are re-encoded by a limited process before they are written.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from celery import current_app
from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.files import write_whole
from catalog.models import Frame
from catalog.pictures import Child, refuse_large
from inference.scratch import Scratch
from training.architectures import SCENES
from training.models import ModelVersion, Task

logger = logging.getLogger(__name__)

TASK = "inference.tell_scene"
WAIT_SECONDS = 30  # a question that no worker took by then is forgotten, and may be asked again
CLIP_BYTES = 50 * 2**20
scratch = Scratch("scenes")
MAKING, READY, FAILED, GONE = "making", "ready", "failed", "gone"


class BadScene(Exception):
    """What was handed in cannot be looked at; the message is a sentence for the user, `status` the HTTP status."""

    def __init__(self, sentence: str, status: int = 422) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Question:
    """What a worker is to look at: files in the scratch folder, or a pair of a film."""

    version: str
    first: str = ""
    second: str = ""
    clip: str = ""
    frame: int | None = None
    language: str = "en"
    """in which it is asked, and to be answered where it cannot be told"""


@dataclass(frozen=True)
class Answer:
    """What the champion says, with what was seen. Pictures are base64; without a second frame nothing moves."""

    version: str = ""
    scores: dict[str, float] = field(default_factory=dict)
    """by slug, the likeliest first"""
    frames: list[str] = field(default_factory=list)
    """JPEG: the frames that were looked at, or of a clip those that are shown"""
    pairs: int = 0
    flow: str = ""
    """PNG: hue is the direction, saturation how far each place moves"""
    wheel: str = ""
    """PNG: which colour is which direction"""
    motion: float | None = None
    """mean motion from one frame to the next, as a part of the frame's diagonal"""
    farthest: float = 0.0
    """how far the fully saturated places move, as a part of the frame's width"""
    failed: str = ""
    """why there is no answer"""


def champion() -> ModelVersion | None:
    return ModelVersion.objects.filter(task=Task.SCENES, champion=True).first()


def frames_needed(version: ModelVersion) -> int:
    """One, or two for what moves between them."""
    return SCENES[version.architecture].frames if version.architecture in SCENES else 2


# Asking ------------------------------------------------------------------------------------------------------


def ask_pictures(version: ModelVersion, pictures: "Sequence[UploadedFile[Any]]") -> str:
    """A question about one frame or two. Its token.

    Raises:
        BadScene: one frame where the champion looks at motion.
        BadPicture: a picture is too large, of another format, or damaged.
    """
    if len(pictures) < frames_needed(version):
        sentence = _("%(version)s looks at what moves between two frames: give it the second one as well.")
        raise BadScene(sentence % {"version": version.name})
    for picture in pictures:
        refuse_large(picture.size or 0)
    with Child(keep=False) as child:
        encoded = [child.reencode(picture.read()) for picture in pictures]
    token, names = scratch.new(), ["first", "second"][: len(encoded)]
    for name, data in zip(names, encoded, strict=True):
        write_whole(folder(token) / f"{name}.jpg", data)
    first, second = f"{names[0]}.jpg", f"{names[1]}.jpg" if len(names) > 1 else ""
    return _ask(token, Question(version.name, first=first, second=second))


def ask_clip(version: ModelVersion, clip: "UploadedFile[Any]") -> str:
    """A question about a short clip, which the worker reads. Raises BadScene where it is too large."""
    if (clip.size or 0) > CLIP_BYTES:
        raise BadScene(_("This clip is larger than %(limit)s MB.") % {"limit": CLIP_BYTES // 2**20}, 413)
    token = scratch.new()
    with (folder(token) / "clip").open("wb") as file:
        for chunk in clip.chunks():
            file.write(chunk)
    return _ask(token, Question(version.name, clip="clip"))


def ask_frame(version: ModelVersion, frame: Frame) -> str:
    """A question about a pair of a film."""
    return _ask(scratch.new(), Question(version.name, frame=frame.pk))


def _ask(token: str, question: Question) -> str:
    asked = asdict(question) | {"language": get_language() or "en"}
    write_whole(folder(token) / "question.json", json.dumps(asked).encode())
    send(token)
    return token


def send(token: str) -> None:
    """Have a worker look, unless one was asked lately."""
    if not cache.add(f"scene:{token}", MAKING, WAIT_SECONDS):
        return
    try:
        current_app.send_task(TASK, args=[token], queue="gpu", expires=WAIT_SECONDS, retry=False)
    except Exception as error:  # the broker may be away; it is asked again later
        logger.warning("nobody can be asked to look at a scene: %s", error)


# Reading -----------------------------------------------------------------------------------------------------


def read(token: str) -> tuple[str, Answer | None]:
    """How it stands: MAKING, READY or FAILED with the answer, GONE."""
    if not scratch.is_there(token):
        return GONE, None
    try:
        answer = Answer(**json.loads((folder(token) / "answer.json").read_text()))
    except FileNotFoundError:
        return MAKING, None
    except (OSError, ValueError, TypeError):
        return GONE, None
    return (FAILED if answer.failed else READY), answer


def question(token: str) -> Question:
    """Raises OSError, ValueError or TypeError where there is none."""
    return Question(**json.loads((folder(token) / "question.json").read_text()))


def answer(token: str, found: Answer) -> None:
    write_whole(folder(token) / "answer.json", json.dumps(asdict(found)).encode())


def folder(token: str) -> Path:
    return scratch.folder(token)


def sweep() -> int:
    """Remove what has been kept long enough; how much that was."""
    return scratch.sweep()


def has_pairs(film_ids: Any) -> Any:
    """Pairs of frames of these films."""
    return Frame.objects.filter(clip__film__in=film_ids, use=Frame.Use.PAIR)
