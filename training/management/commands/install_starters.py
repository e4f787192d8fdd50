"""Give a new site the models that ship with the project."""

from typing import Any

from django.core.management.base import BaseCommand

from training import registry


class Command(BaseCommand):
    help = "Install the models that ship with genresite for each task that has none yet."

    def handle(self, *args: Any, **options: Any) -> None:
        for version in registry.install_starters():
            self.stdout.write(f"{version} installed as champion of {version.task}.")
