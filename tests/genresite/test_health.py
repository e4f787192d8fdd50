"""/healthz and /readyz: quick, honest, and telling strangers no more than part names."""

import time
from collections.abc import Callable

import pytest
from django.test import Client

from genresite import checks, health
from genresite.checks import Check, TookTooLong, within

WELL = Check("any", True, "fine")


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], Check]]:
    parts: dict[str, Callable[[], Check]] = {"database": lambda: WELL, "broker": lambda: WELL}
    monkeypatch.setattr(health, "PARTS", parts)
    return parts


def test_healthz_asks_nothing(client: Client, parts: dict[str, Callable[[], Check]]) -> None:
    parts["database"] = lambda: pytest.fail("asked")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_no_cache_keeps_an_answer(address: str, client: Client, parts: dict[str, Callable[[], Check]]) -> None:
    assert "no-store" in client.get(address)["Cache-Control"]


def test_readyz_names_each_part(client: Client, parts: dict[str, Callable[[], Check]]) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": True, "broker": True})


def test_readyz_tells_what_is_not_well_but_no_details(client: Client, parts: dict[str, Callable[[], Check]]) -> None:
    parts["broker"] = lambda: Check("broker", False, "password for redis.internal refused")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"database": True, "broker": False})


def test_readyz_answers_while_a_part_hangs(client: Client, parts: dict[str, Callable[[], Check]]) -> None:
    def hang() -> Check:
        time.sleep(5)
        return WELL

    parts["database"] = parts["broker"] = hang
    began = time.monotonic()
    assert client.get("/readyz").status_code == 503
    assert time.monotonic() - began < 2


def test_readyz_answers_while_a_part_is_broken(client: Client, parts: dict[str, Callable[[], Check]]) -> None:
    parts["database"] = lambda: 1 / 0  # type: ignore[assignment, return-value]
    assert client.get("/readyz").json() == {"database": False, "broker": True}


def test_the_real_readyz_asks_database_broker_disk_and_champion() -> None:
    assert list(health.PARTS) == ["database", "broker", "disk", "champion"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_only_reading_is_possible(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


@pytest.mark.django_db
def test_the_database_is_asked_over_a_new_connection(settings: pytest.FixtureRequest) -> None:
    assert checks.database() == Check("database", True, "PostgreSQL 18")


def test_a_database_that_is_away_is_not_well(monkeypatch: pytest.MonkeyPatch) -> None:
    away = {"host": "127.0.0.1", "port": 1, "dbname": "x", "user": "x"}
    monkeypatch.setattr("django.db.backends.postgresql.base.DatabaseWrapper.get_connection_params", lambda self: away)
    answer = checks.database()
    assert not answer.well
    assert "Connection refused" in answer.says


def test_a_broker_that_is_away_is_not_well(settings: pytest.FixtureRequest) -> None:
    settings.BROKER_URL = "redis://127.0.0.1:1/0"  # type: ignore[attr-defined]
    answer = checks.broker()
    assert not answer.well
    assert "make run" in answer.next_step


def test_a_disk_with_little_room_is_not_well(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.disk().well
    monkeypatch.setattr(checks, "LOW_DISK", 2**60)
    assert not checks.disk().well


@pytest.mark.django_db
def test_a_task_without_a_champion_is_not_well() -> None:
    answer = checks.champions()
    assert not answer.well
    assert answer.next_step == "Train one: manage.py retrain genres --promote force."


def test_within_gives_the_answer_the_error_or_up() -> None:
    assert within(1, lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        within(1, lambda: 1 / 0)
    with pytest.raises(TookTooLong):
        within(0.05, lambda: time.sleep(1))
