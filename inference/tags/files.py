"""Tags of films as published tables write them: one row for each film and tagger, tag(count, ratio%)."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from catalog.cells import inert
from catalog.files import replacing
from catalog.models import Term
from catalog.vocabulary import counted
from inference.models import Tagging
from inference.tags.taggers.plot import PlotTags

HEADER = ("key", "imdb_id", "title", "tagger", "frames", "tags")
CHUNK = 500
Row = tuple[str, ...]


class _Line:
    """What csv writes to: gives the line back."""

    def write(self, text: str) -> str:
        return text


def lines(rows: Iterable[Row]) -> Iterator[str]:
    """CSV, line by line, with its header; cells never become formulas."""
    writer = csv.writer(_Line())
    yield writer.writerow(HEADER)
    for row in rows:
        yield writer.writerow([inert(cell) for cell in row])


def write(path: Path, rows: Iterable[Row]) -> int:
    """How many rows were written. Raises OSError."""
    count = -1  # the header is no row
    with replacing(path) as file:
        for line in lines(rows):
            file.write(line.encode())
            count += 1
    return count


def tagging_rows(taggings: "QuerySet[Tagging]") -> Iterator[Row]:
    """Two queries, however many."""
    names = tag_names()
    found = taggings.select_related("film").order_by("film__key", "tagger")
    for tagging in found.iterator(chunk_size=CHUNK):
        film = tagging.film
        tags = ", ".join(formatted(tagging.counts, tagging.frames, names))
        yield film.key, film.imdb_id or "", film.title, tagging.tagger, str(tagging.frames), tags


def plot_rows(said: Iterable[PlotTags], version: str) -> Iterator[Row]:
    """With the score in place of the ratio, since nothing was counted."""
    names = tag_names()
    for one in said:
        tags = ", ".join(f"{names.get(slug, slug)}({100 * score:.1f}%)" for slug, score in one.scores.items())
        yield one.key, one.key if one.key.startswith("tt") else "", one.title, version, "", tags


def formatted(counts: Mapping[str, int], frames: int, names: Mapping[str, str]) -> list[str]:
    """The commonest tag first."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [counted(names.get(slug, slug), times, frames) for slug, times in ranked]


def tag_names() -> dict[str, str]:
    """English names by slug. One query."""
    found: Any = Term.objects.filter(kind=Term.Kind.TAG).values_list("slug", "name_en")
    return dict(found)
