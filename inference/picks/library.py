"""What the picks of one task are chosen from: the champion's scores of all films, and what is said of them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.db.models import Exists, OuterRef
from numpy.typing import NDArray

from catalog.models import Label, Pick, Term, Visit
from inference.models import Prediction
from training.metrics import Truth
from training.models import ModelVersion, Task
from training.splits import split_of

BLOCK = 20_000  # rows that are read from the database at once
YES, NO, UNKNOWN, UNSAID = 1, 0, -1, -2
_VALUE = {"yes": YES, "no": NO, "unknown": UNKNOWN}


@dataclass(frozen=True, eq=False)
class Library:
    """N published films that the champion has scored, and its T terms."""

    version: ModelVersion
    terms: list[Term]
    places: list[int]
    """The column of each term in what the version says."""
    film_ids: NDArray[np.int64]
    """(N,) rising"""
    keys: list[str]
    scores: NDArray[np.float64]
    """(N, T)"""
    said: NDArray[np.int8]
    """(N, T): YES, NO, UNKNOWN (a person cannot tell) or UNSAID"""
    by_person: NDArray[np.bool_]
    """(N, T)"""
    locked: NDArray[np.bool_]
    """(N, T)"""

    @property
    def cuts(self) -> NDArray[np.float64]:
        return np.array(self.version.thresholds)[self.places]

    @property
    def labels(self) -> NDArray[np.int8]:
        """(N, T): 1 yes, 0 no, -1 where nothing is known."""
        return np.maximum(self.said, UNKNOWN)

    @cached_property
    def truth(self) -> Truth:
        return Truth.of(self.labels)

    @property
    def open(self) -> NDArray[np.bool_]:
        """(N, T): nobody has said anything."""
        return np.asarray(self.said == UNSAID)

    @cached_property
    def splits(self) -> NDArray[np.str_]:
        return np.array([split_of(key) for key in self.keys])

    def rows_of(self, film_ids: list[int]) -> NDArray[np.int64]:
        """Rows of those of these films that are here."""
        found = np.array(film_ids, np.int64)
        return np.searchsorted(self.film_ids, found[np.isin(found, self.film_ids)])

    def finished(self, *orders: Pick.Order) -> NDArray[np.bool_]:
        """(N,): somebody has finished the film at the desk since the version was made, in one of these orders."""
        visits = Visit.objects.filter(outcome=Visit.Outcome.DONE, at__gte=self.version.created_at)
        visits = visits.filter(order__in=orders) if orders else visits
        return np.isin(self.film_ids, list(visits.values_list("film", flat=True).distinct()))

    @classmethod
    def read(cls, version: ModelVersion) -> "Library":
        ids = {term.slug: term for term in Term.objects.filter(kind=Task(version.task).term_kind, active=True)}
        places = [place for place, slug in enumerate(version.terms) if slug in ids]
        terms = [ids[version.terms[place]] for place in places]
        film_ids, keys, scores = _scores(version, places)
        return cls(version, terms, places, film_ids, keys, scores, *_labels(film_ids, terms))


def _scores(version: ModelVersion, places: list[int]) -> tuple[NDArray[np.int64], list[str], NDArray[np.float64]]:
    found = Prediction.objects.filter(version=version, film__published=True).order_by("film")
    ids: list[int] = []
    keys: list[str] = []
    blocks: list[NDArray[np.float64]] = [np.zeros((0, len(places)))]
    rows: list[list[float]] = []
    for film_id, key, scores in found.values_list("film_id", "film__key", "scores").iterator(BLOCK):
        ids.append(film_id)
        keys.append(key)
        rows.append(scores)
        if len(rows) == BLOCK:
            blocks.append(np.array(rows)[:, places])
            rows = []
    if rows:
        blocks.append(np.array(rows)[:, places])
    return np.array(ids, np.int64), keys, np.concatenate(blocks)


def _labels(
    film_ids: NDArray[np.int64], terms: list[Term]
) -> tuple[NDArray[np.int8], NDArray[np.bool_], NDArray[np.bool_]]:
    shape = len(film_ids), len(terms)
    said, by_person, locked = np.full(shape, UNSAID, np.int8), np.zeros(shape, bool), np.zeros(shape, bool)
    row = {film_id: place for place, film_id in enumerate(film_ids.tolist())}
    column = {term.pk: place for place, term in enumerate(terms)}
    labels = Label.objects.filter(term__in=terms).values_list("film_id", "term_id", "value", "source", "locked")
    for film_id, term_id, value, source, lock in labels.iterator(BLOCK):
        if film_id in row:
            cell = row[film_id], column[term_id]
            said[cell], by_person[cell], locked[cell] = _VALUE[value], source == Label.Source.PERSON, lock
    return said, by_person, locked


def answered(library: Library) -> NDArray[np.bool_]:
    """(N, T): a person's label of a film that somebody has since finished among the suspected errors.

    They were asked whether they are sure, and are.
    """
    visits = Visit.objects.filter(film=OuterRef("film"), order=Pick.Order.ERROR, outcome=Visit.Outcome.DONE)
    labels = Label.objects.filter(source=Label.Source.PERSON, term__in=library.terms)
    sure = labels.filter(Exists(visits.filter(at__gte=OuterRef("changed_at")))).values_list("film_id", "term_id")
    found = np.zeros(library.said.shape, bool)
    row = {film_id: place for place, film_id in enumerate(library.film_ids.tolist())}
    column = {term.pk: place for place, term in enumerate(library.terms)}
    for film_id, term_id in sure.iterator(BLOCK):
        if film_id in row:
            found[row[film_id], column[term_id]] = True
    return found
