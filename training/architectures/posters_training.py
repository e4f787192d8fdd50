"""How poster networks learn: a head on vectors that are made once, a network end to end, or the one after the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from django.utils.translation import gettext as _
from torch import nn

from training.augmentation import Augmentation
from training.encoders.image import ImageEncoder
from training.loop import Batch, LoopOptions, Report, accelerator, fit, one_core
from training.networks.backbones import Seeing
from training.networks.halves import round_weights
from training.networks.poster_net import Head, OnPictures, PosterNet
from training.pictures import PosterFilms, PosterVectors

if TYPE_CHECKING:
    from training.options import RetrainOptions

PARTS = ("train", "validation")
HIDDEN = 256  # of the head over a frozen network: .320 mAP on validation films, a linear one .301 (MobileNetV2)
HEAD = LoopOptions(epochs=30, batch=128, learning_rate=1e-3)
FROM_PUBLISHED = LoopOptions(epochs=8, batch=32, learning_rate=1e-4)
FROM_RANDOM = LoopOptions(epochs=30, batch=64)


def learn(
    net: PosterNet,
    seeing: Seeing,
    learns: list[nn.Module],
    films: PosterFilms,
    options: RetrainOptions,
    rate: float,
    on_epoch: Report,
) -> PosterVectors:
    """Train the head and the parts of the backbone that learn; ``rate`` is the learning rate from random weights.

    Gives what turns posters into vectors from now on, by the same network.
    """
    loop = options.loop(_own_loop(seeing, learns, rate))
    if not learns and not options.augment:
        vectors = eyes_of(net, seeing, options.precision)
        _learn_from_vectors(net.head, vectors, films, loop, options.seed, on_epoch)
        return vectors
    before = 0
    if learns and seeing.published:
        own = replace(loop, **{name: getattr(HEAD, name) for name in ("epochs", "batch", "learning_rate", "optimizer")})
        vectors, counted = eyes_of(net, seeing, options.precision), _counted(on_epoch, after=loop.epochs)
        before = _learn_from_vectors(net.head, vectors, films, own, options.seed, counted)
    net.let_learn(learns)
    _learn_from_pictures(net, seeing, films, loop, options, _counted(on_epoch, before=before))
    if not all(bool(weights.isfinite().all()) for weights in net.parameters()):
        raise ValueError(_("The network's weights have no bounds any more: train it with a smaller learning rate."))
    return eyes_of(net, seeing, options.precision)


def _own_loop(seeing: Seeing, learns: list[nn.Module], rate: float) -> LoopOptions:
    if not learns:
        return HEAD
    return FROM_PUBLISHED if seeing.published else replace(FROM_RANDOM, learning_rate=rate)


def _counted(report: Report, *, before: int = 0, after: int = 0) -> Report:
    """Reports epochs of one training among those of others."""
    return lambda epoch, total, figures: report(before + epoch, before + total + after, figures)


def _learn_from_vectors(
    head: Head, vectors: PosterVectors, films: PosterFilms, loop: LoopOptions, seed: int, on_epoch: Report
) -> int:
    """The head alone, on vectors of a network that does not change. How many epochs it took."""
    posters = films.pictures.posters
    train, validation = (
        Batch.of(vectors.of([posters[place] for place in places])[0], films.truth(places))
        for places in map(films.places, PARTS)
    )
    head.begin(torch.as_tensor(train.features), films.prior)
    with one_core():
        history = fit(head, train, validation, loop, seed=seed, progress=on_epoch)
    round_weights(head)
    return len(history)


def _learn_from_pictures(
    net: PosterNet, seeing: Seeing, films: PosterFilms, loop: LoopOptions, options: RetrainOptions, on_epoch: Report
) -> None:
    """End to end, posters decoded batch by batch."""
    train, validation = (
        Batch.of(films.pictures.at(places), films.truth(places)) for places in map(films.places, PARTS)
    )
    fit(
        OnPictures(net, seeing.preprocessing),
        train,
        validation,
        loop,
        seed=options.seed,
        progress=on_epoch,
        augment=Augmentation() if options.augment else None,
        accelerator=accelerator(options.precision),
    )


def eyes_of(net: PosterNet, seeing: Seeing, precision: str) -> PosterVectors:
    """From posters to vectors by a network that learns no more, its weights rounded."""
    round_weights(net)
    net.head.cpu()
    return PosterVectors(ImageEncoder(seeing.kind, net.backbone, seeing.preprocessing, precision=precision))
