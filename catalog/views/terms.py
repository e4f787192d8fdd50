"""The vocabulary: all terms, one term with its guideline and examples, and the forms that change it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.access import admins, curators
from catalog.bulk import rules
from catalog.changesets import CannotUndo
from catalog.models import Film, Label, SourceName, Term, TermChange, User
from catalog.terms import plain
from catalog.thesaurus import edits
from catalog.thesaurus.changes import Change, told
from catalog.thesaurus.edits import Stale
from catalog.thesaurus.states import CURATED, BadTerm, examples_of
from catalog.thesaurus.work import follow_up
from catalog.views.term_forms import ExampleForm, GuidelineForm, TermForm

HISTORY = 12


@require_safe
@curators
def terms(request: HttpRequest) -> HttpResponse:
    """All terms of one kind, those in use first; `q` looks in every name."""
    kind = request.GET.get("kind", Term.Kind.GENRE)
    if kind not in Term.Kind.values:
        raise Http404
    asked = request.GET.get("q", "").strip()[:100]
    rows = sorted((term for term in listed(kind) if _named(term, asked)), key=lambda term: term.name.casefold())
    context = {
        "kind": kind,
        "kinds": [(value, label, _count(value)) for value, label in Term.Kind.choices],
        "q": asked,
        "used": [term for term in rows if term.active],
        "gone": [term for term in rows if not term.active],
        "names": SourceName.objects.filter(term=None, ignored=False).count(),
    }
    return render(request, "terms/terms.html", context)


def _count(kind: str) -> int:
    return Term.objects.filter(kind=kind, active=True).count()


def listed(kind: str) -> list[Term]:
    """Terms with how many labels say yes (`yes`), and how many examples they have (`example_count`). Two queries."""
    found = Term.objects.filter(kind=kind).select_related("parent", "merged_into")
    terms: list[Term] = list(found.annotate(example_count=Count("examples")))
    yes = Label.objects.filter(term__in=terms, value=Label.Value.YES).values_list("term").annotate(n=Count("pk"))
    counts = dict(yes)
    for one in terms:
        one.yes = counts.get(one.pk, 0)  # type: ignore[attr-defined]
    return terms


def _named(term: Term, asked: str) -> bool:
    names = [term.slug, term.name_en, term.name_ko, *term.aliases]
    return not asked or any(plain(asked) in plain(name) for name in names)


@require_safe
@curators
def term(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    return show(request, find(kind, slug))


def find(kind: str, slug: str) -> Term:
    return get_object_or_404(Term.objects.select_related("parent", "merged_into"), kind=kind, slug=slug)


def show(
    request: HttpRequest, found: Term, *, form: GuidelineForm | None = None, refused: str = "", status: int = 200
) -> HttpResponse:
    """The term's page, perhaps with what was wrong with something that was sent."""
    user = _user(request)
    changes = found.changes.select_related("user", "undone_by", "change_set")
    said = found.labels.values_list("value", "source").annotate(number=Count("pk"))
    context = {
        "term": found,
        "counts": {f"{source}_{value}": number for value, source, number in said},
        "proposed": rules.proposals(found).count() if found.active else 0,
        "children": found.children.filter(active=True),
        "merged": found.merged.all(),
        "examples": found.examples.select_related("film__poster"),
        "form": form or GuidelineForm(initial=_guideline(found)),
        "open": form is not None,
        "changes": [told(change, user) for change in changes[:HISTORY]],
        "refused": refused,
    }
    return render(request, "terms/term.html", context, status=status)


def _guideline(found: Term) -> dict[str, Any]:
    return {"guideline_en": found.guideline_en, "guideline_ko": found.guideline_ko, "seen": last_change(found)}


