"""Training the nets of fusion_nets.py on the films at hand."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from training.architectures.fusion import TrainedFusion, differences, look
from training.architectures.fusion_nets import FUSIONS, ByName, Fusion, Sizes
from training.blend import PATTERNS, Blend, stack
from training.calibration import Calibration
from training.inputs import TrainingData
from training.linear import prior_log_odds
from training.loop import Batch, LoopOptions, Report, ShouldStop, accelerator, fit, one_core
from training.metrics import Truth
from training.thresholds import fit_thresholds, from_log_odds
from training.tokens import Seen

if TYPE_CHECKING:
    from training.options import RetrainOptions

Floats = NDArray[np.float32]
PARTS = ("train", "validation")


@dataclass(frozen=True)
class FusionConfig:
    """What is trained, and how."""

    hidden: int = 512
    """Hidden units; for cross-attention the length of a projected token or patch."""
    heads: int = 4
    """Heads of cross-attention."""
    dropout: float = 0.4
    """Share of inputs and of hidden units dropped in training."""
    left_out: float = 0.2
    """Share of the films with both that is shown without plot or without poster in training."""
    loop: LoopOptions = field(default_factory=lambda: LoopOptions(learning_rate=1.5e-3))
    """How they are trained."""
    precision: str = "auto"
    """Numbers that cross-attention is trained with: a precision of training.loop.accelerator."""

    def asked(self, options: RetrainOptions) -> FusionConfig:
        """The same with what the options ask for in its place."""
        return replace(self, loop=options.loop(self.loop), precision=options.precision)

    def of_size(self, text: int, image: int, terms: int) -> Sizes:
        """For vectors (or states) of these lengths and so many terms."""
        return Sizes(text, image, self.hidden, terms, self.heads, self.dropout, self.left_out)


# Chosen on validation films (docs/experiments.md).
CONFIGS = dict.fromkeys(FUSIONS, FusionConfig()) | {
    "cross-attention": FusionConfig(hidden=128, dropout=0.2, loop=LoopOptions(epochs=8, batch=64, learning_rate=2e-3))
}


def train_fusion(
    data: TrainingData,
    kind: str,
    config: FusionConfig,
    encoders: tuple[str, str],
    seed: int,
    progress: Report | None = None,
    should_stop: ShouldStop | None = None,
) -> TrainedFusion:
    """Train on the training films; calibrate and set thresholds on the validation films.

    ``kind`` is a name of FUSIONS, ``encoders`` are the names of the text and the image encoder. Films with a plot
    only or a poster only teach as well. Raises Stopped when ``should_stop()`` says so, ValueError where no training
    film has anything to learn from.
    """
    prior = prior_log_odds(Truth.of(data.labels[data.rows("train")]))
    (train, truth), (validation, validation_truth) = (_part(data, part, kind, encoders) for part in PARTS)
    if not len(train):
        raise ValueError("no training film has a plot or a poster to learn from")
    sizes = config.of_size(train.text.dimension, train.image.dimension, len(prior))
    net = begin(FUSIONS[kind], sizes, train, prior, seed)
    by_vectors = kind != "cross-attention"
    with one_core() if by_vectors else nullcontext():
        fit(
            ByName(net),
            Batch.of(train, truth),
            Batch.of(validation, validation_truth),
            config.loop,
            seed=seed,
            progress=progress,
            should_stop=should_stop,
            accelerator=None if by_vectors else accelerator(config.precision),
        )
        calibration = calibrate(net.cpu(), validation, validation_truth, prior)
    return TrainedFusion(kind, list(data.terms), encoders, sizes, net, calibration)


def _part(data: TrainingData, part: str, kind: str, encoders: tuple[str, str]) -> tuple[Seen, Truth]:
    """What is seen of the films of one part that have anything to see, and their labels."""
    rows = data.rows(part)
    rows = rows[(data.has_text | data.has_image)[rows]]
    return look(kind, data.take(rows), encoders), Truth.of(data.labels[rows])


def begin(kind: type[Fusion], sizes: Sizes, seen: Seen, prior: Floats, seed: int) -> Fusion:
    """A net with random weights from the seed alone, standardised by these films, whose prior is (T,) log-odds."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = kind(sizes)
    net.prior = torch.from_numpy(prior).clone()
    net.text_input.standard.fit(seen.text.sample())
    net.image_input.standard.fit(seen.image.sample())
    return net


def calibrate(net: Fusion, seen: Seen, truth: Truth, prior: Floats) -> Calibration:
    """A scale and a shift per term for each pattern of what there is to see, then the thresholds.

    A film with both also teaches the patterns "plot only" and "poster only": by what the net says without the other.
    """
    weights, bias = np.zeros((len(PATTERNS), 1, len(prior)), np.float32), np.repeat(prior[None], len(PATTERNS), 0)
    has_text, has_image = seen.text.there, seen.image.there
    for p, (text, image) in enumerate(PATTERNS):
        rows = (has_text | (not text)) & (has_image | (not image))
        shown = seen.shown(np.full(len(rows), text), np.full(len(rows), image))
        weights[p], bias[p] = stack(differences(net, shown, prior)[:, rows], truth[rows], prior)
    blend = Blend(weights, bias, prior)
    scores = from_log_odds(blend(differences(net, seen, prior), has_text, has_image))
    return Calibration(blend, fit_thresholds(scores, truth).astype(np.float32))
