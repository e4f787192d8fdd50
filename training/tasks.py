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


@shared_task(name="training.finetune_tagger")
def finetune_tagger_task(job_id: int) -> None:
    jobs.run(job_id, _finetune_tagger)


def _finetune_tagger(job: Job, progress: Progress) -> dict[str, Any]:
    """A job that is run again goes on where it was."""
    from training.captioner.finetuning import finetune
    from training.captioner.options import FinetuneOptions

    outcome = finetune(FinetuneOptions.of(job.params), progress, user=job.created_by, job=job)
    return {name: value for name, value in outcome.as_dict().items() if name != "metrics"}


@shared_task(name="training.compare")
def compare_task(job_id: int) -> None:
    jobs.run(job_id, _compare)


def _compare(job: Job, progress: Progress) -> dict[str, Any]:
    """A job that is run again goes on where it was, unless labels have changed since."""
    from training.comparing import compare
    from training.ledger import Ledger, OtherFilms, kept
    from training.plans import Plan

    name = job.params.get("name") or f"comparison-{job.pk}"
    plan, ledger = Plan.of(job.params), Ledger(kept(name))
    try:
        content = compare(plan, progress, ledger)
    except OtherFilms:
        content = compare(plan, progress, ledger, fresh=True)
    failed = sum(row["state"] == "failed" for row in content["rows"])
    return {"comparison": name, "best": content["best"], "failed": failed}


@shared_task(name="training.learning_curve")
def learning_curve_task(job_id: int) -> None:
    jobs.run(job_id, _learning_curve)


def _learning_curve(job: Job, progress: Progress) -> dict[str, Any]:
    from training.learning_curve import measure
    from training.options import RetrainOptions

    curve = measure(RetrainOptions.of(job.params), progress)
    return {"curve": job.params.get("task", "genres"), "points": [[point.films, point.value] for point in curve.points]}
