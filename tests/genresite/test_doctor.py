"""`manage.py doctor`: one line for each part, an end in any case, and an exit code."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from genresite import embedded
from genresite.checks import Check
from genresite.management.commands import doctor
from tests.genresite.running import manage


def answers(monkeypatch: pytest.MonkeyPatch, *parts: Check) -> None:
    monkeypatch.setattr(doctor, "database", lambda: Check("database", True, "here"))
    monkeypatch.setattr(doctor, "PARTS", [(part.part, lambda part=part: part, True) for part in parts])


def test_all_well_is_exit_code_0(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    answers(monkeypatch, Check("disk", True, "9 GB free"))
    call_command("doctor")
    assert capsys.readouterr().out.splitlines() == [
        "database             ok      here",
        "disk                 ok      9 GB free",
    ]


def test_what_is_wrong_comes_with_the_next_step_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    answers(monkeypatch, Check("disk", False, "full", "Free some space."))
    with pytest.raises(SystemExit) as end:
        call_command("doctor", json=tmp_path / "doctor.json")
    assert end.value.code == 1
    assert "disk                 NOT OK  full  ->  Free some space." in capsys.readouterr().out
    written = json.loads((tmp_path / "doctor.json").read_text())
    assert written["well"] is False
    assert written["parts"][1] == {"part": "disk", "well": False, "says": "full", "next_step": "Free some space."}


def test_a_part_that_breaks_does_not_end_the_doctor(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch)
    monkeypatch.setattr(doctor, "PARTS", [("disk", lambda: 1 / 0, True)])
    assert list(doctor.examine())[1] == Check("disk", False, "division by zero")


def test_a_part_that_hangs_does_not_stop_the_doctor(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch)
    monkeypatch.setattr(doctor, "PATIENCE", 0.1)
    monkeypatch.setattr(doctor, "PARTS", [("disk", lambda: time.sleep(5), True)])
    assert list(doctor.examine())[1].says == "no answer within 0 seconds"


def test_without_the_database_the_rest_is_not_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, Check("films", True, "120 films"))
    monkeypatch.setattr(doctor, "database", lambda: Check("database", False, "away"))
    assert list(doctor.examine())[1] == Check("films", False, "not known without the database")


def test_why_the_embedded_database_could_not_start_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "failure", "/x was made by PostgreSQL 16")
    assert doctor.database() == Check("database", False, "/x was made by PostgreSQL 16")


@pytest.fixture
def deaf_broker() -> Iterator[str]:
    """Accepts every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        kept: list[socket.socket] = []
        threading.Thread(target=lambda: _accept(server, kept), daemon=True).start()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        for connection in kept:
            connection.close()


def _accept(server: socket.socket, kept: list[socket.socket]) -> None:
    while True:
        try:
            kept.append(server.accept()[0])
        except OSError:
            return


@pytest.mark.django_db
def test_every_part_has_its_line_even_with_a_broker_that_hangs(
    deaf_broker: str, settings: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    from genresite.celery import app

    settings.BROKER_URL = deaf_broker  # type: ignore[attr-defined]
    monkeypatch.setitem(app.conf, "broker_url", deaf_broker)
    began = time.monotonic()
    lines = {answer.part: answer for answer in doctor.examine()}
    assert time.monotonic() - began < 60
    assert list(lines) == [
        "database", "pgvector", "migrations", "broker", "workers", "jobs", "text encoder", "image encoder",
        "champion for genres", "champion for tags", "champion for scenes", "films", "disk",
    ]  # fmt: skip
    assert lines["database"].well
    assert lines["pgvector"].well
    assert lines["migrations"].well
    assert not lines["broker"].well
    assert not lines["workers"].well
    assert lines["champion for tags"].next_step


def test_it_goes_on_where_the_database_cannot_start(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("16\n")
    done = manage("doctor", GENRESITE_DATA=tmp_path)
    assert done.returncode == 1
    assert "database             NOT OK" in done.stdout
    assert "was made by PostgreSQL 16" in done.stdout
    assert "disk                 ok" in done.stdout
