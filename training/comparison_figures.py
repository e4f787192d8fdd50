"""The figures of a comparison: how each is called, what it means, how it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from training.ledger import DECIDES

Text = str | Promise
Number = float | None


def points(value: Number, digits: int = 1) -> str:
    """A share in points: 0.6412 is 64.1."""
    return "–" if value is None else f"{value * 100:.{digits}f}".replace("-", "−")


def gained(value: Number) -> str:
    """A difference of shares in points, with its sign."""
    return "–" if value is None else f"{value * 100:+.1f}".replace("-", "−")


def three(value: Number) -> str:
    return "–" if value is None else f"{value:.3f}"


def two(value: Number) -> str:
    return "–" if value is None else f"{value:.2f}"


def large(value: Number) -> str:
    """Thousands and millions: 25.6 M."""
    if value is None:
        return "–"
    for size, unit in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:.3g}"


def time(seconds: Number) -> str:
    """Seconds below two minutes, minutes below two hours, then hours."""
    if seconds is None:
        return "–"
    if seconds < 120:
        return _("%(n)s s") % {"n": f"{seconds:.3g}"}
    if seconds < 7200:
        return _("%(n)s min") % {"n": f"{seconds / 60:.3g}"}
    return _("%(n)s h") % {"n": f"{seconds / 3600:.3g}"}


@dataclass(frozen=True)
class Column:
    """One figure: under which name it is kept, how it is called, what it means, how it is read."""

    name: str
    label: Text
    meaning: Text = ""
    show: Callable[[Number], str] = points
    more_is_better: bool = True
    by_thresholds: bool = True
    """Whether it depends on what is decided, and not on scores alone."""


@dataclass(frozen=True)
class Group:
    label: Text
    columns: tuple[Column, ...]
    slug: str = ""


_HIT = gettext_lazy("Films with at least one genre among the three highest scores. Hardly tells models apart.")
_SHARE = gettext_lazy(
    "How many of the three highest scores are right, out of three, or of as many as the film has genres."
)
_PRECISION = gettext_lazy("How many of the three highest scores are right, out of three, also where a film has fewer.")
_LABELS = gettext_lazy("For each genre the films decided rightly, mean over genres. Rare genres have it for nothing.")
_ALL_RIGHT = gettext_lazy("Films of which every known genre is decided rightly.")
_HAMMING = gettext_lazy("Share of all known cells that are decided wrongly.")
_COVERAGE = gettext_lazy("How many of the highest scores it takes to cover all genres of a film, mean over films.")
_CALIBRATION = gettext_lazy("How far scores are from the share of films that they promise.")
_MAP = gettext_lazy("Mean over genres of the area under the precision-recall curve; needs no thresholds.")
_WEIGHTED = gettext_lazy("Mean over genres, each weighed by its films.")
_SAMPLES = gettext_lazy("Computed for each film, mean over films.")
_MACRO = gettext_lazy("Mean over genres, rare ones counting as much as common ones.")
_MICRO = gettext_lazy("Over all cells at once: common genres count most.")

AVERAGES = (
    ("micro", gettext_lazy("micro"), _MICRO),
    ("macro", gettext_lazy("macro"), _MACRO),
    ("weighted", gettext_lazy("weighted"), _WEIGHTED),
    ("samples", gettext_lazy("per film"), _SAMPLES),
)


def _averages(name: str) -> tuple[Column, ...]:
    return tuple(Column(f"{average}_{name}", label, meaning) for average, label, meaning in AVERAGES)


GROUPS: tuple[Group, ...] = (
    Group(gettext_lazy("F1"), _averages("f1"), "f1"),
    Group(
        gettext_lazy("Ranking"),
        (
            Column("map", gettext_lazy("mAP"), _MAP, by_thresholds=False),
            Column("top3_any", gettext_lazy("a hit in the top 3"), _HIT, by_thresholds=False),
            Column("top3_share", gettext_lazy("hits@3"), _SHARE, by_thresholds=False),
            Column("top3_precision", gettext_lazy("precision@3"), _PRECISION, by_thresholds=False),
            Column("coverage_error", gettext_lazy("coverage error"), _COVERAGE, two, False, by_thresholds=False),
        ),
        "ranking",
    ),
    Group(gettext_lazy("Precision"), _averages("precision"), "precision"),
    Group(gettext_lazy("Recall"), _averages("recall"), "recall"),
    Group(
        gettext_lazy("Cells and films"),
        (
            Column("label_accuracy", gettext_lazy("accuracy per label"), _LABELS),
            Column("hamming_loss", gettext_lazy("Hamming loss"), _HAMMING, three, False),
            Column("subset_accuracy", gettext_lazy("subset accuracy"), _ALL_RIGHT),
            Column(
                "calibration_error", gettext_lazy("calibration error"), _CALIBRATION, three, False, by_thresholds=False
            ),
        ),
        "cells",
    ),
    Group(
        gettext_lazy("Cost"),
        (
            Column(
                "train_seconds", gettext_lazy("training time"), gettext_lazy("Without encoding; mean over seeds."), time
            ),
            Column("parameters", gettext_lazy("parameters"), gettext_lazy("Numbers that make up the model."), large),
            Column(
                "films_per_second",
                gettext_lazy("films/s"),
                gettext_lazy("Scored, from what the row reads: stored vectors, posters or plots."),
                large,
            ),
        ),
        "cost",
    ),
)
COLUMNS = tuple(column for group in GROUPS for column in group.columns)
BY_NAME = {column.name: column for column in COLUMNS}


def figure_label(name: str) -> str:
    """How a figure is called outside its group: "micro F1"."""
    if name == "top3":
        return _("top-3 accuracy")
    if name == DECIDES:
        return _("mean of micro and macro F1")
    for group in GROUPS:
        for column in group.columns:
            if column.name == name:
                named = group.slug in ("f1", "precision", "recall")
                return f"{column.label} {group.label!s}" if named else str(column.label)
    return name
