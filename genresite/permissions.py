"""Who may call what over the API; pages ask the same questions of `User` (catalog/access.py)."""

from typing import TYPE_CHECKING

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.conf import settings
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from catalog.access import lacks_second_factor
from catalog.models import User

if TYPE_CHECKING:
    # rest_framework.views reads the settings that name this module
    from rest_framework.views import APIView


class ReadIfPublic(BasePermission):
    """Anybody reads a public site, members read a private one; nobody writes."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return request.method in SAFE_METHODS and (settings.PUBLIC or request.user.is_authenticated)


class Curators(BasePermission):
    """Those who decide: curators and admins."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return bool(getattr(request.user, "may_decide", False))


class Admins(BasePermission):
    def has_permission(self, request: Request, view: "APIView") -> bool:
        return bool(getattr(request.user, "may_administer", False))


class Confirmed(BasePermission):
    """A token, or a session whose password or code was given once more just now (catalog.access.confirmed)."""

    message = gettext_lazy("Give your password or code once more on the site, or use a token.")

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if request.auth is not None:
            return True
        return did_recently_reauthenticate(request._request) and not lacks_second_factor(request.user)


def caller(request: Request) -> User:
    """Who calls a view that only members reach."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user
