"""Deciding what a film is: accept, reject, clear, lock; undo is in catalog/changesets.py.

Each function is one change set in one transaction. The log is written by the database (migration 0002);
here it is told which change set the changes belong to, and what search sees is brought up to date.
"""

from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog import search
from catalog.changesets import BULK_LIMIT as BULK_LIMIT
from catalog.changesets import CannotUndo as CannotUndo
from catalog.changesets import change_set as change_set
from catalog.changesets import hold_terms
from catalog.changesets import may_undo as may_undo
from catalog.models import ChangeSet, Film, Label, Term, User
from catalog.putting_back import undo as undo
from catalog.scores import Score, film_scores

PERSON = Label.Source.PERSON


class Conflict(Exception):
    """Somebody else changed the film since it was shown; `film` is as it is now."""

    def __init__(self, film: Film) -> None:
        sentence = _("%(film)s was changed meanwhile; it is at revision %(revision)s.")
        super().__init__(sentence % {"film": film, "revision": film.revision})
        self.film = film


class Locked(Exception):
    """The label is locked: it has to be unlocked before it can change."""


class Retired(Locked):
    """The term was retired or merged since it was shown: nothing is said of it any more."""


def claim_revision(film: Film, revision: int) -> None:
    """Make the film's next revision ours.

    Raises:
        Conflict: the film is no longer at `revision`. The row stays locked until the transaction ends.
    """
    claimed = Film.objects.filter(pk=film.pk, revision=revision).update(
        revision=F("revision") + 1, changed_at=timezone.now()
    )
    film.refresh_from_db()
    if not claimed:
        raise Conflict(film)


def decide(film: Film, term: Term, value: Label.Value, *, user: User, revision: int, locked: bool = False) -> ChangeSet:
    """Say yes, no or unknown of a film's term, as a person. A label that is locked stays so.

    Raises:
        Conflict: the film changed since `revision`.
        Locked: the label is locked and the value differs.
        Retired: the term is not in use any more.
    """
    with change_set(ChangeSet.Kind.DECIDE, user) as changes:
        _refuse_retired(term)
        claim_revision(film, revision)
        was_locked = _refuse_if_locked(film, term, value)
        _write(film, term, value, user, locked or was_locked)
        search.refresh([film.pk])
    return changes


def accept(film: Film, term: Term, *, user: User, revision: int) -> ChangeSet:
    return decide(film, term, Label.Value.YES, user=user, revision=revision)


def reject(film: Film, term: Term, *, user: User, revision: int) -> ChangeSet:
    return decide(film, term, Label.Value.NO, user=user, revision=revision)


def clear(film: Film, term: Term, *, user: User, revision: int) -> ChangeSet:
    """Say "unknown": not trained on, not brought back by an import."""
    return decide(film, term, Label.Value.UNKNOWN, user=user, revision=revision)


def set_lock(film: Film, term: Term, locked: bool, *, user: User, revision: int) -> ChangeSet:
    """Lock a label, making it a person's if it was not, or unlock it.

    Raises:
        Conflict: the film changed since `revision`.
        Label.DoesNotExist: nothing is said of the term yet.
        Retired: the term is not in use any more.
    """
    with change_set(ChangeSet.Kind.DECIDE, user) as changes:
        _refuse_retired(term)
        claim_revision(film, revision)
        label = Label.objects.get(film=film, term=term)
        _write(film, term, Label.Value(label.value), user, locked)
        search.refresh([film.pk])
    return changes


def _refuse_retired(term: Term) -> None:
    if not hold_terms([term.pk]):
        raise Retired(_("%(term)s is not in use any more.") % {"term": term.name})


def _refuse_if_locked(film: Film, term: Term, value: Label.Value) -> bool:
    """Whether the label is locked; raises Locked where it also says something else."""
    label = Label.objects.filter(film=film, term=term, locked=True).first()
    if label is not None and label.value != value:
        raise Locked(_("%(term)s is locked on %(film)s. Unlock it first.") % {"term": term.name, "film": film})
    return label is not None


def _write(film: Film, term: Term, value: Label.Value, user: User, locked: bool) -> None:
    shown = film_scores([film.pk]).get(film.pk, {}).get(term.pk)
    Label.objects.update_or_create(film=film, term=term, defaults=said_by(user, value, locked=locked, shown=shown))


def said_by(user: User, value: Label.Value, *, locked: bool, shown: Score | None) -> dict[str, Any]:
    """The fields of a label that a person decides, with what the champion showed."""
    return {
        "value": value,
        "source": PERSON,
        "origin": "",
        "decided_by": user,
        "locked": locked,
        "shown_score": shown.score if shown else None,
        "shown_version": shown.version if shown else "",
    }
