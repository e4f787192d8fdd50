"""What bulk changes note in the log: the same in every language when stored, in the reader's words when shown.

| stored | shown in English |
|---|---|
| `genre/horror ≥ 0.95` | Horror at 0.95 or more |
| `genre/horror ≥ 0.95 (50)` | Horror at 0.95 or more, the surest 50 |
| `genre/horror = yes; tag/dark = no` | Horror: yes; dark: no |
| `genre/dread → genre/horror` | Dread became part of Horror |
| `person 7` | What anna has said |
| `person 7 ≥ 2026-01-31T12:00:00+00:00` | What anna has said since 31 Jan 2026, 12:00 |

Notes of other forms, as of imports, are shown as they are.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from catalog.models import Label, Term, User

_TERM = r"([a-z]+/[-\w]+)"
_RULE = re.compile(rf"{_TERM} ≥ ([0-9.]+)(?: \((\d+)\))?")
_ANSWER = re.compile(rf"{_TERM} = (yes|no|unknown)")
_PERSON = re.compile(r"person (\d+)(?: ≥ (\S+))?")
_MERGE = re.compile(rf"{_TERM} → {_TERM}")


def name_of(term: Term) -> str:
    return f"{term.kind}/{term.slug}"


def rule_note(term: Term, at_least: float, most: int) -> str:
    note = f"{name_of(term)} ≥ {at_least:g}"
    return f"{note} ({most})" if most else note


def answers_note(answers: Sequence[tuple[Term, str]]) -> str:
    return "; ".join(f"{name_of(term)} = {value}" for term, value in answers)


def merge_note(source: Term, target: Term) -> str:
    return f"{name_of(source)} → {name_of(target)}"


def person_note(person: User, since: datetime) -> str:
    """By number: the log must not hold a name that may have to be forgotten."""
    return f"person {person.pk} ≥ {since.isoformat()}" if since.timestamp() > 0 else f"person {person.pk}"


def in_words(notes: Iterable[str]) -> dict[str, str]:
    """Each note in the reader's language. One query for terms and one for people, none where no note names any."""
    wanted = list(notes)
    named = {word for note in wanted for word in re.findall(_TERM, note)}
    names = _names(named) if named else {}
    people = {match[1] for note in wanted if (match := _PERSON.fullmatch(note))}
    names |= _people(people) if people else {}
    return {note: _words(note, names) for note in wanted}


def _names(words: Iterable[str]) -> dict[str, str]:
    pairs = [word.partition("/") for word in words]
    known = Term.objects.filter(Q(kind__in={kind for kind, *_rest in pairs}, slug__in={slug for *_rest, slug in pairs}))
    return {name_of(term): term.name for term in known}


def _people(numbers: Collection[str]) -> dict[str, str]:
    return {f"person {person.pk}": person.username for person in User.objects.filter(pk__in=numbers)}


def _words(note: str, names: Mapping[str, str]) -> str:
    if rule := _RULE.fullmatch(note):
        told = {"name": names.get(rule[1], rule[1]), "limit": f"{float(rule[2]):.2f}", "n": rule[3]}
        return (
            _("%(name)s at %(limit)s or more, the surest %(n)s") if rule[3] else _("%(name)s at %(limit)s or more")
        ) % told
    if person := _PERSON.fullmatch(note):
        return _what_was_said(names.get(f"person {person[1]}", person[1]), person[2])
    if merge := _MERGE.fullmatch(note):
        told = {"source": names.get(merge[1], merge[1]), "target": names.get(merge[2], merge[2])}
        return _("%(source)s became part of %(target)s") % told
    answers = [_ANSWER.fullmatch(part) for part in note.split("; ")]
    if all(answers):
        said = [(names.get(one[1], one[1]), Label.Value(one[2]).label) for one in answers if one]
        return "; ".join(f"{name}: {value}" for name, value in said)
    return note


def _what_was_said(name: str, since: str | None) -> str:
    if since is None:
        return _("What %(name)s has said") % {"name": name}
    moment = date_format(timezone.localtime(datetime.fromisoformat(since)), "DATETIME_FORMAT")
    return _("What %(name)s has said since %(moment)s") % {"name": name, "moment": moment}
