"""What an address asks for, in words: each part with the address that no longer asks for it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from catalog.search.asked import Asked, Chip
from catalog.search.selection import Condition
from catalog.templatetags.pages import language_name

HAS: dict[str, str | Promise] = {
    "poster": gettext_lazy("Poster"),
    "plot": gettext_lazy("Plot"),
    "footage": gettext_lazy("Footage"),
}
HAS_NOT: dict[str, str | Promise] = {
    "poster": gettext_lazy("No poster"),
    "plot": gettext_lazy("No plot"),
    "footage": gettext_lazy("No footage"),
}
SAID: dict[str, str | Promise] = {
    "person": gettext_lazy("Judged by a person"),
    "machine": gettext_lazy("Judged by the model only"),
    "waiting": gettext_lazy("Waits for a person"),
    "untagged": gettext_lazy("Neither genre nor tag"),
}
SORTS: dict[str, str | Promise] = {
    "match": gettext_lazy("Best match"),
    "newest": gettext_lazy("Newest first"),
    "title": gettext_lazy("Title"),
    "year": gettext_lazy("Year"),
    "confidence": gettext_lazy("Most certain first"),
    "doubt": gettext_lazy("Most uncertain first"),
}
LAYOUTS: dict[str, str | Promise] = {
    "grid": pgettext_lazy("layout", "Grid"),
    "list": pgettext_lazy("layout", "List"),
    "table": pgettext_lazy("layout", "Table"),
}


def here(asked: Asked) -> str:
    """The search page's address."""
    return reverse("films") + asked.query()


@dataclass(frozen=True)
class Part:
    """One thing that is asked for beside terms and the text, which stands in the box."""

    text: str
    without: str  # address


def parts(asked: Asked) -> list[Part]:
    return [Part(text, here(without)) for text, without in _parts(asked)]


def _parts(asked: Asked) -> Iterator[tuple[str, Asked]]:
    if asked.by:
        yield _("Directed by %(name)s") % {"name": asked.by}, replace(asked, by="")
    for decade in asked.decades:
        yield decade_name(decade), replace(asked, decades=tuple(one for one in asked.decades if one != decade))
    for code in asked.languages:
        left = tuple(one for one in asked.languages if one != code)
        yield language_name(code), replace(asked, languages=left)
    for what in asked.has:
        yield has_name(what), replace(asked, has=tuple(one for one in asked.has if one != what))
    if asked.said:
        yield str(SAID[asked.said]), replace(asked, said="")


def decade_name(decade: int | str) -> str:
    return _("%(decade)ss") % {"decade": decade}


def has_name(what: str) -> str:
    absent = what.startswith("no-")
    return str((HAS_NOT if absent else HAS)[what.removeprefix("no-")])


def chip_name(chip: Chip) -> str:
    """A chip by itself: "Horror", "maybe Comedy", "no War", and its strength."""
    words = {
        "must": "%(name)s",
        "may": pgettext("a film may have the term", "maybe %(name)s"),
        "not": pgettext("a film must not have the term", "no %(name)s"),
        "": "%(name)s",
    }[chip.mode] % {"name": chip.term.name}
    return f"{words} {signed(chip.strength)}" if chip.strength else words


def signed(strength: int) -> str:
    """With a real minus sign."""
    return f"+{strength}" if strength > 0 else f"−{-strength}" if strength else "0"


def said(asked: Asked) -> list[str]:
    """All that is asked for, in words."""
    text = [f"“{asked.text}”"] if asked.text else []
    like = [_("Like %(film)s") % {"film": asked.like}] if asked.like else []
    return [*text, *like, *map(chip_name, asked.chips), *(part for part, _without in _parts(asked))]


def name_for(asked: Asked) -> str:
    """A name for a search that is kept."""
    return ", ".join(said(asked))[:100]


def condition_name(condition: Condition) -> str:
    """What one would have to drop, as a button says it."""
    asked = condition.without
    if condition.chip is not None:
        return chip_name(condition.chip)
    if condition.name == "may":
        return _("the “maybe” terms")
    names = {
        "text": lambda: _("the text"),
        "by": lambda: _("the director"),
        "decade": lambda: _("the decade"),
        "language": lambda: _("the language"),
        "has": lambda: has_name(condition.value),
        "said": lambda: str(SAID[condition.value]),
    }
    return str(names[condition.name]()) if condition.name in names else _("this filter") if asked else ""
