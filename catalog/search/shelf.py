"""Postings that a process keeps at hand, for as long as nobody has folded: what is asked for often is read seldom.

A fold gives all postings a new name (postings.FOLDED). A shelf is what was read of one of them and never changes; the
next fold brings an empty one.
"""

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable
from functools import cached_property

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from catalog.search.facts import Ids
from catalog.search.postings import BLOCK, FOLDED

MOST_BYTES = 128 * 2**20  # in one process; a key takes a bit for each film
SAMPLED = 8  # blocks in which it is seen which keys are the most frequent
SENT = np.dtype([("length", ">i4"), ("films", np.uint8, BLOCK // 8)])  # what varbit_send gives

Bits = NDArray[np.uint64]
WORDS = BLOCK // 64


class Shelf:
    """Bits (B, WORDS) of keys over the B blocks in which there are published films."""

    def __init__(self, version: str) -> None:
        self.version = version
        self._lock = threading.Lock()
        self._bits: OrderedDict[str, Bits] = OrderedDict()

    @cached_property
    def blocks(self) -> Ids:
        """(B,) numbers of the blocks, rising; none before the first fold"""
        if not self.version:
            return np.zeros(0, np.int64)
        with connection.cursor() as cursor:
            cursor.execute("SELECT block FROM catalog_posting WHERE key = 'published' ORDER BY block")
            return np.array([block for (block,) in cursor], np.int64)

    def get(self, keys: Collection[str]) -> dict[str, Bits]:
        """The bits of each key. A query for those that are not here yet; not to be written to."""
        with self._lock:
            here = {key: self._bits[key] for key in keys if key in self._bits}
            for key in here:
                self._bits.move_to_end(key)
        missing = [key for key in keys if key not in here]
        if missing:
            read = self._read(missing)
            here |= read
            self._keep(read)
        return here

    def _read(self, keys: list[str]) -> dict[str, Bits]:
        found: dict[str, Bits] = {key: np.zeros((len(self.blocks), WORDS), np.uint64) for key in keys}
        if not len(self.blocks):
            return found
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT key, array_agg(block ORDER BY block), string_agg(varbit_send(films), ''::bytea ORDER BY block)
                FROM catalog_posting WHERE key = ANY(%s) AND block = ANY(%s) GROUP BY key""",
                [keys, self.blocks.tolist()],
            )
            for key, blocks, sent in cursor:
                found[key][np.searchsorted(self.blocks, blocks)] = words(sent)
        return found

    def _keep(self, read: dict[str, Bits]) -> None:
        with self._lock:
            self._bits.update(read)
            while len(self._bits) * max(len(self.blocks), 1) * BLOCK // 8 > MOST_BYTES:
                self._bits.popitem(last=False)

    @cached_property
    def sample(self) -> tuple[list[str], Bits, Ids]:
        """All K keys, (K, S, WORDS) their bits in S blocks, and (S,) where these stand among the blocks."""
        if not len(self.blocks):
            return [], np.zeros((0, 0, WORDS), np.uint64), np.zeros(0, np.int64)
        places = np.unique(np.linspace(0, len(self.blocks) - 1, SAMPLED).astype(np.int64))
        blocks = self.blocks[places].tolist()
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT key, array_agg(block ORDER BY block), string_agg(varbit_send(films), ''::bytea ORDER BY block)
                FROM catalog_posting WHERE block = ANY(%s) AND key <> %s GROUP BY key""",
                [blocks, FOLDED],
            )
            rows = cursor.fetchall()
        bits = np.zeros((len(rows), len(blocks), WORDS), np.uint64)
        for row, (_key, found, sent) in enumerate(rows):
            bits[row, np.searchsorted(blocks, found)] = words(sent)
        return [key for key, _found, _sent in rows], bits, places


def words(sent: bytes | memoryview) -> Bits:
    """(blocks, WORDS)"""
    return np.ascontiguousarray(np.frombuffer(sent, SENT)["films"]).view(np.uint64)


def packed(mask: NDArray[np.bool_]) -> Bits:
    """(blocks, WORDS) of (blocks · BLOCK,)"""
    return np.packbits(mask.reshape(-1, BLOCK), axis=1).view(np.uint64)


def unpacked(bits: Bits) -> NDArray[np.bool_]:
    """(blocks · BLOCK,) of (blocks, WORDS)"""
    return np.unpackbits(bits.view(np.uint8)).view(np.bool_)


def together(bits: Iterable[Bits]) -> Bits:
    """What is in one of them, or in several."""
    first, *others = bits
    for other in others:
        first = first | other
    return first


_current = Shelf("")


def shelf(version: str) -> Shelf:
    """What this process has read of the postings of that name."""
    global _current
    found = _current
    if found.version != version:
        found = _current = Shelf(version)
    return found
