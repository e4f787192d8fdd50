"""Doors for Celery: each finds the job's row and calls the function that does the work."""

from pathlib import Path
from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils.translation import gettext as _

from catalog import exporters, jobs, refreshing, retracting, undoing
from catalog.footage import arrivals
from catalog.footage.reader import BadClip
from catalog.importers.merge import parse_rules
from catalog.importers.rows import BadSource
from catalog.importers.run import import_films
from catalog.models import ChangeSet, Clip, Film, Job
from catalog.progress import Progress
from catalog.search import postings
from catalog.thesaurus import work as merging_work


@shared_task(name="catalog.send_waiting_jobs")
def send_waiting_jobs_task() -> int:
    return jobs.send_waiting()


@shared_task(name="catalog.import_films")
def import_films_task(job_id: int) -> None:
    jobs.run(job_id, _import_films)


def _import_films(job: Job, progress: Progress) -> dict[str, Any]:
    """Params: path, format, and if wanted posters, rules (as `--rule`), dry_run. Predicts afterwards."""
    params = job.params
    report = import_films(
        _below_imports(params["path"]),
        params["format"],
        posters=_below_imports(params["posters"]) if params.get("posters") else None,
        rules=parse_rules(params.get("rules") or ()),
        dry_run=bool(params.get("dry_run")),
        user=job.created_by,
        progress=progress,
        job=job,
    )
    if not (report.dry_run or report.changed_nothing):
        jobs.start("inference.predict", {}, user=job.created_by, queue="gpu")
    return report.as_dict() | {"sentences": report.sentences()}


def _below_imports(name: str) -> Path:
    """Raises BadSource for a path outside the folder where uploads and what an admin put there lie."""
    folder = (Path(settings.DATA_DIR) / "imports").resolve()
    path = Path(name).resolve()
    if not path.is_relative_to(folder):
        raise BadSource(_("%(path)s is not in the folder %(folder)s.") % {"path": name, "folder": folder})
    return path


@shared_task(name="catalog.export_labels")
def export_labels_task(job_id: int) -> None:
    jobs.run(job_id, _export_labels)


def _export_labels(job: Job, progress: Progress) -> dict[str, Any]:
    """Params, all optional: format (csv, jsonl), decisions (the log instead). See `export_file`."""
    export = exporters.export_decisions if job.params.get("decisions") else exporters.export_labels
    path = exporters.export_file(job)
    return {"rows": export(path, progress), "file": path.name}


@shared_task(name="catalog.add_clip")
def add_clip_task(job_id: int) -> None:
    jobs.run(job_id, _add_clip)


def _add_clip(job: Job, progress: Progress) -> dict[str, Any]:
    """Params: upload (its id); film and name are for those who read them."""
    return arrivals.take(job.params["upload"])


@shared_task(name="catalog.fetch_clip")
def fetch_clip_task(job_id: int) -> None:
    jobs.run(job_id, _fetch_clip)


def _fetch_clip(job: Job, progress: Progress) -> dict[str, Any]:
    """Params: film (its key), url, and if known licence."""
    from catalog.footage import urls

    film = Film.objects.get(key=job.params["film"])
    licence = str(job.params.get("licence") or "")
    progress.start(None, "", _("Fetching the video"))
    clip = urls.add_from_address(film, str(job.params["url"]), user=job.created_by, licence=licence)
    return {"clip": clip.pk, "name": clip.name, "seconds": clip.seconds}


@shared_task(name="catalog.extract_frames")
def extract_frames_task(job_id: int) -> None:
    jobs.run(job_id, _extract_frames)


def _extract_frames(job: Job, progress: Progress) -> dict[str, Any]:
    """Params: clip (its id); all else as `catalog.footage.extraction.wanted_from` takes it."""
    from catalog.footage import extraction

    clip = Clip.objects.filter(pk=job.params["clip"]).first()
    if clip is None:
        raise BadClip(_("The clip has been removed."), 404)
    found = extraction.extract(clip, extraction.wanted_from(job.params, clip), progress)
    return found.as_dict() | {"sentences": found.sentences()}


@shared_task(name="catalog.fold_search")
def fold_search_task() -> int:
    """Bring what makes search fast up to date, once enough has changed; how many films that were."""
    return postings.fold(least=postings.MANY)


@shared_task(name="catalog.remove_stale_uploads")
def remove_stale_uploads_task() -> int:
    return arrivals.remove_stale()


# Vocabulary and bulk ------------------------------------------------------------------------------------------


@shared_task(name="catalog.accept_by_rule")
def accept_by_rule_task(job_id: int) -> None:
    jobs.run(job_id, _accept_by_rule)


def _accept_by_rule(job: Job, progress: Progress) -> dict[str, Any]:
    """Params: kind, term (slug), at_least, and if wanted most; `catalog.bulk.work.rule_params`."""
    from catalog.bulk import work

    return work.run_accept(job, job.author, progress).as_dict()


@shared_task(name="catalog.edit_films")
def edit_films_task(job_id: int) -> None:
    jobs.run(job_id, _edit_films)


def _edit_films(job: Job, progress: Progress) -> dict[str, Any]:
    """Params: query (a search's), answers; `catalog.bulk.work.edit_params`."""
    from catalog.bulk import work

    return work.run_edit(job, job.author, progress).as_dict()


@shared_task(name="catalog.undo_changes")
def undo_changes_task(job_id: int) -> None:
    jobs.run(job_id, _undo_changes)


def _undo_changes(job: Job, progress: Progress) -> dict[str, Any]:
    """Params: change_set (its id), partly."""
    changes = ChangeSet.objects.get(pk=job.params["change_set"])
    return undoing.run(changes, job.author, bool(job.params.get("partly")), progress)


@shared_task(name="catalog.retract")
def retract_task(job_id: int) -> None:
    jobs.run(job_id, _retract)


def _retract(job: Job, progress: Progress) -> dict[str, Any]:
    """Params: change_set, person (their ids), since (ISO 8601)."""
    return retracting.run(job.params, progress)


@shared_task(name="catalog.merge_terms")
def merge_terms_task(job_id: int) -> None:
    jobs.run(job_id, _merge_terms)


def _merge_terms(job: Job, progress: Progress) -> dict[str, Any]:
    """Params: kind, source and target (slugs), rule; `catalog.thesaurus.work.merge_params`."""
    return merging_work.run(job.params, job.author, progress)


@shared_task(name="catalog.refresh_search")
def refresh_search_task(job_id: int) -> None:
    jobs.run(job_id, lambda job, progress: {"films": refreshing.refresh_all(progress)})


@shared_task(name="catalog.learn_title_words")
def learn_title_words_task() -> int:
    """For "did you mean"; nothing to do where no film came or went."""
    from catalog.search import typos

    return typos.learn_if_stale()
