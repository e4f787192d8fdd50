"""Which films an address asks for: one condition for each thing that can be dropped again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connection

from catalog.models import Film, FilmQuerySet, Term
from catalog.search.asked import Asked, Chip
from catalog.search.facts import Ids
from catalog.search.meaning import Near
from catalog.search.reading import Mask, Reading


@dataclass(frozen=True)
class Condition:
    """What one part of an address leaves; `without` is the address that does not ask for it."""

    name: str  # text, chip, may, by, decade, language, has, said
    without: Asked
    chip: Chip | None = None
    value: str = ""


class Family:
    """Terms with those that are narrower: who asks for Crime finds Heist. One query."""

    def __init__(self) -> None:
        children: dict[int, list[int]] = {}
        for term in Term.objects.exclude(parent=None).order_by("pk").only("parent_id"):
            children.setdefault(term.parent_id or 0, []).append(term.pk)
        self.children = children

    def keys(self, term_id: int) -> list[str]:
        """The keys of the term and of all below it."""
        found, waiting = [], [term_id]
        while waiting:
            term = waiting.pop()
            if term not in found:
                found.append(term)
                waiting += self.children.get(term, ())
        return [f"term/{term}" for term in found]


def keys_of(asked: Asked, family: Family) -> set[str]:
    """All that must be read to tell which films fit."""
    keys = {"published"} | {key for chip in asked.chips if chip.mode for key in family.keys(chip.term.pk)}
    keys |= {f"decade/{decade}" for decade in asked.decades} | {f"language/{one}" for one in asked.languages}
    keys |= {f"has/{what.removeprefix('no-')}" for what in asked.has}
    said = {"person": ["person"], "machine": ["model", "person"], "waiting": ["waiting"], "untagged": ["term"], "": []}
    return keys | {f"said/{what}" for what in said[asked.said]}


class Selection:
    """The conditions of an address over a reading, and the films that fulfil them."""

    def __init__(self, asked: Asked, reading: Reading, family: Family, near: Near | None = None) -> None:
        """near: the only films that fit. The text is then what they are near to, save where they are like a film."""
        self.asked, self.reading, self.family = asked, reading, family
        self.base = reading.has("published").copy()
        self.conditions: list[tuple[Condition, Mask]] = [*self._chips(), *self._facts()]
        if near is not None:
            self.base &= self._among(near.ids)
        if asked.text and (near is None or asked.like):
            titled = self._among(ids_of(Film.objects.with_title(asked.text)))
            self.conditions.append((Condition("text", replace(asked, text="")), titled))
        self.mask = self.all_but(())

    def all_but(self, left_out: Iterable[Condition]) -> Mask:
        """(M,): the films that fulfil all other conditions."""
        left_out, mask = list(left_out), self.base.copy()
        for condition, fits in self.conditions:
            if condition not in left_out:
                mask &= fits
        return mask

    def named(self, *names: str) -> list[Condition]:
        return [condition for condition, _fits in self.conditions if condition.name in names]

    def _any(self, keys: Sequence[str]) -> Mask:
        first, *others = (self.reading.has(key) for key in keys)
        return np.logical_or.reduce([first, *others]) if others else first

    def has(self, chip: Chip) -> Mask:
        """(M,): which films have the chip's term or a narrower one."""
        return self._any(self.family.keys(chip.term.pk))

    def _chips(self) -> Iterable[tuple[Condition, Mask]]:
        asked = self.asked
        for chip in asked.of("must"):
            yield Condition("chip", asked.with_chip(chip.term, ""), chip), self.has(chip)
        for chip in asked.of("not"):
            yield Condition("chip", asked.with_chip(chip.term, ""), chip), ~self.has(chip)
        if may := asked.of("may"):
            without, found = asked, np.zeros_like(self.base)
            for chip in may:
                without = without.with_chip(chip.term, "")
                found |= self.has(chip)
            yield Condition("may", without, may[0] if len(may) == 1 else None), found

    def _facts(self) -> Iterable[tuple[Condition, Mask]]:
        asked, has = self.asked, self.reading.has
        if asked.by:
            yield Condition("by", replace(asked, by="")), self._among(ids_of(Film.objects.directed_by(asked.by)))
        if asked.decades:
            yield Condition("decade", replace(asked, decades=())), self._any([f"decade/{one}" for one in asked.decades])
        if asked.languages:
            keys = [f"language/{one}" for one in asked.languages]
            yield Condition("language", replace(asked, languages=())), self._any(keys)
        for what in asked.has:
            fits = has(f"has/{what.removeprefix('no-')}")
            others = tuple(one for one in asked.has if one != what)
            yield Condition("has", replace(asked, has=others), value=what), ~fits if what.startswith("no-") else fits
        if asked.said:
            yield Condition("said", replace(asked, said=""), value=asked.said), said_mask(self.reading, asked.said)

    def _among(self, ids: Ids) -> Mask:
        mask = np.zeros_like(self.base)
        mask[self.reading.places(ids[self.reading.knows(ids)])] = True
        return mask


def said_mask(reading: Reading, said: str) -> Mask:
    if said == "machine":
        return reading.has("said/model") & ~reading.has("said/person")
    if said == "untagged":
        return ~reading.has("said/term")
    return reading.has(f"said/{said}")


def ids_of(films: FilmQuerySet) -> Ids:
    """Of those that are published, rising. One query."""
    try:
        sql, parameters = films.published().values("id").query.sql_with_params()
    except EmptyResultSet:
        return np.array([], np.int64)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT string_agg(int8send(id), ''::bytea ORDER BY id) FROM ({sql}) AS found", parameters)
        return np.frombuffer(cursor.fetchone()[0] or b"", ">i8").astype(np.int64)
