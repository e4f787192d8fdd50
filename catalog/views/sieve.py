"""What stands beside the films: the chips that are asked for and the facets that could be."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from catalog.search.asked import Asked, Chip
from catalog.search.finding import Facet, Facets
from catalog.templatetags.pages import language_name
from catalog.views.asked_in_words import HAS, SAID, decade_name, here, signed

ICONS = {"must": "check", "may": "either", "not": "cross", "": ""}
STRONGEST = 2
SHOWN = {"genres": 40, "tags": 14, "scenes": 8, "decades": 6, "languages": 6}  # the rest is folded


@dataclass(frozen=True)
class Sift:
    """One facet: a link that asks for the next thing one may want of it."""

    id: str
    name: str
    count: int
    share: float  # of the fullest in its group, in percent
    mode: str
    address: str
    next: str  # what the link does, in words
    more: str = ""  # addresses that ask for more, or less, of a term
    less: str = ""
    strength: int = 0

    @property
    def icon(self) -> str:
        return ICONS[self.mode]

    @property
    def is_empty(self) -> bool:
        return not self.count and not self.mode

    @property
    def signed(self) -> str:
        return signed(self.strength) if self.strength else ""


@dataclass(frozen=True)
class Group:
    id: str
    name: str
    open: list[Sift]
    folded: list[Sift] = field(default_factory=list)

    @property
    def chosen(self) -> int:
        return sum(bool(sift.mode or sift.strength) for sift in (*self.open, *self.folded))


def groups(asked: Asked, found: Facets) -> list[Group]:
    """Facets as the page shows them. Those of terms that no film has are left out, unless they are asked for."""
    made = [
        _group("genres", _("Genres"), [_term(asked, facet) for facet in found.genres]),
        _group("tags", _("Tags"), [_term(asked, facet) for facet in found.tags]),
        _group("scenes", _("Scenes"), [_term(asked, facet) for facet in found.scenes if facet.count or facet.mode]),
        _group("decades", _("Decade"), [_value(facet, decade_name(facet.value)) for facet in found.decades]),
        _group("languages", _("Language"), [_value(facet, language_name(facet.value)) for facet in found.languages]),
        _group("has", _("With"), [_value(facet, str(HAS[facet.value])) for facet in found.has]),
        _group("said", _("Judged"), [_value(facet, str(SAID[facet.value])) for facet in found.said]),
    ]
    return [group for group in made if group.open]


def _group(key: str, name: str, sifts: Sequence[Sift]) -> Group:
    most = max((sift.count for sift in sifts), default=0) or 1
    scaled = [Sift(**{**vars(sift), "share": round(100 * sift.count / most, 1)}) for sift in sifts]
    full = SHOWN.get(key, len(scaled))
    shown = [sift for place, sift in enumerate(scaled) if place < full or sift.mode or sift.strength]
    return Group(key, name, shown, [sift for sift in scaled if sift not in shown])


def _term(asked: Asked, facet: Facet) -> Sift:
    term = facet.term
    assert term is not None
    says = {
        "": _("require it"),
        "must": _("make it one of several"),
        "may": _("leave it out"),
        "not": _("stop asking for it"),
    }
    return Sift(
        id=f"{term.kind}-{term.slug}",
        name=term.name,
        count=facet.count,
        share=0,
        mode=facet.mode,
        address=here(facet.toggled),
        next=says[facet.mode],
        more=_stronger(asked, facet.strength, 1, Chip(term)),
        less=_stronger(asked, facet.strength, -1, Chip(term)),
        strength=facet.strength,
    )


def _value(facet: Facet, name: str) -> Sift:
    says = {"": _("only these"), "must": _("stop asking for it"), "not": _("stop asking for it")}
    if facet.value in HAS and facet.mode == "must":
        says["must"] = _("only those without")
    return Sift(
        id=f"{facet.value}",
        name=name,
        count=facet.count,
        share=0,
        mode=facet.mode,
        address=here(facet.toggled),
        next=says[facet.mode],
    )


@dataclass(frozen=True)
class Asking:
    """A chip above the films, with all that one may do to it."""

    chip: Chip
    cycled: str
    without: str
    more: str
    less: str

    @property
    def id(self) -> str:
        return f"chip-{self.chip.term.kind}-{self.chip.term.slug}"

    @property
    def icon(self) -> str:
        return ICONS[self.chip.mode]

    @property
    def mode(self) -> str:
        """In words, as the chip's state is read out."""
        return {
            "must": _("required"),
            "may": _("one of several"),
            "not": _("left out"),
            "": _("ranks, leaves nothing out"),
        }[self.chip.mode]

    @property
    def next(self) -> str:
        return {
            "must": _("required"),
            "may": _("one of several"),
            "not": _("left out"),
            "": _("ranks, leaves nothing out") if self.chip.strength else _("not asked for"),
        }[self.chip.cycle()]

    @property
    def signed(self) -> str:
        return signed(self.chip.strength)


def chips(asked: Asked) -> list[Asking]:
    return [
        Asking(
            chip,
            cycled=here(asked.with_chip(chip.term, chip.cycle())),
            without=here(asked.without(chip.term)),
            more=_stronger(asked, chip.strength, 1, chip),
            less=_stronger(asked, chip.strength, -1, chip),
        )
        for chip in asked.chips
    ]


def _stronger(asked: Asked, strength: int, step: int, chip: Chip) -> str:
    """The address that asks for one step more; "" at the end of the scale."""
    wanted = strength + step
    return here(asked.with_strength(chip.term, wanted)) if abs(wanted) <= STRONGEST else ""
