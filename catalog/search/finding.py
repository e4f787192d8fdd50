"""Finding films: a page of them, how many there are, what else one could ask for, and what stands in the way."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from django.db.models import QuerySet

from catalog.models import Film, Term
from catalog.search import ranking, reading, selection
from catalog.search.asked import Asked
from catalog.search.facets import Facet, Facets, facets
from catalog.search.facts import Ids
from catalog.search.meaning import Near
from catalog.search.postings import one_moment
from catalog.search.selection import Condition, Family, Selection

__all__ = ["Facet", "Facets", "Found", "Match", "blame", "facets", "find", "matching"]

FILMS_PER_PAGE = 36  # fills the rows of two, three, four or six films


@dataclass(frozen=True, eq=False)
class Match:
    """Why a film stands where it does: what it has of the terms that rank, and how near it is."""

    why: list[tuple[Term, int, float]]  # term, strength, weight from 0 to 1
    score: float  # sum of strength · weight, and of the similarity


@dataclass(frozen=True, eq=False)
class Found:
    films: list[Film]
    next: str  # cursor, empty on the last page
    count: int  # of all films that fit
    scores: dict[int, Match] = field(default_factory=dict)  # by the film's id; filled where films are ranked by match


@one_moment()
def find(
    asked: Asked,
    after: str = "",
    size: int = FILMS_PER_PAGE,
    *,
    near: Near | None = None,
    films: QuerySet[Film] | None = None,
) -> Found:
    """One page. With `near` only those films are candidates, the nearest first unless another sort is asked for; the
    text is then what they are near to and is not looked for in titles, unless the address asks for films like one.
    `films` says what is read of them, by default what a list shows.
    """
    chosen = select(asked, near)
    page = ranking.page(chosen, near, after, size)
    if films is None:
        films = Film.objects.select_related("poster", "review").defer("plot", "plot_ko", "external")
    by_id = films.in_bulk(page.ids)
    shown = [by_id[pk] for pk in page.ids if pk in by_id]
    return Found(shown, page.next, int(np.count_nonzero(chosen.mask)), _matches(chosen, near, page.ids))


@one_moment()
def matching(asked: Asked, *, near: Near | None = None) -> Ids:
    """Ids of all films that fit, rising."""
    chosen = select(asked, near)
    return chosen.reading.ids(chosen.mask)


@one_moment()
def blame(asked: Asked, *, near: Near | None = None) -> list[tuple[Condition, int]]:
    """For each thing that is asked for, how many films there would be without it; the most first."""
    chosen = select(asked, near)
    counts = [(one, int(np.count_nonzero(chosen.all_but([one])))) for one, _fits in chosen.conditions]
    return sorted(counts, key=lambda found: -found[1])


def select(asked: Asked, near: Near | None = None) -> Selection:
    family = Family()
    read = reading.read(selection.keys_of(asked, family), ranking.keys_of(asked, near, family))
    return Selection(asked, read, family, near=near)


def _matches(chosen: Selection, near: Near | None, ids: Sequence[int]) -> dict[int, Match]:
    asked = chosen.asked
    if not (ranking.nearest_first(asked, near) or asked.order == "match") or not ids:
        return {}
    places = chosen.reading.places(np.array(ids, np.int64))
    similarity = dict(zip(near.ids.tolist(), near.similarity.tolist(), strict=True)) if near is not None else {}
    why: list[list[tuple[Term, int, float]]] = [[] for _ in ids]
    for chip in ranking.ranks(asked, near):
        weights = ranking.weight(chosen.reading, chosen.family, chip)[places] / 1000
        for row, weight in zip(why, weights.tolist(), strict=True):
            row.append((chip.term, chip.strength, weight))
    return {
        film: Match(row, sum(strength * weight for _term, strength, weight in row) + similarity.get(film, 0.0))
        for film, row in zip(ids, why, strict=True)
    }
