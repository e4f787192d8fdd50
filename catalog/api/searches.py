"""A person's own kept searches."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from catalog import saved
from catalog.models import SavedSearch
from genresite.permissions import caller


class SavedSearchSerializer(serializers.ModelSerializer[SavedSearch]):
    """`query` is what stands after the question mark of the search page's address; `feed` needs no token of the API."""

    address = serializers.SerializerMethodField()
    feed = serializers.SerializerMethodField()

    class Meta:
        model = SavedSearch
        fields = ["id", "name", "query", "address", "feed", "created_at"]
        read_only_fields = ["id", "created_at"]

    def get_address(self, search: SavedSearch) -> str:
        return str(self.context["request"].build_absolute_uri(search.get_absolute_url()))

    def get_feed(self, search: SavedSearch) -> str:
        return str(self.context["request"].build_absolute_uri(search.get_feed_url()))


class NameSerializer(serializers.ModelSerializer[SavedSearch]):
    class Meta:
        model = SavedSearch
        fields = ["name"]


class SavedSearches(generics.ListCreateAPIView[SavedSearch]):
    """One's own kept searches. A POST keeps another one."""

    serializer_class = SavedSearchSerializer
    permission_classes = [IsAuthenticated]

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return SavedSearch.objects.none()
        return SavedSearch.objects.filter(user=caller(self.request))

    def perform_create(self, serializer: Any) -> None:
        wanted = serializer.validated_data
        try:
            made = saved.save(caller(self.request), name=wanted["name"], query=wanted.get("query", ""))
        except (ValidationError, Http404) as error:
            raise refused(error) from error
        serializer.instance = made


class SavedSearchDetail(generics.RetrieveDestroyAPIView[SavedSearch]):
    """One of one's own kept searches."""

    serializer_class = SavedSearchSerializer
    permission_classes = [IsAuthenticated]

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return SavedSearch.objects.none()
        return SavedSearch.objects.filter(user=caller(self.request))

    @extend_schema(request=NameSerializer, responses=SavedSearchSerializer)
    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Give it another name."""
        search = self.get_object()
        named = NameSerializer(search, data=request.data)
        named.is_valid(raise_exception=True)
        try:
            saved.rename(search, named.validated_data["name"])
        except ValidationError as error:
            raise refused(error) from error
        return Response(self.get_serializer(search).data)


def refused(error: ValidationError | Http404) -> serializers.ValidationError:
    if isinstance(error, Http404):
        return serializers.ValidationError({"query": [str(error)]})
    return serializers.ValidationError(error.message_dict)
