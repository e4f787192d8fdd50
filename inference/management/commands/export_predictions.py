"""What the champions say, as CSV."""

import csv
import os
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from catalog.cells import inert

HEADER = ["imdb_id", "term", "score", "threshold", "decided", "model version"]
ROWS_AT_ONCE = 5000

# A film without an IMDb id is named by its key.
_QUERY = """
SELECT coalesce(film.imdb_id, film.key), said.slug, said.score, said.threshold, coalesce(label.value, ''),
       version.task || '-' || version.number
FROM inference_prediction prediction
JOIN training_modelversion version ON version.id = prediction.version_id AND version.champion
JOIN catalog_film film ON film.id = prediction.film_id
CROSS JOIN LATERAL unnest(prediction.scores, version.terms, version.thresholds) AS said(score, slug, threshold)
LEFT JOIN catalog_term term ON term.slug = said.slug AND term.kind || 's' = version.task
LEFT JOIN catalog_label label
    ON label.film_id = film.id AND label.term_id = term.id AND label.source = 'person'
ORDER BY film.key, version.task, said.slug
"""


class Command(BaseCommand):
    help = (
        "Write the champions' scores as CSV: imdb_id, term, score, threshold, decided, model version. "
        "`decided` is what a person has said (yes, no or unknown), empty where nobody has."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a .csv file; one that is there is replaced")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        aside = file.with_name(f".{file.name}.{os.getpid()}.part")
        try:
            with aside.open("w", newline="", encoding="utf-8") as out:
                count = _write(out)
            aside.replace(file)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.", returncode=2) from None
        finally:
            aside.unlink(missing_ok=True)
        self.stdout.write(f"{count:,} scores written to {file}.")


def _write(out: Any) -> int:
    writer, count = csv.writer(out), 0
    writer.writerow(HEADER)
    for film, slug, score, threshold, decided, version in _rows():
        writer.writerow([inert(film), inert(slug), f"{score:.6f}", f"{threshold:.6f}", decided, version])
        count += 1
    return count


def _rows() -> Iterator[tuple[str, str, float, float, str, str]]:
    """Rows from the server bit by bit, all of one moment."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_QUERY)
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield from rows
