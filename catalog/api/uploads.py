"""Sending clips in pieces over HTTP: the tus 1.0 protocol (https://tus.io), core, creation, termination, checksum."""

import base64
import binascii
import hashlib
import uuid
from typing import Any

from django.conf import settings
from django.http.request import UnreadablePostError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiRequest, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, MethodNotAllowed, ParseError, UnsupportedMediaType
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.access import takes_files
from catalog.api.films import find_film
from catalog.footage import uploads
from catalog.models import Job, Upload
from genresite.permissions import Curators, caller

VERSION = "1.0.0"
PIECE_TYPE = "application/offset+octet-stream"
ALGORITHMS = ("sha1", "sha256")
CHECKED_MAX_BYTES = 16 * 2**20  # a piece with a checksum waits in memory until it is known to be right


class WrongVersion(APIException):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = gettext_lazy("Send the header Tus-Resumable: 1.0.0.")


class LengthRequired(APIException):
    status_code = status.HTTP_411_LENGTH_REQUIRED
    default_detail = gettext_lazy("Send the header Content-Length.")


class ChecksumMismatch(APIException):
    status_code = 460  # as tus has it
    default_detail = gettext_lazy("The bytes are not those of the checksum. Send the piece again.")


class TooLong(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = gettext_lazy("A piece with a checksum has at most 16 MB.")


class UploadSerializer(serializers.ModelSerializer[Upload]):
    """A file on its way. `job` is the one that takes it, once all of it has come."""

    film = serializers.CharField(source="film.key")
    offset = serializers.SerializerMethodField()
    job = serializers.SerializerMethodField()

    class Meta:
        model = Upload
        fields = ["id", "film", "name", "size", "offset", "job", "created_at"]
        read_only_fields = fields

    def get_offset(self, upload: Upload) -> int:
        return uploads.come(upload)

    def get_job(self, upload: Upload) -> int | None:
        made = Job.objects.filter(task=uploads.TASK, params__upload=str(upload.pk))
        return made.values_list("pk", flat=True).first()


def _header(name: str, help: str, *, required: bool = True) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, required=required, description=help)


RESUMABLE = _header("Tus-Resumable", "1.0.0")
NOTHING = OpenApiResponse(description="Done; nothing to say.")


class Tus(APIView):
    """What every answer has in common."""

    permission_classes = [Curators]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method not in ("OPTIONS", "GET") and request.headers.get("Tus-Resumable") != VERSION:
            raise WrongVersion

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, uploads.BadUpload):
            return Response({"detail": str(exc)}, status=exc.status)
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        answer["Tus-Resumable"] = answer["Tus-Version"] = VERSION
        answer["Cache-Control"] = "no-store"
        return answer

    @extend_schema(exclude=True)
    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        headers = {
            "Tus-Extension": "creation,termination,checksum",
            "Tus-Max-Size": str(settings.CLIP_MAX_BYTES),
            "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
        }
        return Response(status=204, headers=headers)


class Uploads(Tus):
    """Files on their way to a film: announce one, and send it to the address in `Location`."""

    @extend_schema(responses=UploadSerializer(many=True))
    def get(self, request: Request, key: str) -> Response:
        mine = Upload.objects.filter(film=find_film(request, key), user=caller(request)).select_related("film")
        return Response(UploadSerializer(mine.order_by("created_at"), many=True).data)

    @extend_schema(
        request=None,
        responses={201: UploadSerializer},
        parameters=[
            RESUMABLE,
            _header("Upload-Length", "bytes in all"),
            _header("Upload-Metadata", "filename and its value in base64", required=False),
        ],
    )
    def post(self, request: Request, key: str) -> Response:
        name = _metadata(request).get("filename", "")
        film, size = find_film(request, key), _number(request, "Upload-Length")
        upload = uploads.begin(film, caller(request), name=name, size=size)
        address = request.build_absolute_uri(reverse("api-clip-upload", args=[key, upload.pk]))
        return Response(UploadSerializer(upload).data, status=201, headers={"Location": address, "Upload-Offset": "0"})


