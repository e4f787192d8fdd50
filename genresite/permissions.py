"""Who may call what over the API; pages ask the same questions of `User` (catalog/access.py)."""

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView


class ReadIfPublic(BasePermission):
    """Anybody reads a public site, members read a private one; nobody writes."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method in SAFE_METHODS and (settings.PUBLIC or request.user.is_authenticated)
