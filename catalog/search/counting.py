"""How many of some films have each key, without looking at the films: bits that postings and the films share."""

from collections.abc import Collection, Mapping
from functools import cached_property

import numpy as np

from catalog.search import facts
from catalog.search.facts import Having
from catalog.search.reading import Mask, Reading
from catalog.search.shelf import Bits, packed, together

FEW = 500  # so many films are looked at themselves


class Counter:
    """Counts over the films of a mask. Those that are touched, or all where they are few, are looked at themselves."""

    def __init__(self, reading: Reading, mask: Mask) -> None:
        posted = mask.copy()
        posted[reading.places(reading.touched)] = False
        if np.count_nonzero(mask) <= FEW:
            posted[:] = False
        self.shelf = reading.shelf
        self.live: dict[str, Having] = facts.read(reading.ids(mask & ~posted).tolist())
        self.chosen: Bits = packed(posted)[reading.shelved]

    @cached_property
    def sample(self) -> dict[str, int]:
        """Of every key, how many there are in some blocks and among the films that are looked at."""
        keys, bits, places = self.shelf.sample
        counts = np.bitwise_count(bits & self.chosen[places]).sum(axis=(1, 2), dtype=np.int64).tolist()
        found = dict(zip(keys, counts, strict=True))
        for key, having in self.live.items():
            found[key] = found.get(key, 0) + len(having.films)
        return found

    def of(self, keys: Collection[str]) -> dict[str, int]:
        """How many films have each of the keys."""
        return self.of_any({key: [key] for key in keys})

    def of_any(self, wanted: Mapping[str, Collection[str]]) -> dict[str, int]:
        """How many films have one of the keys under each name, or several."""
        bits = self.shelf.get({key for keys in wanted.values() for key in keys}) if self.chosen.any() else {}
        return {name: self._shared(keys, bits) + self._looked_at(keys) for name, keys in wanted.items()}

    def _shared(self, keys: Collection[str], bits: Mapping[str, Bits]) -> int:
        if not bits:
            return 0
        return int(np.bitwise_count(together(bits[key] for key in keys) & self.chosen).sum(dtype=np.int64))

    def _looked_at(self, keys: Collection[str]) -> int:
        films = [self.live[key].films for key in keys if key in self.live]
        return len(films[0]) if len(films) == 1 else len(np.unique(np.concatenate(films))) if films else 0
