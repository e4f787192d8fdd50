"""What the search box offers while one types: terms by any of their names, titles, and who directed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Length

from catalog.models import Film, FilmQuerySet, FilmTerm, Term
from catalog.models.titles import Squeezed, StartsLike, TitleStarts
from catalog.search.naming import Named, terms_named
from catalog.search.typed import squeezed_range, starts_query
from catalog.search.typos import did_you_mean

MOST_TERMS, MOST_FILMS, MOST_PEOPLE = 5, 5, 3
LOOKED_AT = 2_000  # films by directors with such a name, before those are counted
LONGEST = 100  # characters that are looked at
SHORTEST_INSIDE = 2  # letters from which titles are looked for that only have the text somewhere


@dataclass(frozen=True)
class Suggestions:
    """For what is typed. `meant` is what would have been found, where nothing is."""

    terms: list[Named]
    films: list[Film]
    people: list[str] = field(default_factory=list)
    meant: str = ""

    def __len__(self) -> int:
        return len(self.terms) + len(self.films) + len(self.people) + bool(self.meant)


def suggest(text: str) -> Suggestions:
    """At most five queries where something is found, each by an index; a few more for a text that nothing fits."""
    text = " ".join(text.replace("\0", "").split())[:LONGEST]
    if not text:
        return Suggestions([], [])
    terms = terms_named(text, _offered(), most=MOST_TERMS)
    films, people = films_titled(text), directors(text)
    sure = films or people or any(not one.is_guess for one in terms)
    return Suggestions(terms, films, people, "" if sure else did_you_mean(text))


def directors(text: str, most: int = MOST_PEOPLE) -> list[str]:
    """Names, as films have them, of which words begin as the text's do; who has directed most first."""
    query = starts_query(text, unfinished=True)
    if not query or len(squeezed_range(text)[0]) < SHORTEST_INSIDE:
        return []
    theirs = Film.objects.published().filter(StartsLike(TitleStarts("director"), Value(query)))
    names = Counter(theirs.values_list("director", flat=True)[:LOOKED_AT])
    return sorted(names, key=lambda name: (-names[name], name))[:most]


def _offered() -> Iterable[Term]:
    """Terms that are in use; of scene genres only those that films carry."""
    carried = Exists(FilmTerm.objects.filter(term=OuterRef("pk")))
    return Term.objects.filter(active=True).exclude(~carried, kind=Term.Kind.SCENE)


def films_titled(text: str, most: int = MOST_FILMS) -> list[Film]:
    """Films whose titles begin with the text, then those in whose titles a word does; short titles first."""
    films = Film.objects.published().select_related("poster").defer("plot", "plot_ko", "external")
    found: dict[int, Film] = {}
    for some in _ways(films, text):
        found |= {film.pk: film for film in some[:most] if film.pk not in found}
        if len(found) >= most:
            break
    return list(found.values())[:most]


def _ways(films: FilmQuerySet, text: str) -> Iterable[FilmQuerySet]:
    first, last = squeezed_range(text)
    if not first:
        return
    for column, condition in (("title", {}), ("title_ko", {"title_ko__gt": ""})):
        title = Squeezed(column)
        films_in_range = films.filter(**condition).annotate(squeezed=title)
        yield films_in_range.filter(squeezed__gte=first, squeezed__lt=last).order_by("squeezed", "pk")
    query = starts_query(text, unfinished=True)
    if len(first) >= SHORTEST_INSIDE and query:
        inside = films.filter(StartsLike(TitleStarts("titles"), Value(query)))
        yield inside.order_by(Length("title"), F("pk").desc())
