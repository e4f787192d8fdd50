"""Which films have what, as one moment has it: masks and weights over all films, in blocks of ids beside each other."""

from collections.abc import Collection, Mapping

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from catalog.search import facts
from catalog.search.facts import Having, Ids
from catalog.search.postings import BLOCK

Mask = NDArray[np.bool_]
Weighing = NDArray[np.int32]
Rows = list[tuple[int, bytes, bytes | None]]  # block, what varbit_send gives, weights

# The touched films and the postings of one moment: what is touched later is posted here as it was before.
READ = """
SELECT '', 0, (SELECT string_agg(DISTINCT int8send(film_id), ''::bytea) FROM catalog_touched), NULL
UNION ALL SELECT key, block, varbit_send(films), CASE WHEN key = ANY(%s) THEN weights END
FROM catalog_posting WHERE key = ANY(%s)
"""


class Reading:
    """Masks (M,) over the M places of all films: BLOCK places for each block in which there are films."""

    BLOCK = BLOCK

    def __init__(self, blocks: Ids, touched: Ids) -> None:
        self.blocks = blocks
        """(B,) numbers of the blocks, rising; M = B · BLOCK"""
        self.touched = touched
        """(T,) films whose postings are not looked at, rising"""
        self._bits: dict[str, Mask] = {}
        self._weights: dict[str, Weighing] = {}

    @property
    def size(self) -> int:
        return len(self.blocks) * BLOCK

    def has(self, key: str) -> Mask:
        """(M,): which films have the key; not to be written to."""
        return self._bits.get(key, np.zeros(self.size, np.bool_))

    def weights(self, key: str) -> Weighing:
        """(M,): the key's weight, 0 where a film has it not; not to be written to."""
        return self._weights.get(key, np.zeros(self.size, np.int32))

    def knows(self, film_ids: Ids) -> Mask:
        """(N,): which of the films stand anywhere."""
        return np.isin(film_ids // BLOCK, self.blocks)

    def places(self, film_ids: Ids) -> Ids:
        """(N,): where films stand that the reading knows."""
        return np.searchsorted(self.blocks, film_ids // BLOCK) * BLOCK + film_ids % BLOCK

    def ids(self, mask: Mask) -> Ids:
        """Ids of the films of a mask, rising."""
        places = np.flatnonzero(mask)
        return self.blocks[places // BLOCK] * BLOCK + places % BLOCK

    def _add(self, key: str, rows: Rows, live: Having | None, *, weighted: bool) -> None:
        """What is posted of films that nobody has touched, and what is true of those that somebody has."""
        rows.sort(key=lambda row: row[0])
        packed = np.zeros((len(self.blocks), BLOCK // 8), np.uint8)
        sent = np.frombuffer(b"".join(row[1] for row in rows), np.uint8).reshape(len(rows), 4 + BLOCK // 8)
        packed[np.searchsorted(self.blocks, [row[0] for row in rows])] = sent[:, 4:]
        bits = np.unpackbits(packed).view(np.bool_)
        touched = self.places(self.touched)
        weights = np.zeros(self.size if weighted else 0, np.int32)
        if weighted:
            weights[np.flatnonzero(bits)] = facts.weights_of(b"".join(row[2] or b"" for row in rows))
            weights[touched] = 0
        bits[touched] = False
        if live is not None:
            places = self.places(live.films)
            bits[places] = True
            if weighted:
                weights[places] = live.weights
        self._bits[key], self._weights[key] = bits, weights


def read(keys: Collection[str], weighted: Collection[str] = ()) -> Reading:
    """What is known of these keys, and of how much for the weighted ones. A query, and two where films are touched."""
    keys = {*keys, *weighted, "published"}
    rows, touched = _posted(keys, weighted)
    # Nobody asks for films of a block of which none is published.
    blocks = {block for block, _bits, _weights in rows["published"]} | set((touched // BLOCK).tolist())
    reading = Reading(np.array(sorted(blocks), np.int64), touched)
    live = facts.read(touched.tolist(), keys)
    for key in keys:
        if rows[key] or key in live:
            known = [row for row in rows[key] if row[0] in blocks]
            reading._add(key, known, live.get(key), weighted=key in weighted)
    return reading


def _posted(keys: Collection[str], weighted: Collection[str]) -> tuple[Mapping[str, Rows], Ids]:
    rows: dict[str, Rows] = {"": [], **{key: [] for key in keys}}
    with connection.cursor() as cursor:
        cursor.execute(READ, [list(weighted), list(keys)])
        for key, block, bits, weights in cursor:
            rows[key].append((block, bits, weights))
    [(_block, sent, _weights)] = rows[""]
    return rows, np.sort(np.frombuffer(sent or b"", ">i8").astype(np.int64))
