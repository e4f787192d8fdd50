"""Deciding on many films at once: by a rule on the model's scores, or on all films that a search finds."""

import random
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from catalog.access import curators
from catalog.bulk import edits, rules, work
from catalog.bulk.edits import Answer
from catalog.bulk.rules import Rule
from catalog.bulk.work import Done, NothingToDo, TooMany
from catalog.changesets import BULK_LIMIT
from catalog.models import Film, Job, Label, Term, User
from catalog.search.asked import Asked
from catalog.terms import Vocabulary
from catalog.views.parts import sent_fields

ROWS = 3  # answers that one edit can give
OWN = ("say", "is", "seen", "seed", "csrfmiddlewaretoken")  # what of an edit's address is not the search's
SEEDS = 10_000


@require_safe
@curators
def bulk(request: HttpRequest) -> HttpResponse:
    """What the model is sure of and nobody has decided yet, term by term."""
    return render(request, "bulk/bulk.html", {"waiting": rules.overview(), "limits": rules.OVERVIEW})


@require_http_methods(["GET", "HEAD", "POST"])
@curators
def accept(request: HttpRequest) -> HttpResponse:
    """The preview of a rule (term=genre/horror, at_least=0.95, most=50) with some films; sent, it is done."""
    sent = sent_fields(request)
    rule, wrong = read_rule(sent)
    if rule is None:
        asked = request.method == "POST" or bool(sent.get("term"))
        context = {"refused": wrong if asked else "", "terms": _proposed_terms()}
        return render(request, "bulk/accept.html", context, status=422 if asked else 200)
    films = rule.films()
    if request.method != "POST":
        return _accept_page(request, rule, films)
    if sent.get("seen", "") != str(len(films)):
        told = _("There are other films now: look at them again.")
        return _accept_page(request, rule, films, refused=told, status=409)
    try:
        done = work.accept(rule, user=_user(request))
    except TooMany as error:
        return _accept_page(request, rule, films, refused=str(error), status=403)
    except NothingToDo as error:
        return _accept_page(request, rule, films, refused=str(error), status=409)
    return _finish(request, done)


def read_rule(sent: QueryDict) -> tuple[Rule | None, str]:
    """The rule that was asked for, or a sentence on what is wrong with it."""
    kind, _slash, slug = sent.get("term", "").partition("/")
    term = Term.objects.filter(kind=kind, slug=slug, active=True).first()
    if term is None:
        return None, _("Choose a genre or a tag.")
    try:
        at_least, most = float(sent.get("at_least") or rules.OVERVIEW[1]), int(sent.get("most") or 0)
    except ValueError:
        return None, _("The limit is a number from 0 to 1.")
    if not 0 <= at_least <= 1 or not 0 <= most < 10**9:
        return None, _("The limit is a number from 0 to 1.")
    return Rule(term, round(at_least, 4), most), ""


def _proposed_terms() -> list[Term]:
    return [waiting.term for waiting in rules.overview()]


def _accept_page(
    request: HttpRequest, rule: Rule, films: list[int], *, refused: str = "", status: int = 200
) -> HttpResponse:
    seed, user = _seed(request), _user(request)
    steps = rules.steps(rule.term)
    context = {
        "rule": rule,
        "count": len(films),
        "shown": rules.sample(rule.term, films, seed),
        "steps": [(limit, count, count / steps[-1][1]) for limit, count in steps],
        "other_seed": random.randrange(SEEDS),
        "terms": _proposed_terms(),
        "limit": BULK_LIMIT,
        "too_many": len(films) > BULK_LIMIT and not user.may_administer,
        "large": len(films) > work.AT_ONCE,
        "refused": refused,
    }
    return render(request, "bulk/accept.html", context, status=status)


