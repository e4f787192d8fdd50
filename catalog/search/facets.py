"""What else one could ask for, and how many films there would be: counts that follow all other filters."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from catalog.models import Term
from catalog.search import reading, selection
from catalog.search.asked import HAS, SAID, Asked
from catalog.search.meaning import Near
from catalog.search.selection import Family, Selection

MOST_TAGS = 30  # beside those that are asked for
MOST_LANGUAGES = 20


@dataclass(frozen=True)
class Facet:
    """Something that can be asked for, and how many films would be found if all else stayed as it is."""

    value: str  # slug, decade, language, or a name of HAS or SAID
    count: int
    toggled: Asked  # what a click asks for: a term's next mode, and for all else the value, or not any more
    mode: str = ""  # must, may or not where it is asked for; "" where it is not
    term: Term | None = None
    strength: int = 0


@dataclass(frozen=True)
class Facets:
    genres: list[Facet]  # all of them, by name
    tags: list[Facet]  # those of which there are most, and those that are asked for
    scenes: list[Facet]  # as tags
    decades: list[Facet]  # the latest first
    languages: list[Facet]  # the most first
    has: list[Facet]
    said: list[Facet]


def facets(asked: Asked, *, near: Near | None = None) -> Facets:
    """Of a term that a film must not have: how many films that leaves out. Of one that it may have: how many have it
    among those that fit all but what they may have. Of a decade: how many there are of it whatever decades are asked
    for, and so on: each count is what the value finds without the others of its own group.
    """
    family = Family()
    counts = _Counts(asked, near, family)
    terms = {kind: _terms(counts, kind) for kind in Term.Kind.values}
    return Facets(
        genres=terms["genre"],
        tags=_most(terms["tag"], MOST_TAGS),
        scenes=_most(terms["scene"], MOST_TAGS),
        decades=_decades(counts),
        languages=_most(_languages(counts), MOST_LANGUAGES),
        has=[_has(counts, what) for what in HAS],
        said=[_said(counts, what) for what in SAID],
    )


class _Counts:
    """How many of the found films have each key, with the conditions of the key's own group left out."""

    def __init__(self, asked: Asked, near: Near | None, family: Family) -> None:
        self.asked, self.family = asked, family
        keys = selection.keys_of(asked, family) | {"said/person", "said/model", "said/term", "said/waiting"}
        self.terms = list(Term.objects.filter(active=True))
        keys |= {f"term/{term.pk}" for term in self.terms} | {f"has/{what}" for what in HAS}
        self.known = reading.read(None)
        self.chosen = Selection(asked, self.known, family, near=near)

    def term(self, term: Term) -> int:
        chip = self.asked.chip(term)
        left_out = [one for one in self.chosen.named("chip") if one.chip == chip and chip.mode == "not"]
        left_out += self.chosen.named("may") if chip.mode == "may" else []
        mask = self.chosen.all_but(left_out)
        has = np.zeros_like(mask)
        for key in self.family.keys(term.pk):
            has |= self.known.has(key)
        return int(np.count_nonzero(mask & has))

    def keys(self, group: str) -> dict[str, int]:
        mask = self.chosen.all_but(self.chosen.named(group))
        found = {key: int(np.count_nonzero(mask & self.known.has(key))) for key in self.known.keys(f"{group}/")}
        return {key.partition("/")[2]: count for key, count in found.items()}

    def has(self, what: str) -> int:
        mask = self.chosen.all_but([one for one in self.chosen.named("has") if one.value.endswith(what)])
        return int(np.count_nonzero(mask & self.known.has(f"has/{what}")))

    def said(self, what: str) -> int:
        mask = self.chosen.all_but(self.chosen.named("said"))
        return int(np.count_nonzero(mask & selection.said_mask(self.known, what)))


def _terms(counts: _Counts, kind: str) -> list[Facet]:
    asked, found = counts.asked, []
    for term in counts.terms:
        if term.kind == kind:
            chip = asked.chip(term)
            toggled = asked.with_chip(term, chip.cycle())
            found.append(Facet(term.slug, counts.term(term), toggled, chip.mode, term, chip.strength))
    return found


def _most(facets: Iterable[Facet], most: int) -> list[Facet]:
    """The most frequent ones, and those that are asked for wherever they stand."""
    ordered = sorted(facets, key=lambda facet: (-facet.count, facet.value))
    return [facet for place, facet in enumerate(ordered) if place < most or facet.mode or facet.strength]


def _decades(counts: _Counts) -> list[Facet]:
    asked = counts.asked
    found = {int(value): count for value, count in counts.keys("decade").items()}
    return [
        Facet(
            str(decade),
            found.get(decade, 0),
            replace(asked, decades=tuple(sorted({decade} ^ set(asked.decades)))),
            "must" if decade in asked.decades else "",
        )
        for decade in sorted({*found, *asked.decades}, reverse=True)
    ]


def _languages(counts: _Counts) -> list[Facet]:
    asked, found = counts.asked, counts.keys("language")
    return [
        Facet(
            language,
            found.get(language, 0),
            replace(asked, languages=tuple(sorted({language} ^ set(asked.languages)))),
            "must" if language in asked.languages else "",
        )
        for language in {*found, *asked.languages}
    ]


def _has(counts: _Counts, what: str) -> Facet:
    """Asked for, then asked not to be there, then not asked for."""
    has = counts.asked.has
    mode = "must" if what in has else "not" if f"no-{what}" in has else ""
    others = tuple(one for one in has if one.removeprefix("no-") != what)
    wanted = {"": (what,), "must": (f"no-{what}",), "not": ()}[mode]
    return Facet(what, counts.has(what), replace(counts.asked, has=tuple(sorted((*others, *wanted)))), mode)


def _said(counts: _Counts, what: str) -> Facet:
    chosen = counts.asked.said == what
    return Facet(what, counts.said(what), replace(counts.asked, said="" if chosen else what), "must" if chosen else "")
