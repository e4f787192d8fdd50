"""What was changed, by whom, and taking it back with one click, days later as well."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, Max, Min, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from catalog import changesets, putting_back, undoing
from catalog.access import curators
from catalog.changesets import CannotUndo
from catalog.models import ChangeSet, Decision, Film, Job, Term, User
from catalog.notes import in_words
from catalog.thesaurus.merging import merge_of
from catalog.thesaurus.states import BadTerm

PAGE = 30
FILMS_SHOWN = 60
TOLD = 3  # answers of a change set that are worth a line in the list


@dataclass
class Told:
    """A change set in the list: what was said, on how many films, most first."""

    change_set: ChangeSet
    labels: int
    answers: list[dict[str, Any]] = field(default_factory=list)
    film: Film | None = None  # where it is about one
    note: str = ""
    may_undo: bool = False

    @property
    def undone(self) -> bool:
        return hasattr(self.change_set, "undone_by")


def visible(user: User) -> QuerySet[ChangeSet]:
    """One's own, and everybody's for admins; those that changed something."""
    changed = ChangeSet.objects.filter(Exists(Decision.objects.filter(change_set=OuterRef("pk"))))
    changed = changed.select_related("user", "undone_by", "undoes")
    return changed if user.may_administer else changed.filter(user=user)


@require_safe
@curators
def changes(request: HttpRequest) -> HttpResponse:
    """Change sets, newest first. `kind`, `by` (a name, for admins) and `before` (an id) narrow the list."""
    user = _user(request)
    shown = visible(user).order_by("-pk")
    kind, by, before = (request.GET.get(name, "") for name in ("kind", "by", "before"))
    if kind in ChangeSet.Kind.values:
        shown = shown.filter(kind=kind)
    if by and user.may_administer:
        shown = shown.filter(user__username=by)
    if before.isascii() and before.isdecimal() and len(before) < 18:
        shown = shown.filter(pk__lt=int(before))
    rows = list(shown[: PAGE + 1])
    context = {
        "rows": tell(rows[:PAGE], user),
        "more": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "kind": kind,
        "kinds": ChangeSet.Kind.choices,
        "by": by,
        "people": User.objects.filter(change_sets__isnull=False).distinct().order_by("username")
        if user.may_administer
        else [],
    }
    return render(request, "changes/changes.html", context)


def tell(rows: list[ChangeSet], reader: User) -> list[Told]:
    """What each of them said. Four queries, whatever they hold; what an import said is only counted."""
    said = Decision.objects.filter(change_set__in=[row for row in rows if row.kind != ChangeSet.Kind.IMPORT])
    counted = said.values("change_set_id", "term_id", "after").annotate(
        n=Count("pk"), one=Min("film"), last=Max("film")
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for answer in counted.order_by("-n", "term_id"):
        found.setdefault(answer["change_set_id"], []).append(dict(answer))
    terms = Term.objects.in_bulk({answer["term_id"] for answers in found.values() for answer in answers})
    films = Film.objects.in_bulk({answer["one"] for answers in found.values() for answer in answers})
    sizes = _sizes([row for row in rows if row.kind == ChangeSet.Kind.IMPORT])
    words = in_words(row.note for row in rows)
    told = [_told(row, found.get(row.pk, []), terms, films, sizes, reader) for row in rows]
    return [replace(one, note=words[one.change_set.note]) for one in told]


def _sizes(imports: list[ChangeSet]) -> dict[int, int]:
    counted = Decision.objects.filter(change_set__in=imports).values("change_set_id").annotate(n=Count("pk"))
    return {row["change_set_id"]: row["n"] for row in counted} if imports else {}


def _told(
    row: ChangeSet,
    answers: list[dict[str, Any]],
    terms: dict[int, Term],
    films: dict[int, Film],
    sizes: dict[int, int],
    reader: User,
) -> Told:
    labels = sum(answer["n"] for answer in answers) or sizes.get(row.pk, 0)
    touched = {answer[end] for answer in answers for end in ("one", "last")}
    told = Told(row, labels, [{**answer, "term": terms[answer["term_id"]]} for answer in answers[:TOLD]])
    told.film = films[touched.pop()] if len(touched) == 1 else None
    told.may_undo = not told.undone and may_undo(reader, row, labels)
    return told


def may_undo(reader: User, row: ChangeSet, labels: int) -> bool:
    """As `catalog.changesets.may_undo`, asked only where the numbers do not say it."""
    if reader.may_administer:
        return True
    return labels <= changesets.BULK_LIMIT and changesets.may_undo(reader, row)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@require_safe
@curators
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """One change set: what it said, and what an undo would do now."""
    return show(request, get_object_or_404(ChangeSet.objects.select_related("user", "undone_by", "undoes"), pk=pk))


def show(request: HttpRequest, found: ChangeSet, *, refused: str = "", status: int = 200) -> HttpResponse:
    user = _user(request)
    if not (user.may_administer or found.user_id == user.pk or changesets.may_undo(user, found)):
        raise PermissionDenied
    answers = found.decisions.values("term_id", "before", "after").annotate(n=Count("pk")).order_by("-n", "term_id")
    terms = Term.objects.in_bulk({answer["term_id"] for answer in answers})
    undone = hasattr(found, "undone_by")
    context = {
        "changes": found,
        "note": in_words([found.note])[found.note],
        "answers": [{**answer, "term": terms[answer["term_id"]]} for answer in answers],
        "films": films_of(found, user),
        "labels": found.decisions.count(),
        "standing": None if undone else putting_back.standing(putting_back.by_changes(found)),
        "undone": undone,
        "merge": merge_of(found),
        "may_undo": not undone and changesets.may_undo(user, found),
        "large": not undone and undoing.is_large(found),
        "refused": refused,
    }
    return render(request, "changes/change.html", context, status=status)


def films_of(found: ChangeSet, reader: User) -> list[Film]:
    """The first films that it changed, as far as the reader may see them."""
    changed = Exists(Decision.objects.filter(change_set=found, film=OuterRef("pk")))
    return list(Film.objects.visible_to(reader).filter(changed).order_by("pk")[:FILMS_SHOWN])


@require_POST
@curators
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Put back what still stands; labels that were changed since stay, as the page has said."""
    found, user = get_object_or_404(ChangeSet, pk=pk), _user(request)
    if not changesets.may_undo(user, found):
        raise PermissionDenied
    try:
        done = undoing.undo_or_start(found, user=user, partly=request.POST.get("partly") == "1")
    except (CannotUndo, BadTerm) as error:
        return show(request, found, refused=str(error), status=409)
    if isinstance(done, Job):
        return redirect("job", done.pk)
    messages.success(request, _undone(done))
    return redirect("change", pk)


def _undone(done: changesets.Undone) -> str:
    sentence = ngettext("Undone on %(n)d film.", "Undone on %(n)d films.", len(done.films)) % {"n": len(done.films)}
    if done.kept:
        stays = ngettext("%(n)d label changed since stays.", "%(n)d labels changed since stay.", done.kept)
        sentence = f"{sentence} {stays % {'n': done.kept}}"
    return sentence if done.films else _("Undone.")
