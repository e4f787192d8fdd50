"""Jobs: what runs, what ran, what failed and why; cancel and retry. Curators see their own, admins all."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalog import jobs as work
from catalog.access import admins, curators
from catalog.exporters import export_file
from catalog.models import Film, Job, JobFailure
from catalog.views.parts import is_fragment, render_part

ENDED_SHOWN = 50
FAILURES_SHOWN = 100


def visible_jobs(request: HttpRequest) -> QuerySet[Job]:
    shown = Job.objects.select_related("created_by").annotate(failure_count=Count("failures"))
    return shown if request.user.may_administer else shown.filter(created_by=request.user)  # type: ignore[union-attr, misc]


@require_safe
@curators
def jobs(request: HttpRequest) -> HttpResponse:
    shown = visible_jobs(request)
    active = list(shown.active().order_by("pk"))  # type: ignore[attr-defined]
    ended = shown.exclude(pk__in=[job.pk for job in active])[:ENDED_SHOWN]
    return render_part(request, "catalog/jobs.html", {"active": active, "ended": ended}, part="list")


@require_safe
@curators
def job(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, get_object_or_404(visible_jobs(request), pk=pk))


def show(request: HttpRequest, found: Job) -> HttpResponse:
    context = {
        "job": found,
        "failures": with_films(found.failures.all()[:FAILURES_SHOWN]),
        "failures_more": max(0, found.failure_count - FAILURES_SHOWN),  # type: ignore[attr-defined]
        "errors": errors_file(found).is_file(),
        "may_retry": not found.is_active and work.may_start(request.user, found.task),  # type: ignore[arg-type]
    }
    return render_part(request, "catalog/job.html", context, part="job")


def with_films(failures: QuerySet[JobFailure]) -> list[dict[str, Any]]:
    """Each failure with the film that it names, if that is in the catalogue. Two queries."""
    rows = list(failures)
    keys = {failure.item.rpartition(", ")[2] for failure in rows}
    films = Film.objects.in_bulk(keys, field_name="key")
    return [{"failure": failure, "film": films.get(failure.item.rpartition(", ")[2])} for failure in rows]


def errors_file(found: Job) -> Path:
    """What an import could not read, as a CSV file; there is none where all could be."""
    return Path(settings.DATA_DIR) / "imports" / f"job-{found.pk}.errors.csv"


@require_safe
@admins
def errors(request: HttpRequest, pk: int) -> FileResponse:
    file = errors_file(get_object_or_404(visible_jobs(request), pk=pk))
    if not file.is_file():
        raise Http404
    return FileResponse(file.open("rb"), as_attachment=True, filename=file.name, content_type="text/csv; charset=utf-8")


@require_POST
@curators
def export(request: HttpRequest) -> HttpResponse:
    """Write all labels to a file that can be fetched from the job's page."""
    return redirect("job", work.start("catalog.export_labels", {"format": "csv"}, user=request.user).pk)  # type: ignore[arg-type]


@require_safe
@curators
def exported(request: HttpRequest, pk: int) -> FileResponse:
    """The file that an export has written."""
    found = get_object_or_404(visible_jobs(request), pk=pk, task="catalog.export_labels", state=Job.State.DONE)
    file = export_file(found)
    if not file.is_file():
        raise Http404(_("The file of this export is not there any more. Run it again."))
    return FileResponse(file.open("rb"), as_attachment=True, filename=file.name, content_type="text/csv; charset=utf-8")


@require_POST
@curators
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Queued: ended at once. Running: stops at its next step and keeps what is done."""
    found = get_object_or_404(visible_jobs(request), pk=pk)
    if found.is_active:
        found.cancel()
        said = _("The job stops at its next step; what is done is kept.")
    else:
        said = _("This job had ended already.")
    return _back(request, found, said)


@require_POST
@curators
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """The same work again, as a new job."""
    found = get_object_or_404(visible_jobs(request), pk=pk)
    if not work.may_start(request.user, found.task):  # type: ignore[arg-type]
        raise PermissionDenied
    if found.is_active:
        return _back(request, found, _("This job has not ended yet."))
    return redirect("job", work.retry(found, user=request.user).pk)  # type: ignore[arg-type]


def _back(request: HttpRequest, found: Job, said: str) -> HttpResponse:
    if is_fragment(request):
        return show(request, get_object_or_404(visible_jobs(request), pk=found.pk))
    messages.info(request, said)
    return redirect("job", found.pk)
