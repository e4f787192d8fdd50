"""Whatever stands behind the question mark of an address: an answer, and never an error of ours."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.utils.http import urlencode
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from tests.roles import World, address_of, rows

pytestmark = pytest.mark.django_db
ODD = [
    "", "-1", "9" * 30, "1e999", "nan", "\0", "' OR 1=1 --", "<script>", "%", "_", "~", "1~2~3", "ㄱ", "𝕏", "a" * 5000,
    "genre/horror:yes", "../..", "0001-01-01T00:00:00Z",
]  # fmt: skip


def parameters() -> list[str]:
    """Every name that any view of ours looks for in an address."""
    asked = re.compile(r'(?:GET|query_params|query)\.get(?:list)?\(\s*"([\w.-]+)"')
    code = (file for app in ("catalog", "inference", "training") for file in Path(app).rglob("*.py"))
    return sorted({name for file in code for name in asked.findall(file.read_text())} | {"w.horror", "page_size"})


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield World(tmp_path_factory.mktemp("hostile"))
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _its_models(_folders_of_their_own: None, world: World, settings: Settings) -> None:
    settings.MODELS_DIR, settings.DATA_DIR = world.models, world.data


def addresses(world: World) -> list[str]:
    read = [row for row in rows() if row.method == "GET" and row.whose != "unpublished" and "*" not in row.url]
    return sorted({address_of(world, row) for row in read} - {"/readyz"})  # 503 is its way of saying no


def test_names_are_found() -> None:
    assert {"q", "genre", "task", "after", "order", "like", "period"} <= set(parameters())


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd[:12]))
def test_all_of_them_odd(world: World, odd: str) -> None:
    client: Client = world.clients["admin"]
    query = urlencode([(name, odd) for name in parameters()])
    for address in addresses(world):
        with transaction.atomic():
            answer = client.get(f"{address}?{query}")
            transaction.set_rollback(True)
        assert answer.status_code < 500, address


@pytest.mark.parametrize("name", parameters())
def test_one_of_them_odd(world: World, name: str) -> None:
    """On the pages themselves: one that is refused must not hide what comes after it."""
    client: Client = world.clients["admin"]
    pages = [address for address in addresses(world) if not address.startswith("/api/")]
    for address in pages:
        with transaction.atomic():
            answer = client.get(address, {name: "nonsense"})
            transaction.set_rollback(True)
        assert answer.status_code < 500, address
