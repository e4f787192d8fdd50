"""MM-IMDb: a folder with dataset/<id>.json and dataset/<id>.jpeg, and split.json with the official split.

The genres come from IMDb, so the list is complete.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from catalog.importers import rows
from catalog.importers.rows import BadRow, BadSource, FilmRow, Source, Unreadable
from catalog.importers.tables import needed

LARGEST = 4 * 2**20  # bytes of one film's JSON
NOT_GENRES = {"N/A"}


def read(path: Path) -> Source:
    files = sorted(needed(path, "dataset").glob("*.json"))
    if not files:
        raise BadSource(_("%(folder)s holds no films: there is no .json file in it.") % {"folder": path / "dataset"})
    split = _split(path / "split.json")
    return Source(len(files), _rows(files, split), has_posters=True)


def _split(path: Path) -> dict[str, str]:
    """Part of the official split by the name of the film's file; empty where there is no split.json."""
    if not path.is_file():
        return {}
    parts = _json(path)
    if not isinstance(parts, dict) or not all(isinstance(ids, list) for ids in parts.values()):
        raise BadSource(_("%(file)s is not a split: it needs lists of ids by part.") % {"file": path})
    return {str(film): str(part) for part, ids in parts.items() for film in ids}


def _rows(files: list[Path], split: Mapping[str, str]) -> Iterator[FilmRow | Unreadable]:
    for number, file in enumerate(files, start=1):
        try:
            yield _film(number, file, split)
        except (BadRow, BadSource) as error:
            yield Unreadable(number, str(error))


def _json(path: Path) -> Any:
    try:
        if path.stat().st_size > LARGEST:
            raise BadSource(_("%(file)s is too large to be one film.") % {"file": path.name})
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise BadSource(_("%(file)s is not JSON.") % {"file": path.name}) from error
    except OSError as error:
        raise BadSource(
            _("%(file)s cannot be read: %(reason)s.") % {"file": path.name, "reason": error.strerror}
        ) from error


def _film(number: int, file: Path, split: Mapping[str, str]) -> FilmRow:
    said = _json(file)
    if not isinstance(said, dict):
        raise BadRow(_("%(file)s does not describe a film.") % {"file": file.name})
    imdb_id = rows.imdb_id(file.stem)
    genres = tuple(name for name in _texts(said, "genres") if name not in NOT_GENRES)
    poster = file.with_suffix(".jpeg")
    return FilmRow(
        number=number,
        key=imdb_id,
        imdb_id=imdb_id,
        title=next(iter(_texts(said, "title")), "").strip(),
        title_original=next(iter(_texts(said, "original title")), "").strip(),
        year=rows.year(str(said.get("year") or "")),
        # Several plots, the shortest first: the longest says most.
        plot=max(_texts(said, "plot"), key=len, default="").strip(),
        plot_source="mmimdb",
        external=rows.known_ids(split_mmimdb=split.get(file.stem, "")),
        genres=genres,
        genres_covered=rows.IMDB_GENRES if genres else rows.NOTHING,
        genres_origin="mmimdb",
        poster=poster if poster.is_file() else None,
    )


def _texts(said: Mapping[str, Any], name: str) -> list[str]:
    """One text or a list of them, as a list."""
    value = said.get(name)
    values = value if isinstance(value, list) else [value]
    return [text for text in values if isinstance(text, str)]
