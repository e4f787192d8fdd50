"""Change sets: what was changed together, and putting it back, days later as well.

The log is written by the database (migration 0002); here it is told which change set the changes belong to.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog import search
from catalog.models import ChangeSet, Film, Term, TermChange, User

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


@dataclass(frozen=True)
class Standing:
    """How much of a change set still stands as it was made, and can be put back."""

    labels: int
    films: list[int]
    changed: int
    """labels that somebody has changed since"""
    first_changed: tuple[int, int] | None
    """film and term of one of them"""


# One row for each label of a change set: as it was before and after it, and whether it still is as after.
_LABELS = """
SELECT first.id AS first_id, first.film_id, first.term_id,
    first.before, first.before_source, first.before_origin, first.before_by_id, first.before_locked,
    (coalesce(label.value, ''), coalesce(label.source, ''), coalesce(label.origin, ''), label.decided_by_id,
        coalesce(label.locked, false)) IS NOT DISTINCT FROM
    (last.after, last.after_source, last.after_origin, last.after_by_id, last.after_locked) AS standing
FROM (
    SELECT min(id) AS first_id, max(id) AS last_id FROM catalog_decision
    WHERE change_set_id = %(changes)s GROUP BY film_id, term_id OFFSET 0
) AS said
JOIN catalog_decision AS first ON first.id = said.first_id
JOIN catalog_decision AS last ON last.id = said.last_id
LEFT JOIN catalog_label AS label ON label.film_id = first.film_id AND label.term_id = first.term_id
"""
_TAKE_AWAY = f"""
DELETE FROM catalog_label AS label USING ({_LABELS}) AS said
WHERE said.standing AND said.before = '' AND label.film_id = said.film_id AND label.term_id = said.term_id
"""
# When it was said, and what was shown then, stands in the log beside the label's last change before this one.
_PUT_BACK = f"""
INSERT INTO catalog_label (film_id, term_id, value, source, origin, decided_by_id, locked, shown_score, shown_version,
    changed_at)
SELECT said.film_id, said.term_id, said.before, said.before_source, said.before_origin, said.before_by_id,
    said.before_locked, earlier.shown_score, coalesce(earlier.shown_version, ''), coalesce(earlier.at, now())
FROM ({_LABELS}) AS said LEFT JOIN LATERAL (
    SELECT decision.shown_score, decision.shown_version, changes.created_at AS at
    FROM catalog_decision AS decision JOIN catalog_changeset AS changes ON changes.id = decision.change_set_id
    WHERE decision.film_id = said.film_id AND decision.term_id = said.term_id AND decision.id < said.first_id
    ORDER BY decision.id DESC LIMIT 1
) AS earlier ON true
WHERE said.standing AND said.before <> ''
ON CONFLICT (film_id, term_id) DO UPDATE SET value = excluded.value, source = excluded.source,
    origin = excluded.origin, decided_by_id = excluded.decided_by_id, locked = excluded.locked,
    shown_score = excluded.shown_score, shown_version = excluded.shown_version, changed_at = excluded.changed_at
"""


def may_undo(user: User, changes: ChangeSet) -> bool:
    """Curators undo each other's decisions; an import, a merge or a large change is for admins. Two queries at most,
    none for a decision on one film."""
    if user.may_administer or not user.may_decide:
        return user.may_administer
    if changes.kind in (ChangeSet.Kind.IMPORT, ChangeSet.Kind.DECIDE):
        return changes.kind == ChangeSet.Kind.DECIDE
    return changes.decisions.count() <= BULK_LIMIT and not TermChange.objects.filter(change_set=changes).exists()


def standing(changes: ChangeSet) -> Standing:
    """What an undo would put back now, and what it would leave. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT count(*) FILTER (WHERE standing),
                coalesce(array_agg(DISTINCT film_id) FILTER (WHERE standing), '{{}}'),
                count(*) FILTER (WHERE NOT standing), min(ARRAY[film_id, term_id]) FILTER (WHERE NOT standing)
            FROM ({_LABELS}) AS said""",
            {"changes": changes.pk},
        )
        labels, films, changed, first = cursor.fetchone()
    return Standing(labels, films, changed, tuple(first) if first else None)


def undo(changes: ChangeSet, *, user: User, partly: bool = False, refresh: bool = True, merge: bool = False) -> Undone:
    """Put every label of the change set back to what it was, as a new change set. A dozen queries.

    partly: labels that were changed since stay as they are; otherwise nothing is undone where there are any.
    refresh: also what search sees; otherwise that is left to the caller.
    merge: the caller puts the terms back, too (catalog/thesaurus/merging.py).

    Raises:
        CannotUndo: undone before, or labels have been changed since.
    """
    with transaction.atomic():
        ChangeSet.objects.select_for_update().get(pk=changes.pk)  # two people may press "undo" at once
        if ChangeSet.objects.filter(undoes=changes).exists():
            raise CannotUndo(UNDONE_BEFORE)
        if not merge and TermChange.objects.filter(change_set=changes).exists():
            raise CannotUndo(_("These labels moved when two terms became one: undo or repeat that instead."))
        return _undo(changes, user, partly, refresh)


def _undo(changes: ChangeSet, user: User, partly: bool, refresh: bool) -> Undone:
    with change_set(ChangeSet.Kind.UNDO, user, undoes=changes) as undoing, connection.cursor() as cursor:
        hold_terms(changes.decisions.values_list("term_id", flat=True).distinct())
        cursor.execute(
            """SELECT FROM catalog_film WHERE id IN (SELECT film_id FROM catalog_decision WHERE change_set_id = %s)
            ORDER BY id FOR NO KEY UPDATE""",
            [changes.pk],
        )
        found = standing(changes)
        if found.first_changed and not (partly and found.labels):
            raise CannotUndo(_changed_since(*found.first_changed))
        cursor.execute(_TAKE_AWAY, {"changes": changes.pk})
        cursor.execute(_PUT_BACK, {"changes": changes.pk})
        count_change(found.films)
        if refresh:
            search.refresh(found.films)
    return Undone(undoing, found.films, found.changed)


def count_change(film_ids: Collection[int]) -> None:
    """The next revision of these films: who has one of them open gets a conflict."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE catalog_film SET revision = revision + 1, changed_at = now() WHERE id = ANY(%s)", [list(film_ids)]
        )


def _changed_since(film_id: int, term_id: int) -> str:
    film, term = Film.objects.get(pk=film_id), Term.objects.get(pk=term_id)
    return _("%(term)s on %(film)s has been changed since.") % {"term": term.name, "film": film}
