"""manage.py forget_user NAME"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.accounts import LastAdmin, forget
from catalog.models import User


class Command(BaseCommand):
    help = "Take a person out of their account and close it. What they decided stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["name"]).first()
        if user is None:
            raise CommandError(f"There is no user {options['name']!r}.", returncode=2)
        try:
            left = forget(user)
        except LastAdmin as error:
            raise CommandError(str(error), returncode=2) from None
        self.stdout.write(f"{options['name']} is forgotten; decisions stay as those of {left}.")
