"""Who may do what: every address × method × role against tests/matrix.csv. An address that is not there fails."""

from collections.abc import Iterator
from fnmatch import fnmatch

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from tests.roles import METHODS, REFUSALS, ROLES, Row, World, addresses, rows, try_out

pytestmark = pytest.mark.django_db
ROWS = rows()
# What a private site shows to strangers as well: ways in, looks, signs of life, how to call the API, and feeds to those
# who know their addresses.
OPEN = (
    "account_", "oidc_", "socialaccount_", "mfa_authenticate", "sign-in-link", "theme", "set_language", "healthz",
    "readyz", "api-schema", "search-feed",
)  # fmt: skip


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Made once: every answer is taken back before the next is asked for."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World(tmp_path_factory.mktemp("roles"))
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _its_models(_folders_of_their_own: None, world: World, settings: Settings) -> None:
    settings.MODELS_DIR, settings.DATA_DIR = world.models, world.data


def _matches(url: str, method: str) -> list[Row]:
    return [row for row in ROWS if fnmatch(url, row.url) and row.method == method]


def test_every_address_is_in_the_matrix() -> None:
    assert [url for url in addresses() if not any(fnmatch(url, row.url) for row in ROWS)] == []


def test_the_matrix_has_no_address_that_is_gone() -> None:
    assert {row.url for row in ROWS if not any(fnmatch(url, row.url) for url in addresses())} == set()


@pytest.mark.parametrize("row", [row for row in ROWS if "*" not in row.url], ids=lambda row: row.id)
def test_each_role_gets_its_answer(row: Row, world: World) -> None:
    for role in ROLES:
        answer = try_out(world, role, row)
        assert answer.cell in row.expected[role].split("/"), (role, answer)
        if row.method == "GET" or answer.status >= 400 or answer.cell == "L":
            assert not answer.wrote, (role, answer)


@pytest.mark.parametrize(
    "row", [row for row in ROWS if "*" not in row.url and not row.url.startswith(OPEN)], ids=lambda row: row.id
)
def test_a_private_site_is_for_members(row: Row, world: World, settings: Settings) -> None:
    settings.PUBLIC = False
    for role in ("anonymous", "disabled"):
        answer = try_out(world, role, row)
        assert answer.cell == ("L" if row.is_page else "401"), (role, answer)
        assert not answer.wrote, (role, answer)
    for role in ("viewer", "curator", "admin"):
        assert try_out(world, role, row).cell in row.expected[role].split("/"), role


@pytest.mark.parametrize("url", [url for url in addresses() if not url.startswith("admin:")])
def test_other_methods_are_refused_to_everybody(url: str, world: World) -> None:
    others = [method for method in METHODS if not _matches(url, method)]
    for method in others:
        for role in ROLES:
            answer = try_out(world, role, Row(url, method, "", "", {}))
            assert answer.status in REFUSALS, (method, role, answer)
            assert not answer.wrote, (method, role, answer)


@pytest.mark.parametrize("url", [url for url in addresses() if url.startswith("admin:")])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_admin_exists_for_admins_only(url: str, method: str, world: World) -> None:
    [row] = _matches(url, method)
    for role in ROLES:
        answer = try_out(world, role, Row(url, method, "", "", {}))
        assert (answer.status == 404) or row.expected[role] == "-", (role, answer)
        assert answer.status < 500, (role, answer)


@pytest.mark.parametrize(
    "path", ["", "nothing/", "catalog/film/1/", "login/?next=/admin/", "catalog/user/add/", "r/1/1/"]
)
def test_every_path_of_the_admin_looks_the_same_from_outside(path: str, world: World) -> None:
    for role in set(ROLES) - {"admin"}:
        assert world.clients[role].get(f"/admin/{path}").status_code == 404
        assert world.clients[role].post(f"/admin/{path}", {"username": "admin", "password": "x"}).status_code == 404
