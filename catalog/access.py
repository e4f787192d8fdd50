"""Who may open which page: decorators that say so in one line above the view."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

View = Callable[..., HttpResponseBase]


def _guard(allowed: Callable[[Any], bool]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if allowed(request.user):
                return view(request, *args, **kwargs)
            if request.user.is_authenticated:
                raise PermissionDenied
            return sign_in_first(request)

        return guarded

    return decorate


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back; a fragment request takes the whole page there."""
    back = request.get_full_path() if request.method == "GET" else request.META.get("HTTP_REFERER", "/")
    answer = redirect_to_login(back, settings.LOGIN_URL)
    return HttpResponseClientRedirect(answer.url) if getattr(request, "htmx", False) else answer


anybody = _guard(lambda user: settings.PUBLIC or user.is_authenticated)
members = _guard(lambda user: user.is_authenticated)
curators = _guard(lambda user: getattr(user, "may_decide", False))
admins = _guard(lambda user: getattr(user, "may_administer", False))


def lacks_second_factor(user: Any) -> bool:
    """Whether an admin has to set one up first (SECOND_FACTOR)."""
    return settings.SECOND_FACTOR and user.may_administer and not is_mfa_enabled(user, types=["totp"])


def signs_in_elsewhere(user: Any) -> bool:
    """Whether the organisation's provider lets this person in (OIDC_ISSUER), and nobody else should."""
    issuer = settings.OIDC_ISSUER
    return bool(issuer) and SocialAccount.objects.filter(user_id=user.pk, provider=issuer).exists()


def confirmed(view: View) -> View:
    """For what changes the site for everybody, or would outlive a stolen session: the password, or a code, once more.

    Not again within five minutes. A form that was sent goes on by itself afterwards. Who has no password (yet, or
    because they sign in elsewhere) is not asked for one.
    """
    asking = reauthentication_required(view)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if lacks_second_factor(request.user):
            messages.info(request, _("This site asks admins for a second factor: set it up first."))
            return redirect("mfa_activate_totp")
        return cast("HttpResponseBase", asking(request, *args, **kwargs))

    return guarded


def takes_files(largest: int) -> Callable[[View], View]:
    """Say that a view takes files, and how many bytes at most come with one request (genresite/middleware.py)."""

    def mark(view: View) -> View:
        view.largest_body = largest  # type: ignore[attr-defined]
        return view

    return mark
