"""Measure what more labelled films would bring."""

from argparse import ArgumentParser
from dataclasses import asdict, fields
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.progress import Console
from training.architectures import ARCHITECTURES
from training.learning_curve import measure
from training.management.arguments import add_training_arguments
from training.management.figures import add_json_argument, write_json
from training.models import Task
from training.options import BadOption, RetrainOptions, usual
from training.snapshot import NotEnoughLabels


class Command(BaseCommand):
    help = "Train on ever larger shares of the labelled films, and keep the curve: `retrain --price` reads it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("task", choices=[str(task.value) for task in (Task.GENRES, Task.TAGS)])
        parser.add_argument("--architecture", help=f"one of {', '.join(ARCHITECTURES)}; the first by itself")
        parser.add_argument("--seed", type=int, default=0)
        add_training_arguments(parser)
        add_json_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        from training.encoders import EncoderUnavailable

        options["architecture"] = options["architecture"] or usual(options["task"])[0]
        progress = Console(self.stderr.write)
        try:
            chosen = {field.name: options[field.name] for field in fields(RetrainOptions) if field.name in options}
            curve = measure(RetrainOptions(**chosen), progress)
        except (BadOption, NotEnoughLabels, EncoderUnavailable) as error:
            raise CommandError(str(error), returncode=2) from error
        finally:
            progress.close()
        write_json(options["json"], asdict(curve))
        for point in curve.points:
            self.stdout.write(f"{point.films:>9,} films  {point.value:.3f}  ({point.low:.3f} to {point.high:.3f})")
        value, low, high = (100 * share for share in curve.per_doubling)
        self.stdout.write(f"Twice as many films would bring {value:+.1f} points ({low:+.1f} to {high:+.1f}).")
