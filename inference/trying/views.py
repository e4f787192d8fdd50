"""The try page: a poster, a plot, frames or a clip in; genres, tags, heat maps and the nearest films out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.access import anybody, curators, takes_files
from catalog.models import Film, Term
from catalog.pictures import BadPicture
from catalog.views.parts import render_part
from genresite.throttles import WriteThrottle
from inference import explain, trying
from inference.scenes import CLIP_BYTES
from inference.sight import TermSight
from inference.trying import Answer, BadTry, Said, adding
from inference.views import DELAYS
from training.architectures import SCENES
from training.models import ModelVersion, Task

LARGEST = CLIP_BYTES + 4 * settings.POSTER_MAX_BYTES + 2**20
FORM, ANSWER = "trying/try.html", "trying/tried.html"
NEAR_MISSES, MAPPED = 3, 4  # terms below their threshold that are shown, and genres with a map


class TryThrottle(WriteThrottle):
    """How much one person, or one address of people who are not signed in, may try out."""

    scope = "tries"

    def get_rate(self) -> str:
        return str(settings.SCENE_QUESTIONS)


@dataclass(frozen=True)
class Row:
    """A term of what was handed in."""

    term: Term
    said: Said

    @property
    def seen(self) -> TermSight:
        return TermSight(self.said.png, self.said.regions, self.said.plot, self.said.poster)

    @property
    def regions(self) -> list[str | Promise]:
        return [explain.REGIONS[name] for name in self.said.regions if name in explain.REGIONS]


@dataclass(frozen=True)
class Sheet:
    """All terms of one kind, and those that are likely or nearly so."""

    kind: str
    shown: list[Row]
    rest: list[Row]


@dataclass(frozen=True)
class NearFilm:
    """A film like what was handed in, and what they share."""

    film: Film
    shared: list[Term]


@takes_files(LARGEST)
@require_http_methods(["GET", "HEAD", "POST"])
@anybody
def try_it(request: HttpRequest) -> HttpResponse:
    """The form; sent, it asks a worker and shows what comes of it."""
    if request.method != "POST":
        return _form(request)
    throttle = TryThrottle()
    if not throttle.allow_request(request, None):  # type: ignore[arg-type]  # it looks at user and address alone
        response = _form(request, _("That was much to look at. Wait a minute and try again."), 429)
        response["Retry-After"] = str(round(throttle.wait() or 60))
        return response
    try:
        token = trying.ask(
            title=request.POST.get("title", ""),
            plot=request.POST.get("plot", ""),
            poster=_file(request, "poster"),
            frames=[file for file in request.FILES.getlist("frames") if isinstance(file, UploadedFile)],
            clip=_file(request, "clip"),
        )
    except (BadTry, BadPicture) as error:
        return _form(request, str(error), error.status)
    return redirect("tried", token)


def _file(request: HttpRequest, name: str) -> "UploadedFile[Any] | None":
    file = request.FILES.get(name)
    return file if isinstance(file, UploadedFile) else None


def _form(request: HttpRequest, refused: str = "", status: int = 200) -> HttpResponse:
    scenes = ModelVersion.objects.filter(task=Task.SCENES, champion=True).first()
    context = {
        "refused": refused,
        "typed": {name: request.POST.get(name, "") for name in ("title", "plot")},
        "versions": ModelVersion.objects.filter(champion=True).order_by("task"),
        "sees_frames": scenes is not None and scenes.architecture in SCENES,
        "picture_mb": settings.POSTER_MAX_BYTES // 2**20,
        "clip_mb": CLIP_BYTES // 2**20,
        "longest_title": trying.LONGEST_TITLE,
        "longest_plot": trying.LONGEST_PLOT,
        "most_frames": trying.MOST_FRAMES,
    }
    return render_part(request, FORM, context, status=status)


# What came of it -------------------------------------------------------------------------------------------------


@require_safe
@anybody
def tried(request: HttpRequest, slug: str) -> HttpResponse:
    """What came of it; asks again while nothing has."""
    return _tried(request, slug)


def _tried(request: HttpRequest, token: str, refused: str = "", status: int = 200) -> HttpResponse:
    state, answer = trying.read(token)
    if state == trying.GONE:
        raise Http404(_("What you handed in is not here any more: it is kept for 15 minutes."))
    context: dict[str, Any] = {"state": state, "answer": answer, "token": token, "refused": refused}
    context["asked"] = trying.question(token)
    if state == trying.MAKING:
        trying.send(token)
        context |= _again(request)
    elif answer is not None and state == trying.READY:
        context |= _shown(answer, request.user)
    return render_part(request, ANSWER, context, part="answer", status=status)


def _again(request: HttpRequest) -> dict[str, int]:
    """When the page is to look again, and how often it has; 0 once it is to give up."""
    asked = request.GET.get("looked", "")
    times = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 3 else 0
    return {"looked": times + 1, "delay": DELAYS[times] if times < len(DELAYS) else 0}


def _shown(answer: Answer, user: Any) -> dict[str, Any]:
    terms = {(term.kind, term.slug): term for term in Term.objects.filter(active=True)}
    rows = [Row(terms[one.kind, one.slug], one) for one in answer.terms if (one.kind, one.slug) in terms]
    sheets = [_sheet(kind, [row for row in rows if row.term.kind == kind]) for kind in Term.Kind.values]
    films = Film.objects.visible_to(user).select_related("poster").defer("external").in_bulk(answer.near)
    near = [NearFilm(films[pk], _terms(terms, answer.shared.get(str(pk), []))) for pk in answer.near if pk in films]
    return {
        "sheets": [sheet for sheet in sheets if sheet.shown],
        "mapped": [row for row in rows if row.said.png][:MAPPED],
        "near": near,
    }


def _terms(terms: dict[tuple[str, str], Term], names: Iterable[Sequence[str]]) -> list[Term]:
    """Each name once: a tag may be called as a genre."""
    found = [term for kind, slug in names if (term := terms.get((kind, slug)))]
    return list({term.name_en.casefold(): term for term in reversed(found)}.values())[::-1]


def _sheet(kind: str, rows: Iterable[Row]) -> Sheet:
    ordered = sorted(rows, key=lambda row: (not row.said.proposed, -row.said.score))
    shown = sum(row.said.proposed for row in ordered) + NEAR_MISSES
    return Sheet(kind, ordered[:shown], ordered[shown:])


@require_safe
@anybody
def tried_poster(request: HttpRequest, slug: str) -> HttpResponse:
    """The poster as it was handed in, to whoever knows the question."""
    picture = trying.poster(slug)
    if picture is None:
        raise Http404
    response = HttpResponse(picture, content_type="image/jpeg")
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@anybody
def forget(request: HttpRequest, slug: str) -> HttpResponse:
    """Remove what was handed in, and what came of it, at once."""
    trying.scratch.remove(slug)
    messages.success(request, _("Removed: nothing of it is kept."))
    return redirect("try")


@require_POST
@curators
def keep(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a film of it: title, year, plot and poster."""
    if trying.read(slug)[0] == trying.GONE:
        raise Http404(_("What you handed in is not here any more: it is kept for 15 minutes."))
    try:
        film = adding.add(slug, request.POST.get("title", ""), request.POST.get("year", ""), user=request.user)  # type: ignore[arg-type]
    except (BadTry, BadPicture) as error:
        return _tried(request, slug, str(error), error.status)
    except FileNotFoundError:
        raise Http404(_("What you handed in is not here any more: it is kept for 15 minutes.")) from None
    messages.success(request, _("“%(title)s” was added; it is being predicted.") % {"title": film.title})
    return redirect(film)
