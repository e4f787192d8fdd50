"""The project's own CSV: one film per row, lists joined by "|". What `export_labels` and people write.

`genres_source` says where the genres come from. A name that begins with "imdb" lists all of IMDb's genres;
"tmdb" and "ml" know fewer; from any other source nothing follows for a genre that is not listed.
A film with `mpst_tags` has all of MPST's 71 tags listed.
"""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from catalog.cells import original
from catalog.importers import rows
from catalog.importers.rows import BadRow, FilmRow, Source
from catalog.importers.tables import Table, film_rows

TEXTS = ("title", "title_original", "title_ko", "language", "country", "director", "plot", "plot_ko", "plot_source")
IDS = {"movielens": "movielens_id", "tmdb": "tmdb_id", "split_mpst": "mpst_split", "split_mmimdb": "mmimdb_split"}


def read(path: Path) -> Source:
    table = Table(path, ["imdb_id", "title"], ["key", "title"])
    return Source(table.total, film_rows(table, _film))


def _film(number: int, cells: dict[str, str]) -> FilmRow:
    imdb_id = rows.imdb_id(text) if (text := cells.get("imdb_id", "")) else ""
    origin = cells.get("genres_source", "").strip() or "csv"
    genres, tags = rows.names(cells.get("genres", "")), rows.names(cells.get("mpst_tags", ""))
    return FilmRow(
        number=number,
        key=_key(imdb_id, original(cells.get("key", "").strip())),
        imdb_id=imdb_id,
        **_texts(cells),
        year=rows.year(cells.get("year", "")),
        external=rows.known_ids(**{name: cells.get(column, "") for name, column in IDS.items()}),
        genres=genres,
        genres_covered=covered_genres(origin) if genres else rows.NOTHING,
        genres_origin=origin,
        tags=tags or rows.names(cells.get("tags", "")),
        tags_covered=rows.MPST_TAGS if tags else rows.NOTHING,
        tags_origin="mpst" if tags else "csv",
    )


def _texts(cells: dict[str, str]) -> dict[str, Any]:
    return {name: original(cells[name].strip()) for name in TEXTS if name in cells}


def _key(imdb_id: str, key: str) -> str:
    if not (key or imdb_id):
        raise BadRow(_("The row has no IMDb id."))
    return rows.key(key) if key else imdb_id


def covered_genres(origin: str) -> frozenset[str]:
    """Genres that the source would have listed."""
    if origin.startswith("imdb"):
        return rows.IMDB_GENRES
    return {"tmdb": rows.TMDB_GENRES, "ml": rows.MOVIELENS_GENRES}.get(origin, rows.NOTHING)
