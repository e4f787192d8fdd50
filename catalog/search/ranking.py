"""Orders of found films, and pages that cost the same however deep: the next starts after a film, not at a number.

A cursor is what the last film of a page is sorted by, and its id: "1922~17". It stays right while films are added,
decided on or deleted. Every order but the one by title is a whole number for each film, the greatest first and of
equals the newest, so that pages are cut from two arrays.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog.search import titles
from catalog.search.asked import Asked, Chip
from catalog.search.facts import DOUBT_SCALE, Ids
from catalog.search.meaning import Near
from catalog.search.reading import Reading
from catalog.search.selection import Family, Selection

Scores = NDArray[np.int64] | NDArray[np.int32]
SHIFT = 1 << 40  # more than any id
NEAREST = 1_000_000  # similarity 1 is as much as a weight of 1 at strength 1
BY_WEIGHT = {"year", "doubt"}  # orders by the weights of the key of that name


@dataclass(frozen=True, eq=False)
class Page:
    ids: list[int]
    next: str  # cursor, empty on the last page


def ranks(asked: Asked, near: Near | None) -> tuple[Chip, ...]:
    """The chips by whose weights films are ranked: beside similarity those alone that have a strength."""
    if asked.order == "confidence":
        return (*asked.of("must"), *asked.of("may"))
    if asked.order != "match" and not nearest_first(asked, near):
        return ()
    return tuple(chip for chip in asked.weighted if near is None or asked.chip(chip.term).strength)


def nearest_first(asked: Asked, near: Near | None) -> bool:
    return near is not None and (asked.sort or "match") == "match"


def keys_of(asked: Asked, near: Near | None, family: Family) -> set[str]:
    """The keys whose weights sort the films."""
    keys = {key for chip in ranks(asked, near) for key in family.keys(chip.term.pk)}
    return keys | ({asked.order} & BY_WEIGHT) | ({"doubt"} if asked.order == "confidence" and not keys else set())


def weight(reading: Reading, family: Family, chip: Chip) -> Scores:
    """(M,): how much each film has of the chip's term, in thousandths; the most of its own and the narrower ones'."""
    first, *others = (reading.weights(key) for key in family.keys(chip.term.pk))
    return np.maximum.reduce([first, *others]) if others else first


def scores(selection: Selection, near: Near | None) -> Scores | None:
    """(M,): by what the films are ranked; None where their ids or titles say it."""
    asked, reading, family = selection.asked, selection.reading, selection.family
    if asked.order in BY_WEIGHT:
        return reading.weights(asked.order)
    if asked.order == "confidence":
        return _confidence(selection)
    if nearest_first(asked, near) or asked.order == "match":
        found = np.zeros(reading.size, np.int64)
        for chip in ranks(asked, near):
            found += chip.strength * weight(reading, family, chip)
        return found if near is None else _nearness(found * (NEAREST // 1000), reading, near)
    return None


def _nearness(found: Scores, reading: Reading, near: Near) -> Scores:
    known = reading.knows(near.ids)
    found[reading.places(near.ids[known])] += np.rint(near.similarity[known] * NEAREST).astype(np.int64)
    return found


def _confidence(selection: Selection) -> Scores:
    """How sure it is that a film is what was asked for: the least weight of what it must have, and the greatest of
    what it may have. Where nothing was asked for, how little doubt there is; films that nothing has scored come last.
    """
    asked, reading, family = selection.asked, selection.reading, selection.family
    musts = [weight(reading, family, chip) for chip in asked.of("must")]
    mays = [weight(reading, family, chip) for chip in asked.of("may")]
    musts += [np.maximum.reduce(mays)] if mays else []
    if musts:
        least: Scores = np.minimum.reduce(musts)
        return least
    return np.where(reading.has("doubt"), DOUBT_SCALE + 1 - reading.weights("doubt"), 0)


# Pages --------------------------------------------------------------------------------------------------------


def page(selection: Selection, near: Near | None, after: str, size: int) -> Page:
    """The films of the selection after the cursor, `size` at most; from the start for a cursor that makes no sense."""
    if selection.asked.order == "title" and not nearest_first(selection.asked, near):
        found, following = titles.page(selection.reading, selection.mask, after, size)
        return Page(found, following)
    ids, ranked = selection.reading.ids(selection.mask), scores(selection, near)
    return newest(ids, after, size) if ranked is None else highest(ids, ranked[selection.mask], after, size)


def newest(ids: Ids, after: str, size: int) -> Page:
    """ids: rising."""
    cursor = read_cursor(after)
    if cursor is not None:
        ids = ids[: np.searchsorted(ids, cursor[1])]
    shown = ids[::-1][:size].tolist()
    return Page(shown, f"~{shown[-1]}" if len(ids) > size else "")


def highest(ids: Ids, ranked: Scores, after: str, size: int) -> Page:
    """ids, ranked: (N,); the highest rank first, of equals the highest id."""
    places = ranked.astype(np.int64) * SHIFT + ids
    cursor = read_cursor(after)
    if cursor is not None:
        places = places[places < cursor[0] * SHIFT + cursor[1]]
    best = np.partition(places, len(places) - size)[-size:] if len(places) > size else places
    top = np.sort(best)[::-1]
    shown = (top % SHIFT).tolist()
    return Page(shown, f"{int(top[-1] // SHIFT) or ''}~{shown[-1]}" if len(places) > size else "")


def is_cursor(after: str, asked: Asked) -> bool:
    """Whether it may have been handed out for this order."""
    if asked.order == "title":
        return titles.read_cursor(after) is not None
    cursor = read_cursor(after)
    return cursor is not None and cursor[1] >= 0


def read_cursor(after: str) -> tuple[int, int] | None:
    """Rank and id; None for what makes no sense."""
    rank, separator, film = after.rpartition("~")
    if not separator or len(rank) > 12 or len(film) > 12:
        return None
    try:
        return int(rank or 0), int(film)
    except ValueError:
        return None
