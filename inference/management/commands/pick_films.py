"""Choose in the foreground which films the review desk offers."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.progress import Console
from inference.picks.work import Picked, pick_films
from training.management.figures import add_json_argument, write_json
from training.models import ModelVersion


class Command(BaseCommand):
    help = "Choose films for the review desk: suspected label errors, disagreements, and films of rare genres."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_json_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if not ModelVersion.objects.filter(champion=True).exists():
            raise CommandError("There is no champion yet: train one with `manage.py retrain genres`.", returncode=2)
        progress = Console(self.stderr.write)
        try:
            done = pick_films(progress)
        finally:
            progress.close()
        write_json(options["json"], done.as_dict())
        self.stdout.write(_sentence(done))
        for name, helps in done.links.items():
            self.stdout.write(f"{name}: decided labels {'move' if helps else 'do not move'} the scores of the rest.")
        for name, reason in done.skipped.items():
            self.stderr.write(f"{name}: {reason}")


def _sentence(done: Picked) -> str:
    return (
        f"{done.films:,} films: {done.suspects:,} labels are suspect, on {done.errors:,} films to look at; "
        f"{done.disagreements:,} disagreements; {done.rare:,} films for rare genres."
    )
