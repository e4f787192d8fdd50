"""What one version's stored scores of one term come to: films counted between thresholds, in two queries.

Scores are of each film alone, as they are stored: what labels make of them on pages is left out, since a score that
has heard of a label cannot be judged by that label.
"""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.core.cache import cache
from django.db import connection
from numpy.typing import NDArray

from catalog.models import Term
from training.models import ModelVersion, Task
from training.snapshot import OFFICIAL, PARTS
from training.splits import PARTS_SQL

LARGE = 50_000  # films; counting more is done once in KEPT_SECONDS
KEPT_SECONDS = 3600
STEPS = 100
Counts = NDArray[np.int64]

# Films of which it is known whether they have the term, in the parts that nothing was learned from.
_JUDGED = """
WITH film AS MATERIALIZED ({parts})
SELECT film.part, width_bucket(said.scores[%(place)s], %(cuts)s::float8[]), count(*),
       count(*) FILTER (WHERE label.value = 'yes'), sum(said.scores[%(place)s])
FROM film
JOIN catalog_label AS label ON label.film_id = film.id AND label.term_id = %(term)s AND label.value <> 'unknown'
JOIN inference_prediction AS said ON said.film_id = film.id AND said.version_id = %(version)s
WHERE film.part <> 'train' GROUP BY 1, 2
"""
_KNOWN = """published AND id IN (
    SELECT film_id FROM catalog_label WHERE term_id = %(term)s AND value <> 'unknown'
)"""
# An official split came with an import: each film carries the name of its part.
_OFFICIAL_SQL = "SELECT id, %(names)s::jsonb ->> (external ->> %(split)s) AS part FROM catalog_film WHERE {where}"
# Films of which nobody has said anything: what the model decides is what people see. Unpublished films, which are few,
# are left out by their own index: the table of films is wide.
_OPEN = """
SELECT width_bucket(said.scores[%(place)s], %(cuts)s::float8[]), count(*)
FROM inference_prediction AS said WHERE said.version_id = %(version)s AND NOT EXISTS (
    SELECT FROM catalog_label AS label WHERE label.film_id = said.film_id AND label.term_id = %(term)s
) AND NOT EXISTS (
    SELECT FROM catalog_film AS film WHERE film.id = said.film_id AND NOT film.published
) GROUP BY 1
"""


@dataclass(frozen=True, eq=False)
class Part:
    """Known films of one part of the split, counted between the cut of each place and the next one."""

    films: Counts
    """(C,)"""
    yes: Counts
    """(C,) that have the term"""
    scores: NDArray[np.float64]
    """(C,) sums of their scores"""

    def __add__(self, other: "Part") -> "Part":
        return Part(self.films + other.films, self.yes + other.yes, self.scores + other.scores)


@dataclass(frozen=True, eq=False)
class Tally:
    """One version's scores of one term, counted between C cuts that rise from 0 to 1."""

    cuts: NDArray[np.float64]
    """(C,)"""
    validation: Part
    test: Part
    open: Counts
    """(C,) published films of which nobody has said anything"""
    split: bool
    """Whether it is known which films the version was chosen by; without that no film is judged."""

    def place(self, cut: float) -> int:
        """Where this cut is among the cuts; it has to be one of them."""
        return int(np.flatnonzero(self.cuts == cut)[0])

    @property
    def size(self) -> int:
        return int(self.open.sum() + self.validation.films.sum() + self.test.films.sum())


def cuts_with(*own: float) -> list[float]:
    """0, 0.01 … 1 with the version's own thresholds among them."""
    return sorted({*(step / STEPS for step in range(STEPS + 1)), *own})


def tally(version: ModelVersion, term: Term, own: tuple[float, ...]) -> Tally:
    """Two queries; of a large catalogue, what was counted within the last hour is good enough."""
    cuts = cuts_with(*own)
    key = f"tally-{version.pk}-{term.pk}-{'-'.join(map(str, own))}"
    found: Tally | None = cache.get(key)
    if found is None:
        found = _count(version, term, cuts)
        if found.size >= LARGE:
            cache.set(key, found, KEPT_SECONDS)
    return found


def _count(version: ModelVersion, term: Term, cuts: list[float]) -> Tally:
    place = version.terms.index(term.slug) + 1  # PostgreSQL counts from 1
    given = {"version": version.pk, "term": term.pk, "cuts": cuts, "place": place}
    parts, more = _parts(version)
    judged = _rows(_JUDGED.format(parts=parts), given | more) if parts else []
    return Tally(
        cuts=np.array(cuts),
        validation=_part(judged, "validation", len(cuts)),
        test=_part(judged, "test", len(cuts)),
        open=_spread(_rows(_OPEN, given), 0, 1, len(cuts)).astype(np.int64),
        split=bool(parts),
    )


def _parts(version: ModelVersion) -> tuple[str, dict[str, Any]]:
    """SQL for the ids of known films with their parts, and its parameters; empty where nobody has noted the parts.

    A stratified split is another one whenever labels change, and scenes are split by footage.
    """
    split = (version.config.get("options") or {}).get("split", "hash")
    if version.task == Task.SCENES or split not in {"hash", *OFFICIAL}:
        return "", {}
    if split == "hash":
        return PARTS_SQL.format(where=_KNOWN), {}
    return _OFFICIAL_SQL.format(where=_KNOWN), {"split": f"split:{split}", "names": json.dumps(PARTS)}


def _part(rows: list[tuple[Any, ...]], name: str, size: int) -> Part:
    mine = [row for row in rows if row[0] == name]
    films, yes, scores = (_spread(mine, 1, column, size) for column in (2, 3, 4))
    return Part(films.astype(np.int64), yes.astype(np.int64), scores)


def _spread(rows: list[tuple[Any, ...]], bucket: int, column: int, size: int) -> NDArray[np.float64]:
    """(C,) one column of the rows, at the places that their buckets name."""
    found = np.zeros(size)
    for row in rows:
        found[row[bucket] - 1] = row[column]
    return found


def _rows(query: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return list(cursor.fetchall())
