"""What a reader asked the film list for: from the address, to films, and back to an address."""

from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urlencode

from django.db.models import Count
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from catalog.models import Film, FilmQuerySet, FilmTerm, Term
from catalog.paging import ORDERS, Order

LONGEST_SEARCH = 200


@dataclass(frozen=True)
class Filters:
    """Title words, genres that a film must all carry, whether it waits for a person, and the order."""

    text: str = ""
    genres: tuple[str, ...] = ()
    review: bool = False
    sort: str = "newest"

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        """From the address.

        Raises:
            Http404: a genre that does not exist, with a sentence that says so.
        """
        genres = tuple(dict.fromkeys(query.getlist("genre")))
        known = set(Term.objects.filter(kind=Term.Kind.GENRE, slug__in=genres).values_list("slug", flat=True))
        for slug in genres:
            if slug not in known:
                raise Http404(_("There is no genre called “%(name)s”.") % {"name": slug[:60]})
        sort = query.get("sort", "newest")
        return cls(
            text=" ".join(query.get("q", "").replace("\0", "").split())[:LONGEST_SEARCH],
            genres=genres,
            review=bool(query.get("review")),
            sort=sort if sort in ORDERS else "newest",
        )

    @property
    def order(self) -> Order:
        return ORDERS[self.sort]

    @property
    def any(self) -> bool:
        return bool(self.text or self.genres or self.review)

    def films(self, *, order: bool = True) -> FilmQuerySet:
        films = Film.objects.published().with_title(self.text)
        for slug in self.genres:
            films = films.with_term(slug, Term.Kind.GENRE)
        if self.review:
            films = films.filter(review__waiting__gt=0)
        if order and self.sort == "doubt":
            films = films.filter(review__isnull=False)
        return films

    def counts(self) -> dict[int, int]:
        """How many of these films carry each genre: term id → films."""
        carried = FilmTerm.objects.filter(term__kind=Term.Kind.GENRE, film__published=True)
        if self.any:
            carried = carried.filter(film_id__in=self.films(order=False).values("pk"))
        return dict(carried.values_list("term_id").annotate(Count("pk")).order_by())

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
