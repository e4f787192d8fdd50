"""Motifs by name; importing the modules fills the table."""

from catalog.sample.draw.motifs import creatures, faces, figures, heavens, machines, more, places, things, vehicles
from catalog.sample.draw.motifs.registry import MOTIFS

__all__ = ["MOTIFS", "creatures", "faces", "figures", "heavens", "machines", "more", "places", "things", "vehicles"]
