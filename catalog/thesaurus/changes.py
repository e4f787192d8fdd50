"""The vocabulary's log in words: what a change did to a term."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import TermChange, User
from catalog.thesaurus.edits import may_edit

WORDS = {
    "name_en": gettext_lazy("English name"),
    "name_ko": gettext_lazy("Korean name"),
    "aliases": gettext_lazy("other names"),
    "guideline_en": gettext_lazy("English guideline"),
    "guideline_ko": gettext_lazy("Korean guideline"),
    "parent": gettext_lazy("part of"),
    "examples": gettext_lazy("examples"),
    "active": gettext_lazy("in use"),
}
SHOWN = 120  # characters of a long text


@dataclass(frozen=True)
class Part:
    """One field of a term before and after a change."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One change of a term, for a reader."""

    change: TermChange
    parts: list[Part]
    undone: bool
    may: bool
    """the reader may take it back"""

    @staticmethod
    def may_undo(change: TermChange, reader: User) -> bool:
        """Curators take back what curators may do; a merge or an addition is an admin's."""
        if change.kind in (TermChange.Kind.EDIT, TermChange.Kind.UNDO) and change.change_set_id is None:
            return may_edit(reader, change.after)
        return reader.may_administer


def told(change: TermChange, reader: User) -> Change:
    undone = hasattr(change, "undone_by")
    parts = [
        Part(str(WORDS[name]), _words(change.before.get(name)), _words(change.after[name])) for name in _names(change)
    ]
    return Change(change, parts, undone, not undone and _is_alone(change) and Change.may_undo(change, reader))


def _is_alone(change: TermChange) -> bool:
    """Undoing the undoing of a merge would have to be a merge: that is done anew."""
    return not (change.kind == TermChange.Kind.UNDO and change.change_set_id is not None)


def _names(change: TermChange) -> list[str]:
    if change.change_set_id is not None or change.kind == TermChange.Kind.ADD:
        return []
    return [name for name in WORDS if name in change.after and name != "active"]


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        texts = [f"{'+' if one['good'] else '−'} {one['film']}" if isinstance(one, dict) else str(one) for one in value]
        return ", ".join(texts) or "–"
    text = str(value or "–")
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
