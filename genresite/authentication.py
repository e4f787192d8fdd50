"""Who calls the API: a program with a token, or a person in a browser (DRF's session authentication)."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from catalog.models import ApiToken, User


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer genresite_…`. It stands first, so that who has to sign in is answered 401."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, __, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        token = ApiToken.objects.of_secret(secret.strip().decode("latin-1"))
        if token is None:
            raise AuthenticationFailed(_("This token is unknown, has expired or was revoked."))
        if token.read_only and request.method not in SAFE_METHODS:
            raise PermissionDenied(_("This token may only read."))
        token.note_use()
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="genresite"'


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "genresite.authentication.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "Made at /accounts/tokens/."}
