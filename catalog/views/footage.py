"""A film's footage: clips that are added, sections that are chosen, frames that are extracted."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from catalog.access import anybody, curators, sign_in_first, takes_files
from catalog.footage import frames, uploads
from catalog.footage import jobs as footage_jobs
from catalog.footage.clips import remove_clip
from catalog.models import Clip, Film, Frame, Job
from catalog.views.film import find_film
from catalog.views.parts import is_fragment, render_part, target
from catalog.views.reels import SIZES, Reel, footage_context, of_film, reels, work_context

PLAIN_MAX_BYTES = min(64 * 2**20, settings.CLIP_MAX_BYTES)  # with one form, without a way to resume


class ExtractForm(forms.Form):
    """Which frames to take from a clip; catalog.footage.frames.Wanted says what goes together."""

    use = forms.ChoiceField(choices=Frame.Use.choices)
    pairs = forms.IntegerField(required=False)
    every = forms.FloatField(required=False)
    scenes = forms.BooleanField(required=False)
    size = forms.ChoiceField(choices=[(size, size) for size in SIZES], required=False)
    seed = forms.IntegerField(required=False)

    def given(self) -> dict[str, Any]:
        """Without the options of the other use, which the page hides."""
        kept = ("use", "size", *footage_jobs.OPTIONS_FOR[self.cleaned_data["use"]])
        return {name: self.cleaned_data[name] for name in kept if name in self.cleaned_data}

    def sentence(self) -> str:
        return " ".join(f"{self[name].label}: {' '.join(map(str, errors))}" for name, errors in self.errors.items())


@takes_files(PLAIN_MAX_BYTES + 2**20)
@require_http_methods(["GET", "HEAD", "POST"])
@anybody
def clips(request: HttpRequest, key: str) -> HttpResponseBase:
    """All clips of a film, and what is being done with them; POST adds a small one without scripts."""
    if request.method == "POST":
        return _add(request, key)
    film = find_film(request, key)
    if target(request) == "footage-work":
        return _work(request, film)
    context = {"film": film} | footage_context(film, request.user)
    return render_part(request, "catalog/footage.html", context, part="clips")


@curators
def _add(request: HttpRequest, key: str) -> HttpResponse:
    film, file = find_film(request, key), request.FILES.get("clip")
    if not isinstance(file, UploadedFile):
        return _refuse(request, film, _("Choose a video file first."), 422)
    try:
        uploads.store_whole(film, request.user, file)  # type: ignore[arg-type]
    except uploads.BadUpload as error:
        return _refuse(request, film, str(error), error.status)
    messages.success(request, _("The file has arrived and is being looked at."))
    return redirect(f"{film.get_absolute_url()}#footage")


def _refuse(request: HttpRequest, film: Film, sentence: str, status: int) -> HttpResponse:
    context = {"film": film, "footage_refused": sentence} | footage_context(film, request.user)
    return render_part(request, "catalog/footage.html", context, status=status)


def _work(request: HttpRequest, film: Film) -> HttpResponse:
    """What runs now, with events that name the clips of those jobs that ran when the page asked last."""
    if not getattr(request.user, "may_decide", False):
        return sign_in_first(request)
    context = {"film": film} | work_context(film)
    response = render_part(request, "catalog/footage.html", context, part="work")
    for job in (
        of_film(film)
        .filter(pk__in=_numbers(request.GET.get("jobs", "")))
        .exclude(state__in=[Job.State.QUEUED, Job.State.RUNNING])
    ):
        event = f"clip-{job.params['clip']}-changed" if job.task == footage_jobs.EXTRACT else "clips-changed"
        trigger_client_event(response, event)
    return response


def _numbers(text: str) -> list[int]:
    """Ids that we wrote into an address; what somebody else wrote there is left out."""
    return [int(part) for part in text.split(",")[:50] if part.isascii() and part.isdecimal() and len(part) < 19]


@require_safe
@anybody
def clip(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """One clip: on its own page with all its frames, page by page, or as a part of the film's page."""
    film = find_film(request, key)
    found = get_object_or_404(film.clips, pk=pk)
    page = request.GET.get("page", "1")
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < 6 else 1
    [reel] = reels([found], request.user, use=request.GET.get("use", ""), page=number)
    asked = target(request)
    part = "more" if asked.startswith("more-") else "strips" if asked.startswith("strips-") else "clip"
    return _show(request, film, reel, part=part)


