"""Starting jobs and running them exactly once, whatever happens to workers and messages."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from celery import current_app
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Job, User
from catalog.models.job import MAX_ATTEMPTS
from catalog.progress import Cancelled, JobProgress, NotNow, Progress, TakenOver

logger = logging.getLogger(__name__)
BEAT_SECONDS = 3.0
FIRST_HINT, LAST_HINT = timedelta(seconds=10), timedelta(minutes=1)  # between hints at one job, at first and later

Work = Callable[[Job, Progress], dict[str, Any]]


# What a curator's own work sets off; all else is started by admins.
CURATOR_TASKS = frozenset(
    {
        "catalog.add_clip",
        "catalog.export_labels",
        "catalog.extract_frames",
        "inference.generate_tags",
        "inference.predict",
    }
)


def may_start(user: User, task: str) -> bool:
    return user.may_administer or (user.may_decide and task in CURATOR_TASKS)


def start(task: str, params: dict[str, Any], *, user: User | None, queue: str = "cpu") -> Job:
    """Write the job down, then hint a worker at it. A hint that is lost is given again by `send_waiting`."""
    job = Job.objects.create(task=task, params=params, created_by=user, queue=queue)
    transaction.on_commit(lambda: send(job))
    return job


def send(job: Job) -> None:
    try:
        current_app.send_task(job.task, args=[job.pk], queue=job.queue, retry=False)
    except Exception as error:  # the broker may be away; the job waits in the database
        logger.warning("job %s waits for the broker: %s", job.pk, error)
    else:
        Job.objects.filter(pk=job.pk).update(sent_at=timezone.now())


def send_waiting() -> int:
    """Hint again at jobs that wait or have stalled, and give up on those that kill their workers."""
    for job in Job.objects.stalled().filter(attempts__gte=MAX_ATTEMPTS):
        job.finish(Job.State.FAILED, _("Gave up: the worker died %(n)s times.") % {"n": job.attempts})
    due = [job for job in Job.objects.claimable().order_by("pk") if _may_be_forgotten(job)]
    for job in due:
        send(job)
    return len(due)


def _may_be_forgotten(job: Job) -> bool:
    """Whether the last hint is so old that it may be lost. Seldom while workers are busy: hints pile up."""
    now = timezone.now()
    waited = now - (job.heartbeat_at or job.created_at)
    return job.sent_at is None or now - job.sent_at >= min(max(FIRST_HINT, waited / 10), LAST_HINT)


def retry(job: Job, *, user: User | None) -> Job:
    """The same work again, as a new job; what the old one stored is not repeated."""
    return start(job.task, job.params, user=user, queue=job.queue)


def run(job_id: int, work: Work) -> None:
    """Run the job if it is still to be run and nobody else has it. Called by every Celery task."""
    job = Job.objects.filter(pk=job_id).first()
    if job is None or not job.claim():
        return
    progress = JobProgress(job)
    with _heartbeat(job):
        _run_claimed(job, work, progress)


def _run_claimed(job: Job, work: Work, progress: JobProgress) -> None:
    try:
        result = work(job, progress)
        progress.close()
    except Cancelled:
        job.finish(Job.State.CANCELLED, _("Cancelled; what was done is kept."))
    except NotNow as reason:
        job.put_back(str(reason))
    except TakenOver:
        logger.warning("job %s: another worker has taken over", job.pk)
    except Exception as error:
        logger.exception("job %s failed", job.pk)
        if not connection.in_atomic_block:
            close_old_connections()  # the error may have been the connection's
        job.finish(Job.State.FAILED, str(error) or type(error).__name__)
    else:
        job.finish(Job.State.DONE, result=result)


class _heartbeat(threading.Thread):
    """Shows that the worker is alive while one step of the work takes long."""

    def __init__(self, job: Job) -> None:
        super().__init__(daemon=True)
        self.job, self.ended = job, threading.Event()

    def __enter__(self) -> None:
        self.start()

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.join()

    def run(self) -> None:
        while not self.ended.wait(BEAT_SECONDS):
            try:
                Job.objects.of_attempt(self.job).update(heartbeat_at=timezone.now())
            except DatabaseError as error:  # it may come back before the job is taken for dead
                logger.warning("job %s: no heartbeat: %s", self.job.pk, error)
                connection.close()
        connection.close()
