"""The 7,867-poster layout: train.csv with an Id, a list of genres and one column of 0 or 1 for each genre.

The pictures lie in a folder beside it, named by the ids. The genres come from IMDb, so the list is complete.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from catalog.importers import rows
from catalog.importers.rows import FilmRow, Source
from catalog.importers.tables import Table, film_rows

NOT_GENRES = {"Id", "Genre", "N/A"}


def read(path: Path) -> Source:
    table = Table(path, ["Id", "Genre", "Drama"])
    columns = [column for column in table.columns if column not in NOT_GENRES]
    return Source(table.total, film_rows(table, partial(_film, columns)))


def _film(columns: list[str], number: int, cells: Mapping[str, str]) -> FilmRow:
    imdb_id = rows.imdb_id(cells["Id"])
    genres = tuple(column for column in columns if rows.flag(cells[column]))
    return FilmRow(
        number=number,
        key=imdb_id,
        imdb_id=imdb_id,
        genres=genres,
        # A genre without a column was too rare for the table's makers: nothing is known of it.
        genres_covered=frozenset(columns) if genres else rows.NOTHING,
        genres_origin="poster-table",
    )
