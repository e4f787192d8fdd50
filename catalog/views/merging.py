"""Making one term part of another: choose, look at what would happen, do it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalog.access import admins
from catalog.models import Film, Job, Term, User
from catalog.thesaurus import planning
from catalog.thesaurus.planning import Plan, Rule
from catalog.thesaurus.states import BadTerm
from catalog.thesaurus.work import merge_or_start
from catalog.views.parts import sent_fields
from catalog.views.terms import find


@require_http_methods(["GET", "HEAD", "POST"])
@admins
def merge(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """Without `into` the choice, with it the preview; sent, it is done."""
    source, sent = find(kind, slug), sent_fields(request)
    rule = sent.get("rule", Rule.NEWER)
    if rule not in Rule.values:
        return _page(request, source, refused=_("Say whose answer stays."), status=422)
    target = Term.objects.filter(kind=kind, slug=sent.get("into", "")).first()
    if target is None:
        if request.method != "POST" and not sent.get("into"):
            return _page(request, source)
        return _page(request, source, refused=_("Choose the term that stays."), status=422)
    try:
        plan = planning.plan(source, target, Rule(rule))
        if request.method != "POST":
            return _page(request, source, plan)
        return _done(request, plan)
    except BadTerm as error:
        return _page(request, source, refused=str(error), status=409)


def _page(
    request: HttpRequest, source: Term, plan: Plan | None = None, *, refused: str = "", status: int = 200
) -> HttpResponse:
    films = Film.objects.in_bulk([clash.film_id for clash in plan.clashes] if plan else [])
    context = {
        "term": source,
        "plan": plan,
        "clashes": [(films[clash.film_id], clash) for clash in plan.clashes] if plan else [],
        "rules": Rule.choices,
        "others": sorted(
            Term.objects.filter(kind=source.kind, active=True).exclude(pk=source.pk), key=lambda other: other.name
        ),
        "refused": refused,
    }
    return render(request, "terms/merge.html", context, status=status)


def _done(request: HttpRequest, plan: Plan) -> HttpResponse:
    assert isinstance(request.user, User)
    done = merge_or_start(plan, user=request.user)
    if isinstance(done, Job):
        return redirect("job", done.pk)
    said = _("%(source)s is part of %(target)s now.")
    messages.success(request, said % {"source": plan.source.name, "target": plan.target.name})
    return redirect("term", plan.target.kind, plan.target.slug)
