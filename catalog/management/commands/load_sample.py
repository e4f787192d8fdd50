"""Load the sample catalogue."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.importers.rows import BadSource
from catalog.importers.sample import SAMPLE, load_sample
from catalog.progress import Console


class Command(BaseCommand):
    help = "Load the sample catalogue: films, posters, terms, labels and a few decisions. A second time adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, nargs="?", default=SAMPLE, help="another folder laid out like it")

    def handle(self, *args: Any, **options: Any) -> None:
        progress = Console(self.stderr.write)
        try:
            report, decisions = load_sample(progress, options["folder"])
        except BadSource as error:
            raise CommandError(str(error), returncode=2) from error
        finally:
            progress.close()
        for sentence in report.sentences():
            self.stdout.write(sentence)
        self.stdout.write(f"{decisions} decisions made.")
