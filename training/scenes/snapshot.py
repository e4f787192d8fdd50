"""The scene genres of this moment: which films have one, and pairs of frames to learn it from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from catalog.models import Clip, Film, Label, Term
from training.models import Task
from training.scenes.data import with_frames
from training.scenes.split import parts_of
from training.snapshot import LEFT_OUT, NO, STRATIFIED, YES, NotEnoughLabels, Snapshot

FEWEST_FILMS = 1  # that a scene genre needs to be learned, unless more are asked for: footage is scarce


@dataclass(frozen=True)
class _Film:
    pk: int
    key: str
    frames_hash: str
    genre: int


def take_scenes(*, split: str = "hash", min_films: int = FEWEST_FILMS, per_term: int = 0) -> Snapshot:
    """Films with pairs of frames and exactly one scene genre that is decided or imported as yes.

    split: "hash" or "stratified", see training/scenes/split.py; films that share a clip are in one part.
    min_films: training films that a genre needs. per_term: at most this many training films of each genre; 0 for all.
    Labels are yes for a film's genre and no for all others.

    Raises:
        NotEnoughLabels: fewer than two genres have films to learn from and films to be judged on.
    """
    terms = list(Term.objects.filter(kind=Task.SCENES.term_kind, active=True).order_by("slug"))
    films = _films({term.pk: place for place, term in enumerate(terms)})
    genres = np.array([film.genre for film in films], np.int64)
    parts = parts_of([film.key for film in films], genres, leave_out=split == STRATIFIED)
    parts = _together(parts, [film.pk for film in films])
    kept = [place for place in range(len(terms)) if _enough(parts[genres == place], min_films)]
    if len(kept) < 2:
        raise NotEnoughLabels(
            _(
                "Scene genres need films with pairs of frames and one scene genre each: at least two genres with "
                "%(n)d films to learn from and one to be judged on. Cut pairs with extract_frames, and decide genres."
            )
            % {"n": max(min_films, 1)}
        )
    rows = np.flatnonzero(np.isin(genres, kept))
    some = [films[row] for row in rows]
    splits = _fewer(parts[rows], genres[rows], per_term) if per_term else parts[rows]
    return _snapshot([terms[place].slug for place in kept], some, splits, np.searchsorted(kept, genres[rows]))


def _films(places: dict[int, int]) -> list[_Film]:
    """Published films with frames and exactly one scene genre, in the order of their keys. Two queries."""
    labels = Label.objects.filter(term_id__in=list(places), value=Label.Value.YES, film__published=True)
    said: dict[int, list[int]] = {}
    for film_id, term_id in labels.values_list("film_id", "term_id"):
        said.setdefault(film_id, []).append(places[term_id])
    single = {film_id: genres[0] for film_id, genres in said.items() if len(genres) == 1}
    found: Any = with_frames(Film.objects.filter(pk__in=list(single))).order_by("key")
    return [_Film(pk, key, hash_, single[pk]) for pk, key, hash_ in found.values_list("pk", "key", "frames_hash")]


def _together(parts: NDArray[np.str_], film_ids: list[int]) -> NDArray[np.str_]:
    """The same with films that have a clip in common in one part: what is the same file must not be in two. One
    query."""
    place, parts = {pk: row for row, pk in enumerate(film_ids)}, parts.copy()
    first: dict[str, int] = {}
    clips = Clip.objects.filter(film__in=film_ids).order_by("sha256", "film__key")
    for sha256, film_id in clips.values_list("sha256", "film_id"):
        row = place[film_id]
        parts[row] = parts[first.setdefault(sha256, row)]
    return parts


def _enough(parts: NDArray[np.str_], min_films: int) -> bool:
    return int((parts == "train").sum()) >= max(min_films, 1) and bool((parts == "test").any())


def _fewer(parts: NDArray[np.str_], genres: NDArray[np.int64], most: int) -> NDArray[np.str_]:
    """The same with at most so many training films of each genre."""
    parts = parts.copy()
    for genre in np.unique(genres):
        parts[np.flatnonzero((genres == genre) & (parts == "train"))[most:]] = LEFT_OUT
    return parts


def _snapshot(terms: list[str], films: list[_Film], splits: NDArray[np.str_], genres: NDArray[np.int64]) -> Snapshot:
    labels = np.full((len(films), len(terms)), NO, np.int8)
    labels[np.arange(len(films)), genres] = YES
    digest = hashlib.sha256("\n".join(terms).encode())
    for film, part, cells in zip(films, splits, labels, strict=True):
        digest.update(f"\n{film.key} {film.frames_hash} {part} ".encode() + cells.tobytes())
    return Snapshot(
        task=Task.SCENES,
        terms=terms,
        film_ids=[film.pk for film in films],
        keys=[film.key for film in films],
        splits=splits,
        labels=labels,
        hash=digest.hexdigest(),
    )
