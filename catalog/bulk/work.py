"""Doing what was previewed: at once where it is little, otherwise as a job, batch by batch under one change set."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog import jobs
from catalog.bulk import edits, rules
from catalog.bulk.edits import Answer
from catalog.bulk.rules import Rule
from catalog.bulk.writing import Cell, say
from catalog.changesets import BULK_LIMIT, continued
from catalog.models import ChangeSet, Film, Job, Label, Term, User
from catalog.notes import answers_note, rule_note
from catalog.progress import Progress
from catalog.search import meaning
from catalog.search.asked import Asked
from catalog.search.finding import matching

ACCEPT, EDIT = "catalog.accept_by_rule", "catalog.edit_films"
AT_ONCE = 300  # films that somebody waits for; more are done by a job
BATCH = 300

Write = Callable[[Sequence[int]], list[Cell]]


class TooMany(Exception):
    """More labels than this person may change at once; the message is a sentence."""


class NothingToDo(Exception):
    """Everything is said already; the message is a sentence."""


@dataclass(frozen=True)
class Done:
    """`change_set` is None where nothing had to be written."""

    change_set: ChangeSet | None
    films: int = 0
    labels: int = 0

    def as_dict(self) -> dict[str, int | None]:
        return {
            "films": self.films,
            "labels": self.labels,
            "change_set": self.change_set.pk if self.change_set else None,
        }


def refuse_too_many(user: User, labels: int) -> None:
    """Raises TooMany."""
    if labels > BULK_LIMIT and not user.may_administer:
        raise TooMany(_("More than %(most)s at once is for admins.") % {"most": BULK_LIMIT})


def accept(rule: Rule, *, user: User) -> Done | Job:
    """Accept what the rule is about, now or as a job. Raises TooMany, NothingToDo."""
    films = rule.films()
    _refuse_none(len(films))
    refuse_too_many(user, len(films))
    if len(films) > AT_ONCE:
        return jobs.start(ACCEPT, rule_params(rule), user=user)
    return _in_batches(films, _accepting(rule, user), user, note_of_rule(rule))


def edit(query: QueryDict, answers: Sequence[Answer], *, user: User) -> Done | Job:
    """Say these answers of every film that a search finds, now or as a job. Raises TooMany, NothingToDo."""
    films = chosen(query)
    found = edits.outlook(films, answers)
    _refuse_none(sum(one.written for one in found))
    refuse_too_many(user, sum(one.written for one in found))
    if len(films) > AT_ONCE:
        return jobs.start(EDIT, edit_params(query, answers), user=user)
    return _in_batches(films, _editing(answers, user), user, note_of_answers(answers))


def _refuse_none(labels: int) -> None:
    if not labels:
        raise NothingToDo(_("There is nothing to do: all of it is said already."))


def chosen(query: QueryDict) -> list[int]:
    """Ids of the published films that a search's address finds; the nearest ones where it asks for films like one.

    Raises:
        Http404: a term of the address, or the film, is not there.
    """
    asked = Asked.read(query)
    near = meaning.like(get_object_or_404(Film.objects.published(), key=asked.like)) if asked.like else None
    return [int(pk) for pk in matching(asked, near=near)]


# As jobs ------------------------------------------------------------------------------------------------------


def rule_params(rule: Rule) -> dict[str, Any]:
    return {
        "kind": rule.term.kind, "term": rule.term.slug, "at_least": rule.at_least, "most": rule.most,
        "name": note_of_rule(rule),
    }  # fmt: skip


def edit_params(query: QueryDict, answers: Sequence[Answer]) -> dict[str, Any]:
    said = [[answer.term.kind, answer.term.slug, answer.value] for answer in answers]
    return {"query": query.urlencode(), "answers": said, "name": note_of_answers(answers)}


def run_accept(job: Job, user: User, progress: Progress) -> Done:
    """As its params say; where it was begun before, what is left."""
    params = job.params
    rule = Rule(_term(params["kind"], params["term"]), params["at_least"], params.get("most") or 0)
    films = rule.films()
    refuse_too_many(user, len(films))
    return _in_batches(films, _accepting(rule, user), user, params["name"], job=job, progress=progress)


def run_edit(job: Job, user: User, progress: Progress) -> Done:
    """The same for the films of a search."""
    answers = [Answer(_term(kind, slug), value) for kind, slug, value in job.params["answers"]]
    films = chosen(QueryDict(job.params["query"]))
    refuse_too_many(user, len(films))
    return _in_batches(films, _editing(answers, user), user, job.params["name"], job=job, progress=progress)


def _term(kind: str, slug: str) -> Term:
    return Term.objects.get(kind=kind, slug=slug, active=True)


def _accepting(rule: Rule, user: User) -> Write:
    def write(films: Sequence[int]) -> list[Cell]:
        answers = {rule.term.pk: Label.Value.YES.value}
        return say(rules.still(rule, films), answers, user=user, over_imports=False)

    return write


def _editing(answers: Sequence[Answer], user: User) -> Write:
    said = {answer.term.pk: answer.value for answer in answers}
    return lambda films: say(films, said, user=user, over_imports=True)


def _in_batches(
    films: Sequence[int],
    write: Write,
    user: User,
    note: str,
    *,
    job: Job | None = None,
    progress: Progress | None = None,
) -> Done:
    """Every batch is a transaction of its own; all belong to one change set, that of the job's earlier attempts too.

    Raises:
        Cancelled: somebody asked for it; what is done stays, under its change set.
        CannotUndo: the change set was undone meanwhile.
    """
    changes = ChangeSet.objects.filter(pk=job.params.get("change_set")).first() if job else None
    ordered, touched, labels = sorted(films), 0, 0
    if progress:
        progress.start(len(ordered), "films", note)
    for start in range(0, len(ordered), BATCH):
        batch = ordered[start : start + BATCH]
        cells, changes = _batch(batch, write, changes, user, note, job)
        labels, touched = labels + len(cells), touched + len({cell.film_id for cell in cells})
        if progress:
            progress.advance(len(batch))
    return Done(changes, touched, labels)


def _batch(
    films: Sequence[int], write: Write, changes: ChangeSet | None, user: User, note: str, job: Job | None
) -> tuple[list[Cell], ChangeSet | None]:
    """What was written, and the change set: there is none until something is."""
    with transaction.atomic():
        begun = changes or _begin(user, note, job)
        with continued(begun):
            cells = write(films)
        if not cells:
            transaction.set_rollback(True)
    if cells and changes is None and job is not None:
        job.params = {**job.params, "change_set": begun.pk}
    return cells, begun if cells else changes


def _begin(user: User, note: str, job: Job | None) -> ChangeSet:
    changes = ChangeSet.objects.create(kind=ChangeSet.Kind.BULK, user=user, note=note[:300])
    if job is not None:
        Job.objects.filter(pk=job.pk).update(params={**job.params, "change_set": changes.pk})
    return changes


def note_of_rule(rule: Rule) -> str:
    return rule_note(rule.term, rule.at_least, rule.most)


def note_of_answers(answers: Sequence[Answer]) -> str:
    return answers_note([(answer.term, answer.value) for answer in answers])


def done_sentence(done: Done) -> str:
    """What was done, for the person who did it."""
    sentence = ngettext("Saved on %(n)d film.", "Saved on %(n)d films.", done.films)
    return sentence % {"n": done.films}
