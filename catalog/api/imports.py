"""Starting an import over HTTP, from an uploaded file."""

from typing import Any

from django.core.files.base import File
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.access import takes_files
from catalog.api.jobs import JobSerializer, started
from catalog.importers import IMPORTERS
from catalog.importers.merge import BadRule, parse_rules
from catalog.importers.rows import BadSource
from catalog.importers.uploads import UPLOAD_MAX_BYTES, receive_upload
from genresite.permissions import Admins


class ImportSerializer(serializers.Serializer[Any]):
    """As on the import page: a table or an archive, and pictures named by IMDb id if they are apart."""

    file = serializers.FileField(help_text="CSV, gzipped CSV, or a zip archive")
    format = serializers.ChoiceField(choices=sorted(IMPORTERS))
    posters = serializers.FileField(required=False, help_text="zip archive of pictures")
    rules = serializers.ListField(
        child=serializers.CharField(max_length=60), default=list, help_text="as plot=overwrite; the default is merge"
    )
    dry_run = serializers.BooleanField(default=False, help_text="only count what would change")

    def validate_rules(self, rules: list[str]) -> list[str]:
        try:
            parse_rules(rules)
        except BadRule as error:
            raise ValidationError(str(error)) from None
        return rules


class Import(APIView):
    """Import films from a file as a job. Unreadable rows and pictures are its failures."""

    permission_classes = [Admins]
    parser_classes = [MultiPartParser]

    @extend_schema(request=ImportSerializer, responses={202: JobSerializer})
    def post(self, request: Request) -> Response:
        asked = ImportSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given: dict[str, Any] = asked.validated_data
        path, posters = _kept("file", given["file"]), _kept("posters", given.get("posters"))
        params = {"path": path, "posters": posters, "format": given["format"], "rules": given["rules"]}
        name = str(given["file"].name)[:100]
        return started(request, "catalog.import_films", params | {"dry_run": given["dry_run"], "name": name}, "cpu")


def _kept(field: str, upload: "File[bytes] | None") -> str | None:
    """Where the upload now lies. Raises ValidationError."""
    if upload is None:
        return None
    if upload.size == 0:
        raise ValidationError({field: [_("The file is empty.")]})
    try:
        return str(receive_upload(upload))
    except BadSource as error:
        raise ValidationError({field: [str(error)]}) from None


start_import = takes_files(2 * UPLOAD_MAX_BYTES + 2**20)(Import.as_view())
