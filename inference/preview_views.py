"""Asking for a preview of a promotion; what came out stands on the version's page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog import jobs
from catalog.access import admins
from catalog.api.jobs import JobSerializer, started
from catalog.models import Film
from genresite.permissions import Admins, Curators
from inference.models import Preview
from inference.preview import TASK, is_stale
from training import registry
from training.models import ModelVersion
from training.views import find_version


@require_POST
@admins
def preview(request: HttpRequest, name: str) -> HttpResponse:
    version = find_version(name)
    job = jobs.start(TASK, {"version": version.name}, user=request.user, queue="gpu")  # type: ignore[arg-type]
    return redirect("job", job.pk)


class PreviewPromotion(APIView):
    """What a promotion would change: made by POST as a job, read by GET."""

    def get_permissions(self) -> list[BasePermission]:
        return [Admins() if self.request.method == "POST" else Curators()]

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, name: str) -> Response:
        version = registry.find(name)
        found = Preview.objects.select_related("version", "against").filter(version=version).first()
        if found is None:
            raise NotFound(_("Nobody has asked for a preview of %(name)s yet.") % {"name": version.name})
        return Response(as_json(found))

    @extend_schema(request=None, responses={202: JobSerializer})
    def post(self, request: Request, name: str) -> Response:
        version: ModelVersion = registry.find(name)
        return started(request, TASK, {"version": version.name}, "gpu")


def as_json(found: Preview) -> dict[str, Any]:
    """With the keys of films in place of their ids."""
    figures = dict(found.figures)
    rows = [*figures.get("sample", []), *figures.get("against_people", [])]
    keys = dict(Film.objects.filter(pk__in=[row["film"] for row in rows]).values_list("pk", "key"))
    for name in ("sample", "against_people"):
        figures[name] = [{**row, "film": keys[row["film"]]} for row in figures.get(name, []) if row["film"] in keys]
    return {
        "version": found.version.name,
        "against": found.against.name if found.against else None,
        "made_at": found.made_at,
        "stale": is_stale(found),
        **figures,
    }
