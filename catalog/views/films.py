"""The film list."""

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from catalog.access import anybody
from catalog.filters import Filters
from catalog.models import FilmQuerySet, FilmTerm, Term
from catalog.paging import ORDERS, Page, page
from catalog.views.parts import render_part, target

FILMS_PER_PAGE = 48
MOST_COUNTED = 10_000  # counting further would take longer than anybody reads


@require_safe
@anybody
def films(request: HttpRequest) -> HttpResponse:
    """The list, or with htmx its results, or only the next films."""
    filters, cursor = Filters.read(request.GET), request.GET.get("after", "")
    shown = page(_with_cards(filters.films()), filters.order, cursor, FILMS_PER_PAGE)
    context: dict[str, Any] = {"filters": filters, "page": shown, "cursor": cursor, "more": _more(filters, shown)}
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


def _with_cards(films: FilmQuerySet) -> FilmQuerySet:
    """With all that a card shows: three queries, however many films."""
    carried = FilmTerm.objects.order_by("term__kind", "-weight", "term__slug")
    films = films.select_related("poster", "review").defer("plot", "plot_ko", "external")
    return films.prefetch_related(Prefetch("film_terms", carried), "film_terms__term")


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
