"""Differences between two people who judged the same film blind, and the buttons that settle them."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalog import differences as differing
from catalog import labelling
from catalog.access import curators
from catalog.differences import Disputed, SettledBefore
from catalog.models import Label, SecondAnswer, Term
from catalog.views.parts import is_fragment, render_part

TEMPLATE = "review/differences.html"
FILMS_SHOWN = 20
LATELY_SHOWN = 12


@require_safe
@curators
def differences(request: HttpRequest) -> HttpResponse:
    """Films on which two people differ, longest waiting first; `?term=horror` shows one genre's."""
    return _page(request)


def _page(request: HttpRequest, *, status: int = 200, refused: str = "") -> HttpResponse:
    term, waiting = _asked_term(request), differing.unsettled()
    shown = waiting.filter(term=term) if term else waiting
    context = {
        "term": term,
        "waiting": shown.count(),
        "films": differing.disputed(_of_the_first_films(shown)),
        "terms": _terms(waiting),
        "lately": _lately(),
        "refused": refused,
    }
    return render_part(request, TEMPLATE, context, status=status)


def _asked_term(request: HttpRequest) -> Term | None:
    slug = request.GET.get("term", "")
    if not slug:
        return None
    kind, _colon, bare = slug.rpartition(":")
    found = Term.objects.filter(slug=bare, **({"kind": kind} if kind else {})).order_by("kind").first()
    if found is None:
        raise Http404(_("There is no genre or tag “%(slug)s”.") % {"slug": slug[:60]})
    return found


def _of_the_first_films(waiting: QuerySet[SecondAnswer]) -> list[SecondAnswer]:
    ordered = waiting.order_by("review__finished_at", "review").values_list("review", flat=True)
    reviews = list(dict.fromkeys(ordered[: FILMS_SHOWN * 8]))[:FILMS_SHOWN]
    return list(differing.with_people(waiting.filter(review__in=reviews)))


def _terms(waiting: QuerySet[SecondAnswer]) -> list[tuple[Term, int]]:
    """Terms with their number of differences, most first."""
    counts = dict(waiting.values_list("term").annotate(n=Count("pk")).order_by())
    terms = Term.objects.in_bulk(list(counts))
    return sorted(((terms[pk], n) for pk, n in counts.items()), key=lambda pair: (-pair[1], pair[0].slug))


def _lately() -> QuerySet[SecondAnswer]:
    return differing.with_people(differing.differing().exclude(settled="")).order_by("-settled_at")[:LATELY_SHOWN]


@require_POST
@curators
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """value=yes, no or unknown, revision=the film's that was shown."""
    answer = get_object_or_404(differing.with_people(differing.differing()), pk=pk)
    value, revision = request.POST.get("value", ""), request.POST.get("revision", "")
    if value not in Label.Value.values or not (revision.isascii() and revision.isdecimal() and len(revision) < 10):
        return _answer(request, answer, _("The answer is yes, no or unknown."), status=422)
    try:
        asked: dict[str, Any] = {"user": request.user, "revision": int(revision)}
        differing.settle(answer, Label.Value(value), **asked)
    except SettledBefore as error:
        sentence = _("%(name)s has settled this meanwhile: %(value)s.")
        by = error.answer.settled_by.username if error.answer.settled_by else ""
        told = sentence % {"name": by, "value": error.answer.get_settled_display()}
        return _answer(request, answer, told, status=409)
    except labelling.Conflict:
        sentence = _("Somebody changed this film meanwhile. Look again: these are the labels of now.")
        return _answer(request, answer, sentence, status=409)
    except labelling.Locked as error:
        return _answer(request, answer, str(error), status=409)
    said = _("%(term)s: %(value)s. Settled.") % {"term": answer.term.name, "value": Label.Value(value).label}
    return _answer(request, answer, said)


@require_POST
@curators
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a settlement back, with the label that it made."""
    answer = get_object_or_404(differing.with_people(differing.differing()), pk=pk)
    try:
        differing.reopen(answer, user=request.user)  # type: ignore[arg-type]
    except labelling.CannotUndo as error:
        return _answer(request, answer, str(error), status=409)
    return _answer(request, answer, _("%(term)s is open again.") % {"term": answer.term.name})


def _answer(request: HttpRequest, answer: SecondAnswer, sentence: str, *, status: int = 200) -> HttpResponse:
    """The film as it is now for htmx; without scripts back to the list, or the list with what was wrong."""
    if is_fragment(request):
        context = {"entry": _film(answer), "said": sentence, "wrong": status != 200}
        return render_part(request, TEMPLATE, context, part="film", status=status)
    if status != 200:
        return _page(request, status=status, refused=sentence)
    messages.success(request, sentence)
    return redirect(f"{reverse('differences')}#film-{answer.review.film_id}")


def _film(answer: SecondAnswer) -> Disputed:
    """The film with everything that this review found, settled and open."""
    answers = differing.with_people(differing.differing().filter(review=answer.review_id, term__active=True))
    return differing.disputed(answers)[0]
