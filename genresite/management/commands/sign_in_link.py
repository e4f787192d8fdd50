"""Prints a link that signs somebody in once."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from catalog.models import User
from genresite.sign_in import first_admin, link_path


class Command(BaseCommand):
    help = "Print a link that signs somebody in once (by default the first admin, who is made if there is none)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", nargs="?", help="whom it signs in")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(settings.SITE_URL + link_path(_person(options["username"])))


def _person(username: str | None) -> User:
    if username is None:
        return first_admin()
    try:
        return User.objects.get(username=username, is_active=True)
    except User.DoesNotExist:
        raise CommandError(f"There is no account {username!r} that may sign in.", returncode=2) from None
