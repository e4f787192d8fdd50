"""What a curator does with a film at the desk. Each works as a form, and as data for static/js/review.js."""

import math
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalog import labelling
from catalog.access import curators
from catalog.desk import answers, box, claims, finishing, notes, queue, visits
from catalog.desk import keys as desk_keys
from catalog.desk.answers import Answer, BadAnswer, Saved
from catalog.desk.sheet import Ask, DeskSheet
from catalog.history import film_history, last_decision
from catalog.models import ChangeSet, Film, Label, Term
from catalog.templatetags.pages import figure
from catalog.views import review
from catalog.views.film import find_film
from catalog.views.parts import way_back
from catalog.views.review import by_script, person, sheet_of

LARGEST = 2**31
MOST_TOLD = 5  # change sets of others in a conflict


@require_POST
@curators
def answer(request: HttpRequest, key: str) -> HttpResponse:
    """Save what was answered: answer=genre/horror:no, any number of times, at the revision that was seen."""
    film = find_film(request, key)
    try:
        return _answer(request, film, answers.read(request.POST.getlist("answer")))
    except BadAnswer as error:
        return _refused(request, film, str(error), 422)


def _answer(request: HttpRequest, film: Film, said: list[Answer]) -> HttpResponse:
    if not said:
        return _refused(request, film, _("Choose an answer first."), 422)
    saved = _save(request, film, said, finishing.answer)
    if isinstance(saved, HttpResponse):
        return saved
    sentence = ", ".join(f"{one.term.name}: {one.value.label}" for one in said)
    return _done(request, film, _("%(answers)s. Saved.") % {"answers": sentence}, saved.changes)


def _save(
    request: HttpRequest, film: Film, said: list[Answer], save: Callable[..., Saved], **more: Any
) -> Saved | HttpResponse:
    """What `save` makes of the answers; a page that says why where they could not be saved."""
    revision = _number(request, "revision")
    if revision is None:
        return _refused(request, film, _("Say which revision of the film you saw."), 422)
    try:
        return save(film, said, user=person(request), revision=int(revision), **more)
    except labelling.Conflict as conflict:
        return _conflict(request, conflict.film, said)
    except labelling.Locked as locked:
        return _refused(request, film, str(locked), 409)


@require_POST
@curators
def finish(request: HttpRequest, key: str) -> HttpResponse:
    """Be through with a film: how=accept or reject what `suggested` says, or leave the rest open; on to the next."""
    film, how = find_film(request, key), request.POST.get("how", "")
    if how not in ("accept", "reject", "leave"):
        return _refused(request, film, _("Say whether to accept, to reject or to leave it."), 422)
    try:
        said = [] if how == "leave" else answers.read(request.POST.getlist("suggested"))
    except BadAnswer as error:
        return _refused(request, film, str(error), 422)
    if how == "reject":
        said = [Answer(one.term, Label.Value.NO) for one in said]
    return _finish(request, film, said, whole=how != "leave")


def _finish(request: HttpRequest, film: Film, said: list[Answer], *, whole: bool) -> HttpResponse:
    order, seconds = queue.read(request.POST).order, _number(request, "seconds")
    saved = _save(request, film, said, finishing.finish, whole=whole, order=order, seconds=seconds)
    return saved if isinstance(saved, HttpResponse) else _onward(request, film, saved.changes)


@require_POST
@curators
def skip(request: HttpRequest, key: str) -> HttpResponse:
    """Leave a film to others, and say why."""
    film, order = find_film(request, key), queue.read(request.POST).order
    reason = (request.POST.get("reason") or request.POST.get("words", "")).strip()
    finishing.skip(film, user=person(request), reason=reason, order=order, seconds=_number(request, "seconds"))
    return _onward(request, film, None)


def _onward(request: HttpRequest, film: Film, changes: ChangeSet | None) -> HttpResponse:
    """To the next film; a script has it already."""
    if not by_script(request):
        return review.give(request)
    today = visits.today(person(request))
    data = {"revision": film.revision, "films": today.films, "decisions": today.decisions}
    return JsonResponse(data | {"change_set": changes.pk if changes else None})


@require_POST
@curators
def lock(request: HttpRequest, key: str) -> HttpResponse:
    """lock=genre/horror:1 or, to unlock, genre/horror:0."""
    film, revision = find_film(request, key), _number(request, "revision")
    name, _colon, locked = request.POST.get("lock", "").rpartition(":")
    kind, _slash, slug = name.partition("/")
    term = Term.objects.filter(kind=kind, slug=slug, active=True).first()
    if term is None or locked not in ("0", "1") or revision is None:
        return _refused(request, film, _("Say what to lock or to unlock."), 422)
    if not film.labels.filter(term=term).exists():
        return _refused(request, film, _("Nothing is said of %(term)s yet.") % {"term": term.name}, 409)
    try:
        changes = labelling.set_lock(film, term, locked == "1", user=person(request), revision=int(revision))
    except labelling.Conflict as conflict:
        return _conflict(request, conflict.film, [])
    except labelling.Locked as retired:
        return _refused(request, film, str(retired), 409)
    except Label.DoesNotExist:  # an undo was faster
        return _conflict(request, film, [])
    sentence = _("%(term)s is locked.") if locked == "1" else _("%(term)s is not locked any more.")
    return _done(request, film, sentence % {"term": term.name}, changes)