class OneUpload(Tus):
    """One's own file on its way. HEAD says how much has come, PATCH sends on from there, DELETE forgets it."""

    throttle_classes = []  # a large file has many pieces; how many files there may be is limited

    def find(self, request: Request, key: str, pk: uuid.UUID) -> Upload:
        mine = Upload.objects.filter(film=find_film(request, key), user=caller(request))
        return get_object_or_404(mine.select_related("film", "user"), pk=pk)

    @extend_schema(responses=UploadSerializer)
    def get(self, request: Request, key: str, pk: uuid.UUID) -> Response:
        upload = self.find(request, key, pk)
        headers = {"Upload-Offset": str(uploads.offset(upload)), "Upload-Length": str(upload.size)}
        return Response(UploadSerializer(upload).data, headers=headers)

    @extend_schema(
        request=OpenApiRequest(OpenApiTypes.BINARY),
        responses={204: NOTHING},
        parameters=[
            RESUMABLE,
            _header("Upload-Offset", "where the piece begins: what HEAD said last"),
            _header("Upload-Checksum", "sha1 or sha256, and the piece's digest in base64", required=False),
        ],
    )
    def patch(self, request: Request, key: str, pk: uuid.UUID) -> Response:
        upload = self.find(request, key, pk)
        if request.content_type != PIECE_TYPE:
            raise UnsupportedMediaType(request.content_type)
        if not request.headers.get("Content-Length"):
            raise LengthRequired
        start, length = _number(request, "Upload-Offset"), _number(request, "Content-Length")
        if request.headers.get("Upload-Checksum"):
            at = _receive_checked(request, upload, start, length)
        else:
            at = uploads.receive(upload, start, request._request, length)
        uploads.finish(upload)
        return Response(status=204, headers={"Upload-Offset": str(at)})

    @extend_schema(responses={204: NOTHING}, parameters=[RESUMABLE])
    def delete(self, request: Request, key: str, pk: uuid.UUID) -> Response:
        uploads.cancel(self.find(request, key, pk))
        return Response(status=204)

    @extend_schema(exclude=True)
    def post(self, request: Request, key: str, pk: uuid.UUID) -> Response:
        """For those whose network knows GET and POST only."""
        meant = request.headers.get("X-HTTP-Method-Override", "")
        if meant == "PATCH":
            return self.patch(request, key, pk)
        if meant == "DELETE":
            return self.delete(request, key, pk)
        raise MethodNotAllowed("POST")


def _receive_checked(request: Request, upload: Upload, start: int, length: int) -> int:
    """Append the piece if it is what its checksum says. Raises ChecksumMismatch, and BadUpload as `receive`."""
    algorithm, _blank, digest = request.headers["Upload-Checksum"].partition(" ")
    if algorithm not in ALGORITHMS:
        raise ParseError(_("Use one of: %(choices)s.") % {"choices": ", ".join(ALGORITHMS)})
    if length > CHECKED_MAX_BYTES:
        raise TooLong
    try:
        piece = request._request.read(length)
    except UnreadablePostError:
        piece = b""
    found = base64.b64encode(hashlib.new(algorithm, piece, usedforsecurity=False).digest()).decode()
    if found != digest.strip():
        raise ChecksumMismatch
    at = uploads.append(upload, start, piece)
    uploads.sync(upload)
    return at


def _number(request: Request, name: str) -> int:
    """A header that is a whole number. Raises ParseError."""
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise ParseError(_("The header %(name)s must be a whole number.") % {"name": name})
    return int(text)


def _metadata(request: Request) -> dict[str, str]:
    """Upload-Metadata as a dict: pairs of a name and a value in base64, with commas between. Raises ParseError."""
    found = {}
    for pair in filter(None, (part.strip() for part in request.headers.get("Upload-Metadata", "").split(","))):
        name, _blank, value = pair.partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise ParseError(_("The header Upload-Metadata is not base64 of UTF-8.")) from None
    return found


one_upload = takes_files(settings.CLIP_MAX_BYTES)(OneUpload.as_view())
