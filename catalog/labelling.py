"""Deciding what a film is: accept, reject, clear, lock, undo.

Each function is one change set in one transaction. The log is written by the database (migration 0002);
here it is told which change set the changes belong to, and what search sees is brought up to date.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog import search
from catalog.models import ChangeSet, Decision, Film, Label, Term, User
from catalog.scores import Score, film_scores

PERSON = Label.Source.PERSON
BULK_LIMIT = 50  # labels that a curator may change at once; admins may change more


class Conflict(Exception):
    """Somebody else changed the film since it was shown; `film` is as it is now."""

    def __init__(self, film: Film) -> None:
        sentence = _("%(film)s was changed meanwhile; it is at revision %(revision)s.")
        super().__init__(sentence % {"film": film, "revision": film.revision})
        self.film = film


class Locked(Exception):
    """The label is locked: it has to be unlocked before it can change."""


class CannotUndo(Exception):
    """The change set was undone before, or a later change stands on top of it."""


@contextmanager
def change_set(
    kind: ChangeSet.Kind, user: User | None, *, note: str = "", undoes: ChangeSet | None = None
) -> Iterator[ChangeSet]:
    """Everything that happens to labels inside is logged under the change set that this yields."""
    with transaction.atomic():
        changes = ChangeSet.objects.create(kind=kind, user=user, note=note, undoes=undoes)
        _set_current(str(changes.pk))
        yield changes
        _set_current("")  # on an error the rollback takes it back


def _set_current(pk: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('genresite.change_set', %s, true)", [pk])


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
    """
    with change_set(ChangeSet.Kind.DECIDE, user) as changes:
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
    """
    with change_set(ChangeSet.Kind.DECIDE, user) as changes:
        claim_revision(film, revision)
        label = Label.objects.get(film=film, term=term)
        _write(film, term, Label.Value(label.value), user, locked)
        search.refresh([film.pk])
    return changes


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


@dataclass(frozen=True)
class Undone:
    change_set: ChangeSet
    films: list[int]


def may_undo(user: User, changes: ChangeSet) -> bool:
    """Curators undo each other's decisions; an import or a large change is for admins. One query at most, none for a
    decision on one film."""
    if user.may_administer or not user.may_decide:
        return user.may_administer
    if changes.kind in (ChangeSet.Kind.IMPORT, ChangeSet.Kind.DECIDE):
        return changes.kind == ChangeSet.Kind.DECIDE
    return changes.decisions.count() <= BULK_LIMIT


def undo(changes: ChangeSet, *, user: User) -> Undone:
    """Put every label of the change set back to what it was, as a new change set.

    Raises:
        CannotUndo: undone before, or one of its labels has been changed since.
    """
    with transaction.atomic():
        ChangeSet.objects.select_for_update().get(pk=changes.pk)  # two people may press "undo" at once
        if ChangeSet.objects.filter(undoes=changes).exists():
            raise CannotUndo(_("This change was undone before."))
        return _undo(changes, user)


def _undo(changes: ChangeSet, user: User) -> Undone:
    with change_set(ChangeSet.Kind.UNDO, user, undoes=changes) as undoing:
        decisions = list(changes.decisions.select_related("film", "term").order_by("-id"))
        films = sorted({decision.film_id for decision in decisions})
        list(Film.objects.select_for_update().filter(pk__in=films).order_by("pk"))
        for decision in decisions:
            _put_back(decision)
        Film.objects.filter(pk__in=films).update(revision=F("revision") + 1, changed_at=timezone.now())
        search.refresh(films)
    return Undone(undoing, films)


def _put_back(decision: Decision) -> None:
    now = Label.objects.filter(film_id=decision.film_id, term_id=decision.term_id)
    label = now.first()
    if ((label.value, label.locked) if label else ("", False)) != (decision.after, decision.after_locked):
        sentence = _("%(term)s on %(film)s has been changed since.")
        raise CannotUndo(sentence % {"term": decision.term.name, "film": decision.film})
    if decision.before:
        Label.objects.update_or_create(
            film_id=decision.film_id,
            term_id=decision.term_id,
            defaults={
                "value": decision.before,
                "source": decision.before_source,
                "origin": decision.before_origin,
                "decided_by_id": decision.before_by_id,
                "locked": decision.before_locked,
            },
        )
    else:
        now.delete()
