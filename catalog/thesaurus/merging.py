"""Two terms become one: labels move as one change set, names and examples follow, and all of it can be taken back.

Merging is for two names of one thing; what is narrower than another term gets it as its parent instead. Where both
terms have a label on a film, one of them stays: what is locked, then what a person said, then an answer rather than
"unknown". Two imports: yes, since a source that uses one of two names does not use the other. Two people who disagree:
as the preview was asked (`Rule`). The log keeps what did not stay, and undoing the merge brings it back.
"""

from django.db import connection, transaction
from django.utils.translation import gettext as _

from catalog import search
from catalog.changesets import CannotUndo, Undone, change_set, count_change
from catalog.models import ChangeSet, FilmTerm, Term, TermChange, User
from catalog.notes import merge_note
from catalog.putting_back import undo as undo_labels
from catalog.thesaurus.edits import hold_vocabulary
from catalog.thesaurus.planning import Rule, check, joined_names, pairs
from catalog.thesaurus.states import (
    MOST_EXAMPLES,
    Example,
    State,
    ancestors,
    examples_of,
    name_of,
    write_examples,
)

_COLUMNS = "value, source, origin, decided_by_id, locked, shown_score, shown_version, changed_at"
_REPLACE = """
UPDATE catalog_label AS held
SET (value, source, origin, decided_by_id, locked, shown_score, shown_version, changed_at) =
    (s.value, s.source, s.origin, s.decided_by_id, s.locked, s.shown_score, s.shown_version, s.changed_at)
FROM merging JOIN catalog_label AS s ON s.id = merging.source_id
WHERE held.id = merging.target_id AND merging.stays = 'source'
"""
_MOVE = f"""
INSERT INTO catalog_label (film_id, term_id, {_COLUMNS})
SELECT s.film_id, %(target)s, {", ".join(f"s.{name}" for name in _COLUMNS.split(", "))}
FROM merging JOIN catalog_label AS s ON s.id = merging.source_id WHERE merging.stays = 'moves'
"""
_REMOVE = "DELETE FROM catalog_label WHERE id IN (SELECT source_id FROM merging)"


def merge(
    source: Term, target: Term, *, user: User, rule: Rule = Rule.NEWER, refresh: bool = True
) -> tuple[TermChange, list[int]]:
    """Make source part of target; the films that search has to see anew. In one transaction.

    refresh: also what search sees of these films; otherwise that is left to the caller.

    Raises:
        BadTerm: the two cannot become one.
    """
    with change_set(ChangeSet.Kind.BULK, user, note=merge_note(source, target)) as changes:
        _hold(source, target)
        check(source, target)
        films = _move_labels(source, target, rule)
        before, after = _join(source, target)
        change = TermChange.objects.create(
            term=source, user=user, kind=TermChange.Kind.MERGE, before=before, after={**after, "rule": rule},
            change_set=changes,
        )  # fmt: skip
        if refresh:
            search.refresh(films)
    return change, films


def _hold(*terms: Term) -> None:
    """The vocabulary first, then these terms, then films: whoever writes labels of them waits or is waited for."""
    hold_vocabulary()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('catalog_term'), id) FROM unnest(%s::int[]) AS term (id)",
            [sorted(term.pk for term in terms)],
        )
    for term in terms:
        term.refresh_from_db()


def _move_labels(source: Term, target: Term, rule: Rule) -> list[int]:
    """Every film that has a label of the source, or that search finds by it."""
    terms = {"source": source.pk, "target": target.pk}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM catalog_film WHERE id IN (SELECT film_id FROM catalog_label WHERE term_id = %(source)s)"
            " ORDER BY id FOR NO KEY UPDATE",
            terms,
        )
        labelled = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(f"CREATE TEMPORARY TABLE merging ON COMMIT DROP AS {pairs(rule)}", terms)
        for statement in (_REPLACE, _MOVE, _REMOVE, "DROP TABLE merging"):
            cursor.execute(statement, terms)
    count_change(labelled)
    proposed = FilmTerm.objects.filter(term=source).values_list("film_id", flat=True)
    return sorted({*labelled, *proposed})


