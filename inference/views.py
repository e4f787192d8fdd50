"""What the champion sees in a film: over its poster on the film's page, and on a page of its own."""

import base64
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from catalog.access import anybody, curators
from catalog.models import Film, Term
from catalog.rows import Row, film_rows
from catalog.views.film import find_film
from catalog.views.media import YEAR
from catalog.views.parts import render_part
from inference import explain, sight
from inference.sight import Sight, TermSight
from training.models import ModelVersion, Task

# Milliseconds until a page asks again. Then it gives up: no worker runs, or all have more than enough to do.
DELAYS = (700, 1000, 2000, 3000, 5000, 8000, 13_000, 20_000, 30_000)
FEWEST_NAMED = 3


@dataclass(frozen=True)
class Shown:
    """A genre of a film with what the champion sees of it."""

    row: Row
    seen: TermSight
    url: str
    named: bool
    """whether it has a button under the poster"""

    @property
    def regions(self) -> list[str | Promise]:
        return [explain.REGIONS[name] for name in self.seen.regions if name in explain.REGIONS]


@require_safe
@anybody
def heatmaps(request: HttpRequest, key: str) -> HttpResponse:
    """The maps over the poster for htmx, a page with all of them otherwise. Has them made where there are none."""
    film = find_film(request, key)
    version = sight.champion_with_eyes() if film.poster_sha256 else None
    context: dict[str, Any] = {"film": film, "version": version, "state": "none"}
    if version is not None:
        context |= _looked(request, film, version)
    return render_part(request, "catalog/heatmaps.html", context, part="overlay")


def _looked(request: HttpRequest, film: Film, version: ModelVersion) -> dict[str, Any]:
    seen = sight.read(version, film)
    if seen is not None:
        return {"state": "ready", "seen": seen, "shown": shown(film, version, seen)}
    return _asked(request, film, version, sight.MAPS)


def _asked(request: HttpRequest, film: Film, version: ModelVersion, what: str) -> dict[str, Any]:
    """Ask a worker, and say when the page is to ask again."""
    asked = request.GET.get("asked", "")
    times = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 3 else 0
    state = sight.ask(version, film, what)
    goes_on = state == sight.MAKING and times < len(DELAYS)
    return {"state": state, "asked": times + 1, "delay": DELAYS[times] if goes_on else 0}


@require_safe
@curators
def features(request: HttpRequest, key: str) -> HttpResponse:
    """What the first layer of the champion's network makes of the poster."""
    film = find_film(request, key)
    version = sight.champion_with_eyes() if film.poster_sha256 else None
    context: dict[str, Any] = {"film": film, "version": version, "state": "none"}
    if version is not None:
        found = sight.read_features(version, film)
        ready = {"state": "ready", "features": found}
        context |= ready if found else _asked(request, film, version, sight.FEATURES)
    return render_part(request, "catalog/features.html", context, part="maps")


def shown(film: Film, version: ModelVersion, seen: Sight) -> list[Shown]:
    """In the order of the film's page; at least some have a button."""
    genres = Term.objects.filter(active=True, kind=Task.GENRES.term_kind, slug__in=list(seen.terms))
    rows = film_rows(film, genres)
    named = {row.id for row in rows if not row.folded} or {row.id for row in rows[:FEWEST_NAMED]}
    return [
        Shown(row, seen.terms[row.term.slug], heatmap_url(film, version, row.term.slug), row.id in named)
        for row in rows
    ]


def heatmap_url(film: Film, version: ModelVersion, slug: str) -> str:
    """Another one for another version or an edited film, so that browsers may keep what they got."""
    return reverse("heatmap", args=[film.key, _which(film, version), slug])


def _which(film: Film, version: ModelVersion) -> str:
    return f"{version.name}-{film.input_hash[:12]}"


@require_safe
@anybody
def heatmap(request: HttpRequest, key: str, which: str, slug: str) -> HttpResponse:
    """One map as a PNG in colours, to be laid over the poster."""
    film = find_film(request, key)
    version = sight.champion_with_eyes()
    seen = sight.read(version, film) if version else None
    if version is None or seen is None or which != _which(film, version) or slug not in seen.terms:
        raise Http404
    response = HttpResponse(base64.b64decode(seen.terms[slug].png), content_type="image/png")
    response["Cache-Control"] = f"{'public' if settings.PUBLIC else 'private'}, max-age={YEAR}, immutable"
    return response
