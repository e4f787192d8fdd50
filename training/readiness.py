"""What a retraining would find at this moment: how many films each term has to learn from. Counted in SQL."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from catalog.models import Term
from training.models import Task
from training.splits import PARTS_SQL

# Of the films that a snapshot takes (training/snapshot.py).
_SEEN = "published AND (plot <> '' OR plot_ko <> '' OR poster_sha256 <> '')"
_FILMS = f"WITH film AS MATERIALIZED ({PARTS_SQL.format(where=_SEEN)})"
_BY_TERM = f"""{_FILMS}
SELECT label.term_id, part, count(*) FROM film JOIN catalog_label label ON label.film_id = film.id
WHERE label.term_id = ANY(%s) AND label.value = 'yes' GROUP BY 1, 2
"""
_BY_PART = f"""{_FILMS}
SELECT part, count(*) FROM film WHERE EXISTS (
    SELECT FROM catalog_label label
    WHERE label.film_id = film.id AND label.term_id = ANY(%s) AND label.value <> 'unknown'
) GROUP BY 1
"""


@dataclass(frozen=True)
class Ready:
    """One term's films of which it is known, by the part of the split that they are in."""

    term: Term
    train: int
    """that have it, to learn from"""
    validation: int
    test: int
    needed: int

    @property
    def learned(self) -> bool:
        """Whether a retraining would learn it."""
        return self.train >= self.needed

    @property
    def missing(self) -> int:
        return max(0, self.needed - self.train)

    @property
    def judged(self) -> bool:
        """Whether its figures can be told: without a test film that has it there is no F1."""
        return self.test > 0

    @property
    def share(self) -> float:
        """How far it is, 0 to 1."""
        return min(1.0, self.train / self.needed) if self.needed else 1.0


def by_term(task: Task, needed: int) -> list[Ready]:
    """Every active term of the task, those that are furthest from being learned first. Two queries."""
    terms = {term.pk: term for term in Term.objects.filter(kind=task.term_kind, active=True)}
    counts = {(term_id, part): number for term_id, part, number in _rows(_BY_TERM, list(terms))}
    rows = [
        Ready(
            term,
            train=counts.get((pk, "train"), 0),
            validation=counts.get((pk, "validation"), 0),
            test=counts.get((pk, "test"), 0),
            needed=needed,
        )
        for pk, term in terms.items()
    ]
    return sorted(rows, key=lambda row: (row.train, row.term.slug))


def by_part(task: Task) -> dict[str, int]:
    """How many films a snapshot of these labels would have in each part. Two queries."""
    terms = list(Term.objects.filter(kind=task.term_kind, active=True).values_list("pk", flat=True))
    found: dict[str, int] = dict(_rows(_BY_PART, terms))
    return {part: found.get(part, 0) for part in ("train", "validation", "test")}


def _rows(query: str, terms: list[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [terms])
        return list(cursor.fetchall())
