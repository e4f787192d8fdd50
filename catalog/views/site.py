"""What belongs to no page: the theme, errors."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalog.views.parts import way_back

YEAR = 365 * 24 * 3600


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark in a cookie; the page's own script does the same without a reload."""
    response = redirect(way_back(request))
    dark = request.COOKIES.get("theme") != "dark"
    response.set_cookie("theme", "dark" if dark else "light", max_age=YEAR, samesite="Lax", secure=settings.HTTPS)
    return response


def error_page(request: HttpRequest, status: int, sentence: str = "") -> HttpResponse:
    """An error in the site's look, with a sentence of its own where there is one."""
    return render(request, "error.html", {"status": status, "sentence": sentence}, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: the sentence of `Http404("…")` is shown, what Django says of unknown addresses is not."""
    said = exception.args[0] if exception.args else ""
    return error_page(request, 404, said if isinstance(said, str) else "")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 403, str(exception))


def too_many(request: HttpRequest) -> HttpResponse:
    """429: somebody signs in, or tries to, too often."""
    response = error_page(request, 429)
    response["Retry-After"] = "300"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500: rendered without the database, which may be what failed."""
    return HttpResponse(render_to_string("500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(request, 403, _("This page was open for too long. Please reload it and try again."))
