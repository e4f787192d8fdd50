"""Searches that somebody keeps: the list, and what one may do with them."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from catalog import saved
from catalog.models import SavedSearch, User
from catalog.views.asked_in_words import said


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def searches(request: HttpRequest) -> HttpResponse:
    """All that one keeps, with how many films each finds now. A POST keeps another one."""
    user = cast("User", request.user)
    if request.method == "POST":
        try:
            search = saved.save(user, name=request.POST.get("name", ""), query=request.POST.get("query", ""))
        except ValidationError as error:
            return _list(request, user, error=_first(error), status=422)
        messages.success(request, _("Kept as “%(name)s”.") % {"name": search.name})
        return redirect("searches")
    return _list(request, user)


def _list(request: HttpRequest, user: User, *, error: str = "", status: int = 200) -> HttpResponse:
    counted = saved.counted(list(user.saved_searches.all()))
    kept = [
        {"search": search, "asked": asked, "count": count, "said": said(asked) if asked else []}
        for search, asked, count in counted
    ]
    context = {"kept": kept, "error": error, "name": request.POST.get("name", "")}
    if error:
        context["query"] = request.POST.get("query", "")[:2000]
    return render(request, "catalog/searches.html", context, status=status)


@login_required
@require_POST
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    search = get_object_or_404(SavedSearch, pk=pk, user=request.user)
    try:
        saved.rename(search, request.POST.get("name", ""))
    except ValidationError as error:
        return _list(request, cast("User", request.user), error=_first(error), status=422)
    messages.success(request, _("The search is called “%(name)s” now.") % {"name": search.name})
    return redirect("searches")


@login_required
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """The search and its feed."""
    search = get_object_or_404(SavedSearch, pk=pk, user=request.user)
    search.delete()
    messages.success(request, _("“%(name)s” is no longer kept.") % {"name": search.name})
    return redirect("searches")


def _first(error: ValidationError) -> str:
    return str(error.messages[0])
