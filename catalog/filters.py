"""What a reader asked the film list for: from the address, to films, and back to an address."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from catalog.models import Film, FilmQuerySet, FilmTerm, Review, Term
from catalog.paging import ORDERS, Order, order_called

LONGEST_SEARCH = 200


@dataclass(frozen=True)
class Filters:
    """Title words, genres that a film must all carry, whether it waits for a person, and the order."""

    text: str = ""
    genres: tuple[str, ...] = ()
    review: bool = False
    sort: str = "newest"
    term_ids: tuple[int, ...] = ()  # of the genres, in the same order

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        """From the address. One query where there are genres.

        Raises:
            Http404: a genre that does not exist, with a sentence that says so.
        """
        genres = tuple(dict.fromkeys(query.getlist("genre")))
        sort = query.get("sort", "newest")
        return cls(
            text=" ".join(query.get("q", "").replace("\0", "").split())[:LONGEST_SEARCH],
            genres=genres,
            review=bool(query.get("review")),
            sort=sort if sort in ORDERS else "newest",
            term_ids=_genre_ids(genres),
        )

    @property
    def order(self) -> Order:
        return order_called(self.sort)

    @property
    def any(self) -> bool:
        return bool(self.text or self.genres or self.review)

    def films(self, *, order: bool = True) -> FilmQuerySet:
        films = Film.objects.published().with_title(self.text)
        for condition in self._sets():
            films = films.filter(pk__in=condition)
        if order and self.sort == "doubt":
            films = films.filter(review__isnull=False)
        return films

    def _sets(self) -> list[QuerySet[Any]]:
        """Ids of films that carry each genre, and of those that wait: without a join to anything else."""
        sets: list[QuerySet[Any]] = [
            FilmTerm.objects.filter(term_id=term_id).values("film_id") for term_id in self.term_ids
        ]
        return [*sets, Review.objects.filter(waiting__gt=0).values("film_id")] if self.review else sets

    def counts(self, genres: Iterable[int]) -> dict[int, int]:
        """How many of these films carry each of the genres: term id → films. Reads an index and little else."""
        carried = FilmTerm.objects.filter(term_id__in=genres)
        carried = carried.exclude(film_id__in=Film.objects.filter(published=False).values("pk"))
        for condition in self._sets():
            carried = carried.filter(film_id__in=condition)
        if self.text:
            carried = carried.filter(film_id__in=Film.objects.with_title(self.text).values("pk"))
        return dict(carried.values_list("term_id").annotate(Count("film_id")).order_by())

    def query(self, **changes: object) -> str:
        """The shortest address that asks for the same; `after` adds a cursor."""
        after = changes.pop("after", "")
        asked = replace(self, **changes)  # type: ignore[arg-type]
        pairs = [("q", asked.text)] if asked.text else []
        pairs += [("genre", slug) for slug in asked.genres]
        pairs += [("review", "1")] if asked.review else []
        pairs += [("sort", asked.sort)] if asked.sort != "newest" else []
        pairs += [("after", str(after))] if after else []
        return f"?{urlencode(pairs)}" if pairs else ""

    @property
    def without_text(self) -> str:
        return self.query(text="")

    def without(self, slug: str) -> str:
        return self.query(genres=tuple(genre for genre in self.genres if genre != slug))


def _genre_ids(slugs: Sequence[str]) -> tuple[int, ...]:
    if not slugs:
        return ()
    ids = dict(Term.objects.filter(kind=Term.Kind.GENRE, slug__in=slugs).values_list("slug", "pk"))
    for slug in slugs:
        if slug not in ids:
            raise Http404(_("There is no genre called “%(name)s”.") % {"name": slug[:60]})
    return tuple(ids[slug] for slug in slugs)
