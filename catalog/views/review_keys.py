"""The desk's keys: what each does, and which one a person would rather press."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalog.access import curators
from catalog.desk import keys as desk_keys
from catalog.models import Term
from catalog.views.review import person


@dataclass(frozen=True)
class Line:
    """One action on the page of keys."""

    action: str
    label: str | Promise
    says: str | Promise
    key: str
    usual: str
    wrong: str = ""

    @property
    def field(self) -> str:
        return self.action.replace("/", "-")


@require_http_methods(["GET", "HEAD", "POST"])
@curators
def keys(request: HttpRequest) -> HttpResponse:
    genres = list(Term.objects.filter(kind=Term.Kind.GENRE, active=True))
    user = person(request)
    if request.method != "POST":
        return _page(request, genres, desk_keys.keys_of(user, genres), {})
    if "usual" in request.POST:
        user.keys = {}
        user.save(update_fields=["keys"])
        messages.success(request, _("The usual keys are back."))
        return redirect("review-keys")
    wanted = {action: request.POST.get(action, "")[:20] for action in desk_keys.keys_of(user, genres)}
    try:
        desk_keys.change(user, wanted, genres, on=request.POST.get("on") == "1")
    except desk_keys.BadKeys as bad:
        return _page(request, genres, wanted, bad.errors, status=422)
    messages.success(request, _("Your keys are saved."))
    return redirect("review-keys")


def _page(
    request: HttpRequest, genres: list[Term], keys: dict[str, str], errors: dict[str, str], status: int = 200
) -> HttpResponse:
    usual = {command.name: command.key for command in desk_keys.COMMANDS} | desk_keys.letters(genres)
    commands = [
        Line(one.name, one.label, one.says, keys[one.name], one.key, errors.get(one.name, ""))
        for one in desk_keys.COMMANDS
    ]
    of_genres = [
        Line(name, term.name, "", keys.get(name, ""), usual.get(name, ""), errors.get(name, ""))
        for term in sorted(genres, key=lambda term: term.name)
        if (name := desk_keys.name_of(term)) in usual
    ]
    on = desk_keys.is_on(person(request)) if request.method != "POST" else request.POST.get("on") == "1"
    context = {"groups": [(_("Commands"), commands), (_("Genres"), of_genres)], "on": on, "errors": errors}
    return render(request, "review/keys.html", context, status=status)
