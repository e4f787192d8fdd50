"""Finding films by the words of a text: PostgreSQL's full text index over titles and plots, the rarest words first."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from inference.meaning.texts import Folded

MOST_WORDS = 32  # of a text; the rarest
BUDGET = 15_000  # films that are looked at: a text is looked up by its rarest words, as many as that allows

_LEXEMES = """
SELECT asked.lexeme, coalesce(known.films, 0), (SELECT films FROM inference_lexeme WHERE lexeme = '')
FROM unnest(tsvector_to_array(to_tsvector('english', %s) || to_tsvector('simple', %s))) AS asked (lexeme)
LEFT JOIN inference_lexeme AS known USING (lexeme) ORDER BY 2, 1 LIMIT %s
"""
# One bitmap scan of the index per word; what is left of the budget is where a single word has too many films.
_CANDIDATES = """
SELECT film_id, sum(idf) FROM unnest(%s::text[], %s::float8[]) AS asked (lexeme, idf)
CROSS JOIN LATERAL (SELECT film_id FROM inference_filmtext WHERE words @@ asked.lexeme::tsquery LIMIT %s) AS found
GROUP BY film_id ORDER BY 2 DESC, 1 DESC LIMIT %s
"""
_COVERAGE = """
SELECT film.film_id, sum(asked.idf) FROM inference_filmtext AS film
JOIN unnest(%s::text[], %s::float8[]) AS asked (lexeme, idf) ON film.words @@ asked.lexeme::tsquery
WHERE film.film_id = ANY(%s) GROUP BY film.film_id
"""


@dataclass(frozen=True, eq=False)
class Words:
    """W words of a text as the index has them, the rarest first."""

    lexemes: list[str]
    films: NDArray[np.int64]
    """(W,): how many films have each, when it was last counted"""
    idf: NDArray[np.float64]
    """(W,): ln(1 + (N - n + 1/2) / (n + 1/2)), as in BM25 (Robertson and Zaragoza 2009)"""

    def __len__(self) -> int:
        return len(self.lexemes)

    @property
    def known(self) -> float:
        """Share of the words that occur in any film; 0 without words."""
        return float((self.films > 0).mean()) if len(self) else 0.0


def read(text: Folded) -> Words:
    """One query."""
    with connection.cursor() as cursor:
        cursor.execute(_LEXEMES, [text.words, text.pairs, MOST_WORDS])
        rows = cursor.fetchall()
    films = np.array([row[1] for row in rows], np.int64)
    whole = float(rows[0][2] or 0) if rows else 0.0
    idf = np.log1p((np.maximum(whole - films, 0) + 0.5) / (films + 0.5))
    return Words([row[0] for row in rows], films, idf)


def candidates(words: Words, most: int) -> list[int]:
    """Ids of the films that have most of the rarest words; one query."""
    use = max(1, int((np.cumsum(words.films) <= BUDGET).sum()))
    if not len(words):
        return []
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, [_quoted(words.lexemes[:use]), words.idf[:use].tolist(), BUDGET, most])
        return [row[0] for row in cursor.fetchall()]


def coverage(words: Words, ids: Sequence[int]) -> NDArray[np.float64]:
    """(N,): how much of the text each film has, its words weighted by their rarity: 0 to 1. One query."""
    found = np.zeros(len(ids))
    if not len(words) or not ids:
        return found
    with connection.cursor() as cursor:
        cursor.execute(_COVERAGE, [_quoted(words.lexemes), words.idf.tolist(), list(ids)])
        sums = dict(cursor.fetchall())
    whole = float(words.idf.sum())
    return np.array([min(1.0, sums.get(film_id, 0.0) / whole) for film_id in ids])


def _quoted(lexemes: Sequence[str]) -> list[str]:
    """As a tsquery takes them literally."""
    escaped = (lexeme.replace("\\", "\\\\").replace("'", "''") for lexeme in lexemes)
    return [f"'{lexeme}'" for lexeme in escaped]
