"""manage.py restore FILE"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from genresite.backup import BackupError, restoring
from genresite.processes import interrupt_on_signals


class Command(BaseCommand):
    help = (
        "Make the site what it was when FILE was written by `manage.py backup` (or before an upgrade). The site must "
        "not be running. A dump runs as a program in the database: restore only files that your own site wrote."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="also where there is a site; it is backed up first")

    def handle(self, *args: Any, **options: Any) -> None:
        interrupt_on_signals()
        try:
            source = restoring.restore(options["file"].absolute(), replace=options["replace"], say=self.say)
        except BackupError as error:
            raise CommandError(str(error), returncode=2) from None
        except KeyboardInterrupt:
            raise CommandError("Interrupted: the site is as it was.", returncode=2) from None
        self.report(source)

    def report(self, source: restoring.Source) -> None:
        if source.manifest is None:
            self.say("The database is restored; files and the key are as they were.")
            return
        self.say(f"Restored what was saved on {source.manifest.created_at}: {source.manifest.summary()}.")
        if "clips" not in source.roots:
            self.say("The backup was made without clips.")
        if key := restoring.other_key():
            self.say(f"SECRET_KEY is set to another key than the backup's: second factors need the one in {key}.")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
