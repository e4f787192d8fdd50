"""`manage.py up`: the whole site from one command, and nothing left of it afterwards."""

import http.client
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.genresite.running import ROOT, command_line, family, free_port, manage, read_until, started, wait_for

pytestmark = pytest.mark.worker


@dataclass
class Site:
    data: Path
    port: int
    process: subprocess.Popen[str]
    said: str

    def part(self, words: str) -> psutil.Process:
        """The process that `up` started with these words on its command line."""
        return next(iter(self.parts(words)))

    def parts(self, words: str) -> list[psutil.Process]:
        return [child for child in psutil.Process(self.process.pid).children() if words in command_line(child)]

    def status(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()


def up(data: Path, port: int) -> tuple[list[str], dict[str, object]]:
    return [str(ROOT / "manage.py"), "up", "--no-sample"], {"GENRESITE_DATA": data, "PORT": port}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with its tables: the long part of a first start."""
    data = tmp_path_factory.mktemp("made") / "var"
    done = manage("prepare", GENRESITE_DATA=data)
    assert done.returncode == 0, done.stderr
    return data


@contextmanager
def copied(made: Path, folder: Path) -> Iterator[Path]:
    data = folder / "var"
    subprocess.run(["cp", "-a", str(made), str(data)], check=True)
    yield data
    wait_for(lambda: not family(data))  # whatever a test does, nothing stays behind


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Iterator[Path]:
    with copied(made, tmp_path) as data:
        yield data


@contextmanager
def running(data: Path) -> Iterator[Site]:
    port = free_port()
    command, variables = up(data, port)
    with started(*command, cwd=data.parent, **variables) as process:  # from anywhere
        said = read_until(process, "is running at")
        yield Site(data, port, process, said + (process.stdout.readline() if process.stdout else ""))


@pytest.fixture(scope="module")
def site(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One for the tests after which it runs as before."""
    with copied(made, tmp_path_factory.mktemp("site")) as data, running(data) as site:
        yield site


@pytest.fixture
def doomed(data: Path) -> Iterator[Site]:
    """One of its own for a test that ends it."""
    with running(data) as site:
        yield site


def test_it_answers_and_signs_the_first_admin_in(site: Site) -> None:
    assert site.status("/healthz") == 200
    assert site.status("/") == 200
    assert f"is running at http://127.0.0.1:{site.port}" in site.said
    link = re.search(rf"Sign in as admin, once: http://127.0.0.1:{site.port}(/sign-in/\S+)", site.said)
    assert link, site.said
    assert site.status(link.group(1)) == 200


def test_a_worker_takes_jobs_and_the_doctor_sees_it(site: Site) -> None:
    for name in ("worker", "lane"):
        wait_for(lambda name=name: "ready" in (site.data / "log" / f"{name}.log").read_text(), 60)  # type: ignore[misc]
    done = manage("doctor", GENRESITE_DATA=site.data)
    assert re.search(r"^broker +ok ", done.stdout, re.MULTILINE), done.stdout
    assert re.search(r"^workers +ok +2 for the queues cpu, gpu, interactive$", done.stdout, re.MULTILINE), done.stdout


@pytest.mark.parametrize("words", ["cpu,gpu", "interactive", "gunicorn", "valkey-server"])
def test_a_killed_part_is_started_again(site: Site, words: str) -> None:
    before = site.part(words)
    before.kill()
    wait_for(lambda: any(part != before for part in site.parts(words)))
    wait_for(lambda: site.status("/healthz") == 200)


def test_a_second_site_on_the_same_data_is_refused(site: Site) -> None:
    done = manage("up", GENRESITE_DATA=site.data, PORT=free_port())
    assert done.returncode == 2
    expected = f"A site already runs on {site.data} (http://127.0.0.1:{site.port}, process {site.process.pid})."
    assert done.stderr.strip() == f"CommandError: {expected}"
    assert site.status("/healthz") == 200


def test_commands_work_beside_it(site: Site) -> None:
    done = manage("showmigrations", "catalog", GENRESITE_DATA=site.data)
    assert "[X] 0001_initial" in done.stdout
    assert site.status("/") == 200


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_with_everything_that_it_started(doomed: Site, number: signal.Signals) -> None:
    began = time.monotonic()
    doomed.process.send_signal(number)
    assert doomed.process.wait(20) == 0
    assert time.monotonic() - began < 15
    assert family(doomed.data) == []


def test_it_stops_even_if_a_part_hangs(doomed: Site) -> None:
    doomed.part("cpu,gpu").suspend()
    doomed.part("interactive").suspend()
    doomed.part("gunicorn").suspend()
    doomed.process.send_signal(signal.SIGINT)
    assert doomed.process.wait(25) == 0
    assert family(doomed.data) == []


def test_nothing_outlives_it_when_it_is_killed(doomed: Site) -> None:
    assert len(family(doomed.data)) > 6
    doomed.process.kill()
    wait_for(lambda: not family(doomed.data))


def test_a_port_in_use_is_named(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = manage("up", GENRESITE_DATA=data, PORT=port)
    assert done.returncode == 2
    assert (
        done.stderr.strip()
        == f"CommandError: Port {port} is already in use: choose another one, as in PORT={port + 1}."
    )


def test_a_full_disk_is_named(data: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    small = data.parent / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=120m", "tmpfs", str(small)], capture_output=True).returncode:
        pytest.skip("this root may not mount")
    try:
        done = manage("up", GENRESITE_DATA=small, PORT=free_port())
        assert done.returncode == 2
        assert f"The disk of {small} is full" in done.stderr
        assert done.stderr.count("\n") == 1
    finally:
        wait_for(lambda: not family(small))
        subprocess.run(["umount", "--lazy", str(small)], check=True)
