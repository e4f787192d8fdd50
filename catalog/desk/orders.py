"""In which order the desk offers films, and whose films: one query each.

Doubt and newest read what waits on a film (Review); the other orders read picks, which a job makes anew after each
promotion (inference/picks). A pick is settled when a person has said something of its term, or finished the film at
the desk, since it was made.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, FilteredRelation, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from catalog.desk import reasons
from catalog.desk.reasons import Reason
from catalog.models import Film, FilmQuerySet, FilmTerm, Label, Pick, Term, Visit

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

__all__ = ["DEFAULT", "ORDERS", "DeskOrder", "Reason", "Wanted"]


@dataclass(frozen=True)
class Wanted:
    """Which films somebody wants to see at the desk, and in which order."""

    order: str = "doubt"
    genre: Term | None = None
    """Only films that have this term, or whose reason is about it."""
    decade: int | None = None
    """Its first year: 1990."""
    source: str = ""
    """Where the film was imported from."""
    machine_only: bool = False
    """Only films of which no person has said anything."""
    minutes: int | None = None
    """The length of the time box; the order "time" fills it best."""


@dataclass(frozen=True)
class DeskOrder:
    """One way to choose the next film."""

    name: str
    label: "_StrPromise"
    says: "_StrPromise"
    """One sentence for whoever chooses an order."""
    offered: bool
    """Measured to save people time against films in random order, or promising nothing of the kind."""
    films_of: Callable[[], FilmQuerySet]
    reason: Callable[[Film], Reason]
    """Why this film: two queries at most."""
    by_pick: bool = False

    def films(self, wanted: Wanted) -> FilmQuerySet:
        """Published films in this order that fit the filters, each once; lock them with ``of=("self",)``."""
        films = self.films_of()
        if wanted.genre is not None:
            films = films.filter(self._about(wanted.genre))
        if wanted.decade is not None:
            films = films.filter(year__range=(wanted.decade, wanted.decade + 9))
        if wanted.source:
            films = films.filter(source=wanted.source)
        if wanted.machine_only:
            films = films.exclude(Exists(Label.objects.filter(film=OuterRef("pk"), source=Label.Source.PERSON)))
        return films

    def _about(self, term: Term) -> Q:
        has = Q(Exists(FilmTerm.objects.filter(film=OuterRef("pk"), term=term)))
        return has | Q(pick__term=term) if self.by_pick else has


def _waiting() -> FilmQuerySet:
    return Film.objects.published().filter(review__waiting__gt=0)


def _most_doubtful() -> FilmQuerySet:
    return _waiting().order_by("-review__doubt", "-pk")


def _newest() -> FilmQuerySet:
    return _waiting().order_by("-review__film")


def _picked(order: str) -> Callable[[], FilmQuerySet]:
    """Films with an unsettled pick of this order, those most worth a look first."""

    def films() -> FilmQuerySet:
        said = Label.objects.filter(film=OuterRef("pk"), source=Label.Source.PERSON, term=OuterRef("pick__term"))
        seen = Visit.objects.filter(film=OuterRef("pk"), outcome=Visit.Outcome.DONE)
        return (
            Film.objects.published()
            .alias(pick=FilteredRelation("picks", condition=Q(picks__order=order)))
            .filter(pick__isnull=False)
            .exclude(Exists(said.filter(changed_at__gte=OuterRef("pick__made_at"))))
            .exclude(Exists(seen.filter(at__gte=OuterRef("pick__made_at"))))
            .order_by("-pick__worth", "-pk")
        )

    return films


_ALL = (
    DeskOrder(
        "doubt",
        _("Most doubtful"),
        _("Films that have a score right at its cut come first."),
        offered=True,
        films_of=_most_doubtful,
        reason=reasons.of_doubt,
    ),
    DeskOrder(
        "error",
        _("Suspected errors"),
        _("Films come first whose labels a model that never saw them finds hard to believe."),
        offered=True,
        films_of=_picked(Pick.Order.ERROR),
        reason=reasons.of_error,
        by_pick=True,
    ),
    DeskOrder(
        "disagreement",
        _("Disagreements"),
        _("Films of which poster and plot, two versions, or an import and the champion say different things."),
        offered=True,
        films_of=_picked(Pick.Order.DISAGREEMENT),
        reason=reasons.of_disagreement,
        by_pick=True,
    ),
    DeskOrder(
        "rare",
        _("Rare genres"),
        _("Likely films of genres that have too few, each unlike those before it."),
        offered=True,
        films_of=_picked(Pick.Order.RARE),
        reason=reasons.of_rare,
        by_pick=True,
    ),
    DeskOrder(
        "newest",
        _("Newest"),
        _("The film that was added last comes first."),
        offered=True,
        films_of=_newest,
        reason=reasons.of_newest,
    ),
    DeskOrder(
        "time",
        _("Time box"),
        _("So many minutes, spent on the films that gain most in them."),
        offered=True,
        films_of=_most_doubtful,
        reason=reasons.of_doubt,
    ),
)
ORDERS: dict[str, DeskOrder] = {order.name: order for order in _ALL}
DEFAULT = "doubt"
