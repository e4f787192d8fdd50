"""Relevance of tags from the MovieLens tag genome, to be shown beside what frames show."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.progress import Console
from inference.tags import genome


class Command(BaseCommand):
    help = "Store how well tags fit films according to the tag genome: a CSV file with imdb_id, tag and relevance."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="plain or gzipped")

    def handle(self, *args: Any, **options: Any) -> None:
        progress = Console(self.stderr.write)
        try:
            found = genome.read(options["file"])
            count = genome.store(found, progress)
        except genome.BadGenome as error:
            raise CommandError(str(error), returncode=2) from error
        finally:
            progress.close()
        self.stdout.write(f"{count:,} films have relevances; {len(found) - count:,} of the file are not here.")
