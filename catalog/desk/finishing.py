"""Answering, finishing and skipping a film, whether its labels are asked for or a second opinion."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from catalog.desk import answers, claims, second, visits
from catalog.desk.answers import Answer, Saved
from catalog.desk.queue import SECOND
from catalog.models import ChangeSet, Film, SecondReview, User, Visit

LATELY = timedelta(hours=12)


def answer(film: Film, said: Sequence[Answer], *, user: User, revision: int) -> Saved:
    """Save answers, and hold on to the film. Raises as catalog.desk.answers.say does."""
    saved = _save(film, said, user, revision, second.current(film, user))
    claims.take(film.pk, user)
    return saved


def _save(film: Film, said: Sequence[Answer], user: User, revision: int, again: SecondReview | None) -> Saved:
    if again is None:
        return answers.say(film, said, user=user, revision=revision)
    second.answer(again, said)
    return Saved(None, [], 0)


def finish(
    film: Film,
    said: Sequence[Answer],
    *,
    whole: bool,
    user: User,
    revision: int,
    order: str,
    seconds: float | None = None,
) -> Saved:
    """Save what is left to say and be through with the film. With `whole` all of it is judged; without, the rest is
    left open, and a film of which nothing was said counts as skipped.

    Raises as catalog.desk.answers.say does; the film is not left then.
    """
    again = second.current(film, user)
    saved = _save(film, said, user, revision, again)
    decisions = saved.decisions + _decided_before(film, user, saved.changes)
    if again is not None:
        second.finish(again, []) if whole else second.give_up(again)
    outcome = Visit.Outcome.DONE if whole or decisions else Visit.Outcome.SKIPPED
    order = SECOND if again else order
    visits.leave(film, user, order=order, outcome=outcome, decisions=decisions, seconds=seconds)
    if whole and again is None:
        second.maybe_ask(film, user)
    return saved


def skip(film: Film, *, user: User, reason: str, order: str, seconds: float | None = None) -> None:
    """Leave the film to others. What was said of it by single keys stays said."""
    again = second.current(film, user)
    if again is not None:
        second.give_up(again)
    visits.leave(
        film,
        user,
        order=SECOND if again else order,
        outcome=Visit.Outcome.SKIPPED,
        decisions=_decided_before(film, user, None),
        reason=reason,
        seconds=seconds,
    )


def _decided_before(film: Film, user: User, last: ChangeSet | None) -> int:
    """Decisions of this person on the film by single keys that no visit has counted yet, the last change set aside."""
    since = visits.last_left(film, user) or timezone.now() - LATELY
    own = film.decisions.filter(change_set__user=user, change_set__kind=ChangeSet.Kind.DECIDE)
    return own.filter(change_set__created_at__gt=since).exclude(change_set=last).count()
