"""The next film for a person: the first one of their order that fits, that nobody holds and that has not had its turn.

The database hands films out: candidates that another transaction is looking at are skipped, and the claim itself is
one statement that only one person's can win.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict

from catalog.desk import claims, second
from catalog.desk.orders import DEFAULT, ORDERS, DeskOrder, Wanted
from catalog.desk.visits import resting
from catalog.models import Film, SecondReview, Term, User

TRIES = 16  # until a film is found that nobody took in the last millisecond
LONGEST_BOX = 240  # minutes
SECOND = "second"  # the order under which a second opinion is written down


@dataclass(frozen=True)
class Offer:
    """A film that a person has been given; with a second review they are not shown what the first one said."""

    film: Film
    second: SecondReview | None = None


def read(query: QueryDict) -> Wanted:
    """What an address wants to see; what it says wrongly is as if it said nothing."""
    name, minutes = query.get("order", ""), _number(query.get("minutes", ""))
    genre = Term.objects.filter(kind=Term.Kind.GENRE, slug=query.get("genre", ""), active=True).first()
    return Wanted(
        order=name if name in ORDERS and ORDERS[name].offered else DEFAULT,
        genre=genre if query.get("genre") else None,
        decade=_number(query.get("decade", "")),
        source=query.get("source", "")[:60],
        machine_only=query.get("machine") == "1",
        minutes=min(minutes, LONGEST_BOX) if minutes else None,
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else None


def query(wanted: Wanted, **more: Any) -> str:
    """The same as the end of an address, with its question mark; shortest, in a stable order."""
    said = {
        "order": wanted.order if wanted.order != DEFAULT else "",
        "genre": wanted.genre.slug if wanted.genre else "",
        "decade": wanted.decade or "",
        "source": wanted.source,
        "machine": "1" if wanted.machine_only else "",
        "minutes": wanted.minutes or "",
        **more,
    }
    text = urlencode({name: value for name, value in said.items() if value})
    return f"?{text}" if text else ""


def order_of(wanted: Wanted) -> DeskOrder:
    return ORDERS[wanted.order]


def next_film(user: User, wanted: Wanted, *, have: Sequence[str] = ()) -> Offer | None:
    """Give this person a film and claim it for them; None when there is none left.

    `have` are keys of the films that they have in hand already. What they were given before and did not finish comes
    again, unless it is among these.
    """
    if not (wanted.genre or wanted.decade or wanted.source or wanted.minutes):
        found = _give(second.waiting_for(user).exclude(key__in=have), user)
        review = second.begin(found, user) if found else None
        if found and review:
            return Offer(found, review)
    film = _give(left(user, wanted).exclude(key__in=have), user)
    return Offer(film) if film else None


def left(user: User, wanted: Wanted) -> QuerySet[Film]:
    """The films that this person would be given now, in order."""
    films = order_of(wanted).films(wanted)
    return films.exclude(claims.held_by_others(user)).exclude(resting(user))


def _give(films: QuerySet[Film], user: User) -> Film | None:
    """The first of these films that can be claimed. Films that others are being given at this moment are skipped;
    when none else is left, waited for."""
    skip = True
    for _ in range(TRIES):
        with transaction.atomic():
            film = films.select_for_update(of=("self",), skip_locked=skip, no_key=True).first()
            if film is not None and claims.take(film.pk, user):
                return film
            if film is None and not skip:
                return None
            skip = film is not None
    return None
