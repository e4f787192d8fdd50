"""Films like a film, and why: on the film's page, and on a page of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from catalog.access import anybody
from catalog.models import Film, FilmTerm, Term
from catalog.search.asked import Asked
from catalog.search.meaning import Near, like, rarity, why_similar
from catalog.views.film import find_film
from catalog.views.parts import is_fragment, render_part

BESIDE, WHOLE = 6, 36  # films on the film's page, and on the page of their own
SHARED, TURNED = 3, 6  # terms that are named of a pair, and that can be turned up or down
FIRMLY = 2  # how far


@dataclass(frozen=True)
class Shared:
    """A term that two films have, and how strongly each."""

    term: Term
    here: float
    there: float


@dataclass(frozen=True)
class Similar:
    """A film like the one that is looked at."""

    film: Film
    similarity: float
    shared: list[Shared]
    weaker: bool
    """whether it is the first below the divider"""


@dataclass(frozen=True)
class Turn:
    """A term of the film with the addresses of films like it that have less, and more, of it."""

    term: Term
    less: str
    more: str


@require_safe
@anybody
def similar(request: HttpRequest, key: str) -> HttpResponse:
    """A row of films for htmx, a page otherwise."""
    film = find_film(request, key)
    near = like(film, BESIDE if is_fragment(request) else WHOLE)
    context = {"film": film, "similar": films_like(film, near), "turns": turns(film), "how": near.how}
    return render_part(request, "catalog/similar.html", context, part="panel")


def films_like(film: Film, near: Near) -> list[Similar]:
    """The films of an answer with what they share with this one, in the same order."""
    ids = near.ids.tolist()
    shown = Film.objects.select_related("poster").defer("plot", "plot_ko", "external").in_bulk(ids)
    why = why_similar(film, ids)
    return [
        Similar(shown[other], similarity, [Shared(*one) for one in why[other][:SHARED]], place == near.floor_at > 0)
        for place, (other, similarity) in enumerate(zip(ids, near.similarity.tolist(), strict=True))
        if other in shown
    ]


def turns(film: Film) -> list[Turn]:
    """The film's most telling terms: those that it has most of and others have not."""
    carried = list(FilmTerm.objects.filter(film=film, term__active=True).select_related("term"))
    tells = rarity([one.term_id for one in carried])
    carried.sort(key=lambda one: (-one.weight * tells[one.term_id], one.term.slug))
    return _turned(film, [one.term for one in carried[:TURNED]])


def _turned(film: Film, terms: Sequence[Term]) -> list[Turn]:
    asked = Asked(like=film.key)
    return [
        Turn(term, asked.with_strength(term, -FIRMLY).query(), asked.with_strength(term, FIRMLY).query())
        for term in terms
    ]
