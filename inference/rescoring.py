"""What the champion thinks of a film in view of what is said of it already.

Scores follow the curator's decisions whenever they are needed. A champion that can take known labels in is asked again,
in the process that draws the page: the poster's vector is stored, the model is read once per process, and neither needs
torch. The scores of any other champion are moved by a conditional model on how labels occur together (Links), where
that was measured to help.

Every label counts as known, a person's and an import's: it is what the site holds to be true and what the model
has learned from, whoever has said it. "Unknown" says nothing, so the model's own decision stays in its place.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from catalog.models import Label
from catalog.scores import ScoreTable
from inference.models import Links
from training import registry, vectors
from training.cooccurrence import Cooccurrence
from training.inputs import Inputs
from training.metrics import Truth
from training.models import ModelVersion
from training.registry import DamagedModel

logger = logging.getLogger(__name__)

TAKE_LABELS = {"chain"}  # architectures whose scorers take known labels, and are read without torch


class _TakesLabels(Protocol):
    """The scorer of an architecture in TAKE_LABELS."""

    def scores(self, inputs: Inputs, known: NDArray[np.int8] | None = None) -> NDArray[np.float32]:
        """Calibrated probabilities (N, T); ``known`` (N, T): 1 yes, 0 no, -1 unknown."""
        ...


@dataclass(frozen=True)
class _Said:
    """What is said of one film: the poster that it is about, and the value of each term that has a label."""

    poster_sha256: str
    yes: dict[int, bool]


def takes_labels(version: ModelVersion) -> bool:
    return version.architecture in TAKE_LABELS


def rescored(table: ScoreTable, version: ModelVersion, places: Sequence[int]) -> ScoreTable:
    """The table with the scores of labelled films as they are given those labels.

    ``places`` are the columns of the version's terms that the table has. A film whose poster has no vector yet keeps
    its scores, and so do all where the model's folder cannot be read: pages do without what is missing. Two queries
    at most.
    """
    given: list[int | None] = [0 if "poster" in seen else None for seen in table.inputs]
    said = _said(table)
    try:
        found = _scores(table, version, places, said) if said else {}
    except DamagedModel as error:
        logger.warning("%s cannot score films in view of their labels: %s", version, error)
        return table
    scores = table.scores.copy()
    for row, film_id in enumerate(table.film_ids.tolist()):
        if film_id in found:
            scores[row], given[row] = found[film_id], len(said[film_id].yes)
        elif film_id in said:
            given[row] = None
    return replace(table, scores=scores, given=given)


def rescored_by_links(table: ScoreTable, version: ModelVersion, places: Sequence[int], made_at: datetime) -> ScoreTable:
    """The same for a champion that takes no labels, by the links of this version that were made then. One query."""
    said = _said(table)
    column = {term_id: place for place, term_id in enumerate(table.term_ids.tolist())}
    labels = np.full(table.scores.shape, -1, np.int8)
    given: list[int | None] = [0] * len(table.film_ids)
    for row, film_id in enumerate(table.film_ids.tolist()):
        if film_id in said:
            given[row] = len(said[film_id].yes)
            for term_id, yes in said[film_id].yes.items():
                labels[row, column[term_id]] = yes
    links = _links(version.pk, made_at).of(places)
    return replace(table, scores=links(table.scores, Truth.of(labels)), given=given)


@lru_cache(maxsize=8)
def _links(version_id: int, made_at: datetime) -> Cooccurrence:
    """Read once per process and each time that they are made anew."""
    weights = Links.objects.values_list("weights", flat=True).get(version=version_id)
    terms = len(ModelVersion.objects.values_list("terms", flat=True).get(pk=version_id))
    return Cooccurrence(np.array(weights).reshape(terms, -1))


def _said(table: ScoreTable) -> dict[int, _Said]:
    """By film; those of which nothing is said are left out."""
    labels = Label.objects.filter(film_id__in=table.film_ids.tolist(), term_id__in=table.term_ids.tolist())
    labels = labels.exclude(value=Label.Value.UNKNOWN)
    found: dict[int, _Said] = {}
    for film_id, term_id, value, sha256 in labels.values_list("film_id", "term_id", "value", "film__poster_sha256"):
        found.setdefault(film_id, _Said(sha256, {})).yes[term_id] = value == Label.Value.YES
    return found


def _scores(
    table: ScoreTable, version: ModelVersion, places: Sequence[int], said: dict[int, _Said]
) -> dict[int, NDArray[np.float64]]:
    """Scores (T,) in the order of the table's terms, by film. Raises DamagedModel."""
    model = registry.load(version)
    pictures, there = vectors.load(model.config["encoders"][-1], [film.poster_sha256 for film in said.values()])
    films = [film_id for film_id, has in zip(said, there.tolist(), strict=True) if has]
    column = dict(zip(table.term_ids.tolist(), places, strict=True))
    known = np.full((len(films), len(model.terms)), -1, np.int8)
    for row, film_id in enumerate(films):
        for term_id, yes in said[film_id].yes.items():
            known[row, column[term_id]] = yes
    scores = cast("_TakesLabels", model.scorer).scores(_inputs(pictures[there]), known)
    return dict(zip(films, scores[:, list(places)].astype(np.float64), strict=True))


def _inputs(pictures: NDArray[np.float32]) -> Inputs:
    """Posters (N, D) and nothing else: what a chain sees."""
    films = len(pictures)
    return Inputs(
        texts=[""] * films,
        text_vectors=np.zeros((films, 0), np.float32),
        has_text=np.zeros(films, bool),
        image_vectors=pictures,
        has_image=np.ones(films, bool),
        years=[None] * films,
        languages=[""] * films,
        posters=[None] * films,
    )
