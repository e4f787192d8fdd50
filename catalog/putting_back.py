"""Labels go back to what they were before somebody's decisions, wherever these still stand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from catalog import search
from catalog.changesets import UNDONE_BEFORE, CannotUndo, Undone, change_set, count_change, hold_terms
from catalog.models import ChangeSet, Film, Term, TermChange, User


@dataclass(frozen=True)
class Said:
    """The decisions that are meant: a query of film_id, term_id, first_id and last_id, a row for each label."""

    query: str
    params: dict[str, Any]


@dataclass(frozen=True)
class Standing:
    """How much of what was said still stands as it was, and can be put back."""

    labels: int
    films: list[int]
    changed: int
    """labels that somebody has changed since"""
    first_changed: tuple[int, int] | None
    """film and term of one of them"""


_BY_CHANGES = """
SELECT film_id, term_id, min(id) AS first_id, max(id) AS last_id FROM catalog_decision
WHERE change_set_id = %(changes)s GROUP BY film_id, term_id OFFSET 0
"""
# Of a label that others have spoken about in between, only what the person said after them.
_BY_PERSON = """
WITH theirs AS MATERIALIZED (
    SELECT decision.id, film_id, term_id
    FROM catalog_decision AS decision JOIN catalog_changeset AS changes ON changes.id = decision.change_set_id
    WHERE changes.user_id = %(person)s AND changes.created_at >= %(since)s AND changes.kind <> 'import'
        AND NOT EXISTS (SELECT FROM catalog_termchange WHERE change_set_id = changes.id)
), last AS (
    SELECT film_id, term_id, max(id) AS last_id FROM theirs GROUP BY film_id, term_id
), others AS (
    SELECT film_id, term_id, max(decision.id) AS id
    FROM last JOIN catalog_decision AS decision USING (film_id, term_id)
    WHERE decision.id < last.last_id AND decision.id NOT IN (SELECT id FROM theirs)
    GROUP BY film_id, term_id
)
SELECT film_id, term_id, min(theirs.id) AS first_id, max(theirs.id) AS last_id
FROM theirs LEFT JOIN others USING (film_id, term_id)
WHERE theirs.id > coalesce(others.id, 0) GROUP BY film_id, term_id OFFSET 0
"""


def by_changes(changes: ChangeSet) -> Said:
    return Said(_BY_CHANGES, {"changes": changes.pk})


def by_person(person: User, since: datetime) -> Said:
    """What one person has said, one by one or of many films, and took back. Imports and merges are undone apart."""
    return Said(_BY_PERSON, {"person": person.pk, "since": since})


# One row for each label: as it was before and after, and whether it still is as after. Where both are the same, as
# after somebody's own undo, there is nothing to put back.
_LABELS = """
SELECT first.id AS first_id, first.film_id, first.term_id,
    first.before, first.before_source, first.before_origin, first.before_by_id, first.before_locked,
    (coalesce(label.value, ''), coalesce(label.source, ''), coalesce(label.origin, ''), label.decided_by_id,
        coalesce(label.locked, false)) IS NOT DISTINCT FROM
    (last.after, last.after_source, last.after_origin, last.after_by_id, last.after_locked) AS standing
FROM ({said}) AS said
JOIN catalog_decision AS first ON first.id = said.first_id
JOIN catalog_decision AS last ON last.id = said.last_id
LEFT JOIN catalog_label AS label ON label.film_id = first.film_id AND label.term_id = first.term_id
WHERE (first.before, first.before_source, first.before_origin, first.before_by_id, first.before_locked)
    IS DISTINCT FROM (last.after, last.after_source, last.after_origin, last.after_by_id, last.after_locked)
"""
_STANDING = f"""
SELECT count(*) FILTER (WHERE standing), coalesce(array_agg(DISTINCT film_id) FILTER (WHERE standing), '{{{{}}}}'),
    count(*) FILTER (WHERE NOT standing), min(ARRAY[film_id, term_id]) FILTER (WHERE NOT standing)
FROM ({_LABELS}) AS said
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
_TERMS = "SELECT coalesce(array_agg(DISTINCT term_id), '{{}}') FROM ({said}) AS said"
_HOLD_FILMS = (
    "SELECT FROM catalog_film WHERE id IN (SELECT film_id FROM ({said}) AS said) ORDER BY id FOR NO KEY UPDATE"
)


def standing(said: Said) -> Standing:
    """What would go back now, and what would stay. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING.format(said=said.query), said.params)
        labels, films, changed, first = cursor.fetchone()
    return Standing(labels, films, changed, tuple(first) if first else None)


def hold(said: Said) -> Standing:
    """As `standing`, and it stays so until the transaction ends: terms first, then films, as all who write do."""
    with connection.cursor() as cursor:
        cursor.execute(_TERMS.format(said=said.query), said.params)
        hold_terms(cursor.fetchone()[0])
        cursor.execute(_HOLD_FILMS.format(said=said.query), said.params)
    return standing(said)


def put_back(said: Said, found: Standing) -> None:
    """Put back what stands, inside a change set and after `hold`. Three statements."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_AWAY.format(said=said.query), said.params)
        cursor.execute(_PUT_BACK.format(said=said.query), said.params)
    count_change(found.films)


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
    said = by_changes(changes)
    with change_set(ChangeSet.Kind.UNDO, user, undoes=changes) as undoing:
        found = hold(said)
        if found.first_changed and not (partly and found.labels):
            raise CannotUndo(_changed_since(*found.first_changed))
        put_back(said, found)
        if refresh:
            search.refresh(found.films)
    return Undone(undoing, found.films, found.changed)


def _changed_since(film_id: int, term_id: int) -> str:
    film, term = Film.objects.get(pk=film_id), Term.objects.get(pk=term_id)
    return _("%(term)s on %(film)s has been changed since.") % {"term": term.name, "film": film}
