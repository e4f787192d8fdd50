"""Merging now where it is little, otherwise as a job; and what else follows a change of the vocabulary."""

from typing import Any

from catalog import jobs, refreshing
from catalog.models import Job, Pick, Term, TermChange, User
from catalog.notes import merge_note
from catalog.progress import Progress
from catalog.refreshing import AT_ONCE, refresh_films
from catalog.thesaurus.merging import merge
from catalog.thesaurus.planning import Plan, Rule

TASK = "catalog.merge_terms"
REMATCH = "inference.generate_tags"  # with "rematch": captions name other tags now


def merge_or_start(plan: Plan, *, user: User) -> TermChange | Job:
    """Do what the plan says, now or as a job. Raises BadTerm."""
    if plan.labels > AT_ONCE:
        return jobs.start(TASK, merge_params(plan), user=user)
    change, _films = merge(plan.source, plan.target, user=user, rule=plan.rule)
    follow_up(plan.source, user=user)
    return change


def merge_params(plan: Plan) -> dict[str, Any]:
    source, target = plan.source, plan.target
    return {
        "kind": source.kind, "source": source.slug, "target": target.slug, "rule": plan.rule,
        "name": merge_note(source, target),
    }  # fmt: skip


def run(params: dict[str, Any], user: User, progress: Progress) -> dict[str, Any]:
    """The labels in one transaction, then search film by film; where a worker was killed in between, only the rest.

    Raises:
        BadTerm: the two cannot become one any more.
    """
    source, target = (Term.objects.get(kind=params["kind"], slug=params[name]) for name in ("source", "target"))
    made = TermChange.objects.filter(term=source, kind=TermChange.Kind.MERGE, user=user).first()
    if made is None or source.merged_into_id != target.pk:
        made, films = merge(source, target, user=user, rule=Rule(params["rule"]), refresh=False)
    else:
        assert made.change_set is not None
        films = list(made.change_set.decisions.values_list("film_id", flat=True).distinct().order_by("film_id"))
    refresh_films(films, progress)
    follow_up(source, user=user)
    return {"films": len(films), "change_set": made.change_set_id}


def follow_up(term: Term, *, user: User) -> None:
    """After terms came, went or changed their names: all of search, the desk, and for tags what captions name."""
    refreshing.start(user)
    Pick.objects.filter(term=term, term__active=False).delete()  # films are chosen anew by the next job that does
    if term.kind == Term.Kind.TAG:
        jobs.start(REMATCH, {"rematch": True}, user=user, queue="cpu")
