"""Trying the models over HTTP: a poster, a plot, frames or a clip in; genres, tags, maps and the nearest films out."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotFound
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from catalog.access import takes_files
from catalog.models import Film, Term
from catalog.pictures import BadPicture
from genresite.parsers import StrictJSONParser
from inference import trying
from inference.trying import Answer, BadTry
from inference.trying.views import LARGEST, TryThrottle


class AskIfPublic(BasePermission):
    """As the page: anybody on a public site, members of a private one."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return settings.PUBLIC or request.user.is_authenticated


class TrySerializer(serializers.Serializer[Any]):
    """At least one of plot, poster, frames and clip."""

    title = serializers.CharField(max_length=trying.LONGEST_TITLE, allow_blank=True, default="")
    plot = serializers.CharField(max_length=trying.LONGEST_PLOT, allow_blank=True, default="")
    poster = serializers.FileField(required=False, help_text="JPEG, PNG or WebP")
    frames = serializers.ListField(
        child=serializers.FileField(), required=False, max_length=trying.MOST_FRAMES, help_text="in their order"
    )
    clip = serializers.FileField(required=False)


class TriedTermSerializer(serializers.Serializer[Any]):
    """A genre, tag or scene genre. `plot` and `poster`: by how much each moves its log-odds."""

    kind = serializers.CharField()
    slug = serializers.CharField()
    score = serializers.FloatField()
    threshold = serializers.FloatField()
    proposed = serializers.BooleanField()
    plot = serializers.FloatField()
    poster = serializers.FloatField()
    regions = serializers.ListField(child=serializers.CharField(), help_text="where on the poster it was seen")
    heatmap = serializers.CharField(source="png", help_text="PNG, base64, to be laid over the poster")


class TriedNearSerializer(serializers.Serializer[Any]):
    """A film of the catalogue that is like it, and the terms that both have."""

    film = serializers.CharField(help_text="key")
    title = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    shared = serializers.ListField(child=serializers.CharField(), help_text="as genre/horror")


class TriedSerializer(serializers.Serializer[Any]):
    """`state` is `making` until a worker has looked, then `ready` or `failed`. All of it goes after 15 minutes."""

    token = serializers.CharField()
    state = serializers.ChoiceField(choices=[trying.MAKING, trying.READY, trying.FAILED])
    terms = TriedTermSerializer(many=True)
    near = TriedNearSerializer(many=True)
    versions = serializers.ListField(child=serializers.CharField())
    inputs = serializers.ListField(child=serializers.CharField(), help_text="what was looked at")
    weights = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="of plot and poster, where the model weighs them"
    )
    notes = serializers.ListField(child=serializers.CharField(), help_text="what could not be looked at, and why")
    failed = serializers.CharField()


class _Refused(APIException):
    def __init__(self, error: BadTry | BadPicture) -> None:
        super().__init__(str(error))
        self.status_code = error.status


class Try(APIView):
    """Have the champions look at something that is not in the catalogue. Nothing of it is stored."""

    permission_classes = [AskIfPublic]
    throttle_classes = [TryThrottle]
    parser_classes = [MultiPartParser, StrictJSONParser]

    @extend_schema(request=TrySerializer, responses={202: TriedSerializer})
    def post(self, request: Request) -> Response:
        given = TrySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            token = trying.ask(**given.validated_data)
        except (BadTry, BadPicture) as error:
            raise _Refused(error) from None
        where = reverse("api-tried", args=[token], request=request)
        return Response(_told(request, token), status=202, headers={"Location": where})


class Tried(APIView):
    """What came of it, to whoever knows the token."""

    permission_classes = [AskIfPublic]
    throttle_classes = []  # asking again is what it is there for

    @extend_schema(responses=TriedSerializer)
    def get(self, request: Request, token: str) -> Response:
        response = Response(_told(request, token))
        response["Cache-Control"] = "private, no-store"
        return response

    @extend_schema(responses={204: None})
    def delete(self, request: Request, token: str) -> Response:
        """Remove what was handed in, and what came of it, at once."""
        _told(request, token)
        trying.scratch.remove(token)
        return Response(status=204)


def _told(request: Request, token: str) -> dict[str, Any]:
    """Raises NotFound."""
    state, answer = trying.read(token)
    if state == trying.GONE:
        raise NotFound(_("What you handed in is not here any more: it is kept for 15 minutes."))
    if state == trying.MAKING:
        trying.send(token)
    told = answer or Answer()
    active = set(Term.objects.filter(active=True).values_list("kind", "slug"))
    terms = [term for term in told.terms if (term.kind, term.slug) in active]
    films = Film.objects.visible_to(request.user).defer("external").in_bulk(told.near)
    near = [
        {"film": film.key, "title": film.title, "year": film.year, "shared": _names(told, pk)}
        for pk in told.near
        if (film := films.get(pk))
    ]
    shown = {name: getattr(told, name) for name in ("versions", "inputs", "weights", "notes", "failed")}
    return dict(TriedSerializer({"token": token, "state": state, "terms": terms, "near": near, **shown}).data)


def _names(told: Answer, film: int) -> list[str]:
    return [f"{kind}/{slug}" for kind, slug in told.shared.get(str(film), [])]


try_it = takes_files(LARGEST)(Try.as_view())
