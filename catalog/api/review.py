"""The review desk for programs: be given a film, answer all of it at once, or leave it to others."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog import labelling
from catalog.api.films import find_film
from catalog.api.labels import LARGEST
from catalog.desk import answers, finishing, queue, second, sheet
from catalog.desk.answers import Answer, BadAnswer
from catalog.desk.orders import DEFAULT, ORDERS, Wanted
from catalog.models import Term
from genresite.errors import Refused
from genresite.permissions import Curators, caller

OFFERED = [name for name, order in ORDERS.items() if order.offered]
LONGEST_LIST = 200  # answers of one film


class WantedSerializer(serializers.Serializer[Any]):
    """Which films, in which order; `have` are keys of films that the caller has in hand already."""

    order = serializers.ChoiceField(choices=OFFERED, default=DEFAULT)
    genre = serializers.SlugField(max_length=60, required=False)
    decade = serializers.IntegerField(min_value=1870, max_value=2100, required=False)
    source = serializers.CharField(max_length=60, required=False)  # type: ignore[assignment]
    machine_only = serializers.BooleanField(default=False)
    minutes = serializers.IntegerField(min_value=1, max_value=queue.LONGEST_BOX, required=False)
    have = serializers.ListField(child=serializers.CharField(max_length=80), max_length=50, default=list)

    def validate_genre(self, slug: str) -> Term:
        genre = Term.objects.filter(kind=Term.Kind.GENRE, slug=slug, active=True).first()
        if genre is None:
            raise ValidationError(_("There is no such genre or tag."))
        return genre


class OfferSerializer(serializers.Serializer[Any]):
    """A film for the caller alone for ten minutes: why, and what accepting would say. `film` is null when none is left.

    A second opinion is asked for without what the first person said.
    """

    film = serializers.CharField(allow_null=True)
    revision = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)
    second_opinion = serializers.BooleanField()
    suggested = serializers.ListField(child=serializers.CharField(), help_text="answers, as genre/horror:yes")


class NextForReview(APIView):
    """Be given a film to review, claimed for ten minutes."""

    permission_classes = [Curators]

    @extend_schema(request=WantedSerializer, responses=OfferSerializer)
    def post(self, request: Request) -> Response:
        body = WantedSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked = dict(body.validated_data)
        have = asked.pop("have")
        wanted = Wanted(**asked)
        return Response(_offer(queue.next_film(caller(request), wanted, have=have), wanted))


def _offer(offer: queue.Offer | None, wanted: Wanted) -> dict[str, Any]:
    if offer is None:
        return {"film": None, "revision": None, "reason": "", "second_opinion": False, "suggested": []}
    given = second.given(offer.second) if offer.second else None
    reason = None if offer.second else queue.order_of(wanted).reason(offer.film)
    shown = sheet.desk_sheet(offer.film, {}, about=reason.term if reason else None, second=given)
    return {
        "film": offer.film.key,
        "revision": offer.film.revision,
        "reason": reason.sentence if reason else "",
        "second_opinion": offer.second is not None,
        "suggested": [one.text for one in shown.accepting],
    }


class FinishSerializer(serializers.Serializer[Any]):
    """`answers`: what is said of each term, as genre/horror:yes. `whole`: all of the film is judged with them."""

    answers = serializers.ListField(child=serializers.CharField(max_length=80), max_length=LONGEST_LIST, default=list)
    revision = serializers.IntegerField(min_value=1, max_value=LARGEST)
    whole = serializers.BooleanField(default=True)
    order = serializers.ChoiceField(choices=OFFERED, default=DEFAULT)
    seconds = serializers.FloatField(min_value=0, max_value=86_400, required=False)

    def validate_answers(self, texts: list[str]) -> list[Answer]:
        try:
            return answers.read(texts)
        except BadAnswer as error:
            raise ValidationError(str(error)) from None


class FinishedSerializer(serializers.Serializer[Any]):
    """`change_set` is what to undo; null where nothing had to be said."""

    revision = serializers.IntegerField()
    change_set = serializers.IntegerField(allow_null=True)
    decisions = serializers.IntegerField()
    locked = serializers.ListField(child=serializers.CharField(), help_text="terms that were left alone")


class FinishReview(APIView):
    """Be through with a film: every answer in one change set. 409 if the film changed since; nothing is saved then."""

    permission_classes = [Curators]

    @extend_schema(request=FinishSerializer, responses=FinishedSerializer)
    def post(self, request: Request, key: str) -> Response:
        film = find_film(request, key)
        body = FinishSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked = dict(body.validated_data)
        said: list[Answer] = asked.pop("answers")
        try:
            saved = finishing.finish(film, said, user=caller(request), **asked)
        except (labelling.Conflict, labelling.Locked) as refused:
            raise Refused(str(refused)) from None
        film.refresh_from_db(fields=["revision"])
        data = {
            "revision": film.revision,
            "change_set": saved.changes.pk if saved.changes else None,
            "decisions": saved.decisions,
            "locked": [f"{term.kind}/{term.slug}" for term in saved.locked],
        }
        return Response(data)


class SkipSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300, allow_blank=True, default="")
    order = serializers.ChoiceField(choices=OFFERED, default=DEFAULT)


class SkipReview(APIView):
    """Leave a film to others, and say why."""

    permission_classes = [Curators]

    @extend_schema(request=SkipSerializer, responses={204: None})
    def post(self, request: Request, key: str) -> Response:
        film = find_film(request, key)
        body = SkipSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        finishing.skip(film, user=caller(request), **body.validated_data)
        return Response(status=204)
