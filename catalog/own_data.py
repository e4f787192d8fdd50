"""Everything that a site holds about one person, for that person to take away."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db.models import F

from catalog.models import Decision, User

ACCOUNT = ("username", "email", "role", "date_joined", "last_login", "keys")
DECISION = ("change_set_id", "before", "after", "after_locked", "shown_score", "shown_version")
ELSEWHERE = ("provider", "uid", "date_joined", "last_login")
FILM, TERM = F("film__key"), F("term__slug")


def own_data(user: User) -> dict[str, Any]:
    """Account, tokens, searches, remarks, visits and every decision, as they are stored. A query for each."""
    return {
        "account": {name: getattr(user, name) for name in ACCOUNT},
        "tokens": list(user.api_tokens.values("name", "read_only", "created_at", "expires_at", "last_used_at")),
        "sessions": list(UserSession.objects.filter(user=user).values("ip", "user_agent", "created_at")),
        "second_factor": list(Authenticator.objects.filter(user=user).values("type", "created_at", "last_used_at")),
        "signs_in_with": list(SocialAccount.objects.filter(user=user).values(*ELSEWHERE)),
        "saved_searches": list(user.saved_searches.values("name", "query", "created_at")),
        "remarks": list(user.remarks.values("kind", "text", "at", film_key=FILM, term_slug=TERM)),
        "visits": list(user.visits.values("order", "outcome", "reason", "seconds", "at", film_key=FILM)),
        "decisions": list(
            Decision.objects.filter(change_set__user=user)
            .order_by("pk")
            .values(*DECISION, at=F("change_set__created_at"), film_key=FILM, term_slug=TERM)
        ),
    }
