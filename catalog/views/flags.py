"""Flags: anybody who is signed in may raise one on a film, curators see them all and deal with them."""

from typing import cast

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalog import remarks
from catalog.access import curators, members
from catalog.models import Film, Remark, Term, User
from catalog.views.film import find_film
from catalog.views.parts import way_back

FLAGS_PER_PAGE = 50


class ReportForm(forms.Form):
    term = forms.RegexField(r"^(genre|tag|scene):[-\w]+$", max_length=70, required=False)
    text = forms.CharField(max_length=1000, required=False, strip=True)


@require_POST
@members
def report(request: HttpRequest, key: str) -> HttpResponse:
    """Say that a label, or the film itself, is wrong. 422 without a word of what, 429 beyond the hour's limit."""
    film, form = find_film(request, key), ReportForm(request.POST)
    if not form.is_valid() or not any(form.cleaned_data.values()):
        return _refused(request, film, _("Choose what is wrong, or write a few words."), 422)
    term, user = _term(form.cleaned_data["term"]), cast("User", request.user)
    try:
        remarks.report(film, user, term=term, text=form.cleaned_data["text"])
    except remarks.TooManyReports as error:
        return _refused(request, film, str(error), 429)
    messages.success(request, _("Thank you. Curators see it now."))
    return redirect(film)


def _term(name: str) -> Term | None:
    if not name:
        return None
    kind, _colon, slug = name.partition(":")
    return get_object_or_404(Term, kind=kind, slug=slug, active=True)


def _refused(request: HttpRequest, film: Film, sentence: str, status: int) -> HttpResponse:
    return render(request, "catalog/report.html", {"film": film, "sentence": sentence}, status=status)


@require_safe
@curators
def flags(request: HttpRequest) -> HttpResponse:
    """What nobody has dealt with yet, the newest first."""
    open_flags = remarks.open_flags().filter(film__published=True).select_related("film", "term", "user")
    page = Paginator(open_flags.order_by("-at"), FLAGS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "catalog/flags.html", {"page": page})


@require_POST
@curators
def resolve(request: HttpRequest, pk: int) -> HttpResponse:
    flag = get_object_or_404(Remark.objects.select_related("film"), pk=pk, kind=Remark.Kind.FLAG)
    if not remarks.resolve(flag, cast("User", request.user)):
        messages.info(request, _("Somebody has dealt with it already."))
    return redirect(way_back(request, flag.film.get_absolute_url()))
