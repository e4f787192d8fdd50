"""Postings: for each key and block of film ids, which films have it, kept in step behind the writers' backs.

What changes in a film puts its id into Touched, by triggers and in the same transaction (migration 0007). Whoever reads
takes the postings for all other films and looks at the touched ones themselves, so that what is found is always what is
there. `fold` brings the postings of touched films up to date and forgets that they were touched: work for the
background, whose only effect is speed (a log-structured merge, O'Neil et al. 1996, of bitmaps).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from catalog.models import Posting
from catalog.search import facts
from catalog.search.facts import Having, Ids, Weights

BLOCK = Posting.BLOCK
LOCK = 0x666F6C64  # one at a time folds
BLOCKS_AT_ONCE = 4  # in one transaction
MANY = 1000  # touched films from which folding is worth the while
WEIGHTED = ("term/", "year", "doubt")  # keys whose weights are kept
FOLDED = "folded"  # the key under which stands, as the weights of block 0, how the present postings are called
ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"


@dataclass(frozen=True, eq=False)
class Posted:
    """One key's films in one block."""

    bits: NDArray[np.bool_]
    """(BLOCK,)"""
    weights: Weights
    """one for each bit that is set, in their order; () where the key has none"""

    @property
    def spread(self) -> Weights:
        """(BLOCK,): the weight at each film's place."""
        places = np.zeros(BLOCK, np.uint16)
        if len(self.weights):
            places[self.bits] = self.weights
        return places


def unpacked(sent: bytes | memoryview) -> NDArray[np.bool_]:
    """(BLOCK,) bits of what varbit_send gives: their number in four bytes, then the bits."""
    return np.unpackbits(np.frombuffer(sent, np.uint8, offset=4), count=BLOCK).view(np.bool_)


def weighted(key: str) -> bool:
    return key.startswith(WEIGHTED)


@contextmanager
def one_moment(*, read_only: bool = True) -> Iterator[None]:
    """All that is read inside is as it was at one moment; inside a transaction that is as isolated as that is."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{ONE_MOMENT}{' READ ONLY' if read_only else ''}")
        yield


# Folding ------------------------------------------------------------------------------------------------------


def fold(*, least: int = 1) -> int:
    """Bring the postings of touched films up to date where so many are touched; how many films that were.

    A transaction for a few blocks at a time: a kill loses nothing. Nothing where somebody else folds.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM (SELECT FROM catalog_touched LIMIT %s) AS touched", [least])
        if cursor.fetchone()[0] < least:
            return 0
        cursor.execute("SELECT pg_try_advisory_lock(%s, 0)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        try:
            return _fold_all()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, 0)", [LOCK])


def _fold_all() -> int:
    films = 0
    while some := _fold_some():
        films += some
    return films


def _fold_some() -> int:
    """The blocks with most touched films; how many films they were."""
    with one_moment(read_only=False), connection.cursor() as cursor:
        cursor.execute(
            """SELECT film_id / %s AS block, string_agg(DISTINCT int8send(film_id), ''::bytea) FROM catalog_touched
            GROUP BY block ORDER BY count(*) DESC LIMIT %s""",
            [BLOCK, BLOCKS_AT_ONCE],
        )
        touched = {block: np.frombuffer(films, ">i8").astype(np.int64) for block, films in cursor}
        for block, films in touched.items():
            _fold_block(block, films)
        if touched:
            _rename()
        # Those alone that this transaction saw: what came since then stays touched.
        cursor.execute("DELETE FROM catalog_touched WHERE film_id / %s = ANY(%s)", [BLOCK, list(touched)])
    return sum(len(films) for films in touched.values())


def _rename() -> None:
    """Whoever has read postings must read them again."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO catalog_posting (key, block, films, count, weights)
            VALUES (%s, 0, '', 0, uuid_send(gen_random_uuid()))
            ON CONFLICT (key, block) DO UPDATE SET weights = excluded.weights""",
            [FOLDED],
        )


def _fold_block(block: int, films: Ids) -> None:
    posted, now = _posted(block), facts.read(films.tolist())
    keep = np.ones(BLOCK, np.bool_)
    keep[films % BLOCK] = False
    changed, gone = dict[str, Posted](), list[str]()
    for key in {*posted, *now}:
        older = posted.get(key)
        newer = _merged(key, older, now.get(key), keep)
        if newer is None:
            gone.append(key)
        elif older is None or not _same(older, newer):
            changed[key] = newer
    _store(block, changed, gone)


def _posted(block: int) -> dict[str, Posted]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key, varbit_send(films), weights FROM catalog_posting WHERE block = %s AND key <> %s",
            [block, FOLDED],
        )
        return {key: Posted(unpacked(bits), facts.weights_of(weights)) for key, bits, weights in cursor}


def _merged(key: str, older: Posted | None, now: Having | None, keep: NDArray[np.bool_]) -> Posted | None:
    """What was posted of the films to keep, and what there is now of the others; None where nothing is left."""
    bits = older.bits & keep if older is not None else np.zeros(BLOCK, np.bool_)
    if now is not None:
        bits[now.films % BLOCK] = True
    if not bits.any():
        return None
    if not weighted(key):
        return Posted(bits, np.zeros(0, np.uint16))
    spread = older.spread if older is not None else np.zeros(BLOCK, np.uint16)
    if now is not None:
        spread[now.films % BLOCK] = now.weights
    return Posted(bits, spread[bits])


def _same(older: Posted, newer: Posted) -> bool:
    return np.array_equal(older.bits, newer.bits) and np.array_equal(older.weights, newer.weights)


def _store(block: int, changed: Mapping[str, Posted], gone: list[str]) -> None:
    with connection.cursor() as cursor:
        if gone:
            cursor.execute("DELETE FROM catalog_posting WHERE block = %s AND key = ANY(%s)", [block, gone])
        if changed:
            cursor.execute(
                """INSERT INTO catalog_posting (key, block, films, count, weights)
                SELECT key, %s, ('x' || bits)::varbit, count, decode(weights, 'hex')
                FROM unnest(%s::text[], %s::text[], %s::int[], %s::text[]) AS posted (key, bits, count, weights)
                ON CONFLICT (key, block) DO UPDATE
                SET films = excluded.films, count = excluded.count, weights = excluded.weights""",
                [block, *_columns(changed)],
            )


def _columns(posted: Mapping[str, Posted]) -> tuple[list[str], list[str], list[int], list[str]]:
    return (
        list(posted),
        [np.packbits(one.bits).tobytes().hex() for one in posted.values()],
        [int(np.count_nonzero(one.bits)) for one in posted.values()],
        [one.weights.astype(">u2").tobytes().hex() for one in posted.values()],
    )
