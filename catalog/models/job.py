"""Work that takes longer than a second: a row that people can watch, cancel and retry.

The row is the queue of record. A broker message only hints that there is work: whoever wants to run a job
claims it here first, and a job whose heartbeat has stopped can be claimed again.
"""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.user import User

STALLED_AFTER = timedelta(seconds=15)  # without a heartbeat, which comes every few seconds
MAX_ATTEMPTS = 25  # a job that kills its worker each time must end


class JobQuerySet(models.QuerySet["Job"]):
    def stalled(self) -> Self:
        """Running, says the row, but nobody has shown a sign of life for a while."""
        return self.filter(state=Job.State.RUNNING, heartbeat_at__lt=timezone.now() - STALLED_AFTER)

    def waiting(self) -> Self:
        return self.filter(state=Job.State.QUEUED)

    def active(self) -> Self:
        return self.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])

    def claimable(self) -> Self:
        return self.filter(
            Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, heartbeat_at__lt=timezone.now() - STALLED_AFTER)
        )

    def of_attempt(self, job: "Job") -> Self:
        """The job's row, as long as it is this attempt that runs it. A worker that was taken for dead has lost it."""
        return self.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts)


class Job(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    task = models.CharField(max_length=60, help_text="name of the Celery task")
    queue = models.CharField(max_length=10, default="cpu")
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    message = models.CharField(max_length=500, blank=True, help_text="what it does now, or why it failed")
    unit = models.CharField(max_length=20, blank=True, help_text="what `done` counts: films, rows, epochs")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True, blank=True)
    result = models.JSONField(default=dict, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    cancel_requested = models.BooleanField(default=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="when a worker was last told")
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state"], name="job_active", condition=Q(state__in=["queued", "running"])),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.pk}"

    @property
    def is_active(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def author(self) -> User:
        """Who started it, where the work is a person's. Raises ValueError: nobody did."""
        if self.created_by is None:
            raise ValueError(_("This work has to be started by somebody."))
        return self.created_by

    @property
    def percent(self) -> int | None:
        return min(100, self.done * 100 // self.total) if self.total else None

    @property
    def rate(self) -> float | None:
        """Units per second since this attempt began; None before the first one is done."""
        if not (self.started_at and self.done):
            return None
        seconds = ((self.finished_at or timezone.now()) - self.started_at).total_seconds()
        return self.done / seconds if seconds > 0 else None

    @property
    def seconds_left(self) -> int | None:
        """Measured: what is left at the rate so far."""
        if not (self.total and self.rate and self.state == self.State.RUNNING):
            return None
        return round((self.total - self.done) / self.rate)

    def claim(self) -> bool:
        """Take the job for this worker; False when somebody else has it or it has ended."""
        now = timezone.now()
        claimed = (
            Job.objects.filter(pk=self.pk)
            .claimable()
            .update(state=self.State.RUNNING, started_at=now, heartbeat_at=now, attempts=F("attempts") + 1, done=0)
        )
        if claimed:
            self.refresh_from_db()
        return bool(claimed)

    def put_back(self, message: str) -> None:
        """Wait in the queue as if this attempt had not been made; it is announced again after a while."""
        Job.objects.of_attempt(self).update(
            state=self.State.QUEUED,
            message=message[:500],
            attempts=F("attempts") - 1,
            heartbeat_at=None,
            started_at=None,
        )

    def cancel(self) -> None:
        """Queued: ended at once. Running: the worker stops at its next step and keeps what is done."""
        now = timezone.now()
        Job.objects.filter(pk=self.pk, state=self.State.QUEUED).update(state=self.State.CANCELLED, finished_at=now)
        Job.objects.filter(pk=self.pk, state=self.State.RUNNING).update(cancel_requested=True)

    def finish(self, state: "Job.State", message: str = "", result: dict[str, object] | None = None) -> None:
        """End this attempt; nothing happens where another one has taken the job over."""
        Job.objects.of_attempt(self).update(
            state=state, message=message[:500], finished_at=timezone.now(), result=result or {}
        )


class JobFailure(models.Model):
    """One thing that a job could not do, and why. The rest of the job went on."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="failures")
    item = models.CharField(max_length=300, help_text="a film's key, a file, a row number")
    reason = models.CharField(max_length=500)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.item}: {self.reason}"
