"""Bringing predictions up to date.

What is to be predicted is a query: films without a prediction by the version, or whose inputs have changed since.
A batch is stored in one transaction, with the hash of the inputs that were read for it, so that a kill at any
moment loses nothing that is stored and repeats nothing.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog import search
from catalog.models import Film, FilmQuerySet
from catalog.progress import NotNow, Progress
from inference.models import Prediction
from training import data, registry, vectors
from training.encoders import NONE, EncoderUnavailable, image_encoder, text_encoder
from training.films import FilmInputs, read_films
from training.models import ModelVersion, Task
from training.registry import DamagedModel
from training.scenes.data import frames_hashes, read_scenes, with_frames

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from training.encoders.image import ImageEncoder
    from training.encoders.text import TextEncoder
    from training.inputs import Inputs
    from training.registry import Model

UNUSABLE = (DamagedModel, EncoderUnavailable)  # why a version cannot predict
FIRST_BATCH, LARGEST_BATCH = 32, 512
BATCH_SECONDS = 2.0  # how much work a kill may cost, and how long a cancel may take
LOCK = 0x67656E72  # this program's class of advisory locks for predicting; the version is the other half
WAIT_SECONDS = 0.5


@dataclass
class Predicted:
    """What was predicted by one version. `films` splits into what there was to see of each."""

    version: str
    films: int = 0
    plot_and_poster: int = 0
    plot_only: int = 0
    poster_only: int = 0
    frames_only: int = 0
    neither: int = 0
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"films_per_second": round(self.films / self.seconds, 1) if self.seconds else 0.0}


def stale(version: ModelVersion, *, films: FilmQuerySet | None = None, before: datetime | None = None) -> FilmQuerySet:
    """Films that this version has still to predict. With `before`, older predictions do not count either."""
    films, seen = (Film.objects.all() if films is None else films), "input_hash"
    if version.task == Task.SCENES:  # what is seen of a film is its frames: without any there is nothing to predict
        films, seen = with_frames(films), "frames_hash"
    fresh = Prediction.objects.filter(version=version, film=OuterRef("pk"), input_hash=OuterRef(seen))
    if before is not None:
        fresh = fresh.filter(predicted_at__gte=before)
    return films.filter(~Exists(fresh))


def predict_stale(
    version: ModelVersion,
    *,
    films: FilmQuerySet | None = None,
    everything: bool = False,
    before: datetime | None = None,
    wait: bool = True,
    progress: Progress,
) -> Predicted:
    """Predict films that are stale by this version; nothing more than a query where none is.

    films: only these. everything: those that are up to date too. before: what was predicted since then is done.
    wait: while somebody else predicts by this version.

    Raises:
        DamagedModel, EncoderUnavailable: nothing was predicted; the message says why.
        NotNow: somebody else predicts by this version, and `wait` is False.
        Cancelled: somebody asked for it; what was stored stays.
    """
    before = before or (timezone.now() if everything else None)
    wanted = stale(version, films=films, before=before)
    done = Predicted(version.name)
    if wanted.exists():
        with _alone(version, progress, wait=wait):
            begun = time.monotonic()
            _predict(version, wanted, done, progress)
            done.seconds = round(time.monotonic() - begun, 2)
    return done


@contextmanager
def _alone(version: ModelVersion, progress: Progress, *, wait: bool) -> Iterator[None]:
    """One at a time predicts by a version. PostgreSQL lets go of the lock when its holder's process dies."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, version.pk])
            if cursor.fetchone()[0]:
                break
            message = _("Waiting for another job that predicts by {version}").format(version=version)
            if not wait:
                raise NotNow(message)
            progress.advance(0, message)
            time.sleep(WAIT_SECONDS)
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, version.pk])


def _predict(version: ModelVersion, wanted: FilmQuerySet, done: Predicted, progress: Progress) -> None:
    model, text, image = load(version)
    ids = list(wanted.order_by("pk").values_list("pk", flat=True))
    progress.start(len(ids), "films", _("Predicting by {version}").format(version=version))
    position, size = 0, FIRST_BATCH
    while position < len(ids):
        begun = time.monotonic()
        batch = ids[position : position + size]
        # Read before anything is encoded: a film that is edited from now on does not match its hash when stored.
        films = read_films(wanted.filter(pk__in=batch))
        films = _with_frames(films) if version.task == Task.SCENES else films
        if films:
            inputs = read_inputs(films, text, image, model, progress)
            _store(version, films, inputs, model.scores(inputs), done)
        progress.advance(len(batch))
        position += len(batch)
        size = _next_size(size, time.monotonic() - begun)


def _with_frames(films: list[FilmInputs]) -> list[FilmInputs]:
    """Those that have pairs of frames, with the hash of these for that of their inputs."""
    hashes = frames_hashes([film.pk for film in films])
    return [replace(film, input_hash=hashes[film.pk]) for film in films if film.pk in hashes]


def _hashes(version: ModelVersion, film_ids: Sequence[int]) -> dict[int, str]:
    """What the inputs of these films are at this moment."""
    if version.task == Task.SCENES:
        return frames_hashes(film_ids)
    return dict(Film.objects.filter(pk__in=film_ids).values_list("pk", "input_hash"))


def _next_size(size: int, seconds: float) -> int:
    """Batches that take about BATCH_SECONDS, whatever the machine."""
    wanted = size * BATCH_SECONDS / max(seconds, 1e-3)
    return max(FIRST_BATCH, min(LARGEST_BATCH, int(wanted), size * 2))


