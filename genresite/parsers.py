"""Reading JSON from strangers: everything odd is refused with a sentence before any code of ours sees it."""

import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

MAX_DEPTH = 16


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class StrictJSONParser(BaseParser):
    """UTF-8 JSON of bounded size and depth, with finite numbers and text that the database can keep.

    What DRF's own parser lets through: nesting that exhausts the stack, 1e999 as infinity, NUL characters and
    half surrogate pairs, any size. Other charsets are refused by genresite.middleware.
    """

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """Raises TooLarge (413) and ParseError (400)."""
        body = _read(stream)
        try:
            value = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
        except UnicodeDecodeError:
            raise ParseError(_("The body is not UTF-8.")) from None
        except RecursionError:
            raise ParseError(_too_deep()) from None
        except ValueError as error:
            raise ParseError(_("The body is not JSON: %(why)s") % {"why": error}) from None
        _check(value)
        return value


def _read(stream: Any) -> bytes:
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    body: bytes = stream.read(limit + 1)
    if len(body) > limit:
        raise TooLarge(_("The body is larger than %(size)s MB.") % {"size": limit // 2**20})
    return body


def _too_deep() -> str:
    return _("The JSON is nested deeper than %(levels)s levels.") % {"levels": MAX_DEPTH}


def _refuse_constant(name: str) -> NoReturn:
    raise ParseError(_("%(name)s is not a JSON number.") % {"name": name})


def _check(value: object) -> None:
    """Walk the whole value, level by level, without recursion. Raises ParseError."""
    level: list[object] = [value]
    for __ in range(MAX_DEPTH):
        below: list[object] = []
        for item in level:
            if isinstance(item, dict):
                below += [*item.keys(), *item.values()]
            elif isinstance(item, list):
                below += item
            else:
                _check_scalar(item)
        if not below:
            return
        level = below
    raise ParseError(_too_deep())


def _check_scalar(item: object) -> None:
    if isinstance(item, float) and not math.isfinite(item):
        raise ParseError(_("A number is too large."))
    if isinstance(item, str):
        if "\0" in item:
            raise ParseError(_("A text contains the character U+0000."))
        if not item.isascii() and any("\ud800" <= character <= "\udfff" for character in item):
            raise ParseError(_("A text contains half a surrogate pair."))
