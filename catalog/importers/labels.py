"""What `export_labels` writes: one label per row of a CSV file or line of JSON, film by film.

Yes and no come back as the import's. "Unknown" is a person's word, which no import can say. On the site that wrote
the file nothing changes; elsewhere, labels of people arrive as labels of the import "person".
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from catalog.cells import original
from catalog.importers import rows
from catalog.importers.rows import BadRow, BadSource, FilmRow, Source, Unreadable
from catalog.importers.tables import LONGEST_LINE, Table, open_bytes, refuse_folder

COLUMNS = ("key", "kind", "term", "value")
KINDS, VALUES = ("genre", "tag"), ("yes", "no", "unknown")
Entry = tuple[int, dict[str, str]]


def read(path: Path) -> Source:
    refuse_folder(path)
    entries: Iterable[Entry | Unreadable] = _JsonLines(path) if ".jsonl" in path.suffixes else Table(path, COLUMNS)
    films = _Films(entries)
    total = sum(1 for _film in films)
    if not total and isinstance(entries, _JsonLines):
        raise BadSource(_("%(file)s is empty.") % {"file": path.name})
    return Source(total, films)


class _JsonLines:
    """Lines of JSON as a table of texts. Raises BadSource if a line is no object with the columns."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __iter__(self) -> Iterator[Entry | Unreadable]:
        with open_bytes(self.path) as file:
            for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), start=1):
                yield number, self._entry(number, line)

    def _entry(self, number: int, line: bytes) -> dict[str, str]:
        try:
            said: Any = json.loads(line)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict) or not set(COLUMNS) <= said.keys():
            raise BadSource(
                _("%(file)s, line %(number)s, is not a JSON object with %(columns)s.")
                % {"file": self.path.name, "number": number, "columns": ", ".join(COLUMNS)}
            )
        return {str(name): "" if value is None else str(value) for name, value in said.items()}


class _Films:
    """Labels that follow each other and are of one film, as one row."""

    def __init__(self, entries: Iterable[Entry | Unreadable]) -> None:
        self.entries = entries

    def __iter__(self) -> Iterator[FilmRow | Unreadable]:
        for entry_key, group in groupby(self.entries, key=_film_key):
            if entry_key is None:
                yield from (entry for entry in group if isinstance(entry, Unreadable))
                continue
            entries = [entry for entry in group if not isinstance(entry, Unreadable)]
            try:
                yield _film(entries[0][0], [cells for _number, cells in entries])
            except BadRow as error:
                yield Unreadable(entries[0][0], str(error))


def _film_key(entry: Entry | Unreadable) -> str | None:
    return None if isinstance(entry, Unreadable) else entry[1]["key"]


def _film(number: int, labels: list[dict[str, str]]) -> FilmRow:
    first = labels[0]
    for label in labels:
        if label["kind"] not in KINDS or label["value"] not in VALUES:
            raise BadRow(_('"%(kind)s %(value)s" is not a label.') % {"kind": label["kind"], "value": label["value"]})
    said = {
        f"{kind}s{part}": found
        for kind in KINDS
        for part, found in _of_kind([label for label in labels if label["kind"] == kind]).items()
    }
    return FilmRow(
        number=number,
        key=rows.key(original(first["key"])),
        imdb_id=rows.imdb_id(first["imdb_id"]) if first.get("imdb_id") else "",
        title=original(first.get("title", "")),
        **said,
    )


def _of_kind(labels: list[dict[str, str]]) -> dict[str, Any]:
    origins = Counter(original(label.get("origin", "")) or label.get("source", "") for label in labels)
    return {
        "": tuple(label["term"] for label in labels if label["value"] == "yes"),
        "_covered": frozenset(label["term"] for label in labels if label["value"] == "no"),
        "_origin": (origins.most_common(1)[0][0] if origins else "")[:60],
    }
