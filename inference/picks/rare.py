"""Films whose answers teach most about the terms that have fewest films, each unlike those before it."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from catalog.models import Film, Pick
from inference.picks import pace, worth
from inference.picks.library import Library
from inference.picks.storing import Found
from training import vectors

MOST = 3000
ENOUGH = 20  # films with which a term can be learned at all (RetrainOptions.min_films)
ORDER = Pick.Order.RARE


def picks(library: Library) -> Iterator[Found]:
    """In the order of worth.choose; with how long a person will need for each, which the time box adds up."""
    rows = np.flatnonzero(library.open.any(1) & ~library.finished())
    scores, open, films = library.scores[rows], library.open[rows], library.truth.yes.sum(0)
    chosen = worth.choose(scores, open, films.astype(float), _directions(library, rows), MOST)
    look, correction = pace.measured()
    costs = worth.seconds(scores, library.cuts, open, look, correction)
    for row, value, column in zip(chosen.rows.tolist(), chosen.worth.tolist(), chosen.terms.tolist(), strict=True):
        why = {
            "films": int(films[column]),
            "wanted": ENOUGH,
            "score": float(scores[row, column]),
            "cut": float(library.cuts[column]),
            "seconds": round(float(costs[row]), 1),
        }
        yield Found(int(library.film_ids[rows[row]]), library.terms[column], value, why)


def _directions(library: Library, rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """The films' stored vectors of plot and poster, side by side and of unit length; zeros where there is none."""
    hashes = dict(Film.objects.filter(pk__in=library.film_ids[rows].tolist()).values_list("pk", "text_hash"))
    posters = dict(Film.objects.filter(pk__in=library.film_ids[rows].tolist()).values_list("pk", "poster_sha256"))
    parts = [np.zeros((len(rows), 0), np.float32)]
    for encoder in library.version.config.get("encoders", []):
        found, there = vectors.load(encoder, [hashes.get(pk, "") for pk in library.film_ids[rows].tolist()])
        if not there.any():
            found, there = vectors.load(encoder, [posters.get(pk, "") for pk in library.film_ids[rows].tolist()])
        parts.append(_unit(_centred(found, there)))
    return _unit(np.hstack(parts))


def _centred(found: NDArray[np.float32], there: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Without what all films share, which would make every two of them alike."""
    return np.where(there[:, None], found - found[there].mean(0), 0) if there.any() else found


def _unit(block: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(block / np.maximum(np.linalg.norm(block, axis=1, keepdims=True), 1e-9), np.float32)
