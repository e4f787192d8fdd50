"""A person's own API tokens: see them, make one, revoke one."""

from typing import cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from catalog.access import confirmed
from catalog.models import ApiToken, User


class TokenForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60, help_text=gettext_lazy("What it is for."))
    days = forms.IntegerField(label=gettext_lazy("Valid for days"), min_value=1, max_value=3650, initial=90)
    read_only = forms.BooleanField(label=gettext_lazy("It may only read"), required=False)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The list with a form."""
    return _issue(request) if request.method == "POST" else _page(request, TokenForm())  # type: ignore[return-value]


@confirmed
def _issue(request: HttpRequest) -> HttpResponse:
    """The secret is on this answer and nowhere else. A token confirms by itself, so a session alone makes none."""
    user, secret, form = cast("User", request.user), "", TokenForm(request.POST)
    if form.is_valid():
        try:
            secret = ApiToken.issue(user, **form.cleaned_data)[1]
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            form = TokenForm()
    return _page(request, form, secret)


def _page(request: HttpRequest, form: TokenForm, secret: str = "") -> HttpResponse:
    status = 422 if form.errors else 201 if secret else 200
    context = {"form": form, "secret": secret, "tokens": cast("User", request.user).api_tokens.all()}
    return render(request, "accounts/tokens.html", context, status=status)


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """At once: the next call with it is answered 401. Other people's tokens are not found."""
    get_object_or_404(ApiToken, pk=pk, user=request.user).delete()
    messages.success(request, _("The token was revoked."))
    return redirect("tokens")
