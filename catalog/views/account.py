"""One's own account: what the site knows of one, and the way out."""

from typing import cast

from django import forms
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from catalog.access import confirmed, members, signs_in_elsewhere
from catalog.accounts import LastAdmin, forget
from catalog.models import User
from catalog.own_data import own_data


class EraseForm(forms.Form):
    """Nobody does this by accident: the name has to be typed."""

    name = forms.CharField(label=gettext_lazy("Your user name, once more"), max_length=150)

    def __init__(self, user: User, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.user = user

    def clean_name(self) -> str:
        if self.cleaned_data["name"] != self.user.username:
            raise ValidationError(_("This is not your user name."))
        return str(self.cleaned_data["name"])


@require_safe
@members
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    return _page(request, EraseForm(cast("User", request.user)))


@require_safe
@members
@never_cache
def data(request: HttpRequest) -> HttpResponse:
    """A JSON file."""
    user = cast("User", request.user)
    headers = {"Content-Disposition": f'attachment; filename="genresite-{user.pk}.json"'}
    return JsonResponse(own_data(user), json_dumps_params={"indent": 1, "ensure_ascii": False}, headers=headers)


@require_http_methods(["POST"])
@members
@confirmed
@never_cache
def erase(request: HttpRequest) -> HttpResponse:
    """Take the person out of the account and close it. 422 without the name, 409 for the last admin."""
    form = EraseForm(cast("User", request.user), request.POST)
    status = 422
    if form.is_valid():
        try:
            forget(form.user)
        except LastAdmin as error:
            form.add_error(None, str(error))
            status = 409
        else:
            logout(request)
            return redirect("films")
    return _page(request, form, status)


def _page(request: HttpRequest, form: EraseForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "signs_in_elsewhere": signs_in_elsewhere(request.user)}
    return render(request, "accounts/account.html", context, status=status)
