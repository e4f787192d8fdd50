"""manage.py create_user NAME --role curator"""

import os
import sys
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.models import User


class Command(BaseCommand):
    help = "Make an account. The password is asked for, read from standard input, or taken from GENRESITE_PASSWORD."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--role", choices=User.Role.values, default=User.Role.VIEWER)
        parser.add_argument("--email", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User(username=User.normalize_username(options["name"]), email=options["email"], role=options["role"])
        try:
            user.full_clean(exclude=["password"])
            password = _password()
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=2) from None
        user.set_password(password)
        user.save()
        self.stdout.write(f"{user.username} can sign in as {user.role}.")


def _password() -> str:
    if given := os.environ.get("GENRESITE_PASSWORD"):
        return given
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass("Password: ")
    if getpass("Again: ") != password:
        raise CommandError("The two passwords differ.", returncode=2)
    return password
