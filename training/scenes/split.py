"""Which films a scene model learns from, and which it is judged on."""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from training.splits import split_of

PARTS = ("train", "validation", "test")
LEFT_OUT = 0.1  # of a genre's films, at least one, for choices, and as many for the figures


class SplitByFrame(ValueError):
    """Frames of one film are in two parts of a split: what is learned by heart would count as understood."""


def refuse_split_films(films: Sequence[str], parts: Sequence[str]) -> None:
    """``films`` and ``parts`` of each pair of frames. Raises SplitByFrame where a film is in two parts."""
    seen: dict[str, str] = {}
    for film, part in zip(films, parts, strict=True):
        if seen.setdefault(film, part) != part:
            raise SplitByFrame(
                f"Frames of {film} are in two parts of the split, {seen[film]} and {part}: "
                "frames of one film look alike, so split by film."
            )


def parts_of(keys: Sequence[str], genres: NDArray[np.int64], *, leave_out: bool = False) -> NDArray[np.str_]:
    """The part (N,) of each film, from its key and its genre (N,).

    By the hash of the key, for ever. The films of a genre that would have none to learn from, or none to be judged
    on, or (of three and more) none for choices, are dealt out instead: the first in the order of their hashes are
    left out. ``leave_out`` deals the films of every genre. A genre of one film has that one to learn from.
    """
    parts = np.array([split_of(key) for key in keys], dtype="<U10")
    for genre in np.unique(genres):
        rows = np.flatnonzero(genres == genre).tolist()
        wanted = {"train", "test"} | ({"validation"} if len(rows) > 2 else set())
        if leave_out or not wanted <= set(parts[rows].tolist()):
            parts[rows] = _dealt([keys[row] for row in rows])
    return parts


def _dealt(keys: list[str]) -> list[str]:
    """A tenth to test, a tenth to validation (at least one film each, as far as there are), the rest to train."""
    order = sorted(range(len(keys)), key=lambda row: hashlib.sha256(keys[row].encode()).digest())
    each = max(1, round(len(keys) * LEFT_OUT))
    test, validation = (each if len(keys) > 1 else 0), (each if len(keys) > 2 else 0)
    parts = ["train"] * len(keys)
    for place, row in enumerate(order[: test + validation]):
        parts[row] = "test" if place < test else "validation"
    return parts
