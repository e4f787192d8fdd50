"""Doors for Celery: predicting and what follows from it as jobs, and starting them when there is something to do."""

import threading
from contextlib import suppress
from datetime import timedelta
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.db.models import Count
from django.utils import timezone

from catalog import jobs
from catalog.models import Film, Job
from catalog.progress import NotNow, Progress
from inference import looking, preview, receipts, scenes, sight, trying
from inference.meaning import lane, reading
from inference.models import Prediction
from inference.predict import UNUSABLE, predict_stale, refresh_older, stale
from inference.tags import taggers, tagging
from inference.tags.taggers import TAGGERS, Options, plot
from training import registry
from training.models import ModelVersion

PREDICT = "inference.predict"
PICK = "inference.pick"
TAG = "inference.generate_tags"
REST = timedelta(hours=1)  # after a failure, or when somebody has cancelled


@shared_task(name=PREDICT)
def predict_task(job_id: int) -> None:
    jobs.run(job_id, _predict)


@shared_task(name="inference.predict_if_stale")
def predict_if_stale_task() -> int | None:
    """Start a predict job if a champion has films to predict and nobody is at it. The job's number, or None."""
    predictions = Job.objects.filter(task=PREDICT)
    lately = timezone.now() - REST
    last = predictions.order_by("pk").last()
    stopped = last is not None and last.state in (Job.State.FAILED, Job.State.CANCELLED)
    if (last and stopped and last.created_at > lately) or predictions.active().exists():
        return None
    if not any(stale(version).exists() for version in ModelVersion.objects.filter(champion=True)):
        return None
    return jobs.start(PREDICT, {}, user=None, queue="gpu").pk


@shared_task(name=sight.TASK)
def see_task(film_id: int, what: str = sight.MAPS) -> None:
    """Heat maps of one film, for whoever looks at its page; no job, since nobody waits for it and it may get lost."""
    looking.make(film_id, what)


@shared_task(name=scenes.TASK)
def tell_scene_task(token: str) -> None:
    """Which kind of film a scene is from, for whoever has asked on the scene page; no job, for the same reason."""
    from inference.scenes import work as scene_work

    scene_work.tell(token)


@shared_task(name="inference.sweep_scenes")
def sweep_scenes_task() -> int:
    """Remove what people have handed in on the scene page and the try page and what has been kept long enough."""
    return scenes.sweep() + trying.scratch.sweep()


@shared_task(name=trying.TASK)
def try_task(token: str) -> None:
    """What the models make of something that is not in the catalogue, for whoever has handed it in."""
    from inference.trying import work as try_work

    try_work.tell(token)


def _predict(job: Job, progress: Progress) -> dict[str, Any]:
    """Every champion predicts what is stale: all films, or those that the job names; all anew if it says so.

    Where a champion cannot be used the job fails, after the others have predicted.
    """
    films = Film.objects.filter(key__in=job.params["films"]) if job.params.get("films") else None
    anew = job.created_at if job.params.get("everything") or films is not None else None
    errors: list[Exception] = []
    champions = ModelVersion.objects.filter(champion=True)
    for version in champions:
        try:
            predict_stale(version, films=films, before=anew, wait=False, progress=progress)
        except UNUSABLE as error:
            progress.fail(version.name, str(error))
            errors.append(error)
        if job.params.get("promoted") == version.name:
            refresh_older(version, job.created_at, progress)
            receipts.start(version)
            start_picking()
    if errors:
        raise errors[0]
    return {version.name: _summary(version, job) for version in champions}


@shared_task(name=PICK)
def pick_task(job_id: int) -> None:
    jobs.run(job_id, _pick)


def _pick(job: Job, progress: Progress) -> dict[str, Any]:
    from inference.picks.work import pick_films

    return pick_films(progress).as_dict()


