"""Import films from a file or folder of another catalogue."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from catalog.files import why_not_writable, write_whole
from catalog.importers import IMPORTERS
from catalog.importers.merge import BadRule, parse_rules
from catalog.importers.rows import BadSource
from catalog.importers.run import ImportReport, import_films
from catalog.progress import Console


class Command(BaseCommand):
    help = "Import films; the same file twice changes nothing, and what people decided is never touched."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a CSV file, plain or gzipped; a folder for movielens and mmimdb")
        parser.add_argument("--format", required=True, choices=list(IMPORTERS))
        parser.add_argument("--posters", type=Path, metavar="DIR", help="folder of pictures named by IMDb id")
        parser.add_argument(
            "--rule",
            action="append",
            default=[],
            metavar="FIELD=RULE",
            help="ignore, overwrite or merge (the default) a field; may be given several times",
        )
        parser.add_argument("--dry-run", action="store_true", help="count only, write nothing")
        parser.add_argument("--errors", type=Path, metavar="FILE", help="CSV file for what cannot be read")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write the counts as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["json"] and (reason := why_not_writable(options["json"])):
            sentence = _("%(file)s cannot be written: %(reason)s.") % {"file": options["json"], "reason": reason}
            raise CommandError(sentence, returncode=2)
        progress = Console(self.stderr.write)
        try:
            report = import_films(
                options["path"],
                options["format"],
                posters=options["posters"],
                rules=parse_rules(options["rule"]),
                dry_run=options["dry_run"],
                errors=options["errors"],
                progress=progress,
            )
        except (BadSource, BadRule) as error:
            raise CommandError(str(error), returncode=2) from error
        finally:
            progress.close()
        self._tell(report, options["json"])

    def _tell(self, report: ImportReport, file: Path | None) -> None:
        for sentence in report.sentences():
            self.stdout.write(sentence)
        if report.errors:
            self.stdout.write(f"What could not be read is listed in {report.errors}.")
        rate = report.rows / report.seconds if report.seconds else 0
        self.stdout.write(f"{report.seconds:.1f} s, {rate:,.0f} rows/s.")
        if file:
            write_whole(file, json.dumps(report.as_dict(), ensure_ascii=False, indent=1).encode())
