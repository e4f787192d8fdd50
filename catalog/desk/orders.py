"""In which order the desk offers films, and whose films: one query each.

Doubt and newest read what waits on a film (Review); the other orders read picks, which a job makes anew after each
promotion (inference/picks). A pick is settled when a person has said something of its term, or finished the film at
the desk, since it was made.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, F, FilteredRelation, FloatField, OuterRef, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
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
    """Whether people may choose it."""
    proven: bool
    """Measured to save people time against films in random order (benchmarks/curator_time.py, label_errors.py)."""
    films_of: Callable[[], FilmQuerySet]
    reason: Callable[[Film], Reason]
    """Why this film: two queries at most."""
    picks: Pick.Order | None = None
    """The picks that it reads, whose term a genre may be asked for by."""

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
        if self.picks is None:
            return has
        return has | Q(Exists(Pick.objects.filter(film=OuterRef("pk"), order=self.picks, term=term)))


def _waiting() -> FilmQuerySet:
    return Film.objects.published().filter(review__waiting__gt=0)


def _most_doubtful() -> FilmQuerySet:
    return _waiting().order_by("-review__doubt", "-pk")


def _newest() -> FilmQuerySet:
    return _waiting().order_by("-review__film")


def _picked(order: Pick.Order) -> Callable[[], FilmQuerySet]:
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


_most_to_learn = _picked(Pick.Order.RARE)


def _most_in_little_time() -> FilmQuerySet:
    """What is to be learned from a film over how long it will take, as long as picks have been made."""
    if not Pick.objects.filter(order=Pick.Order.RARE).exists():
        return _most_doubtful()
    seconds = Cast(KeyTextTransform("seconds", "pick__why"), FloatField())
    return _most_to_learn().order_by((F("pick__worth") / seconds).desc(), "-pk")


_ALL = (
    DeskOrder(
        "doubt",
        _("Most doubtful"),
        _("Films that have a score right at its cut come first."),
        offered=True,
        proven=True,
        films_of=_most_doubtful,
        reason=reasons.of_doubt,
    ),
    DeskOrder(
        "error",
        _("Suspected errors"),
        _("Films come first whose labels are hard to believe for models that never saw them, and beside each other."),
        offered=True,
        proven=True,
        films_of=_picked(Pick.Order.ERROR),
        reason=reasons.of_error,
        picks=Pick.Order.ERROR,
    ),
    DeskOrder(
        "disagreement",
        _("Disagreements"),
        _("Poster and plot, two versions, or an import and the champion differ. Not shown to save time."),
        offered=True,
        proven=False,
        films_of=_picked(Pick.Order.DISAGREEMENT),
        reason=reasons.of_disagreement,
        picks=Pick.Order.DISAGREEMENT,
    ),
    DeskOrder(
        "rare",
        _("Rare genres"),
        _("Films come first that teach most about the genres that have fewest, each unlike those before it."),
        offered=True,
        proven=True,
        films_of=_most_to_learn,
        reason=reasons.of_rare,
        picks=Pick.Order.RARE,
    ),
    DeskOrder(
        "newest",
        _("Newest"),
        _("The film that was added last comes first. Not shown to save time."),
        offered=True,
        proven=False,
        films_of=_newest,
        reason=reasons.of_newest,
    ),
    DeskOrder(
        "time",
        _("Time box"),
        _("So many minutes, spent on the films that teach most in them."),
        offered=True,
        proven=True,
        films_of=_most_in_little_time,
        reason=reasons.of_time,
        picks=Pick.Order.RARE,
    ),
)
ORDERS: dict[str, DeskOrder] = {order.name: order for order in _ALL}
DEFAULT = "doubt"
