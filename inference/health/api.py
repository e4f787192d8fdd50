"""Label health and differences for other programs."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog import differences, labelling
from catalog.models import Label, SecondAnswer
from genresite.errors import Refused
from genresite.filters import Filter
from genresite.pagination import StablePages
from genresite.permissions import Admins, Curators, caller
from inference.health.opinions import Opinions
from inference.health.page import Health, TermHealth, health
from inference.health.views import SHOWN
from training.agreement import Agreement
from training.models import Task


class LabelHealth(APIView):
    """Coverage, suspected errors, agreement and readiness of every genre (or tag), and what to do next."""

    permission_classes = [Admins]

    @extend_schema(
        parameters=[OpenApiParameter("task", enum=[task.value for task in SHOWN], default=Task.GENRES.value)],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        asked = request.query_params.get("task", Task.GENRES.value)
        if asked not in SHOWN:
            choices = ", ".join(task.value for task in SHOWN)
            raise ValidationError({"task": [_("Use one of: %(choices)s.") % {"choices": choices}]})
        return Response(as_json(health(Task(asked))))


def as_json(found: Health) -> dict[str, Any]:
    films = found.films
    return {
        "task": found.task.value,
        "films": {
            "total": films.total,
            "by_person": films.by_person,
            "by_import": films.by_import,
            "by_model": films.by_model,
            "silent": films.silent,
        },
        "waiting": films.waiting,
        "suspects": found.suspects if found.looked else None,
        "unsettled": found.unsettled,
        "agreement": {"films": found.together.films, **_agreement(found.together.agreement)},
        "terms": [_term(row) for row in found.terms],
        "weeks": [{"from": start.isoformat(), "decisions": number} for start, number in found.weeks],
        "next": [{"what": each.name, "sentence": each.sentence, "why": each.why} for each in found.advice],
    }


def _term(row: TermHealth) -> dict[str, Any]:
    covered, ready = row.covered, row.ready
    return {
        "term": covered.term.slug,
        "by_person": covered.by_person,
        "by_import": covered.by_import,
        "yes": covered.yes,
        "proposed": covered.proposed,
        "suspects": covered.suspects,
        "training_films": ready.train,
        "needed": ready.needed,
        "learned": ready.learned,
        "agreement": _opinions(row.opinions) if row.opinions else None,
    }


def _opinions(found: Opinions) -> dict[str, Any]:
    return {**_agreement(found.agreement), "unsure": found.unsure, "unsettled": found.unsettled}


def _agreement(found: Agreement) -> dict[str, Any]:
    return {
        "answers": found.answers.number,
        "different": found.answers.different,
        "observed": found.observed,
        "kappa": found.kappa,
        "low": found.low,
        "high": found.high,
    }


class DifferenceSerializer(serializers.ModelSerializer[SecondAnswer]):
    """One term of a film on which two people differ."""

    film = serializers.CharField(source="review.film.key")
    revision = serializers.IntegerField(source="review.film.revision", help_text="to be sent along when settling")
    kind = serializers.CharField(source="term.kind")
    term = serializers.CharField(source="term.slug")
    first_by = serializers.CharField(source="review.first_by.username")
    second_by = serializers.CharField(source="review.second_by.username")

    class Meta:
        model = SecondAnswer
        fields = ["id", "film", "revision", "kind", "term", "first", "first_by", "second", "second_by"]
        read_only_fields = fields


class SettleSerializer(serializers.Serializer[Any]):
    value = serializers.ChoiceField(choices=Label.Value.choices)
    revision = serializers.IntegerField(min_value=0, max_value=2**31 - 1)


class Differences(generics.ListAPIView[SecondAnswer]):
    """What two people said differently of the same films, and nobody has settled."""

    permission_classes = [Curators]
    serializer_class = DifferenceSerializer
    pagination_class = StablePages
    queryset = differences.unsettled().select_related("review__film", "review__first_by", "review__second_by", "term")
    filters = {"term": Filter(lambda rows, slug: rows.filter(term__slug=slug), "slug of a genre or tag")}


class SettleDifference(APIView):
    """Say what holds: it becomes the label. 409 if the film has changed, the label is locked, or it is settled."""

    permission_classes = [Curators]

    @extend_schema(request=SettleSerializer, responses={200: OpenApiTypes.OBJECT})
    def post(self, request: Request, pk: int) -> Response:
        answer = get_object_or_404(differences.differing(), pk=pk)
        asked = SettleSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        value = Label.Value(asked.validated_data["value"])
        try:
            changes = differences.settle(answer, value, user=caller(request), revision=asked.validated_data["revision"])
        except (differences.SettledBefore, labelling.Conflict) as error:
            raise Refused(str(error)) from None
        return Response({"change_set": changes.pk, "settled": value.value})