def last_change(found: Term) -> int:
    """Id of the term's newest change: what a form has seen when it is shown."""
    return found.changes.order_by("-pk").values_list("pk", flat=True).first() or 0


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@require_POST
@curators
def guideline(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """What the term means, in both languages."""
    found, form = find(kind, slug), GuidelineForm(request.POST)
    if not form.is_valid():
        return show(request, found, form=form, status=422)
    try:
        edits.edit(found, user=_user(request), **form.cleaned_data)
    except BadTerm as error:
        return show(request, found, form=form, refused=str(error), status=422)
    except Stale as error:
        return _stale(request, found, form.cleaned_data, error)
    messages.success(request, _("The guideline is saved."))
    return redirect("term", kind, slug)


def _stale(request: HttpRequest, found: Term, mine: dict[str, Any], error: Stale) -> HttpResponse:
    """Both texts: what stands now is on the page, mine is in the form, to be sent again."""
    found.refresh_from_db()
    form = GuidelineForm(initial={**mine, "seen": last_change(found)})
    sentence = _("%(what)s Your text is still in the form: bring the two together and save again.")
    return show(request, found, form=form, refused=sentence % {"what": error}, status=409)


@require_POST
@curators
def examples(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """Add a film as an example (film, good=1 or 0, note), or take one away (remove)."""
    found, form = find(kind, slug), ExampleForm(request.POST)
    if not form.is_valid():
        return show(request, found, refused=" ".join(str(error) for (error,) in form.errors.values()), status=422)
    sent, now = form.cleaned_data, examples_of(found)
    if sent["remove"]:
        wanted = [example for example in now if example["film"] != sent["remove"]]
    else:
        wanted = [*now, {"film": _key(sent["film"]), "good": sent["good"] == "1", "note": sent["note"]}]
    try:
        edits.edit(found, user=_user(request), examples=wanted)
    except BadTerm as error:
        return show(request, found, refused=str(error), status=422)
    return redirect("term", kind, slug)


def _key(word: str) -> str:
    """A film's key, taken out of its address where that was pasted, or the only film of a title."""
    word = word.rstrip("/")
    key = word.rpartition("/films/")[2].partition("/")[0]
    if Film.objects.filter(key=key).exists():
        return key
    named = Film.objects.filter(Q(title__iexact=word) | Q(title_ko=word)).values_list("key", flat=True)[:2]
    return named[0] if len(named) == 1 else key


@require_http_methods(["GET", "HEAD", "POST"])
@admins
def add(request: HttpRequest) -> HttpResponse:
    form = TermForm(request.POST or None, initial={"kind": request.GET.get("kind", "")}, new=True)
    if form.is_valid():
        try:
            made = edits.add(user=_user(request), **form.cleaned_data)
        except BadTerm as error:
            form.add_error(None, str(error))
        else:
            follow_up(made, user=_user(request))
            messages.success(request, _("“%(name)s” is here.") % {"name": made.name})
            return redirect("term", made.kind, made.slug)
    return render(request, "terms/edit.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@admins
def edit(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """Names, other names and what the term is part of."""
    found = find(kind, slug)
    form = TermForm(request.POST or None, term=found)
    if form.is_valid():
        try:
            change = edits.edit(found, user=_user(request), **form.cleaned_data)
        except (BadTerm, Stale) as error:
            form.add_error(None, str(error))
        else:
            if change is not None:
                follow_up(found, user=_user(request))
            messages.success(request, _("Saved."))
            return redirect("term", kind, slug)
    return render(request, "terms/edit.html", {"form": form, "term": found}, status=422 if form.errors else 200)


@require_POST
@admins
def use(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """Retire (active=0) or restore (active=1)."""
    found, active = find(kind, slug), request.POST.get("active", "")
    if active not in ("0", "1"):
        return show(request, found, refused=_("Say whether to retire or to restore it."), status=422)
    try:
        edits.edit(found, user=_user(request), active=active == "1")
    except BadTerm as error:
        return show(request, found, refused=str(error), status=409)
    follow_up(found, user=_user(request))
    said = _("%(term)s is in use again.") if active == "1" else _("%(term)s is retired; what was said of it stays.")
    messages.success(request, said % {"term": found.name})
    return redirect("term", kind, slug)


@require_POST
@curators
def undo_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a change of a term back; of a merge that is done where its labels are (views/changes.py)."""
    change = get_object_or_404(TermChange.objects.select_related("term"), pk=pk)
    if not Change.may_undo(change, _user(request)):
        raise PermissionDenied
    if change.change_set_id is not None:
        return redirect("change", change.change_set_id)
    try:
        edits.undo(change, user=_user(request))
    except (CannotUndo, BadTerm) as error:
        return show(request, change.term, refused=str(error), status=409)
    if not set(change.after) <= CURATED:
        follow_up(change.term, user=_user(request))
    messages.success(request, _("Undone."))
    return redirect("term", change.term.kind, change.term.slug)
