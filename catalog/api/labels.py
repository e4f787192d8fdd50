"""Deciding over HTTP: one label, its lock, or many labels at once."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog import labelling
from catalog.api.changes import name_for
from catalog.api.films import LabelSerializer, find_film, labels_data
from catalog.bulk import Item, Result, decide_many
from catalog.models import ChangeSet, Film, Label, Term
from catalog.rows import film_row
from genresite.errors import Refused, RevisionRequired
from genresite.filters import Filter
from genresite.permissions import Curators, ReadIfPublic, caller

MANY = 1000  # items in one call
IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description='revision seen, as "3"')
LARGEST = 2**31 - 1


class RevisionSerializer(serializers.Serializer[Any]):
    revision = serializers.IntegerField(
        min_value=1, max_value=LARGEST, required=False, help_text="of the film as it was seen; or use If-Match"
    )


class AnswerSerializer(RevisionSerializer):
    value = serializers.ChoiceField(choices=Label.Value.choices)


class LockSerializer(RevisionSerializer):
    locked = serializers.BooleanField()


class ChangedSerializer(serializers.Serializer[Any]):
    """The label as it is now, the film's new revision, and the change set to undo."""

    label = LabelSerializer()  # type: ignore[assignment]
    revision = serializers.IntegerField()
    change_set = serializers.IntegerField()


class ConflictSerializer(serializers.Serializer[Any]):
    """Nothing was written: somebody changed the film first. Both answers, and the revision to answer with."""

    detail = serializers.CharField()
    revision = serializers.IntegerField()
    yours = serializers.DictField()
    theirs = LabelSerializer()


class FilmLabels(APIView):
    """What is said and thought of each term of a film."""

    permission_classes = [ReadIfPublic]

    @extend_schema(responses=LabelSerializer(many=True))
    def get(self, request: Request, key: str) -> Response:
        film = find_film(request, key)
        return Response(labels_data(film, {"request": request}), headers={"ETag": f'"{film.revision}"'})


class DecideLabel(APIView):
    """Say yes, no or unknown of a film's term. 428 without a revision, 409 if the film changed since."""

    permission_classes = [Curators]

    @extend_schema(
        request=AnswerSerializer, parameters=[IF_MATCH], responses={200: ChangedSerializer, 409: ConflictSerializer}
    )
    def put(self, request: Request, key: str, kind: str, slug: str) -> Response:
        film, term = _find(request, key, kind, slug)
        asked = _read(AnswerSerializer, request)
        answer = Label.Value(asked["value"])
        try:
            changes = labelling.decide(film, term, answer, user=caller(request), revision=asked["revision"])
        except labelling.Conflict as conflict:
            return _conflict(request, conflict, term, {"value": answer.value})
        return _changed(request, film, term, changes)


class LockLabel(APIView):
    """Lock a label, so that it must be unlocked before it can change, or unlock it."""

    permission_classes = [Curators]

    @extend_schema(
        request=LockSerializer, parameters=[IF_MATCH], responses={200: ChangedSerializer, 409: ConflictSerializer}
    )
    def put(self, request: Request, key: str, kind: str, slug: str) -> Response:
        film, term = _find(request, key, kind, slug)
        asked = _read(LockSerializer, request)
        locked = asked["locked"]
        try:
            changes = labelling.set_lock(film, term, locked, user=caller(request), revision=asked["revision"])
        except labelling.Conflict as conflict:
            return _conflict(request, conflict, term, {"locked": locked})
        except Label.DoesNotExist:
            raise Refused(_("Nothing is said of %(term)s yet.") % {"term": term.name}) from None
        return _changed(request, film, term, changes)


def _find(request: Request, key: str, kind: str, slug: str) -> tuple[Film, Term]:
    return find_film(request, key), get_object_or_404(Term, kind=kind, slug=slug, active=True)


def _read(serializer: type[RevisionSerializer], request: Request) -> dict[str, Any]:
    """The request's checked fields with the revision from the body or from If-Match. Raises RevisionRequired."""
    body = serializer(data=request.data)
    body.is_valid(raise_exception=True)
    asked: dict[str, Any] = dict(body.validated_data)
    header = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if header:
        if not (header.isascii() and header.isdigit() and len(header) <= 10 and int(header) <= LARGEST):
            raise ValidationError({"If-Match": [_('Use a revision such as "3".')]})
        if asked.setdefault("revision", int(header)) != int(header):
            raise ValidationError({"revision": [_("If-Match and the body name different revisions.")]})
    if "revision" not in asked:
        raise RevisionRequired
    return asked