def _join(source: Term, target: Term) -> tuple[State, State]:
    """Names, examples and children go to the target. What was there, and what is there now."""
    held: State = {"aliases": list(target.aliases), "examples": examples_of(target)}
    shown = {example["film"] for example in held["examples"]}
    more = [example for example in examples_of(source) if example["film"] not in shown]
    joined: State = {"aliases": joined_names(source, target), "examples": [*held["examples"], *more][:MOST_EXAMPLES]}
    children = _adopt(source, target)
    before = {"active": source.active, "target": held, "children": children, "parent": name_of(target.parent)}
    _set_target(target, joined)
    source.active, source.merged_into = False, target
    source.save(update_fields=["active", "merged_into"])
    target.refresh_from_db()
    return before, {"merged_into": name_of(target), "target": joined, "parent": name_of(target.parent)}


def _set_target(target: Term, values: State) -> None:
    target.aliases = values["aliases"]
    target.save(update_fields=["aliases"])
    write_examples(target, [Example(**one) for one in values["examples"]])


def _adopt(source: Term, target: Term) -> list[int]:
    """Children of the source become the target's; what stands above the target goes to the source's own parent."""
    above = {target, *ancestors(target)}
    children = list(source.children.all())
    for child in children:
        child.parent = source.parent if child in above else target
        child.save(update_fields=["parent"])
    return [child.pk for child in children]


# Undo ---------------------------------------------------------------------------------------------------------


def undo(change: TermChange, *, user: User, partly: bool = False, refresh: bool = True) -> Undone:
    """Two terms again, with the labels, names, examples and children that each had.

    partly, refresh: as in `catalog.putting_back.undo`.

    Raises:
        CannotUndo: undone before, labels were changed since, or the target is part of yet another term.
    """
    assert change.change_set is not None
    with transaction.atomic():
        source = change.term
        target = Term.objects.get(pk=_target_of(change).pk)
        _hold(source, target)
        if TermChange.objects.filter(undoes=change).exists():
            raise CannotUndo(_("This change was undone before."))
        if source.merged_into_id != target.pk or not target.active:
            raise CannotUndo(_("%(term)s has been changed since.") % {"term": target.name})
        _part(source, target, change)
        undone = undo_labels(change.change_set, user=user, partly=partly, refresh=refresh, merge=True)
        TermChange.objects.create(
            term=source, user=user, kind=TermChange.Kind.UNDO, before=change.after, after=change.before, undoes=change,
            change_set=undone.change_set,
        )  # fmt: skip
    return undone


def _target_of(change: TermChange) -> Term:
    kind, _slash, slug = str(change.after["merged_into"]).partition("/")
    return Term.objects.get(kind=kind, slug=slug)


def _part(source: Term, target: Term, change: TermChange) -> None:
    """What the target got goes; what it was given since stays."""
    before, after = change.before, change.after
    got = [name for name in after["target"]["aliases"] if name not in before["target"]["aliases"]]
    shown = [example for example in after["target"]["examples"] if example not in before["target"]["examples"]]
    _set_target(
        target,
        {
            "aliases": [name for name in target.aliases if name not in got],
            "examples": [example for example in examples_of(target) if example not in shown],
        },
    )
    source.active, source.merged_into = before["active"], None
    source.save(update_fields=["active", "merged_into"])
    for child in Term.objects.filter(pk__in=before["children"]):
        if child.parent_id in (target.pk, source.parent_id) and child not in ancestors(source):
            child.parent = source
            child.save(update_fields=["parent"])


def merge_of(changes: ChangeSet) -> TermChange | None:
    """The merge whose labels moved in this change set, if one did."""
    return TermChange.objects.filter(change_set=changes, kind=TermChange.Kind.MERGE).first()
