"""The page of a version's threshold of one term, and setting it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalog.access import admins, anybody, confirmed
from catalog.models import Term
from inference.thresholds import charts
from inference.thresholds.curve import table
from inference.thresholds.report import Report, find_term, report
from inference.thresholds.setting import NotSet, set_threshold, take_back
from training import registry
from training.models import ModelVersion

NOT_A_NUMBER = float("nan")


@require_safe
@anybody
def threshold(request: HttpRequest, name: str, slug: str) -> HttpResponse:
    """With `?at=0.42` as it would be at that threshold; what is no threshold is passed over."""
    version, term = _find(name, slug)
    asked = _number(request.GET.get("at", ""))
    found = report(version, term, asked if 0 <= asked <= 1 else None)
    changes = version.cuts.filter(term=slug).select_related("by")
    return render(request, "thresholds/page.html", _context(found) | {"changes": changes})


def _context(found: Report) -> dict[str, Any]:
    return {
        "version": found.version,
        "term": found.term,
        "report": found,
        "lines": charts.by_threshold(found.steps),
        "bins": charts.drawn(found.reliability.bins),
        "marks": {"chosen": f"{found.chosen.at * 100:.2f}", "now": f"{found.now.at * 100:.2f}"},
        "data": {"steps": table(found.steps), "now": found.now.as_dict()},
        "figures": _figures(found),
        "films_gained": found.chosen.films - found.now.films,
    }


def _figures(found: Report) -> list[tuple[str, list[float | None]]]:
    """Names of shares with what they are at the chosen, the present and the fitted threshold."""
    rows = [found.chosen, found.now, found.fitted]
    return [(name, [getattr(row, name) for row in rows]) for name in charts.SHARES]


@require_POST
@admins
@confirmed
def set_(request: HttpRequest, name: str, slug: str) -> HttpResponse:
    version, term = _find(name, slug)
    value, reason = _number(request.POST.get("value", "")), request.POST.get("reason", "")
    try:
        change = set_threshold(version, slug, value, user=request.user, reason=reason)  # type: ignore[arg-type]
    except NotSet as error:
        messages.error(request, str(error))
    else:
        _say(request, term, change.after)
    return redirect("version-term", version.name, slug)


@require_POST
@admins
@confirmed
def back(request: HttpRequest, name: str, slug: str) -> HttpResponse:
    """To the threshold that training found."""
    version, term = _find(name, slug)
    try:
        change = take_back(version, slug, user=request.user, reason=request.POST.get("reason", ""))  # type: ignore[arg-type]
    except NotSet as error:
        messages.error(request, str(error))
    else:
        _say(request, term, change.after)
    return redirect("version-term", version.name, slug)


def _say(request: HttpRequest, term: Term, value: float) -> None:
    said = _("The threshold of %(term)s is %(value)s now; search follows when a job has gone through the films.")
    messages.success(request, said % {"term": term.name, "value": f"{value:.2f}"})


def _find(name: str, slug: str) -> tuple[ModelVersion, Term]:
    try:
        return find_term(name, slug)
    except (registry.UnknownVersion, ValueError) as error:
        raise Http404(_("There is no version “%(name)s”.") % {"name": name[:60]}) from error


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return NOT_A_NUMBER
