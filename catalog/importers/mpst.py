"""MPST, plot synopses with tags: one film per row, every one of its 71 tags judged.

The full file has imdb_id, title, plot_synopsis, tags, split, synopsis_source; a slim one leaves the synopsis out.
"""

from collections.abc import Mapping
from pathlib import Path

from catalog.importers import rows
from catalog.importers.rows import FilmRow, Source
from catalog.importers.tables import Table, film_rows


def read(path: Path) -> Source:
    table = Table(path, ["imdb_id", "title", "tags", "split"])
    return Source(table.total, film_rows(table, _film))


def _film(number: int, cells: Mapping[str, str]) -> FilmRow:
    imdb_id = rows.imdb_id(cells["imdb_id"])
    tags = rows.names(cells["tags"].replace(",", "|"))
    return FilmRow(
        number=number,
        key=imdb_id,
        imdb_id=imdb_id,
        title=cells["title"].strip(),
        plot=cells.get("plot_synopsis", "").strip(),
        plot_source=f"mpst {cells.get('synopsis_source', '')}".strip(),
        external=rows.known_ids(split_mpst=cells["split"]),
        tags=tags,
        tags_covered=rows.MPST_TAGS if tags else rows.NOTHING,
        tags_origin="mpst",
    )