def _seed(request: HttpRequest) -> int:
    text = (request.POST or request.GET).get("seed", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _finish(request: HttpRequest, done: Done | Job) -> HttpResponse:
    """To the change set with its undo, or to the job that makes it."""
    if isinstance(done, Job):
        return redirect("job", done.pk)
    messages.success(request, work.done_sentence(done))
    return redirect("change", done.change_set.pk) if done.change_set else redirect("bulk")


# Films of a search --------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@curators
def edit(request: HttpRequest) -> HttpResponse:
    """Say something of all films that a search finds: its address, and `say` (a name) with `is` (yes, no, unknown)."""
    sent = sent_fields(request)
    search, asked = search_of(sent), Asked.read(search_of(sent))
    answers, wrong = read_answers(sent)
    films = work.chosen(search)
    context = _edit_context(request, sent, search, asked, films, answers)
    if wrong or request.method != "POST":
        return _edit_page(request, context, wrong, 422 if wrong else 200)
    if not answers:
        return _edit_page(request, context, _("Say what these films are."), 422)
    if sent.get("seen", "") != str(context["labels"]):
        return _edit_page(request, context, _("There are other films now: look at them again."), 409)
    try:
        done = work.edit(search, answers, user=_user(request))
    except TooMany as error:
        return _edit_page(request, context, str(error), 403)
    except NothingToDo as error:
        return _edit_page(request, context, str(error), 409)
    return _finish(request, done)


def search_of(sent: QueryDict) -> QueryDict:
    """What of the address is the search's own."""
    search = QueryDict(mutable=True)
    for name, values in sent.lists():
        if name not in OWN:
            search.setlist(name, values)
    return search


def read_answers(sent: QueryDict) -> tuple[list[Answer], str]:
    """Pairs of `say` (a name as people type it, or genre/horror) and `is`; or a sentence on what is wrong."""
    found: dict[int, Answer] = {}
    for name, value in zip(sent.getlist("say"), sent.getlist("is"), strict=False):
        if not name.strip():
            continue
        term = meant(name.strip())
        if term is None:
            return [], _("There is no genre or tag called “%(name)s”.") % {"name": name.strip()[:60]}
        if value not in Label.Value.values:
            return [], _("The answer is yes, no or unknown.")
        if term.pk in found:
            return [], _("%(term)s is there twice.") % {"term": term.name}
        found[term.pk] = Answer(term, value)
    if len(found) > ROWS:
        return [], _("At most %(n)s at once.") % {"n": ROWS}
    return list(found.values()), ""


def meant(name: str) -> Term | None:
    """The active term of this name in either language, a genre before a tag; or of this kind and slug."""
    kind, _slash, slug = name.partition("/")
    exact = Term.objects.filter(kind=kind, slug=slug, active=True).first()
    if exact is not None:
        return exact
    for known in (Term.Kind.GENRE, Term.Kind.TAG, Term.Kind.SCENE):
        pk = Vocabulary(known).find(name)
        found = Term.objects.filter(pk=pk, active=True).first() if pk is not None else None
        if found is not None:
            return found
    return None


def _edit_context(
    request: HttpRequest, sent: QueryDict, search: QueryDict, asked: Asked, films: list[int], answers: list[Answer]
) -> dict[str, Any]:
    found = edits.outlook(films, answers)
    changed = edits.open_films(films, answers) if answers else films
    drawn = random.Random(_seed(request)).sample(changed, min(rules.SHOWN, len(changed)))
    shown = Film.objects.in_bulk(drawn)
    labels = sum(one.written for one in found)
    return {
        "films": len(films),
        "address": asked.query(),
        "hidden": [(name, value) for name, values in search.lists() for value in values],
        "rows": _rows(sent),
        "outlook": found,
        "labels": labels,
        "changed": len(changed),
        "shown": [shown[pk] for pk in drawn if pk in shown],
        "names": Term.objects.filter(active=True),
        "values": Label.Value.choices,
        "limit": BULK_LIMIT,
        "too_many": labels > BULK_LIMIT and not _user(request).may_administer,
        "large": len(films) > work.AT_ONCE,
        "other_seed": random.randrange(SEEDS),
    }


def _rows(sent: QueryDict) -> list[tuple[str, str]]:
    """The form's lines as they were sent, and empty ones after them."""
    sent_rows = [pair for pair in zip(sent.getlist("say"), sent.getlist("is"), strict=False) if pair[0].strip()]
    return [*sent_rows[:ROWS], *[("", Label.Value.YES)] * (ROWS - len(sent_rows))]


def _edit_page(request: HttpRequest, context: dict[str, Any], refused: str, status: int) -> HttpResponse:
    return render(request, "bulk/edit.html", {**context, "refused": refused}, status=status)
