"""Names met in imports, and saying what they mean."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.terms import KIND
from catalog.models import SourceName, Term
from genresite.filters import Filter
from genresite.permissions import Admins


class TermReference(serializers.Serializer[Term]):
    """Which term is meant."""

    kind = serializers.ChoiceField(choices=Term.Kind.choices)
    slug = serializers.SlugField(max_length=60)


class SourceNameSerializer(serializers.ModelSerializer[SourceName]):
    term = TermReference(read_only=True, allow_null=True)

    class Meta:
        model = SourceName
        fields = ["id", "kind", "name", "source", "films", "example", "term", "ignored", "met_at"]
        read_only_fields = fields


class MeaningSerializer(serializers.Serializer[SourceName]):
    """What a name means: a term of its kind, nothing that we keep (`ignored`), or not decided yet."""

    term = serializers.SlugField(max_length=60, allow_null=True, default=None, help_text="slug of a term of its kind")
    ignored = serializers.BooleanField(default=False)

    def validate(self, meaning: dict[str, Any]) -> dict[str, Any]:
        if meaning["term"] and meaning["ignored"]:
            raise serializers.ValidationError(_("Either it means a term or it is ignored."))
        return meaning


class SourceNames(generics.ListAPIView[SourceName]):
    """Names met in imports that no term answers to. Those that wait have neither a term nor `ignored`."""

    queryset = SourceName.objects.select_related("term")
    serializer_class = SourceNameSerializer
    permission_classes = [Admins]
    filters = {
        "kind": KIND,
        "waiting": Filter(
            lambda names, waiting: (
                names.filter(term=None, ignored=False) if waiting == "1" else names.exclude(term=None, ignored=False)
            ),
            "1: only those that wait for a person; 0: only the others",
            ("0", "1"),
        ),
    }


class MapSourceName(APIView):
    """Say what a name means from now on: the next import uses it."""

    permission_classes = [Admins]

    @extend_schema(request=MeaningSerializer, responses=SourceNameSerializer)
    def put(self, request: Request, pk: int) -> Response:
        name = get_object_or_404(SourceName, pk=pk)
        meaning = MeaningSerializer(data=request.data)
        meaning.is_valid(raise_exception=True)
        slug = meaning.validated_data["term"]
        name.term = Term.objects.filter(kind=name.kind, slug=slug).first() if slug else None
        if slug and name.term is None:
            raise serializers.ValidationError({"term": [_("There is no such term.")]})
        name.ignored = meaning.validated_data["ignored"]
        name.save(update_fields=["term", "ignored"])
        return Response(SourceNameSerializer(name).data)
