"""The embedded PostgreSQL: shared, stopped with its last user, and clear about what is wrong."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from genresite import embedded
from tests.genresite.running import ROOT, command_line, environment, family, manage, read_until, started, wait_for

HOLD = """
import sys, time
from pathlib import Path
from genresite import embedded
print("ready", embedded.start_database(Path(sys.argv[1])))
time.sleep(60)
"""


@contextmanager
def holding(data: Path) -> Iterator[subprocess.Popen[str]]:
    with started("-c", HOLD, str(data)) as holder:
        read_until(holder, "ready")
        yield holder


@pytest.fixture
def used(data: Path, made: Path) -> Path:
    """A data folder in which the database has been used before."""
    subprocess.run(["cp", "-a", str(made), str(data)], check=True)
    return data


def query(data: Path, sql: str) -> object:
    with psycopg.connect(embedded.database_url(data), autocommit=True) as connection:
        answer = connection.execute(sql)
        return answer.fetchone() if answer.description else None


def keepers(data: Path) -> list[psutil.Process]:
    return [process for process in family(data) if "genresite.keeper" in command_line(process)]


def postmaster(data: Path) -> int:
    return int((data / "postgres" / "postmaster.pid").read_text().split()[0])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a new database, to be copied: making one takes a second or more."""
    data = tmp_path_factory.mktemp("made") / "var"
    with holding(data):
        pass
    wait_for(lambda: not family(data))
    return data


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "var"
    wait_for(lambda: not family(tmp_path / "var"))  # whatever a test does, nothing stays behind


def test_it_is_shared_and_ends_with_its_last_user(used: Path) -> None:
    with holding(used) as first:
        keeper = keepers(used)[0]
        with holding(used):
            first.kill()
            first.wait()
            assert query(used, "SELECT 1") == (1,)
            assert keepers(used) == [keeper]
    wait_for(lambda: not family(used))


def test_starting_many_at_once_starts_one(data: Path) -> None:
    with ExitStack() as stack:
        holders = [stack.enter_context(started("-c", HOLD, str(data))) for _ in range(4)]
        for holder in holders:
            read_until(holder, "ready")
        assert len(keepers(data)) == 1


def test_a_command_stops_what_it_started_and_keeps_the_data(data: Path) -> None:
    assert manage("migrate", "-v0", GENRESITE_DATA=data).returncode == 0
    assert family(data) == []
    shown = manage("showmigrations", "catalog", GENRESITE_DATA=data)
    assert "[X] 0001_initial" in shown.stdout


def test_a_server_that_dies_is_started_again(used: Path) -> None:
    with holding(used):
        query(used, "CREATE TABLE kept AS SELECT 7 AS number")
        before = postmaster(used)
        os.kill(before, signal.SIGKILL)
        wait_for(lambda: (used / "postgres" / "postmaster.pid").exists() and postmaster(used) != before)
        wait_for(lambda: _answers(used))
        assert query(used, "SELECT number FROM kept") == (7,)


def _answers(data: Path) -> bool:
    try:
        return query(data, "SELECT 1") == (1,)
    except psycopg.OperationalError:
        return False


def test_a_killed_keeper_takes_the_server_along_and_the_next_start_recovers(used: Path) -> None:
    with holding(used):
        query(used, "CREATE TABLE kept AS SELECT 7 AS number")
        keepers(used)[0].kill()
        with holding(used):
            assert query(used, "SELECT number FROM kept") == (7,)


def test_a_pid_file_of_another_process_is_not_in_the_way(used: Path) -> None:
    (used / "postgres" / "postmaster.pid").write_text(f"{os.getppid()}\n{used}/postgres\n0\n5432\n\n\n0 0\nready\n")
    with holding(used):
        assert query(used, "SELECT 1") == (1,)


def test_it_commits_to_disk_and_listens_on_no_network_address(used: Path) -> None:
    with holding(used):
        settings = ["synchronous_commit", "fsync", "full_page_writes", "listen_addresses"]
        assert [query(used, f"SHOW {name}") for name in settings] == [("on",), ("on",), ("on",), ("",)]
        sockets = embedded.run_dir(used) / "postgres"
        assert sockets.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["long" * 40, "with 'quotes', 100% 한국어 & \"more\""])
def test_any_folder_name_will_do(tmp_path: Path, name: str) -> None:
    data = tmp_path / name
    done = manage("showmigrations", "catalog", GENRESITE_DATA=data)
    assert (done.returncode, done.stderr) == (0, "")


def refusal(data: Path) -> str:
    done = manage("showmigrations", GENRESITE_DATA=data)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_data_of_another_version_are_left_alone_with_a_sentence(data: Path) -> None:
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "PG_VERSION").write_text("16\n")
    assert "was made by PostgreSQL 16, and this site runs 18" in refusal(data)
    assert [path.name for path in (data / "postgres").iterdir()] == ["PG_VERSION"]


def test_a_folder_without_its_version_is_damaged(data: Path) -> None:
    (data / "postgres" / "base").mkdir(parents=True)
    assert "is damaged" in refusal(data)


def test_a_damaged_control_file_is_named(used: Path) -> None:
    (used / "postgres" / "global" / "pg_control").write_bytes(b"\0" * 8192)
    assert "PostgreSQL could not start" in refusal(used)


def test_a_folder_that_cannot_be_made_is_named(data: Path) -> None:
    data.write_text("a file")
    assert refusal(data) == f"{data} cannot be used (not a folder): set GENRESITE_DATA to another folder.\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_is_named(data: Path) -> None:
    data.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(data)], capture_output=True).returncode:
        pytest.skip("this root may not mount")
    try:
        assert refusal(data) == f"The disk of {data} is full: free some space and start again.\n"
        assert not (data / "postgres").exists()
    finally:
        # Lazily: what failed to start may still hold the disk for a moment.
        subprocess.run(["umount", "--lazy", str(data)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_it_runs_as_a_plain_user_too(tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents):
        folder.chmod(folder.stat().st_mode | 0o001)
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    shutil.chown(theirs, "nobody")
    try:
        done = subprocess.run(
            [sys.executable, "-c", HOLD.replace("time.sleep(60)", ""), str(theirs / "var")],
            cwd=ROOT, env=environment(HOME="/tmp"), capture_output=True, text=True,
            user="nobody", group=pwd.getpwnam("nobody").pw_gid, extra_groups=[],
        )  # fmt: skip
    except PermissionError:
        pytest.skip("this Python belongs to root alone")
    assert done.stdout.startswith("ready"), done.stderr
    assert (theirs / "var" / "postgres").owner() == "nobody"


@pytest.mark.parametrize(
    ("command", "needs"),
    [
        ("", False), ("help", False), ("--version", False), ("makemessages -l ko", False), ("collectstatic", False),
        ("check", False), ("check --deploy", False), ("check --database default", True), ("migrate", True),
        ("migrate --help", False), ("predict", True), ("up", True), ("doctor", True),
    ],
)  # fmt: skip
def test_commands_start_the_database_only_when_they_need_it(command: str, needs: bool) -> None:
    assert embedded.needs_database(["manage.py", *command.split()]) is needs


def test_a_command_that_needs_nothing_leaves_nothing(data: Path) -> None:
    assert manage("help", GENRESITE_DATA=data).returncode == 0
    assert not (data / "postgres").exists()
