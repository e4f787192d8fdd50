"""Genres and tags, their guidelines and examples, merges, and what was changed of them."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog import undoing
from catalog.api.changes import name_for
from catalog.models import Term, TermChange
from catalog.thesaurus import edits, planning
from catalog.thesaurus.changes import Change
from catalog.thesaurus.edits import LONGEST_GUIDELINE, LONGEST_NAME, MOST_ALIASES, may_edit
from catalog.thesaurus.planning import Plan, Rule
from catalog.thesaurus.states import CURATED, LONGEST_NOTE, MOST_EXAMPLES, examples_of, name_of
from catalog.thesaurus.work import follow_up, merge_or_start
from genresite.filters import Filter
from genresite.pagination import NewestFirst
from genresite.permissions import Admins, Curators, ReadIfPublic, caller

KIND = Filter(lambda rows, kind: rows.filter(kind=kind), "genre or tag", tuple(Term.Kind.values))


class TermSerializer(serializers.ModelSerializer[Term]):
    """`parent` and `merged_into` name a term by kind and slug, as "genre/crime"; null without one."""

    parent = serializers.SerializerMethodField()  # type: ignore[assignment]
    merged_into = serializers.SerializerMethodField()

    class Meta:
        model = Term
        fields = [
            "kind", "slug", "name_en", "name_ko", "aliases", "guideline_en", "guideline_ko", "active", "parent",
            "merged_into",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_parent(self, term: Term) -> str | None:
        return name_of(term.parent) or None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_merged_into(self, term: Term) -> str | None:
        return name_of(term.merged_into) or None


class EditSerializer(serializers.Serializer[Term]):
    """What is given is changed. Curators change guidelines; all else is for admins."""

    name_en = serializers.CharField(max_length=LONGEST_NAME, required=False)
    name_ko = serializers.CharField(max_length=LONGEST_NAME, required=False)
    aliases = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_NAME), max_length=MOST_ALIASES, required=False
    )
    guideline_en = serializers.CharField(max_length=LONGEST_GUIDELINE, allow_blank=True, required=False)
    guideline_ko = serializers.CharField(max_length=LONGEST_GUIDELINE, allow_blank=True, required=False)
    parent = serializers.CharField(
        max_length=70, allow_blank=True, required=False, help_text="kind/slug of the wider term; empty for none"
    )  # type: ignore[assignment]
    active = serializers.BooleanField(required=False, help_text="false retires the term, true restores it")


class NewTermSerializer(EditSerializer):
    kind = serializers.ChoiceField(choices=Term.Kind.choices)
    name_en = serializers.CharField(max_length=LONGEST_NAME)
    name_ko = serializers.CharField(max_length=LONGEST_NAME)
    active = None  # type: ignore[assignment]


class ExampleSerializer(serializers.Serializer[Any]):
    film = serializers.CharField(max_length=80, help_text="key of a film")
    good = serializers.BooleanField(help_text="has the term; otherwise it only seems to")
    note = serializers.CharField(max_length=LONGEST_NOTE, allow_blank=True, default="")


class MergeSerializer(serializers.Serializer[Any]):
    into = serializers.SlugField(max_length=60, help_text="slug of the term that stays, of the same kind")
    rule = serializers.ChoiceField(
        choices=Rule.choices, default=Rule.NEWER, help_text="whose answer stays where people disagree"
    )
    dry_run = serializers.BooleanField(default=False, help_text="count only, change nothing")


class MergedSerializer(serializers.Serializer[Plan]):
    """What a merge does with labels; `change_set` undoes it, `job` where it is too much to wait for."""

    moved = serializers.IntegerField()
    same = serializers.IntegerField()
    over_imports = serializers.IntegerField()
    otherwise = serializers.IntegerField()
    disagree = serializers.IntegerField()
    aliases = serializers.ListField(child=serializers.CharField())
    change_set = serializers.IntegerField(allow_null=True)
    job = serializers.IntegerField(allow_null=True)


COUNTS = ("moved", "same", "over_imports", "otherwise", "disagree", "aliases")  # of a plan


class TermChangeSerializer(serializers.ModelSerializer[TermChange]):
    """One change of the vocabulary. `before` and `after` hold what differs."""

    term = serializers.SerializerMethodField(help_text="kind/slug")
    by = serializers.SerializerMethodField()
    undone_by = serializers.SerializerMethodField(help_text="id of the change that took this one back")
    before = serializers.DictField(read_only=True)
    after = serializers.DictField(read_only=True)

    class Meta:
        model = TermChange
        fields = ["id", "term", "kind", "by", "before", "after", "change_set", "undoes", "undone_by", "at"]
        read_only_fields = fields

    def get_term(self, change: TermChange) -> str:
        return name_of(change.term)

    def get_by(self, change: TermChange) -> str | None:
        return name_for(self.context["request"], change.user)

    def get_undone_by(self, change: TermChange) -> int | None:
        undoing: TermChange | None = getattr(change, "undone_by", None)
        return undoing.pk if undoing else None


class Terms(generics.ListAPIView[Term]):
    """All genres and tags, English and Korean."""

    queryset = Term.objects.select_related("parent", "merged_into")
    serializer_class = TermSerializer
    filters = {"kind": KIND}

    def get_permissions(self) -> list[Any]:
        return [Admins()] if self.request.method == "POST" else list(super().get_permissions())

    @extend_schema(request=NewTermSerializer, responses={201: TermSerializer})
    def post(self, request: Request) -> Response:
        """Add a term; its slug is made of the English name. For admins."""
        given = NewTermSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = edits.add(user=caller(request), **given.validated_data)
        follow_up(made, user=caller(request))
        return Response(TermSerializer(made).data, status=201)


class TermDetail(APIView):
    """One term."""

    def get_permissions(self) -> list[Any]:
        return [ReadIfPublic()] if self.request.method == "GET" else [Curators()]

    @extend_schema(responses=TermSerializer)
    def get(self, request: Request, kind: str, slug: str) -> Response:
        return Response(TermSerializer(_find(kind, slug)).data)

    @extend_schema(request=EditSerializer, responses=TermSerializer)
    def patch(self, request: Request, kind: str, slug: str) -> Response:
        """Change what is given. Curators change guidelines, admins all of it."""
        term, given = _find(kind, slug), EditSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        if not may_edit(caller(request), given.validated_data):
            raise PermissionDenied(_("Names and places of terms are for admins."))
        change = edits.edit(term, user=caller(request), **given.validated_data)
        if change is not None and not set(change.after) <= CURATED:
            follow_up(term, user=caller(request))
        return Response(TermSerializer(_find(kind, slug)).data)


def _find(kind: str, slug: str) -> Term:
    return get_object_or_404(Term.objects.select_related("parent", "merged_into"), kind=kind, slug=slug)


class TermExamples(APIView):
    """Films that show what a guideline means: those that have the term, and those that only seem to."""

    def get_permissions(self) -> list[Any]:
        return [ReadIfPublic()] if self.request.method == "GET" else [Curators()]

    @extend_schema(responses=ExampleSerializer(many=True))
    def get(self, request: Request, kind: str, slug: str) -> Response:
        return Response(examples_of(_find(kind, slug)))

    @extend_schema(request=ExampleSerializer(many=True), responses=ExampleSerializer(many=True))
    def put(self, request: Request, kind: str, slug: str) -> Response:
        """These examples and no others."""
        term = _find(kind, slug)
        given = ExampleSerializer(data=request.data, many=True, max_length=MOST_EXAMPLES)  # type: ignore[call-arg]
        given.is_valid(raise_exception=True)
        edits.edit(term, user=caller(request), examples=[dict(example) for example in given.validated_data])
        return Response(examples_of(term))


class MergeTerm(APIView):
    """Make a term part of another one of its kind: labels, names and examples move. `dry_run` only counts."""

    permission_classes = [Admins]

    @extend_schema(request=MergeSerializer, responses={200: MergedSerializer, 202: MergedSerializer})
    def post(self, request: Request, kind: str, slug: str) -> Response:
        given = MergeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        plan = planning.plan(_find(kind, slug), _find(kind, asked["into"]), Rule(asked["rule"]))
        done = None if asked["dry_run"] else merge_or_start(plan, user=caller(request))
        change = done if isinstance(done, TermChange) else None
        job = done.pk if done is not None and change is None else None
        counts = {name: getattr(plan, name) for name in COUNTS}
        answer = {**counts, "change_set": change.change_set_id if change else None, "job": job}
        return Response(answer, status=202 if job else 200)


class TermChanges(generics.ListAPIView[TermChange]):
    """What was changed of the vocabulary, newest first."""

    queryset = TermChange.objects.select_related("term", "user", "undone_by")
    serializer_class = TermChangeSerializer
    pagination_class = NewestFirst
    permission_classes = [Curators]
    filters = {
        "term": Filter(lambda rows, word: _of_term(rows, word), "kind/slug of a term"),
        "kind": Filter(lambda rows, kind: rows.filter(kind=kind), "kind", tuple(TermChange.Kind.values)),
    }


def _of_term(rows: QuerySet[TermChange], word: str) -> QuerySet[TermChange]:
    kind, _slash, slug = word.partition("/")
    return rows.filter(term__kind=kind, term__slug=slug)


class UndoTermChange(APIView):
    """Put back what a change changed. 409: taken back before, or changed since."""

    permission_classes = [Curators]

    @extend_schema(request=None, responses={201: TermChangeSerializer})
    def post(self, request: Request, pk: int) -> Response:
        change = get_object_or_404(TermChange.objects.select_related("change_set", "term"), pk=pk)
        if not Change.may_undo(change, caller(request)):
            raise PermissionDenied(_("Names and places of terms are for admins."))
        if change.change_set is not None:
            undoing.undo(change.change_set, user=caller(request))
        else:
            edits.undo(change, user=caller(request))
            follow_up(change.term, user=caller(request))
        made = TermChange.objects.select_related("term", "user", "undone_by").get(undoes=change)
        return Response(TermChangeSerializer(made, context={"request": request}).data, status=201)
