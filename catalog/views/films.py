"""The film list."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from catalog.access import anybody
from catalog.filters import Filters
from catalog.models import Film, FilmTerm, Term
from catalog.paging import ORDERS, Page, page
from catalog.views.parts import render_part, target

FILMS_PER_PAGE = 36  # fills the rows of two, three, four or six films
MOST_COUNTED = 10_000  # counting further would take longer than anybody reads


@require_safe
@anybody
def films(request: HttpRequest) -> HttpResponse:
    """The list, or with htmx its results, or only the next films."""
    filters, cursor = Filters.read(request.GET), request.GET.get("after", "")
    found = filters.films().select_related("poster", "review").defer("plot", "plot_ko", "external")
    shown = page(found, filters.order, cursor, FILMS_PER_PAGE)
    context: dict[str, Any] = {"filters": filters, "page": shown, "cards": _cards(shown.films), "cursor": cursor}
    context["more"] = _more(filters, shown)
    if target(request) == "more":
        return render_part(request, "catalog/films.html", context, part="more")
    fragment = target(request) == "results"
    response = render_part(
        request,
        "catalog/films.html",
        context | _around(filters) | {"oob": fragment},
        part="results" if fragment else "",
    )
    if fragment:
        response["HX-Push-Url"] = request.path + filters.query()
    return response


@dataclass(frozen=True)
class Card:
    """A film in the list, with the terms that it carries: name, origin, weight."""

    film: Film
    terms: list[tuple[str, str, float]]


def _cards(films: list[Film]) -> list[Card]:
    """Genres before tags, what is certain before what is likely. One query, however many films."""
    name = f"term__name_{'ko' if get_language() == 'ko' else 'en'}"
    carried = FilmTerm.objects.filter(film__in=films).order_by("term__kind", "-weight", "term__slug")
    terms: dict[int, list[tuple[str, str, float]]] = {film.pk: [] for film in films}
    for film_id, *term in carried.values_list("film_id", name, "origin", "weight"):
        terms[film_id].append((term[0], term[1], term[2]))
    return [Card(film, terms[film.pk]) for film in films]


def _more(filters: Filters, shown: Page) -> str:
    return filters.query(after=shown.next) if shown.next else ""


def _around(filters: Filters) -> dict[str, Any]:
    """What stands around the films: how many, the genres with their counts, the orders."""
    terms = list(Term.objects.filter(kind=Term.Kind.GENRE, active=True))
    counts = filters.counts(term.pk for term in terms)
    genres = [
        {
            "term": term,
            "count": counts.get(term.pk, 0),
            "chosen": term.slug in filters.genres,
            "without": filters.without(term.slug),
        }
        for term in terms
    ]
    found = filters.films()[: MOST_COUNTED + 1].count()
    return {
        "genres": [genre for genre in genres if genre["count"] or genre["chosen"]],
        "orders": [(slug, order.name) for slug, order in ORDERS.items()],
        "found": min(found, MOST_COUNTED),
        "found_more": found > MOST_COUNTED,
    }
