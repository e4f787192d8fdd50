"""Is each part of the site well? Questions that `manage.py doctor` and /readyz ask; none can hang the asker."""

import queue
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import psycopg
import redis
from django.conf import settings
from django.db import connection, connections

from training import manifest
from training.models import ModelVersion, Task

Answer = TypeVar("Answer")
LOW_DISK = 500 * 2**20  # bytes
BROKER_SECONDS = 1.5


@dataclass(frozen=True)
class Check:
    """What one part says: well or not, one line about it, and what to do next where it is not well."""

    part: str
    well: bool
    says: str
    next_step: str = ""


class TookTooLong(Exception):
    """A question had no answer in time."""


def within(seconds: float, question: Callable[[], Answer]) -> Answer:
    """The answer, or TookTooLong; a question that hangs is left behind in a thread that ends with the process."""
    answers: queue.Queue[tuple[Answer | None, BaseException | None]] = queue.Queue()

    def ask() -> None:
        try:
            answers.put((question(), None))
        except Exception as error:
            answers.put((None, error))
        finally:
            connections.close_all()  # this thread's own

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer, error = answers.get(timeout=seconds)
    except queue.Empty:
        raise TookTooLong from None
    if error is not None:
        raise error
    return answer  # type: ignore[return-value]


def one_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def database() -> Check:
    """A connection of its own, so that one kept from better days cannot hide that the server is gone."""
    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory", None)
    parameters.pop("context", None)
    try:
        with psycopg.connect(**{**parameters, "connect_timeout": 2}) as fresh:
            version = fresh.info.server_version // 10_000
            fresh.execute("SELECT 1")
    except (psycopg.Error, TookTooLong) as error:
        return Check("database", False, one_line(error), "Look whether DATABASE_URL is right and the server runs.")
    return Check("database", True, f"PostgreSQL {version}")


def broker_client(seconds: float = BROKER_SECONDS) -> redis.Redis:
    """A client of the broker whose every call ends in time."""
    address = settings.BROKER_URL
    if address.startswith("redis+socket://"):  # Celery's way to write redis-py's unix://
        address = address.replace("redis+socket://", "unix://").replace("virtual_host=", "db=")
    return redis.Redis.from_url(address, socket_timeout=seconds, socket_connect_timeout=seconds)


def broker() -> Check:
    client = broker_client()
    try:
        client.ping()
    except (redis.RedisError, OSError) as error:
        step = "Start the site with `make run`, or look whether BROKER_URL is right. Jobs wait until then."
        return Check("broker", False, f"not running ({one_line(error)})", step)
    finally:
        client.close()
    return Check("broker", True, "answers")


def disk() -> Check:
    usage = shutil.disk_usage(settings.DATA_DIR)
    says = f"{usage.free / 2**30:.1f} GB free in {settings.DATA_DIR}"
    if usage.free < LOW_DISK:
        return Check("disk", False, says, "Free some space: below 0.5 GB imports and training fail.")
    return Check("disk", True, says)


def champion(task: Task) -> Check:
    """The task has a champion, and its folder is what was registered."""
    part = f"champion for {task}"
    version = ModelVersion.objects.filter(champion=True, task=task).first()
    if version is None and task == Task.SCENES:
        return Check(part, True, "none; a site without footage needs none")
    if version is None:
        return Check(part, False, "none", f"Train one: manage.py retrain {task} --promote force.")
    try:
        manifest.verify(version.folder, version.manifest_sha256)
    except manifest.DamagedModel as error:
        return Check(part, False, str(error), f"Go back to the one before: manage.py rollback {task}.")
    return Check(part, True, version.name)


def champions() -> Check:
    """All of them in one answer."""
    answers = [champion(task) for task in Task]
    return next((answer for answer in answers if not answer.well), answers[0])
