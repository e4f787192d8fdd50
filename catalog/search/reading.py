"""Which films have what, as one moment has it: masks and weights over all films, in blocks of ids beside each other."""

from collections.abc import Collection

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from catalog.models import Posting
from catalog.search import facts
from catalog.search.facts import Having, Ids

BLOCK = Posting.BLOCK
Mask = NDArray[np.bool_]


class Reading:
    """Masks (M,) over the M places of all films: BLOCK places for each block in which there are films."""

    BLOCK = BLOCK

    def __init__(self, blocks: Ids, having: dict[str, Having]) -> None:
        self.blocks = blocks
        """(B,) numbers of the blocks, rising; M = B · BLOCK"""
        self._having = having

    def has(self, key: str) -> Mask:
        """(M,): which films have the key."""
        mask = np.zeros(len(self.blocks) * BLOCK, np.bool_)
        if key in self._having:
            mask[self.places(self._having[key].films)] = True
        return mask

    def weights(self, key: str) -> NDArray[np.int64]:
        """(M,): the key's weight, 0 where a film has it not."""
        weights = np.zeros(len(self.blocks) * BLOCK, np.int64)
        if key in self._having:
            weights[self.places(self._having[key].films)] = self._having[key].weights
        return weights

    def keys(self, beginning: str) -> list[str]:
        """The keys that were read and that some film has."""
        return sorted(key for key in self._having if key.startswith(beginning))

    def knows(self, film_ids: Ids) -> Mask:
        """(N,): which of the films stand anywhere."""
        return np.isin(film_ids // BLOCK, self.blocks)

    def places(self, film_ids: Ids) -> Ids:
        """Where films stand that the reading knows."""
        return np.searchsorted(self.blocks, film_ids // BLOCK) * BLOCK + film_ids % BLOCK

    def ids(self, mask: Mask) -> Ids:
        """Ids of the films of a mask, rising."""
        places = np.flatnonzero(mask)
        return self.blocks[places // BLOCK] * BLOCK + places % BLOCK


def read(keys: Collection[str] | None) -> Reading:
    """What is known of these keys, or of all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(id ORDER BY id) FROM catalog_film")
        ids = cursor.fetchone()[0] or []
    blocks = np.unique(np.array(ids, np.int64) // BLOCK)
    return Reading(blocks, facts.read(ids, keys))
