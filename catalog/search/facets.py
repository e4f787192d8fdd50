"""What else one could ask for, and how many films there would be: counts that follow all other filters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from catalog.models import Term
from catalog.search import reading, selection
from catalog.search.asked import HAS, SAID, Asked
from catalog.search.counting import Counter
from catalog.search.meaning import Near
from catalog.search.postings import one_moment
from catalog.search.selection import Family, Selection

MOST_TAGS = 30  # beside those that are asked for
MOST_LANGUAGES = 20
LIKELY = 40  # so many are counted after a look at a sample, so that those shown are the most frequent ones
DECADES = range(2100, 1860, -10)
DECADE_KEYS = [f"decade/{decade}" for decade in DECADES]


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


@one_moment()
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
        keys = {f"has/{what}" for what in HAS} | {"said/person", "said/model", "said/term", "said/waiting"}
        self.known = reading.read(selection.keys_of(asked, family) | keys)
        self.chosen = Selection(asked, self.known, family, near=near)
        self.all = Counter(self.known, self.chosen.mask)
        likely = self._likely_terms()
        self.terms = sorted(Term.objects.in_bulk(likely).values(), key=lambda term: (term.name_en, term.pk))
        self.by_term = self._by_term(likely)

    def _likely_terms(self) -> list[int]:
        """The terms that may be shown: all genres, of other kinds the most frequent, and what is asked for."""
        asked_for = {chip.term.pk for chip in self.asked.chips}
        kinds: dict[str, list[tuple[bool, int, int]]] = {kind: [] for kind in Term.Kind.values}
        for term, kind in Term.objects.filter(active=True).order_by().values_list("pk", "kind"):
            often = max(self.all.sample.get(key, 0) for key in self.family.keys(term))
            kinds[kind].append((term not in asked_for, -often, term))
        genres = [term for _other, _often, term in kinds.pop(Term.Kind.GENRE)]
        return genres + [one[2] for terms in kinds.values() for one in sorted(terms)[: LIKELY + len(asked_for)]]

    def _by_term(self, likely: Sequence[int]) -> dict[int, int]:
        wide = {str(term): self.family.keys(term) for term in likely if term in self.family.children}
        alone = {term: f"term/{term}" for term in likely if term not in self.family.children}
        # In one query with what else is asked of the same films.
        others = [] if self.asked.decades else DECADE_KEYS
        found = self.all.of([*alone.values(), *others, *([] if self.asked.languages else self.languages(self.all))])
        in_families = self.all.of_any(wide)
        return {term: found[key] for term, key in alone.items()} | {int(term): in_families[term] for term in wide}

    def languages(self, counter: Counter) -> list[str]:
        """Keys of the languages that may be shown."""
        asked_for = {f"language/{language}" for language in self.asked.languages}
        keys = asked_for | {key for key in counter.sample if key.startswith("language/")}
        return sorted(keys, key=lambda key: (key not in asked_for, -counter.sample.get(key, 0), key))[:LIKELY]

    def term(self, term: Term) -> int | None:
        """None where it is not among the most frequent."""
        chip = self.asked.chip(term)
        if chip.mode in ("not", "may"):
            groups = self.chosen.named("may") if chip.mode == "may" else self.chosen.named("chip")
            left_out = [one for one in groups if chip.mode == "may" or one.chip == chip]
            return int(np.count_nonzero(self.chosen.all_but(left_out) & self.chosen.has(chip)))
        return self.by_term.get(term.pk)

    def without(self, group: str) -> Counter:
        """Over the films that are found when nothing of the group is asked for."""
        conditions = self.chosen.named(group)
        return Counter(self.known, self.chosen.all_but(conditions)) if conditions else self.all

    def has(self, what: str) -> int:
        mask = self.chosen.all_but([one for one in self.chosen.named("has") if one.value.endswith(what)])
        return int(np.count_nonzero(mask & self.known.has(f"has/{what}")))

    def said(self, what: str) -> int:
        mask = self.chosen.all_but(self.chosen.named("said"))
        return int(np.count_nonzero(mask & selection.said_mask(self.known, what)))


def _terms(counts: _Counts, kind: str) -> list[Facet]:
    asked, found = counts.asked, []
    for term in counts.terms:
        if term.kind == kind and (count := counts.term(term)) is not None:
            chip = asked.chip(term)
            toggled = asked.with_chip(term, chip.cycle())
            found.append(Facet(term.slug, count, toggled, chip.mode, term, chip.strength))
    return found


def _most(facets: Iterable[Facet], most: int) -> list[Facet]:
    """The most frequent ones, and those that are asked for wherever they stand."""
    ordered = sorted(facets, key=lambda facet: (-facet.count, facet.value))
    return [facet for place, facet in enumerate(ordered) if place < most or facet.mode or facet.strength]


def _decades(counts: _Counts) -> list[Facet]:
    asked = counts.asked
    found = counts.without("decade").of(DECADE_KEYS)
    return [
        Facet(
            str(decade),
            found[f"decade/{decade}"],
            replace(asked, decades=tuple(sorted({decade} ^ set(asked.decades)))),
            "must" if decade in asked.decades else "",
        )
        for decade in DECADES
        if found[f"decade/{decade}"] or decade in asked.decades
    ]


def _languages(counts: _Counts) -> list[Facet]:
    asked, counter = counts.asked, counts.without("language")
    found = counter.of(counts.languages(counter))
    return [
        Facet(
            language := key.partition("/")[2],
            count,
            replace(asked, languages=tuple(sorted({language} ^ set(asked.languages)))),
            "must" if language in asked.languages else "",
        )
        for key, count in found.items()
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
