"""Services are started again when they die, later each time, and stopped with all that they started."""

import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from genresite.processes import Service, Supervisor
from tests.genresite.running import read_until, started, wait_for

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
]
WITH_CHILD = [sys.executable, "-c", "import subprocess; subprocess.run(['sleep', '61'])"]
PARENT = """
import sys, time
from pathlib import Path
from genresite.processes import Service
service = Service("child", ["sleep", "60"], Path(sys.argv[1]))
service.start()
print("pid", service.process.pid)
time.sleep(60)
"""


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(said: list[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor(said.append)
    yield supervisor
    supervisor.stop()


def service(tmp_path: Path, command: list[str]) -> Service:
    return Service("sleeper", command, tmp_path / "sleeper.log")


def is_up(one: Service) -> bool:
    return one.log.exists() and "up" in one.log.read_text()


def test_a_dead_process_is_started_again_and_named(tmp_path: Path, supervisor: Supervisor, said: list[str]) -> None:
    sleeper = supervisor.add(service(tmp_path, SLEEP))
    assert sleeper.process is not None
    first = sleeper.process.pid
    sleeper.process.kill()
    sleeper.process.wait()
    supervisor.look()
    supervisor.look()
    assert sleeper.process.pid != first
    assert sleeper.ended is None
    assert "sleeper process ended (SIGKILL)" in said[0]


def test_one_that_dies_at_once_is_waited_for_longer_each_time(tmp_path: Path) -> None:
    sleeper = service(tmp_path, SLEEP)
    pauses = []
    for _ in range(8):
        sleeper.started_at = time.monotonic()
        sleeper.note_death()
        pauses.append(sleeper.pause)
    assert pauses == [0, 1, 2, 4, 8, 16, 30, 30]
    sleeper.started_at = time.monotonic() - 60
    sleeper.note_death()
    assert sleeper.pause == 0


def test_what_a_dead_process_started_ends_too(tmp_path: Path, supervisor: Supervisor) -> None:
    parent = supervisor.add(service(tmp_path, WITH_CHILD))
    assert parent.process is not None
    known = psutil.Process(parent.process.pid)
    wait_for(known.children)
    child = known.children()[0]
    parent.process.kill()
    parent.process.wait()
    supervisor.look()
    wait_for(lambda: not child.is_running())


def test_one_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    stubborn = service(tmp_path, STUBBORN)
    stubborn.start()
    wait_for(lambda: is_up(stubborn))
    began = time.monotonic()
    stubborn.stop(seconds=0.3)
    assert stubborn.ended == -signal.SIGKILL
    assert time.monotonic() - began < 3


def test_a_stopped_process_is_killed_as_well(tmp_path: Path) -> None:
    stopped = service(tmp_path, STUBBORN)
    stopped.start()
    wait_for(lambda: is_up(stopped))
    stopped.signal(signal.SIGSTOP)
    stopped.stop(seconds=0.3)
    assert stopped.ended == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_children_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    with started("-c", PARENT, str(tmp_path / "log")) as parent:
        child = psutil.Process(int(read_until(parent, "pid").split()[-1]))
        parent.kill()
        wait_for(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_a_log_that_has_grown_too_long_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genresite.logs.LIMIT", 10)
    sleeper = service(tmp_path, SLEEP)
    sleeper.log.write_text("much to say before")
    sleeper.start()
    wait_for(lambda: is_up(sleeper))
    sleeper.stop()
    assert (tmp_path / "sleeper.log.1").read_text() == "much to say before"
    assert sleeper.log.read_text() == "up\n"
