"""Saying something of many chosen films at once: adding by default, and never replacing what a person has said."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from catalog.models import Term


@dataclass(frozen=True)
class Answer:
    """What is said of one term on every chosen film."""

    term: Term
    value: str


@dataclass(frozen=True)
class Outlook:
    """What would become of one answer, in films."""

    answer: Answer
    new: int
    """nothing is said yet"""
    over_import: int
    """an import says otherwise, and gives way"""
    same: int
    """it is said already"""
    kept: int
    """a person says otherwise, which stays"""
    locked: int
    """of those kept"""

    @property
    def written(self) -> int:
        return self.new + self.over_import


_COUNTS = """
SELECT count(*) FILTER (WHERE label.id IS NULL),
    count(*) FILTER (WHERE label.source = 'import' AND label.value <> %(value)s),
    count(*) FILTER (WHERE label.value = %(value)s),
    count(*) FILTER (WHERE label.source = 'person' AND label.value <> %(value)s),
    count(*) FILTER (WHERE label.source = 'person' AND label.value <> %(value)s AND label.locked)
FROM unnest(%(films)s::bigint[]) AS film (id)
LEFT JOIN catalog_label AS label ON label.film_id = film.id AND label.term_id = %(term)s
"""
_OPEN = """
SELECT DISTINCT film.id FROM unnest(%(films)s::bigint[]) AS film (id)
CROSS JOIN unnest(%(terms)s::bigint[], %(values)s::text[]) AS answer (term, value)
LEFT JOIN catalog_label AS label ON label.film_id = film.id AND label.term_id = answer.term
WHERE label.id IS NULL OR label.source = 'import' AND label.value <> answer.value
ORDER BY film.id
"""


def outlook(film_ids: Sequence[int], answers: Sequence[Answer]) -> list[Outlook]:
    """What would happen, answer by answer. One query each."""
    found = []
    with connection.cursor() as cursor:
        for answer in answers:
            cursor.execute(_COUNTS, {"films": list(film_ids), "term": answer.term.pk, "value": answer.value})
            found.append(Outlook(answer, *cursor.fetchone()))
    return found


def open_films(film_ids: Sequence[int], answers: Sequence[Answer]) -> list[int]:
    """Those of the films on which any of the answers would be written, by id. One query."""
    terms, values = [answer.term.pk for answer in answers], [answer.value for answer in answers]
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, {"films": list(film_ids), "terms": terms, "values": values})
        return [pk for (pk,) in cursor.fetchall()]
