"""Films: the list, one film with its labels and scores, and its history."""

from collections.abc import Mapping
from typing import Any, cast

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import generics, serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.changes import DecisionSerializer, name_for
from catalog.api.found import FoundPages
from catalog.models import Decision, Film, FilmTerm, Label, Term
from catalog.rows import Row, film_rows
from catalog.search import finding
from catalog.search.asked import HAS, SAID, SORTS, STRENGTHS, Asked
from catalog.search.facets import DECADES
from genresite.filters import Filter, unchanged
from genresite.pagination import NewestFirst

STRENGTH_TEXTS = tuple(str(strength) for strength in STRENGTHS)
DECADE_TEXTS = tuple(str(decade) for decade in DECADES)
HAS_TEXTS = (*HAS, *(f"no-{what}" for what in HAS))


class FoundTermSerializer(serializers.ModelSerializer[FilmTerm]):
    """A term under which search finds the film."""

    kind = serializers.CharField(source="term.kind")
    slug = serializers.CharField(source="term.slug")

    class Meta:
        model = FilmTerm
        fields = ["kind", "slug", "weight", "origin"]


class FilmSerializer(serializers.ModelSerializer[Film]):
    poster = serializers.SerializerMethodField()
    thumbnail = serializers.SerializerMethodField()
    terms = FoundTermSerializer(source="film_terms", many=True)

    class Meta:
        model = Film
        fields = [
            "key", "imdb_id", "title", "title_original", "title_ko", "year", "language", "country", "director",
            "plot", "plot_ko", "source", "licence", "poster", "thumbnail", "revision", "changed_at", "terms",
        ]  # fmt: skip
        read_only_fields = fields

    def get_poster(self, film: Film) -> str | None:
        return self._address(film.poster_url)

    def get_thumbnail(self, film: Film) -> str | None:
        return self._address(film.thumbnail_url)

    def _address(self, path: str) -> str | None:
        return self.context["request"].build_absolute_uri(path) if path else None


class ScoreSerializer(serializers.Serializer[Any]):
    """What the champion says of a term: it proposes the term from the threshold on."""

    score = serializers.FloatField()
    threshold = serializers.FloatField()
    proposed = serializers.BooleanField()
    version = serializers.CharField()
    inputs = serializers.ListField(child=serializers.CharField())


class LabelSerializer(serializers.Serializer[Row]):
    """A term of a film: what is said of it, by whom, and what the model thinks.

    Without a `value` nobody has said anything. Names of people are for those who decide.
    """

    kind = serializers.CharField(source="term.kind")
    slug = serializers.CharField(source="term.slug")
    value = serializers.ChoiceField(choices=Label.Value.choices, source="label.value", default=None, allow_null=True)
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=Label.Source.choices, source="label.source", default=None, allow_null=True
    )
    origin = serializers.CharField(source="label.origin", default=None, allow_null=True)
    by = serializers.SerializerMethodField()
    locked = serializers.BooleanField()
    changed_at = serializers.DateTimeField(source="label.changed_at", default=None, allow_null=True)
    score = ScoreSerializer(allow_null=True)

    def get_by(self, row: Row) -> str | None:
        return name_for(self.context["request"], row.label.decided_by if row.label else None)


class FilmDetailSerializer(FilmSerializer):
    labels = serializers.SerializerMethodField()

    class Meta(FilmSerializer.Meta):
        fields = [*FilmSerializer.Meta.fields, "labels"]
        read_only_fields = fields

    @extend_schema_field(LabelSerializer(many=True))
    def get_labels(self, film: Film) -> Any:
        return labels_data(film, self.context)


def rows(film: Film) -> list[Row]:
    return film_rows(film, Term.objects.filter(active=True))


def labels_data(film: Film, context: Mapping[str, Any]) -> Any:
    """All of a film's terms as LabelSerializer shows them."""
    return LabelSerializer(many=True, instance=rows(film), context=context).data  # type: ignore[arg-type]


def with_terms(films: QuerySet[Film]) -> QuerySet[Film]:
    terms = FilmTerm.objects.select_related("term").order_by("term__kind", "-weight", "term__slug")
    return films.prefetch_related(Prefetch("film_terms", terms))


def find_film(request: Request, key: str) -> Film:
    return get_object_or_404(Film.objects.visible_to(request.user), key=key)


class Films(generics.ListAPIView[Film]):
    """Films, the newest first or as `sort` says, by what the search page can ask for; `count` is of all that fit."""

    serializer_class = FilmSerializer
    pagination_class = FoundPages
    # Read by catalog.search.asked, as on the page; named here so that all others are refused.
    filters = {
        "q": Filter(unchanged, "words of the title, in any language"),
        "by": Filter(unchanged, "words of a director's name"),
        "genre": Filter(unchanged, "slug of a genre that films have; given twice, they have both"),
        "tag": Filter(unchanged, "slug of a tag that films have"),
        "scene": Filter(unchanged, "slug of a scene genre that films have"),
        "may": Filter(unchanged, "slug, or kind:slug, of a term; given several times, films have at least one of them"),
        "not": Filter(unchanged, "slug, or kind:slug, of a term that films do not have"),
        "w.*": Filter(unchanged, "how much more, or less, of the term of this slug; ranks films", STRENGTH_TEXTS),
        "decade": Filter(unchanged, "as in 1970; given several times, one of them", DECADE_TEXTS),
        "language": Filter(unchanged, "given several times, one of them"),
        "has": Filter(unchanged, "what films have, or with no- do not have", HAS_TEXTS),
        "said": Filter(unchanged, "by whom something is said of the film, or what waits", SAID),
        "review": Filter(unchanged, "1: only films where something waits for a person, as said=waiting", ("1",)),
        "sort": Filter(unchanged, "match is by strengths, or by the terms that are asked for", SORTS),
    }

    def get_queryset(self) -> QuerySet[Film]:
        return with_terms(Film.objects.published())

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        self.filter_queryset(Film.objects.none())  # refuses what is no filter
        asked, pages = Asked.read(request.query_params), cast("FoundPages", self.paginator)
        after, size = pages.after(request, asked), pages.get_page_size(request)
        found = finding.find(asked, after, size, films=self.get_queryset())
        return pages.answer(request, found, self.get_serializer(found.films, many=True).data)


class FilmDetail(generics.RetrieveAPIView[Film]):
    """One film with its labels and the champion's scores. The ETag is the revision that a change must name."""

    serializer_class = FilmDetailSerializer
    lookup_field = "key"

    def get_queryset(self) -> QuerySet[Film]:
        return with_terms(Film.objects.visible_to(self.request.user))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        film = self.get_object()
        return Response(self.get_serializer(film).data, headers={"ETag": f'"{film.revision}"'})


class FilmDecisions(generics.ListAPIView[Decision]):
    """The film's history, newest first. Names of people are for those who decide."""

    serializer_class = DecisionSerializer
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[Decision]:
        if getattr(self, "swagger_fake_view", False):
            return Decision.objects.none()
        film = find_film(self.request, self.kwargs["key"])
        return film.decisions.select_related("change_set__user", "film", "term", "after_by")
