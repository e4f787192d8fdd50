"""The page of one's own work: pace, what came of it, history."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.access import curators
from inference.health.advice import review_url
from inference.health.opinions import of_person
from inference.models import Receipt
from inference.own import pace
from training import charts

HISTORY = 30
RECEIPTS = 10


@require_safe
@curators
def me(request: HttpRequest) -> HttpResponse:
    """`?before=ID` goes on with older changes."""
    user: Any = request.user
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else None
    entries = pace.history(user, before=before, limit=HISTORY + 1)
    days = pace.by_day(user)
    context = {
        "amounts": pace.amounts(user),
        "pace": pace.pace(user),
        "verdicts": pace.verdicts(user),
        "opinions": of_person(user),
        "days": days,
        "chart": charts.column_chart("decisions", [(day.isoformat(), number) for day, number in days]),
        "receipts": Receipt.objects.filter(user=user).select_related("version")[:RECEIPTS],
        "entries": entries[:HISTORY],
        "older": entries[HISTORY - 1].change_set.pk if len(entries) > HISTORY else None,
        "before": before,
        "review_url": review_url(order="doubt"),
    }
    return render(request, "own/me.html", context)
