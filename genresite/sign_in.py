"""A link that signs somebody in once: for the first admin, and for whoever has lost the password."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import get_user_model, login
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from catalog.access import signs_in_elsewhere
from catalog.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignInLinks(PasswordResetTokenGenerator):
    """Tokens that signing in uses up, since it changes `last_login`; they expire with PASSWORD_RESET_TIMEOUT."""

    key_salt = "genresite.sign_in"

    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        # Django leaves out the microseconds; with them, two sign-ins within a second differ too.
        return f"{user.pk}{user.password}{user.last_login and user.last_login.isoformat()}{timestamp}"


links = SignInLinks()


def link_path(user: User) -> str:
    uid = urlsafe_base64_encode(str(user.pk).encode())
    return reverse("sign-in-link", args=[uid, links.make_token(user)])


def first_admin() -> User:
    """The first account that can administer the site, made without a password where there is none."""
    return User.objects.admins().order_by("pk").first() or User.objects.create_superuser("admin")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Opening the link only shows a button: programs that look at links before people do must not use it up."""
    user = _user(uid, token)
    if user is None:
        return render(request, "accounts/sign_in_link.html", {"person": None}, status=410)
    if request.method != "POST":
        return render(request, "accounts/sign_in_link.html", {"person": user})
    with transaction.atomic():  # of two clicks at once, one signs in
        user = User.objects.select_for_update().get(pk=user.pk)
        if not links.check_token(user, token):
            return render(request, "accounts/sign_in_link.html", {"person": None}, status=410)
        login(request, user, backend=BACKEND)
        UserSession.objects.create_from_request(request)
    if not user.has_usable_password() and not signs_in_elsewhere(user):
        messages.info(request, _("Set a password to be able to sign in again without a link."))
        return redirect("account_set_password")
    return redirect("films")


def _user(uid: str, token: str) -> User | None:
    try:
        user = get_user_model().objects.get(pk=int(urlsafe_base64_decode(uid)), is_active=True)
    except (ValueError, OverflowError, User.DoesNotExist):
        return None
    return user if links.check_token(user, token) else None
