"""What a promotion would change, on the page of the version."""

from typing import Any

from django import template
from django.template import RequestContext

from catalog.models import Film, Job, Term
from inference.models import Preview
from inference.preview import TASK, is_stale
from inference.templatetags.receipts import changes
from training.models import ModelVersion, Task

register = template.Library()


@register.inclusion_tag("training/_preview.html", takes_context=True)
def promotion_preview(context: RequestContext, version: ModelVersion) -> dict[str, Any]:
    """A handful of queries; who may not decide is shown nothing."""
    user: Any = context["user"]
    if not getattr(user, "may_decide", False):
        return {"shown": False}
    found = Preview.objects.select_related("version", "against").filter(version=version).first()
    active = Job.objects.active().filter(task=TASK, params__version=version.name).first()
    shown = {"shown": True, "version": version, "user": user, "csrf_token": context.get("csrf_token"), "job": active}
    return shown | (_figures(found) if found else {"preview": None})


def _figures(found: Preview) -> dict[str, Any]:
    figures = found.figures
    names = {term.slug: term.name for term in Term.objects.filter(kind=Task(found.version.task).term_kind)}
    moves = {slug: [row["gained"], row["lost"]] for slug, row in figures.get("terms", {}).items()}
    rows = changes(found.version.task, {slug: pair for slug, pair in moves.items() if any(pair)})
    return {
        "preview": found,
        "figures": figures,
        "said": figures.get("contradictions", {}),
        "stale": is_stale(found),
        "rows": rows,
        "headline": [row for row in sorted(rows, key=lambda row: -abs(row.net))[:3] if row.net],
        "sample": _sample(figures.get("sample", []), names),
        "against_people": _against_people(figures.get("against_people", []), names),
    }


def _sample(rows: list[dict[str, Any]], names: dict[str, str]) -> list[dict[str, Any]]:
    films = _films(rows)
    return [
        {
            "film": films[row["film"]],
            "gained": [names.get(slug, slug) for slug in row["gained"]],
            "lost": [names.get(slug, slug) for slug in row["lost"]],
        }
        for row in rows
        if row["film"] in films
    ]


def _against_people(rows: list[dict[str, Any]], names: dict[str, str]) -> list[dict[str, Any]]:
    films = _films(rows)
    return [
        {**row, "film": films[row["film"]], "term": names.get(row["term"], row["term"])}
        for row in rows
        if row["film"] in films
    ]


def _films(rows: list[dict[str, Any]]) -> dict[int, Film]:
    """Those that the site still shows."""
    films = Film.objects.filter(pk__in=[row["film"] for row in rows], published=True)
    return {film.pk: film for film in films}
