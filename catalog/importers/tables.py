"""Reading CSV files that strangers made: plain or gzipped, checked as a whole before the first row is used."""

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from catalog.importers.rows import BadRow, BadSource, FilmRow, Unreadable, shortened

LONGEST_LINE = 16 * 2**20  # bytes; a plot has thousands, a file that is not text may have no line break at all
CHUNK = 2**20
csv.field_size_limit(LONGEST_LINE)


class Table:
    """A CSV file with a header. Iterating yields (row number, cells by column) or Unreadable; the header is row 1.

    `needs` are the columns without which the file is of another kind, one sequence for each header that a
    format is known with.

    Raises:
        BadSource: missing, empty, not text, or without the columns.
    """

    def __init__(self, path: Path, *needs: Sequence[str], encodings: Sequence[str] = ("utf-8-sig",)) -> None:
        self.path = path
        refuse_folder(path)
        self.encoding = _checked_encoding(path, encodings)
        self.columns = self._header()
        if not any(set(columns) <= set(self.columns) for columns in needs):
            raise BadSource(_wrong_header(path, needs, self.columns))
        self.total = sum(1 for _cells in self._records()) - 1

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]] | Unreadable]:
        records = self._records()
        next(records)
        for number, cells in enumerate(records, start=2):
            if len(cells) == len(self.columns):
                yield number, dict(zip(self.columns, cells, strict=True))
            else:
                yield Unreadable(number, _wrong_length(len(cells), len(self.columns)))

    def _header(self) -> list[str]:
        header = next(self._records(), None)
        if header is None:
            raise BadSource(_("%(file)s is empty.") % {"file": self.path.name})
        return [column.strip() for column in header]

    def _records(self) -> Iterator[list[str]]:
        """Rows as lists of cells, without the empty lines."""
        with open_bytes(self.path) as file:
            try:
                yield from filter(None, csv.reader(io.TextIOWrapper(file, self.encoding, newline="")))
            except csv.Error as error:
                raise BadSource(
                    _("%(file)s is not a CSV file: %(error)s.") % {"file": self.path.name, "error": error}
                ) from error


def film_rows(table: Table, film: Callable[[int, dict[str, str]], FilmRow]) -> Iterator[FilmRow | Unreadable]:
    """The table's rows as films; a row of which `film` raises BadRow is unreadable."""
    for entry in table:
        if isinstance(entry, Unreadable):
            yield entry
            continue
        try:
            yield film(*entry)
        except BadRow as error:
            yield Unreadable(entry[0], str(error))


def refuse_folder(path: Path) -> None:
    """Raises BadSource unless the path is a file."""
    if path.is_dir():
        raise BadSource(_("%(file)s is a folder; this format is one file.") % {"file": path})
    if not path.is_file():
        raise BadSource(_("There is no file %(file)s.") % {"file": path})


def needed(folder: Path, name: str) -> Path:
    """A file or folder in the folder, or that file gzipped.

    Raises:
        BadSource: no folder, or nothing of that name in it.
    """
    if not folder.is_dir():
        sentence = _("%(path)s is a file; this format is a folder.") if folder.exists() else _("There is no %(path)s.")
        raise BadSource(sentence % {"path": folder})
    if (folder / name).is_dir():
        return folder / name
    if path := beside(folder, name):
        return path
    raise BadSource(_("%(folder)s holds no %(name)s.") % {"folder": folder, "name": name})


def beside(folder: Path, name: str) -> Path | None:
    """A file of the folder, plain or gzipped; None where there is neither."""
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)


def open_bytes(path: Path) -> gzip.GzipFile | io.BufferedReader:
    with path.open("rb") as file:
        zipped = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if zipped else path.open("rb")


def _checked_encoding(path: Path, encodings: Sequence[str]) -> str:
    """The first of the encodings in which the whole file can be read.

    Raises:
        BadSource: in none, or what is in the file is no text.
    """
    decoders = {name: codecs.getincrementaldecoder(name)() for name in encodings}
    unbroken = 0
    for chunk in _chunks(path):
        unbroken = len(chunk) - newline - 1 if (newline := chunk.rfind(b"\n")) >= 0 else unbroken + len(chunk)
        if b"\0" in chunk or unbroken > LONGEST_LINE:
            raise BadSource(_("%(file)s is not a CSV file: it is not text (it holds NUL bytes).") % {"file": path.name})
        for name in [name for name, decoder in decoders.items() if not _reads(decoder, chunk)]:
            del decoders[name]
        if not decoders:
            raise BadSource(_("%(file)s is not UTF-8 text: save it as CSV in UTF-8.") % {"file": path.name})
    return next(iter(decoders))


def _reads(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    try:
        decoder.decode(chunk, final=not chunk)
    except UnicodeDecodeError:
        return False
    return True


def _chunks(path: Path) -> Iterator[bytes]:
    """The file's bytes and, at its end, an empty chunk."""
    try:
        with open_bytes(path) as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BadSource(_("%(file)s is a damaged gzip file: it ends too early.") % {"file": path.name}) from error
    except OSError as error:
        raise BadSource(_("%(file)s cannot be read: %(reason)s.") % {"file": path, "reason": error.strerror}) from error
    yield b""


def _wrong_header(path: Path, needs: Sequence[Sequence[str]], found: Sequence[str]) -> str:
    return _("%(file)s has another header: needed are the columns %(needs)s; found: %(found)s.") % {
        "file": path.name,
        "needs": _(" or ").join(", ".join(columns) for columns in needs),
        "found": shortened(", ".join(found), 200),
    }


def _wrong_length(cells: int, columns: int) -> str:
    return _("The row has %(cells)s cells where the header has %(columns)s.") % {"cells": cells, "columns": columns}
