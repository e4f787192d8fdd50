"""The door for Celery: finds the job's row and calls the function that does the work."""

from typing import Any

from celery import shared_task

from catalog import jobs
from catalog.models import Job
from catalog.progress import Progress


@shared_task(name="training.retrain")
def retrain_task(job_id: int) -> None:
    jobs.run(job_id, _retrain)


def _retrain(job: Job, progress: Progress) -> dict[str, Any]:
    from training.options import RetrainOptions
    from training.retraining import retrain

    outcome = retrain(RetrainOptions.of(job.params), progress, user=job.created_by, job=job)
    return {name: value for name, value in outcome.as_dict().items() if name != "metrics"}
