"""Teaching the tagger over HTTP."""

from dataclasses import fields
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.jobs import JobSerializer, started
from genresite.permissions import Admins
from training.captioner.options import SIZES, SPLITS, FinetuneOptions
from training.options import BadOption

MOST = 2**31 - 1


class FinetuneTaggerSerializer(serializers.Serializer[Any]):
    """The options of `manage.py finetune_tagger`; what is left out keeps its default."""

    model = serializers.CharField(max_length=200, help_text="hub id or folder of an image-text-to-text model")
    size = serializers.ChoiceField(choices=tuple(SIZES), required=False)
    split = serializers.ChoiceField(choices=SPLITS, required=False)
    learning_rate = serializers.FloatField(required=False)
    force = serializers.BooleanField(required=False)

    def get_fields(self) -> "dict[str, serializers.Field[Any, Any, Any, Any]]":
        numbers = [field.name for field in fields(FinetuneOptions) if type(field.default) is int]
        return {
            **super().get_fields(),
            **{name: serializers.IntegerField(min_value=0, max_value=MOST, required=False) for name in numbers},
        }


class FinetuneTagger(APIView):
    """Start the teaching of an adapter as a job. 400 names an option that cannot be used."""

    permission_classes = [Admins]

    @extend_schema(request=FinetuneTaggerSerializer, responses={202: JobSerializer})
    def post(self, request: Request) -> Response:
        asked = FinetuneTaggerSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        options = dict(asked.validated_data)
        try:
            FinetuneOptions.of(options)
        except BadOption as error:
            raise ValidationError({"detail": str(error)}) from None
        return started(request, "training.finetune_tagger", options, "gpu")
