"""Accounts and their three roles."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """Somebody who signs in. Viewers look, curators decide, admins import, train and promote."""

    class Role(models.TextChoices):
        VIEWER = "viewer", _("viewer")
        CURATOR = "curator", _("curator")
        ADMIN = "admin", _("admin")

    role = models.CharField(_("role"), max_length=8, choices=Role.choices, default=Role.VIEWER)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=["viewer", "curator", "admin"]), name="user_role"),
        ]

    @property
    def may_decide(self) -> bool:
        return self.is_active and self.role in (self.Role.CURATOR, self.Role.ADMIN)

    @property
    def may_administer(self) -> bool:
        return self.is_active and self.role == self.Role.ADMIN
