"""A film's page: what is said of it, and the buttons that say more."""

from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from catalog import jobs, labelling, undoing
from catalog.access import anybody, curators, takes_files
from catalog.desk import queue
from catalog.history import film_history, last_decision
from catalog.models import ChangeSet, Film, Label, Term
from catalog.pictures import BadPicture, refuse_large, store_poster
from catalog.remarks import film_flags
from catalog.review import next_film
from catalog.rows import Row, Sheet, film_row, film_sheets
from catalog.views.parts import is_fragment, render_part, target
from catalog.views.reels import footage_context

RECENT = 5  # change sets beside the labels; the rest has its own page
TEMPLATE = "catalog/film.html"


@require_safe
@anybody
def film(request: HttpRequest, key: str) -> HttpResponse:
    found = find_film(request, key)
    context = page_context(request, found)
    return render_part(request, TEMPLATE, context, part="whole")


@require_safe
@anybody
def history(request: HttpRequest, key: str) -> HttpResponse:
    found = find_film(request, key)
    return render_part(request, "catalog/history.html", {"film": found, "events": film_history(found, request.user)})


@require_POST
@curators
def decide(request: HttpRequest, key: str, kind: str, slug: str) -> HttpResponse:
    """Accept, reject or clear: value=yes, no or unknown."""
    value = request.POST.get("value", "")
    if value not in Label.Value.values:
        return refuse(request, key, _("The answer is yes, no or unknown."), status=422)
    return _change(request, key, kind, slug, answer=Label.Value(value))


@require_POST
@curators
def lock(request: HttpRequest, key: str, kind: str, slug: str) -> HttpResponse:
    locked = request.POST.get("locked", "")
    if locked not in ("0", "1"):
        return refuse(request, key, _("Say whether to lock or to unlock."), status=422)
    return _change(request, key, kind, slug, locked=locked == "1")


def _change(
    request: HttpRequest, key: str, kind: str, slug: str, answer: Label.Value | None = None, locked: bool = False
) -> HttpResponse:
    film, term = find_film(request, key), get_object_or_404(Term, kind=kind, slug=slug, active=True)
    revision = _number(request, "revision")
    if revision is None:
        return refuse(request, key, _("Say which revision of the film you saw."), status=422)
    asked: dict[str, Any] = {"user": request.user, "revision": revision}
    try:
        if answer is None:
            changes = labelling.set_lock(film, term, locked, **asked)
        else:
            changes = labelling.decide(film, term, answer, **asked)
    except labelling.Conflict:
        return _conflict(request, film, term, answer, locked)
    except labelling.Retired as error:
        return refuse(request, key, str(error), status=409)
    except labelling.Locked:
        return refuse(request, key, _("%(term)s is locked. Unlock it first.") % {"term": term.name}, status=409)
    except Label.DoesNotExist:
        return refuse(request, key, _("Nothing is said of %(term)s yet.") % {"term": term.name}, status=409)
    return _changed(request, film, term, changes)


def _number(request: HttpRequest, name: str) -> int | None:
    """A whole number that the page put into the form; None where somebody else did."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _changed(request: HttpRequest, film: Film, term: Term, changes: ChangeSet) -> HttpResponse:
    """The row as it is now, with all else on the page that the change touched."""
    film = find_film(request, film.key)  # with what waits now
    if not is_fragment(request):
        row = film_row(film, term)
        messages.success(request, _saved(row))
        return redirect(f"{film.get_absolute_url()}#{row.id}")
    whole = target(request) == "labels"
    faces = [] if whole else request.POST.get("rows", "").split()
    context = page_context(request, film, faces) | {"changes": changes}
    rows = [row for sheet in context["sheets"] for row in sheet.open + sheet.folded]
    row = next(row for row in rows if row.term == term)
    followed = _followed(context["sheets"], faces, row)
    said = " ".join([_saved(row), *_also_changed(sum(map(len, followed.values())))])
    return render_part(
        request, TEMPLATE, context | followed | {"row": row, "said": said}, part="whole" if whole else "changed"
    )


def _followed(sheets: list[Sheet], faces: list[str], decided: Row) -> dict[str, list[Any]]:
    """What a page with these faces has to show anew, or as well, because the scores followed a decision."""
    moved = [row for sheet in sheets for row in sheet.moved(faces) if row.id != decided.id]
    return {"moved": moved, "added": [row for sheet in sheets for row in sheet.added(faces)]}


def _saved(row: Row) -> str:
    value = row.label.get_value_display() if row.label else ""
    return _("%(term)s: %(value)s. Saved.") % {"term": row.term.name, "value": value}


def _also_changed(scores: int) -> list[str]:
    sentence = ngettext("%(n)d other score changed with it.", "%(n)d other scores changed with it.", scores)
    return [sentence % {"n": scores}] if scores else []


def _conflict(request: HttpRequest, film: Film, term: Term, answer: Label.Value | None, locked: bool) -> HttpResponse:
    """Somebody was faster: all rows as they are now, both answers, and a button for mine."""
    conflict = {
        "row": film_row(film, term),
        "answer": answer,
        "locked": locked,
        "events": film_history(film, request.user, since=_number(request, "seen") or 0, limit=RECENT),
    }
    response = render_part(
        request, TEMPLATE, page_context(request, film) | {"conflict": conflict}, part="whole", status=409
    )
    response["HX-Retarget"], response["HX-Reswap"] = "#labels", "outerHTML show:#conflict:top"
    return response


def refuse(request: HttpRequest, key: str, sentence: str, *, status: int) -> HttpResponse:
    """The film's page with a sentence on what was wrong; nothing was changed."""
    context = page_context(request, find_film(request, key)) | {"refused": sentence}
    response = render_part(request, TEMPLATE, context, part="whole", status=status)
    response["HX-Retarget"], response["HX-Reswap"] = "#labels", "outerHTML show:#refused:top"
    return response


