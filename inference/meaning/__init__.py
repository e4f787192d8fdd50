"""Films by meaning: a text's or a film's vector beside its words. Imports no torch: workers make the vectors."""

import numpy as np
from numpy.typing import NDArray

from catalog.models import Film
from catalog.search.meaning import Near

__all__ = ["like", "near"]


def near(text: str, *, most: int, within: NDArray[np.int64] | None = None) -> Near:
    """See catalog.search.meaning.near."""
    from inference.meaning import finding

    return finding.near(text, most=most, within=within)


def like(film: Film, most: int) -> Near:
    """See catalog.search.meaning.like."""
    from inference.meaning import finding

    return finding.like(film, most)
