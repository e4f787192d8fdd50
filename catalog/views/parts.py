"""A page, or a part of it: both come from the same template."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

HTMX_HEADERS = ("HX-Request", "HX-Target")


def render_part(
    request: HttpRequest, template: str, context: dict[str, Any], *, part: str = "", status: int = 200
) -> HttpResponse:
    """The named part of the template when htmx asks, the whole page otherwise. Caches keep the two apart."""
    wanted = f"{template}#{part}" if part and is_fragment(request) else template
    response = render(request, wanted, context, status=status)
    patch_vary_headers(response, HTMX_HEADERS)
    return response


def is_fragment(request: HttpRequest) -> bool:
    return bool(request.htmx) and not request.htmx.history_restore_request  # type: ignore[attr-defined]


def target(request: HttpRequest) -> str:
    """Id of the element that htmx will put the answer into."""
    return (request.htmx.target or "") if is_fragment(request) else ""  # type: ignore[attr-defined]


def sent_fields(request: HttpRequest) -> QueryDict:
    """What a form sent, by whichever method. Raises BadRequest for NUL characters, which PostgreSQL cannot keep."""
    sent = request.POST if request.method == "POST" else request.GET
    if any("\0" in value for _name, values in sent.lists() for value in values):
        raise BadRequest("NUL")
    return sent


def way_back(request: HttpRequest, otherwise: str = "/") -> str:
    """The page that a form was sent from, if it is one of ours."""
    back = request.POST.get("next") or request.META.get("HTTP_REFERER", "")
    ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return back if ours else otherwise
