"""Films by meaning over HTTP: near a text, and like a film with what the two share."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.films import find_film
from catalog.models import Film
from catalog.search.meaning import like, near
from inference.meaning.finding import LONGEST
from inference.meaning.views import WHOLE, Similar, films_like


class NearFilmSerializer(serializers.Serializer[Any]):
    """A film that is close to a text. `weaker`: it stands below the divider."""

    film = serializers.CharField(help_text="key")
    title = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    similarity = serializers.FloatField(help_text="0 to 1, to be compared within one answer only")
    weaker = serializers.BooleanField()


class NearSerializer(serializers.Serializer[Any]):
    """`how`: by words, by meaning, or both. No films: nothing is close. `said`: how it was looked for, if odd."""

    how = serializers.CharField()
    said = serializers.CharField()
    films = NearFilmSerializer(many=True)


class SharedSerializer(serializers.Serializer[Any]):
    """A term that both films have."""

    kind = serializers.CharField(source="term.kind")
    slug = serializers.CharField(source="term.slug")
    here = serializers.FloatField()
    there = serializers.FloatField()


class SimilarSerializer(serializers.Serializer[Any]):
    """A film like this one, with the most telling terms that the two share."""

    film = serializers.CharField(source="film.key")
    title = serializers.CharField(source="film.title")
    year = serializers.IntegerField(source="film.year", allow_null=True)
    similarity = serializers.FloatField()
    shared = SharedSerializer(many=True)


class FilmsNear(APIView):
    """Films whose plots mean what a text says, the closest first; at most 200."""

    @extend_schema(
        responses=NearSerializer, parameters=[OpenApiParameter("q", str, required=True, description="the text")]
    )
    def get(self, request: Request) -> Response:
        text = request.query_params.get("q", "").strip()
        if not text or len(text) > LONGEST:
            raise ValidationError({"q": [_("Say what to look for, in at most %(n)d characters.") % {"n": LONGEST}]})
        found = near(text)
        films = Film.objects.only("key", "title", "year").in_bulk(found.ids.tolist())
        rows = [
            {"film": film.key, "title": film.title, "year": film.year, "similarity": round(similarity, 4)}
            | {"weaker": place >= found.floor_at}
            for place, (pk, similarity) in enumerate(zip(found.ids.tolist(), found.similarity.tolist(), strict=True))
            if (film := films.get(pk))
        ]
        return Response(NearSerializer({"how": found.how, "said": found.said, "films": rows}).data)


class FilmsLike(APIView):
    """Films like this one, and why."""

    @extend_schema(responses=SimilarSerializer(many=True))
    def get(self, request: Request, key: str) -> Response:
        film = find_film(request, key)
        found: list[Similar] = films_like(film, like(film, WHOLE))
        return Response(SimilarSerializer(found, many=True).data)
