"""Jobs are run once, by one worker at a time, and brought back when their worker dies."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from celery import Celery, current_app
from django.conf import settings
from django.db import OperationalError
from django.utils import timezone

from catalog import jobs
from catalog.models import Job, JobFailure
from catalog.models.job import MAX_ATTEMPTS, STALLED_AFTER
from catalog.progress import JobProgress, NotNow, Progress, TakenOver

pytestmark = pytest.mark.django_db
LONG_AGO = STALLED_AFTER + timedelta(seconds=5)


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Numbers of the jobs that workers were told of."""
    told: list[int] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **options: told.append(args[0]))
    return told


def make_job(**fields: Any) -> Job:
    return Job.objects.create(task="inference.predict", **fields)


def running(silent_for: timedelta = timedelta(0), **fields: Any) -> Job:
    beat = timezone.now() - silent_for
    return make_job(**{"state": Job.State.RUNNING, "attempts": 1, "heartbeat_at": beat, "sent_at": beat, **fields})


def test_a_job_runs_once_however_often_it_is_announced() -> None:
    job, calls = make_job(), []

    def work(job: Job, progress: Progress) -> dict[str, Any]:
        calls.append(job.pk)
        progress.start(2, "films")
        progress.advance(2)
        return {"films": 2}

    for _ in range(3):
        jobs.run(job.pk, work)
    job.refresh_from_db()
    assert calls == [job.pk]
    assert (job.state, job.done, job.attempts, job.result) == ("done", 2, 1, {"films": 2})


def test_only_a_silent_job_can_be_taken_over() -> None:
    assert not running().claim()
    silent = running(LONG_AGO)
    assert silent.claim() and silent.attempts == 2
    assert not silent.claim()


def test_a_worker_that_was_taken_for_dead_changes_nothing_any_more() -> None:
    job = make_job()

    def slow(mine: Job, progress: Progress) -> dict[str, Any]:
        Job.objects.filter(pk=mine.pk).update(heartbeat_at=timezone.now() - LONG_AGO)
        assert Job.objects.get(pk=mine.pk).claim()
        Job.objects.filter(pk=mine.pk).update(done=7)
        return {"by": "the dead one"}

    jobs.run(job.pk, slow)
    job.refresh_from_db()
    assert (job.state, job.done, job.attempts, job.result) == ("running", 7, 2, {})
    stale = Job.objects.get(pk=job.pk)
    stale.attempts = 1
    with pytest.raises(TakenOver):
        JobProgress(stale).start(10, "films")


def test_the_heartbeat_goes_on_while_a_step_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """And through a database that is away for a moment."""
    beats, errors = threading.Event(), [OperationalError("away")]
    monkeypatch.setattr(jobs, "BEAT_SECONDS", 0.01)

    class Rows:
        def update(self, **values: Any) -> int:
            if errors:
                raise errors.pop()
            beats.set()
            return 1

    monkeypatch.setattr(Job.objects.__class__, "of_attempt", lambda self, job: Rows())
    with jobs._heartbeat(make_job()):
        assert beats.wait(5)


def test_a_failure_is_kept_with_its_reason() -> None:
    def work(job: Job, progress: Progress) -> dict[str, Any]:
        raise ValueError("The file has no header.")

    job = make_job()
    jobs.run(job.pk, work)
    job.refresh_from_db()
    assert (job.state, job.message) == ("failed", "The file has no header.")


def test_a_job_whose_turn_has_not_come_waits_again(hints: list[int]) -> None:
    def busy(job: Job, progress: Progress) -> dict[str, Any]:
        raise NotNow("Somebody else is at it.")

    job = make_job()
    jobs.run(job.pk, busy)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.message) == ("queued", 0, "Somebody else is at it.")
    assert jobs.send_waiting() == 1 and hints == [job.pk]
    jobs.run(job.pk, lambda job, progress: {"done": True})
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 1)


def test_cancelling_reaches_a_job_whose_worker_died() -> None:
    job = running(LONG_AGO, cancel_requested=True)

    def work(job: Job, progress: Progress) -> dict[str, Any]:
        assert isinstance(progress, JobProgress)
        progress.written -= timedelta(seconds=2)
        progress.advance()
        raise AssertionError("not reached")

    jobs.run(job.pk, work)
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED


def test_the_same_failure_is_told_once_over_all_attempts() -> None:
    job = running()
    for attempt in (1, 2, 3):
        job.attempts = attempt
        JobProgress(job).fail("tt1", "It is damaged.")
    assert JobFailure.objects.count() == 1


def test_waiting_and_silent_jobs_are_announced_again(hints: list[int]) -> None:
    waiting, silent = make_job(), running(LONG_AGO)
    running()
    make_job(state=Job.State.DONE)
    assert jobs.send_waiting() == 2
    assert sorted(hints) == [waiting.pk, silent.pk]


@pytest.mark.parametrize(
    ("waited", "since_hint", "again"),
    [(5, 5, False), (11, 11, True), (90, 8, False), (300, 25, False), (300, 31, True), (86_400, 59, False)],
)
def test_hints_do_not_pile_up_while_workers_are_busy(
    waited: int, since_hint: int, again: bool, hints: list[int]
) -> None:
    """The clock asks every five seconds; a day's wait must not leave 17,280 messages."""
    job, now = make_job(sent_at=timezone.now() - timedelta(seconds=since_hint)), timezone.now()
    Job.objects.filter(pk=job.pk).update(created_at=now - timedelta(seconds=waited))
    assert jobs.send_waiting() == again
    assert jobs.send_waiting() == 0


def test_a_broker_that_is_away_loses_nothing(monkeypatch: pytest.MonkeyPatch, hints: list[int]) -> None:
    job = make_job()
    with monkeypatch.context() as away:
        away.setattr(current_app, "send_task", lambda *a, **k: (_ for _ in ()).throw(ConnectionError("away")))
        jobs.send(job)
    assert jobs.send_waiting() == 1 and hints == [job.pk]


def test_nobody_waits_for_a_broker_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that has written a job down does not try again and again to tell a worker."""
    waits: list[float] = []
    monkeypatch.setattr("kombu.utils.functional.sleep", waits.append)
    job = make_job()
    with Celery("nobody", broker="redis://127.0.0.1:9/0", set_as_current=False) as nobody:
        nobody.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
        monkeypatch.setattr(jobs, "current_app", nobody)
        jobs.send(job)
    job.refresh_from_db()
    assert job.sent_at is None
    assert not any(waits)


def test_a_job_that_kills_every_worker_ends(hints: list[int]) -> None:
    job = running(LONG_AGO, attempts=MAX_ATTEMPTS)
    assert jobs.send_waiting() == 0
    job.refresh_from_db()
    assert job.state == Job.State.FAILED and str(MAX_ATTEMPTS) in job.message
