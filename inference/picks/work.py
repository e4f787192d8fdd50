"""Making the desk's picks: run after each promotion's predictions, and by hand."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from catalog import search
from catalog.models import Pick
from catalog.progress import Progress
from inference.models import Links, Suspect
from inference.picks import disagreements, errors, linking, rare
from inference.picks.library import Library
from inference.picks.storing import Found, replace_picks, replace_suspects
from inference.predict import UNUSABLE
from inference.rescoring import takes_labels
from training import out_of_fold
from training.encoders import NONE
from training.models import ModelVersion, Task
from training.options import RetrainOptions

TASKS = (Task.GENRES, Task.TAGS)
FEWEST = 100  # labelled films without which there is nothing to learn of errors
REFRESHED_AT_ONCE = 512


@dataclass
class Picked:
    """How many of each were found; `skipped` says of which tasks nothing was learned, and why."""

    films: int = 0
    suspects: int = 0
    errors: int = 0
    disagreements: int = 0
    rare: int = 0
    links: dict[str, bool] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def pick_films(progress: Progress) -> Picked:
    """Choose films for every order that reads picks, in view of what the champions say now.

    Each order is replaced as a whole when its films are chosen. Raises Cancelled; what was replaced stays.
    """
    done = Picked()
    libraries = [Library.read(version) for version in _champions()]
    done.films = max((len(library.film_ids) for library in libraries), default=0)
    genres = next((library for library in libraries if len(library.film_ids)), None)
    done.rare = replace_picks(Pick.Order.RARE, rare.picks(genres) if genres else [])
    found = [one for library in libraries for one in _disagreements(library, done, progress)]
    done.disagreements = replace_picks(Pick.Order.DISAGREEMENT, found)
    suspects = [one for library in libraries for one in _judge(library, done, progress)]
    done.suspects = replace_suspects(suspects)
    done.errors = replace_picks(Pick.Order.ERROR, errors.picks(suspects))
    return done


def _champions() -> list[ModelVersion]:
    found = {version.task: version for version in ModelVersion.objects.filter(champion=True, task__in=TASKS)}
    return [found[task] for task in TASKS if task in found]


def _disagreements(library: Library, done: Picked, progress: Progress) -> Iterable[Found]:
    yield from disagreements.from_imports(library)
    yield from disagreements.between_versions(library)
    try:
        yield from disagreements.between_inputs(library, progress)
    except UNUSABLE as error:
        done.skipped[f"{library.version.name}: poster against plot"] = str(error)


def _judge(library: Library, done: Picked, progress: Progress) -> list[Suspect]:
    """Suspicions of the task's labels; on the way the links between them."""
    rows = np.flatnonzero(library.truth.known.any(1))
    if len(rows) < FEWEST:
        reason = _("%(films)s labelled films are too few to find errors among them; %(wanted)s are needed.")
        done.skipped[library.version.name] = reason % {"films": len(rows), "wanted": FEWEST}
        return []
    try:
        found = _held_out(library, rows, progress)
    except (*UNUSABLE, ValueError) as error:
        done.skipped[library.version.name] = str(error)
        return []
    if not takes_labels(library.version):
        before = Links.objects.filter(version=library.version, helps=True).exists()
        links = linking.make(library, rows, found)
        done.links[library.version.name] = links.helps
        if links.helps or before:
            _show(library, progress)
    return errors.suspects(library, rows, found)


def _held_out(library: Library, rows: NDArray[np.int64], progress: Progress) -> out_of_fold.OutOfFold:
    """Out-of-fold scores of the labelled films, from plot and poster whatever the champion looks at."""
    from training.data import read_inputs

    default = RetrainOptions()
    text = _or(library.version.config.get("text_encoder", ""), default.text_encoder)
    image = _or(library.version.config.get("image_encoder", ""), default.image_encoder)
    inputs = read_inputs(library.film_ids[rows].tolist(), text, image, progress)
    progress.start(out_of_fold.FOLDS, "models", _("Judging films by models that have not seen them"))
    terms = [term.slug for term in library.terms]
    return out_of_fold.out_of_fold(inputs, library.labels[rows], terms, heard=progress.advance)


def _or(encoder: str, other: str) -> str:
    return other if encoder in NONE else encoder


def _show(library: Library, progress: Progress) -> None:
    """Let search and the list of what waits see the scores of half-decided films as the links have them."""
    half = library.film_ids[library.truth.known.any(1) & library.open.any(1)].tolist()
    progress.start(len(half), "films", _("Showing what decisions say about the rest"))
    for start in range(0, len(half), REFRESHED_AT_ONCE):
        search.refresh(half[start : start + REFRESHED_AT_ONCE])
        progress.advance(len(half[start : start + REFRESHED_AT_ONCE]))
