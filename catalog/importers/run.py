"""Importing films in batches; each is stored whole or not at all, together with its place in the file."""

import copy
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from catalog.importers import IMPORTERS, merge
from catalog.importers.merge import Rules
from catalog.importers.posters import Posters
from catalog.importers.report import ErrorFile, Failure, ImportReport
from catalog.importers.rows import BadRow, BadSource, FilmRow, Source, Unreadable
from catalog.importers.step import Options, Step
from catalog.importers.uploads import receive_upload
from catalog.models import Job, User
from catalog.pictures import Encoded
from catalog.progress import Progress, Silent, TakenOver
from catalog.search import postings
from catalog.terms import vocabularies

__all__ = ["BadSource", "ImportReport", "import_films", "import_source", "receive_upload"]

BATCH = 1000
BATCH_WITH_POSTERS = 250  # a batch is what a killed import does again


def import_films(
    path: Path,
    format: str,
    *,
    posters: Path | None = None,
    rules: Rules | None = None,
    dry_run: bool = False,
    user: User | None = None,
    progress: Progress | None = None,
    errors: Path | None = None,
    job: Job | None = None,
) -> ImportReport:
    """Import a file or folder; with a job, a restart goes on after the last batch that was stored.

    Args:
        posters: folder of pictures named by IMDb id or key.
        rules: by field; a field that is not named is merged (catalog.importers.merge).
        errors: CSV file for what cannot be read; below DATA_DIR/imports when not given.

    Raises:
        BadSource: nothing can be imported from it; nothing was written.
        Cancelled: somebody stopped the job; what was stored stays.
        TakenOver: another worker has the job.
    """
    options = Options(
        source=f"{format}: {path.name}"[:60],
        rules=merge.parse_rules(()) | dict(rules or {}),
        vocabularies=vocabularies(),
        dry_run=dry_run,
        user=user,
    )
    return import_source(open_source(path, format), options, posters, progress, errors or error_file(path, job), job)


def open_source(path: Path, format: str) -> Source:
    """Raises BadSource: no such format, or a file that is not of that format."""
    if format not in IMPORTERS:
        raise BadSource(
            _('There is no format "%(format)s"; there are %(formats)s.')
            % {"format": format, "formats": ", ".join(IMPORTERS)}
        )
    return IMPORTERS[format](path)


def error_file(path: Path, job: Job | None) -> Path:
    """Where what cannot be read is listed when nobody says where."""
    name = f"job-{job.pk}" if job else path.name
    return Path(settings.DATA_DIR) / "imports" / f"{name}.errors.csv"


def import_source(
    source: Source,
    options: Options,
    posters: Path | None,
    progress: Progress | None,
    errors: Path,
    job: Job | None = None,
) -> ImportReport:
    """Import what a source yields; see `import_films`."""
    started = time.monotonic()
    run = _Import(source, options, progress or Silent(), errors, job)
    with Posters(posters, rule=options.rules["poster"], keep=not options.dry_run, own=source.has_posters) as pictures:
        run.progress.start(source.total, "rows", _("Importing %(file)s") % {"file": options.source})
        run.progress.advance(run.report.rows)
        for batch in _one_ahead(Batch(read, pictures) for read in _read_ahead(run.reads(pictures.wanted))):
            run.write(batch)
            run.progress.advance(batch.count)
    postings.fold(least=postings.MANY)
    run.report.seconds = round(run.report.seconds + time.monotonic() - started, 3)
    return run.report


@dataclass
class Read:
    """Rows that are stored together, checked, each film once."""

    count: int
    rows: list[FilmRow]
    repeated: int
    failures: list[Failure]


def read_rows(found: list[FilmRow | Unreadable]) -> Read:
    failures = [Failure(row.number, "", row.reason) for row in found if isinstance(row, Unreadable)]
    films = []
    for row in found:
        if isinstance(row, Unreadable):
            continue
        try:
            films.append(merge.checked(row))
        except BadRow as error:
            failures.append(Failure(row.number, row.key, str(error)))
    rows = merge.joined(films)
    return Read(len(found), rows, len(films) - len(rows), failures)


class Batch:
    """What was read, and the pictures to it, which are being decoded meanwhile."""

    def __init__(self, read: Read, posters: Posters) -> None:
        self.read = read
        self.count = read.count
        self.pictures = posters.start(read.rows)


def _read_ahead(reads: Iterator[Read]) -> Iterator[Read]:
    """The same, while a thread reads the next: the file is parsed while the database works."""
    with ThreadPoolExecutor(1) as thread:

        def following() -> Read | None:
            return next(reads, None)

        def ask() -> Future[Read | None]:
            return thread.submit(copy_context().run, following)  # the context holds the reader's language

        coming = ask()
        while (read := coming.result()) is not None:
            coming = ask()
            yield read


def _one_ahead(batches: Iterator[Batch]) -> Iterator[Batch]:
    """The same, each while the next is prepared: its pictures are decoded during the writing."""
    waiting = next(batches, None)
    while waiting is not None:
        following = next(batches, None)
        yield waiting
        waiting = following


class _Import:
    """One run: what it knows from batch to batch."""

    def __init__(self, source: Source, options: Options, progress: Progress, errors: Path, job: Job | None) -> None:
        self.source, self.options, self.progress, self.job = source, options, progress, job
        self.report = self._stored_report() or ImportReport(dry_run=options.dry_run)
        self.errors = ErrorFile(errors, fresh=self.report.rows == 0)
        self.met: set[str] = set()  # keys of films of earlier batches

    def _stored_report(self) -> ImportReport | None:
        """Where an earlier attempt of the same job got to."""
        kept = self.job.result.get("checkpoint") if self.job else None
        if not kept or kept["total"] != self.source.total:
            return None
        return ImportReport(**kept["report"])

    def reads(self, with_posters: bool) -> Iterator[Read]:
        rows = islice(self.source.rows, self.report.rows, None)
        size = BATCH_WITH_POSTERS if with_posters else BATCH
        while found := list(islice(rows, size)):
            yield read_rows(found)

    def write(self, batch: Batch) -> None:
        """Store the batch. Somebody else may add one of its films at the same moment: then once more."""
        posters, unreadable = batch.pictures.results()
        try:
            report, failures = self._write(batch, posters, unreadable)
        except IntegrityError:
            report, failures = self._write(batch, posters, unreadable)
        self.report = report
        self.met.update(row.key for row in batch.read.rows)
        self.errors.write(failures)

    def _write(
        self, batch: Batch, posters: dict[str, Encoded], unreadable: list[Failure]
    ) -> tuple[ImportReport, list[Failure]]:
        report = copy.deepcopy(self.report)
        report.rows += batch.count
        report.repeated += batch.read.repeated
        report.unreadable += len(batch.read.failures)
        report.posters_unreadable += len(unreadable)
        report.posters_unchanged += batch.pictures.unchanged
        with transaction.atomic():
            step = Step(self.options, report, batch.read.rows, posters, self.met)
            step.take()
            failures = sorted(
                [*batch.read.failures, *unreadable, *step.failures()], key=lambda failure: (failure.row, failure.reason)
            )
            for failure in failures:
                self.progress.fail(failure.item, failure.reason)
            report.errors = str(self.errors.path) if failures else report.errors
            self._keep_place(report)
        return report, failures

    def _keep_place(self, report: ImportReport) -> None:
        if self.job and not self.options.dry_run:
            kept = {"total": self.source.total, "report": report.as_dict()}
            if not Job.objects.of_attempt(self.job).update(result={"checkpoint": kept}):
                raise TakenOver  # and the batch is not stored: the other worker has stored it, or will
