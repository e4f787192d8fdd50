"""Films by what a text means, and films like a film, as the catalogue sees it.

The catalogue knows no models. It asks the functions that settings.FILMS_NEAR and settings.FILMS_LIKE name, which the
inference app provides, so that imports run one way: catalog ← training ← inference.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string
from numpy.typing import NDArray

from catalog.models import Film, FilmTerm, Term

MOST = 200
SAMPLED = 200_000  # rows from which it is judged how common a term is
WORDS, MEANING, BOTH = "words", "meaning", "both"  # how films were found
Shared = list[tuple[Term, float, float]]


@dataclass(frozen=True, eq=False)
class Near:
    """N films, the closest first. N = 0: nothing is close."""

    ids: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    """(N,)"""
    similarity: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    """(N,) 0 to 1, falling; to be compared within one answer only"""
    floor_at: int = 0
    """from this place on the matches are weaker: where the divider goes; N where none is"""
    how: str = ""
    """WORDS, MEANING, BOTH, or "" where nothing was looked for"""
    said: str = ""
    """a sentence for the reader where there is something to say of how it was looked for; else "" """

    def __len__(self) -> int:
        return len(self.ids)


def near(text: str, *, most: int = MOST, within: NDArray[np.int64] | None = None) -> Near:
    """Published films whose plots mean what the text says, or have its words; `within`: only among these ids."""
    provide: Callable[..., Near] = import_string(settings.FILMS_NEAR)
    return provide(text, most=most, within=within)


def like(film: Film, most: int = MOST) -> Near:
    """Published films like this one, by plot and by terms; without the film itself."""
    provide: Callable[[Film, int], Near] = import_string(settings.FILMS_LIKE)
    return provide(film, most)


# Why ---------------------------------------------------------------------------------------------------------


def why_similar(film: Film, others: Sequence[int]) -> dict[int, Shared]:
    """What each of the other films shares with this one: (term, weight here, weight there), the most telling first.

    A term tells the more the stronger both films have it and the fewer others do; a tag that is called as a genre is
    named once. Four queries.
    """
    here = dict(FilmTerm.objects.filter(film=film).values_list("term_id", "weight"))
    there = FilmTerm.objects.filter(film_id__in=others, term_id__in=here).values_list("film_id", "term_id", "weight")
    terms = Term.objects.filter(active=True).in_bulk(list(here))
    tells = rarity(list(here))
    found: dict[int, Shared] = {other: [] for other in others}
    for film_id, term_id, weight in there:
        if term_id in terms:
            found[film_id].append((terms[term_id], here[term_id], weight))
    for shared in found.values():
        shared.sort(key=lambda one: (-min(one[1], one[2]) * tells[one[0].pk], one[0].slug))
    return {other: _each_name_once(shared) for other, shared in found.items()}


def _each_name_once(shared: Shared) -> Shared:
    named: dict[str, tuple[Term, float, float]] = {}
    for one in shared:
        named.setdefault(one[0].name_en.casefold(), one)
    return list(named.values())


def rarity(term_ids: Sequence[int]) -> dict[int, float]:
    """The inverse document frequency of each term (Spärck Jones 1972), ln(1 + films / films that have it)."""
    counts, films = _counts()
    return {term_id: float(np.log1p(films / max(counts.get(term_id, 0.0), 1.0))) for term_id in term_ids}


def _counts() -> tuple[dict[int, float], float]:
    """About how many films carry each term, and how many there are: from a sample of the pages where there are many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reltuples FROM pg_class WHERE oid IN (%s::regclass, %s::regclass)",
            [FilmTerm._meta.db_table, Film._meta.db_table],
        )
        sizes = dict(cursor.fetchall())
        share = min(1.0, SAMPLED / max(sizes[FilmTerm._meta.db_table], 1.0))
        cursor.execute(
            "SELECT term_id, count(*) FROM catalog_filmterm TABLESAMPLE SYSTEM (%s) GROUP BY term_id", [100 * share]
        )
        counts = {term_id: count / share for term_id, count in cursor.fetchall()}
    return counts, max(sizes[Film._meta.db_table], max(counts.values(), default=1.0))
