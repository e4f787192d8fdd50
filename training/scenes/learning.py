"""How scene models learn: a head on vectors that are made once, networks end to end, or the one after the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from torch import Tensor, nn

from training.architectures.posters_training import FROM_PUBLISHED, FROM_RANDOM, HEAD
from training.loop import Batch, LoopOptions, Report, accelerator, fit, logits_of, one_core
from training.metrics import Truth
from training.networks.batch_norm import settle
from training.networks.halves import round_weights
from training.networks.poster_net import Head
from training.scenes.data import SceneInputs, ScenePairs
from training.scenes.nets import HEADS, Body, SceneNet, Seen
from training.scenes.recipes import Recipe, begin_body, channels_last, what_learns
from training.scenes.seeing import AT_ONCE, Eyes, NetEyes, PairPictures

if TYPE_CHECKING:
    from training.options import RetrainOptions

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
SAMPLE = 64  # training pairs on which batch norm of random weights is measured
TEMPERATURES = np.geomspace(0.25, 8, 61)


@dataclass(frozen=True, eq=False)
class Lesson:
    """What there is to learn from, how it is asked for, and who is told of each epoch."""

    data: ScenePairs
    options: RetrainOptions
    on_epoch: Report

    @property
    def log_prior(self) -> Floats:
        return np.log(self.data.prior)


def learn_head(head: Head, vectors: Floats, lesson: Lesson) -> float:
    """Train a head on the vectors (P, D) of all pairs. Gives the temperature."""
    data, options = lesson.data, lesson.options
    train, validation = data.rows("train"), data.rows("validation")
    head.begin(torch.from_numpy(vectors[train]), lesson.log_prior)
    learned, judged = (Batch.of(vectors[rows], truth(data, rows)) for rows in (train, validation))
    with one_core():
        fit(head, learned, judged, loop_of(options, HEAD), seed=options.seed, progress=lesson.on_epoch)
    round_weights(head)
    return temperature_of(logits_of(head, torch.from_numpy(vectors[validation])), data, validation)


def learn_net(recipe: Recipe, lesson: Lesson) -> tuple[Head, NetEyes, float]:
    """Train a head over the networks of the recipe, and what of them is to learn. Gives head, eyes and temperature.

    Raises BadOption, EncoderUnavailable.
    """
    data, options = lesson.data, lesson.options
    body, eyes = begin_body(options)
    seeing, learns = NetEyes(channels_last(body), eyes), what_learns(options, eyes)
    if not all(eye.published for eye in eyes):
        _settle(seeing, data)
    if not learns:
        round_weights(body)
    vectors = vectors_of(seeing, data)
    head = HEADS[recipe.head](vectors.shape[1], len(data.terms), recipe.hidden)
    if not learns:
        return head, seeing, learn_head(head, vectors, lesson)
    _learn_whole(SceneNet(body, head), seeing, learns, vectors, lesson, _rate(recipe))
    return head, seeing, _temperature(head, seeing, data)


def _learn_whole(
    net: SceneNet, seeing: NetEyes, learns: list[nn.Module], vectors: Floats, lesson: Lesson, rate: float
) -> None:
    """End to end, frames decoded batch by batch; after the head alone where the networks are published ones: gradients
    of a random head would undo what they know."""
    data, options = lesson.data, lesson.options
    published = all(eye.published for eye in seeing.eyes)
    loop = loop_of(options, FROM_PUBLISHED if published else replace(FROM_RANDOM, learning_rate=rate))
    told: list[int] = []
    if published:
        own = replace(options, epochs=0, batch=0, learning_rate=0.0, optimizer="adamw")
        learn_head(net.head, vectors, Lesson(data, own, _noted(lesson.on_epoch, told, loop.epochs)))
    else:
        net.head.begin(torch.from_numpy(vectors[data.rows("train")]), lesson.log_prior)
    net.let_learn(learns)
    learned, judged = (_pictures(seeing, data, data.rows(part)) for part in ("train", "validation"))
    after = _after(lesson.on_epoch, len(told))
    fit(net, learned, judged, loop, seed=options.seed, progress=after, accelerator=accelerator(options.precision))
    if not all(bool(weights.isfinite().all()) for weights in net.parameters()):
        raise ValueError(_("The network's weights have no bounds any more: train it with a smaller learning rate."))
    round_weights(net)
    net.cpu()


def _noted(report: Report, told: list[int], more: int) -> Report:
    """Reports epochs that come before others, and notes them."""

    def note(epoch: int, total: int, figures: dict[str, float], /) -> None:
        told.append(epoch)
        report(epoch, total + more, figures)

    return note


def _after(report: Report, before: int) -> Report:
    """Reports epochs that come after others."""
    return lambda epoch, total, figures: report(before + epoch, before + total, figures)


def _pictures(seeing: NetEyes, data: ScenePairs, rows: Rows) -> Batch:
    pairs = [data.inputs.pairs[row] for row in rows]
    return Batch.of(PairPictures(pairs, seeing.preprocessing, seeing.body.needs), truth(data, rows))


def loop_of(options: RetrainOptions, own: LoopOptions) -> LoopOptions:
    """As asked for, for genres that exclude each other."""
    return replace(options.loop(own), loss="cross-entropy", exclusive=True)


def truth(data: ScenePairs, rows: Rows) -> Truth:
    """(P', T) the genre of each pair as yes, all others as no."""
    yes = data.genres[rows, None] == np.arange(len(data.terms))
    return Truth(yes=yes, known=np.ones_like(yes))


def temperature_of(logits: Tensor, data: ScenePairs, rows: Rows) -> float:
    """What the logits (P', T) of validation pairs are divided by so that films are least surprised; 1 without any.

    One number for all genres (Guo et al. 2017, arXiv:1706.04599), on the means of each film's pairs.
    """
    if not len(rows):
        return 1.0
    films, film_of = np.unique([data.films[row] for row in rows], return_inverse=True)
    genres = np.zeros(len(films), np.int64)
    genres[film_of] = data.genres[rows]
    share = torch.from_numpy(np.eye(len(films))[film_of] / np.bincount(film_of)[film_of, None])  # (P', F)

    def surprise(temperature: float) -> float:
        means = share.T @ torch.softmax(logits.double() / temperature, 1)  # (F, T)
        return float(-means[torch.arange(len(films)), torch.from_numpy(genres)].clamp(min=1e-12).log().mean())

    return float(min(TEMPERATURES, key=surprise))


def _temperature(head: Head, seeing: NetEyes, data: ScenePairs) -> float:
    rows = data.rows("validation")
    if not len(rows):
        return 1.0
    vectors = seeing.vectors(_some(data, rows))
    return temperature_of(logits_of(head, torch.from_numpy(vectors)), data, rows)


def vectors_of(seeing: Eyes, data: ScenePairs) -> Floats:
    """(P, D) of training and validation pairs; test pairs are not looked at and have zeros."""
    rows = np.concatenate([data.rows("train"), data.rows("validation")])
    found = seeing.vectors(_some(data, rows))
    vectors = np.zeros((len(data.parts), found.shape[1]), np.float32)
    vectors[rows] = found
    return vectors


def _some(data: ScenePairs, rows: Rows) -> SceneInputs:
    """These pairs, as if all were of one film."""
    pairs, vectors = [data.inputs.pairs[row] for row in rows], data.inputs.frame_vectors[rows]
    return SceneInputs.of(1, pairs, np.zeros(len(rows), np.int64), vectors)


def _settle(seeing: NetEyes, data: ScenePairs) -> None:
    """Measure what batch norm divides by where weights are random, on a few training pairs."""
    rows = data.rows("train")
    some = rows[np.linspace(0, len(rows) - 1, min(SAMPLE, len(rows))).astype(int)]
    pictures = PairPictures([data.inputs.pairs[row] for row in some], seeing.preprocessing, seeing.body.needs)
    batches = [pictures[part] for part in torch.split(torch.arange(len(pictures)), AT_ONCE)]
    fresh = [network for network, eye in zip(seeing.body.networks, seeing.eyes, strict=True) if not eye.published]
    seeing.body.eval()
    settle(_Fresh(seeing.body, fresh), batches)  # type: ignore[arg-type]  # batches by name


class _Fresh(nn.Module):
    """A body of which only these networks' batch norm is seen."""

    def __init__(self, body: Body, networks: list[nn.Module]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)
        self.run = [body]  # in a list: its published networks are none of ours

    def forward(self, seen: Seen) -> Tensor:
        x: Tensor = self.run[0](seen)
        return x


def _rate(recipe: Recipe) -> float:
    """Highest learning rate from random weights: that of the most cautious network."""
    return min(eye.rate for eye in recipe.eyes)
