"""Films near a text, and like a film: candidates by vector and by words, both evidences for all of them, one order."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import ArrayLike, NDArray

from catalog.models import Film, FilmTerm
from catalog.search.meaning import BOTH, MEANING, WORDS, Near, rarity
from inference.meaning import floor, glossary, lane, spaces, words
from inference.meaning.texts import folded, korean_share
from inference.meaning.words import Words
from inference.models import TextSpace

LONGEST = 400  # characters of a text
WORTH = 0.5  # of all of a text's words, against a cosine of 1; half of them are worth a quarter of it
SAYS = 0.7  # share of a text's words with which a film is found whatever its vector says
STRONG = 1 / 3  # of the way from the floor to the best: weaker films stand below the divider
WORDS_FLOOR = 0.5  # where there are no vectors
MOSTLY = 0.5  # of a text's letters, or of its words, is enough to call it Korean, or translated
CONSIDERED = 200  # films whose terms are compared, however few are wanted
TELLING = 3  # of a film's terms, by which films like it are found where it has no plot


@dataclass(frozen=True)
class Query:
    """A text as it is looked for: its words as they stand, and the text for the encoder; "" where it reads none."""

    words: list[Words]
    """of the text, and of its translation where it is Korean"""
    text: str
    said: str = ""

    @property
    def known(self) -> float:
        return max((one.known for one in self.words), default=0.0)


def near(text: str, *, most: int, within: NDArray[np.int64] | None = None) -> Near:
    text = " ".join(text.replace("\0", "").split())[:LONGEST]
    space = spaces.current()
    query = read(text, space)
    asked = lane.ask(query.text) if query.text and space is not None else None
    ids = list(dict.fromkeys(film for one in query.words for film in words.candidates(one, most)))
    encoded = asked.answer() if asked else None
    if encoded is None or space is None or encoded.encoder != space.encoder:
        return _by_words(query, ids, most, within)
    return _by_both(query, space, encoded.vector, ids, most, within)


def read(text: str, space: TextSpace | None) -> Query:
    """How a text is to be looked for with this encoder. A Korean one is translated where the encoder reads none."""
    own = words.read(folded(text))
    if korean_share(text) < MOSTLY or (space is not None and space.korean):
        return Query([own], text)
    english = glossary.translate(text)
    if not english.english:
        return Query([own], "")
    said = _("The text model reads English alone: this was looked for as “%(english)s”, and by its Korean words.")
    meant = words.read(folded(english.english))
    text = english.english if english.share >= MOSTLY else ""
    return Query([own, meant] if text else [own], text, said % {"english": text} if text else "")


def _by_words(query: Query, ids: list[int], most: int, within: NDArray[np.int64] | None) -> Near:
    covered = _covered(query, ids)
    said = _("Looked for by words alone: the text model does not answer just now.") if query.text else query.said
    return _chosen(ids, covered, covered >= WORDS_FLOOR, WORDS_FLOOR, most, within, WORDS, said)


def _by_both(
    query: Query, space: TextSpace, vector: ArrayLike, ids: list[int], most: int, within: NDArray[np.int64] | None
) -> Near:
    close, found = spaces.nearest(space, vector, most, within)
    cosines = dict(zip(close, found.tolist(), strict=True))
    ids = list(dict.fromkeys([*close, *ids]))
    cosines |= spaces.cosines(space, vector, [film for film in ids if film not in cosines])
    cosine = np.array([max(0.0, cosines.get(film, 0.0)) for film in ids])
    covered = _covered(query, ids)
    least = floor.of_query(space, query.known)
    passes = (cosine >= least) | (covered >= SAYS)
    how = BOTH if (covered[passes] > 0).any() else MEANING
    scores = (cosine + WORTH * covered**2) / (1 + WORTH)
    return _chosen(ids, scores, passes, least / (1 + WORTH), most, within, how, query.said)


def _covered(query: Query, ids: Sequence[int]) -> NDArray[np.float64]:
    """(N,): by the text as it stands, or as it is translated, whichever the film has more of."""
    shares = [words.coverage(one, ids) for one in query.words]
    return np.max(shares, axis=0) if shares else np.zeros(len(ids))


def _chosen(
    ids: Sequence[int],
    scores: NDArray[np.float64],
    passes: NDArray[np.bool_],
    least: float,
    most: int,
    within: NDArray[np.int64] | None,
    how: str,
    said: str,
) -> Near:
    """Those that pass and are published, the best first."""
    films = np.array(ids, np.int64)
    passes = passes & _published(films) & (np.isin(films, within) if within is not None else True)
    films, scores = films[passes], scores[passes]
    order = np.lexsort((-films, -scores))[:most]
    films, scores = films[order], scores[order]
    strong = int((scores >= least + STRONG * (scores[0] - least)).sum()) if len(scores) else 0
    return Near(films, np.clip(scores, 0, 1), strong, how, said)


def _published(films: NDArray[np.int64]) -> NDArray[np.bool_]:
    shown = Film.objects.published().filter(pk__in=films.tolist()).values_list("pk", flat=True)
    return np.isin(films, np.fromiter(shown, np.int64))


# Like a film -------------------------------------------------------------------------------------------------------


def like(film: Film, most: int) -> Near:
    """By plots where the film has one, and by the terms that films share; what only one of the two says counts half."""
    terms = dict(FilmTerm.objects.filter(film=film).values_list("term_id", "weight"))
    return alike(spaces.vector_of(film.pk), terms, most, film.pk)


def alike(vector: NDArray[np.float32] | None, terms: dict[int, float], most: int, without: int = 0) -> Near:
    """The same for a plot's vector (D,), None where there is no plot, and terms (id → weight); `without` that film."""
    space = spaces.current()
    cosines: dict[int, float] = {}
    if space is not None and vector is not None and len(vector) == space.dimension:
        close, found = spaces.nearest(space, vector, max(most, CONSIDERED))
        cosines = dict(zip(close, found.tolist(), strict=True))
    else:
        close = _with_terms(terms, max(most, CONSIDERED))
    ids = [other for other in close if other != without]
    near = np.array([max(0.0, cosines.get(other, 0.0)) for other in ids])
    scores = (near + terms_alike(terms, ids)) / (2 if cosines else 1)
    return _chosen(ids, scores, np.ones(len(ids), bool), 0.0, most, None, MEANING if cosines else WORDS, "")


