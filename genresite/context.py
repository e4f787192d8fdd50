"""What every page's template knows about the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from catalog.models import Review

MOST_COUNTED = 999


def site(request: HttpRequest) -> dict[str, Any]:
    theme = request.COOKIES.get("theme")
    return {
        "signup_open": settings.SIGNUP_OPEN,
        "oidc_name": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
        "theme": theme if theme in ("light", "dark") else "",
        "films_waiting": SimpleLazyObject(_films_waiting),
    }


def _films_waiting() -> str:
    """Films that wait for a person, counted only as far as the menu can show. Asked by curators' pages alone."""
    waiting = Review.objects.filter(waiting__gt=0)[: MOST_COUNTED + 1].count()
    return f"{MOST_COUNTED}+" if waiting > MOST_COUNTED else str(waiting)
