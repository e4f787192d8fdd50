"""Jobs: what runs, what failed and why; cancel, retry. Curators see their own, admins all."""

from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog import jobs
from catalog.models import Job, JobFailure, User
from genresite.errors import Refused
from genresite.filters import Filter
from genresite.pagination import NewestFirst
from genresite.permissions import Curators, caller

HIDDEN = {"path", "posters", "folder"}  # where things lie on the server


class JobSerializer(serializers.ModelSerializer[Job]):
    params = serializers.SerializerMethodField()
    percent = serializers.IntegerField(read_only=True, allow_null=True)
    seconds_left = serializers.IntegerField(read_only=True, allow_null=True)
    failures = serializers.IntegerField(source="failure_count", read_only=True)
    by = serializers.CharField(source="created_by.username", default=None, allow_null=True, read_only=True)

    class Meta:
        model = Job
        fields = [
            "id", "task", "params", "state", "message", "unit", "done", "total", "percent", "seconds_left", "failures",
            "result", "attempts", "cancel_requested", "by", "created_at", "started_at", "finished_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_params(self, job: Job) -> dict[str, Any]:
        return {name: value for name, value in job.params.items() if name not in HIDDEN}


class FailureSerializer(serializers.ModelSerializer[JobFailure]):
    class Meta:
        model = JobFailure
        fields = ["item", "reason"]
        read_only_fields = fields


def jobs_of(user: User) -> QuerySet[Job]:
    """Those that this person may see, newest first."""
    shown = Job.objects.select_related("created_by").annotate(failure_count=Count("failures"))
    return shown if user.may_administer else shown.filter(created_by=user)


def started(request: Request, task: str, params: dict[str, Any], queue: str) -> Response:
    """Start a job and answer 202 with its row and address."""
    return answer_job(request, jobs.start(task, params, user=caller(request), queue=queue), status=202)


def answer_job(request: Request, job: Job, *, status: int = 200) -> Response:
    data = JobSerializer(jobs_of(caller(request)).get(pk=job.pk)).data
    return Response(data, status=status, headers={"Location": reverse("api-job", args=[job.pk])})


class Jobs(generics.ListAPIView[Job]):
    """Jobs, newest first: one's own, and everybody's for admins."""

    serializer_class = JobSerializer
    pagination_class = NewestFirst
    permission_classes = [Curators]
    filters = {
        "state": Filter(lambda jobs, state: jobs.filter(state=state), "state", tuple(Job.State.values)),
        "task": Filter(lambda jobs, task: jobs.filter(task=task), "name of the task, as inference.predict"),
    }

    def get_queryset(self) -> QuerySet[Job]:
        return jobs_of(caller(self.request))


class JobDetail(generics.RetrieveAPIView[Job]):
    """One job: how far it is, how long it will still take, and what came of it."""

    serializer_class = JobSerializer
    permission_classes = [Curators]

    def get_queryset(self) -> QuerySet[Job]:
        return jobs_of(caller(self.request))


class JobFailures(generics.ListAPIView[JobFailure]):
    """What the job could not do, and why. The rest of it went on."""

    serializer_class = FailureSerializer
    permission_classes = [Curators]

    def get_queryset(self) -> QuerySet[JobFailure]:
        if getattr(self, "swagger_fake_view", False):
            return JobFailure.objects.none()
        return get_object_or_404(jobs_of(caller(self.request)), pk=self.kwargs["pk"]).failures.all()


class CancelJob(APIView):
    """Queued: ended at once. Running: stops at its next step and keeps what is done."""

    permission_classes = [Curators]

    @extend_schema(request=None, responses=JobSerializer)
    def post(self, request: Request, pk: int) -> Response:
        job = get_object_or_404(jobs_of(caller(request)), pk=pk)
        if not job.is_active:
            raise Refused(_("This job has ended."))
        job.cancel()
        return answer_job(request, job)


class RetryJob(APIView):
    """The same work again, as a new job."""

    permission_classes = [Curators]

    @extend_schema(request=None, responses={202: JobSerializer})
    def post(self, request: Request, pk: int) -> Response:
        job = get_object_or_404(jobs_of(caller(request)), pk=pk)
        if job.is_active:
            raise Refused(_("This job has not ended yet."))
        if not jobs.may_start(caller(request), job.task):
            raise PermissionDenied
        return answer_job(request, jobs.retry(job, user=caller(request)), status=202)
