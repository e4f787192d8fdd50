"""The champions' scores in the catalogue's shape: see catalog/scores.py."""

from collections.abc import Sequence
from functools import lru_cache

from catalog.models import Term
from catalog.scores import FilmScores, Score
from inference.models import Prediction
from training.models import ModelVersion, Task


@lru_cache(maxsize=16)
def _term_ids(version_id: int) -> tuple[int | None, ...]:
    """Ids of a version's terms in the order of its scores; a version never changes, terms are never deleted."""
    version = ModelVersion.objects.get(pk=version_id)
    ids = dict(Term.objects.filter(kind=Task(version.task).term_kind).values_list("slug", "pk"))
    return tuple(ids.get(slug) for slug in version.terms)


def champion_scores(film_ids: Sequence[int]) -> FilmScores:
    """Scores per film and term from the champion of every task."""
    found: FilmScores = {}
    predictions = Prediction.objects.filter(film_id__in=film_ids, version__champion=True)
    for prediction in predictions.select_related("version"):
        version, inputs = prediction.version, tuple(prediction.inputs)
        scores = found.setdefault(prediction.film_id, {})
        for term_id, score, cut in zip(_term_ids(version.pk), prediction.scores, version.thresholds, strict=True):
            if term_id is not None:
                scores[term_id] = Score(score, cut, version.name, inputs)
    return found