def start_picking() -> None:
    """Have the desk's picks made anew, once for all who ask before it begins."""
    if not Job.objects.filter(task=PICK, state=Job.State.QUEUED).exists():
        jobs.start(PICK, {}, user=None, queue="gpu")


@shared_task(name=preview.TASK)
def preview_task(job_id: int) -> None:
    jobs.run(job_id, _preview)


def _preview(job: Job, progress: Progress) -> dict[str, Any]:
    found = preview.make(registry.find(job.params["version"]), progress)
    return {"previewed": found.version.name, "films": found.figures["films"], "changed": found.figures["changed"]}


@shared_task(name=receipts.TASK)
def receipts_task(job_id: int) -> None:
    jobs.run(job_id, _receipts)


def _receipts(job: Job, progress: Progress) -> dict[str, Any]:
    return {"receipts": len(receipts.make(registry.find(job.params["version"]), progress))}


@shared_task(name=TAG)
def generate_tags_task(job_id: int) -> None:
    jobs.run(job_id, _generate_tags)


def _generate_tags(job: Job, progress: Progress) -> dict[str, Any]:
    """Params: tagger, and if wanted films (keys), adapter, size, ask, everything; or rematch alone.

    Which model, and which server, the settings say. A second attempt goes on where the first was broken off.
    """
    params = job.params
    if params.get("rematch"):
        return {"rematched": tagging.rematch(progress)}
    everything = bool(params.get("everything")) and job.attempts == 1
    keys, name = params.get("films"), str(params.get("tagger", "plot"))
    if name in TAGGERS and TAGGERS[name].sees == "plot":
        films = Film.objects.filter(key__in=keys) if keys else Film.objects.all()
        return {"films": sum(1 for _one in plot.look(films, everything=everything, wait=False, progress=progress))}
    asked = Options(adapter=params.get("adapter", ""), size=params.get("size", "original"), ask=params.get("ask", ""))
    films = Film.objects.filter(key__in=keys) if keys else tagging.with_frames()
    done = tagging.tag_films(taggers.make(name, asked, tagging.site_tags()), films, progress, everything=everything)
    return {"films": done.films, "frames": done.frames, "kept": done.kept, "failed": done.failed}


def _summary(version: ModelVersion, job: Job) -> dict[str, int]:
    """Films predicted since the job was asked for, by what there was to see; right over all its attempts."""
    since = Prediction.objects.filter(version=version, predicted_at__gte=job.created_at)
    counts = since.values_list("inputs").annotate(n=Count("pk")).order_by()
    by_inputs = {"+".join(inputs) or "neither": n for inputs, n in counts}
    return {"films": sum(by_inputs.values()), **by_inputs}


# Films by meaning ----------------------------------------------------------------------------------------------

READ_AT_ONCE = 256  # films; more is a job of its own


@shared_task(name=lane.TASK)
def encode_query_task(text: str, token: str) -> None:
    """The vector of a query, for a page that waits; no job, since nobody wants it later."""
    lane.reply(text, token)


@shared_task(name=reading.TASK)
def read_films_task(job_id: int) -> None:
    jobs.run(job_id, lambda job, progress: {"films": reading.read(progress)})


@shared_task(name="inference.read_if_waiting")
def read_if_waiting_task() -> int:
    """Let search know new films and edited plots: a few at once, many as a job. How many wait, counted no further."""
    waiting = reading.waiting(READ_AT_ONCE + 1)
    if not waiting or Job.objects.filter(task=reading.TASK).active().exists():
        return waiting
    if waiting > READ_AT_ONCE:
        jobs.start(reading.TASK, {}, user=None, queue="gpu")
        return waiting
    with suppress(NotNow):
        reading.read()
    return waiting


@worker_ready.connect
def _warm_up(sender: Any, **_kwargs: Any) -> None:
    """The workers that answer pages load what they need before the first one asks."""
    if lane.QUEUE in {queue.name for queue in sender.task_consumer.queues}:
        threading.Thread(target=lane.warm_up, daemon=True).start()
