"""What search has to find, worked out film by film in the plainest way there is."""

from collections.abc import Iterable
from dataclasses import dataclass

from catalog.models import Clip, Film, FilmTerm, Label, Review, Term
from catalog.search.asked import Asked, Chip
from catalog.search.typed import words


@dataclass
class Known:
    """A published film and all that can be asked of it."""

    film: Film
    terms: dict[int, int]  # term id → thousandths, wider terms included
    own: dict[int, str]  # term id → origin
    person: bool
    footage: bool
    waiting: int
    doubt: float | None
    titled: bool = True  # whether its title fits the text


def wider(term_id: int, parents: dict[int, int | None]) -> set[int]:
    """The term and all above it."""
    found: set[int] = set()
    above: int | None = term_id
    while above is not None and above not in found:
        found.add(above)
        above = parents.get(above)
    return found


def catalogue(text: str = "") -> list[Known]:
    """All that is published, with those marked whose titles fit the text."""
    parents = dict(Term.objects.values_list("pk", "parent"))
    known = {
        film.pk: Known(film, {}, {}, False, False, 0, None)
        for film in Film.objects.filter(published=True).order_by("pk")
    }
    for row in FilmTerm.objects.filter(film__in=known):
        one = known[row.film_id]
        one.own[row.term_id] = row.origin
        for term in wider(row.term_id, parents):
            one.terms[term] = max(one.terms.get(term, 0), round(row.weight * 1000))
    for label in Label.objects.filter(film__in=known, source="person"):
        known[label.film_id].person = True
    for clip in Clip.objects.filter(film__in=known):
        known[clip.film_id].footage = True
    for review in Review.objects.filter(film__in=known):
        known[review.film_id].waiting, known[review.film_id].doubt = review.waiting, review.doubt
    titled = set(Film.objects.with_title(text).values_list("pk", flat=True))
    for one in known.values():
        one.titled = one.film.pk in titled
    return list(known.values())


def directed(film: Film, name: str) -> bool:
    """Whether each word of the name begins a word of the director's."""
    theirs = words(film.director)
    return all(any(word.startswith(given) for word in theirs) for given in words(name))


def fits(one: Known, asked: Asked, *, leave_out: Iterable[str | Chip] = ()) -> bool:
    """Whether the film is found when all is asked for but what is left out."""
    left = set(leave_out)
    film, may = one.film, asked.of("may")
    has = {"poster": bool(film.poster_sha256), "plot": bool(film.plot or film.plot_ko), "footage": one.footage}
    has |= {f"no-{what}": not there for what, there in has.items()}
    said = {
        "": True, "person": one.person, "waiting": one.waiting > 0, "untagged": not one.own,
        "machine": "model" in one.own.values() and not one.person,
    }  # fmt: skip
    return (
        all(chip.term.pk in one.terms for chip in asked.of("must") if chip not in left)
        and all(chip.term.pk not in one.terms for chip in asked.of("not") if chip not in left)
        and ("may" in left or not may or any(chip.term.pk in one.terms for chip in may))
        and ("decade" in left or not asked.decades or (film.year or 0) // 10 * 10 in asked.decades)
        and ("language" in left or not asked.languages or film.language in asked.languages)
        and all(has[what] for what in asked.has if f"has {what}" not in left)
        and ("said" in left or said[asked.said])
        and ("by" in left or not asked.by or directed(one.film, asked.by))
        and ("text" in left or not asked.text or one.titled)
    )


def ordered(found: Iterable[Known], asked: Asked) -> list[int]:
    """Ids in the order that is asked for."""
    by_id = sorted(found, key=lambda one: -one.film.pk)
    musts, mays = asked.of("must"), asked.of("may")

    def match(one: Known) -> int:
        return -sum(chip.strength * one.terms.get(chip.term.pk, 0) for chip in asked.weighted)

    def confidence(one: Known) -> float:
        if not (musts or mays):
            return -1.0 if one.doubt is None else one.doubt - 3
        least = [one.terms.get(chip.term.pk, 0) for chip in musts]
        return -min(least + ([max(one.terms.get(chip.term.pk, 0) for chip in mays)] if mays else []))

    if asked.order == "title":
        return [one.film.pk for one in sorted(by_id, key=lambda one: (one.film.title, one.film.pk))]
    keys = {
        "newest": lambda one: 0,
        "year": lambda one: -(one.film.year or 0),
        "doubt": lambda one: -(one.doubt or 0),
        "match": match,
        "confidence": confidence,
    }
    return [one.film.pk for one in sorted(by_id, key=keys[asked.order])]
