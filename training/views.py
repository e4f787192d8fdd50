"""Models: which versions there are, how good they are, which one is champion, and making a new one."""

import dataclasses
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog import jobs
from catalog.access import admins, anybody, confirmed, curators
from catalog.views.parts import render_part
from training import charts, figures, learning_curve, registry
from training.architectures import ARCHITECTURES, SCENES
from training.models import ModelVersion, Promotion, Run, Task
from training.options import PROMOTE, BadOption, NetworkOptions, RetrainOptions, usual
from training.price import price
from training.scenes.figures import scenes_of
from training.snapshot import OFFICIAL

RUNS_SHOWN = 12


@require_safe
@anybody
def models(request: HttpRequest) -> HttpResponse:
    """Every task with its champion, its versions and its runs."""
    versions = list(ModelVersion.objects.select_related("run"))
    runs = list(Run.objects.select_related("version")[: RUNS_SHOWN * len(Task.values)])
    context = {"tasks": [_task(Task(task), versions, runs) for task in Task.values]}
    return render(request, "training/models.html", context)


def _task(task: Task, versions: list[ModelVersion], runs: list[Run]) -> dict[str, Any]:
    mine = [version for version in versions if version.task == task]
    champion = next((version for version in mine if version.champion), None)
    return {
        "task": task,
        "champion": champion,
        "headlines": figures.headlines(champion) if champion else [],
        "versions": [(version, figures.headlines(version)) for version in mine],
        "history": _over_versions(mine),
        "runs": [run for run in runs if run.task == task][:RUNS_SHOWN],
    }


def _over_versions(versions: list[ModelVersion]) -> charts.LineChart | None:
    """The headline figures from the oldest version to the newest; nothing to see in fewer than two."""
    if len(versions) < 2:
        return None
    oldest_first = versions[::-1]
    lines = {
        name: [figures.headline(version.metrics.get("test"), name) for version in oldest_first]
        for name in figures.HEADLINES
    }
    return charts.line_chart("versions", lines)


@require_safe
@anybody
def version(request: HttpRequest, name: str) -> HttpResponse:
    found = find_version(name)
    champion = registry.champion(Task(found.task))
    terms = figures.term_rows(found, champion)
    context = {
        "version": found,
        "champion": champion,
        "headlines": figures.headlines(found, champion),
        "figures": figures.other_figures(found, champion),
        "modalities": figures.modalities(found),
        "terms": terms,
        "by_hand": any(row.by_hand for row in terms),
        "scenes": scenes_of(found),
        "comparison": found.config.get("comparison") or {},
        "promotions": Promotion.objects.filter(version=found).select_related("by", "replaced"),
    }
    return render(request, "training/version.html", context)


def find_version(name: str) -> ModelVersion:
    try:
        return registry.find(name)
    except (registry.UnknownVersion, ValueError) as error:
        raise Http404(_("There is no version “%(name)s”.") % {"name": name[:60]}) from error


@require_safe
@anybody
def run(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Run.objects.select_related("version", "job", "started_by"), pk=pk)
    context = {"run": found, "charts": charts.curve_charts(found.curves), "epochs": len(found.curves)}
    return render_part(request, "training/run.html", context, part="run")


@require_POST
@admins
@confirmed
def promote(request: HttpRequest, name: str) -> HttpResponse:
    found = find_version(name)
    if found.champion:
        messages.info(request, _("%(name)s is the champion already.") % {"name": found.name})
        return redirect(found)
    try:
        registry.promote(found, user=request.user, reason=request.POST.get("reason", ""))  # type: ignore[arg-type]
    except registry.DamagedModel as error:
        messages.error(request, _("%(name)s was not promoted: %(reason)s") % {"name": found.name, "reason": error})
    else:
        messages.success(request, _("%(name)s is the champion now; films are being predicted.") % {"name": found.name})
    return redirect(found)


@require_POST
@admins
@confirmed
def rollback(request: HttpRequest, task: str) -> HttpResponse:
    """Back to the champion before this one."""
    if task not in Task.values:
        raise Http404
    try:
        promotion = registry.rollback(Task(task), user=request.user)  # type: ignore[arg-type]
    except registry.UnknownVersion:
        messages.error(request, _("There is no earlier champion to go back to."))
    except registry.DamagedModel as error:
        messages.error(request, _("It was not rolled back: %(reason)s") % {"reason": error})
    else:
        messages.success(request, _("Rolled back to %(name)s.") % {"name": promotion.version.name})
    return redirect("models")


