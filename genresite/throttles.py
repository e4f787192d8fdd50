"""How many writes a minute one person's programs may make."""

import hashlib
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import UserRateThrottle

if TYPE_CHECKING:
    # rest_framework.views reads the settings that name this module
    from rest_framework.views import APIView


class WriteThrottle(UserRateThrottle):
    """Counts in the cache, one request of a person at a time: DRF's own count loses some under parallel calls."""

    scope = "writes"

    def get_rate(self) -> str:
        return str(settings.API_WRITES)

    def allow_request(self, request: Request, view: "APIView") -> bool:
        if request.method in SAFE_METHODS:
            return True
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_lock_number(str(request.user.pk))])
            return super().allow_request(request, view)


def _lock_number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"writes {name}".encode()).digest()[:8], signed=True)
