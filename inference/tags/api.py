"""Tags from frames over HTTP: what taggers saw in a film, and having it tagged."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.films import find_film
from catalog.api.jobs import JobSerializer, started
from catalog.vocabulary import ratios
from genresite.permissions import Curators
from inference.models import Tagging
from inference.tags import evidence
from inference.tags.taggers import SIZES, TAGGERS
from inference.tasks import TAG


class SeenTagSerializer(serializers.Serializer[Any]):
    """A tag and the frames that it appeared in."""

    slug = serializers.CharField()
    frames = serializers.IntegerField()
    ratio = serializers.FloatField(help_text="share of the frames that were looked at, 0 to 1")


class TaggingSerializer(serializers.ModelSerializer[Tagging]):
    """What one tagger saw in the frames of a film, the commonest tag first."""

    version = serializers.CharField(source="version.name", allow_null=True, default=None)
    tags = serializers.SerializerMethodField()

    class Meta:
        model = Tagging
        fields = ["tagger", "version", "frames", "tagged_at", "tags"]
        read_only_fields = fields

    @extend_schema(responses=SeenTagSerializer(many=True))
    def get_tags(self, tagging: Tagging) -> list[dict[str, Any]]:
        shares = ratios(tagging.counts, tagging.frames)
        ranked = sorted(shares, key=lambda slug: (-shares[slug], slug))
        return [{"slug": slug, "frames": tagging.counts[slug], "ratio": round(shares[slug], 4)} for slug in ranked]


class FilmFrameTags(APIView):
    """What taggers saw in the film's frames, the latest tagging first."""

    @extend_schema(responses=TaggingSerializer(many=True))
    def get(self, request: Request, key: str) -> Response:
        return Response(TaggingSerializer(evidence.taggings_of(find_film(request, key)), many=True).data)


class GenerateSerializer(serializers.Serializer[Any]):
    """By which tagger; which model it uses only the site's settings say."""

    tagger = serializers.ChoiceField(choices=list(TAGGERS))
    size = serializers.ChoiceField(
        choices=SIZES, default="original", help_text="at which frames are shown to captioners"
    )
    everything = serializers.BooleanField(default=False, help_text="also frames that were looked at before")


class GenerateFilmTags(APIView):
    """Tag the film by its frames, or by its plot, as a job."""

    permission_classes = [Curators]

    @extend_schema(request=GenerateSerializer, responses={202: JobSerializer})
    def post(self, request: Request, key: str) -> Response:
        film = find_film(request, key)
        asked = GenerateSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        if TAGGERS[asked.validated_data["tagger"]].sees == "frames" and not evidence.has_frames(film):
            raise ValidationError({"tagger": [_("This film has no frames yet: add a clip and extract some.")]})
        return started(request, TAG, {**asked.validated_data, "films": [film.key]}, "gpu")
