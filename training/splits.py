"""The split of films into train, validation and test, the same for ever and on every machine."""

import hashlib
from typing import Literal

Split = Literal["train", "validation", "test"]


def split_of(key: str) -> Split:
    """The part that a film belongs to: 80 % train, 10 % validation, 10 % test.

    `key` is the film's IMDb id, or its own stable key where it has none. Only the key is hashed, so
    a film never changes sides when others come or go, and all that belongs to one film (poster,
    plot, frames) is always on the same side.
    """
    digest = hashlib.sha256(f"genresite split:{key}".encode()).digest()
    percent = int.from_bytes(digest[:8], "big") % 100
    if percent < 80:
        return "train"
    return "validation" if percent < 90 else "test"
