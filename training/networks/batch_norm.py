"""Batch norm in networks that are not trained whole, in small batches, or with weights that are random."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

MOMENTUM = 0.1


def batch_norms(network: nn.Module) -> list[_BatchNorm]:
    return [module for module in network.modules() if isinstance(module, _BatchNorm)]


def draw_weights(network: nn.Module) -> None:
    """Random weights for a network of convolutions and batch norm, by He et al. 2015 (arXiv:1502.01852).

    Some models of transformers draw even the scales of their batch norm around 0, since they are meant to be loaded:
    after a few layers nothing would be left of a picture.
    """
    if not batch_norms(network):
        return
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(module, _BatchNorm):
            module.reset_parameters()


def correct_momentum(network: nn.Module) -> None:
    """Give every batch norm torch's usual momentum.

    Configurations that were carried over from TensorFlow say .99 and mean the share that is kept; torch takes it for
    the share that is new, and what a network then uses after training is the statistics of its last batch alone.
    """
    for norm in batch_norms(network):
        norm.momentum = MOMENTUM


@torch.no_grad()
def settle(network: nn.Module, batches: Iterable[Tensor]) -> None:
    """Measure what batch norm divides by on these batches of pixels (B, 3, H, W), for random weights.

    Without it such a network gives the same vector for every picture, or numbers without bounds: it divides by the
    deviation that it would have if each layer kept the scale of its input.
    """
    norms = batch_norms(network)
    if not norms:
        return
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the plain mean over batches
        norm.train()
    for pixels in batches:
        network(pixels)
    for norm in norms:
        norm.momentum = MOMENTUM
        norm.eval()


@contextmanager
def resting(network: nn.Module) -> Iterator[None]:
    """Batch norm as in use: a batch of one picture has no spread to divide by."""
    norms = [norm for norm in batch_norms(network) if norm.training]
    for norm in norms:
        norm.eval()
    try:
        yield
    finally:
        for norm in norms:
            norm.train()
