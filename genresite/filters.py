"""Filters of the API's lists: only those that a view names, everything else is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

if TYPE_CHECKING:
    # rest_framework.views reads the settings that name this module
    from rest_framework.views import APIView


PAGING = {"cursor", "page_size"}
MAX_LENGTH = 200


@dataclass(frozen=True)
class Filter:
    """What a query parameter does. `narrow` takes the queryset and the text; ValueError refuses the text."""

    narrow: Callable[[Any, str], Any]
    help: str
    choices: tuple[str, ...] = ()

    def apply(self, queryset: Any, name: str, value: str) -> Any:
        if self.choices and value not in self.choices:
            raise ValidationError({name: [_("Use one of: %(choices)s.") % {"choices": ", ".join(self.choices)}]})
        if len(value) > MAX_LENGTH:
            raise ValidationError({name: [_("Longer than %(limit)s characters.") % {"limit": MAX_LENGTH}]})
        try:
            return self.narrow(queryset, value)
        except ValueError as error:
            raise ValidationError({name: [str(error)]}) from None


class NamedFilters(BaseFilterBackend):
    """Reads `view.filters`, a dict of name → Filter; "w.*" is for all names that begin so. Names may be repeated."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: "APIView") -> QuerySet[Any]:
        filters: dict[str, Filter] = getattr(view, "filters", {})
        for name, values in request.query_params.lists():
            if name in PAGING:
                continue
            beginning, dot, _rest = name.partition(".")
            item = filters.get(f"{beginning}.*" if dot else name)
            if item is None:
                known = ", ".join(sorted(filters)) or "none"
                sentence = _("Unknown filter: %(name)s. There are: %(known)s.")
                raise ValidationError({name: [sentence % {"name": name, "known": known}]})
            for value in values:
                queryset = item.apply(queryset, name, value)
        return queryset

    def get_schema_operation_parameters(self, view: "APIView") -> list[dict[str, Any]]:
        return [
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": item.help,
                "schema": {"type": "string", **({"enum": list(item.choices)} if item.choices else {})},
            }
            for name, item in getattr(view, "filters", {}).items()
        ]


def unchanged(rows: Any, text: str) -> Any:
    """For what a view reads by itself."""
    return rows


def whole_number(text: str) -> int:
    """Raises ValueError, for use in a filter, unless the text is an id that the database can hold."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise ValueError(_("Use a whole number."))
    return int(text)
