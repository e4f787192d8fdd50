"""Films of which two say different things: poster and plot, two versions, an import and the champion."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from catalog.models import Label, Pick
from catalog.progress import Progress
from inference import predict
from inference.models import Prediction
from inference.picks import worth
from inference.picks.library import NO, YES, Library
from inference.picks.storing import Found
from training import data
from training.models import ModelVersion

if TYPE_CHECKING:
    from training.inputs import Inputs
    from training.registry import Model

Doubles = NDArray[np.float64]
BLOCK = 2048
ORDER = Pick.Order.DISAGREEMENT


def between_inputs(library: Library, progress: Progress) -> Iterator[Found]:
    """The champion judges each film by its poster alone and by its plot alone; nothing where it sees only one."""
    model, text, image = predict.load(library.version)
    if set(model.sees) != {"text", "image"} or model.looks.reads != "vectors":
        return
    wanted = np.flatnonzero(library.open.any(1) & ~library.finished(ORDER))
    progress.start(len(wanted), "films", _("Comparing posters with plots"))
    for start in range(0, len(wanted), BLOCK):
        rows = wanted[start : start + BLOCK]
        inputs = data.load_inputs(library.film_ids[rows].tolist(), text, image, model.looks)
        both = np.flatnonzero(inputs.has_text & inputs.has_image)
        if len(both):
            yield from _inputs_of(library, rows[both], model, inputs.take(both))
        progress.advance(len(rows))


def _inputs_of(library: Library, rows: NDArray[np.int64], model: "Model", inputs: "Inputs") -> Iterator[Found]:
    plot = model.scores(inputs.without_image())[:, library.places].astype(np.float64)
    poster = model.scores(inputs.without_text())[:, library.places].astype(np.float64)
    apart = worth.disagreement(plot, library.cuts, poster, library.cuts) * library.open[rows]
    for row, column in _worst(apart):
        why = {"between": "inputs", "poster": float(poster[row, column]), "plot": float(plot[row, column])}
        yield _found(library, rows[row], column, apart[row, column], why)


def between_versions(library: Library) -> Iterator[Found]:
    """The champion and the newest other version of its task, where that one has scored films as well."""
    others = ModelVersion.objects.filter(task=library.version.task, predictions__isnull=False)
    other = others.exclude(pk=library.version.pk).order_by("-number").first()
    if other is None:
        return
    column = {slug: place for place, slug in enumerate(other.terms)}
    ours = [place for place, term in enumerate(library.terms) if term.slug in column]
    theirs = [column[library.terms[place].slug] for place in ours]
    kept = library.open.any(1) & ~library.finished(ORDER)
    wanted = set(library.film_ids[kept].tolist())
    found = Prediction.objects.filter(version=other).order_by("film").values_list("film_id", "scores")
    rows = [(film_id, scores) for film_id, scores in found.iterator(BLOCK) if film_id in wanted]
    if not rows or not ours:
        return
    at = library.rows_of([film_id for film_id, _scores in rows])
    second = np.array([scores for _film_id, scores in rows])[:, theirs]
    first = library.scores[at][:, ours]
    apart = worth.disagreement(first, library.cuts[ours], second, np.array(other.thresholds)[theirs])
    apart *= library.open[at][:, ours]
    names = {"between": "versions", "one": library.version.name, "other": other.name}
    for row, place in _worst(apart):
        why = names | {"champion": float(first[row, place]), "challenger": float(second[row, place])}
        yield _found(library, at[row], ours[place], apart[row, place], why)


def from_imports(library: Library) -> Iterator[Found]:
    """What an import says against what the champion would say."""
    imported = ((library.said == YES) | (library.said == NO)) & ~library.by_person
    against = imported & ((library.scores >= library.cuts) != (library.said == YES))
    apart = np.abs(library.scores - (library.said == YES)) * against * ~library.finished(ORDER)[:, None]
    for row, column in _worst(apart):
        value = Label.Value.YES if library.said[row, column] == YES else Label.Value.NO
        why = {"between": "import", "value": str(value), "score": float(library.scores[row, column])}
        yield _found(library, row, column, apart[row, column], why)


def _worst(apart: Doubles) -> Iterator[tuple[int, int]]:
    """The cell of each film that is furthest apart, of films that have one."""
    columns = apart.argmax(1) if apart.size else np.zeros(0, np.int64)
    for row in np.flatnonzero(apart.max(1, initial=0) > 0).tolist():
        yield row, int(columns[row])


def _found(library: Library, row: int, column: int, value: float, why: dict[str, Any]) -> Found:
    return Found(int(library.film_ids[row]), library.terms[column], float(value), why)
