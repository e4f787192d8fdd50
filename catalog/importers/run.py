"""Importing films in batches; each is stored whole or not at all, together with its place in the file."""

import copy
import time
from collections.abc import Iterable, Iterator
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
from catalog.progress import Progress, Silent
from catalog.terms import vocabularies

__all__ = ["BadSource", "ImportReport", "import_films", "receive_upload"]

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

    Raises:
        BadSource: nothing can be imported from it; nothing was written.
        Cancelled: somebody stopped the job; what was stored stays.
    """
    started = time.monotonic()
    progress = progress or Silent()
    source = open_source(path, format)
    run = _Import(path, source, format, rules, dry_run, user, progress, errors or error_file(path, job), job)
    progress.start(source.total, "rows", _("Importing %(file)s") % {"file": path.name})
    progress.advance(run.report.rows)
    with Posters(posters, rules=run.rules, keep=not dry_run, reads_own=format == "mmimdb") as pictures:
        for batch in _one_ahead(run.batches(pictures)):
            run.write(batch)
            progress.advance(batch.count)
    return run.finish(time.monotonic() - started)


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


class Batch:
    """Rows that are stored together, and their pictures, which are being decoded meanwhile."""

    def __init__(self, read: list[FilmRow | Unreadable], posters: Posters) -> None:
        self.count = len(read)
        self.failures: list[Failure] = []
        films = list(self._readable(read))
        self.rows = merge.joined(films)
        self.repeated = len(films) - len(self.rows)
        self.pictures = posters.start(self.rows)

    def _readable(self, read: Iterable[FilmRow | Unreadable]) -> Iterator[FilmRow]:
        for row in read:
            if isinstance(row, Unreadable):
                self.failures.append(Failure(row.number, "", row.reason))
                continue
            try:
                yield merge.checked(row)
            except BadRow as error:
                self.failures.append(Failure(row.number, row.key, str(error)))


def _one_ahead(batches: Iterator[Batch]) -> Iterator[Batch]:
    """Each batch while the next is prepared already: its pictures are decoded during the writing."""
    waiting = next(batches, None)
    while waiting is not None:
        following = next(batches, None)
        yield waiting
        waiting = following


class _Import:
    """One run: what it knows from batch to batch."""

    def __init__(
        self,
        path: Path,
        source: Source,
        format: str,
        rules: Rules | None,
        dry_run: bool,
        user: User | None,
        progress: Progress,
        errors: Path,
        job: Job | None,
    ) -> None:
        self.source, self.dry_run = source, dry_run
        self.rules = merge.parse_rules(()) | dict(rules or {})
        self.progress, self.job = progress, job
        self.report = self._stored_report() or ImportReport(dry_run=dry_run)
        self.errors = ErrorFile(errors, fresh=self.report.rows == 0)
        self.report.errors = str(errors) if self.report.rows and errors.exists() else ""
        self.options = Options(f"{format}: {path.name}"[:60], self.rules, vocabularies(), dry_run, user)
        self.met: set[str] = set()  # keys of films of earlier batches

    def _stored_report(self) -> ImportReport | None:
        """Where an earlier attempt of the same job got to."""
        kept = self.job.result.get("checkpoint") if self.job else None
        if not kept or kept["total"] != self.source.total:
            return None
        return ImportReport(**kept["report"])

    def batches(self, posters: Posters) -> Iterator[Batch]:
        rows = islice(self.source.rows, self.report.rows, None)
        size = BATCH_WITH_POSTERS if posters.wanted else BATCH
        while read := list(islice(rows, size)):
            yield Batch(read, posters)

    def write(self, batch: Batch) -> None:
        """Store the batch. Another import may add one of its films at the same moment: then once more."""
        posters, failures = batch.pictures.results()
        try:
            self._write(batch, posters, failures)
        except IntegrityError:
            self._write(batch, posters, failures)

    def _write(self, batch: Batch, posters: dict[str, Encoded], failures: list[Failure]) -> None:
        report = copy.deepcopy(self.report)
        failures = sorted(batch.failures + failures, key=lambda failure: failure.row)
        with transaction.atomic():
            Step(self.options, report, batch.rows, posters, self.met).take()
            _count(report, batch, failures)
            for failure in failures:
                self.progress.fail(failure.item, failure.reason)
            self._keep_place(report)
        self.errors.write(failures)
        report.errors = str(self.errors.path) if self.errors.written else report.errors
        self.report = report
        self.met.update(row.key for row in batch.rows)

    def _keep_place(self, report: ImportReport) -> None:
        if self.job and not self.dry_run:
            kept = {"total": self.source.total, "report": report.as_dict()}
            Job.objects.filter(pk=self.job.pk).update(result={"checkpoint": kept})

    def finish(self, seconds: float) -> ImportReport:
        self.report.seconds = round(self.report.seconds + seconds, 3)
        return self.report


def _count(report: ImportReport, batch: Batch, failures: list[Failure]) -> None:
    report.rows += batch.count
    report.repeated += batch.repeated
    report.unreadable += len(batch.failures)
    report.posters_unreadable += len(failures) - len(batch.failures)
    report.posters_unchanged += batch.pictures.unchanged
