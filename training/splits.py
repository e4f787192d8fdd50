"""The split of films into train, validation and test."""

import hashlib
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Split = Literal["train", "validation", "test"]
_NAMES, _SHARES = ("train", "validation", "test"), (0.8, 0.1, 0.1)

# `split_of` as PostgreSQL works it out: films' ids with their parts, where {where} holds, each key hashed once
# (OFFSET 0 keeps the steps apart). Its whole numbers have a sign, so the eight bytes are taken in two halves: 2^32 is
# 96 modulo 100.
PARTS_SQL = """
SELECT id, (array['train', 'validation', 'test'])[1 + (percent >= 80)::int + (percent >= 90)::int] AS part FROM (
    SELECT id, mod(
        ('x' || left(digest, 8))::bit(32)::bigint * 96 + ('x' || substr(digest, 9, 8))::bit(32)::bigint, 100
    ) AS percent FROM (
        SELECT id, encode(sha256(convert_to('genresite split:' || key, 'UTF8')), 'hex') AS digest
        FROM catalog_film WHERE {where} OFFSET 0
    ) AS hashed OFFSET 0
) AS placed
"""


def split_of(key: str) -> Split:
    """The part that a film belongs to, for ever and on every machine: 80 % train, 10 % validation, 10 % test.

    `key` is the film's IMDb id, or its own stable key where it has none. Only the key is hashed, so
    a film never changes sides when others come or go, and all that belongs to one film (poster,
    plot, frames) is always on the same side.
    """
    digest = hashlib.sha256(f"genresite split:{key}".encode()).digest()
    percent = int.from_bytes(digest[:8], "big") % 100
    if percent < 80:
        return "train"
    return "validation" if percent < 90 else "test"


def stratified(yes: NDArray[np.bool_], seed: int = 0) -> NDArray[np.str_]:
    """Parts of N films in which every term's films are spread 8:1:1, from ``yes`` (N, T).

    Iterative stratification (Sechidis, Tsoumakas and Vlahavas 2011): the term with the fewest films left is dealt
    out first, each of its films to the part that still wants that term most, then to the part that wants films
    most, then by lot.
    """
    random = np.random.default_rng(seed)
    wants = np.outer(_SHARES, yes.sum(0)).astype(float)  # (3, T) films of each term that a part still wants
    room = np.array(_SHARES) * len(yes)
    part = np.full(len(yes), -1)

    def deal(film: int, order: NDArray[np.float64]) -> None:
        part[film] = np.lexsort((random.random(len(_SHARES)), -room, -order))[0]
        wants[part[film], yes[film]] -= 1
        room[part[film]] -= 1

    left = yes.copy()
    while left.any():
        counts = left.sum(0)
        term = int(np.where(counts > 0, counts, len(yes) + 1).argmin())
        for film in random.permutation(np.flatnonzero(left[:, term])):
            deal(film, wants[:, term])
            left[film] = False
    for film in random.permutation(np.flatnonzero(part < 0)):
        deal(film, room)
    names: NDArray[np.str_] = np.array(_NAMES)[part]
    return names
