"""How many of some films have each key, without looking at the films: bits that postings and the films share."""

from collections.abc import Collection, Mapping
from functools import cached_property

import numpy as np
from django.db import connection

from catalog.search import facts
from catalog.search.facts import Having
from catalog.search.postings import BLOCK
from catalog.search.reading import Mask, Reading

FEW = 500  # so many films are looked at themselves
SAMPLED = 4  # blocks in which it is seen which keys are the most frequent

CHOSEN = """
WITH chosen AS MATERIALIZED (
    SELECT block, ('x' || bits)::varbit AS films FROM unnest(%(blocks)s::int[], %(bits)s::text[]) AS sent (block, bits)
)
"""
ALL_KEYS = """
SELECT key, sum(bit_count(posting.films & chosen.films))::bigint
FROM chosen JOIN catalog_posting AS posting USING (block) GROUP BY key
"""
SOME_KEYS = """
SELECT key, sum(bit_count(posting.films & chosen.films))::bigint
FROM catalog_posting AS posting JOIN chosen USING (block) WHERE key = ANY(%(keys)s) GROUP BY key
"""
ANY_OF_KEYS = """
SELECT name, sum(bit_count(posting.films & chosen.films))::bigint FROM (
    SELECT name, block, bit_or(films) AS films FROM unnest(%(names)s::text[], %(keys)s::text[]) AS wanted (name, key)
    JOIN catalog_posting USING (key) GROUP BY name, block
) AS posting JOIN chosen USING (block) GROUP BY name
"""


class Counter:
    """Counts over the films of a mask. Those that are touched, or all where they are few, are looked at themselves."""

    def __init__(self, reading: Reading, mask: Mask) -> None:
        posted = mask.copy()
        posted[reading.places(reading.touched)] = False
        if np.count_nonzero(mask) <= FEW:
            posted[:] = False
        self.live: dict[str, Having] = facts.read(reading.ids(mask & ~posted).tolist())
        bits = np.packbits(posted.reshape(-1, BLOCK), axis=1)
        filled = bits.any(1)
        self.blocks, self.bits = reading.blocks[filled], bits[filled]
        self._counted: dict[str, int] = {}
        self.sampled = np.zeros(len(self.blocks), np.bool_)
        self.sampled[np.unique(np.linspace(0, len(self.blocks) - 1, SAMPLED).astype(int))[: len(self.blocks)]] = True

    @cached_property
    def sample(self) -> dict[str, int]:
        """Of every key, how many there are in the sampled blocks and among the films that are looked at."""
        found = self._ask(ALL_KEYS, self.sampled)
        for key, having in self.live.items():
            found[key] = found.get(key, 0) + len(having.films)
        return found

    def of(self, keys: Collection[str]) -> dict[str, int]:
        """How many films have each of the keys. A query for those that have not been counted before."""
        if new := [key for key in keys if key not in self._counted]:
            rest = self._ask(SOME_KEYS, ~self.sampled, keys=new)
            self._counted |= {key: self.sample.get(key, 0) + rest.get(key, 0) for key in new}
        return {key: self._counted[key] for key in keys}

    def of_any(self, wanted: Mapping[str, Collection[str]]) -> dict[str, int]:
        """How many films have one of the keys under each name, or several."""
        pairs = [(name, key) for name, keys in wanted.items() for key in keys]
        everywhere = np.ones(len(self.blocks), np.bool_)
        names, keys = [name for name, _key in pairs], [key for _name, key in pairs]
        found = self._ask(ANY_OF_KEYS, everywhere, names=names, keys=keys) if pairs else {}
        for name, group in wanted.items():
            films = [self.live[key].films for key in group if key in self.live]
            found[name] = found.get(name, 0) + (len(np.unique(np.concatenate(films))) if films else 0)
        return found

    def _ask(self, sql: str, where: Mask, **parameters: list[str]) -> dict[str, int]:
        if not where.any():
            return {}
        bits = [row.tobytes().hex() for row in self.bits[where]]
        with connection.cursor() as cursor:
            cursor.execute(CHOSEN + sql, {"blocks": self.blocks[where].tolist(), "bits": bits, **parameters})
            return dict(cursor.fetchall())
