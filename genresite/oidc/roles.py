"""Roles that the provider gives and takes: OIDC_ADMINS and OIDC_CURATORS."""

import logging
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from catalog.accounts import LastAdmin, keep_an_admin
from catalog.models import User

logger = logging.getLogger(__name__)
Role = User.Role
RANKS: list[str] = [Role.VIEWER, Role.CURATOR, Role.ADMIN]


def said_role(role: str, claims: dict[str, Any]) -> str:
    """What the role is after these claims. A role whose setting is empty is neither given nor taken."""
    values = _values(claims)
    given_by: dict[str, str] = {Role.CURATOR: settings.OIDC_CURATORS, Role.ADMIN: settings.OIDC_ADMINS}
    kept = Role.VIEWER if given_by.get(role) else role
    given = [role for role, value in given_by.items() if value and value in values]
    return str(max([*given, kept], key=RANKS.index))


def _values(claims: dict[str, Any]) -> list[str]:
    """Of the claim that tells roles: a list of groups, or one. In any other form it tells none."""
    said = claims.get(settings.OIDC_ROLE_CLAIM)
    values = [said] if isinstance(said, str) else said
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def follow(user: User, claims: dict[str, Any]) -> None:
    """Give and take roles as the provider says now; the last admin stays."""
    before, role = user.role, said_role(user.role, claims)
    if role == before or not user.is_active:
        return
    try:
        with transaction.atomic():
            keep_an_admin(user, role=role, is_active=True)
            user.role = role
            user.save(update_fields=["role"])
    except (LastAdmin, IntegrityError):  # the latter where two admins lose the role at the same moment
        user.role = before
        logger.warning("The provider does not make account %s an admin any more; as the last one it stays.", user.pk)
    else:
        logger.info("The provider makes account %s, a %s until now, a %s.", user.pk, before, role)
