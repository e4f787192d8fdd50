"""Predictions over HTTP, and bringing them up to date."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.films import find_film
from catalog.api.jobs import JobSerializer, started
from catalog.models import Film
from genresite.filters import Filter
from genresite.pagination import NewestFirst
from genresite.permissions import Curators
from inference import explain, sight
from inference.models import Prediction
from inference.views import Shown, shown
from training import registry
from training.models import Task
from training.scenes.data import frames_hash

MOST_FILMS = 1000


class PredictionSerializer(serializers.ModelSerializer[Prediction]):
    """One version's calibrated scores for one film, by term. `stale`: the film has changed since."""

    film = serializers.CharField(source="film.key")
    version = serializers.CharField(source="version.name")
    scores = serializers.SerializerMethodField()
    stale = serializers.SerializerMethodField()

    class Meta:
        model = Prediction
        fields = ["film", "version", "scores", "inputs", "stale", "predicted_at"]
        read_only_fields = fields

    def get_scores(self, prediction: Prediction) -> dict[str, float]:
        return dict(zip(prediction.version.terms, prediction.scores, strict=True))

    def get_stale(self, prediction: Prediction) -> bool:
        of_scenes = prediction.version.task == Task.SCENES
        now = prediction.frames_hash if of_scenes else prediction.film.input_hash  # type: ignore[attr-defined]
        return bool(prediction.input_hash != now)


def _of_version(predictions: QuerySet[Prediction], name: str) -> QuerySet[Prediction]:
    try:
        return predictions.filter(version=registry.find(name))
    except registry.UnknownVersion as error:
        raise ValueError(str(error)) from None


class Predictions(generics.ListAPIView[Prediction]):
    """The champions' predictions; another version's with `version`."""

    serializer_class = PredictionSerializer
    pagination_class = NewestFirst
    filters = {
        "film": Filter(lambda rows, key: rows.filter(film__key=key), "key of a film"),
        "version": Filter(_of_version, "name of a version, as genres-3"),
    }

    def get_queryset(self) -> QuerySet[Prediction]:
        found = Prediction.objects.select_related("film", "version").annotate(frames_hash=frames_hash("film"))
        found = found.filter(film__in=Film.objects.visible_to(self.request.user))
        return found if "version" in self.request.query_params else found.filter(version__champion=True)


class PredictSerializer(serializers.Serializer[Any]):
    """Which films: those named, `everything`, or by default those whose prediction is stale."""

    films = serializers.ListField(
        child=serializers.CharField(max_length=80), default=list, max_length=MOST_FILMS, help_text="keys"
    )
    everything = serializers.BooleanField(default=False)


class Predict(APIView):
    """Bring predictions up to date as a job."""

    permission_classes = [Curators]

    @extend_schema(request=PredictSerializer, responses={202: JobSerializer})
    def post(self, request: Request) -> Response:
        asked = PredictSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        keys = asked.validated_data["films"]
        known = set(Film.objects.filter(key__in=keys).values_list("key", flat=True))
        if missing := [key for key in keys if key not in known]:
            raise ValidationError({"films": [_("There is no film “%(key)s”.") % {"key": missing[0]}]})
        return started(request, "inference.predict", dict(asked.validated_data), "gpu")


class MapSerializer(serializers.Serializer[Any]):
    """Where the poster raises one genre's score, and by how much plot and poster each move its log-odds."""

    kind = serializers.CharField()
    slug = serializers.CharField()
    picture = serializers.URLField(help_text="PNG in colours, to be laid over the poster")
    regions = serializers.ListField(
        child=serializers.ChoiceField(choices=list(explain.REGIONS)), help_text="of the poster, the strongest first"
    )
    plot = serializers.FloatField()
    poster = serializers.FloatField()


class HeatmapsSerializer(serializers.Serializer[Any]):
    """`ready`; `making`: ask again; `failed`: the model could not look; `none`: no poster, or a model without eyes.

    `weights`: of plot and of poster as the model itself weighs them, null where it does not.
    """

    state = serializers.ChoiceField(choices=["ready", sight.MAKING, sight.FAILED, "none"])
    version = serializers.CharField(allow_null=True)
    inputs = serializers.ListField(child=serializers.CharField())
    weights = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    maps = MapSerializer(many=True)


class FilmHeatmaps(APIView):
    """What the champion of genres sees in the film. Has it made where it is not there yet."""

    @extend_schema(responses=HeatmapsSerializer)
    def get(self, request: Request, key: str) -> Response:
        film = find_film(request, key)
        version = sight.champion_with_eyes() if film.poster_sha256 else None
        found: dict[str, Any] = {"state": "none", "version": version and version.name, "inputs": [], "weights": None}
        found["maps"] = []
        if version is not None:
            seen = sight.read(version, film)
            found["state"] = "ready" if seen else sight.ask(version, film)
            if seen is not None:
                found |= {"inputs": seen.inputs, "weights": seen.weights}
                found["maps"] = [_map(one, request) for one in shown(film, version, seen)]
        return Response(HeatmapsSerializer(found).data)


def _map(one: Shown, request: Request) -> dict[str, Any]:
    term, seen = one.row.term, one.seen
    about = {"kind": term.kind, "slug": term.slug, "picture": request.build_absolute_uri(one.url)}
    return about | {"regions": seen.regions, "plot": seen.plot, "poster": seen.poster}
