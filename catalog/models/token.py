"""Tokens with which programs call the API in a person's name."""

import hashlib
import secrets
from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.user import User

PREFIX = "genresite_"  # so that a token that leaks into a text can be recognised
USE_NOTED_EVERY = timedelta(minutes=1)


def _digest(secret: str) -> str:
    # A plain hash will do: the secret has 256 random bits, there is nothing to guess.
    return hashlib.sha256(secret.encode()).hexdigest()


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self) -> Self:
        """Not expired, and of somebody who may still sign in."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()), user__is_active=True)

    def of_secret(self, secret: str) -> "ApiToken | None":
        """The usable token with this secret. One query."""
        return self.usable().select_related("user").filter(digest=_digest(secret)).first()


class ApiToken(models.Model):
    """A way in for programs. Only a hash of the secret is kept: it is shown once, when the token is made.

    It may do what its owner may at that moment, or less (`read_only`), never more.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=60, help_text=_("What it is for."))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    read_only = models.BooleanField(_("read only"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"],
                name="token_name",
                violation_error_message=_("You have a token of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def issue(
        cls, user: User, name: str, *, days: int | None = None, read_only: bool = False
    ) -> "tuple[ApiToken, str]":
        """A new token and its secret, which cannot be had again. Without `days` it does not expire."""
        secret = PREFIX + secrets.token_urlsafe(32)
        expires = None if days is None else timezone.now() + timedelta(days=days)
        token = cls(user=user, name=name, digest=_digest(secret), read_only=read_only, expires_at=expires)
        token.full_clean()
        token.save()
        return token, secret

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    def note_use(self) -> None:
        """Remember when it was last used, to the minute: a program's every call need not write."""
        now = timezone.now()
        if self.last_used_at is None or self.last_used_at < now - USE_NOTED_EVERY:
            ApiToken.objects.filter(pk=self.pk).update(last_used_at=now)
