"""Write all labels, or the whole log of decisions, to a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.exporters import BadTarget, export_decisions, export_labels
from catalog.progress import Console


class Command(BaseCommand):
    help = "Write all labels to FILE; the ending says how: .csv or .jsonl, with .gz behind it gzipped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--decisions", action="store_true", help="write the log of all changes instead")

    def handle(self, *args: Any, **options: Any) -> None:
        progress = Console(self.stderr.write)
        export = export_decisions if options["decisions"] else export_labels
        try:
            count = export(options["file"], progress)
        except BadTarget as error:
            raise CommandError(str(error), returncode=2) from error
        finally:
            progress.close()
        self.stdout.write(f"{count:,} {'decisions' if options['decisions'] else 'labels'} in {options['file']}.")
