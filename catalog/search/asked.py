"""What an address asks search for: `?tag=noir&not=comedy&w.dark=2`, read into Asked and written back.

| | |
|---|---|
| `q` | words of the title; `like` the key of a film that others are to be like |
| `by` | words of a director's name |
| `genre`, `tag`, `scene` | slugs of terms that a film must have, all of them |
| `may` | slugs of which a film must have at least one, whatever else it must have |
| `not` | slugs that a film must not have |
| `w.<slug>` | −2 to 2: how much more, or less, of the term; ranks and leaves nothing out |
| `decade`, `language` | a film must have one of those given |
| `has` | poster, plot, footage, or each with "no-" before it: all of those given |
| `said` | one of person, machine, waiting, untagged |
| `sort`, `layout` | see SORTS and LAYOUTS |

`may`, `not` and `w.` take `kind:slug` too: where terms of two kinds share a slug, it alone means the genre before the
tag before the scene genre. A term that became part of another one means that one. A term has one mode: named in
several, the last of must, may and not holds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self
from urllib.parse import urlencode

from django.db.models import Count
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from catalog.models import Term

LONGEST_SEARCH = 200
MODES = ("must", "may", "not")
NEXT_MODE = {"": "must", "must": "may", "may": "not", "not": ""}
STRENGTHS = (-2, -1, 1, 2)
SORTS = ("match", "title", "year", "confidence", "newest", "doubt")
LAYOUTS = ("grid", "list", "table")
SAID = ("person", "machine", "waiting", "untagged")
HAS = ("poster", "plot", "footage")
KINDS = tuple(Term.Kind.values)  # genre, tag, scene: the first of them that has a slug is meant

Name = tuple[str, str]  # kind, slug; the kind may be "" in an address


@dataclass(frozen=True)
class Chip:
    """A term that is asked for. Without a mode it ranks by its strength and filters nothing."""

    term: Term
    mode: str = ""  # of MODES, or ""
    strength: int = 0  # −2 to 2

    def cycle(self) -> str:
        """The mode that comes next: must, may, not, none, must …"""
        return NEXT_MODE[self.mode]

    @property
    def place(self) -> tuple[int, int, str]:
        """Chips stand in this order, so that addresses that ask for the same are the same."""
        return (MODES.index(self.mode) if self.mode else len(MODES), KINDS.index(self.term.kind), self.term.slug)


@dataclass(frozen=True)
class Asked:
    """What is looked for, in which order and layout. Two that ask for the same are equal."""

    text: str = ""
    chips: tuple[Chip, ...] = ()  # in the order of Chip.place
    decades: tuple[int, ...] = ()
    languages: tuple[str, ...] = ()
    by: str = ""
    has: tuple[str, ...] = ()
    said: str = ""
    sort: str = ""  # "" is what `order` makes of it
    like: str = ""
    layout: str = "grid"
    # Terms that their slugs alone do not mean, to be written with their kinds.
    hidden: frozenset[Name] = field(default=frozenset(), compare=False, repr=False)

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        """From the address; what makes no sense is ignored. One query, and one more where there are terms.

        Raises:
            Http404: a term that does not exist, with a sentence that says so.
        """
        said = query.get("said", "waiting" if query.get("review") else "")
        sort, layout = query.get("sort", ""), query.get("layout", "")
        known = {*HAS, *(f"no-{what}" for what in HAS)}
        asked = cls(
            text=_line(query.get("q", "")),
            chips=read_chips(query),
            by=_line(query.get("by", "")),
            decades=tuple(sorted(_decades(query.getlist("decade")))),
            languages=tuple(sorted({one.replace("\0", "")[:40] for one in query.getlist("language") if one})),
            has=tuple(sorted(known.intersection(query.getlist("has")))),
            said=said if said in SAID else "",
            sort=sort if sort in SORTS else "",
            like=query.get("like", "").replace("\0", "")[:80],
            layout=layout if layout in LAYOUTS else "grid",
            hidden=hidden_names(),
        )
        return replace(asked, sort="") if sort == asked._usual_order else asked

    @property
    def order(self) -> str:
        """The sort that is asked for, or goes without saying: by match where there is something to match."""
        return self.sort or self._usual_order

    @property
    def _usual_order(self) -> str:
        return "match" if self.like or any(chip.strength for chip in self.chips) else "newest"

    @property
    def any(self) -> bool:
        """Whether anything narrows the films."""
        return self != Asked(sort=self.sort, layout=self.layout)

    def of(self, mode: str) -> tuple[Chip, ...]:
        return tuple(chip for chip in self.chips if chip.mode == mode)

    @property
    def weighted(self) -> tuple[Chip, ...]:
        """The chips that rank: those with a strength; where none has one, what must or may be there counts once."""
        strong = tuple(chip for chip in self.chips if chip.strength)
        return strong or tuple(replace(chip, strength=1) for chip in (*self.of("must"), *self.of("may")))

    # Asking for something else ------------------------------------------------------------------------------

    def chip(self, term: Term) -> Chip:
        """The term's chip; one without mode and strength where it is not asked for."""
        return next((chip for chip in self.chips if chip.term == term), Chip(term))

    def with_chip(self, term: Term, mode: str) -> Self:
        """The same with the term in this mode; "" takes the mode away and leaves a strength."""
        return self._put(replace(self.chip(term), mode=mode))

    def with_strength(self, term: Term, strength: int) -> Self:
        return self._put(replace(self.chip(term), strength=strength))

    def without(self, term: Term) -> Self:
        return self._put(Chip(term))

    def _put(self, chip: Chip) -> Self:
        others = [one for one in self.chips if one.term != chip.term]
        chips = [*others, chip] if chip.mode or chip.strength else others
        return replace(self, chips=in_place(chips))

    # Back to an address ---------------------------------------------------------------------------------------

    def query(self, **changes: Any) -> str:
        """The shortest address that asks for the same, in a fixed order; "" for all films. `after` adds a cursor."""
        after = changes.pop("after", "")
        return replace(self, **changes)._written(str(after))

    def _written(self, after: str) -> str:
        pairs = [("q", self.text), ("like", self.like), *self._chips_written(), ("by", self.by)]
        pairs += [("decade", str(decade)) for decade in self.decades]
        pairs += [("language", language) for language in self.languages]
        pairs += [("has", what) for what in self.has]
        pairs += [("said", self.said)]
        pairs += [("sort", self.sort if self.sort != self._usual_order else "")]
        pairs += [("layout", self.layout if self.layout != "grid" else ""), ("after", after)]
        written = urlencode([(name, value) for name, value in pairs if value], safe=":")
        return f"?{written}" if written else ""

    def _chips_written(self) -> Iterable[tuple[str, str]]:
        for chip in self.chips:
            if chip.mode == "must":
                yield chip.term.kind, chip.term.slug
            elif chip.mode:
                yield chip.mode, self._slug(chip.term)
        for chip in self.chips:
            if chip.strength:
                yield f"w.{self._slug(chip.term)}", str(chip.strength)

    def _slug(self, term: Term) -> str:
        return f"{term.kind}:{term.slug}" if (term.kind, term.slug) in self.hidden else term.slug


