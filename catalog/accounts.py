"""Accounts: the last admin stays, and a person can be forgotten."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from catalog.models import User
from catalog.models.user import FORGOTTEN

WHOSE_SESSION = ("_auth_user_id", "account_authentication_methods_user")


class LastAdmin(Exception):
    """Nobody could administer the site any more. The database refuses it too (migration 0002)."""


def keep_an_admin(user: User, *, role: str, is_active: bool) -> None:
    """Raises LastAdmin if the user is the last admin and would not be one with this role and access."""
    stays = role == User.Role.ADMIN and is_active
    if not stays and user.pk and set(User.objects.admins().values_list("pk", flat=True)) == {user.pk}:
        raise LastAdmin(_("This is the last admin: make somebody else an admin first."))


def forget(user: User) -> str:
    """Take the person out of the account and close it; what they decided stays, under the name that is returned.

    Labels and the log refer to the account by number, so its history is not touched. Sessions, tokens, the second
    factor, kept searches, e-mail addresses and what ties them to an account elsewhere go.

    Raises:
        LastAdmin: nobody else can administer the site.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        keep_an_admin(user, role=User.Role.VIEWER, is_active=False)
        user.username, user.email = f"{FORGOTTEN}{user.pk}", ""
        user.role, user.is_active, user.last_login = User.Role.VIEWER, False, None
        user.keys = {}
        user.set_unusable_password()
        user.save()
        for own in (user.api_tokens, user.saved_searches, user.claims):
            own.all().delete()
        end_sessions(user)
        _forget_in_admin_log(user)
        for theirs in (EmailAddress, Authenticator, SocialAccount):
            theirs.objects.filter(user=user).delete()
    return user.username


def end_sessions(user: User) -> None:
    """Signed out everywhere, also where a session began before they were listed or waits for a second factor."""
    ended = [s.pk for s in Session.objects.iterator() if str(user.pk) in map(s.get_decoded().get, WHOSE_SESSION)]
    Session.objects.filter(pk__in=ended).delete()
    UserSession.objects.filter(user=user).delete()


def _forget_in_admin_log(user: User) -> None:
    """Entries about the account carry its name as it was."""
    about = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))
    about.update(object_repr=user.username, change_message="")
