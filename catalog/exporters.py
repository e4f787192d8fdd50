"""Labels, and the log of how they came about, as files for other programs and for coming back.

CSV or JSON lines by the file's ending, gzipped where the name ends with .gz. One statement each, so the file shows
one moment; rows are streamed, so its size does not matter. Cells never become formulas in a spreadsheet.
"""

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from catalog.cells import inert
from catalog.files import replacing
from catalog.models import Decision, Job, Label
from catalog.progress import Progress

CHUNK = 5000
LABEL_COLUMNS = {
    "key": "film__key",
    "imdb_id": "film__imdb_id",
    "title": "film__title",
    "kind": "term__kind",
    "term": "term__slug",
    "value": "value",
    "source": "source",
    "origin": "origin",
    "locked": "locked",
}
DECISION_COLUMNS = {
    "id": "pk",
    "at": "change_set__created_at",
    "change_set": "change_set_id",
    "change": "change_set__kind",
    "undoes": "change_set__undoes_id",
    "by": "change_set__user__username",
    "key": "film__key",
    "imdb_id": "film__imdb_id",
    "kind": "term__kind",
    "term": "term__slug",
    "before": "before",
    "before_source": "before_source",
    "before_origin": "before_origin",
    "before_locked": "before_locked",
    "after": "after",
    "after_source": "after_source",
    "after_origin": "after_origin",
    "after_locked": "after_locked",
    "shown_score": "shown_score",
    "shown_version": "shown_version",
}


class BadTarget(Exception):
    """The file cannot be written; the message is a sentence for the user."""


def export_labels(path: Path, progress: Progress) -> int:
    """Write all labels, film by film; how many. Imported back with the format "labels", the file changes nothing.

    Raises:
        BadTarget: a name that ends with neither .csv nor .jsonl, or a place that cannot be written to.
    """
    return _export(path, Label.objects.order_by("film__key", "term__kind", "term__slug"), LABEL_COLUMNS, progress)


def export_decisions(path: Path, progress: Progress) -> int:
    """Write the whole log, oldest first; how many decisions. Raises as `export_labels`."""
    return _export(path, Decision.objects.order_by("pk"), DECISION_COLUMNS, progress)


def export_file(job: Job) -> Path:
    """Where the file of an export job lies once the job is done."""
    what = "decisions" if job.params.get("decisions") else "labels"
    ending = "jsonl" if job.params.get("format") == "jsonl" else "csv"
    return Path(settings.DATA_DIR) / "exports" / f"{what}-{job.pk}.{ending}"


def _export(path: Path, rows: "QuerySet[Any]", columns: dict[str, str], progress: Progress) -> int:
    count = 0
    with transaction.atomic(), _writer(path, list(columns)) as write:
        progress.start(rows.count(), "rows", _("Writing %(file)s") % {"file": path.name})
        for values in rows.values_list(*columns.values()).iterator(chunk_size=CHUNK):
            write(values)
            count += 1
            if count % CHUNK == 0:
                progress.advance(CHUNK)
        progress.advance(count % CHUNK)
    return count


@contextmanager
def _writer(path: Path, columns: list[str]) -> Iterator[Callable[[tuple[Any, ...]], None]]:
    """A function that writes one row."""
    kind = Path(path.name.removesuffix(".gz")).suffix
    if kind not in (".csv", ".jsonl"):
        raise BadTarget(_("%(file)s ends with neither .csv nor .jsonl (.gz).") % {"file": path.name})
    try:
        with replacing(path) as file:
            target = gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0) if path.suffix == ".gz" else file
            text = io.TextIOWrapper(target, "utf-8", newline="")
            yield _csv_rows(text, columns) if kind == ".csv" else _json_lines(text, columns)
            text.flush()
            text.detach()
            if target is not file:
                target.close()
    except OSError as error:
        raise BadTarget(
            _("%(file)s cannot be written: %(reason)s.") % {"file": path, "reason": error.strerror}
        ) from error


def _csv_rows(text: io.TextIOWrapper, columns: list[str]) -> Callable[[tuple[Any, ...]], None]:
    writer = csv.writer(text)
    writer.writerow(columns)

    def write(values: tuple[Any, ...]) -> None:
        writer.writerow([_cell(value) for value in values])

    return write


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return inert(value)
    return int(value) if isinstance(value, bool) else value


def _json_lines(text: io.TextIOWrapper, columns: list[str]) -> Callable[[tuple[Any, ...]], None]:
    def write(values: tuple[Any, ...]) -> None:
        said = dict(zip(columns, values, strict=True))
        text.write(json.dumps(said, ensure_ascii=False, default=str) + "\n")

    return write
