"""The scene page: two frames, one, a pair of a film or a short clip in; scene genres out."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from catalog.access import anybody, takes_files
from catalog.footage.reader import BadClip
from catalog.models import Film, Frame, Term
from catalog.pictures import BadPicture
from catalog.views.film import find_film
from catalog.views.parts import render_part
from genresite.throttles import WriteThrottle
from inference import scenes as asking
from inference.scenes import CLIP_BYTES, BadScene
from inference.views import DELAYS
from training.models import ModelVersion

FILMS, PAIRS = 60, 24  # shown at once
LARGEST = max(2 * settings.POSTER_MAX_BYTES, CLIP_BYTES) + 2**20
TEMPLATE = "catalog/scenes.html"


class SceneThrottle(WriteThrottle):
    """How many scenes one person, or one address of people who are not signed in, may ask about."""

    scope = "scenes"

    def get_rate(self) -> str:
        return str(settings.SCENE_QUESTIONS)


@dataclass(frozen=True)
class GenreRow:
    """A scene genre with its score."""

    name: str
    score: float

    @property
    def width(self) -> str:
        """Of its bar, in percent."""
        return f"{100 * self.score:.1f}"


@takes_files(LARGEST)
@require_http_methods(["GET", "HEAD", "POST"])
@anybody
def scenes(request: HttpRequest) -> HttpResponse:
    """The form; sent, it asks a worker and shows what comes of it."""
    version = asking.champion()
    if request.method != "POST":
        return _form(request, version)
    if version is None:
        return _form(request, None, _("There is no model of scene genres yet."), 409)
    throttle = SceneThrottle()
    if not throttle.allow_request(request, None):  # type: ignore[arg-type]  # it looks at user and address alone
        response = _form(request, version, _("That were many questions. Wait a minute and ask again."), 429)
        response["Retry-After"] = str(round(throttle.wait() or 60))
        return response
    try:
        return redirect("scene", _ask(request, version))
    except (BadScene, BadPicture, BadClip) as error:
        return _form(request, version, str(error), error.status)


def _ask(request: HttpRequest, version: ModelVersion) -> str:
    """Raises BadScene, BadPicture."""
    files = [request.FILES.get(name) for name in ("clip", "first", "second")]
    clip, *pictures = [file if isinstance(file, UploadedFile) else None for file in files]
    if clip is not None:
        return asking.ask_clip(version, clip)
    given = [picture for picture in pictures if picture is not None]
    if given:
        return asking.ask_pictures(version, given)
    return asking.ask_frame(version, _chosen(request))


def _chosen(request: HttpRequest) -> Frame:
    """The pair of a film that was chosen. Raises BadScene where none was."""
    number = request.POST.get("frame", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        raise BadScene(_("Choose two frames, one, or a short clip first."))
    visible = Film.objects.visible_to(request.user)
    frame = asking.has_pairs(visible).filter(pk=int(number)).first()
    if frame is None:
        raise BadScene(_("This pair of frames is not there any more."))
    assert isinstance(frame, Frame)
    return frame


def _form(request: HttpRequest, version: ModelVersion | None, refused: str = "", status: int = 200) -> HttpResponse:
    key = request.GET.get("film", "") or request.POST.get("film", "")
    film = find_film(request, key) if key else None
    pairs = _spread(list(asking.has_pairs([film.pk]).order_by("clip", "seconds"))) if film else []
    films = Film.objects.visible_to(request.user).filter(clips__frames__use=Frame.Use.PAIR).distinct()
    context = {
        "version": version,
        "needed": asking.frames_needed(version) if version else 2,
        "genres": _names(version) if version else {},
        "refused": refused,
        "film": film,
        "pairs": pairs,
        "films": films.order_by("title")[:FILMS],
        "picture_mb": settings.POSTER_MAX_BYTES // 2**20,
        "clip_mb": CLIP_BYTES // 2**20,
    }
    return render_part(request, TEMPLATE, context, status=status)


def _spread(pairs: list[Frame]) -> list[Frame]:
    """At most PAIRS of them, at even distances."""
    if len(pairs) <= PAIRS:
        return pairs
    return [pairs[round(place * (len(pairs) - 1) / (PAIRS - 1))] for place in range(PAIRS)]


def _names(version: ModelVersion) -> dict[str, str]:
    found = {term.slug: term.name for term in Term.objects.filter(kind=Term.Kind.SCENE, slug__in=version.terms)}
    return {slug: found.get(slug, slug) for slug in version.terms}


@require_safe
@anybody
def scene(request: HttpRequest, slug: str) -> HttpResponse:
    """What came of a question; asks again while nothing has."""
    state, answer = asking.read(slug)
    if state == asking.GONE:
        raise Http404(_("This question is not there any more: they are kept for 15 minutes."))
    context: dict[str, Any] = {"state": state, "answer": answer, "token": slug}
    if state == asking.MAKING:
        asking.send(slug)
        context |= _again(request)
    elif answer is not None and state == asking.READY:
        context["rows"] = _rows(answer)
    return render_part(request, "catalog/scene.html", context, part="answer")


def _again(request: HttpRequest) -> dict[str, int]:
    """When the page is to look again, and how often it has; 0 once it is to give up."""
    asked = request.GET.get("asked", "")
    times = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 3 else 0
    return {"asked": times + 1, "delay": DELAYS[times] if times < len(DELAYS) else 0}


def _rows(answer: asking.Answer) -> list[GenreRow]:
    """The likeliest first."""
    found = {term.slug: term.name for term in Term.objects.filter(kind=Term.Kind.SCENE)}
    return [GenreRow(found.get(slug, slug), score) for slug, score in answer.scores.items()]
