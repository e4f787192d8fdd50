"""Make a version champion."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from training import registry


class Command(BaseCommand):
    help = "Make a version (as in genres-3) champion of its task; films are predicted anew by it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("version", help="as in genres-3")
        parser.add_argument("--reason", default="", help="kept in the history of promotions")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            version = registry.find(options["version"])
            promotion = registry.promote(version, user=None, reason=options["reason"])
        except (registry.UnknownVersion, registry.DamagedModel) as error:
            raise CommandError(str(error), returncode=2) from error
        before = f", in place of {promotion.replaced}" if promotion.replaced else ""
        self.stdout.write(f"{version} is champion of {version.task} now{before}.")