def load(version: ModelVersion) -> "tuple[Model, TextEncoder | None, ImageEncoder | None]":
    """The model and its encoders, each loaded once per process. Raises DamagedModel, EncoderUnavailable."""
    model = registry.load(version)
    return model, text_encoder_of(model, version), image_encoder_of(model, version)


def text_encoder_of(model: "Model", version: ModelVersion) -> "TextEncoder | None":
    """The one that the version learned from, None where it reads no text by one. Raises EncoderUnavailable."""
    encoder = None if model.text_encoder in NONE else text_encoder(model.text_encoder)
    _require_same(encoder, model, version)
    return encoder


def image_encoder_of(model: "Model", version: ModelVersion) -> "ImageEncoder | None":
    """The same for pictures."""
    encoder = None if model.image_encoder in NONE else image_encoder(model.image_encoder)
    _require_same(encoder, model, version)
    return encoder


def _require_same(encoder: Any, model: "Model", version: ModelVersion) -> None:
    """Vectors of other weights than those that the version learned from would give nonsense."""
    learned = model.config.get("encoders")
    if encoder is not None and learned and encoder.name not in learned:
        sentence = _("{version} was trained with {learned}, but here is {encoder}: install that one, or retrain.")
        raise EncoderUnavailable(sentence.format(version=version, learned=" + ".join(learned), encoder=encoder.name))


def read_inputs(
    films: Sequence[FilmInputs],
    text: "TextEncoder | None",
    image: "ImageEncoder | None",
    model: "Model",
    progress: Progress,
) -> "Inputs":
    """What the model sees of these films; vectors that are not there yet are made and stored first."""
    within = _Within(progress)
    if model.looks.reads == "pairs":
        return read_scenes([film.pk for film in films], image, within)
    these = Film.objects.filter(pk__in=[film.pk for film in films])
    vectors.encode_missing(these, text=text, image=image, progress=within)
    return data.inputs_of(films, text, image, model.looks)


class _Within:
    """Progress of a step inside a batch: failures and the wish to stop pass through, the count does not."""

    def __init__(self, outer: Progress) -> None:
        self.outer = outer
        self.fail = outer.fail

    def start(self, total: int | None, unit: str, message: str = "") -> None:
        pass

    def advance(self, count: int = 1, message: str | None = None) -> None:
        self.outer.advance(0)


def _store(
    version: ModelVersion,
    films: Sequence[FilmInputs],
    inputs: "Inputs",
    scores: "NDArray[np.float32]",
    done: Predicted,
) -> None:
    """One upsert for the batch, and what search sees of it, together or not at all.

    A film that was edited, or removed, since it was read is left out and stays stale.
    """
    with transaction.atomic():
        # A promotion waits for the batch or the batch for the promotion: search is refreshed by one of the two.
        versions = ModelVersion.objects.select_for_update(no_key=True).filter(pk=version.pk)
        champion = versions.values_list("champion", flat=True).get()
        locked = Film.objects.select_for_update(no_key=True).filter(pk__in=[film.pk for film in films])
        hashes = _hashes(version, list(locked.order_by("pk").values_list("pk", flat=True)))
        rows = [row for row, film in enumerate(films) if hashes.get(film.pk) == film.input_hash]
        stored = [films[row] for row in rows]
        seen = [_seen(inputs, row) for row in rows]
        _upsert(version, stored, scores[rows], seen)
        if champion:
            search.refresh([film.pk for film in stored])
    _count(seen, done)


def _upsert(
    version: ModelVersion, films: Sequence[FilmInputs], scores: "NDArray[np.float32]", seen: Sequence[Sequence[str]]
) -> None:
    """One statement, with a film's numbers and names as PostgreSQL writes arrays."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO inference_prediction (version_id, predicted_at, film_id, input_hash, scores, inputs)
            SELECT %s, %s, film.id, film.input_hash, film.scores::float8[], film.inputs::text[]
            FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) AS film (id, input_hash, scores, inputs)
            ON CONFLICT (film_id, version_id) DO UPDATE SET
                scores = EXCLUDED.scores, input_hash = EXCLUDED.input_hash,
                inputs = EXCLUDED.inputs, predicted_at = EXCLUDED.predicted_at""",
            [
                version.pk,
                timezone.now(),
                [film.pk for film in films],
                [film.input_hash for film in films],
                [f"{{{','.join(map(repr, row))}}}" for row in scores.tolist()],
                [f"{{{','.join(names)}}}" for names in seen],
            ],
        )


def _seen(inputs: "Inputs", row: int) -> list[str]:
    seen = {"plot": inputs.has_text[row], "poster": inputs.has_image[row], "frames": inputs.has_frames[row]}
    return [name for name, there in seen.items() if there]


def _count(seen: Sequence[Sequence[str]], done: Predicted) -> None:
    done.films += len(seen)
    for names in seen:
        kind = "_and_".join(names) if len(names) == 2 else f"{names[0]}_only" if names else "neither"
        setattr(done, kind, getattr(done, kind) + 1)


def refresh_older(version: ModelVersion, before: datetime, progress: Progress) -> None:
    """Let search see what a version that was just promoted had predicted before."""
    older = Prediction.objects.filter(version=version, predicted_at__lt=before)
    ids = list(older.order_by("film").values_list("film", flat=True))
    progress.start(len(ids), "films", _("Showing what {version} says").format(version=version))
    for start in range(0, len(ids), LARGEST_BATCH):
        search.refresh(ids[start : start + LARGEST_BATCH])
        progress.advance(len(ids[start : start + LARGEST_BATCH]))
