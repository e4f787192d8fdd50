"""Clips of films and the frames that were taken from them. Sending a clip: catalog/api/uploads.py."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.changes import name_for
from catalog.api.films import find_film
from catalog.api.jobs import JobSerializer, answer_job
from catalog.footage import clips
from catalog.footage import jobs as footage_jobs
from catalog.footage.frames import BadSections, BadWanted
from catalog.models import Clip, Film, Frame
from genresite.errors import Refused
from genresite.filters import Filter
from genresite.permissions import Curators, ReadIfPublic, caller


class FrameCountsSerializer(serializers.Serializer[Any]):
    pair = serializers.IntegerField()
    tagging = serializers.IntegerField()


class ClipSerializer(serializers.ModelSerializer[Clip]):
    """A video file of a film. `sections` are the parts that may be used, as [start, end] in seconds; none: all of it.

    `strip` is a picture of `strip_count` thumbnails side by side, at even distances.
    """

    film = serializers.CharField(source="film.key")
    sections = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))
    strip = serializers.SerializerMethodField()
    frames = serializers.SerializerMethodField()
    by = serializers.SerializerMethodField()

    class Meta:
        model = Clip
        fields = [
            "id", "film", "name", "size", "container", "codec", "width", "height", "fps", "seconds", "sections",
            "strip", "strip_count", "frames", "source", "licence", "by", "added_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_strip(self, clip: Clip) -> str | None:
        return _address(self.context, clip.strip_url)

    @extend_schema_field(FrameCountsSerializer)
    def get_frames(self, clip: Any) -> dict[str, int]:
        return {"pair": clip.pairs, "tagging": clip.tagging_frames}

    def get_by(self, clip: Clip) -> str | None:
        return name_for(self.context["request"], clip.added_by)


class FrameSerializer(serializers.ModelSerializer[Frame]):
    """A frame, `seconds` after the clip's beginning. Of a pair: the frame that comes next, and how much moves."""

    picture = serializers.SerializerMethodField()
    next_picture = serializers.SerializerMethodField()

    class Meta:
        model = Frame
        fields = ["id", "use", "seconds", "number", "picture", "next_picture", "width", "height", "motion"]
        read_only_fields = fields

    def get_picture(self, frame: Frame) -> str | None:
        return _address(self.context, frame.url)

    def get_next_picture(self, frame: Frame) -> str | None:
        return _address(self.context, frame.next_url)


def _address(context: Any, path: str) -> str | None:
    return context["request"].build_absolute_uri(path) if path else None


class SectionsSerializer(serializers.Serializer[Any]):
    sections = serializers.CharField(
        max_length=footage_jobs.MOST_TEXT,
        allow_blank=True,
        help_text="00:01:00-00:02:30, 00:05:00-00:06:00; empty: all",
    )


class ExtractSerializer(serializers.Serializer[Any]):
    """Random pairs of a frame and the next one, or frames for tags: every so many seconds, or one of each shot, or
    `most` at even distances. Those of the same use that the clip has are replaced."""

    use = serializers.ChoiceField(choices=Frame.Use.choices)
    sections = serializers.CharField(
        max_length=footage_jobs.MOST_TEXT, required=False, allow_blank=True, help_text="instead of the clip's own"
    )
    pairs = serializers.IntegerField(required=False, help_text="300 if nothing is said")
    every = serializers.FloatField(required=False, help_text="seconds")
    scenes = serializers.BooleanField(required=False, help_text="one of each shot")
    most = serializers.IntegerField(required=False, help_text="frames for tags")
    size = serializers.CharField(
        max_length=11,
        required=False,
        help_text="box that frames are fitted into; 640x360 if nothing is said",
    )
    seed = serializers.IntegerField(required=False)


def clips_of(request: Request) -> QuerySet[Clip]:
    """Those of films that the caller may see, with the number of their frames."""
    pairs, tagging = (Count("frames", filter=Q(frames__use=use)) for use in ("pair", "tagging"))
    shown = Clip.objects.filter(film__in=Film.objects.visible_to(request.user))
    return shown.select_related("film", "added_by").annotate(pairs=pairs, tagging_frames=tagging)


class FilmClips(generics.ListAPIView[Clip]):
    """The clips of a film."""

    serializer_class = ClipSerializer

    def get_queryset(self) -> QuerySet[Clip]:
        if getattr(self, "swagger_fake_view", False):
            return Clip.objects.none()
        return clips_of(self.request).filter(film=find_film(self.request, self.kwargs["key"]))


class ReadOrDecide(BasePermission):
    """Anybody who may browse reads; those who decide change."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        asked = ReadIfPublic if request.method in SAFE_METHODS else Curators
        return asked().has_permission(request, view)


class ClipDetail(APIView):
    """A clip. PATCH says which sections may be used; DELETE removes it with its file and its frames."""

    permission_classes = [ReadOrDecide]

    def find(self, request: Request, pk: int) -> Clip:
        return get_object_or_404(clips_of(request), pk=pk)

    def answer(self, request: Request, clip: Clip) -> Response:
        return Response(ClipSerializer(clip, context={"request": request}).data)

    @extend_schema(responses=ClipSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return self.answer(request, self.find(request, pk))

    @extend_schema(request=SectionsSerializer, responses=ClipSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        clip, asked = self.find(request, pk), SectionsSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            footage_jobs.save_sections(clip, asked.validated_data["sections"])
        except BadSections as error:
            raise ValidationError({"sections": [str(error)]}) from None
        return self.answer(request, clip)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        clip = self.find(request, pk)
        footage_jobs.stop(clip)
        clips.remove_clip(clip)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ClipFrames(generics.ListAPIView[Frame]):
    """The frames that were taken from a clip, in the order in which they were stored."""

    serializer_class = FrameSerializer
    filters = {"use": Filter(lambda frames, use: frames.filter(use=use), "what for", tuple(Frame.Use.values))}

    def get_queryset(self) -> QuerySet[Frame]:
        if getattr(self, "swagger_fake_view", False):
            return Frame.objects.none()
        clip = get_object_or_404(Clip, pk=self.kwargs["pk"], film__in=Film.objects.visible_to(self.request.user))
        return clip.frames.all()


class ExtractFrames(APIView):
    """Take frames from a clip as a job."""

    permission_classes = [Curators]

    @extend_schema(request=ExtractSerializer, responses={202: JobSerializer})
    def post(self, request: Request, pk: int) -> Response:
        clip, asked = get_object_or_404(clips_of(request), pk=pk), ExtractSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            job = footage_jobs.extract(clip, asked.validated_data, caller(request))
        except BadWanted as error:
            raise ValidationError(str(error)) from None
        except footage_jobs.Busy as error:
            raise Refused(str(error)) from None
        return answer_job(request, job, status=202)
