"""Back to the champion before."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from training import registry
from training.models import Task


class Command(BaseCommand):
    help = "Go back to the champion before this one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("task", choices=[str(task.value) for task in Task])

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            promotion = registry.rollback(Task(options["task"]), user=None)
        except (registry.UnknownVersion, registry.DamagedModel) as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(f"{promotion.version} is champion of {promotion.version.task} again.")
