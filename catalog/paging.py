"""Orders of the film list, and pages that cost the same however deep: the next starts after a film, not at a number.

A cursor is what the last film of a page is sorted by, and its id: "1922~17". It stays right while films are added,
decided on or deleted.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import F, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, NullIf
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalog.models import Film, FilmQuerySet


@dataclass(frozen=True)
class Order:
    """One way to sort films. `column` comes first, then the id; without a column the id alone decides."""

    name: str | Promise
    column: str = ""
    descending: bool = True
    parse: Callable[[str], Any] = str
    nulls: bool = False  # the column may be empty; such films come last
    expression: Combinable | None = None  # what the column is, where the table has none of that name

    def sort(self, films: FilmQuerySet) -> FilmQuerySet:
        if not self.column:
            return films.order_by("-pk")
        if self.expression is not None:
            films = films.annotate(**{self.column: self.expression})
        if not self.descending:
            return films.order_by(self.column, "pk")
        return films.order_by(F(self.column).desc(nulls_last=self.nulls or None), "-pk")

    def after(self, cursor: str) -> Q:
        """Films that come after the cursor; everything where there is none, or none that makes sense."""
        text, _separator, pk = cursor.rpartition("~")
        try:
            last, value = int(pk), self.parse(text) if text else None
        except ValueError:
            return Q()
        later = Q(pk__lt=last) if self.descending else Q(pk__gt=last)
        if not self.column:
            return later
        if value is None:
            return Q(**{f"{self.column}__isnull": True}) & later
        return self._beyond(value, later)

    def _beyond(self, value: Any, later: Q) -> Q:
        """The first condition alone says nothing new: it lets the index start at the right place."""
        to, past = ("lte", "lt") if self.descending else ("gte", "gt")
        beyond = Q(**{f"{self.column}__{past}": value}) | (Q(**{self.column: value}) & later)
        found = Q(**{f"{self.column}__{to}": value}) & beyond
        return found | Q(**{f"{self.column}__isnull": True}) if self.nulls else found

    def cursor(self, film: Film) -> str:
        value: Any = film
        for part in self.column.split("__") if self.column else ():
            value = getattr(value, part)
        return f"{'' if value is film or value is None else value}~{film.pk}"


TITLE_IN_KOREAN = Coalesce(NullIf("title_ko", Value("")), F("title"))  # indexed: film_by_title_ko

ORDERS = {
    "newest": Order(_("Newest first")),
    "title": Order(_("Title"), "title", descending=False),
    "year": Order(_("Year"), "year", parse=int, nulls=True),
    "doubt": Order(_("Most uncertain first"), "review__doubt", parse=float),
}
KOREAN_TITLE = replace(ORDERS["title"], column="title_in_korean", expression=TITLE_IN_KOREAN)


def order_called(name: str) -> Order:
    """The order of that name; titles are sorted as the reader sees them."""
    return KOREAN_TITLE if name == "title" and get_language() == "ko" else ORDERS[name]


@dataclass(frozen=True)
class Page:
    films: list[Film]
    next: str  # cursor, empty on the last page


def page(films: FilmQuerySet, order: Order, cursor: str, size: int) -> Page:
    """One page of at most `size` films, in one query."""
    found = list(order.sort(films).filter(order.after(cursor))[: size + 1])
    shown = found[:size]
    return Page(shown, order.cursor(shown[-1]) if len(found) > size else "")
