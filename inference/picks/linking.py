"""Links between labels for champions that take none in: learned from held-out scores, used where they help."""

from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from inference.models import Links
from inference.picks.library import Library
from training import cooccurrence
from training.out_of_fold import OutOfFold

GIVEN = (1, 3, 6)  # labels of a film that a person has decided when they are to help with the rest
FEWEST = 50  # validation films without which nothing can be said of it


def make(library: Library, rows: NDArray[np.int64], found: OutOfFold) -> Links:
    """Learn from the training films among these rows, measure on the champion's scores of the validation films.

    They help if the other scores become better, by the lower bound of the interval, whether few or many labels are
    given.
    """
    truth = library.truth[rows]
    train = np.flatnonzero(library.splits[rows] == "train")
    model = cooccurrence.fit(found.scores[train], truth[train], cooccurrence.some_known(truth[train], 0))
    validation = rows[library.splits[rows] == "validation"]
    scores, labels = library.scores[validation], library.truth[validation]
    gains = {n: cooccurrence.gain(model, scores, labels, cooccurrence.first_known(labels, n, 0)) for n in GIVEN}
    helps = len(validation) >= FEWEST and all(gain.helps for gain in gains.values())
    figures = {"films": len(validation), "given": {str(n): asdict(gain) for n, gain in gains.items()}}
    links, _new = Links.objects.update_or_create(
        version=library.version,
        defaults={"weights": _of_version(library, model).ravel().tolist(), "helps": helps, "figures": figures},
    )
    return links


def _of_version(library: Library, model: cooccurrence.Cooccurrence) -> NDArray[np.float64]:
    """In the order of the version's terms, with nothing for those that this site lacks."""
    weights = cooccurrence.Cooccurrence.none(len(library.version.terms)).weights
    columns = [*library.places, *range(len(library.version.terms), weights.shape[1])]
    weights[np.ix_(np.array(library.places), np.array(columns))] = model.weights
    return weights