def _line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())[:LONGEST_SEARCH]


def in_place(chips: Iterable[Chip]) -> tuple[Chip, ...]:
    return tuple(sorted(chips, key=lambda chip: chip.place))


def _decades(given: Iterable[str]) -> set[int]:
    numbers = {int(text) for text in given if text.isascii() and text.isdigit() and len(text) == 4}
    return {number for number in numbers if number % 10 == 0 and 1870 <= number <= 2100}


def hidden_names() -> frozenset[Name]:
    """Terms whose slugs mean a term of an earlier kind. One query."""
    several = Term.objects.values("slug").annotate(kinds=Count("kind")).filter(kinds__gt=1).order_by()
    kinds: dict[str, list[str]] = {}
    for kind, slug in Term.objects.filter(slug__in=several.values("slug")).values_list("kind", "slug"):
        kinds.setdefault(slug, []).append(kind)
    return frozenset((kind, slug) for slug, found in kinds.items() for kind in sorted(found, key=KINDS.index)[1:])


# Names of terms -----------------------------------------------------------------------------------------------


def read_chips(query: QueryDict) -> tuple[Chip, ...]:
    """The chips of an address. One query where there are any. Raises Http404."""
    modes: dict[Name, str] = {(kind, slug): "must" for kind in KINDS for slug in query.getlist(kind) if slug}
    modes |= {_name(text): mode for mode in ("may", "not") for text in query.getlist(mode) if text}
    strengths = _strengths(query)
    terms = _terms([*modes, *strengths])
    chips: dict[int, Chip] = {}
    for name, mode in modes.items():
        chips[terms[name].pk] = Chip(terms[name], mode)
    for name, strength in strengths.items():
        term = terms[name]
        chips[term.pk] = replace(chips.get(term.pk, Chip(term)), strength=strength)
    return in_place(chips.values())


def _name(text: str) -> Name:
    kind, _separator, slug = text.rpartition(":")
    return (kind, slug) if kind in KINDS else ("", text)


def _strengths(query: QueryDict) -> dict[Name, int]:
    known = {str(strength): strength for strength in STRENGTHS}
    given = {name: str(query[name]) for name in query if name.startswith("w.") and len(name) > 2}
    return {_name(name[2:]): known[value] for name, value in given.items() if value in known}


def _terms(names: Iterable[Name]) -> Mapping[Name, Term]:
    names = list(names)
    if not names:
        return {}
    slugs = {slug for _kind, slug in names if "\0" not in slug}
    found = Term.objects.filter(slug__in=slugs).select_related("merged_into__merged_into")
    by_name = {(term.kind, term.slug): term for term in found}
    return {name: _meant(name, by_name) for name in names}


def _meant(name: Name, by_name: Mapping[Name, Term]) -> Term:
    kind, slug = name
    for candidate in (kind,) if kind else KINDS:
        if (candidate, slug) in by_name:
            term = by_name[candidate, slug]
            while term.merged_into is not None:
                term = term.merged_into
            return term
    sentence = _("There is no genre called “%(name)s”.") if kind == "genre" else _("There is no tag called “%(name)s”.")
    raise Http404(sentence % {"name": slug[:60]})