def _show(request: HttpRequest, film: Film, reel: Reel, *, part: str = "clip", **extra: Any) -> HttpResponse:
    """The clip, on a page of its own or as a part of the film's, where it takes its own place."""
    status, context = extra.pop("status", 200), {"film": film, "reel": reel, **extra}
    if getattr(request.user, "may_decide", False):
        context |= work_context(film)
    response = render_part(request, "catalog/clip.html", context, part=part, status=status)
    if status != 200:
        response["HX-Retarget"], response["HX-Reswap"] = f"#{reel.id}", "outerHTML"
    return response


@require_POST
@curators
def sections(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Which parts of the clip may be used, as `hh:mm:ss-hh:mm:ss, …`; nothing for all of it."""
    film = find_film(request, key)
    found = get_object_or_404(film.clips, pk=pk)
    try:
        footage_jobs.save_sections(found, request.POST.get("sections", ""))
    except frames.BadSections as error:
        return _wrong(request, film, found, "sections", str(error))
    if not is_fragment(request):
        messages.success(request, _("The sections are saved."))
        return redirect(f"{film.get_absolute_url()}#clip-{pk}")
    [reel] = reels([found], request.user)
    return _show(request, film, reel, said=_("The sections are saved."))


@require_POST
@curators
def extract(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Start taking frames from the clip; those of the same use that it has are replaced."""
    film = find_film(request, key)
    found = get_object_or_404(film.clips, pk=pk)
    form = ExtractForm(request.POST)
    if not form.is_valid():
        return _wrong(request, film, found, "extract", form.sentence())
    try:
        footage_jobs.extract(found, form.given(), request.user)  # type: ignore[arg-type]
    except frames.BadWanted as error:
        return _wrong(request, film, found, "extract", str(error))
    except footage_jobs.Busy as error:
        return _wrong(request, film, found, "extract", str(error), status=409)
    if not is_fragment(request):
        messages.success(request, _("Frames are being extracted."))
        return redirect(f"{film.get_absolute_url()}#footage")
    [reel] = reels([found], request.user)
    return _show(request, film, reel, part="extracting", said=_("Frames are being extracted."))


def _wrong(
    request: HttpRequest, film: Film, clip: Clip, form: str, sentence: str, *, status: int = 422
) -> HttpResponse:
    """The clip with what was typed, and a sentence on what is wrong with it."""
    [reel] = reels([clip], request.user)
    reel.wrong, reel.typed = {form: sentence}, request.POST.dict()
    return _show(request, film, reel, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@curators
def remove(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Ask, then remove a clip with its file and its frames."""
    film = find_film(request, key)
    found = get_object_or_404(film.clips, pk=pk)
    if request.method != "POST":
        context = {"film": film, "clip": found, "frames": found.frames.count()}
        return render_part(request, "catalog/clip_remove.html", context)
    footage_jobs.stop(found)
    remove_clip(found)
    messages.success(request, _("%(clip)s was removed.") % {"clip": found.name})
    return redirect(f"{film.get_absolute_url()}#footage")


@require_POST
@curators
def cancel_upload(request: HttpRequest, key: str, pk: str) -> HttpResponse:
    """Forget one's own file that has not come whole."""
    film = find_film(request, key)
    uploads.cancel(get_object_or_404(film.uploads, pk=pk, user=request.user))
    messages.success(request, _("The upload was cancelled."))
    return redirect(f"{film.get_absolute_url()}#footage")
