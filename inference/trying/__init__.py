"""Trying the models on something that is not in the catalogue: a poster, a plot, frames, a clip.

Nothing is stored unless a curator adds it to the library: what is handed in lies in a scratch folder until it is
answered and for minutes after that, or until the asker has it removed. Pictures are re-encoded by a limited process.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from celery import current_app
from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.files import write_whole
from catalog.pictures import Child, refuse_large
from inference.meaning.lane import QUEUE
from inference.scenes import CLIP_BYTES
from inference.scratch import Scratch

logger = logging.getLogger(__name__)

TASK = "inference.try"
WAIT_SECONDS = 30  # a question that no worker took by then is forgotten, and may be asked again
LONGEST_TITLE, LONGEST_PLOT = 300, 5000  # characters
MOST_FRAMES = 8
MAKING, READY, FAILED, GONE = "making", "ready", "failed", "gone"
scratch = Scratch("tries")


class BadTry(Exception):
    """What was handed in cannot be looked at; the message is a sentence for the user, `status` the HTTP status."""

    def __init__(self, sentence: str, status: int = 422) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Question:
    """What a worker is to look at: texts, and files in the scratch folder."""

    title: str = ""
    plot: str = ""
    poster: bool = False
    frames: int = 0
    clip: bool = False
    language: str = "en"
    """in which it is asked, and to be answered where it cannot be told"""


@dataclass(frozen=True)
class Said:
    """One term: how likely, against which threshold, and for a genre of a poster what the model saw."""

    kind: str
    slug: str
    score: float
    threshold: float
    png: str = ""
    """base64 of its heat map in colours, to be laid over the poster"""
    regions: list[str] = field(default_factory=list)
    plot: float = 0.0
    poster: float = 0.0
    """by how much each moves the term's log-odds"""

    @property
    def proposed(self) -> bool:
        return self.score >= self.threshold


@dataclass(frozen=True)
class Answer:
    """What the champions say, and which films are nearest."""

    terms: list[Said] = field(default_factory=list)
    """by kind, the likeliest first"""
    versions: list[str] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    """what was looked at: plot, poster, frames"""
    weights: list[float] | None = None
    """of plot and poster as the model itself weighs them"""
    frames: list[str] = field(default_factory=list)
    """JPEG, base64: a few that were looked at"""
    near: list[int] = field(default_factory=list)
    """ids of films, the nearest first"""
    shared: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """film id → kind and slug of the terms that it has too, the most telling first"""
    notes: list[str] = field(default_factory=list)
    """sentences on what could not be looked at"""
    failed: str = ""


# Asking ------------------------------------------------------------------------------------------------------


def ask(
    *,
    title: str = "",
    plot: str = "",
    poster: "UploadedFile[Any] | None" = None,
    frames: "Sequence[UploadedFile[Any]]" = (),
    clip: "UploadedFile[Any] | None" = None,
) -> str:
    """A question; its token.

    Raises:
        BadTry: nothing to look at, or too much.
        BadPicture: a picture is too large, of another format, or damaged.
    """
    title, plot = " ".join(_clean(title).split()), _clean(plot).strip()
    _refuse(title, plot, [poster, clip, *frames], len(frames), clip)
    pictures = [*([poster] if poster is not None else []), *frames]
    for picture in pictures:
        refuse_large(picture.size or 0)
    with Child(keep=False) as child:
        encoded = [child.reencode(picture.read()) for picture in pictures]
    token = scratch.new()
    names = [*(["poster"] if poster is not None else []), *(f"frame-{place}" for place in range(len(frames)))]
    for name, data in zip(names, encoded, strict=True):
        write_whole(scratch.folder(token) / f"{name}.jpg", data)
    if clip is not None:
        with (scratch.folder(token) / "clip").open("wb") as file:
            file.writelines(clip.chunks())
    question = Question(title, plot, poster is not None, len(frames), clip is not None, get_language() or "en")
    write_whole(scratch.folder(token) / "question.json", json.dumps(asdict(question)).encode())
    send(token)
    return token


def _clean(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n")


def _refuse(title: str, plot: str, files: Sequence[Any], frames: int, clip: Any) -> None:
    if not plot and not any(file is not None for file in files):
        raise BadTry(_("Hand in a poster, a plot, frames or a clip first."))
    if len(title) > LONGEST_TITLE or len(plot) > LONGEST_PLOT:
        sentence = _("A title has at most %(title)d characters here, and a plot at most %(plot)d.")
        raise BadTry(sentence % {"title": LONGEST_TITLE, "plot": LONGEST_PLOT})
    if frames > MOST_FRAMES:
        raise BadTry(_("At most %(n)d frames can be looked at here.") % {"n": MOST_FRAMES})
    if clip is not None and (clip.size or 0) > CLIP_BYTES:
        raise BadTry(_("This clip is larger than %(limit)s MB.") % {"limit": CLIP_BYTES // 2**20}, 413)


def send(token: str) -> None:
    """Have a worker look, unless one was asked lately."""
    if not cache.add(f"try:{token}", MAKING, WAIT_SECONDS):
        return
    try:
        current_app.send_task(TASK, args=[token], queue=QUEUE, expires=WAIT_SECONDS, retry=False)
    except Exception as error:  # the broker may be away; it is asked again later
        logger.warning("nobody can be asked to look at what was handed in: %s", error)


# Reading -----------------------------------------------------------------------------------------------------


def read(token: str) -> tuple[str, Answer | None]:
    """How it stands: MAKING, READY or FAILED with the answer, GONE."""
    if not scratch.is_there(token):
        return GONE, None
    try:
        said = json.loads((scratch.folder(token) / "answer.json").read_text())
        answer = Answer(**said)
        answer = replace(answer, terms=[Said(**term) for term in said["terms"]])
    except FileNotFoundError:
        return MAKING, None
    except (OSError, ValueError, TypeError, KeyError):
        return GONE, None
    return (FAILED if answer.failed else READY), answer


def question(token: str) -> Question:
    """Raises OSError, ValueError or TypeError where there is none."""
    return Question(**json.loads((scratch.folder(token) / "question.json").read_text()))


def store(token: str, answer: Answer) -> None:
    """Unless the question was taken back meanwhile."""
    if scratch.is_there(token):
        write_whole(scratch.folder(token) / "answer.json", json.dumps(asdict(answer)).encode())


def poster(token: str) -> bytes | None:
    """The poster as it was re-encoded; None without one, and where the question is gone."""
    try:
        return (scratch.folder(token) / "poster.jpg").read_bytes() if scratch.is_there(token) else None
    except OSError:
        return None
