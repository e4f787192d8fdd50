"""Vera looks, Carla decides, Ada administers; each with a browser of their own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import User
from tests.signing_in import confirm

HTMX = {"HX-Request": "true"}


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    confirm(client)
    return client


@pytest.fixture
def vera(viewer: User) -> Client:
    return client_of(viewer)


@pytest.fixture
def carla(curator: User) -> Client:
    return client_of(curator)


@pytest.fixture
def chul(other_curator: User) -> Client:
    return client_of(other_curator)


@pytest.fixture
def ada(admin: User) -> Client:
    return client_of(admin)


@contextmanager
def counted() -> Iterator[Callable[[], int]]:
    with CaptureQueriesContext(connection) as queries:
        yield lambda: len(queries)
