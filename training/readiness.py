"""What a retraining would find at this moment: how many films each term has to learn from. Counted in SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from catalog.models import Term, User
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


# Labels that somebody has turned round against an import or another person, as far as they still stand.
_TURNED = """
SELECT changes.user_id, count(DISTINCT (decision.film_id, decision.term_id))
FROM catalog_changeset AS changes
JOIN catalog_decision AS decision ON decision.change_set_id = changes.id
JOIN catalog_label AS label ON label.film_id = decision.film_id AND label.term_id = decision.term_id
    AND label.value = decision.after AND label.decided_by_id = changes.user_id
WHERE changes.created_at > %(since)s AND changes.kind IN ('decide', 'bulk') AND decision.term_id = ANY(%(terms)s)
    AND (decision.before, decision.after) IN (('yes', 'no'), ('no', 'yes'))
    AND decision.before_by_id IS DISTINCT FROM changes.user_id
GROUP BY 1 HAVING count(*) >= %(least)s ORDER BY 2 DESC
"""
MANY_TURNED, SHARE_TURNED = 50, 0.05


@dataclass(frozen=True)
class Turned:
    """One person who has turned round many labels since the last training."""

    person: str
    labels: int
    share: float
    """of the films' labels that are yes"""


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


def turned(task: Task, ready: Sequence[Ready], since: datetime) -> list[Turned]:
    """Who has turned round at least 50 labels, and 5 % of those that are yes, against an import or other people.

    One account that does so may be right, or misled, or stolen: a person looks before models learn it. Two queries.
    """
    terms, positive = [row.term.pk for row in ready], sum(row.train + row.validation + row.test for row in ready)
    with connection.cursor() as cursor:
        cursor.execute(_TURNED, {"since": since, "terms": terms, "least": MANY_TURNED})
        found = dict(cursor.fetchall())
    names = dict(User.objects.filter(pk__in=found).values_list("pk", "username"))
    people = [Turned(names[pk], labels, min(1.0, labels / max(positive, 1))) for pk, labels in found.items()]
    return [person for person in people if person.share >= SHARE_TURNED]


def _rows(query: str, terms: list[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [terms])
        return list(cursor.fetchall())
