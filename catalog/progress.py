"""How long work tells how far it is: to a Job row, to a terminal, or to nobody.

Work takes a `Progress` and need not know who listens. "Stop" is asked for, never forced: work calls `advance`
after each batch that it has stored, and that raises `Cancelled` when somebody wants it to end.
"""

import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol

from django.utils import timezone
from tqdm import tqdm

from catalog.models import Job, JobFailure

HEARTBEAT = timedelta(seconds=1)


class Cancelled(Exception):
    """Somebody asked the work to stop. What was stored stays."""


class TakenOver(Exception):
    """This worker was silent for so long that another one has the job now."""


class NotNow(Exception):
    """Somebody else is at the same work; the job goes back to the queue. The message says who."""


class Progress(Protocol):
    def start(self, total: int | None, unit: str, message: str = "") -> None: ...

    def advance(self, count: int = 1, message: str | None = None) -> None: ...

    def fail(self, item: str, reason: str) -> None: ...


class Silent:
    """For tests and nested work: keeps the failures, says nothing."""

    def __init__(self) -> None:
        self.failures: list[tuple[str, str]] = []

    def start(self, total: int | None, unit: str, message: str = "") -> None:
        pass

    def advance(self, count: int = 1, message: str | None = None) -> None:
        pass

    def fail(self, item: str, reason: str) -> None:
        self.failures.append((item, reason))


class Console(Silent):
    """A bar on a terminal; plain lines, ten at most per stage, elsewhere."""

    def __init__(self, write: Callable[[str], object]) -> None:
        super().__init__()
        self.write = write
        self.bar: tqdm[Any] | None = None
        self.done, self.total, self.unit, self.told = 0, 0, "", 0

    def start(self, total: int | None, unit: str, message: str = "") -> None:
        self.close()
        self.done, self.total, self.unit, self.told = 0, total or 0, unit, 0
        if sys.stderr.isatty():
            self.bar = tqdm(total=total, unit=f" {unit}", desc=message or None)
        elif message:
            self.write(f"{message} ({total} {unit})" if total else message)

    def advance(self, count: int = 1, message: str | None = None) -> None:
        self.done += count
        if self.bar is not None:
            self.bar.update(count)
            return
        tenth = self.done * 10 // self.total if self.total else 0
        if tenth > self.told:
            self.told = tenth
            self.write(f"  {self.done:,} of {self.total:,} {self.unit}")

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()
            self.bar = None


class JobProgress:
    """Writes to the job's row, at most once a second, which is also its heartbeat."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.done = 0
        self.written = timezone.now()

    def start(self, total: int | None, unit: str, message: str = "") -> None:
        self.done = 0
        now = timezone.now()
        self._update(done=0, total=total, unit=unit, message=message[:500], started_at=now, heartbeat_at=now)

    def advance(self, count: int = 1, message: str | None = None) -> None:
        self.done += count
        if timezone.now() - self.written >= HEARTBEAT:
            self._write(message)

    def _write(self, message: str | None) -> None:
        self.written = timezone.now()
        values: dict[str, object] = {"done": self.done, "heartbeat_at": self.written}
        if message is not None:
            values["message"] = message[:500]
        self._update(**values)
        if Job.objects.filter(pk=self.job.pk, cancel_requested=True).exists():
            raise Cancelled

    def _update(self, **values: object) -> None:
        if not Job.objects.of_attempt(self.job).update(**values):
            raise TakenOver

    def fail(self, item: str, reason: str) -> None:
        failure: dict[str, Any] = {"job": self.job, "item": item[:300], "reason": reason[:500]}
        if self.job.attempts > 1:  # an earlier attempt may have said so already
            JobFailure.objects.get_or_create(**failure)
        else:
            JobFailure.objects.create(**failure)

    def close(self) -> None:
        self._update(done=self.done)
