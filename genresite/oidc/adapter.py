"""Who comes in as whom: known by (issuer, sub) alone, and never into an account that is there already."""

import logging
from itertools import chain, count
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthError
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.shortcuts import render

from catalog.models import User
from genresite.oidc.provider import NoSense, Organisation, Session
from genresite.oidc.roles import follow, said_role

logger = logging.getLogger(__name__)


class OrganisationAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The one of the settings; rows in the database say nothing."""
        if not settings.OIDC_ISSUER or provider not in (None, Organisation.id, settings.OIDC_ISSUER):
            return []
        app = SocialApp(
            provider=Organisation.id,
            provider_id=settings.OIDC_ISSUER,  # with another issuer, the same sub is another person
            name=settings.OIDC_NAME,
            client_id=settings.OIDC_CLIENT_ID,
            secret=settings.OIDC_CLIENT_SECRET,
            settings={"server_url": settings.OIDC_ISSUER, "oauth_pkce_enabled": True},
        )
        return [app] if client_id in (None, app.client_id) else []

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Organisation:
        return Organisation(request, app=self.get_app(request, provider, client_id))

    def get_requests_session(self) -> Session:
        return Session()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """The provider decides who belongs here, whether or not visitors may open accounts."""
        return True

    def authenticate_by_email(self, sociallogin: SocialLogin) -> None:
        return None

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        user: User = sociallogin.user
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.is_existing:
            follow(sociallogin.user, sociallogin.claims)

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        user: User = sociallogin.user
        user.username = free_name(sociallogin.claims)
        user.role = said_role(user.role, sociallogin.claims)
        try:
            with transaction.atomic():
                return super().save_user(request, sociallogin)  # type: ignore[no-any-return]
        except IntegrityError:  # made by another request at the same moment: the next try finds it
            raise PermissionDenied from None

    def on_authentication_error(
        self, request: HttpRequest, provider: Organisation, error: str | None = None, exception: Any = None, **_: Any
    ) -> None:
        if error == AuthError.CANCELLED:
            return
        reason = str(exception or request.GET.get("error") or "no such state in this session")
        logger.warning("Nobody was signed in by %s: %.200r", settings.OIDC_ISSUER, reason)
        theirs = isinstance(exception, NoSense)
        page = render(
            request, "socialaccount/authentication_error.html", {"theirs": theirs}, status=502 if theirs else 401
        )
        raise ImmediateHttpResponse(page)


def free_name(claims: dict[str, Any]) -> str:
    """A user name like the one that the person has elsewhere, with a number where it is taken here."""
    wishes = (str(claims.get(name) or "") for name in ("preferred_username", "email", "name"))
    base = next((name for wish in wishes if _is_good(name := _as_name(wish))), "user")
    numbered = (f"{base}{number}" for number in count(2))
    return next(name for name in chain([base], numbered) if not User.objects.filter(username__iexact=name).exists())


def _as_name(wish: str) -> str:
    """Without the domain of an address, which is nobody's business here; with room for a number."""
    return User.normalize_username(wish.split("@")[0].strip().replace(" ", "."))[:140]


def _is_good(name: str) -> bool:
    try:
        User._meta.get_field("username").clean(name, None)
    except ValidationError:
        return False
    return True
