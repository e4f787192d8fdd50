"""Prints a link that signs somebody in once."""

from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from catalog.models import User
from genresite.sign_in import first_admin, link_path


class Command(BaseCommand):
    help = "Print a link that signs somebody in once (by default the first admin, who is made if there is none)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", nargs="?", help="whom it signs in")
        parser.add_argument(
            "--forget-second-factor", action="store_true", help="turn it off first: the telephone is lost"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        person = _person(options["username"])
        if options["forget_second_factor"]:
            Authenticator.objects.filter(user=person).delete()
        self.stdout.write(settings.SITE_URL + link_path(person))


def _person(username: str | None) -> User:
    if username is None:
        return first_admin()
    try:
        return User.objects.get(username=username, is_active=True)
    except User.DoesNotExist:
        raise CommandError(f"There is no account {username!r} that may sign in.", returncode=2) from None
