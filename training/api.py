"""Runs and versions over HTTP: look, train, promote, roll back."""

from dataclasses import Field, fields
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.jobs import JobSerializer, started
from genresite.errors import Refused
from genresite.filters import Filter
from genresite.pagination import NewestFirst
from genresite.permissions import Admins, Confirmed, caller
from training import registry
from training.models import ModelVersion, Promotion, Run, Task
from training.options import BadOption, NetworkOptions, RetrainOptions
from training.price import price

TASK = Filter(lambda rows, task: rows.filter(task=task), "genres or tags", tuple(Task.values))


class VersionSerializer(serializers.ModelSerializer[ModelVersion]):
    name = serializers.CharField(read_only=True)

    class Meta:
        model = ModelVersion
        fields = ["name", "task", "number", "architecture", "champion", "dataset_hash", "run", "created_at"]
        read_only_fields = fields


class VersionDetailSerializer(VersionSerializer):
    class Meta(VersionSerializer.Meta):
        fields = [*VersionSerializer.Meta.fields, "terms", "thresholds", "config", "metrics", "manifest_sha256"]
        read_only_fields = fields


class RunSerializer(serializers.ModelSerializer[Run]):
    version = serializers.CharField(source="version.name", default=None, allow_null=True, read_only=True)

    class Meta:
        model = Run
        fields = [
            "id", "task", "options", "state", "message", "dataset_hash", "films", "curves", "job", "version",
            "started_at", "finished_at",
        ]  # fmt: skip
        read_only_fields = fields


class PromotionSerializer(serializers.ModelSerializer[Promotion]):
    version = serializers.CharField(source="version.name", read_only=True)
    replaced = serializers.CharField(source="replaced.name", default=None, allow_null=True, read_only=True)

    class Meta:
        model = Promotion
        fields = ["version", "replaced", "rollback", "reason", "at"]
        read_only_fields = fields


class ReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300, default="", allow_blank=True)


class RetrainSerializer(serializers.Serializer[Any]):
    """The options of `manage.py retrain`; what is left out keeps its default."""

    task = serializers.ChoiceField(choices=Task.choices)
    architecture = serializers.CharField(max_length=40, required=False)
    text_encoder = serializers.CharField(max_length=200, required=False)
    image_encoder = serializers.CharField(max_length=200, required=False)
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    split = serializers.CharField(max_length=40, required=False)
    min_films = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    promote = serializers.CharField(max_length=10, required=False)
    force = serializers.BooleanField(required=False)

    def get_fields(self) -> "dict[str, serializers.Field[Any, Any, Any, Any]]":
        return {**super().get_fields(), **{option.name: _network_field(option) for option in fields(NetworkOptions)}}


def _network_field(option: "Field[Any]") -> "serializers.Field[Any, Any, Any, Any]":
    common: dict[str, Any] = {"required": False, "help_text": option.metadata["help"]}
    if option.metadata["choices"]:
        return serializers.ChoiceField(choices=option.metadata["choices"], **common)
    if isinstance(option.default, bool):
        return serializers.BooleanField(**common)
    if isinstance(option.default, int):
        return serializers.IntegerField(min_value=0, max_value=2**31 - 1, **common)
    if isinstance(option.default, float):
        return serializers.FloatField(min_value=0, **common)
    return serializers.CharField(max_length=200, allow_blank=True, **common)


class Versions(generics.ListAPIView[ModelVersion]):
    """All versions, newest first. One per task is the champion, whose scores the site shows."""

    queryset = ModelVersion.objects.all()
    serializer_class = VersionSerializer
    pagination_class = NewestFirst
    filters = {"task": TASK}


class VersionDetail(APIView):
    """One version with its terms, thresholds and figures on the frozen test films."""

    @extend_schema(responses=VersionDetailSerializer)
    def get(self, request: Request, name: str) -> Response:
        return Response(VersionDetailSerializer(registry.find(name)).data)


class Promote(APIView):
    """Make a version champion; films are then predicted by it. 409 if its files are damaged."""

    permission_classes = [Admins, Confirmed]

    @extend_schema(request=ReasonSerializer, responses={201: PromotionSerializer})
    def post(self, request: Request, name: str) -> Response:
        version = registry.find(name)
        asked = ReasonSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        if version.champion:
            raise Refused(_("%(name)s is the champion already.") % {"name": version.name})
        promotion = registry.promote(version, user=caller(request), reason=asked.validated_data["reason"])
        return Response(PromotionSerializer(promotion).data, status=201)


class Rollback(APIView):
    """Back to the champion before this one."""

    permission_classes = [Admins, Confirmed]

    @extend_schema(request=None, responses={201: PromotionSerializer})
    def post(self, request: Request, task: str) -> Response:
        if task not in Task.values:
            raise ValidationError({"task": [_("Use one of: %(choices)s.") % {"choices": ", ".join(Task.values)}]})
        promotion = registry.rollback(Task(task), user=caller(request))
        return Response(PromotionSerializer(promotion).data, status=201)


def runs() -> QuerySet[Run]:
    return Run.objects.select_related("version")


class Runs(generics.ListAPIView[Run]):
    """Trainings, newest first."""

    serializer_class = RunSerializer
    pagination_class = NewestFirst
    queryset = runs()
    filters = {
        "task": TASK,
        "state": Filter(lambda rows, state: rows.filter(state=state), "state", tuple(Run.State.values)),
    }


class RunDetail(generics.RetrieveAPIView[Run]):
    """One training: what was asked, on which labels, how it went."""

    serializer_class = RunSerializer
    queryset = runs()


class RetrainPrice(APIView):
    """What a training would cost, and what it may bring: nothing is started. Takes the options of a retraining."""

    permission_classes = [Admins]

    @extend_schema(parameters=[RetrainSerializer], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        asked = {"task": Task.GENRES.value, **request.query_params.dict()}
        return Response(price(_options(asked)).as_dict())


def _options(given: Any) -> RetrainOptions:
    """Raises ValidationError, which answers 400, for options that cannot be used."""
    asked = RetrainSerializer(data=given)
    asked.is_valid(raise_exception=True)
    try:
        return RetrainOptions.of(dict(asked.validated_data))
    except BadOption as error:
        raise ValidationError({"detail": str(error)}) from None


class Retrain(APIView):
    """Start a training as a job. 400 names an option that cannot be used."""

    permission_classes = [Admins]

    @extend_schema(request=RetrainSerializer, responses={202: JobSerializer})
    def post(self, request: Request) -> Response:
        _options(request.data)
        asked = RetrainSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        return started(request, "training.retrain", dict(asked.validated_data), "gpu")
