"""How well answers name the tags of films: pure functions, but for `vocabulary`, which reads the catalogue's tags."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from catalog.models import Term
from catalog.vocabulary import Matcher, Tag, matcher

Slugs = frozenset[str]


def vocabulary() -> Matcher:
    """Every active tag."""
    tags = Term.objects.filter(kind=Term.Kind.TAG, active=True).order_by("slug")
    return matcher(tuple(Tag(tag.slug, tag.name_en, tag.name_ko, tuple(tag.aliases)) for tag in tags))


def exact(answer: str, names: Mapping[str, str]) -> Slugs:
    """Slugs of the tags that an answer lists by name, in lower case and between commas; all else is passed over."""
    parts = (part.strip(" .\"'") for part in answer.lower().replace("\n", ",").split(","))
    return frozenset(names[part] for part in parts if part in names)


def figures(
    answers: Sequence[tuple[str, str]], truth: Mapping[str, Slugs], names: Mapping[str, str], words: Matcher
) -> dict[str, Any]:
    """Figures of answers (film, text) to frames, against each film's tags.

    `exact`: precision, recall and F1 of listed tags, counted over frames. `match_ratio`: mean share of a film's tags
    that some frame's answer names; `unmatched` and `missing`: mean number of tags that were named and are not the
    film's, and the other way round. They flatter who names every tag, so `named` and `true` tell how many there are.
    """
    listed = [(exact(text, names), truth[film]) for film, text in answers]
    named: dict[str, set[str]] = defaultdict(set)
    for film, text in answers:
        named[film] |= words.find(text).keys()
    films = [(named[film], truth[film]) for film in named]
    return {
        "frames": len(answers),
        "films": len(films),
        "exact": _micro(listed),
        "match_ratio": _mean([len(said & true) / len(true) for said, true in films if true]),
        "unmatched": _mean([float(len(said - true)) for said, true in films]),
        "missing": _mean([float(len(true - said)) for said, true in films]),
        "named": _mean([float(len(said)) for said, _ in films]),
        "true": _mean([float(len(true)) for _, true in films]),
    }


def _micro(pairs: Sequence[tuple[Slugs, Slugs]]) -> dict[str, float]:
    right = sum(len(said & true) for said, true in pairs)
    said, true = sum(len(said) for said, _ in pairs), sum(len(true) for _, true in pairs)
    return {
        "precision": right / said if said else 0.0,
        "recall": right / true if true else 0.0,
        "f1": 2 * right / (said + true) if said + true else 0.0,
    }


def _mean(values: Sequence[float]) -> float:
    return fmean(values) if values else 0.0
