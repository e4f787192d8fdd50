"""Serving posters and frames: pictures that we made ourselves, under names that are hashes, and nothing else."""

import re
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from catalog.access import anybody
from catalog.models import Clip, Film, Frame

YEAR = 365 * 24 * 3600
HOUR = 3600
# As catalog.models.film and catalog.models.clip name them.
PICTURE = re.compile(
    r"(?:posters/([0-9a-f]{2})/(\1[0-9a-f]{62})(-(?:small|tiny|medium))?|frames/([0-9a-f]{2})/(\4[0-9a-f]{62}))\.jpg"
)


@require_safe
@anybody
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A poster, a frame or a strip of them. Its name is its content's hash, so browsers may keep it for ever and need
    not ask again. In place of a poster's size that was never made comes the poster itself, for an hour."""
    match = PICTURE.fullmatch(path)
    if match is None:
        raise Http404
    file, size, seconds = Path(settings.MEDIA_ROOT) / path, match[3] or "", YEAR
    if size and not file.is_file():
        file, size, seconds = file.with_name(f"{match[2]}.jpg"), "", HOUR
    if not file.is_file() or _is_hidden(request, match):
        raise Http404
    tag = f'"{match[5] or match[2]}{size}"'
    if request.headers.get("If-None-Match") == tag:
        return _with_headers(HttpResponseNotModified(), tag, seconds)
    return _with_headers(FileResponse(file.open("rb"), content_type="image/jpeg"), tag, seconds)


def _is_hidden(request: HttpRequest, match: re.Match[str]) -> bool:
    if match[5]:
        return not _has_frame(Film.objects.visible_to(request.user), match[5])
    return _is_hidden_poster(request, match[2])


def _is_hidden_poster(request: HttpRequest, sha256: str) -> bool:
    """Only films that this reader may not see have the poster. One that no film has any more hides nothing."""
    films = Film.objects.filter(poster_sha256=sha256)
    return not films.visible_to(request.user).exists() and films.exists()


def _has_frame(films: QuerySet[Film], sha256: str) -> bool:
    """Whether one of the films has this frame, or this strip of thumbnails. One query, by three indexes."""
    first, following = (Frame.objects.filter(**{name: sha256}).values("clip") for name in ("sha256", "next_sha256"))
    clips = first.union(following, Clip.objects.filter(strip_sha256=sha256).values("pk"), all=True)
    return Clip.objects.filter(pk__in=clips, film__in=films).exists()


def _with_headers(response: HttpResponseBase, tag: str, seconds: int) -> HttpResponseBase:
    response["ETag"] = tag
    whose = "public" if settings.PUBLIC else "private"
    response["Cache-Control"] = f"{whose}, max-age={seconds}{', immutable' if seconds == YEAR else ''}"
    response["X-Content-Type-Options"] = "nosniff"
    # Opened on its own, too, it is a picture: nothing in it may run, load or be framed.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
