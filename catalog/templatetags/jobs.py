"""Jobs in words: what they do, how far they are, how long they will still take."""

from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog.models import Job

register = template.Library()

TASKS = {
    "catalog.import_films": gettext_lazy("Import films"),
    "catalog.export_labels": gettext_lazy("Export labels"),
    "catalog.add_clip": gettext_lazy("Add a clip"),
    "catalog.extract_frames": gettext_lazy("Extract frames"),
    "catalog.accept_by_rule": gettext_lazy("Accept by a rule"),
    "catalog.edit_films": gettext_lazy("Edit many films"),
    "catalog.undo_changes": gettext_lazy("Undo a change"),
    "catalog.retract": gettext_lazy("Take back what somebody said"),
    "catalog.merge_terms": gettext_lazy("Merge two terms"),
    "catalog.refresh_search": gettext_lazy("Bring search up to date"),
    "inference.generate_tags": gettext_lazy("Generate tags"),
    "inference.predict": gettext_lazy("Predict films"),
    "inference.read_films": gettext_lazy("Read plots for search"),
    "inference.pick": gettext_lazy("Choose films for review"),
    "inference.preview": gettext_lazy("Preview a promotion"),
    "inference.receipts": gettext_lazy("Work out receipts"),
    "training.retrain": gettext_lazy("Retrain a model"),
    "training.learning_curve": gettext_lazy("Measure a learning curve"),
    "training.compare": gettext_lazy("Compare architectures"),
    "training.finetune_tagger": gettext_lazy("Teach the tagger"),
}
UNITS = {
    "films": gettext_lazy("films"),
    "frames": gettext_lazy("frames"),
    "rows": gettext_lazy("rows"),
    "epochs": gettext_lazy("epochs"),
    "posters": gettext_lazy("posters"),
    "plots": gettext_lazy("plots"),
    "steps": gettext_lazy("steps"),
    "models": gettext_lazy("models"),
    "pairs": gettext_lazy("pairs"),
    "seconds": gettext_lazy("seconds"),
}
WORDS = {
    "suspects": gettext_lazy("Suspected errors"),
    "errors": gettext_lazy("Films with suspected errors"),
    "disagreements": gettext_lazy("Disagreements"),
    "rare": gettext_lazy("Films for rare genres"),
    "rows": gettext_lazy("Rows"),
    "new": gettext_lazy("New films"),
    "changed": gettext_lazy("Changed films"),
    "unchanged": gettext_lazy("Unchanged films"),
    "repeated": gettext_lazy("Repeated rows"),
    "unreadable": gettext_lazy("Unreadable rows"),
    "labels_added": gettext_lazy("Labels added"),
    "labels_changed": gettext_lazy("Labels changed"),
    "decisions_kept": gettext_lazy("Decisions of people kept"),
    "posters_added": gettext_lazy("Posters added"),
    "posters_unchanged": gettext_lazy("Posters already here"),
    "posters_unreadable": gettext_lazy("Unreadable posters"),
    "predicted": gettext_lazy("Films predicted"),
    "films": gettext_lazy("Films"),
    "failed": gettext_lazy("Failed"),
    "labels": gettext_lazy("Labels"),
    "encoded": gettext_lazy("Encoded"),
    "stale": gettext_lazy("Stale films"),
    "frames": gettext_lazy("Frames"),
    "kept": gettext_lazy("Known before"),
    "rematched": gettext_lazy("Captions that name other tags"),
    "receipts": gettext_lazy("Receipts"),
}


@register.filter
def task_name(job: Job) -> str:
    return str(TASKS.get(job.task, job.task))


@register.filter
def unit_name(job: Job) -> str:
    return str(UNITS.get(job.unit, job.unit))


@register.filter
def eta(job: Job) -> str:
    """ "About 3 min left at 140 films/s": measured, and empty as long as nothing was."""
    if job.seconds_left is None or job.rate is None:
        return ""
    words = {"time": duration(job.seconds_left), "rate": rate(job.rate), "unit": unit_name(job)}
    return _("about %(time)s left at %(rate)s %(unit)s/s") % words


@register.filter
def pace(job: Job) -> str:
    """How fast a job that has ended was."""
    return _("%(rate)s %(unit)s/s") % {"rate": rate(job.rate), "unit": unit_name(job)} if job.rate else ""


def rate(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


@register.filter
def duration(seconds: float | None) -> str:
    """A time as people say it: seconds below two minutes, minutes below two hours."""
    if seconds is None:
        return ""
    if seconds < 120:
        return ngettext("%(n)d second", "%(n)d seconds", round(seconds)) % {"n": round(seconds)}
    if seconds < 7200:
        return ngettext("%(n)d minute", "%(n)d minutes", round(seconds / 60)) % {"n": round(seconds / 60)}
    return ngettext("%(n)d hour", "%(n)d hours", round(seconds / 3600)) % {"n": round(seconds / 3600)}


@register.filter
def took(job: Job) -> str:
    if job.finished_at is None or job.started_at is None:
        return ""
    return duration((job.finished_at - job.started_at).total_seconds())


@register.filter
def about(job: Job) -> str:
    """What a job is about, in one line: the file that it reads, the task that it trains."""
    told = [job.params.get(name) for name in ("format", "task", "promoted", "version")]
    words = [str(word) for word in told if word]
    if job.params.get("name"):
        words.insert(0, str(job.params["name"]))
    if job.params.get("dry_run"):
        words.append(_("check only"))
    return " · ".join(words)


ALWAYS = ("rows", "new", "changed", "unreadable", "predicted")  # worth a line even when there are none


@register.filter
def counts(result: dict[str, Any]) -> list[tuple[str, int]]:
    """The whole numbers of a job's result that are worth a line, under their names, in one order for all jobs."""
    return [
        (str(WORDS[name]), result[name])
        for name in WORDS
        if isinstance(result.get(name), int) and (result[name] or name in ALWAYS)
    ]
