"""What the API answers when a function of the catalogue or of training refuses."""

from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from catalog.labelling import CannotUndo, Locked


class Refused(APIException):
    """The request is well formed but cannot be done as things are."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = _("This cannot be done now.")


class RevisionRequired(APIException):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_detail = _("Say which revision of the film you saw: If-Match, or `revision` in the body.")


@cache
def _statuses() -> dict[type[Exception], int]:
    """Made when first needed: catalog.api raises the errors above, and catalog imports nothing of training."""
    from catalog.thesaurus.edits import Stale
    from catalog.thesaurus.states import BadTerm
    from training.manifest import DamagedModel
    from training.registry import UnknownVersion

    return {
        Locked: status.HTTP_409_CONFLICT,
        CannotUndo: status.HTTP_409_CONFLICT,
        BadTerm: status.HTTP_409_CONFLICT,
        Stale: status.HTTP_409_CONFLICT,
        UnknownVersion: status.HTTP_404_NOT_FOUND,
        DamagedModel: status.HTTP_409_CONFLICT,
    }


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    from rest_framework.views import exception_handler  # which reads the settings that name this module

    for known, code in _statuses().items():
        if isinstance(error, known):
            return Response({"detail": str(error)}, status=code)
    return exception_handler(error, context)