@require_POST
@curators
def remark(request: HttpRequest, key: str) -> HttpResponse:
    """kind=flag or unflag, or note with words."""
    film, kind, words = find_film(request, key), request.POST.get("kind", ""), request.POST.get("words", "").strip()
    if kind == "note" and words:
        notes.write(film, person(request), words)
        return _done(request, film, _("Noted."), None)
    if kind in ("flag", "unflag"):
        notes.turn_flag(film, person(request), on=kind == "flag", text=words)
        return _done(request, film, _("Flagged.") if kind == "flag" else _("The flag is down."), None)
    return _refused(request, film, _("Write a few words."), 422)


@require_POST
@curators
def claim(request: HttpRequest, key: str) -> HttpResponse:
    """Hold on to a film for ten minutes more. 409 while somebody else has it."""
    film, user = find_film(request, key), person(request)
    held = claims.take(film.pk, user)
    holder = None if held else claims.holder(film, user)
    return JsonResponse({"held": held, "by": holder.username if holder else None}, status=200 if held else 409)


@require_POST
@curators
def undo(request: HttpRequest) -> HttpResponse:
    """Take back the newest of one's own changes of the last hours, and show its film again."""
    user = person(request)
    own = ChangeSet.objects.filter(user=user, kind=ChangeSet.Kind.DECIDE, undone_by=None)
    last = own.filter(created_at__gt=timezone.now() - finishing.LATELY, decisions__isnull=False).order_by("-pk").first()
    film = Film.objects.visible_to(user).filter(decisions__change_set=last).first() if last else None
    if last is None or film is None:
        return _nothing_to_undo(request, _("There is nothing to undo."))
    try:
        labelling.undo(last, user=user)
    except labelling.CannotUndo as error:
        return _nothing_to_undo(request, str(error))
    visits.come_back(film, user)
    claims.take(film.pk, user)
    query = queue.query(queue.read(request.POST), began=request.POST.get("began", ""))
    here = reverse("review-film", args=[film.key]) + query
    if not by_script(request):
        messages.success(request, _("Undone."))
        return redirect(here)
    return JsonResponse({"key": film.key, "url": here, "said": _("Undone.")})


def _nothing_to_undo(request: HttpRequest, sentence: str) -> HttpResponse:
    if by_script(request):
        return JsonResponse({"refused": sentence}, status=409)
    messages.info(request, sentence)
    return redirect(way_back(request, reverse("review")))


# Answers ------------------------------------------------------------------------------------------------


def _done(request: HttpRequest, film: Film, sentence: str, changes: ChangeSet | None) -> HttpResponse:
    if by_script(request):
        return JsonResponse(
            film_data(request, film) | {"said": sentence, "change_set": changes.pk if changes else None}
        )
    messages.success(request, sentence)
    return redirect(_address(request, film))


def _address(request: HttpRequest, film: Film) -> str:
    wanted = queue.read(request.POST)
    timed = box.read(wanted, request.POST)
    return reverse("review-film", args=[film.key]) + queue.query(
        wanted, began=timed.began if timed else "", row=request.POST.get("row", "")
    )


def film_data(request: HttpRequest, film: Film) -> dict[str, Any]:
    """The film's rows as they are now, for a page that shows them already."""
    film = find_film(request, film.key)
    sheet, _reason, _again = sheet_of(film, person(request), queue.read(request.POST), {})
    return {"revision": film.revision, "seen": last_decision(film), **sheet_data(sheet)}


def sheet_data(sheet: DeskSheet) -> dict[str, Any]:
    return {"yes": sheet.yes, "no": sheet.no, "rows": [_row_data(ask) for ask in sheet.rows]}


def _row_data(ask: Ask) -> dict[str, Any]:
    score = ask.row.score
    return {
        "id": ask.id,
        "state": ask.state,
        "said": ask.said,
        "waiting": ask.waiting,
        "suggested": f"{desk_keys.name_of(ask.term)}:{ask.suggested}" if ask.suggested else "",
        "answer": ask.answer,
        "locked": ask.row.locked,
        "labelled": ask.row.label is not None,
        "score": score.score if score else None,
        "figure": figure(score.score) if score else "",
        "over": bool(score and score.proposed),
    }


def _conflict(request: HttpRequest, film: Film, mine: list[Answer]) -> HttpResponse:
    """Somebody was faster: what they did, and what was not saved, with a button that saves it all the same."""
    since = int(_number(request, "seen") or 0)
    events = film_history(film, request.user, since=since, limit=MOST_TOLD)
    data = {"film": film, "mine": mine, "events": events}
    if by_script(request):
        html = render(request, "review/film.html#conflict", data).content.decode()
        return JsonResponse({"conflict": html, **film_data(request, film)}, status=409)
    context = _page(request, film) | data
    return render(request, review.TEMPLATE, context, status=409)


def _refused(request: HttpRequest, film: Film, sentence: str, status: int) -> HttpResponse:
    if by_script(request):
        return JsonResponse({"refused": sentence, **film_data(request, film)}, status=status)
    return render(request, review.TEMPLATE, _page(request, film) | {"refused": sentence}, status=status)


def _page(request: HttpRequest, film: Film) -> dict[str, Any]:
    wanted = queue.read(request.POST)
    film = find_film(request, film.key)
    context = review.film_context(request, film, wanted, box.read(wanted, request.POST))
    return context | {"script": review.script_words(request)}


def _number(request: HttpRequest, name: str) -> float | None:
    """A number that the page put into the form; None where somebody else did."""
    try:
        number = float(request.POST.get(name, ""))
    except ValueError:
        return None
    return number if math.isfinite(number) and 0 <= number < LARGEST else None
