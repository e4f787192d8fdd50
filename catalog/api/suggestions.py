"""What the search box offers, for programs."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.models import Film
from catalog.search.naming import Named
from catalog.search.suggesting import Suggestions, suggest
from genresite.filters import Filter


class NamedTermSerializer(serializers.Serializer[Named]):
    """A term that may be meant, the best first."""

    kind = serializers.CharField(source="term.kind")
    slug = serializers.CharField(source="term.slug")
    name_en = serializers.CharField(source="term.name_en")
    name_ko = serializers.CharField(source="term.name_ko")
    found_by = serializers.CharField(source="name", help_text="another name of it, where that is what fits")
    guess = serializers.BooleanField(source="is_guess", help_text="the text is mistyped if this is meant")


class TitledFilmSerializer(serializers.ModelSerializer[Film]):
    class Meta:
        model = Film
        fields = ["key", "title", "title_ko", "year"]
        read_only_fields = fields


class SuggestionsSerializer(serializers.Serializer[Suggestions]):
    terms = NamedTermSerializer(many=True)
    films = TitledFilmSerializer(many=True)
    people = serializers.ListField(child=serializers.CharField(), help_text="directors, for `by` of the list of films")
    did_you_mean = serializers.CharField(source="meant", help_text="the text put right, where nothing fits as it is")


class Suggest(APIView):
    """Terms by any of their names, initial consonants included, films by their titles and directors, half-typed."""

    filters = {"q": Filter(lambda nothing, text: nothing, "what is typed")}

    @extend_schema(
        responses=SuggestionsSerializer,
        parameters=[OpenApiParameter("q", str, required=True, description="what is typed")],
    )
    def get(self, request: Request) -> Response:
        data: Any = SuggestionsSerializer(suggest(request.query_params.get("q", ""))).data
        return Response(data)