@require_POST
@curators
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Put back what a change set changed, as a new change set."""
    changes = get_object_or_404(ChangeSet, pk=pk)
    film = Film.objects.filter(decisions__change_set=changes).order_by("pk").first()
    if film is None or not labelling.may_undo(request.user, changes):  # type: ignore[arg-type]
        raise Http404
    try:
        undoing.undo(changes, user=request.user)  # type: ignore[arg-type]
    except labelling.CannotUndo as error:
        return refuse(request, film.key, str(error), status=409)
    if not is_fragment(request):
        messages.success(request, _("Undone."))
        return redirect(film)
    context = page_context(request, find_film(request, film.key)) | {"said": _("Undone.")}
    return render_part(request, TEMPLATE, context, part="whole")


@takes_files(settings.POSTER_MAX_BYTES + 2**20)
@require_POST
@curators
def poster(request: HttpRequest, key: str) -> HttpResponse:
    """Another picture for the film: re-encoded by us, whatever it was."""
    film, file = find_film(request, key), request.FILES.get("poster")
    if not isinstance(file, UploadedFile):
        return refuse(request, key, _("Choose a picture first."), status=422)
    try:
        refuse_large(file.size or 0)
        store_poster(film, file.read(), source="upload")
    except BadPicture as error:
        return refuse(request, key, str(error), status=error.status)
    jobs.start("inference.predict", {}, user=request.user, queue="gpu")  # type: ignore[arg-type]
    messages.success(request, _("The poster was replaced; the film is being predicted again."))
    return redirect(film)


def find_film(request: HttpRequest, key: str) -> Film:
    """The film, if this reader may see it; what is unpublished is there for admins only."""
    films = Film.objects.visible_to(request.user)
    film = films.select_related("poster", "review").filter(key=key).first()
    if film is None:
        raise Http404(_("There is no film “%(key)s”.") % {"key": key[:80]})
    return film


def page_context(request: HttpRequest, film: Film, faces: Collection[str] = ()) -> dict[str, Any]:
    """All that the film's page shows, with and without htmx; rows of these `faces` stay where they are."""
    asked = request.POST.get("all") or request.GET.get("all", "")
    unfold = asked if asked in Term.Kind.values else ""
    sheets = film_sheets(film, unfold=unfold, faces=faces)
    scores = [row.score for sheet in sheets for row in sheet.open + sheet.folded if row.score]
    return {
        "film": film,
        "sheets": sheets,
        "waiting": sum(sheet.waiting for sheet in sheets),
        "faces": " ".join(face for sheet in sheets for face in sheet.faces),
        "unfold": unfold,
        "inputs": scores[0].inputs if scores else None,
        "versions": sorted({score.version for score in scores}),
        "seen": last_decision(film),
        "events": film_history(film, request.user, limit=RECENT),
        "next_film": next_film(film) if getattr(request.user, "may_decide", False) else None,
        "desk": _desk(request),
        "said": "",
        "refused": "",
        "flags": film_flags(film) if getattr(request.user, "may_decide", False) else [],
        **({} if is_fragment(request) else footage_context(film, request.user)),
    }


def _desk(request: HttpRequest) -> str:
    """In which order a curator came here from the review desk, as the end of an address; "" from elsewhere."""
    address = request.htmx.current_url if is_fragment(request) else request.get_full_path()  # type: ignore[attr-defined]
    asked = QueryDict(urlsplit(address or "").query)
    if "order" not in asked or not getattr(request.user, "may_decide", False):
        return ""
    wanted = queue.read(asked)
    return queue.query(wanted, order=wanted.order, began=asked.get("began", ""))
