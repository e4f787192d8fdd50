"""What more labelled films would bring: the same training on ever larger shares of the films, judged on the same ones.

Shares are nested and drawn by the films' keys. Over a doubling of films the headline figure (the mean of micro-F1 and
macro-F1, by which champions are chosen) grows by about the same again and again until it levels off, so what a few more
films bring is read from the last doublings: a straight line in log2(films), fitted anew in each resample of the test
films, which gives the interval. It holds for films that are added, not for labels that are put right.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from math import log2
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from catalog.progress import Progress
from training.intervals import film_counts, headline_draws
from training.management.figures import write_json
from training.metrics import Truth
from training.options import RetrainOptions
from training.snapshot import LEFT_OUT, Snapshot

if TYPE_CHECKING:
    from training.inputs import Inputs

TASK = "training.learning_curve"
SHARES = (0.125, 0.25, 0.5, 1.0)
FITTED = 3  # of the largest shares: two doublings
ROUNDS = 300
FARTHEST = 2.0  # times as many films: a line in two doublings says nothing of more


@dataclass(frozen=True)
class Point:
    """The headline figure from so many training films."""

    films: int
    value: float
    low: float
    high: float
    seconds: float


@dataclass(frozen=True)
class Curve:
    """A measured learning curve."""

    task: str
    architecture: str
    made_at: str
    points: list[Point]
    slopes: list[float]
    """(B,) gain per doubling of the films, in each resample of the test films"""
    slope: float

    @property
    def per_doubling(self) -> tuple[float, float, float]:
        """The gain of twice as many films, with its interval."""
        low, high = np.quantile(self.slopes, [0.025, 0.975])
        return self.slope, float(low), float(high)


@dataclass(frozen=True)
class Gain:
    """What a retraining is expected to bring, in shares of 1; None where it goes too far beyond the curve."""

    films: int
    """more, or fewer, to learn from than the champion had"""
    value: float | None
    low: float | None
    high: float | None
    per_doubling: tuple[float, float, float]


def kept(task: str, architecture: str) -> Path:
    return Path(settings.DATA_DIR) / "learning-curves" / f"{task}-{architecture}.json"


def read(task: str, architecture: str) -> Curve | None:
    """The curve that was measured last; None where there is none, or none that can be read."""
    try:
        content: dict[str, Any] = json.loads(kept(task, architecture).read_text())
        return Curve(**{**content, "points": [Point(**point) for point in content["points"]]})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def expected(options: RetrainOptions, films: int, before: int) -> Gain | None:
    """What `films` to learn from would bring over the `before` of the champion; None without a curve."""
    curve = read(options.task, options.architecture)
    if curve is None or not films or not before:
        return None
    doublings = log2(films / before)
    if abs(doublings) > log2(FARTHEST):
        return Gain(films - before, None, None, None, curve.per_doubling)
    value, *ends = (doublings * slope for slope in curve.per_doubling)
    return Gain(films - before, value, min(ends), max(ends), curve.per_doubling)


def measure(options: RetrainOptions, progress: Progress) -> Curve:
    """Train on each share, and keep what came out. As long as two trainings; no version is made.

    Raises:
        NotEnoughLabels, EncoderUnavailable: nothing was trained; the message says what is missing.
        Cancelled: somebody asked for it; nothing was kept.
    """
    from training.data import read_inputs
    from training.retraining import snapshot_of

    snapshot = snapshot_of(options)
    inputs = read_inputs(snapshot.film_ids, *options.seen_encoders, progress, options.looks)
    progress.start(len(SHARES), "models", _("Training on ever more films"))
    points, drawn = [], []
    for share in SHARES:
        point, draws = _point(options, _share(snapshot, share), inputs, progress)
        points.append(point)
        drawn.append(draws)
        progress.advance(message=_("{films} films: {value:.3f}").format(films=point.films, value=point.value))
    films = [point.films for point in points]
    slopes = [_slope(films, [draws[b] for draws in drawn]) for b in range(ROUNDS)]
    slope = _slope(films, [point.value for point in points])
    now = timezone.now().isoformat(timespec="seconds")
    curve = Curve(options.task, options.architecture, now, points, slopes, slope)
    kept(options.task, options.architecture).parent.mkdir(parents=True, exist_ok=True)
    write_json(kept(options.task, options.architecture), asdict(curve))
    return curve


def _share(snapshot: Snapshot, share: float) -> Snapshot:
    """The snapshot with so many of its training films, always the same; the rest is left out."""
    train = snapshot.rows("train")
    mixed = sorted(train.tolist(), key=lambda row: hashlib.sha256(snapshot.keys[row].encode()).digest())
    splits = snapshot.splits.copy()
    splits[mixed[round(share * len(mixed)) :]] = LEFT_OUT
    return replace(snapshot, splits=splits)


def _point(
    options: RetrainOptions, snapshot: Snapshot, inputs: "Inputs", progress: Progress
) -> tuple[Point, NDArray[np.float64]]:
    """One share's figure, and the same in resamples of the test films (B,) that all shares have in common."""
    from training.architectures import architecture

    clock = perf_counter()
    trained = architecture(options.architecture).train(inputs, snapshot, options, lambda *_epoch: progress.advance(0))
    seconds = perf_counter() - clock
    test = snapshot.rows("test")
    scores = trained.scores(inputs.take(test)).astype(np.float64)
    decided, truth = scores >= np.asarray(trained.thresholds), Truth.of(snapshot.labels[test])
    value = float(_headline(scores, decided, truth, np.ones((1, len(test)), np.float32))[0])
    draws = _headline(scores, decided, truth, film_counts(len(test), ROUNDS, seed=0))
    low, high = np.quantile(draws, [0.025, 0.975])
    films = len(snapshot.rows("train"))
    return Point(films, value, float(low), float(high), round(seconds, 2)), draws


def _headline(scores: Any, decided: Any, truth: Truth, weights: NDArray[np.float32]) -> NDArray[np.float64]:
    drawn = headline_draws(scores, decided, truth, weights)
    return (drawn["micro_f1"] + drawn["macro_f1"]) / 2


def _slope(films: Sequence[int], values: Sequence[float]) -> float:
    """Gain per doubling over the largest shares, by least squares."""
    doublings = np.log2(np.array(films[-FITTED:], np.float64))
    return float(np.polyfit(doublings, np.array(values[-FITTED:], np.float64), 1)[0])
