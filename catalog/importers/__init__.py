"""One file per source format. Each has `read(path) -> Source`, which raises BadSource."""

from collections.abc import Callable
from pathlib import Path

from catalog.importers import csv_films, labels, mmimdb, moviegenre, movielens, mpst, poster_table
from catalog.importers.rows import Source

IMPORTERS: dict[str, Callable[[Path], Source]] = {
    "csv": csv_films.read,
    "poster-table": poster_table.read,
    "moviegenre": moviegenre.read,
    "movielens": movielens.read,
    "mpst": mpst.read,
    "mmimdb": mmimdb.read,
    "labels": labels.read,
}
