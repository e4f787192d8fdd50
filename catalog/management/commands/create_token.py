"""manage.py create_token NAME TOKEN_NAME"""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.models import ApiToken, User


class Command(BaseCommand):
    help = "Make an API token for somebody. It is printed once; only a hash of it is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user")
        parser.add_argument("name", help="what it is for")
        parser.add_argument("--days", type=int, help="valid for so many days; without it, until it is revoked")
        parser.add_argument("--read-only", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {options['user']!r}.", returncode=2)
        days = options["days"]
        if days is not None and not 1 <= days <= 3650:
            raise CommandError("--days takes 1 to 3650.", returncode=2)
        try:
            _, secret = ApiToken.issue(user, options["name"], days=days, read_only=options["read_only"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=2) from None
        self.stdout.write(secret)
