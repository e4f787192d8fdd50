"""Change sets: what was changed together, and putting it back, days later as well.

The log is written by the database (migration 0002); here it is told which change set the changes belong to.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.translation import gettext_lazy

from catalog.models import ChangeSet, Term, TermChange, User

BULK_LIMIT = 50  # labels that a curator may change at once; admins may change more


UNDONE_BEFORE = gettext_lazy("This change was undone before.")


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


@contextmanager
def continued(changes: ChangeSet) -> Iterator[None]:
    """A further transaction of a change set that was begun before: large work is stored piece by piece.

    Raises:
        CannotUndo: somebody has undone the change set meanwhile, so it grows no more.
    """
    with transaction.atomic():
        ChangeSet.objects.select_for_update().get(pk=changes.pk)  # as `undo` does: they take turns
        if ChangeSet.objects.filter(undoes=changes).exists():
            raise CannotUndo(UNDONE_BEFORE)
        _set_current(str(changes.pk))
        yield
        _set_current("")


def _set_current(pk: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('genresite.change_set', %s, true)", [pk])


def hold_terms(term_ids: Collection[int]) -> set[int]:
    """Those of these terms that are active, and none of them is merged until the transaction ends.

    Called before films are locked, by all who write labels: who merges terms takes the terms first as well
    (catalog/thesaurus/merging.py), so that nobody waits for somebody who waits for him. Two queries.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(hashtext('catalog_term'), id) FROM unnest(%s::int[]) AS term (id)",
            [sorted(set(term_ids))],
        )
    return set(Term.objects.filter(pk__in=term_ids, active=True).values_list("pk", flat=True))


# Undo ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Undone:
    """`films` are those with labels that were put back; `kept` labels had been changed since and stay."""

    change_set: ChangeSet
    films: list[int]
    kept: int = 0


def may_undo(user: User, changes: ChangeSet) -> bool:
    """Curators undo each other's decisions; an import, a merge or a large change is for admins. Two queries at most,
    none for a decision on one film."""
    if user.may_administer or not user.may_decide:
        return user.may_administer
    if changes.kind in (ChangeSet.Kind.IMPORT, ChangeSet.Kind.DECIDE):
        return changes.kind == ChangeSet.Kind.DECIDE
    return changes.decisions.count() <= BULK_LIMIT and not TermChange.objects.filter(change_set=changes).exists()


def count_change(film_ids: Collection[int]) -> None:
    """The next revision of these films: who has one of them open gets a conflict."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE catalog_film SET revision = revision + 1, changed_at = now() WHERE id = ANY(%s)", [list(film_ids)]
        )
