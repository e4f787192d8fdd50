"""The embedded database and broker under GENRESITE_DATA, used when no server is named in the environment.

Any number of processes may use the database of one folder: each holds a shared lock while it lives, the first
starts a keeper (keeper.py), the last one's end stops it. The broker belongs to `manage.py up`; other commands
reach it at the same address while the site runs.
"""

import atexit
import fcntl
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from genresite.environment import env_path
from genresite.locks import is_locked, lock, open_lock

BASE_DIR = Path(__file__).resolve().parent.parent
SOCKET_PATH_LIMIT = 100  # bytes; the kernel's limits are 108 (Linux) and 104 (macOS)
STOP_SECONDS = 20.0
WITHOUT_DATABASE = {
    "collectstatic", "compilemessages", "diffsettings", "findstatic", "help", "makemessages", "startapp", "version"
}  # fmt: skip

failure = ""  # why the database could not be started, for `manage.py doctor`, which goes on without it


class CannotStart(Exception):
    """An embedded part cannot be started; the message is one sentence that says why and what to do."""


def provide(argv: list[str]) -> None:
    """Name the embedded parts in the environment, starting the database if this command needs it."""
    data = data_dir()
    if needs_database(argv) and not os.environ.get("DATABASE_URL"):
        try:
            start_database(data)
        except CannotStart as error:
            if argv[1] != "doctor":
                raise
            global failure
            failure = str(error)
        os.environ["DATABASE_URL"] = database_url(data)
    if not os.environ.get("BROKER_URL"):
        os.environ["BROKER_URL"] = broker_url(data)


def needs_database(argv: list[str]) -> bool:
    command, options = (argv[1] if len(argv) > 1 else "help"), set(argv[2:])
    if command.startswith("-") or command in WITHOUT_DATABASE or options & {"-h", "--help", "--version"}:
        return False
    return command != "check" or any(option.startswith("--database") for option in options)


def data_dir() -> Path:
    return env_path("GENRESITE_DATA", BASE_DIR / "var")


def run_dir(data: Path) -> Path:
    """Where sockets live: in the data folder, or in a short private one where its path is too long for a socket."""
    run = data / "run"
    if len(os.fsencode(run / "postgres" / ".s.PGSQL.5432.lock")) <= SOCKET_PATH_LIMIT:
        return run
    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path("/tmp") / f"genresite-{os.getuid()}-{name}"


def database_url(data: Path) -> str:
    return f"postgresql://postgres@/postgres?host={quote(str(run_dir(data) / 'postgres'), safe='')}"


def broker_socket(data: Path) -> Path:
    return run_dir(data) / "valkey.sock"


def broker_url(data: Path) -> str:
    return f"redis+socket://{quote(str(broker_socket(data)))}?virtual_host=0"


def make_folders(data: Path) -> None:
    """The data folder and what lies in it. Raises CannotStart where that is impossible."""
    try:
        for folder in (data, data / "log", data / "run"):
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (run_dir(data), run_dir(data) / "postgres"):
            folder.mkdir(mode=0o700, exist_ok=True)
        os.close(open_lock(data / "run" / "users.lock"))
    except OSError as error:
        reason = "not a folder" if isinstance(error, FileExistsError) else error.strerror
        raise CannotStart(f"{data} cannot be used ({reason}): set GENRESITE_DATA to another folder.") from None
    if run_dir(data).stat().st_uid != os.geteuid():
        raise CannotStart(f"{run_dir(data)} belongs to another user: remove it, or use a shorter GENRESITE_DATA.")


def start_database(data: Path, *, durable: bool = True) -> str:
    """Start the database of this folder, or join those who use it; the address is good until this process ends.

    `durable=False` trades safety against power failure for speed, for tests.
    """
    make_folders(data)
    users = open_lock(data / "run" / "users.lock")
    lock(users, fcntl.LOCK_SH)  # waits while a keeper that found nobody is stopping
    try:
        ensure_keeper(data, [] if durable else ["fsync=off", "full_page_writes=off", "synchronous_commit=off"])
    except BaseException:
        os.close(users)
        raise
    atexit.register(_leave, data, users, os.getpid())
    return database_url(data)


def ensure_keeper(data: Path, options: Sequence[str] = ()) -> None:
    """Start a keeper unless one is at work; one process at a time looks. For those who hold the users' lock."""
    starting = open_lock(data / "run" / "start.lock")
    try:
        lock(starting, fcntl.LOCK_EX)
        if not is_locked(data / "run" / "keeper.lock"):
            _start_keeper(data, options)
    finally:
        os.close(starting)


def _start_keeper(data: Path, options: Sequence[str]) -> None:
    told, tell = os.pipe()
    sockets = run_dir(data) / "postgres"
    with (data / "log" / "keeper.log").open("ab") as log:
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "genresite.keeper", str(data), str(sockets), str(tell), *options],
            cwd=BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[tell],
            start_new_session=True,  # Ctrl-C is for the command, not for the keeper
        )
    os.close(tell)
    with os.fdopen(told, encoding="utf-8") as answer:
        said = answer.read()
    if said != "ready":
        raise CannotStart(said or f"The embedded PostgreSQL could not start; see {data / 'log' / 'keeper.log'}.")


def _leave(data: Path, users: int, holder: int) -> None:
    """Stop using the database, and wait for its end if nobody else uses it."""
    if os.getpid() != holder:
        return  # a forked child
    os.close(users)
    until = time.monotonic() + STOP_SECONDS
    with suppress(FileNotFoundError):  # the whole folder has been removed
        while time.monotonic() < until and is_locked(data / "run" / "keeper.lock") and not _others(data):
            time.sleep(0.05)


def _others(data: Path) -> bool:
    """Whether somebody else uses the database. The keeper's own lock keeps out sharers too; a user's does not."""
    path = data / "run" / "users.lock"
    return is_locked(path) and not is_locked(path, fcntl.LOCK_SH)


def is_used(data: Path) -> bool:
    """Whether this environment's database is the embedded one of this folder."""
    return os.environ.get("DATABASE_URL") == database_url(data)