@require_POST
@curators
def predict(request: HttpRequest) -> HttpResponse:
    """Bring every film's predictions up to date; what is up to date already is left alone."""
    job = jobs.start("inference.predict", {}, user=request.user, queue="gpu")  # type: ignore[arg-type]
    return redirect("job", job.pk)


SPLITS = [
    ("hash", gettext_lazy("by film, stable for ever")),
    ("stratified", gettext_lazy("by film, every term spread evenly")),
    *((name, gettext_lazy("official split of %(name)s") % {"name": name}) for name in sorted(OFFICIAL)),
]


class RetrainForm(forms.Form):
    """The options of `manage.py retrain`."""

    task = forms.ChoiceField(label=gettext_lazy("What to learn"), choices=Task.choices)
    architecture = forms.ChoiceField(
        label=gettext_lazy("Architecture"), choices=[(name, name) for name in (*ARCHITECTURES, *SCENES)]
    )
    text_encoder = forms.CharField(
        label=gettext_lazy("Text encoder"),
        max_length=200,
        help_text=gettext_lazy("minilm, a hub id, a folder, or none."),
    )
    image_encoder = forms.CharField(
        label=gettext_lazy("Image encoder"),
        max_length=200,
        help_text=gettext_lazy("starter, a hub id, a folder, or none."),
    )
    split = forms.ChoiceField(label=gettext_lazy("Split"), choices=SPLITS)
    min_films = forms.IntegerField(
        label=gettext_lazy("Fewest films per term"),
        min_value=1,
        max_value=100_000,
        help_text=gettext_lazy("Terms that fewer training films have are not learned."),
    )
    seed = forms.IntegerField(label=gettext_lazy("Seed"), min_value=0, max_value=2**31 - 1)
    promote = forms.ChoiceField(label=gettext_lazy("Afterwards"), choices=list(PROMOTE.items()))
    force = forms.BooleanField(label=gettext_lazy("Train even if nothing has changed"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for option in dataclasses.fields(NetworkOptions):
            self.fields[option.name] = _network_field(option)

    @property
    def network(self) -> list[forms.BoundField]:
        """The fields of options that only networks use."""
        return [self[option.name] for option in dataclasses.fields(NetworkOptions)]


def _network_field(option: "dataclasses.Field[Any]") -> forms.Field:
    """Called as in the command, so that what is read there can be used here; empty is the default."""
    name, choices = option.name.replace("_", "-"), option.metadata["choices"]
    common: dict[str, Any] = {"label": name, "required": False, "help_text": option.metadata["help"]}
    if choices:
        return forms.ChoiceField(choices=[(choice, choice) for choice in choices], **common)
    kinds: dict[type, type[forms.Field]] = {bool: forms.BooleanField, int: forms.IntegerField, float: forms.FloatField}
    return kinds.get(type(option.default), forms.CharField)(**common)


@require_http_methods(["GET", "HEAD", "POST"])
@admins
def retrain(request: HttpRequest) -> HttpResponse:
    """The form with what it would cost; sent, it starts a job, or tells the price of other options (wanted=price)."""
    asked = request.GET.get("task", "")
    task = asked if asked in Task.values else Task.GENRES.value
    architecture, fewest = usual(task)
    defaults = {**vars(RetrainOptions()), "task": task, "architecture": architecture, "min_films": fewest}
    form = RetrainForm(request.POST or None, initial=defaults)
    options, wanted = _options(form), request.POST.get("wanted", "")
    if options is not None and wanted == "curve" and options.task == Task.SCENES:
        form.add_error(None, _("There is no learning curve of scene genres."))
        options = None
    if options is not None and wanted != "price":
        started = {"curve": learning_curve.TASK}.get(wanted, "training.retrain")
        job = jobs.start(started, options.asked, user=request.user, queue="gpu")  # type: ignore[arg-type]
        return redirect("job", job.pk)
    if options is None and not form.is_bound:
        options = RetrainOptions.of({"task": task, "architecture": architecture, "min_films": fewest})
    context = {"form": form, "options": options, "price": price(options) if options else None}
    part = "price" if wanted == "price" else ""
    return render_part(request, "training/retrain.html", context, part=part, status=422 if form.errors else 200)


def _options(form: RetrainForm) -> RetrainOptions | None:
    """What the form asks for; None where it asks for nothing, or for something that is refused."""
    if not form.is_valid():
        return None
    try:
        return RetrainOptions.of({name: value for name, value in form.cleaned_data.items() if value not in ("", None)})
    except BadOption as error:
        form.add_error(None, str(error))
        return None
