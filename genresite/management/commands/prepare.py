"""Brings tables, static files and models up to date, for sites whose processes are started one by one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from genresite import site


class Command(BaseCommand):
    help = "Bring tables, static files and models up to date; `manage.py up` does this by itself."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sample", action="store_true", help="load the sample catalogue into an empty site")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            site.prepare()
            if options["sample"]:
                site.load_sample()
        except site.NotReady as error:
            raise CommandError(str(error), returncode=2) from None
