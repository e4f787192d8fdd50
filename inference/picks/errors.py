"""Labels that are probably wrong: hard to believe for models that have not seen the film, and for its other labels.

cleanlab's confident learning says how many of each term's labels are errors (Northcutt et al. 2021, one term against
the rest); which come first is for how well each can be believed (training/out_of_fold.py). A film counts as its worst
label: cleanlab's own ways to pool a film's labels find half as many (docs/experiments.md).
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from catalog.models import Label, Pick
from inference.models import Suspect
from inference.picks.library import NO, YES, Library, answered
from inference.picks.storing import Found
from training.out_of_fold import OutOfFold

Flags = NDArray[np.bool_]
MOST = 20_000  # suspicions that are kept


def suspicious(found: OutOfFold, labels: NDArray[np.int8]) -> Flags:
    """Which of the labels (N, T) confident learning takes for errors; never an unknown one."""
    from cleanlab.multilabel_classification.filter import find_multilabel_issues_per_class

    held = np.where(labels < 0, found.beside >= 0.5, labels == 1)  # the library knows no unknown: what is likely
    judged = np.flatnonzero(held.any(0) & ~held.all(0))  # nor a term that all films have, or none
    flags = np.zeros(labels.shape, bool)
    if len(judged):
        listed = [np.flatnonzero(row).tolist() for row in held[:, judged]]
        flags[:, judged] = find_multilabel_issues_per_class(listed, found.beside[:, judged], n_jobs=1)
    return flags & (labels >= 0) & (found.belief(np.maximum(labels, 0)) < 0.5)


def suspects(library: Library, rows: NDArray[np.int64], found: OutOfFold) -> list[Suspect]:
    """The labels of these rows that are probably wrong and that nobody has locked or confirmed, worst first."""
    labels = library.labels[rows]
    settled = (library.locked | answered(library))[rows]
    belief = found.belief(labels)
    cells = np.argwhere(suspicious(found, labels) & ~settled)
    order = np.argsort(belief[cells[:, 0], cells[:, 1]], kind="stable")[:MOST]
    value = {YES: Label.Value.YES, NO: Label.Value.NO}
    return [
        Suspect(
            film_id=int(library.film_ids[rows[row]]),
            term=library.terms[column],
            value=value[int(labels[row, column])],
            score=float(found.scores[row, column]),
            quality=float(belief[row, column]),
        )
        for row, column in cells[order].tolist()
    ]


def picks(suspects: list[Suspect]) -> Iterator[Found]:
    """What the desk offers: of each film the label that is hardest to believe comes first."""
    for one in suspects:
        beside = one.quality if one.value == Label.Value.YES else 1 - one.quality
        why = {"value": str(one.value), "score": one.score, "beside": beside}
        yield Found(one.film_id, one.term, 1 - one.quality, why)


ORDER = Pick.Order.ERROR
