"""Refuses requests that nothing behind could answer sensibly, for pages and API alike."""

import codecs
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from catalog.views.site import error_page

GetResponse = Callable[[HttpRequest], HttpResponse]


class RefuseOddRequests:
    """NUL characters in the address, which PostgreSQL cannot keep, and bodies in another charset than UTF-8.

    Python decodes many things under the name of a charset: with `charset=bz2_codec` a few hundred bytes
    become hundreds of megabytes.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return _refuse(request, 400, _("The address contains the character U+0000."))
        charset = (request.content_params or {}).get("charset", "utf-8")
        if not _is_utf8(charset):
            return _refuse(request, 415, _("Only UTF-8 is understood."))
        return self.get_response(request)


def _is_utf8(charset: str) -> bool:
    try:
        return codecs.lookup(charset.strip().strip('"')).name in ("utf-8", "ascii")
    except (LookupError, ValueError):
        return False


class RefuseLargeBodies:
    """A body that is larger than its view takes is refused before a byte of it is read or kept.

    Views that take files say how much (catalog.access.takes_files); it stands before the check of the CSRF token,
    which reads the form.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_arguments: Any) -> HttpResponse | None:
        length = request.META.get("CONTENT_LENGTH") or "0"
        largest = getattr(view, "largest_body", 0) or settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if not length.isdecimal() or (len(length) < 19 and int(length) <= largest):
            return None
        sentence = _("This is larger than the %(limit)s MB that fit here.") % {"limit": largest // 2**20}
        if request.path_info.startswith("/api/"):
            return JsonResponse({"detail": sentence}, status=413)
        return error_page(request, 413, sentence)


def _refuse(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    if request.path_info.startswith("/api/"):
        return JsonResponse({"detail": sentence}, status=status)
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
