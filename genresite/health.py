"""For machines that ask whether the site lives and whether it can work."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from genresite import checks
from genresite.checks import Check

READY_SECONDS = 1.6  # for all parts together: an answer, also a bad one, comes within two seconds


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The web process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 if every part that serving needs is well, else 503; the parts that are not are named, no more."""
    with ThreadPoolExecutor(max_workers=4) as pool:
        well = dict(pool.map(_ask, PARTS.items()))
    return JsonResponse(well, status=200 if all(well.values()) else 503)


def _ask(part: tuple[str, Callable[[], Check]]) -> tuple[str, bool]:
    name, question = part
    try:
        return name, checks.within(READY_SECONDS, question).well
    except Exception:
        return name, False


PARTS: dict[str, Callable[[], Check]] = {
    "database": checks.database,
    "broker": checks.broker,
    "disk": checks.disk,
    "champion": checks.champions,
}
