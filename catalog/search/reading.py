"""Which films have what, as one moment has it: masks and weights over all films, in blocks of ids beside each other."""

from collections.abc import Collection

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from catalog.search import facts
from catalog.search.facts import Having, Ids
from catalog.search.postings import BLOCK, FOLDED
from catalog.search.shelf import WORDS, Bits, Shelf, shelf, unpacked

Mask = NDArray[np.bool_]
Weighing = NDArray[np.int32]

# The touched films, and how the postings of the same moment are called: what is touched later is posted as it was.
NOW = """
SELECT (SELECT string_agg(DISTINCT int8send(film_id), ''::bytea) FROM catalog_touched),
    (SELECT encode(weights, 'hex') FROM catalog_posting WHERE key = %s AND block = 0)
"""
WEIGHTS = """
SELECT key, string_agg(weights, ''::bytea ORDER BY block) FROM catalog_posting
WHERE key = ANY(%s) AND block = ANY(%s) GROUP BY key
"""


class Reading:
    """Masks (M,) over the M places of all films: BLOCK places for each block in which there are films."""

    BLOCK = BLOCK

    def __init__(self, shelf: Shelf, touched: Ids) -> None:
        self.shelf = shelf
        self.blocks = np.union1d(shelf.blocks, touched // BLOCK)
        """(B,) numbers of the blocks, rising; M = B · BLOCK. Nobody asks for films where none is published."""
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

    @property
    def shelved(self) -> Ids:
        """Where the blocks of the shelf stand among all."""
        return np.searchsorted(self.blocks, self.shelf.blocks)

    def _add(self, key: str, posted: Bits, weights: bytes | None, live: Having | None) -> None:
        """What is posted of films that nobody has touched, and what is true of those that somebody has."""
        bits = np.zeros((len(self.blocks), WORDS), np.uint64)
        bits[self.shelved] = posted
        mask, touched = unpacked(bits), self.places(self.touched)
        if weights is not None:
            weighing = np.zeros(self.size, np.int32)
            weighing[np.flatnonzero(mask)] = facts.weights_of(weights)
            weighing[touched] = 0
            if live is not None:
                weighing[self.places(live.films)] = live.weights
            self._weights[key] = weighing
        mask[touched] = False
        if live is not None:
            mask[self.places(live.films)] = True
        self._bits[key] = mask


def read(keys: Collection[str], weighted: Collection[str] = ()) -> Reading:
    """What is known of these keys, and of how much for the weighted ones.

    One query, one where a key is not at hand, one for weights, and two where films are touched.
    """
    keys = {*keys, *weighted, "published"}
    with connection.cursor() as cursor:
        cursor.execute(NOW, [FOLDED])
        sent, version = cursor.fetchone()
    reading = Reading(shelf(version or ""), np.sort(np.frombuffer(sent or b"", ">i8").astype(np.int64)))
    posted, weights = reading.shelf.get(keys), _weights(weighted, reading.shelf.blocks)
    live = facts.read(reading.touched.tolist(), keys)
    for key in keys:
        weighing = weights.get(key, b"") if key in weighted else None
        reading._add(key, posted[key], weighing, live.get(key))
    return reading


def _weights(keys: Collection[str], blocks: Ids) -> dict[str, bytes]:
    if not keys or not len(blocks):
        return {}
    with connection.cursor() as cursor:
        cursor.execute(WEIGHTS, [list(keys), blocks.tolist()])
        return dict(cursor.fetchall())
