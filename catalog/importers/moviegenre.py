"""Kaggle's "Movie Genre from its Poster": MovieGenre.csv, in Latin-1, and a slimmer copy with plain column names.

The genres come from IMDb, so the list is complete. Poster addresses are not followed.
"""

from collections.abc import Mapping
from pathlib import Path

from catalog.importers import rows
from catalog.importers.rows import FilmRow, Source
from catalog.importers.tables import Table, film_rows


def read(path: Path) -> Source:
    table = Table(
        path,
        ["imdbId", "Title", "Genre"],
        ["imdb_id", "title", "year", "genres"],
        encodings=("utf-8-sig", "cp1252", "latin-1"),
    )
    return Source(table.total, film_rows(table, _original if "imdbId" in table.columns else _slim))


def _original(number: int, cells: Mapping[str, str]) -> FilmRow:
    title, year = rows.title_and_year(cells["Title"])
    return _film(number, cells["imdbId"], title, year, cells["Genre"])


def _slim(number: int, cells: Mapping[str, str]) -> FilmRow:
    return _film(number, cells["imdb_id"], cells["title"].strip(), rows.year(cells["year"]), cells["genres"])


def _film(number: int, imdb_id: str, title: str, year: int | None, genres: str) -> FilmRow:
    listed = rows.names(genres)
    return FilmRow(
        number=number,
        key=rows.imdb_id(imdb_id),
        imdb_id=rows.imdb_id(imdb_id),
        title=title,
        year=year,
        genres=listed,
        genres_covered=rows.IMDB_GENRES if listed else rows.NOTHING,
        genres_origin="imdb_moviegenre",
    )
