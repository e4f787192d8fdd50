"""Accounts and their three roles."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

FORGOTTEN = "deleted-user-"  # begins the name of an account whose person was forgotten


class UserManager(BaseUserManager["User"]):
    def admins(self) -> "models.QuerySet[User]":
        """Those who can administer the site now."""
        return self.filter(role=User.Role.ADMIN, is_active=True)

    def create_user(self, username: str, email: str = "", password: str | None = None, **fields: Any) -> "User":
        """A new account; without a password nobody can sign in to it with one."""
        user = User(username=User.normalize_username(username), email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, email: str = "", password: str | None = None, **fields: Any) -> "User":
        """An admin. The name is Django's; there is no rank above admin here."""
        return self.create_user(username, email, password, **{**fields, "role": User.Role.ADMIN})


class User(AbstractBaseUser):
    """Somebody who signs in. Viewers look, curators decide, admins import, train and promote.

    The role is all there is: no groups, no flags beside it that could say something else.
    """

    class Role(models.TextChoices):
        VIEWER = "viewer", _("viewer")
        CURATOR = "curator", _("curator")
        ADMIN = "admin", _("admin")

    username = models.CharField(
        _("user name"),
        max_length=150,
        unique=True,
        validators=[
            UnicodeUsernameValidator(),
            RegexValidator(f"^{FORGOTTEN}", _("This name is reserved."), inverse_match=True),
        ],
        error_messages={"unique": _("A user with that name already exists.")},
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    role = models.CharField(_("role"), max_length=8, choices=Role.choices, default=Role.VIEWER)
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Without it the account is disabled: what it did stays.")
    )
    # {"a": "accept-all"}: keys of the review desk that this person has changed.
    keys = models.JSONField(default=dict, blank=True, editable=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=["viewer", "curator", "admin"]), name="user_role"),
        ]

    @property
    def may_decide(self) -> bool:
        return self.is_active and self.role in (self.Role.CURATOR, self.Role.ADMIN)

    @property
    def may_administer(self) -> bool:
        return self.is_active and self.role == self.Role.ADMIN

    # What Django's own admin asks.

    @property
    def is_staff(self) -> bool:
        return self.may_administer

    @property
    def is_superuser(self) -> bool:
        return self.may_administer

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.may_administer

    def has_perms(self, perms: list[str], obj: object = None) -> bool:
        return self.may_administer

    def has_module_perms(self, app_label: str) -> bool:
        return self.may_administer
