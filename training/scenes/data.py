"""What scene models see: pairs of frames of films, read from the database. Imports no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from django.contrib.postgres.aggregates import StringAgg
from django.db.models import CharField, F, Func, OuterRef, Subquery, Value
from django.db.models.functions import Concat
from numpy.typing import NDArray

from catalog.models import Film, FilmQuerySet, Frame
from catalog.progress import Progress
from training import vectors
from training.inputs import Inputs
from training.scenes.split import refuse_split_films

if TYPE_CHECKING:
    from training.encoders.image import ImageEncoder

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pair:
    """A frame and the one that comes next; a scene of one frame has none."""

    first: Path
    second: Path | None
    motion: float | None = None
    """Motion magnitude as a part of the frame's diagonal, where it is known."""

    @classmethod
    def of(cls, frame: Frame) -> Pair:
        from catalog.footage.motion import relative  # which loads OpenCV

        known = None if frame.motion is None else relative(frame.motion, frame.width, frame.height)
        return cls(frame.file, frame.next_file, known)


@dataclass(frozen=True, eq=False)
class SceneInputs(Inputs):
    """N films with P pairs of frames between them."""

    pairs: Sequence[Pair]
    film_of: Rows
    """(P,) the film of each pair, as its place among the N."""
    frame_vectors: Floats
    """(P, 2, D) both frames by the image encoder; D is 0 without one."""

    @classmethod
    def of(
        cls, films: int, pairs: Sequence[Pair], film_of: NDArray[np.int64], frame_vectors: Floats | None = None
    ) -> SceneInputs:
        """Films of which nothing but their pairs is looked at."""
        nothing, no = np.zeros((films, 0), np.float32), np.zeros(films, bool)
        return cls(
            texts=[""] * films,
            text_vectors=nothing,
            has_text=no,
            image_vectors=nothing,
            has_image=no,
            years=[None] * films,
            languages=[""] * films,
            posters=[None] * films,
            pairs=pairs,
            film_of=film_of,
            frame_vectors=np.zeros((len(pairs), 2, 0), np.float32) if frame_vectors is None else frame_vectors,
        )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not len(self.pairs) == len(self.film_of) == len(self.frame_vectors):
            raise ValueError("every pair needs its film and a row of vectors")

    def take(self, rows: NDArray[np.int64]) -> SceneInputs:
        """The films at these positions, in this order, with their pairs."""
        whole = super().take(rows)
        places = [np.flatnonzero(self.film_of == row) for row in rows]
        kept = np.concatenate([np.zeros(0, np.int64), *places])
        return SceneInputs(
            **{field.name: getattr(whole, field.name) for field in fields(Inputs)},
            pairs=[self.pairs[place] for place in kept],
            film_of=np.repeat(np.arange(len(rows)), [len(found) for found in places]),
            frame_vectors=self.frame_vectors[kept],
        )

    @property
    def has_frames(self) -> NDArray[np.bool_]:
        return np.bincount(self.film_of, minlength=len(self)) > 0


@dataclass(frozen=True, eq=False)
class ScenePairs:
    """What a scene model learns from: P pairs, each with its film, its genre and its part of the split.

    Raises SplitByFrame where frames of one film are in two parts.
    """

    inputs: SceneInputs
    films: Sequence[str]
    """(P,) what names the film of each pair."""
    genres: Rows
    """(P,) place of its genre among the terms."""
    parts: NDArray[np.str_]
    """(P,) "train", "validation", "test"."""
    terms: Sequence[str]

    def __post_init__(self) -> None:
        if not len(self.inputs.pairs) == len(self.films) == len(self.genres) == len(self.parts):
            raise ValueError("every pair needs a film, a genre and a part of the split")
        refuse_split_films(self.films, self.parts.tolist())

    def rows(self, part: str) -> Rows:
        return np.flatnonzero(self.parts == part)

    @property
    def prior(self) -> Floats:
        """(T,) share of each genre among training films, a little of every genre."""
        first = {self.films[row]: int(self.genres[row]) for row in self.rows("train")}
        counts = np.bincount(list(first.values()), minlength=len(self.terms)) + 0.5
        return np.asarray(counts / counts.sum(), np.float32)


def frames_hash(film: str) -> Subquery:
    """Of the pairs of the film that is the outer query's ``film``: another one when its frames are others, None
    without any."""
    pairs = Frame.objects.filter(clip__film=OuterRef(film), use=Frame.Use.PAIR).order_by().values("clip__film")
    both = Concat("sha256", "next_sha256", output_field=CharField())
    listed = StringAgg(both, Value(""), order_by=("sha256", "next_sha256"))
    return Subquery(pairs.annotate(digest=Func(listed, function="md5", output_field=CharField())).values("digest"))


def with_frames(films: FilmQuerySet) -> FilmQuerySet:
    """Films that have pairs of frames, each with its `frames_hash`."""
    found: Any = films.annotate(frames_hash=frames_hash("pk"))
    return cast("FilmQuerySet", found.filter(frames_hash__isnull=False))


def frames_hashes(film_ids: Sequence[int]) -> dict[int, str]:
    """The hash of each film's pairs; films without any are left out."""
    films: Any = with_frames(Film.objects.filter(pk__in=film_ids))
    return dict(films.values_list("pk", "frames_hash"))


def read_scenes(film_ids: Sequence[int], encoder: ImageEncoder | None, progress: Progress) -> SceneInputs:
    """Pairs of these films, in the films' order and in that of time; vectors that are not there yet are made first.

    A pair of which a file is gone is left out, with a failure of the progress. One query, two with an encoder.
    """
    place = {pk: row for row, pk in enumerate(film_ids)}
    found = Frame.objects.filter(clip__film__in=film_ids, use=Frame.Use.PAIR).annotate(film_id=F("clip__film"))
    frames = sorted(found.order_by("clip", "seconds"), key=lambda frame: place[frame.film_id])
    kept = []
    for frame in frames:
        if frame.file.is_file() and frame.next_file is not None and frame.next_file.is_file():
            kept.append(frame)
        else:
            progress.fail(str(frame), "its file is gone")
    return SceneInputs.of(
        len(film_ids),
        [Pair.of(frame) for frame in kept],
        np.array([place[frame.film_id] for frame in kept], np.int64),
        _vectors(kept, encoder, progress) if encoder else None,
    )


def _vectors(frames: Sequence[Frame], encoder: ImageEncoder, progress: Progress) -> Floats:
    """(P, 2, D); a frame that cannot be read is a failure and has zeros."""
    files = {frame.sha256: frame.file for frame in frames}
    files |= {frame.next_sha256: frame.next_file for frame in frames if frame.next_file}
    _found, there = vectors.load(encoder.name, list(files))
    missing = [sha256 for sha256, is_there in zip(files, there.tolist(), strict=True) if not is_there]
    if missing:
        progress.start(len(missing), "frames", "Looking at frames")
    for part in encoder.stream([files[sha256] for sha256 in missing]):
        vectors.store(encoder.name, [missing[row] for row in part.rows], part.vectors)
        for row, reason in part.failures.items():
            progress.fail(files[missing[row]].name, reason)
        progress.advance(len(part.rows) + len(part.failures))
    hashes = [hash_ for frame in frames for hash_ in (frame.sha256, frame.next_sha256)]
    found, _there = vectors.load_for(encoder, hashes)
    return found.reshape(len(frames), 2, -1) if len(frames) else np.zeros((0, 2, encoder.dimension), np.float32)
