"""Soft claims: who has a film before them for the next ten minutes, so that nobody else is given it meanwhile.

A claim keeps a film from being given, not from being opened: whoever comes to it by another way may decide, and
revisions keep the two from overwriting each other.
"""

from datetime import timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from catalog.models import Claim, Film, User

HELD = timedelta(minutes=10)


def take(film_id: int, user: User) -> bool:
    """Claim a film, or hold on to it for ten minutes more; False while somebody else holds it.

    One statement: of two people who ask at once, one gets it.
    """
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO catalog_claim AS held (film_id, user_id, until) VALUES (%s, %s, %s)
            ON CONFLICT (film_id) DO UPDATE SET user_id = excluded.user_id, until = excluded.until
            WHERE held.user_id = excluded.user_id OR held.until <= %s""",
            [film_id, user.pk, now + HELD, now],
        )
        return bool(cursor.rowcount)


def release(film: Film, user: User) -> None:
    Claim.objects.filter(film=film, user=user).delete()


def held_by_others(user: User) -> Exists:
    """Of a film in a query: whether somebody else holds it now."""
    return Exists(_live().filter(film=OuterRef("pk")).exclude(user=user))


def holder(film: Film, user: User) -> User | None:
    """Who else holds the film now."""
    claim = _live().filter(film=film).exclude(user=user).select_related("user").first()
    return claim.user if claim else None


def _live() -> QuerySet[Claim]:
    return Claim.objects.filter(until__gt=timezone.now())
