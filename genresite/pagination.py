"""Pages of the API that stay stable while rows are added."""

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request


class StablePages(CursorPagination):
    """Oldest first, 50 a page; `?page_size=` up to 100. Whoever follows `next` meets every row once."""

    ordering = "pk"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 100

    def get_page_size(self, request: Request) -> int:
        asked = request.query_params.get("page_size", str(self.page_size))
        if not (asked.isascii() and asked.isdigit() and len(asked) < 10 and int(asked) > 0):
            raise ValidationError({"page_size": [_("Use a whole number from 1 to 100.")]})
        return min(int(asked), self.max_page_size)

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Refuses what we did not hand out: positions here are ids, anything else would reach the database."""
        try:
            cursor: Cursor | None = super().decode_cursor(request)
        except (NotFound, ValueError):
            raise not_ours() from None
        position = "0" if cursor is None or cursor.position is None else str(cursor.position)
        if not (position.isascii() and position.isdigit() and len(position) < 19):
            raise not_ours()
        return cursor


def not_ours() -> ValidationError:
    return ValidationError({"cursor": [_("This is not a cursor of ours.")]})


class NewestFirst(StablePages):
    ordering = "-pk"
