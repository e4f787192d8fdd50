"""Adding and changing terms, and taking a change back."""

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from catalog.changesets import CannotUndo
from catalog.models import Term, TermChange, User
from catalog.terms import Vocabulary, plain
from catalog.thesaurus.states import (
    CURATED,
    FIELDS,
    BadTerm,
    State,
    ancestors,
    difference,
    named,
    state,
    write,
)

LONGEST_NAME = 60
LONGEST_GUIDELINE = 4000
MOST_ALIASES = 40


class Stale(Exception):
    """Somebody changed the same part of the term meanwhile; `change` is their last one."""

    def __init__(self, change: TermChange) -> None:
        super().__init__(_("%(user)s changed this meanwhile.") % {"user": change.user.username})
        self.change = change


def may_edit(user: User, fields: Mapping[str, Any] | State) -> bool:
    return user.may_administer or (user.may_decide and set(fields) <= CURATED)


def hold_vocabulary() -> None:
    """One change of the vocabulary at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('catalog_vocabulary'))")


def add(kind: str, *, user: User, **values: Any) -> Term:
    """A new term; its slug is made of its English name and never changes. Raises BadTerm."""
    with transaction.atomic():
        hold_vocabulary()
        given = _cleaned(values)
        slug = slugify(given.get("name_en", ""))[:LONGEST_NAME]
        _check_names(Term.Kind(kind), None, given, slug)
        if Term.objects.filter(kind=kind, slug=slug).exists():
            raise BadTerm(_("There was a “%(name)s” before: restore or rename that one.") % {"name": slug})
        _check_parent(None, given.get("parent", ""))
        term = Term.objects.create(
            kind=kind, slug=slug, name_en=given["name_en"], name_ko=given["name_ko"], aliases=given.get("aliases", [])
        )
        write(term, {name: value for name, value in given.items() if name in ("parent", "examples", *CURATED)})
        after = {name: value for name, value in state(term).items() if value not in ("", [])}
        TermChange.objects.create(term=term, user=user, kind=TermChange.Kind.ADD, after=after)
    return term


def edit(term: Term, *, user: User, seen: int | None = None, **values: Any) -> TermChange | None:
    """Change what is given; None where that is how it is already. `seen` is the id of the last change that was shown.

    Raises:
        BadTerm: the values make no sense together with the rest of the vocabulary.
        Stale: one of these values was changed since `seen`.
    """
    with transaction.atomic():
        hold_vocabulary()
        term.refresh_from_db()
        if term.merged_into is not None:
            raise BadTerm(_("%(term)s is part of %(target)s.") % {"term": term.name, "target": term.merged_into.name})
        given = _cleaned(values)
        before = state(term)
        old, new = difference(before, {**before, **given})
        if not new:
            return None
        _refuse_stale(term, new, seen)
        _check(term, {**before, **new}, new)
        write(term, new)
        return TermChange.objects.create(term=term, user=user, kind=_kind(new), before=old, after=new)


def _kind(new: State) -> TermChange.Kind:
    if "active" in new:
        return TermChange.Kind.RESTORE if new["active"] else TermChange.Kind.RETIRE
    return TermChange.Kind.EDIT


def retire(term: Term, *, user: User) -> TermChange | None:
    """It is offered, learnt and found no more; what was said of films stays. Raises BadTerm."""
    return edit(term, user=user, active=False)


def restore(term: Term, *, user: User) -> TermChange | None:
    """Raises BadTerm: it was merged, or another term has one of its names now."""
    return edit(term, user=user, active=True)


def undo(change: TermChange, *, user: User) -> TermChange:
    """Put back what a change of a term changed; merges: catalog/thesaurus/merging.py.

    Raises:
        CannotUndo: undone before, or changed since.
        BadTerm: what was there before fits no more.
    """
    with transaction.atomic():
        hold_vocabulary()
        if TermChange.objects.filter(undoes=change).exists():
            raise CannotUndo(_("This change was undone before."))
        term = Term.objects.get(pk=change.term_id)
        if change.change_set_id is not None or term.merged_into_id is not None:
            raise CannotUndo(_("%(term)s became part of another term: undo that first.") % {"term": term.name})
        now = state(term)
        before = {"active": False} if change.kind == TermChange.Kind.ADD else change.before
        after = {name: value for name, value in change.after.items() if name in before}
        if any(now.get(name) != value for name, value in after.items()):
            raise CannotUndo(_("%(term)s has been changed since.") % {"term": term.name})
        _check(term, {**now, **before}, before)
        write(term, before)
        return TermChange.objects.create(
            term=term, user=user, kind=TermChange.Kind.UNDO, before=after, after=before, undoes=change
        )


def _refuse_stale(term: Term, new: State, seen: int | None) -> None:
    if seen is not None:
        for change in term.changes.filter(pk__gt=seen).select_related("user"):
            if new.keys() & change.after.keys():
                raise Stale(change)


def _check(term: Term, whole: State, new: State) -> None:
    """Raises BadTerm: the term would not fit into the vocabulary. `whole` is how it would be."""
    if whole["active"] and new.keys() & {"name_en", "name_ko", "aliases", "active"}:
        _check_names(Term.Kind(term.kind), term, whole, term.slug)
    if "parent" in new:
        _check_parent(term, new["parent"])


def _check_names(kind: Term.Kind, term: Term | None, given: State, slug: str) -> None:
    """Every name is a name, and no other active term of the kind has it. Raises BadTerm."""
    names = [given.get("name_en", ""), given.get("name_ko", "")]
    if not all(map(plain, names)) or not slug:
        raise BadTerm(_("A term needs an English and a Korean name."))
    vocabulary = Vocabulary(kind)
    for name in [*names, *given.get("aliases", []), slug]:
        found = vocabulary.find(name)
        if found is not None and (term is None or found != term.pk):
            sentence = _("“%(name)s” is a name of %(term)s already.")
            raise BadTerm(sentence % {"name": name, "term": Term.objects.get(pk=found).name})


def _check_parent(term: Term | None, word: str) -> None:
    """Raises BadTerm: the parent is not there, is not in use, or is one of the term's own descendants."""
    parent = named(word)
    if parent is None:
        return
    if not parent.active:
        raise BadTerm(_("%(term)s is not in use any more.") % {"term": parent.name})
    if term is not None and term in (parent, *ancestors(parent)):
        raise BadTerm(_("%(term)s cannot be part of itself.") % {"term": term.name})


