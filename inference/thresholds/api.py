"""Thresholds over HTTP: what each would bring, how far scores hold, and setting the champion's."""

from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from genresite.errors import Refused
from genresite.permissions import Admins, Confirmed, ReadIfPublic, caller
from inference.thresholds.reliability import Bin
from inference.thresholds.report import Report, find_term, report
from inference.thresholds.setting import NotSet, set_threshold, take_back


class ThresholdRowSerializer(serializers.Serializer[Any]):
    """One threshold. Shares are null where there is nothing to divide by."""

    at = serializers.FloatField()
    precision = serializers.FloatField(allow_null=True)
    recall = serializers.FloatField(allow_null=True)
    f1 = serializers.FloatField(allow_null=True)
    films = serializers.IntegerField(help_text="films that carry the term by the model alone")


class KnownFilmsSerializer(serializers.Serializer[Any]):
    films = serializers.IntegerField(help_text="of which it is known whether they have the term")
    yes = serializers.IntegerField(help_text="that have it")


class ScoreBinSerializer(serializers.Serializer[Any]):
    low = serializers.FloatField()
    high = serializers.FloatField()
    films = serializers.IntegerField()
    yes = serializers.IntegerField()
    score = serializers.FloatField(allow_null=True, help_text="mean of the films' scores")
    interval = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="95 % of the share that has the term (Wilson)"
    )


class ReliabilitySerializer(serializers.Serializer[Any]):
    """On validation and test films. `error`: expected calibration error. `enough`: whether films are not too few."""

    films = serializers.IntegerField()
    yes = serializers.IntegerField()
    error = serializers.FloatField(allow_null=True)
    enough = serializers.BooleanField()
    bins = ScoreBinSerializer(many=True)


class TermThresholdSerializer(serializers.Serializer[Any]):
    """`steps` and `now` are on validation films; `test` is at the fitted threshold, on test films."""

    version = serializers.CharField()
    term = serializers.CharField()
    predicted = serializers.BooleanField(help_text="whether the version has predicted any film")
    split_known = serializers.BooleanField(help_text="whether it is known by which films the version was chosen")
    open_films = serializers.IntegerField(help_text="predicted films of which nobody has said anything")
    validation_films = KnownFilmsSerializer()
    test_films = KnownFilmsSerializer()
    now = ThresholdRowSerializer()
    fitted = ThresholdRowSerializer()
    test = ThresholdRowSerializer()
    steps = ThresholdRowSerializer(many=True)
    reliability = ReliabilitySerializer()


class SetThresholdSerializer(serializers.Serializer[Any]):
    value = serializers.FloatField(
        min_value=0, max_value=1, allow_null=True, help_text="0 to 1; null goes back to the fitted one"
    )
    reason = serializers.CharField(max_length=300, default="", allow_blank=True)


class TermThreshold(APIView):
    """One version's threshold of a term.

    PUT sets the champion's, with a reason that is kept in the log, or goes back to the fitted one. Search follows as
    a job. 409 for a version that is not champion, without a reason, and where nothing would change.
    """

    def get_permissions(self) -> list[BasePermission]:
        return [Admins(), Confirmed()] if self.request.method == "PUT" else [ReadIfPublic()]

    @extend_schema(responses=TermThresholdSerializer)
    def get(self, request: Request, name: str, slug: str) -> Response:
        return Response(as_json(report(*find_term(name, slug))))

    @extend_schema(request=SetThresholdSerializer, responses=TermThresholdSerializer)
    def put(self, request: Request, name: str, slug: str) -> Response:
        version, term = find_term(name, slug)
        asked = SetThresholdSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        value, reason = asked.validated_data["value"], asked.validated_data["reason"]
        try:
            if value is None:
                take_back(version, slug, user=caller(request), reason=reason)
            else:
                set_threshold(version, slug, value, user=caller(request), reason=reason)
        except NotSet as error:
            raise Refused(_("The threshold stays: %(reason)s") % {"reason": error}) from None
        return Response(as_json(report(version, term)))


def as_json(found: Report) -> dict[str, Any]:
    rows = {name: getattr(found, name).as_dict() for name in ("now", "fitted", "test")}
    trusted = found.reliability
    return {
        "version": found.version.name,
        "term": found.term.slug,
        "predicted": found.predicted,
        "split_known": found.split,
        "open_films": found.open_films,
        "validation_films": asdict(found.validation_films),
        "test_films": asdict(found.test_films),
        **rows,
        "steps": [row.as_dict() for row in found.steps],
        "reliability": {
            **{name: getattr(trusted, name) for name in ("films", "yes", "error", "enough")},
            "bins": [_bin(each) for each in trusted.bins],
        },
    }


def _bin(each: Bin) -> dict[str, Any]:
    return asdict(each) | {"interval": each.interval}
