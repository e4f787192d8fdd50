"""Films by their titles: sorted by them, in pages."""

from typing import Any

import numpy as np
from django.db import connection
from django.utils.translation import get_language

from catalog.search.facts import Ids
from catalog.search.reading import Mask, Reading

TITLE = {"ko": "coalesce(nullif(title_ko, ''), title)"}  # as the reader sees it, and as an index has it
FEW = 3_000  # so many films are sorted themselves; among more, all titles are walked through in order
WALKED = (400, 4_000, 20_000)  # films at a time, until the page is full; then the found ones are sorted after all


def page(reading: Reading, mask: Mask, after: str, size: int) -> tuple[list[int], str]:
    """Ids of the films of a mask in the order of titles after a cursor, `size` at most, and the next cursor."""
    found: list[tuple[int, str]] = []
    place = read_cursor(after)
    if np.count_nonzero(mask) > FEW:
        for count in WALKED:
            walked = _in_order(place, count)
            ids = np.array([film for film, _title in walked], np.int64)
            known = reading.knows(ids)
            known[known] = mask[reading.places(ids[known])]
            found += [one for one, fits in zip(walked, known, strict=True) if fits]
            if len(walked) < count or len(found) > size:
                return _cut(found, size)
            place = (walked[-1][1], walked[-1][0])
    found += _in_order(place, size + 1 - len(found), reading.ids(mask))
    return _cut(found, size)


def _cut(found: list[tuple[int, str]], size: int) -> tuple[list[int], str]:
    shown = found[:size]
    return [film for film, _title in shown], f"{shown[-1][1]}~{shown[-1][0]}" if len(found) > size else ""


def read_cursor(after: str) -> tuple[str, int] | None:
    title, _separator, film = after.rpartition("~")
    if title and film.isascii() and film.isdigit() and len(film) < 19:
        return title.replace("\0", ""), int(film)
    return None


def _in_order(place: tuple[str, int] | None, count: int, among: Ids | None = None) -> list[tuple[int, str]]:
    """(id, title) of films after the place, in order."""
    title = TITLE.get(get_language() or "", "title")
    conditions, parameters = [], list[Any]()
    if place is not None:
        conditions.append(f"({title}, id) > (%s, %s)")
        parameters += place
    if among is not None:
        conditions.append("id = ANY(%s)")
        parameters.append(among.tolist())
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, {title} FROM catalog_film {where} ORDER BY {title}, id LIMIT %s", [*parameters, count]
        )
        found: list[tuple[int, str]] = cursor.fetchall()
    return found
