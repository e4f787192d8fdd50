"""The table of motifs: a function that draws in a 100 x 100 box with five inks, by its name."""

from __future__ import annotations

from catalog.sample.draw.pen import Motif

MOTIFS: dict[str, Motif] = {}


def motif(draw: Motif) -> Motif:
    """Enter a drawing function into the table under its own name."""
    MOTIFS[draw.__name__] = draw
    return draw
