"""Motifs by name; importing the modules fills the table."""

from catalog.sample.draw.motifs import (
    animals,
    buildings,
    faces,
    figures,
    hands,
    heavens,
    instruments,
    land,
    landscapes,
    masks,
    monsters,
    performers,
    things,
    water_and_air,
)
from catalog.sample.draw.motifs.registry import MOTIFS

__all__ = [
    "MOTIFS",
    "animals",
    "buildings",
    "faces",
    "figures",
    "hands",
    "heavens",
    "instruments",
    "land",
    "landscapes",
    "masks",
    "monsters",
    "performers",
    "things",
    "water_and_air",
]
