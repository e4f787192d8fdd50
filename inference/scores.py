"""The champions' scores in the catalogue's shape: see catalog/scores.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

import numpy as np
from django.db.models import Case, F, When
from numpy.typing import NDArray

from catalog.models import Term
from catalog.scores import ScoreTable
from inference.models import Prediction
from inference.rescoring import rescored, rescored_by_links, takes_labels
from training.models import ModelVersion, Task


@dataclass(frozen=True, eq=False)
class _Columns:
    """What the numbers of a version's scores mean; a term that this catalogue lacks has none."""

    version: ModelVersion
    term_ids: NDArray[np.int64]
    thresholds: NDArray[np.float64]
    places: list[int]


@lru_cache(maxsize=16)
def _columns(version_id: int, revision: int) -> _Columns:
    """Read once per process and whenever a threshold was set by hand: terms are never deleted."""
    version = ModelVersion.objects.defer("config", "metrics").get(pk=version_id)
    ids = dict(Term.objects.filter(kind=Task(version.task).term_kind).values_list("slug", "pk"))
    places = [place for place, slug in enumerate(version.terms) if slug in ids]
    term_ids = np.array([ids[version.terms[place]] for place in places], np.int64)
    return _Columns(version, term_ids, np.array(version.thresholds)[places], places)


_LINKS = Case(When(version__links__helps=True, then=F("version__links__made_at")))
_Row = tuple[int, int, datetime | None, int, list[float], list[str]]
"""The version, its revision, when its links were made (None without any that help), the film, its scores and inputs."""
_COLUMNS = ("version_id", "version__revision", _LINKS, "film_id", "scores", "inputs")


def champion_scores(film_ids: Sequence[int]) -> list[ScoreTable]:
    """Scores from the champion of every task, in view of what is said of each film.

    Stored predictions are of the film alone: labels never change them.
    """
    predictions = Prediction.objects.filter(film_id__in=film_ids, version__champion=True).order_by("version", "film")
    rows = predictions.values_list(*_COLUMNS)
    return [_scored(_columns(*version), list(group)) for version, group in groupby(rows, key=itemgetter(0, 1))]


def _scored(columns: _Columns, rows: list[_Row]) -> ScoreTable:
    table, links = _table(columns, rows), rows[0][2]
    if takes_labels(columns.version):
        return rescored(table, columns.version, columns.places)
    return rescored_by_links(table, columns.version, columns.places, links) if links else table


def _table(columns: _Columns, rows: list[_Row]) -> ScoreTable:
    _versions, _revisions, _links, films, scores, inputs = zip(*rows, strict=True)
    return ScoreTable(
        version=columns.version.name,
        term_ids=columns.term_ids,
        thresholds=columns.thresholds,
        film_ids=np.array(films),
        scores=np.array(scores)[:, columns.places],
        inputs=[tuple(seen) for seen in inputs],
    )


def version_scores(version: ModelVersion, film_ids: Sequence[int]) -> tuple[ScoreTable, ScoreTable] | None:
    """What any version says of these films: of each film alone, and in view of what is said of it.

    None where it has scored none of them. The two are the same where the version does not take labels in and has no
    links that help: a challenger gets these after its promotion.
    """
    stored = Prediction.objects.filter(film_id__in=film_ids, version=version).order_by("film")
    rows = list(stored.values_list(*_COLUMNS))
    if not rows:
        return None
    columns = _columns(version.pk, rows[0][1])
    return _table(columns, rows), _scored(columns, rows)
