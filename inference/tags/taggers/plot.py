"""Plot tags: what the champion of tags says of a film's plot. Needs no footage, and is there from the first retraining.

Search and the film's page show its scores anyway, as those of every champion; this brings them up to date and reads
them off in the shape in which taggers of frames speak.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from catalog.models import FilmQuerySet
from catalog.progress import Progress
from inference.models import Prediction
from inference.predict import UNUSABLE, predict_stale
from inference.tags.taggers import TaggerUnavailable
from training.models import ModelVersion, Task


@dataclass(frozen=True)
class PlotTags:
    """A film's tags above their thresholds with their scores, the highest first."""

    key: str
    title: str
    scores: dict[str, float]


def champion() -> ModelVersion:
    """Raises TaggerUnavailable where there is none."""
    version = ModelVersion.objects.filter(task=Task.TAGS, champion=True).first()
    if version is None:
        raise TaggerUnavailable(_("There is no champion of tags yet: train one with `manage.py retrain tags`."))
    return version


def look(films: FilmQuerySet, *, everything: bool, wait: bool, progress: Progress) -> Iterator[PlotTags]:
    """The tags of these films, after predicting what is stale, or everything.

    Raises:
        TaggerUnavailable: there is no champion, or it cannot be used here.
        NotNow: somebody else predicts by it, and `wait` is False.
    """
    version = champion()
    try:
        predict_stale(version, films=films, everything=everything, wait=wait, progress=progress)
    except UNUSABLE as error:
        raise TaggerUnavailable(str(error)) from error
    said = Prediction.objects.filter(version=version, film__in=films).order_by("film__key")
    for key, title, scores in said.values_list("film__key", "film__title", "scores").iterator():
        above = zip(version.terms, scores, version.thresholds, strict=True)
        found = {slug: score for slug, score, cut in above if score >= cut}
        yield PlotTags(key, title, dict(sorted(found.items(), key=lambda item: -item[1])))
