"""A term as the log of changes has it: plain values, comparable and storable."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from catalog import notes
from catalog.models import Film, Term, TermExample

TEXTS = ("name_en", "name_ko", "guideline_en", "guideline_ko")
CURATED = frozenset({"guideline_en", "guideline_ko", "examples"})  # what curators change; all else is for admins
FIELDS = (*TEXTS, "aliases", "parent", "active", "examples")
MOST_EXAMPLES = 12
LONGEST_NOTE = 300

State = dict[str, Any]


class BadTerm(Exception):
    """The vocabulary cannot be changed so; the message is a sentence for the person."""


@dataclass(frozen=True)
class Example:
    """A film, by its key, that has the term (`good`) or only seems to have it."""

    film: str
    good: bool
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {"film": self.film, "good": self.good, "note": self.note}


def state(term: Term) -> State:
    """All that can be changed of a term. Two queries."""
    return {name: getattr(term, name) for name in TEXTS} | {
        "aliases": list(term.aliases),
        "parent": name_of(term.parent),
        "active": term.active,
        "examples": examples_of(term),
    }


def name_of(term: Term | None) -> str:
    """A term in one word, as "genre/horror"; empty for none."""
    return notes.name_of(term) if term else ""


def named(word: str) -> Term | None:
    """Raises BadTerm: there is no such term."""
    if not word:
        return None
    kind, _slash, slug = word.partition("/")
    found = Term.objects.filter(kind=kind, slug=slug).first()
    if found is None:
        raise BadTerm(_("There is no genre or tag called “%(name)s”.") % {"name": word[:60]})
    return found


def ancestors(term: Term) -> list[Term]:
    """The term's parent, its parent, and so on. A query for each."""
    above: list[Term] = []
    while term.parent is not None and term.parent not in above:
        term = term.parent
        above.append(term)
    return above


def examples_of(term: Term) -> list[dict[str, Any]]:
    rows = term.examples.order_by("-good", "id").values_list("film__key", "good", "note")
    return [Example(*row).as_dict() for row in rows]


def difference(before: State, after: State) -> tuple[State, State]:
    """Only what differs, on both sides."""
    changed = [name for name in before if name in after and before[name] != after[name]]
    return {name: before[name] for name in changed}, {name: after[name] for name in changed}


def write(term: Term, values: Mapping[str, Any]) -> None:
    """Bring the term to these values. Raises BadTerm: a parent or a film that is not there."""
    plain = {name: value for name, value in values.items() if name not in ("parent", "examples")}
    if "parent" in values:
        plain["parent"] = named(values["parent"])
    for name, value in plain.items():
        setattr(term, name, value)
    term.save(update_fields=list(plain))
    if "examples" in values:
        write_examples(term, [Example(**one) for one in values["examples"]])


def write_examples(term: Term, examples: Sequence[Example]) -> None:
    """These examples and no others, in this order. Raises BadTerm: a film is not there or named twice, or too many."""
    films = found_films(example.film for example in examples)
    if len(films) < len(examples):
        raise BadTerm(_("Each film is an example once."))
    if any(len(example.note.strip()) > LONGEST_NOTE for example in examples):
        raise BadTerm(_("A note has at most %(n)s characters.") % {"n": LONGEST_NOTE})
    if len(examples) > MOST_EXAMPLES:
        raise BadTerm(_("At most %(n)s examples: choose those that tell most.") % {"n": MOST_EXAMPLES})
    term.examples.all().delete()
    TermExample.objects.bulk_create(
        TermExample(term=term, film=films[one.film], good=one.good, note=one.note.strip()) for one in examples
    )


def found_films(keys: Iterable[str]) -> dict[str, Film]:
    """Films by key. Raises BadTerm: one is not there."""
    wanted = set(keys)
    films = Film.objects.in_bulk(wanted, field_name="key")
    for key in sorted(wanted - films.keys()):
        raise BadTerm(_("There is no film “%(key)s”.") % {"key": key[:80]})
    return films
