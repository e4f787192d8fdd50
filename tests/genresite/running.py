"""Real processes for tests: manage.py on a data folder of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]


def environment(**changes: object) -> dict[str, str]:
    """As on a machine where nothing is set, but for these changes."""
    ours = {"DATABASE_URL", "BROKER_URL", "GENRESITE_DATA", "SECRET_KEY", "PORT", "SITE_URL", "DJANGO_SETTINGS_MODULE"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {name: str(value) for name, value in changes.items()}


def manage(*arguments: str, timeout: float = 60, **variables: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=timeout,
    )


@contextmanager
def started(*arguments: str, cwd: Path = ROOT, **variables: object) -> Iterator[subprocess.Popen[str]]:
    """A command in the background; killed at the end if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-u", *arguments],
        cwd=cwd,
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
        process.wait()


def read_until(process: subprocess.Popen[str], text: str) -> str:
    """What the process printed up to the line with this text; fails with all of it when the process ends before."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if text in line:
            return "".join(lines)
    raise AssertionError(f"ended without {text!r}: {''.join(lines)}")


def wait_for(condition: Callable[[], object], seconds: float = 15) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


def command_line(process: psutil.Process) -> str:
    """The words that started it; none once it has ended, whether or not its parent knows."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def family(data: Path) -> list[psutil.Process]:
    """Every process that names this data folder on its command line or has it in its environment."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        try:
            named = str(data) in " ".join(process.info["cmdline"] or [])
            if process.pid != os.getpid() and (named or process.environ().get("GENRESITE_DATA") == str(data)):
                found.append(process)
        except psutil.Error:
            continue
    return [process for process in found if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
