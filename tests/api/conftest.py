"""Calling the API as a program does: with a token."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from catalog.models import ApiToken, User

Caller = Callable[[User | None], APIClient]


def client_of(user: User | None) -> APIClient:
    """A client that sends a token of this person, and that does not hide a 500 behind an exception."""
    client = APIClient(raise_request_exception=False)
    client.default_format = "json"
    if user is not None:
        _, secret = ApiToken.issue(user, f"test {user.api_tokens.count()}")
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


@pytest.fixture
def anonymous(db: None) -> APIClient:
    return client_of(None)


@pytest.fixture
def as_viewer(viewer: User) -> APIClient:
    return client_of(viewer)


@pytest.fixture
def as_curator(curator: User) -> APIClient:
    return client_of(curator)


@pytest.fixture
def as_admin(admin: User) -> APIClient:
    return client_of(admin)
