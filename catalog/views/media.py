"""Serving posters: pictures that we made ourselves, under names that are hashes, and nothing else."""

import re
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from catalog.access import anybody
from catalog.models import Film

YEAR = 365 * 24 * 3600
PICTURE = re.compile(r"posters/([0-9a-f]{2})/(\1[0-9a-f]{62})(-small)?\.jpg")  # as catalog.models.film names them


@require_safe
@anybody
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A poster. Its name is its content's hash, so browsers may keep it for ever and need not ask again."""
    match = PICTURE.fullmatch(path)
    file = Path(settings.MEDIA_ROOT) / path
    if match is None or not file.is_file() or _is_hidden(request, match[2]):
        raise Http404
    if request.headers.get("If-None-Match") == _tag(match):
        return _with_headers(HttpResponseNotModified(), match)
    return _with_headers(FileResponse(file.open("rb"), content_type="image/jpeg"), match)


def _is_hidden(request: HttpRequest, sha256: str) -> bool:
    """Only films that this reader may not see have the poster. One that no film has any more hides nothing."""
    films = Film.objects.filter(poster_sha256=sha256)
    return not films.visible_to(request.user).exists() and films.exists()


def _tag(match: re.Match[str]) -> str:
    return f'"{match[2]}{match[3] or ""}"'


def _with_headers(response: HttpResponseBase, match: re.Match[str]) -> HttpResponseBase:
    response["ETag"] = _tag(match)
    response["Cache-Control"] = f"{'public' if settings.PUBLIC else 'private'}, max-age={YEAR}, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    # Opened on its own, too, it is a picture: nothing in it may run, load or be framed.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
