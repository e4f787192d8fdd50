"""Picks and suspicions as rows: one order is replaced at once, so that the desk never sees half of it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from catalog.models import Film, Pick, Term
from inference.models import Suspect

MOST, MOST_OF_A_TERM = 2000, 100
BATCH = 1000


@dataclass(frozen=True)
class Found:
    """One film that an order offers: `worth` the higher the sooner, `why` what its sentence is made of."""

    film_id: int
    term: Term
    worth: float
    why: dict[str, Any]


def best(found: Iterable[Found]) -> list[Found]:
    """Each film once, for what it is worth most; the first of all, and the first of each term for who asks for it."""
    films: set[int] = set()
    terms: Counter[int] = Counter()
    kept = []
    for one in sorted(found, key=lambda one: (-one.worth, -one.film_id)):
        if one.film_id in films or (len(films) >= MOST and terms[one.term.pk] >= MOST_OF_A_TERM):
            continue
        films.add(one.film_id)
        terms[one.term.pk] += 1
        kept.append(one)
    return kept


def replace_picks(order: Pick.Order, found: Iterable[Found]) -> int:
    """Put these in the place of the order's picks; films that are gone by now are left out. Gives their number."""
    kept = best(found)
    with transaction.atomic():
        _one_after_the_other()
        there = set(Film.objects.filter(pk__in=[one.film_id for one in kept]).values_list("pk", flat=True))
        rows = [
            Pick(film_id=one.film_id, order=order, term=one.term, worth=one.worth, why=one.why)
            for one in kept
            if one.film_id in there
        ]
        Pick.objects.filter(order=order).delete()
        Pick.objects.bulk_create(rows, batch_size=BATCH)
    return len(rows)


def replace_suspects(suspects: list[Suspect]) -> int:
    """The same for suspicions, of all terms."""
    with transaction.atomic():
        _one_after_the_other()
        there = set(Film.objects.filter(pk__in={one.film_id for one in suspects}).values_list("pk", flat=True))
        rows = [one for one in suspects if one.film_id in there]
        Suspect.objects.all().delete()
        Suspect.objects.bulk_create(rows, batch_size=BATCH)
    return len(rows)


def _one_after_the_other() -> None:
    """A job and somebody's command may be at it together: the later one's rows stay."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('picks'))")
