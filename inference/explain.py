"""What maps and scores say, in words and figures: regions of a poster, shares of poster and plot, the deletion test.

Plain numpy: pages need it, and pages load no torch.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from numpy.typing import ArrayLike, NDArray

from training.intervals import Interval, film_counts
from training.thresholds import log_odds

Map = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]
Scored = Callable[[Mask], NDArray[np.float64]]

# Thirds of a poster, row by row.
REGIONS: dict[str, str | Promise] = {
    "upper-left": _("upper left"),
    "top": _("top"),
    "upper-right": _("upper right"),
    "left": _("left edge"),
    "centre": _("centre"),
    "right": _("right edge"),
    "lower-left": _("lower left"),
    "bottom": _("bottom"),
    "lower-right": _("lower right"),
}
MOST_REGIONS = 3
CLEARLY = 1.5  # times its even share of the map: from there on a region is named
SHARE = 0.2  # of the poster that the deletion test hides


# Words ---------------------------------------------------------------------------------------------------


def regions(heat: Map) -> list[str]:
    """Names (keys of REGIONS) of the ninths of a map (h, w) that hold clearly more than their share, the most first.

    At most three; the strongest one alone where none stands out; [] for a blank map.
    """
    ninths = [part for rows in np.array_split(heat, 3, 0) for part in np.array_split(rows, 3, 1)]
    held = np.array([part.sum(dtype=np.float64) for part in ninths])
    if not held.sum() > 0:
        return []
    even = np.array([part.size for part in ninths]) / heat.size
    order = np.argsort(-held / even, kind="stable")
    clear = [place for place in order if held[place] >= CLEARLY * even[place] * held.sum()]
    names = list(REGIONS)
    return [names[place] for place in (clear or [order[0]])[:MOST_REGIONS]]


# Which modality decided ----------------------------------------------------------------------------------


def contributions(
    both: ArrayLike, without_text: ArrayLike, without_image: ArrayLike, neither: ArrayLike
) -> NDArray[np.float64]:
    """By how much plot and poster move each term's log-odds from what is said of a film without either: (T, 2).

    Takes four rows of scores (T,). Each modality gets the mean of what it adds to nothing and of what it adds to the
    other (Shapley 1953, for two players), so that the two add up to the whole move.
    """
    both, poster, plot, nothing = (log_odds(scores) for scores in (both, without_text, without_image, neither))
    by_plot = ((plot - nothing) + (both - poster)) / 2
    by_poster = ((poster - nothing) + (both - plot)) / 2
    return np.stack([by_plot, by_poster], -1)


# How good maps are ---------------------------------------------------------------------------------------


def likeness(maps: NDArray[np.float32]) -> float:
    """Mean correlation of each two of the maps (T, h, w): 1 where all look alike; NaN for fewer than two."""
    kept = [heat.ravel() for heat in maps if heat.std() > 0]
    if len(kept) < 2:
        return float("nan")
    pairs = np.corrcoef(kept)[np.triu_indices(len(kept), 1)]
    return float(pairs.mean())


def strongest(heat: Map, share: float = SHARE) -> Mask:
    """The cells (h, w) of a map with the highest values: as many as make up this share of it, fewer where it is 0."""
    hidden = np.zeros(heat.size, bool)
    hidden[np.argsort(-heat, axis=None, kind="stable")[: max(1, round(share * heat.size))]] = True
    return hidden.reshape(heat.shape) & (heat > 0)


def elsewhere(mask: Mask, random: np.random.Generator) -> Mask:
    """The same region put anywhere: moved around the edges, and mirrored by lot."""
    moved = np.roll(mask, random.integers(0, mask.shape), (0, 1))
    return moved[:: random.choice([1, -1]), :: random.choice([1, -1])]


@dataclass(frozen=True)
class Falls:
    """By how much terms (T',) fall when part of the poster is hidden."""

    shown: NDArray[np.float64]
    """what the term's own map shows"""
    random: NDArray[np.float64]
    """a region of that size and shape anywhere; the mean of several draws"""
    other: NDArray[np.float64]
    """what the map of the film's next term shows; NaN where there is one term only"""


def deletion(
    maps: NDArray[np.float32], terms: Sequence[int], score: Scored, random: np.random.Generator, *, draws: int = 5
) -> Falls:
    """The deletion test (after Petsiuk, Das and Saenko 2018) on one film, with one region instead of a curve.

    ``maps`` (T', h, w) are those of ``terms``; ``score`` turns masks (B, h, w) of what is hidden into scores (B, T).
    """
    own = [strongest(heat) for heat in maps]
    masks = [np.zeros_like(own[0])]
    for place, mine in enumerate(own):
        masks += [mine, own[(place + 1) % len(own)], *(elsewhere(mine, random) for _ in range(draws))]
    scores = score(np.array(masks))
    after = scores[1:].reshape(len(maps), draws + 2, -1)
    falls = np.array([scores[0, term] - after[place, :, term] for place, term in enumerate(terms)])  # (T', draws + 2)
    other = falls[:, 1] if len(maps) > 1 else np.full(len(maps), np.nan)
    return Falls(falls[:, 0], falls[:, 2:].mean(1), other)


def mean_interval(values: ArrayLike, *, rounds: int = 2000, seed: int = 0) -> Interval:
    """The mean of one figure per film with its 95 % bootstrap interval. Raises ValueError without films."""
    figures = np.asarray(values, np.float64)
    if not len(figures):
        raise ValueError("an interval needs at least one film")
    draws = film_counts(len(figures), rounds, seed) @ figures / len(figures)
    low, high = np.quantile(draws, [0.025, 0.975])
    return Interval(float(figures.mean()), float(low), float(high))
