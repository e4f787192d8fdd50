"""The log of decisions and the change sets that they were made in."""

from typing import Any

from django.db.models import Count, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog import labelling, retracting, undoing
from catalog.models import ChangeSet, Decision, Job, User
from genresite.filters import Filter, whole_number
from genresite.pagination import NewestFirst
from genresite.permissions import Admins, Confirmed, Curators, caller


def name_for(request: Request, person: Any) -> str | None:
    """Names of people are for those who decide."""
    return person.username if person is not None and getattr(request.user, "may_decide", False) else None


class DecisionSerializer(serializers.ModelSerializer[Decision]):
    """One label's change. Empty `before` or `after`: there was, or is, no label."""

    kind = serializers.CharField(source="change_set.kind")
    film = serializers.CharField(source="film.key")
    term_kind = serializers.CharField(source="term.kind")
    term = serializers.CharField(source="term.slug")
    by = serializers.SerializerMethodField()
    at = serializers.DateTimeField(source="change_set.created_at")

    class Meta:
        model = Decision
        fields = [
            "id", "change_set", "kind", "film", "term_kind", "term", "before", "before_source", "before_origin",
            "before_locked", "after", "after_source", "after_origin", "after_locked", "shown_score",
            "shown_version", "by", "at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_by(self, decision: Decision) -> str | None:
        return name_for(self.context["request"], decision.change_set.user)


class ChangeSetSerializer(serializers.ModelSerializer[ChangeSet]):
    by = serializers.SerializerMethodField()
    undone_by = serializers.SerializerMethodField(help_text="id of the change set that undid this one")
    decisions = serializers.IntegerField(source="decision_count", read_only=True)

    class Meta:
        model = ChangeSet
        fields = ["id", "kind", "by", "note", "created_at", "undoes", "undone_by", "decisions"]
        read_only_fields = fields

    def get_by(self, changes: ChangeSet) -> str | None:
        return name_for(self.context["request"], changes.user)

    def get_undone_by(self, changes: ChangeSet) -> int | None:
        undoing: ChangeSet | None = getattr(changes, "undone_by", None)
        return undoing.pk if undoing else None


def moment(text: str) -> Any:
    """Raises ValueError, for use in a filter, unless the text is a date and time."""
    parsed = parse_datetime(text)
    if parsed is None:
        raise ValueError(_("Use a date and time such as 2026-01-31T12:00:00Z."))
    return make_aware(parsed) if is_naive(parsed) else parsed


BY_FILM = Filter(lambda rows, key: rows.filter(film__key=key), "key of a film")
SINCE = Filter(lambda rows, text: rows.filter(change_set__created_at__gte=moment(text)), "not before this moment")


class Decisions(generics.ListAPIView[Decision]):
    """The whole log, newest first. It can be read, never changed."""

    queryset = Decision.objects.select_related("change_set__user", "film", "term")
    serializer_class = DecisionSerializer
    pagination_class = NewestFirst
    permission_classes = [Admins]
    filters = {
        "film": BY_FILM,
        "term": Filter(lambda rows, slug: rows.filter(term__slug=slug), "slug of a genre or tag"),
        "user": Filter(lambda rows, name: rows.filter(change_set__user__username=name), "name of a person"),
        "change_set": Filter(lambda rows, pk: rows.filter(change_set=whole_number(pk)), "id of a change set"),
        "since": SINCE,
    }


def change_sets() -> QuerySet[ChangeSet]:
    return ChangeSet.objects.select_related("user", "undone_by").annotate(decision_count=Count("decisions"))


class ChangeSets(generics.ListAPIView[ChangeSet]):
    """Change sets, newest first: one's own, and everybody's for admins."""

    serializer_class = ChangeSetSerializer
    pagination_class = NewestFirst
    permission_classes = [Curators]
    filters = {"kind": Filter(lambda rows, kind: rows.filter(kind=kind), "kind", tuple(ChangeSet.Kind.values))}

    def get_queryset(self) -> QuerySet[ChangeSet]:
        person = caller(self.request)
        return change_sets() if person.may_administer else change_sets().filter(user=person)


class ChangeSetDetail(generics.RetrieveAPIView[ChangeSet]):
    """One change set: who, when, how many decisions, and whether it was undone."""

    serializer_class = ChangeSetSerializer
    permission_classes = [Curators]

    def get_queryset(self) -> QuerySet[ChangeSet]:
        return change_sets()


class UndoSerializer(serializers.Serializer[Any]):
    partly = serializers.BooleanField(default=False, help_text="labels that were changed since stay as they are")


class UndoChangeSet(APIView):
    """Put back what a change set changed, as a new change set. 409: undone before, or changed since."""

    permission_classes = [Curators]

    @extend_schema(request=UndoSerializer, responses={201: ChangeSetSerializer})
    def post(self, request: Request, pk: int) -> Response:
        given = UndoSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        changes = get_object_or_404(ChangeSet, pk=pk)
        if not labelling.may_undo(caller(request), changes):
            raise PermissionDenied(_("Imports and large changes are undone by admins."))
        undone = undoing.undo(changes, user=caller(request), partly=given.validated_data["partly"])
        made = change_sets().get(pk=undone.change_set.pk)
        return Response(ChangeSetSerializer(made, context={"request": request}).data, status=201)


class RetractSerializer(serializers.Serializer[Any]):
    since = serializers.DateTimeField(default=retracting.EVER, help_text="only what was said from then on")
    dry_run = serializers.BooleanField(default=False)


class RetractedSerializer(serializers.Serializer[Any]):
    """`labels` go back, or would; `kept` have been changed since by others. A job does it where it takes long."""

    labels = serializers.IntegerField()
    films = serializers.IntegerField()
    kept = serializers.IntegerField()
    change_set = serializers.IntegerField(allow_null=True)
    job = serializers.IntegerField(allow_null=True)


class Retract(APIView):
    """Take back what one person has said, as a change set that can be undone. 409: nothing of it stands."""

    permission_classes = [Admins, Confirmed]

    @extend_schema(
        request=RetractSerializer,
        responses={200: RetractedSerializer, 201: RetractedSerializer, 202: RetractedSerializer},
    )
    def post(self, request: Request, username: str) -> Response:
        given = RetractSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        person, since = get_object_or_404(User, username=username), given.validated_data["since"]
        found = retracting.outlook(person, since)
        told = {"labels": found.labels, "films": len(found.films), "kept": found.changed}
        if given.validated_data["dry_run"]:
            return Response({**told, "change_set": None, "job": None})
        done = retracting.retract(person, since, user=caller(request))
        if isinstance(done, Job):
            return Response({**told, "change_set": done.params["change_set"], "job": done.pk}, status=202)
        return Response({**told, "change_set": done.change_set.pk, "job": None}, status=201)
