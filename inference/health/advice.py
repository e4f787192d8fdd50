"""What would do the labels most good now, in the order in which it should be done, each with where to do it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Remark
from catalog.remarks import open_flags
from inference.health.coverage import Covered, Films
from inference.health.opinions import Opinions, Together
from training.models import ModelVersion, Task
from training.price import changed_since_training, last_training
from training.readiness import Ready, turned

NAMED = 3  # terms in one piece of advice


@dataclass(frozen=True)
class Advice:
    """One thing to do."""

    name: str
    sentence: str
    why: str
    url: str
    go: str
    """what its link says"""


def advice(
    task: Task, films: Films, terms: Sequence[Covered], together: Together, ready: Sequence[Ready]
) -> list[Advice]:
    """Most urgent first; empty where all is well. Four queries."""
    return [
        *_turned(task, ready),
        *_differences(task, together),
        *_flags(task),
        *_suspects(task, terms),
        *_not_ready(ready),
        *_disagreed(together),
        *_too_few_opinions(films, together),
        *_better_challenger(task),
        *_new_decisions(task),
        *_waiting(films),
    ]


def review_url(**query: str) -> str:
    """The review desk with an order and a filter."""
    page = _reverse("review") or reverse("films")
    return f"{page}?{urlencode(query)}" if query else page


def _reverse(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _turned(task: Task, ready: Sequence[Ready]) -> Iterator[Advice]:
    for one in turned(task, ready, last_training(task)):
        told = ngettext(
            "%(name)s alone has turned round %(n)s label since the last training.",
            "%(name)s alone has turned round %(n)s labels since the last training.",
            one.labels,
        ) % {"name": one.person, "n": intcomma(one.labels)}
        why = _("That is %(share)s of those that are yes: look at them before a model learns them.")
        url = f"{reverse('changes')}?{urlencode({'by': one.person})}"
        yield Advice("turned", told, why % {"share": f"{one.share:.0%}"}, url, _("Their changes"))


def _differences(task: Task, together: Together) -> Iterator[Advice]:
    number = sum(row.unsettled for row in together.terms)
    if number:
        told = ngettext("%(n)s difference waits to be settled.", "%(n)s differences wait to be settled.", number) % {
            "n": number
        }
        why = _("Two people judged the same film and differ: until then the first answer is what models learn from.")
        yield Advice("differences", told, why, reverse("differences"), _("Settle them"))


def _flags(task: Task) -> Iterator[Advice]:
    number = open_flags().filter(kind=Remark.Kind.FLAG).count() if task == Task.GENRES else 0
    if number:
        told = ngettext("%(n)s flag is open.", "%(n)s flags are open.", number) % {"n": intcomma(number)}
        yield Advice("flags", told, _("Somebody says that something is wrong there."), reverse("flags"), _("Look"))


def _suspects(task: Task, terms: Sequence[Covered]) -> Iterator[Advice]:
    number = sum(row.suspects for row in terms)
    if number:
        told = ngettext("%(n)s label looks wrong.", "%(n)s labels look wrong.", number) % {"n": intcomma(number)}
        why = _("A model that never saw the film is sure of the opposite. Most of them in: %(terms)s.")
        most = sorted(terms, key=lambda row: -row.suspects)[:NAMED]
        names = ", ".join(row.term.name for row in most if row.suspects)
        yield Advice("suspects", told, why % {"terms": names}, review_url(order="error"), _("Check them"))


def _not_ready(ready: Sequence[Ready]) -> Iterator[Advice]:
    short = [row for row in ready if not row.learned and row.train]
    if short:
        near = sorted(short, key=lambda row: row.missing)[:NAMED]
        told = ngettext(
            "%(n)s term has too few films to be learned.", "%(n)s terms have too few films to be learned.", len(short)
        ) % {"n": intcomma(len(short))}
        figures = ", ".join(
            _("%(term)s %(has)d of %(needed)d") % {"term": row.term.name, "has": row.train, "needed": row.needed}
            for row in near
        )
        why = _("Nearest: %(figures)s.") % {"figures": figures}
        url = review_url(order="rare", genre=near[0].term.slug)
        yield Advice("rare", told, why, url, _("Find films of %(term)s") % {"term": near[0].term.name})


def _disagreed(together: Together) -> Iterator[Advice]:
    doubtful: list[Opinions] = [row for row in together.terms if row.doubtful]
    if doubtful:
        names = ", ".join(row.term.name for row in doubtful[:NAMED])
        told = _("People do not agree on what this means: %(terms)s.") % {"terms": names}
        why = _("No model can be surer than people are. A clearer guideline with examples helps both.")
        yield Advice("guidelines", told, why, _reverse("terms") or reverse("differences"), _("Sharpen the guideline"))


def _too_few_opinions(films: Films, together: Together) -> Iterator[Advice]:
    if films.by_person >= 100 and not any(row.enough for row in together.terms):
        told = _("Too few films were judged twice to know how far people agree.")
        why = _("The desk asks one film in twenty of a second person: have somebody else work there as well.")
        yield Advice("second", told, why, review_url(), _("To the desk"))


def _better_challenger(task: Task) -> Iterator[Advice]:
    champion = ModelVersion.objects.filter(task=task, champion=True).first()
    newest = ModelVersion.objects.filter(task=task).first()
    if newest is None or newest == champion:
        return
    comparison = newest.config.get("comparison") or {}
    if comparison.get("better") and comparison.get("against") == (champion.name if champion else None):
        told = _("%(name)s is better than the champion and waits.") % {"name": newest.name}
        why = _("See which films would change before you promote it.")
        yield Advice("challenger", told, why, newest.get_absolute_url(), _("Look at it"))


def _new_decisions(task: Task) -> Iterator[Advice]:
    number = changed_since_training(task)
    if number:
        told = ngettext(
            "%(n)s label has changed since the last training.", "%(n)s labels have changed since the last training.",
            number,
        ) % {"n": intcomma(number)}  # fmt: skip
        why = _("What it would cost, and what it may bring, stands on the form.")
        yield Advice("retrain", told, why, f"{reverse('retrain')}?task={task.value}", _("Retrain"))


def _waiting(films: Films) -> Iterator[Advice]:
    if films.waiting:
        told = ngettext(
            "%(n)s proposal waits for a person.", "%(n)s proposals wait for a person.", films.waiting
        ) % {"n": intcomma(films.waiting)}  # fmt: skip
        why = _("The desk shows those first of which the model is least sure.")
        yield Advice("waiting", told, why, review_url(order="doubt"), _("To the desk"))
