"""What the search box offers while one types, as options of its list."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.access import anybody
from catalog.models import Film
from catalog.search.asked import Asked
from catalog.search.naming import Named
from catalog.search.suggesting import Suggestions, suggest


@dataclass(frozen=True)
class Option:
    """One line of the list: where it leads, and what it says."""

    address: str
    text: str
    note: str = ""  # beside the text: what kind of thing it is
    icon: str = ""
    film: Film | None = None
    opens: bool = False  # another page, and not another search


@dataclass(frozen=True)
class Group:
    name: str
    options: list[Option]


@require_safe
@anybody
def suggestions(request: HttpRequest) -> HttpResponse:
    """For the text `q`; whatever else the address asks for stays in the addresses of the options."""
    asked = Asked.read(request.GET)
    found = suggest(asked.text)
    groups = [group for group in _groups(asked, found) if group.options]
    return render(request, "catalog/suggestions.html", {"groups": groups, "asked": asked})


def _groups(asked: Asked, found: Suggestions) -> Iterator[Group]:
    if found.meant:
        option = Option(_address(replace(asked, text=found.meant)), found.meant, icon="search")
        yield Group(_("Did you mean"), [option])
    yield Group(_("Genres and tags"), [_term_option(asked, named) for named in found.terms])
    yield Group(_("Films"), [_film_option(film) for film in found.films])
    yield Group(_("Directors"), [_person_option(asked, name) for name in found.people])
    if asked.text:
        text = _("Search for “%(text)s”") % {"text": asked.text}
        yield Group(_("Everywhere"), [Option(_address(asked), text, _("titles and plots"), "search")])


def _address(asked: Asked) -> str:
    return reverse("films") + asked.query()


def _term_option(asked: Asked, named: Named) -> Option:
    kind = str(named.term.get_kind_display())
    note = f"{kind} · {named.name}" if named.name else kind
    wanted = replace(asked, text="").with_chip(named.term, "must")
    return Option(_address(wanted), named.term.name, note, "filter")


def _person_option(asked: Asked, name: str) -> Option:
    return Option(_address(replace(asked, text="", by=name)), name, icon="person")


def _film_option(film: Film) -> Option:
    other = film.title if film.shown_title != film.title else film.title_ko or film.title_original
    note = " · ".join(str(part) for part in (film.year, other) if part)
    return Option(film.get_absolute_url(), film.shown_title, note, film=film, opens=True)
