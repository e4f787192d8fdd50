"""The search page: what is asked for, the films that fit, and what else one could ask for."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.access import anybody
from catalog.models import Film, SavedSearch, Term
from catalog.search import finding, meaning, ranking
from catalog.search.asked import Asked
from catalog.search.finding import FILMS_PER_PAGE, Found
from catalog.search.meaning import Near
from catalog.search.naming import terms_named, terms_within
from catalog.search.suggesting import directors
from catalog.search.typos import did_you_mean
from catalog.views import asked_in_words, sieve
from catalog.views.asked_in_words import here
from catalog.views.cards import add_shared, cards
from catalog.views.parts import render_part, target

MOST_AT_ONCE = 360  # films that a page of a long list is put together from again when one comes back to it
OFFERED = 4  # filters that a search without films proposes to drop, and terms that its text may mean


@require_safe
@anybody
def films(request: HttpRequest) -> HttpResponse:
    """The page; with htmx all below the box, or only the next films, or those found by meaning."""
    asked, wanted = Asked.read(request.GET), target(request)
    context = _films(request, asked)
    if wanted in ("more", "meaning"):
        return render_part(request, "catalog/search.html", context, part=wanted)
    part = "search" if wanted == "search" else ""
    context |= _around(request, asked, context) | {"fragment": bool(part)}
    response = render_part(request, "catalog/search.html", context, part=part)
    if part:
        response["HX-Push-Url"] = here(asked)
    return response


def _films(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """The films of one page and how they were found."""
    after = request.GET.get("after", "")
    alike = _film(request, asked.like) if asked.like else None
    near = meaning.like(alike) if alike else None
    found = Found([], "", 0)
    by_meaning = bool(asked.text) and not alike and (request.GET.get("in") == "plots" or target(request) == "meaning")
    if not by_meaning:
        found = finding.find(asked, after, _size(request), near=near)
        by_meaning = bool(asked.text) and not alike and not found.count
    if by_meaning:
        near = _near(asked)
        found = finding.find(asked, after, _size(request), near=near) if len(near) else Found([], "", 0)
    shown = cards(asked, found, near, after)
    if alike:
        add_shared(shown, alike)
    return {
        "asked": asked,
        "found": found,
        "near": near,
        "by_meaning": by_meaning,
        "ranked": bool(found.scores),
        "order": "match" if ranking.nearest_first(asked, near) else asked.order,
        "alike": alike,
        "cards": shown,
        "cursor": after,
        "more": _more(asked, found, plots=by_meaning),
    }


def _size(request: HttpRequest) -> int:
    """So many films as are asked for, where one comes back to a long list; otherwise a page."""
    asked = request.GET.get("n", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
    return min(number, MOST_AT_ONCE) or FILMS_PER_PAGE


def _film(request: HttpRequest, key: str) -> Film:
    film = Film.objects.visible_to(request.user).filter(key=key).select_related("poster").first()
    if film is None:
        raise Http404(_("There is no film “%(key)s”.") % {"key": key[:60]})
    return film


def _near(asked: Asked) -> Near:
    """Films whose plots the text describes, of those that fit all else that is asked for."""
    rest = replace(asked, text="")
    filtered = replace(rest, chips=tuple(chip for chip in rest.chips if chip.mode), sort="").any
    return meaning.near(asked.text, within=finding.matching(rest) if filtered else None)


def _more(asked: Asked, found: Found, *, plots: bool) -> str:
    """The address of the next films; "" where these are the last."""
    if not found.next:
        return ""
    address = _plots(asked) if plots else here(asked)
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'after': found.next})}"


def _plots(asked: Asked) -> str:
    """The address that looks for the text in plots and not in titles."""
    return f"{here(asked)}&in=plots" if asked.text else ""


# What stands around the films --------------------------------------------------------------------------------


def _around(request: HttpRequest, asked: Asked, context: dict[str, Any]) -> dict[str, Any]:
    near = context["near"]
    nothing = not context["found"].count
    return {
        "hidden": [pair for pair in parse_qsl(asked.query(text="").removeprefix("?")) if pair[0] != "sort"],
        "chips": sieve.chips(asked),
        "parts": asked_in_words.parts(asked),
        "without_like": here(replace(asked, like="")),
        "groups": sieve.groups(asked, finding.facets(asked, near=near)),
        "sorts": _sorts(request, asked),
        "layouts": [(name, text, here(replace(asked, layout=name))) for name, text in asked_in_words.LAYOUTS.items()],
        "narrowed": asked.any,
        "meaning_address": _plots(asked),
        "name": asked_in_words.name_for(asked),
        "kept": _kept(request, asked),
        "later": bool(asked.text) and not context["by_meaning"] and not context["alike"] and not context["found"].next,
        **(_offers(asked) if asked.text else {}),
        **(_help(asked, near) if nothing else {}),
    }


def _sorts(request: HttpRequest, asked: Asked) -> list[tuple[str, Any]]:
    """Orders that make sense for what is asked for."""
    ranks = bool(asked.weighted) or bool(asked.like)
    may_decide = getattr(request.user, "may_decide", False)
    sensible = {"match": ranks, "confidence": ranks, "doubt": may_decide}
    return [
        (name, text) for name, text in asked_in_words.SORTS.items() if sensible.get(name, True) or name == asked.order
    ]


def _kept(request: HttpRequest, asked: Asked) -> SavedSearch | None:
    """This very search, where the reader keeps it."""
    if not request.user.is_authenticated or not asked.any:
        return None
    return SavedSearch.objects.filter(user=request.user, query=asked.query().removeprefix("?")).first()


def _offers(asked: Asked) -> dict[str, Any]:
    """Terms that the text names: each with the address that asks for it in place of the text."""
    terms = list(Term.objects.filter(active=True))
    named = terms_within(asked.text, terms)
    if not named:
        named = [one.term for one in terms_named(asked.text, terms, most=OFFERED)]
    wanted = replace(asked, text="")
    fresh = [term for term in named if not asked.chip(term).mode][:OFFERED]
    people = [(name, here(replace(wanted, by=name))) for name in directors(asked.text)]
    return {"offered": [(term, here(wanted.with_chip(term, "must"))) for term in fresh], "people": people}


def _help(asked: Asked, near: Near | None) -> dict[str, Any]:
    """Where nothing is found: what to drop, and what the text may have been meant to be, with its films."""
    among = near if asked.like else None  # a text that no plot comes close to may still stand in titles
    blamed = [
        (asked_in_words.condition_name(condition), here(condition.without), count)
        for condition, count in finding.blame(asked, near=among)
        if count
    ]
    meant = did_you_mean(asked.text) if asked.text else ""
    alone = [] if blamed else _alone(asked)
    instead = replace(asked, text=meant)
    films = finding.find(instead) if meant else Found([], "", 0)
    return {
        "blamed": blamed[:OFFERED],
        "alone": alone[:OFFERED],
        "meant": meant,
        "meant_address": here(instead),
        "meant_cards": cards(instead, films, None, ""),
        "meant_count": films.count,
    }


def _alone(asked: Asked) -> list[tuple[str, str, int]]:
    """Each of several terms by itself, where dropping one of them is not enough; the most films first."""
    chips = [chip for chip in asked.chips if chip.mode in ("must", "may")][: 2 * OFFERED]
    if len(chips) < 2:
        return []
    wanted = [(chip.term.name, Asked(chips=(chip,), layout=asked.layout)) for chip in chips]
    counted = [(name, here(one), finding.find(one, size=1).count) for name, one in wanted]
    return sorted((found for found in counted if found[2]), key=lambda found: -found[2])