def _cleaned(values: Mapping[str, Any]) -> State:
    """Texts without stray spaces, aliases once each. Raises BadTerm: too long or too many."""
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise TypeError(f"a term has no {', '.join(sorted(unknown))}")
    given = dict(values)
    for name in ("name_en", "name_ko"):
        if name in given:
            given[name] = " ".join(str(given[name]).split())
    for name in ("guideline_en", "guideline_ko"):
        if name in given:
            given[name] = str(given[name]).replace("\r\n", "\n").strip()
    if "aliases" in given:
        given["aliases"] = clean_aliases(given["aliases"])
    _refuse_long(given)
    return given


def _refuse_long(given: State) -> None:
    names = [given.get("name_en", ""), given.get("name_ko", ""), *given.get("aliases", [])]
    if any(len(name) > LONGEST_NAME for name in names):
        raise BadTerm(_("A name has at most %(n)s characters.") % {"n": LONGEST_NAME})
    if any(len(given.get(name, "")) > LONGEST_GUIDELINE for name in ("guideline_en", "guideline_ko")):
        raise BadTerm(_("A guideline has at most %(n)s characters.") % {"n": LONGEST_GUIDELINE})


def clean_aliases(names: list[str]) -> list[str]:
    """Raises BadTerm: too many."""
    kept: dict[str, str] = {}
    for name in names:
        if plain(name):
            kept.setdefault(plain(name), " ".join(name.split()))
    if len(kept) > MOST_ALIASES:
        raise BadTerm(_("At most %(n)s other names.") % {"n": MOST_ALIASES})
    return list(kept.values())
