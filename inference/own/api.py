"""One's own pace and receipts, for other programs."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from genresite.permissions import Curators, caller
from inference.health.opinions import of_person
from inference.models import Receipt
from inference.own import pace

RECEIPTS = 100


class Me(APIView):
    """What the caller has decided, how fast, and what has come of it."""

    permission_classes = [Curators]

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        user = caller(request)
        found: dict[str, Any] = {name: asdict(amount) for name, amount in pace.amounts(user).items()}
        found["days"] = [{"day": day.isoformat(), "decisions": number} for day, number in pace.by_day(user)]
        found["pace"] = asdict(pace.pace(user))
        found["verdicts"] = asdict(pace.verdicts(user))
        found["agreement"] = asdict(of_person(user))
        receipts = Receipt.objects.filter(user=user).select_related("version")[:RECEIPTS]
        found["receipts"] = [
            {
                "version": receipt.version.name,
                "decisions": receipt.decisions,
                "moved": receipt.moved,
                "at": receipt.at,
                **receipt.figures,
            }
            for receipt in receipts
        ]
        return Response(found)
