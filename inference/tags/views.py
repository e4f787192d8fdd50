"""Tags from a film's frames: the panel on its page, the frames behind a tag, the button, and the files."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalog import jobs
from catalog.access import anybody, curators
from catalog.models import Film, Term
from catalog.views.film import find_film
from catalog.views.parts import is_fragment, render_part
from inference.models import Tagging
from inference.tags import candidates, evidence
from inference.tags import files as tag_files
from inference.tags.taggers import SIZES, TAGGERS
from inference.tasks import TAG

TEMPLATE = "catalog/frame_tags.html"


@require_safe
@anybody
def frame_tags(request: HttpRequest, key: str) -> HttpResponse:
    """What taggers saw in the film: a panel for htmx, a page otherwise. ?tagging= another one, ?tag= its frames."""
    film = find_film(request, key)
    context = tagging_panel(film, request.user) | _chosen(film, request.GET)
    return render_part(request, TEMPLATE, context, part="shots" if "tag" in request.GET else "panel")


def tagging_panel(film: Film, user: Any) -> dict[str, Any]:
    """Taggings of the film, what runs, and with what else it can be tagged by this user."""
    may_tag = jobs.may_start(user, TAG) if user.is_authenticated else False
    return {
        "film": film,
        "taggings": evidence.taggings_of(film),
        "running": evidence.running(film, TAG),
        "may_tag": may_tag,
        "has_frames": evidence.has_frames(film),
        "taggers": TAGGERS if may_tag else {},
        "sizes": SIZES,
    }


def _chosen(film: Film, asked: Any) -> dict[str, Any]:
    """The tagging that is shown, the latest unless another is asked for, and the frames of a tag if one is."""
    taggings = evidence.taggings_of(film)
    wanted = asked.get("tagging", "")
    chosen = next((one for one in taggings if str(one.pk) == wanted), taggings[0] if taggings else None)
    if (wanted and (chosen is None or str(chosen.pk) != wanted)) or (chosen is None and "tag" in asked):
        raise Http404
    if chosen is None:
        return {}
    rows = evidence.tag_rows(film, chosen)
    context: dict[str, Any] = {"tagging": chosen, "rows": rows, "bars": evidence.bars(rows)}
    if "tag" in asked:
        term = Term.objects.filter(kind=Term.Kind.TAG, slug=asked["tag"]).first()
        if term is None:
            raise Http404
        context |= {"term": term, "shots": evidence.shots(chosen, term.slug), "times": chosen.counts.get(term.slug, 0)}
    return context


@require_POST
@curators
def generate(request: HttpRequest, key: str) -> HttpResponse:
    """Start a job that tags this film."""
    film = find_film(request, key)
    tagger, size = request.POST.get("tagger", ""), request.POST.get("size", "original")
    if tagger not in TAGGERS or size not in SIZES:
        return _refused(request, film, _("Choose how the film is to be tagged."))
    if TAGGERS[tagger].sees == "frames" and not evidence.has_frames(film):
        return _refused(request, film, _("This film has no frames yet: add a clip and extract some."))
    if evidence.running(film, TAG) is None:
        params = {"tagger": tagger, "films": [film.key], "size": size}
        jobs.start(TAG, params | {"everything": bool(request.POST.get("everything"))}, user=request.user, queue="gpu")  # type: ignore[arg-type]
    if is_fragment(request):
        return render_part(request, TEMPLATE, tagging_panel(film, request.user) | _chosen(film, {}), part="panel")
    messages.success(request, _("The film is being tagged."))
    return redirect("frame-tags", film.key)


def _refused(request: HttpRequest, film: Film, sentence: str) -> HttpResponse:
    context = tagging_panel(film, request.user) | _chosen(film, {}) | {"refused": sentence}
    return render_part(request, TEMPLATE, context, part="panel", status=422)


@require_safe
@anybody
def film_file(request: HttpRequest, key: str) -> HttpResponseBase:
    """What each tagger says of one film, as CSV."""
    film = find_film(request, key)
    return _csv(f"tags-{film.key}.csv", Tagging.objects.filter(film=film, frames__gt=0))


@require_safe
@curators
def all_file(request: HttpRequest) -> HttpResponseBase:
    """The same of all films."""
    films = Film.objects.visible_to(request.user)
    return _csv("tags-from-frames.csv", Tagging.objects.filter(film__in=films, frames__gt=0))


def _csv(name: str, taggings: Any) -> StreamingHttpResponse:
    lines = tag_files.lines(tag_files.tagging_rows(taggings))
    response = StreamingHttpResponse((line.encode() for line in lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# Free tags --------------------------------------------------------------------------------------------------


@require_safe
@curators
def tag_candidates(request: HttpRequest) -> HttpResponse:
    """Phrases that recur in captions of several films and are no tags."""
    return _candidates(request)


def _candidates(request: HttpRequest, refused: str = "", phrase: str = "") -> HttpResponse:
    context = {"offered": candidates.offered(), "refused": refused, "refused_phrase": phrase}
    return render(request, "catalog/tag_candidates.html", context, status=422 if refused else 200)


@require_POST
@curators
def add_tag(request: HttpRequest) -> HttpResponse:
    """Make a tag of a phrase; captions that are there are matched with it by a job."""
    phrase = request.POST.get("phrase", "")
    try:
        term = candidates.add(
            phrase,
            request.POST.get("name_en", ""),
            request.POST.get("name_ko", ""),
            user=request.user,  # type: ignore[arg-type]
        )
    except candidates.BadTag as error:
        return _candidates(request, str(error), phrase)
    jobs.start(TAG, {"rematch": True}, user=request.user, queue="cpu")  # type: ignore[arg-type]
    messages.success(request, _("“%(name)s” is a tag now; captions are being matched with it.") % {"name": term.name})
    return redirect("tag-candidates")


@require_POST
@curators
def leave_out_tag(request: HttpRequest) -> HttpResponse:
    """Do not offer a phrase again."""
    phrase = request.POST.get("phrase", "").strip()
    if not phrase or "\0" in phrase or len(phrase) > candidates.LONGEST_NAME * 2:
        return _candidates(request, _("Say which phrase."))
    candidates.leave_out(phrase)
    messages.success(request, _("“%(name)s” is left out from now on.") % {"name": phrase})
    return redirect("tag-candidates")
