"""manage.py backup FILE"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from genresite.backup import BackupError, switching, writing
from genresite.processes import interrupt_on_signals


class Command(BaseCommand):
    help = "Save the whole site to one new file; it may be running. Keep the file as secret as the site."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a tar file that is not there yet")
        parser.add_argument("--without-clips", action="store_true", help="leave video files out")

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["file"].absolute()
        interrupt_on_signals()
        try:
            if switching.is_pending():
                raise BackupError("A restore is under way, or was interrupted: finish it with `manage.py restore`.")
            manifest = writing.write(target, writing.all_roots(clips=not options["without_clips"]))
        except BackupError as error:
            raise CommandError(str(error), returncode=2) from None
        except KeyboardInterrupt:
            raise CommandError(f"Interrupted: {target} was not written.", returncode=2) from None
        self.stdout.write(f"{target}: {manifest.summary()}.")
        self.stdout.write("Keep it as secret as the site: it holds the key that signs sessions, and all accounts.")
