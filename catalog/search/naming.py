"""Terms by what people type: their names in both languages and their aliases, beginnings, initials and slips."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from catalog.models import Term
from catalog.search import hangul
from catalog.search.typed import words
from catalog.search.typos import allowed_slips, apart

EXACT, BEGINS, WORD_BEGINS, SLIP = range(4)  # how well a name fits, the best first


@dataclass(frozen=True)
class Named:
    """A term that may be meant. `name` is the one by which it was found, where that is not the one that is shown."""

    term: Term
    fit: int
    name: str = ""

    @property
    def is_guess(self) -> bool:
        return self.fit == SLIP


def names(term: Term) -> list[str]:
    return [term.name, *(name for name in (term.name_en, term.name_ko, *term.aliases) if name != term.name)]


def terms_named(text: str, terms: Iterable[Term], *, most: int = 6) -> list[Named]:
    """Of these terms those that the text may become or mean, the best first; guesses only where nothing else fits."""
    typed = "".join(words(text))
    if not typed:
        return []
    found = sorted(_fitting(typed, terms), key=_place)
    sure = [one for one in found if not one.is_guess]
    return (sure or found)[:most]


def _place(found: Named) -> tuple[int, int, int, str]:
    term = found.term
    return (found.fit, Term.Kind.values.index(term.kind), len(term.name), term.slug)


def _fitting(typed: str, terms: Iterable[Term]) -> Iterable[Named]:
    begins = hangul.pattern(typed)
    for term in terms:
        fits = [(fit, place, name) for place, name in enumerate(names(term)) if (fit := _fit(typed, begins, name)) >= 0]
        if fits:
            fit, place, name = min(fits)
            yield Named(term, fit, name if place else "")


def _fit(typed: str, begins: re.Pattern[str], name: str) -> int:
    """One of the fits, or -1."""
    parts = words(name)
    whole = "".join(parts)
    if whole == typed:
        return EXACT
    if begins.match(whole):
        return BEGINS
    if any(begins.match("".join(parts[place:])) for place in range(1, len(parts))):
        return WORD_BEGINS
    letters = apart(typed)
    slips = allowed_slips(letters)
    return SLIP if slips and OSA.distance(letters, apart(whole), score_cutoff=slips) <= slips else -1


def terms_within(text: str, terms: Sequence[Term]) -> list[Term]:
    """Terms whose whole names stand in the text, the longest names first: "dark horror from Korea" → Dark, Horror."""
    typed = f" {' '.join(words(text))} "
    by_name = {f" {' '.join(words(name))} ": term for term in reversed(terms) for name in names(term)}
    found: dict[int, Term] = {}
    for name in sorted(by_name, key=len, reverse=True):
        if name.strip() and name in typed:
            typed = typed.replace(name, "  ")
            found.setdefault(by_name[name].pk, by_name[name])
    return list(found.values())
