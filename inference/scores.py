"""The champions' scores in the catalogue's shape: see catalog/scores.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from catalog.models import Term
from catalog.scores import ScoreTable
from inference.models import Prediction
from inference.rescoring import rescored, takes_labels
from training.models import ModelVersion, Task


@dataclass(frozen=True, eq=False)
class _Columns:
    """What the numbers of a version's scores mean; a term that this catalogue lacks has none."""

    version: ModelVersion
    term_ids: NDArray[np.int64]
    thresholds: NDArray[np.float64]
    places: list[int]


@lru_cache(maxsize=16)
def _columns(version_id: int) -> _Columns:
    """Read once per process: a version never changes, terms are never deleted."""
    version = ModelVersion.objects.defer("config", "metrics").get(pk=version_id)
    ids = dict(Term.objects.filter(kind=Task(version.task).term_kind).values_list("slug", "pk"))
    places = [place for place, slug in enumerate(version.terms) if slug in ids]
    term_ids = np.array([ids[version.terms[place]] for place in places], np.int64)
    return _Columns(version, term_ids, np.array(version.thresholds)[places], places)


def champion_scores(film_ids: Sequence[int]) -> list[ScoreTable]:
    """Scores from the champion of every task, in view of what is said of each film where it takes that in.

    Stored predictions are of the film alone: labels never change them.
    """
    predictions = Prediction.objects.filter(film_id__in=film_ids, version__champion=True).order_by("version", "film")
    rows = predictions.values_list("version_id", "film_id", "scores", "inputs")
    return [_scored(_columns(version_id), list(group)) for version_id, group in groupby(rows, key=itemgetter(0))]


def _scored(columns: _Columns, rows: list[tuple[int, int, list[float], list[str]]]) -> ScoreTable:
    table = _table(columns, rows)
    return rescored(table, columns.version, columns.places) if takes_labels(columns.version) else table


def _table(columns: _Columns, rows: list[tuple[int, int, list[float], list[str]]]) -> ScoreTable:
    _versions, films, scores, inputs = zip(*rows, strict=True)
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

    None where it has scored none of them. The two are the same where the version does not take labels in.
    """
    stored = Prediction.objects.filter(film_id__in=film_ids, version=version).order_by("film")
    rows = list(stored.values_list("version_id", "film_id", "scores", "inputs"))
    if not rows:
        return None
    columns = _columns(version.pk)
    return _table(columns, rows), _scored(columns, rows)
