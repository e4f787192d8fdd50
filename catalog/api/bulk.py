"""Many labels at once by a rule or for the films of a search, each as one change set; `dry_run` only counts."""

from typing import Any

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.bulk import edits, work
from catalog.bulk.edits import Answer
from catalog.bulk.rules import Rule
from catalog.bulk.work import Done, NothingToDo, TooMany
from catalog.models import Job, Label, Term
from genresite.errors import Refused
from genresite.permissions import Curators, caller


class RuleSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Term.Kind.choices, default=Term.Kind.GENRE)
    term = serializers.SlugField(max_length=60)
    at_least = serializers.FloatField(min_value=0, max_value=1, help_text="score of the proposal")
    most = serializers.IntegerField(min_value=0, max_value=10**9, default=0, help_text="the surest so many; 0: all")
    dry_run = serializers.BooleanField(default=False)


class SameAnswerSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Term.Kind.choices, default=Term.Kind.GENRE)
    term = serializers.SlugField(max_length=60)
    value = serializers.ChoiceField(choices=Label.Value.choices)


class BulkEditSerializer(serializers.Serializer[Any]):
    query = serializers.CharField(
        max_length=2000, allow_blank=True, help_text="what stands after the question mark of a search's address"
    )
    answers = SameAnswerSerializer(many=True, min_length=1, max_length=10)  # type: ignore[call-arg]
    dry_run = serializers.BooleanField(default=False)


class BulkDoneSerializer(serializers.Serializer[Any]):
    """`labels` on `films` are written, or would be; a job writes them where it is too much to wait for."""

    films = serializers.IntegerField()
    labels = serializers.IntegerField()
    change_set = serializers.IntegerField(allow_null=True)
    job = serializers.IntegerField(allow_null=True)


class AcceptByRule(APIView):
    """Say yes wherever a term is proposed at a score or more; what anybody has said is left alone.

    403 for more than 50 films unless an admin asks; 409 where there is nothing to do.
    """

    permission_classes = [Curators]

    @extend_schema(request=RuleSerializer, responses={200: BulkDoneSerializer, 202: BulkDoneSerializer})
    def post(self, request: Request) -> Response:
        given = RuleSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        term = get_object_or_404(Term, kind=asked["kind"], slug=asked["term"], active=True)
        rule = Rule(term, asked["at_least"], asked["most"])
        count = len(rule.films())
        if asked["dry_run"]:
            return _answer(None, count, count)
        try:
            return _answer(work.accept(rule, user=caller(request)), count, count)
        except TooMany as error:
            raise PermissionDenied(str(error)) from None
        except NothingToDo as error:
            raise Refused(str(error)) from None


class EditFilms(APIView):
    """Say the same of all films that a search finds: it adds, and never replaces what a person has said."""

    permission_classes = [Curators]

    @extend_schema(request=BulkEditSerializer, responses={200: BulkDoneSerializer, 202: BulkDoneSerializer})
    def post(self, request: Request) -> Response:
        given = BulkEditSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        query, answers = QueryDict(asked["query"]), [_read(answer) for answer in asked["answers"]]
        if len({answer.term for answer in answers}) < len(answers):
            raise ValidationError({"answers": [_("A term is there twice.")]})
        try:
            films = work.chosen(query)
        except Http404 as error:
            raise ValidationError({"query": [str(error)]}) from None
        labels = sum(one.written for one in edits.outlook(films, answers))
        count = len(edits.open_films(films, answers))
        if asked["dry_run"]:
            return _answer(None, count, labels)
        try:
            return _answer(work.edit(query, answers, user=caller(request)), count, labels)
        except TooMany as error:
            raise PermissionDenied(str(error)) from None
        except NothingToDo as error:
            raise Refused(str(error)) from None


def _read(answer: dict[str, str]) -> Answer:
    term = get_object_or_404(Term, kind=answer["kind"], slug=answer["term"], active=True)
    return Answer(term, answer["value"])


def _answer(done: Done | Job | None, films: int, labels: int) -> Response:
    """What was counted; once it is done, what was written."""
    if isinstance(done, Done):
        return Response({**done.as_dict(), "job": None})
    job = done.pk if done else None
    counted = {"films": films, "labels": labels, "change_set": None, "job": job}
    return Response(counted, status=202 if job else 200)
