"""Films as lists show them: a card each, with its terms and why it stands where it does."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models.functions import Left
from django.utils.translation import get_language

from catalog.models import Film, FilmTerm, Term
from catalog.search import meaning
from catalog.search.asked import Asked
from catalog.search.finding import Found, Match
from catalog.search.meaning import Near
from catalog.views.asked_in_words import signed

AT_ONCE = 12  # posters of a first page that are fetched with it
SHARED = 3  # terms that say why a film is like another
EXCERPT = 320  # characters of a plot in a list
Carried = tuple[str, str, float]  # name, origin, weight


@dataclass(frozen=True)
class Why:
    """One term that ranks: its name, the strength it is asked for with, and how much of it the film has."""

    name: str
    strength: str
    weight: float


@dataclass
class Card:
    film: Film
    genres: list[Carried] = field(default_factory=list)
    tags: list[Carried] = field(default_factory=list)
    why: list[Why] = field(default_factory=list)
    score: float | None = None
    excerpt: str = ""
    weaker: bool = False  # the first of those that fit less well
    late: bool = False  # far enough down for its poster to be fetched when it comes near

    @property
    def terms(self) -> list[Carried]:
        return [*self.genres, *self.tags]


def cards(asked: Asked, found: Found, near: Near | None, after: str) -> list[Card]:
    """One query, and one more where plots are shown, however many films."""
    made = {film.pk: Card(film) for film in found.films}
    _add_terms(made)
    if asked.layout == "list":
        _add_excerpts(made)
    for pk, match in found.scores.items():
        if pk in made:
            _add_match(made[pk], match)
    shown = list(made.values())
    for place, card in enumerate(shown):
        card.late = bool(after) or place >= AT_ONCE
    if near is not None and not any(chip.strength for chip in asked.chips) and asked.sort in ("", "match"):
        _divide(shown, near, after)
    return shown


def _add_terms(made: dict[int, Card]) -> None:
    """Genres before tags, what is certain before what is likely."""
    name = f"term__name_{'ko' if get_language() == 'ko' else 'en'}"
    carried = FilmTerm.objects.filter(film__in=list(made)).order_by("-weight", "term__slug")
    for film, kind, *term in carried.values_list("film_id", "term__kind", name, "origin", "weight"):
        terms = made[film].genres if kind == Term.Kind.GENRE else made[film].tags
        terms.append((term[0], term[1], term[2]))


def _add_excerpts(made: dict[int, Card]) -> None:
    plots = Film.objects.filter(pk__in=list(made)).values_list(
        "pk", Left("plot", EXCERPT + 1), Left("plot_ko", EXCERPT)
    )
    for pk, plot, korean in plots:
        text = (korean if get_language() == "ko" else "") or plot or korean
        made[pk].excerpt = text if len(text) <= EXCERPT else f"{text[:EXCERPT].rsplit(' ', 1)[0]} …"


def _add_match(card: Card, match: Match) -> None:
    card.why = [Why(term.name, signed(strength), weight) for term, strength, weight in match.why]
    card.score = match.score


def add_shared(shown: Sequence[Card], alike: Film) -> None:
    """What each film shares with the one that it is like, the most telling terms first. Three queries."""
    shared = meaning.why_similar(alike, [card.film.pk for card in shown])
    for card in shown:
        told = {why.name for why in card.why}
        terms = [(term.name, there) for term, _here, there in shared[card.film.pk][:SHARED] if term.name not in told]
        card.why += [Why(name, "", there) for name, there in terms]


def _divide(shown: Sequence[Card], near: Near, after: str) -> None:
    """Mark the card before which the weaker matches begin, if that is on this page."""
    weaker = set(near.ids[near.floor_at :].tolist())
    before = after.rpartition("~")[2]
    was_weaker = before.isascii() and before.isdigit() and int(before) in weaker
    for card in shown:
        if card.film.pk in weaker:
            card.weaker = not was_weaker
            return
