"""Accept by rule: "Horror at 0.95 or more". What search shows as proposed is what the rule is about.

A proposal stands only where nobody has said anything: what people decided, what they locked and what imports said
has no proposal, so that no rule ever touches it.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from catalog.models import Film, FilmTerm, Term

SHOWN = 12
STEPS = (0.99, 0.98, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5)
OVERVIEW = (0.99, 0.95, 0.9)
MOST_COUNTED = 10_000  # for one term in the overview


@dataclass(frozen=True)
class Rule:
    """Say yes wherever the term is proposed at `at_least` or more; at most on `most` films, the surest first."""

    term: Term
    at_least: float
    most: int = 0

    def films(self) -> list[int]:
        """Ids of the films that it is about, the surest first. One query."""
        found = proposals(self.term).filter(weight__gte=self.at_least).order_by("-weight", "film")
        ids = found.values_list("film_id", flat=True)
        return list(ids[: self.most] if self.most else ids)


def proposals(term: Term) -> QuerySet[FilmTerm]:
    return FilmTerm.objects.filter(term=term, origin=FilmTerm.Origin.MODEL, film__published=True)


def still(rule: Rule, film_ids: Sequence[int]) -> list[int]:
    """Those of these films that the rule is still about."""
    return list(
        proposals(rule.term).filter(weight__gte=rule.at_least, film__in=film_ids).values_list("film", flat=True)
    )


@dataclass(frozen=True)
class Shown:
    """A film with its score on one term; None where nothing is proposed."""

    film: Film
    score: float | None


def sample(term: Term, film_ids: Sequence[int], seed: int) -> list[Shown]:
    """Some of these films, drawn at random: the same for the same seed. Two queries."""
    drawn = random.Random(seed).sample(list(film_ids), min(SHOWN, len(film_ids)))
    films = Film.objects.in_bulk(drawn)
    scores = dict(FilmTerm.objects.filter(term=term, film__in=drawn).values_list("film_id", "weight"))
    return [Shown(films[pk], scores.get(pk)) for pk in drawn if pk in films]


def steps(term: Term) -> list[tuple[float, int]]:
    """How many films the rule is about at other limits, the highest first. One query."""
    weights = sorted(proposals(term).values_list("weight", flat=True), reverse=True)
    counted = [(limit, sum(weight >= limit for weight in weights)) for limit in STEPS]
    return [(limit, count) for limit, count in counted if count]


@dataclass(frozen=True)
class Waiting:
    """A term with how many films it is proposed for, at each limit of OVERVIEW and above the cut."""

    term: Term
    counts: tuple[int, ...]
    proposed: int

    @property
    def rules(self) -> list[tuple[float, int]]:
        """Each limit with its count."""
        return list(zip(OVERVIEW, self.counts, strict=True))


def overview() -> list[Waiting]:
    """Terms with proposals, those with most sure ones first; counted up to MOST_COUNTED each. Two queries."""
    counts = ", ".join(f"count(*) FILTER (WHERE weight >= {limit})" for limit in OVERVIEW)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT term.id, found.* FROM catalog_term AS term CROSS JOIN LATERAL (
                SELECT {counts}, count(*) FROM (
                    SELECT proposal.weight FROM catalog_filmterm AS proposal
                    JOIN catalog_film AS film ON film.id = proposal.film_id AND film.published
                    WHERE proposal.term_id = term.id AND proposal.origin = 'model'
                    ORDER BY proposal.weight DESC LIMIT {MOST_COUNTED}
                ) AS surest
            ) AS found WHERE term.active"""
        )
        rows = [(pk, tuple(found)) for pk, *found in cursor.fetchall()]
    terms = Term.objects.in_bulk([pk for pk, found in rows if found[-1]])
    waiting = [Waiting(terms[pk], found[:-1], found[-1]) for pk, found in rows if pk in terms]
    return sorted(waiting, key=lambda one: (one.term.kind, *(-count for count in one.counts), one.term.slug))
