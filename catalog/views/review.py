"""The review desk: where one begins, and one film at a time."""

import time
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from catalog.access import curators
from catalog.desk import box, claims, notes, queue, second, visits
from catalog.desk import keys as desk_keys
from catalog.desk.orders import ORDERS, Reason, Wanted
from catalog.desk.sheet import DeskSheet, desk_sheet
from catalog.history import last_decision
from catalog.models import Film, Frame, SecondReview, Term, User
from catalog.remarks import film_flags
from catalog.views.film import find_film

TEMPLATE = "review/film.html"
MOST_COUNTED = 999
MINUTES = (5, 10, 20, 45)
FRAMES = 6
NEWEST = 5000  # films among which sources are looked for


def by_script(request: HttpRequest) -> bool:
    """Whether static/js/review.js asks, which wants data; forms that work without it want a page."""
    return request.headers.get("Accept") == "application/json"


def person(request: HttpRequest) -> User:
    return cast("User", request.user)


@require_safe
@curators
def review(request: HttpRequest) -> HttpResponse:
    """Where one begins: orders, filters, a time box; and, when a time box is over, what came of it."""
    wanted = queue.read(request.GET)
    return render(request, "review/start.html", start_context(request, wanted))


def start_context(request: HttpRequest, wanted: Wanted) -> dict[str, Any]:
    user, timed = person(request), box.read(wanted, request.GET)
    offered = [order for order in ORDERS.values() if order.offered]
    filters = {"genre": wanted.genre, "decade": wanted.decade, "source": wanted.source}
    return {
        "wanted": wanted,
        "box": timed,
        "boxed": visits.progress(user, timed.start) if timed else None,
        "again": queue.query(wanted),
        "orders": [(order, _count(user, wanted, order.name)) for order in offered if order.name != "time"],
        "timed": "time" in {order.name for order in offered},
        "minutes": MINUTES,
        "filtered": any(filters.values()) or wanted.machine_only,
        "genres": sorted(_genres(), key=lambda term: term.name),
        "decades": range(time.gmtime().tm_year // 10 * 10, 1879, -10),
        "sources": _sources(),
        "today": visits.today(user),
        "empty": "empty" in request.GET,
    }


def _count(user: User, wanted: Wanted, order: str) -> str:
    """Films that are left in an order, counted only as far as the page shows."""
    this = Wanted(order, wanted.genre, wanted.decade, wanted.source, wanted.machine_only)
    found = queue.left(user, this)[: MOST_COUNTED + 1].count()
    return f"{MOST_COUNTED}+" if found > MOST_COUNTED else str(found)


def _genres() -> list[Term]:
    return list(Term.objects.filter(kind=Term.Kind.GENRE, active=True))


def _sources() -> list[str]:
    """Sources of the newest films: there is no need to read a million for a list of names."""
    newest = Film.objects.published().order_by("-pk")[:NEWEST].values_list("source", flat=True)
    return sorted({source for source in newest if source})


@require_POST
@curators
def next_film(request: HttpRequest) -> HttpResponse:
    """Be given a film. With `have` (keys of films in hand) one more is given, to be there when it is needed."""
    return give(request)


def give(request: HttpRequest) -> HttpResponse:
    asked = request.GET.copy()  # a film's page names the order in the address
    asked.update(request.POST)
    wanted = queue.read(asked)
    timed = box.read(wanted, asked)
    began = timed.began if timed else int(time.time()) if wanted.minutes else ""
    if timed and timed.over:
        return _nothing(request, queue.query(wanted, began=began), over=True)
    offer = queue.next_film(person(request), wanted, have=request.POST.getlist("have"))
    if offer is None:
        return _nothing(request, queue.query(wanted, empty=1), over=False)
    here = reverse("review-film", args=[offer.film.key]) + queue.query(wanted, began=began)
    if not by_script(request):
        return redirect(here)
    context = film_context(request, offer.film, wanted, timed)
    html = render_to_string(f"{TEMPLATE}#film", context, request)
    return JsonResponse({"key": offer.film.key, "url": here, "html": html, "poster": offer.film.poster_url})


def _nothing(request: HttpRequest, query: str, *, over: bool) -> HttpResponse:
    url = reverse("review") + query
    return JsonResponse({"key": None, "url": url, "over": over}) if by_script(request) else redirect(url)


@require_safe
@curators
def film(request: HttpRequest, key: str) -> HttpResponse:
    """One film at the desk. Looking claims nothing: a film is claimed when it is given."""
    found, wanted = find_film(request, key), queue.read(request.GET)
    timed = box.read(wanted, request.GET)
    context = film_context(request, found, wanted, timed) | {"script": script_words(request)}
    if by_script(request):
        html = render_to_string(f"{TEMPLATE}#film", context, request)
        return JsonResponse({"key": found.key, "url": request.get_full_path(), "html": html})
    return render(request, TEMPLATE, context)


def film_context(request: HttpRequest, film: Film, wanted: Wanted, timed: box.Box | None) -> dict[str, Any]:
    """All that the desk shows of a film."""
    user = person(request)
    own = desk_keys.keys_of(user, _genres())
    sheet, reason, again = sheet_of(film, user, wanted, own)
    chosen = request.GET.get("row", "")
    rows = sheet.rows
    before = visits.previous(user, before=film)
    return {
        "film": film,
        "sheet": sheet,
        "chosen": chosen if chosen in {ask.id for ask in rows} else rows[0].id if rows else "",
        "order": queue.order_of(wanted),
        "wanted": wanted,
        "query": queue.query(wanted, began=timed.began if timed else ""),
        "film_query": queue.query(wanted, order=wanted.order, began=timed.began if timed else ""),
        "carried": carried(wanted, timed),
        "box": timed,
        "reason": reason,
        "second": again,
        "seen": last_decision(film),
        "holder": claims.holder(film, user),
        "frames": _frames(film),
        "flags": film_flags(film),
        "own_flag": notes.own_flag(film, user),
        "notes": notes.notes(film),
        "previous": before,
        "keys": own,
        "keys_on": desk_keys.is_on(user),
        "today": visits.today(user),
        "versions": sorted({ask.row.score.version for ask in rows if ask.row.score}),
        "language": get_language(),
    }


def sheet_of(
    film: Film, user: User, wanted: Wanted, own: dict[str, str]
) -> tuple[DeskSheet, Reason | None, SecondReview | None]:
    """The film's rows as this person sees them, why they see it, and the second review that they are at."""
    again = second.current(film, user)
    reason = None if again else queue.order_of(wanted).reason(film)
    answered = second.given(again) if again else None
    return desk_sheet(film, own, about=reason.term if reason else None, second=answered), reason, again


def carried(wanted: Wanted, timed: box.Box | None) -> dict[str, Any]:
    """What forms take along, so that the next film is of the same order."""
    fields = {
        "order": wanted.order,
        "genre": wanted.genre.slug if wanted.genre else "",
        "decade": wanted.decade,
        "source": wanted.source,
        "machine": "1" if wanted.machine_only else "",
        "minutes": wanted.minutes,
        "began": timed.began if timed else "",
    }
    return {name: value for name, value in fields.items() if value}


def _frames(film: Film) -> list[Frame]:
    """A few frames from all over the film's footage."""
    frames = list(Frame.objects.filter(clip__film=film).order_by("clip", "seconds").values_list("pk", flat=True)[:2000])
    step = max(1, len(frames) // FRAMES)
    return list(Frame.objects.filter(pk__in=frames[::step][:FRAMES]).order_by("clip", "seconds"))


def script_words(request: HttpRequest) -> dict[str, Any]:
    """What static/js/review.js has to know: addresses and keys. Words are in the page."""
    user = person(request)
    bound = desk_keys.keys_of(user, _genres()) if desk_keys.is_on(user) else {}
    return {
        "keys": {key: action for action, key in bound.items() if key},
        "on": desk_keys.is_on(user),
        "next": reverse("review-next"),
        "undo": reverse("review-undo"),
        "user": user.pk,
    }
