"""Who has finished with which film, or left it and why; and how far somebody has come."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from catalog.desk import claims
from catalog.models import Film, User, Visit

REST = timedelta(days=7)  # until the desk offers a film again that somebody has finished, or that one has left
AT_ONCE = timedelta(seconds=20)  # the same again within it is the same message, sent twice
REASON_LENGTH = 300
LONGEST = 3600.0  # seconds: who looks longer at one film has gone away


def resting(user: User) -> Exists:
    """Of a film in a query: whether this person has seen it to its end, or anybody has finished it, of late."""
    lately = Visit.objects.filter(film=OuterRef("pk"), at__gt=timezone.now() - REST)
    return Exists(lately.filter(Q(user=user) | Q(outcome=Visit.Outcome.DONE)))


def resting_for_one(user: User) -> Exists:
    """The same, of this person alone."""
    return Exists(Visit.objects.filter(film=OuterRef("pk"), user=user, at__gt=timezone.now() - REST))


def leave(
    film: Film,
    user: User,
    *,
    order: str,
    outcome: Visit.Outcome,
    decisions: int = 0,
    reason: str = "",
    seconds: float | None = None,
) -> Visit:
    """Write down that somebody is through with a film, and let go of it. Once, though it may be sent twice."""
    claims.release(film, user)
    lately = timezone.now() - AT_ONCE
    same = Visit.objects.filter(film=film, user=user, outcome=outcome, at__gt=lately, reason=reason[:REASON_LENGTH])
    return same.first() or Visit.objects.create(
        film=film,
        user=user,
        order=order,
        outcome=outcome,
        decisions=decisions,
        reason=reason[:REASON_LENGTH],
        seconds=None if seconds is None else min(max(seconds, 0.0), LONGEST),
    )


def come_back(film: Film, user: User) -> None:
    """What was finished is open again: the newest visit of this person to the film never was."""
    newest = Visit.objects.filter(film=film, user=user, at__gt=timezone.now() - REST).order_by("-at").first()
    if newest is not None:
        newest.delete()


def previous(user: User, *, before: Film | None = None) -> Film | None:
    """The film that this person left last; before another one where that is named and was left as well."""
    visits = Visit.objects.filter(user=user).order_by("-at").select_related("film")
    if before is not None:
        here = visits.filter(film=before).first()
        visits = visits.exclude(film=before)
        visits = visits.filter(at__lt=here.at) if here else visits
    visit = visits.filter(film__published=True).first()
    return visit.film if visit else None


def last_left(film: Film, user: User) -> datetime | None:
    return Visit.objects.filter(film=film, user=user).order_by("-at").values_list("at", flat=True).first()


@dataclass(frozen=True)
class Progress:
    """What somebody has done at the desk since a moment."""

    films: int
    decisions: int
    skipped: int
    seconds: float
    """spent on the films, as far as that is known"""

    @property
    def each(self) -> float | None:
        """Seconds per film."""
        return self.seconds / self.films if self.films and self.seconds else None


def progress(user: User, since: datetime) -> Progress:
    """One query."""
    visits = Visit.objects.filter(user=user, at__gte=since)
    done = Q(outcome=Visit.Outcome.DONE)
    found = visits.aggregate(
        decisions=Coalesce(Sum("decisions"), 0), seconds=Coalesce(Sum("seconds", filter=done), 0.0)
    )
    outcomes = list(visits.values_list("outcome", flat=True))
    films = outcomes.count(Visit.Outcome.DONE)
    return Progress(films, found["decisions"], len(outcomes) - films, found["seconds"])


def today(user: User) -> Progress:
    return progress(user, timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0))
