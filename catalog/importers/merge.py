"""What an import changes: pure functions over what a film has and what a source says of it.

Three rules for each field. Merge, the default, fills what is empty and adds labels, and never takes away.
Overwrite makes it what the source says, where the source says something. Ignore leaves the field alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from catalog.importers.rows import BadRow, FilmRow
from catalog.models import Film

TEXTS = ("title", "title_original", "title_ko", "language", "country", "director", "plot", "plot_ko", "licence")
FIELDS = (*TEXTS, "year", "external", "genres", "tags", "poster")
_LONGEST = {field.name: field.max_length for field in Film._meta.fields if field.name in (*TEXTS, "key", "plot_source")}


class Rule(StrEnum):
    IGNORE = "ignore"
    OVERWRITE = "overwrite"
    MERGE = "merge"


Rules = Mapping[str, Rule]


class BadRule(Exception):
    """No such field or rule; the message says which there are."""


def parse_rules(texts: Iterable[str]) -> dict[str, Rule]:
    """ "plot=overwrite" and the like; every field that is not named is merged.

    Raises:
        BadRule: an unknown field or rule.
    """
    rules = dict.fromkeys(FIELDS, Rule.MERGE)
    for text in texts:
        name, _equals, rule = text.partition("=")
        if name not in rules or rule not in set(Rule):
            raise BadRule(
                _('"%(text)s" is no rule: write FIELD=%(rules)s with one of the fields %(fields)s.')
                % {"text": text, "rules": "|".join(Rule), "fields": ", ".join(FIELDS)}
            )
        rules[name] = Rule(rule)
    return rules


def checked(row: FilmRow) -> FilmRow:
    """The row, if the database can hold it.

    Raises:
        BadRow: a text that is too long or that no database can store.
    """
    for name, longest in _LONGEST.items():
        text = getattr(row, name)
        if longest and len(text) > longest:
            raise BadRow(
                _("The %(field)s has %(length)s characters; at most %(longest)s fit.")
                % {"field": name, "length": len(text), "longest": longest}
            )
        if not _storable(text):
            raise BadRow(_("The %(field)s holds characters that cannot be stored.") % {"field": name})
    return row


def _storable(text: str) -> bool:
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON lets through
        return False


def joined(rows: Iterable[FilmRow]) -> list[FilmRow]:
    """Rows with each film once: what a source says of it in several rows is put together, the first word counting."""
    films: dict[str, FilmRow] = {}
    keys: dict[str, str] = {}  # by IMDb id, which means a film whatever key a row gives it
    for row in rows:
        key = keys.get(row.imdb_id, row.key)
        films[key] = _put_together(films[key], row) if key in films else row
        if films[key].imdb_id:
            keys[films[key].imdb_id] = key
    return list(films.values())


def _put_together(first: FilmRow, other: FilmRow) -> FilmRow:
    said = {field.name: getattr(first, field.name) or getattr(other, field.name) for field in fields(FilmRow)}
    said["external"] = {**other.external, **first.external}
    for kind in ("genres", "tags"):
        said[kind] = tuple(dict.fromkeys((*getattr(first, kind), *getattr(other, kind))))
        said[f"{kind}_covered"] = getattr(first, f"{kind}_covered") | getattr(other, f"{kind}_covered")
    return replace(first, **said)


def new_values(row: FilmRow, rules: Rules) -> dict[str, Any]:
    """Field values of a film that is not in the catalogue yet. A film without a title goes by its key."""
    values: dict[str, Any] = {"key": row.key, "imdb_id": row.imdb_id or None, "plot_source": ""}
    values |= {name: getattr(row, name) if rules[name] != Rule.IGNORE else "" for name in TEXTS}
    values["title"] = row.title or row.key
    values["year"] = row.year if rules["year"] != Rule.IGNORE else None
    values["external"] = dict(row.external) if rules["external"] != Rule.IGNORE else {}
    if values["plot"]:
        values["plot_source"] = row.plot_source
    return values


def changed_values(film: Film, row: FilmRow, rules: Rules) -> dict[str, Any]:
    """Fields of a film in the catalogue that the row changes, with their new values."""
    changes: dict[str, Any] = {}
    for name in (*TEXTS, "year"):
        held, said = _held(film, name), getattr(row, name)
        if said and said != held and (not held or rules[name] == Rule.OVERWRITE) and rules[name] != Rule.IGNORE:
            changes[name] = said
    external = _merged_ids(film.external, row.external, rules["external"])
    if external != film.external:
        changes["external"] = external
    if not film.imdb_id and row.imdb_id:
        changes["imdb_id"] = row.imdb_id
    if "plot" in changes:
        changes["plot_source"] = row.plot_source
    return changes


def _held(film: Film, name: str) -> Any:
    held = getattr(film, name)
    return "" if name == "title" and held == film.key else held


def _merged_ids(held: dict[str, str], said: Mapping[str, str], rule: Rule) -> dict[str, str]:
    if rule == Rule.IGNORE:
        return held
    return {**held, **said} if rule == Rule.OVERWRITE else {**said, **held}


@dataclass(frozen=True, slots=True)
class Held:
    """Ids of the terms on which a film has a label, by whose it is and what it says."""

    yes: frozenset[int] = frozenset()
    no: frozenset[int] = frozenset()
    decided: frozenset[int] = frozenset()  # by a person, the next two and "unknown"
    decided_yes: frozenset[int] = frozenset()
    decided_no: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class LabelChanges:
    """Ids of the terms to be labelled."""

    yes: frozenset[int] = frozenset()
    no: frozenset[int] = frozenset()
    added: int = 0
    changed: int = 0
    kept: int = 0  # decisions of people that the source contradicts

    def __bool__(self) -> bool:
        return bool(self.yes or self.no)


def label_changes(yes: frozenset[int], covered: frozenset[int], held: Held, rule: Rule) -> LabelChanges:
    """Labels to write for a film of which a source says `yes`, and no to the rest of `covered`.

    Merged, the "yes" of any source outlives the "no" of another, so the order of imports makes no difference.
    What a person decided is nowhere among them, whatever the rule.
    """
    if rule == Rule.IGNORE:
        return LabelChanges()
    no = covered - yes
    new_yes = yes - held.yes - held.decided
    new_no = no - held.no - held.decided
    if rule == Rule.MERGE:
        new_no -= held.yes
    added = len(new_yes - held.no) + len(new_no - held.yes)
    kept = len(yes & held.decided_no) + len(no & held.decided_yes)
    return LabelChanges(new_yes, new_no, added, len(new_yes) + len(new_no) - added, kept)
