"""Names of figures, and figures as people compare them."""

from collections.abc import Collection, Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from training.figures import Headline, TermRow, missed

register = template.Library()

NAMES = {
    "micro_f1": gettext_lazy("micro-F1"),
    "macro_f1": gettext_lazy("macro-F1"),
    "map": gettext_lazy("mAP"),
    "precision": gettext_lazy("Precision"),
    "recall": gettext_lazy("Recall"),
    "f1": gettext_lazy("F1"),
    "weighted_f1": gettext_lazy("Weighted F1"),
    "samples_f1": gettext_lazy("F1 per film"),
    "top3": gettext_lazy("A hit among the top 3"),
    "subset_accuracy": gettext_lazy("All terms of a film right"),
    "hamming_loss": gettext_lazy("Hamming loss"),
    "coverage_error": gettext_lazy("Coverage error"),
    "calibration_error": gettext_lazy("Calibration error"),
    "both": gettext_lazy("plot and poster"),
    "plot": gettext_lazy("plot only"),
    "poster": gettext_lazy("poster only"),
    "loss": gettext_lazy("Loss"),
    "figures": gettext_lazy("Figures on validation films"),
    "versions": gettext_lazy("Over versions"),
    "train_loss": gettext_lazy("training loss"),
    "validation_loss": gettext_lazy("validation loss"),
    "train_accuracy": gettext_lazy("on training films"),
    "validation_accuracy": gettext_lazy("on validation films"),
    "accuracy": gettext_lazy("Decisions that are right"),
    "film_accuracy": gettext_lazy("Films"),
    "macro_accuracy": gettext_lazy("Mean of the genres"),
    "pair_accuracy": gettext_lazy("Pairs of frames"),
    "validation_map": gettext_lazy("mAP"),
    "validation_micro_f1": gettext_lazy("micro-F1"),
    "validation_macro_f1": gettext_lazy("macro-F1"),
    "train": gettext_lazy("to learn from"),
    "validation": gettext_lazy("for choices"),
    "test": gettext_lazy("for these figures"),
    "encode": gettext_lazy("encode"),
    "evaluate": gettext_lazy("evaluate"),
}


@register.filter
def figure_name(name: str) -> str:
    return str(NAMES.get(name, name.replace("_", " ")))


@register.filter
def points(value: float | None) -> str:
    """A share in points: 0.6412 is 64.1."""
    return "–" if value is None else f"{value * 100:.1f}"


@register.simple_tag
def gain(value: float | None, other: float | None) -> str:
    """The difference in points with its sign."""
    return "" if value is None or other is None else points_gained(value - other)


@register.simple_tag
def points_gained(difference: float) -> str:
    return f"{difference * 100:+.1f}".replace("-", "−")


@register.simple_tag
def headline_bar(figure: Headline) -> SafeString:
    """The value as a bar with its interval; baseline, champion and ceiling as ticks. The figures stand beside it."""
    return _bar(
        figure.value,
        [("baseline", figure.baseline), ("champion", figure.champion), ("ceiling", figure.ceiling)],
        (figure.low, figure.high),
    )


@register.simple_tag
def interval_bar(value: float, low: float, high: float) -> SafeString:
    return _bar(value, [], (low, high))


@register.simple_tag
def term_bar(row: TermRow) -> SafeString:
    return _bar(row.f1, [("champion", row.champion)])


@register.simple_tag
def what_is_missed(versions: Sequence[str], inputs: Collection[str]) -> str:
    """What it costs that plot or poster is missing, as it was measured; "" where nothing is, or nobody knows."""
    recall = missed(versions, inputs)
    if recall is None:
        return ""
    told = {"alone": round(100 * recall[0]), "both": round(100 * recall[1])}
    return _("Measured: it finds %(alone)d of 100 so, and %(both)d with plot and poster.") % told


def _bar(
    value: float | None,
    ticks: list[tuple[str, float | None]],
    interval: tuple[float | None, float | None] = (None, None),
) -> SafeString:
    low, high = interval
    whisker = (
        format_html('<line class="whisker" x1="{}" x2="{}" y1="12" y2="12"></line>', _at(low), _at(high))
        if low is not None and high is not None
        else SafeString("")
    )
    marks = format_html_join(
        "",
        '<line class="tick tick--{0}" x1="{1}" x2="{1}" y1="0" y2="24"></line>',
        ((name, _at(at)) for name, at in ticks if at is not None),
    )
    return format_html(
        '<svg class="measure" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="12" y="6"></rect>'
        '<rect class="fill" width="{}" height="12" y="6"></rect>{}{}</svg>',
        _at(value or 0),
        whisker,
        marks,
    )


def _at(share: float) -> str:
    return f"{max(0.0, min(1.0, share)) * 100:.1f}"
