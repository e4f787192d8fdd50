"""Counting the films that one model judges otherwise than another, block by block, for receipts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from catalog.models import Film, Label, Term
from catalog.progress import Progress
from inference.models import Prediction
from inference.predict import load
from training import data
from training.films import read_films
from training.models import ModelVersion, Task

if TYPE_CHECKING:
    from training.inputs import Inputs

BLOCK = 2048
Flags = NDArray[np.bool_]


@dataclass
class Part:
    """One person's part in a version: (film id, slug) → what held before they decided, "" for nothing."""

    user_id: int
    cells: dict[tuple[int, str], str] = field(default_factory=dict)

    @property
    def films(self) -> NDArray[np.int64]:
        return np.array(sorted({film for film, _slug in self.cells}), np.int64)

    @property
    def terms(self) -> set[str]:
        return {slug for _film, slug in self.cells}


@dataclass
class Moved:
    """Films that a person's decisions moved, as they are counted block by block."""

    part: Part
    decides: Callable[["Block"], Flags]
    """(N, T) of a block: what another model would decide."""
    how: str
    columns: Flags
    """(T,) terms that count"""
    films: int = 0
    gained: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    lost: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    def count(self, block: "Block") -> None:
        theirs = self.decides(block)
        others = block.open & self.columns & ~np.isin(block.film_ids, self.part.films)[:, None]
        gained, lost = block.decided & ~theirs & others, ~block.decided & theirs & others
        self.films += int((gained | lost).any(1).sum())
        self.gained, self.lost = _plus(self.gained, gained.sum(0)), _plus(self.lost, lost.sum(0))


def _plus(total: NDArray[np.int64], more: NDArray[np.int64]) -> NDArray[np.int64]:
    return more if not len(total) else total + more


@dataclass(frozen=True, eq=False)
class Block:
    """N films with what the version decides of its T terms, and where nothing is said, so that its word is shown."""

    film_ids: NDArray[np.int64]
    decided: Flags
    """(N, T)"""
    open: Flags
    """(N, T)"""
    inputs: "Callable[[], Inputs]"


@dataclass
class Earlier:
    """What the champion before decided, in the columns of the version; what it did not know it did not decide."""

    version: ModelVersion
    before: ModelVersion

    def decides(self, block: Block) -> Flags:
        column = {slug: place for place, slug in enumerate(self.before.terms)}
        films = block.film_ids.tolist()
        rows = dict(Prediction.objects.filter(version=self.before, film__in=films).values_list("film", "scores"))
        decided = block.decided.copy()  # a film that it had not scored did not change through decisions
        cuts = np.array(self.before.fitted_thresholds())
        for place, film_id in enumerate(films):
            if film_id in rows:
                said = np.array(rows[film_id]) >= cuts
                decided[place] = [slug in column and said[column[slug]] for slug in self.version.terms]
        return decided


def count(version: ModelVersion, counting: Sequence[Moved], progress: Progress) -> None:
    """Go through all films that the version has scored, once for everybody."""
    ids = list(Prediction.objects.filter(version=version).order_by("film").values_list("film", flat=True))
    progress.start(len(ids), "films", _("Counting the films that moved"))
    for block in _blocks(version, ids):
        for moved in counting:
            moved.count(block)
        progress.advance(len(block.film_ids))


def _blocks(version: ModelVersion, ids: Sequence[int]) -> Iterator[Block]:
    terms = dict(Term.objects.filter(kind=Task(version.task).term_kind).values_list("pk", "slug"))
    place = {slug: column for column, slug in enumerate(version.terms)}
    columns = {pk: place[slug] for pk, slug in terms.items() if slug in place}
    cuts = np.array(version.fitted_thresholds())  # what people set by hand is not what decisions came to
    for begin in range(0, len(ids), BLOCK):
        wanted = Prediction.objects.filter(version=version, film__in=ids[begin : begin + BLOCK]).order_by("film")
        rows = list(wanted.values_list("film", "scores"))
        films = [film_id for film_id, _scores in rows]
        yield Block(
            film_ids=np.array(films, np.int64),
            decided=np.array([scores for _film, scores in rows]) >= cuts,
            open=_open(films, columns, len(version.terms)),
            inputs=_reader(version, films),
        )


def _open(films: Sequence[int], columns: dict[int, int], terms: int) -> Flags:
    """(N, T): of which nothing is said, so that what the model decides is what people see."""
    row = {film_id: place for place, film_id in enumerate(films)}
    nothing = np.ones((len(films), terms), bool)
    for film_id, term_id in Label.objects.filter(film__in=films, term__in=columns).values_list("film", "term"):
        nothing[row[film_id], columns[term_id]] = False
    return nothing


def _reader(version: ModelVersion, films: Sequence[int]) -> "Callable[[], Inputs]":
    """Reads what the version's kind of model sees of these films, once, when somebody needs it."""
    read: list[Inputs] = []

    def inputs() -> "Inputs":
        if not read:
            model, text, image = load(version)
            found = {film.pk: film for film in read_films(Film.objects.filter(pk__in=films))}
            read.append(data.inputs_of([found[pk] for pk in films], text, image, model.looks))
        return read[0]

    return inputs
