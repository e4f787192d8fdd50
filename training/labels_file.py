"""Labels from a file, to score a version against: an export of ours, or a table with lists of names."""

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from catalog.models import Film, Term
from catalog.terms import Vocabulary
from training.models import Task

_VALUES = {"yes": 1, "no": 0, "1": 1, "0": 0, "true": 1, "false": 0, "unknown": -1, "": -1}


class BadLabels(Exception):
    """The file cannot be read as labels; the message says what it should look like."""


@dataclass(frozen=True)
class FileLabels:
    """Labels (N, T) of the films that the file and the catalogue share; `missing` keys are only in the file."""

    film_ids: list[int]
    keys: list[str]
    labels: NDArray[np.int8]
    missing: list[str]


def read_labels(path: Path, task: Task, terms: list[str]) -> FileLabels:
    """Read a CSV with the columns imdb_id (or key) and either term + value, or the task's name (genres, tags).

    A list of names is taken as complete: what it leaves out is "no". Rows of one film are put together.

    Raises:
        BadLabels: not a CSV, columns missing, a value that is neither yes nor no, or no film of ours in it.
    """
    column, slugs = {term: i for i, term in enumerate(terms)}, _slugs(task)
    table: dict[str, NDArray[np.int8]] = {}
    try:
        for row in _rows(path, task):
            key = (row.get("imdb_id") or row.get("key") or "").strip()
            cells = table.setdefault(key, np.full(len(terms), -1, np.int8))
            _fill(cells, row, task, column, slugs)
    except (UnicodeDecodeError, csv.Error, gzip.BadGzipFile) as error:
        raise BadLabels(f"{path.name} is not a CSV file in UTF-8: {error}.") from error
    except OSError as error:
        raise BadLabels(f"{path} cannot be read: {error.strerror}.") from error
    return _match(path, table)


def _rows(path: Path, task: Task) -> list[dict[str, str]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        names = set(reader.fieldnames or ())
        if not names & {"imdb_id", "key"} or not ({"term", "value"} <= names or task.value in names):
            raise BadLabels(
                f"{path.name} needs the columns imdb_id (or key) and either term and value, or {task.value}; "
                f"it has: {', '.join(sorted(names)) or 'none'}."
            )
        return list(reader)


def _slugs(task: Task) -> tuple[Vocabulary, dict[int, str]]:
    kind = Term.Kind(task.term_kind)
    return Vocabulary(kind), dict(Term.objects.filter(kind=kind).values_list("pk", "slug"))


def _fill(
    cells: NDArray[np.int8],
    row: dict[str, str],
    task: Task,
    column: dict[str, int],
    slugs: tuple[Vocabulary, dict[int, str]],
) -> None:
    vocabulary, by_id = slugs
    if "term" not in row:
        cells[:] = np.maximum(cells, 0)
        named = vocabulary.ids(frozenset(row[task.value].split("|")))
        cells[[column[by_id[pk]] for pk in named if by_id[pk] in column]] = 1
        return
    found = vocabulary.find(row["term"])
    value = (row["value"] or "").strip().lower()
    if value not in _VALUES:
        raise BadLabels(f"{row['value']!r} is not a label: use yes, no or unknown.")
    if found is not None and by_id[found] in column:
        cells[column[by_id[found]]] = _VALUES[value]


def _match(path: Path, table: dict[str, NDArray[np.int8]]) -> FileLabels:
    films = Film.objects.filter(key__in=table) | Film.objects.filter(imdb_id__in=table)
    ids = {name: pk for pk, key, imdb_id in films.values_list("pk", "key", "imdb_id") for name in (key, imdb_id)}
    shared = [key for key in table if key in ids and (table[key] >= 0).any()]
    if not shared:
        raise BadLabels(f"{path.name} has no label for a film of this catalogue.")
    return FileLabels(
        film_ids=[ids[key] for key in shared],
        keys=shared,
        labels=np.stack([table[key] for key in shared]),
        missing=[key for key in table if key not in ids],
    )