def terms_alike(terms: dict[int, float], ids: Sequence[int]) -> NDArray[np.float64]:
    """(N,) cosine of these weights with those of each film, every term by its rarity; 0 to 1. A query or two."""
    rows = list(FilmTerm.objects.filter(film_id__in=ids).values_list("film_id", "term_id", "weight"))
    tells = rarity(list({term for _film, term, _weight in rows} | set(terms)))
    dot: dict[int, float] = dict.fromkeys(ids, 0.0)
    length = dict(dot)
    for other, term, weight in rows:
        length[other] += (weight * tells[term]) ** 2
        dot[other] += terms.get(term, 0.0) * weight * tells[term] ** 2
    own = sum((weight * tells[term]) ** 2 for term, weight in terms.items())
    return np.array([dot[other] / max((own * length[other]) ** 0.5, 1e-12) for other in ids])


def _with_terms(terms: dict[int, float], most: int) -> list[int]:
    """Films that have the film's most telling terms, most of them first."""
    tells = rarity(list(terms))
    telling = sorted(terms, key=lambda term: -terms[term] * tells[term])[:TELLING]
    found: dict[int, float] = {}
    for term in telling:
        carried = FilmTerm.objects.filter(term=term).order_by("-weight")[: 10 * most]
        for other, weight in carried.values_list("film_id", "weight"):
            found[other] = found.get(other, 0.0) + weight * tells[term]
    return sorted(found, key=lambda other: -found[other])[:most]
