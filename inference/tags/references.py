"""What tags are judged against, and what taggers say of the same films, as arrays."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from catalog.models import Film, Label, Term
from inference.models import Prediction, Relevance, Tagging
from inference.tags import genome
from inference.tags.metrics import Answers
from training.labels_file import BadLabels, read_labels
from training.metrics import Scores, Truth, prior
from training.models import ModelVersion, Task
from training.splits import split_of

RELEVANT = 0.5  # from which relevance a tag belongs to the reference


class NothingToJudge(Exception):
    """There is no reference, or nobody has said anything of its films; the message is a sentence for the user."""


@dataclass(frozen=True)
class Reference:
    """N films and the site's T tags: 1 yes, 0 no, -1 unknown."""

    name: str
    terms: list[str]
    film_ids: list[int]
    labels: NDArray[np.int8]
    test: NDArray[np.bool_]
    """(N,): films that no retraining has learned from"""

    def take(self, rows: NDArray[np.bool_]) -> "Reference":
        ids = [film for film, is_in in zip(self.film_ids, rows, strict=True) if is_in]
        return Reference(self.name, self.terms, ids, self.labels[rows], self.test[rows])

    @property
    def truth(self) -> Truth:
        return Truth.of(self.labels)


def mpst(path: Path | None, terms: list[str]) -> Reference:
    """MPST's tags, from its file or as they were imported; what a film does not list is a no.

    Raises NothingToJudge, BadLabels.
    """
    if path is not None:
        found = read_labels(path, Task.TAGS, terms)
        return _reference("mpst", terms, found.film_ids, found.labels)
    films = Film.objects.filter(**{"external__split:mpst__isnull": False}).order_by("pk")
    return _of_site("mpst", terms, list(films.values_list("pk", flat=True)))


def _of_site(name: str, terms: list[str], film_ids: list[int]) -> Reference:
    rows, columns = {pk: row for row, pk in enumerate(film_ids)}, _columns(terms)
    labels = np.full((len(film_ids), len(terms)), -1, np.int8)
    said = Label.objects.filter(film_id__in=film_ids, term__kind=Term.Kind.TAG, value__in=["yes", "no"])
    for film, term, value in said.values_list("film_id", "term_id", "value").iterator():
        if term in columns:
            labels[rows[film], columns[term]] = value == Label.Value.YES
    if not (labels == 1).any():
        raise NothingToJudge(_("No film here has tags to judge by: import some, or name a file."))
    return _reference(name, terms, film_ids, labels)


def movielens(path: Path | None, terms: list[str], relevant: float = RELEVANT) -> Reference:
    """The tag genome, from its file or as it was imported: yes from `relevant` on; tags it does not know are unknown.

    Raises NothingToJudge, BadGenome.
    """
    columns = _columns(terms)
    found = genome.read(path) if path is not None else _stored()
    films = dict(Film.objects.filter(imdb_id__in=list(found)).values_list("imdb_id", "pk"))
    if not films:
        raise NothingToJudge(_("No film here is in the tag genome: name its file, or run import_relevance."))
    labels = np.full((len(films), len(terms)), -1, np.int8)
    for row, imdb_id in enumerate(films):
        for term, value in found[str(imdb_id)].items():
            if term in columns:
                labels[row, columns[term]] = value >= relevant
    return _reference("movielens", terms, list(films.values()), labels)


def _stored() -> Mapping[str, Mapping[int, float]]:
    found: dict[str, dict[int, float]] = {}
    rows = Relevance.objects.exclude(film__imdb_id=None).values_list("film__imdb_id", "term", "value")
    for imdb_id, term, value in rows.iterator():
        found.setdefault(str(imdb_id), {})[term] = value
    return found


def _columns(terms: list[str]) -> dict[int, int]:
    ids = dict(Term.objects.filter(kind=Term.Kind.TAG, slug__in=terms).values_list("slug", "pk"))
    return {ids[slug]: column for column, slug in enumerate(terms) if slug in ids}


def _reference(name: str, terms: list[str], film_ids: list[int], labels: NDArray[np.int8]) -> Reference:
    return Reference(name, terms, film_ids, labels, _unlearned(film_ids))


def _unlearned(film_ids: Sequence[int]) -> NDArray[np.bool_]:
    """Films that the champion of tags has neither learned from nor been tuned on, by the split it was trained on."""
    champion = ModelVersion.objects.filter(task=Task.TAGS, champion=True).first()
    split = champion.config.get("options", {}).get("split", "hash") if champion else "hash"
    found = Film.objects.in_bulk(list(film_ids))
    if split in ("hash", "stratified"):
        return np.array([split_of(found[pk].key) == "test" for pk in film_ids], bool)
    # An official split leaves out the films that are in none of its parts.
    return np.array([found[pk].external.get(f"split:{split}") in (None, "test") for pk in film_ids], bool)


# What was said ----------------------------------------------------------------------------------------------

Say = Callable[[Reference], Answers]


def plot_answers(version: ModelVersion, reference: Reference) -> Answers:
    """A version's scores. Tags that it never learned score 0; films it has not predicted get its prior.

    Raises NothingToJudge where it has predicted none of the films.
    """
    columns = {slug: place for place, slug in enumerate(reference.terms)}
    rows = {pk: row for row, pk in enumerate(reference.film_ids)}
    places = [columns.get(slug, -1) for slug in version.terms]
    kept, into = [i for i, place in enumerate(places) if place >= 0], [place for place in places if place >= 0]
    scores, cuts = np.zeros(reference.labels.shape), np.full(len(reference.terms), np.inf)
    cuts[into] = np.array(version.thresholds)[kept]
    scores[:, into] = np.array(version.config.get("prior") or np.zeros(len(version.terms)))[kept]
    said = Prediction.objects.filter(version=version, film_id__in=reference.film_ids).values_list("film_id", "scores")
    if not said:
        raise NothingToJudge(_("%(version)s has predicted none of these films.") % {"version": version.name})
    for film, values in said:
        scores[rows[film], into] = np.array(values)[kept]
    return Answers(f"plot ({version.name})", scores, scores >= cuts)


def frame_answers(tagger: str, reference: Reference) -> tuple[Answers, NDArray[np.bool_]]:
    """A tagger's appearance ratios, and which of the films it has looked at, (N,)."""
    columns = {slug: place for place, slug in enumerate(reference.terms)}
    rows = {pk: row for row, pk in enumerate(reference.film_ids)}
    shares, seen = np.zeros(reference.labels.shape), np.zeros(len(reference.film_ids), bool)
    for tagging in Tagging.objects.filter(tagger=tagger, film_id__in=reference.film_ids, frames__gt=0):
        row = rows[tagging.film_id]
        seen[row] = True
        for slug, times in tagging.counts.items():
            if slug in columns:
                shares[row, columns[slug]] = times / tagging.frames
    return Answers(tagger, shares, shares >= max(settings.TAG_MIN_SHARE, 1e-9)), seen


def commonness(reference: Reference) -> Scores:
    """(T,) share of yes among the films that are learned from; among all where there are no others."""
    learned = ~reference.test
    return prior(reference.take(learned if learned.any() else ~learned).truth)


__all__ = ["BadLabels", "NothingToJudge", "Reference", "frame_answers", "movielens", "mpst", "plot_answers"]