def _changed(request: Request, film: Film, term: Term, changes: ChangeSet) -> Response:
    label = LabelSerializer(film_row(film, term), context={"request": request}).data
    data = {"label": label, "revision": film.revision, "change_set": changes.pk}
    return Response(data, headers={"ETag": f'"{film.revision}"'})


def _conflict(request: Request, conflict: labelling.Conflict, term: Term, yours: dict[str, Any]) -> Response:
    film = conflict.film
    theirs = LabelSerializer(film_row(film, term), context={"request": request}).data
    data = {"detail": str(conflict), "revision": film.revision, "yours": yours, "theirs": theirs}
    return Response(data, status=409, headers={"ETag": f'"{film.revision}"'})


class ItemSerializer(serializers.Serializer[Any]):
    film = serializers.CharField(max_length=80)
    kind = serializers.ChoiceField(choices=Term.Kind.choices, default=Term.Kind.GENRE)
    term = serializers.SlugField(max_length=60)
    value = serializers.ChoiceField(choices=Label.Value.choices)
    revision = serializers.IntegerField(min_value=1, max_value=LARGEST)


class ResultSerializer(serializers.Serializer[Result]):
    """What became of one item. `decision` is its row in the log; none where the label said so already."""

    film = serializers.CharField(source="item.film")
    kind = serializers.CharField(source="item.kind")
    term = serializers.CharField(source="item.term")
    status = serializers.ChoiceField(choices=["saved", "conflict", "locked", "unknown film", "unknown term"])
    revision = serializers.IntegerField(allow_null=True)
    decision = serializers.IntegerField(allow_null=True)


class DecidedSerializer(serializers.Serializer[Any]):
    change_set = serializers.IntegerField(allow_null=True)
    results = ResultSerializer(many=True)


class DecideMany(APIView):
    """Decide many labels in one change set. What conflicts is reported item by item, the rest is saved.

    409 if nothing could be saved. Curators may send 50 items, admins 1,000.
    """

    permission_classes = [Curators]

    @extend_schema(request=ItemSerializer(many=True), responses={200: DecidedSerializer, 409: DecidedSerializer})
    def post(self, request: Request) -> Response:
        changes, results = decide_many(_items(request), user=caller(request))
        data = {
            "change_set": changes.pk if changes else None,
            "results": [ResultSerializer(result).data for result in results],
        }
        return Response(data, status=200 if changes else 409)


def _items(request: Request) -> list[Item]:
    sent = request.data
    if not isinstance(sent, list) or not 0 < len(sent) <= MANY:
        raise ValidationError({"detail": _("Send a list of 1 to %(most)s items.") % {"most": MANY}})
    if len(sent) > labelling.BULK_LIMIT and not caller(request).may_administer:
        raise PermissionDenied(_("More than %(most)s at once is for admins.") % {"most": labelling.BULK_LIMIT})
    if any(isinstance(item, dict) and "revision" not in item for item in sent):
        raise RevisionRequired
    items = ItemSerializer(data=sent, many=True)
    items.is_valid(raise_exception=True)
    read = [Item(**item) for item in items.validated_data]
    if len({(item.film, item.kind, item.term) for item in read}) < len(read):
        raise ValidationError({"detail": _("Two items are about the same film and term.")})
    return read


class LabelRowSerializer(serializers.ModelSerializer[Label]):
    film = serializers.CharField(source="film.key")
    kind = serializers.CharField(source="term.kind")
    term = serializers.CharField(source="term.slug")
    by = serializers.SerializerMethodField()

    class Meta:
        model = Label
        fields = ["film", "kind", "term", "value", "source", "origin", "by", "locked", "changed_at"]
        read_only_fields = fields

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_by(self, label: Label) -> str | None:
        return name_for(self.context["request"], label.decided_by)


class Labels(generics.ListAPIView[Label]):
    """All labels of all films, for those who decide."""

    serializer_class = LabelRowSerializer
    permission_classes = [Curators]
    filters = {
        "film": Filter(lambda labels, key: labels.filter(film__key=key), "key of a film"),
        "kind": Filter(lambda labels, kind: labels.filter(term__kind=kind), "kind", tuple(Term.Kind.values)),
        "term": Filter(lambda labels, slug: labels.filter(term__slug=slug), "slug of a genre or tag"),
        "value": Filter(lambda labels, value: labels.filter(value=value), "value", tuple(Label.Value.values)),
        "source": Filter(lambda labels, source: labels.filter(source=source), "source", tuple(Label.Source.values)),
    }

    def get_queryset(self) -> QuerySet[Label]:
        labels = Label.objects.select_related("film", "term", "decided_by")
        return labels.filter(film__in=Film.objects.visible_to(self.request.user))
