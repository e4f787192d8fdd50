"""What pages show of a version's metrics. Versions may be old or come from elsewhere: what is missing is left out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.models import Term
from training.models import ModelVersion, Task

HEADLINES = ("micro_f1", "macro_f1", "map")
MODALITIES = ("both", "plot", "poster")


def at(figures: Any, *path: str) -> float | None:
    """The number at a path into nested objects; None where the path ends early or leads elsewhere."""
    for name in path:
        figures = figures.get(name) if isinstance(figures, dict) else None
    return float(figures) if isinstance(figures, int | float) and not isinstance(figures, bool) else None


def headline(figures: Any, name: str) -> float | None:
    """micro_f1, macro_f1 or map of a summary (see training.metrics.summary)."""
    return at(figures, "map") if name == "map" else at(figures, name.removesuffix("_f1"), "f1")


@dataclass(frozen=True)
class Headline:
    """One headline figure with its interval, beside what is trivial, what is possible and what the champion has."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    baseline: float | None
    ceiling: float | None
    champion: float | None


def headlines(version: ModelVersion, champion: ModelVersion | None = None) -> list[Headline]:
    metrics, other = version.metrics, champion.metrics if champion and champion != version else {}
    return [
        Headline(
            name=name,
            value=headline(metrics.get("test"), name),
            low=at(metrics, "test", "intervals", name, "low"),
            high=at(metrics, "test", "intervals", name, "high"),
            baseline=headline(metrics.get("baseline"), name),
            ceiling=at(metrics, "ceiling", "top", name.removesuffix("_f1"), "f1"),
            champion=headline(other.get("test"), name),
        )
        for name in HEADLINES
    ]


OTHERS: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    ("precision", ("micro", "precision"), True),
    ("recall", ("micro", "recall"), True),
    ("weighted_f1", ("weighted", "f1"), True),
    ("samples_f1", ("samples", "f1"), True),
    ("top3", ("top3", "any"), True),
    ("subset_accuracy", ("subset_accuracy",), True),
    ("hamming_loss", ("hamming_loss",), False),
    ("coverage_error", ("coverage_error",), False),
    ("calibration_error", ("calibration_error",), False),
)


@dataclass(frozen=True)
class Figure:
    """A further figure; `more_is_better` tells which way to read it."""

    name: str
    value: float | None
    baseline: float | None
    champion: float | None
    more_is_better: bool


def other_figures(version: ModelVersion, champion: ModelVersion | None = None) -> list[Figure]:
    metrics, other = version.metrics, champion.metrics if champion and champion != version else {}
    found = [
        Figure(name, at(metrics, "test", *path), at(metrics, "baseline", *path), at(other, "test", *path), better)
        for name, path, better in OTHERS
    ]
    return [figure for figure in found if figure.value is not None]


def modalities(version: ModelVersion) -> list[tuple[str, list[Headline]]]:
    """The headline figures of the same films from plot and poster, from the plot alone, from the poster alone."""
    subsets = version.metrics.get("subsets") or {}
    return [
        (
            seen,
            [
                Headline(
                    name,
                    headline(subsets[seen], name),
                    at(subsets[seen], "intervals", name, "low"),
                    at(subsets[seen], "intervals", name, "high"),
                    None,
                    None,
                    None,
                )
                for name in HEADLINES
            ],
        )
        for seen in MODALITIES
        if isinstance(subsets, dict) and isinstance(subsets.get(seen), dict)
    ]


@dataclass(frozen=True)
class TermRow:
    """One term's figures on the test films, and the champion's F1 where it knows the term."""

    slug: str
    name: str
    positives: float | None
    precision: float | None
    recall: float | None
    f1: float | None
    average_precision: float | None
    threshold: float | None
    champion: float | None
    by_hand: bool
    """The threshold is not the one that training found, by which these figures are."""
    in_use: bool
    """The catalogue has the term."""


def term_rows(version: ModelVersion, champion: ModelVersion | None = None) -> list[TermRow]:
    """One row per term, the commonest first. One query, and one more where thresholds were set by hand."""
    terms = {term.slug: term for term in Term.objects.filter(kind=Task(version.task).term_kind)}
    theirs = {slug: at(row, "f1") for slug, row in _terms(champion).items()} if champion != version else {}
    cuts = dict(zip(version.terms, version.thresholds, strict=False))
    fitted = dict(zip(version.terms, version.fitted_thresholds(), strict=False))
    found = _terms(version)
    rows = [
        TermRow(
            slug=slug,
            name=terms[slug].name if slug in terms else slug,
            threshold=cuts.get(slug),
            champion=theirs.get(slug),
            by_hand=cuts.get(slug) != fitted.get(slug),
            in_use=slug in terms and terms[slug].active,
            **{
                name: at(found.get(slug, {}), name)
                for name in ("positives", "precision", "recall", "f1", "average_precision")
            },
        )
        for slug in version.terms
    ]
    return sorted(rows, key=lambda row: (-(row.positives or 0), row.name))


def _terms(version: ModelVersion | None) -> dict[str, dict[str, Any]]:
    rows = version.metrics.get("terms") if version else None
    if isinstance(rows, dict):
        return {slug: row for slug, row in rows.items() if isinstance(row, dict)}
    listed: Sequence[Any] = rows if isinstance(rows, list) else []
    return {row["term"]: row for row in listed if isinstance(row, dict) and isinstance(row.get("term"), str)}


def missed(names: Sequence[str], inputs: Collection[str]) -> tuple[float, float] | None:
    """Recall (micro, on the test films that have both) from what there was to see, and from plot and poster.

    Of the first of these champions that was measured so; None where nothing is missing, or that is not known. One
    query at most.
    """
    if len(set(inputs) & {"plot", "poster"}) != 1:
        return None
    [seen] = set(inputs) & {"plot", "poster"}
    champions = {version.name: version for version in ModelVersion.objects.filter(champion=True)}
    for name in names:
        subsets = champions[name].metrics.get("subsets") if name in champions else None
        alone, both = at(subsets, seen, "micro", "recall"), at(subsets, "both", "micro", "recall")
        if alone is not None and both is not None:
            return alone, both
    return None
