"""Taking back everything that somebody said: looked at first, then with one click, which can be undone itself."""

from datetime import datetime, timedelta
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from catalog import retracting
from catalog.access import admins, confirmed
from catalog.changesets import CannotUndo
from catalog.models import Film, Job, User
from catalog.retracting import AT_ONCE, EVER

PERIODS = {
    "hour": (gettext_lazy("the last hour"), timedelta(hours=1)),
    "day": (gettext_lazy("the last day"), timedelta(days=1)),
    "week": (gettext_lazy("the last week"), timedelta(days=7)),
    "ever": (gettext_lazy("ever"), None),
}
FILMS_SHOWN = 12


@require_http_methods(["GET", "HEAD", "POST"])
@admins
def retract(request: HttpRequest, username: str) -> HttpResponse:
    """GET shows what would go back of a `period`; POST takes back what was said `since` the moment that it named."""
    person = get_object_or_404(User, username=username)
    if request.method == "POST":
        return cast("HttpResponse", _take_back(request, person))
    return show(request, person, _since(request))


def _since(request: HttpRequest) -> datetime:
    length = PERIODS.get(request.GET.get("period", ""), PERIODS["day"])[1]
    return timezone.now() - length if length else EVER


def _moment(text: str) -> datetime | None:
    """With its time zone, and within the time in which anything was said."""
    try:
        since = datetime.fromisoformat(text)
    except ValueError:
        return None
    return min(max(since, EVER), timezone.now()) if timezone.is_aware(since) else None


def show(request: HttpRequest, person: User, since: datetime, *, refused: str = "", status: int = 200) -> HttpResponse:
    found = retracting.outlook(person, since)
    period = request.GET.get("period", "")
    context = {
        "person": person,
        "since": since,
        "ever": since == EVER,
        "found": found,
        "count": len(found.films),
        "films": Film.objects.in_bulk(found.films[:FILMS_SHOWN]).values(),
        "large": len(found.films) > AT_ONCE,
        "periods": [(name, words) for name, (words, _length) in PERIODS.items()],
        "period": period if period in PERIODS else "day",
        "refused": refused,
    }
    return render(request, "changes/retract.html", context, status=status)


@confirmed
def _take_back(request: HttpRequest, person: User) -> HttpResponse:
    since = _moment(request.POST.get("since", ""))
    if since is None:
        return show(request, person, _since(request), refused=_("Choose from when on."), status=422)
    try:
        done = retracting.retract(person, since, user=cast("User", request.user))
    except CannotUndo as error:
        return show(request, person, since, refused=str(error), status=409)
    if isinstance(done, Job):
        return redirect("job", done.pk)
    films = len(done.films)
    messages.success(request, ngettext("Undone on %(n)d film.", "Undone on %(n)d films.", films) % {"n": films})
    return redirect("change", done.change_set.pk)
