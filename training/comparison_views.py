"""Architectures compared: what there is, one comparison with its table and charts, and starting another one."""

import json
import secrets
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from catalog import jobs
from catalog.access import admins, anybody
from catalog.models import Job
from training import ledger, published
from training.architectures import ARCHITECTURES
from training.comparison_figures import points
from training.comparison_table import done, figure
from training.options import BadOption, RetrainOptions
from training.plans import MOST_SEEDS, OF_FILMS, OF_ROWS, Plan
from training.reports import begun, context
from training.reports import render as report
from training.views import RetrainForm

TASK = "training.compare"


@require_safe
@anybody
def comparisons(request: HttpRequest) -> HttpResponse:
    """Every comparison that the site keeps, and those that are being made."""
    listed = [_summary(name, content) for name, content in ledger.all_kept()]
    active = Job.objects.active().filter(task=TASK) if getattr(request.user, "may_administer", False) else []
    return render(request, "training/comparisons.html", {"comparisons": listed, "active": active})


def _summary(name: str, content: dict[str, Any]) -> dict[str, Any]:
    """One line of the list: what was compared, and what came out ahead."""
    ranked = done(content)
    figures = [points(figure(ranked[0], key)) for key in ("micro_f1", "macro_f1", "map")] if ranked else []
    return {
        "name": name,
        "task": content.get("task"),
        "begun": begun(content),
        "finished": content.get("finished"),
        "rows": [str(row.get("label")) for row in ranked],
        "films": sum((content["dataset"].get("films") or {}).values()),
        "figures": figures,
    }


@require_safe
@anybody
def comparison(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "training/comparison.html", {"name": name, **context(_find(name))})


@require_safe
@anybody
def comparison_report(request: HttpRequest, name: str) -> HttpResponse:
    """The same page as one file that needs no other."""
    return _attached(report(_find(name)), "text/html", f"{name}.html")


@require_safe
@anybody
def comparison_figures(request: HttpRequest, name: str) -> HttpResponse:
    """The figures, for other programs."""
    return _attached(json.dumps(_find(name), indent=1, ensure_ascii=False), "application/json", f"{name}.json")


def _attached(body: str, mime: str, file: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    return HttpResponse(body, content_type=f"{mime}; charset=utf-8", headers=headers)


def _find(name: str) -> dict[str, Any]:
    content = ledger.read(ledger.kept(name))
    if content is None:
        raise Http404(_("There is no comparison “%(name)s”.") % {"name": name[:60]})
    return content


class CompareForm(RetrainForm):
    """The options of `manage.py compare_models`."""

    architecture = None  # type: ignore[assignment]
    seed = None  # type: ignore[assignment]
    promote = None  # type: ignore[assignment]
    force = None  # type: ignore[assignment]
    architectures = forms.MultipleChoiceField(
        label=gettext_lazy("Architectures"),
        required=False,
        choices=[(name, name) for name in ARCHITECTURES],
        widget=forms.CheckboxSelectMultiple,
    )
    rows = forms.CharField(
        label=gettext_lazy("Rows with options of their own"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy("One per line, as in: resnet50:finetune=all:size=96:label=ResNet-50 from scratch"),
    )
    seeds = forms.IntegerField(
        label=gettext_lazy("Seeds"),
        min_value=1,
        max_value=MOST_SEEDS,
        help_text=gettext_lazy("How often each is trained, from another start."),
    )
    films = forms.IntegerField(
        label=gettext_lazy("Films at most"), min_value=0, max_value=10_000_000, help_text=gettext_lazy("0 is all.")
    )

    @property
    def params(self) -> dict[str, Any]:
        """What the job is asked for (see training.plans.Plan.of)."""
        given = self.cleaned_data
        return {
            "architectures": "\n".join([*given["architectures"], given["rows"]]),
            "seeds": given["seeds"],
            "films": given["films"],
            "options": {name: given[name] for name in (*OF_FILMS, *OF_ROWS) if given[name] not in ("", None)},
        }


@require_http_methods(["GET", "HEAD", "POST"])
@admins
def compare(request: HttpRequest) -> HttpResponse:
    """The form; sent, it starts a job."""
    initial = {**vars(RetrainOptions()), "seeds": 1, "films": 0, "architectures": ["heads"]}
    form = CompareForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            Plan.of(form.params)
        except BadOption as error:
            form.add_error(None, str(error))
        else:
            params = {"name": new_name(form.cleaned_data["task"]), **form.params}
            job = jobs.start(TASK, params, user=request.user, queue="gpu")  # type: ignore[arg-type]
            return redirect("job", job.pk)
    systems = [(box, published.SYSTEMS.get(str(box.data["value"]), ())) for box in form["architectures"]]
    shown = {"form": form, "boxes": systems}
    return render(request, "training/compare.html", shown, status=422 if form.errors else 200)


def new_name(task: str) -> str:
    """A name that no comparison has: the task, the moment and a little chance."""
    return f"{task}-{timezone.now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
