"""What search knows of films, read from the films themselves: for each key, which films have it.

Keys: `term/17` with the weight in thousandths; `decade/1970`, `language/ko`, `has/poster`, `has/plot`, `has/footage`,
`published`, `said/person` (a label by a person), `said/model` (a term from a model), `said/term` (any term),
`said/waiting` (a proposal nobody has decided on); `year` with the year and `doubt` with the doubt as weights.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Weights = NDArray[np.uint16]
DOUBT_SCALE = 32_767  # the most that fits into PostgreSQL's two bytes

TERMS = """
SELECT 'term/' || term_id, string_agg(int8send(film_id), ''::bytea ORDER BY film_id),
    string_agg(int2send(least(round(weight * 1000), 32767)::int2), ''::bytea ORDER BY film_id)
FROM catalog_filmterm WHERE film_id = ANY(%(films)s){terms} GROUP BY term_id
"""
FILMS = f"""
SELECT fact.key, string_agg(int8send(film.id), ''::bytea ORDER BY film.id),
    string_agg(int2send(fact.weight::int2), ''::bytea ORDER BY film.id)
FROM catalog_film AS film LEFT JOIN catalog_review AS review ON review.film_id = film.id, LATERAL (VALUES
    ('published', film.published, 0),
    ('year', film.year IS NOT NULL, film.year),
    ('decade/' || film.year / 10 * 10, film.year IS NOT NULL, 0),
    ('language/' || film.language, film.language <> '', 0),
    ('has/poster', film.poster_sha256 <> '', 0),
    ('has/plot', film.plot <> '' OR film.plot_ko <> '', 0),
    ('has/footage', EXISTS (SELECT FROM catalog_clip WHERE film_id = film.id), 0),
    ('said/person', EXISTS (SELECT FROM catalog_label WHERE film_id = film.id AND source = 'person'), 0),
    ('said/model', EXISTS (SELECT FROM catalog_filmterm WHERE film_id = film.id AND origin = 'model'), 0),
    ('said/term', EXISTS (SELECT FROM catalog_filmterm WHERE film_id = film.id), 0),
    ('said/waiting', review.waiting > 0, 0),
    ('doubt', review.doubt IS NOT NULL, round(review.doubt * {DOUBT_SCALE}))
) AS fact (key, holds, weight)
WHERE film.id = ANY(%(films)s) AND fact.holds{{keys}} GROUP BY fact.key
"""


@dataclass(frozen=True, eq=False)
class Having:
    """The films that have something, ids rising, and how much of it each."""

    films: Ids
    weights: Weights


def read(film_ids: Iterable[int], keys: Collection[str] | None = None) -> dict[str, Having]:
    """What these films have, of these keys or of all: only keys that one of them has. Two queries at most."""
    films = list(film_ids)
    found: dict[str, Having] = {}
    if films:
        terms = None if keys is None else [int(key[5:]) for key in keys if key.startswith("term/")]
        if terms is None or terms:
            narrow = "" if terms is None else " AND term_id = ANY(%(terms)s)"
            found |= _query(TERMS.format(terms=narrow), {"films": films, "terms": terms})
        others = None if keys is None else [key for key in keys if not key.startswith("term/")]
        if others is None or others:
            narrow = "" if others is None else " AND fact.key = ANY(%(keys)s)"
            found |= _query(FILMS.format(keys=narrow), {"films": films, "keys": others})
    return found


def _query(sql: str, parameters: dict[str, Any]) -> dict[str, Having]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return {key: Having(np.frombuffer(films, ">i8").astype(np.int64), weights_of(w)) for key, films, w in cursor}


def weights_of(stored: bytes | memoryview) -> Weights:
    """Two bytes each, the higher one first, as PostgreSQL sends them."""
    return np.frombuffer(stored, ">u2").astype(np.uint16)
