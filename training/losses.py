"""What networks minimise, on partly known labels.

Every loss takes ``logits`` (B, T), or (K, B, T) of K nets, ``yes`` and ``known`` (B, T) as floats 0 or 1, and
``weights`` (T,) of the positives or None. It is summed over the known terms and averaged over films (and nets).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

Loss = Callable[[Tensor, Tensor, Tensor, Tensor | None], Tensor]
MOST_WEIGHT = 10.0  # a positive of the rarest term counts this many times at most


def binary(logits: Tensor, yes: Tensor, known: Tensor, weights: Tensor | None) -> Tensor:
    """Binary cross-entropy."""
    return _masked(yes, known, -F.logsigmoid(logits), -F.logsigmoid(-logits), weights)


def asymmetric(
    logits: Tensor, yes: Tensor, known: Tensor, weights: Tensor | None, *, focus: float = 4.0, margin: float = 0.05
) -> Tensor:
    """Asymmetric loss of Ridnik et al. 2021, equation 7 with gamma+ = 0.

    Negatives below the probability ``margin`` cost nothing; the others are weighted by their shifted probability to
    the power ``focus``, so that easy ones count little.
    """
    shifted = (torch.sigmoid(logits) - margin).clamp(min=0)
    negatives = -torch.log1p(-shifted.clamp(max=1 - 1e-6)) * shifted.detach() ** focus
    return _masked(yes, known, -F.logsigmoid(logits), negatives, weights)


def softmax(logits: Tensor, yes: Tensor, known: Tensor, weights: Tensor | None) -> Tensor:
    """Cross-entropy of a softmax over the known terms with a film's k terms as targets of 1/k each.

    A film without any of the terms counts nothing.
    """
    among = F.log_softmax(logits.masked_fill(known == 0, -1e4), -1)
    targets = yes * known * (1 if weights is None else weights)
    return -(targets / targets.sum(-1, keepdim=True).clamp(min=1e-9) * among).sum(-1).mean()


def _masked(yes: Tensor, known: Tensor, positives: Tensor, negatives: Tensor, weights: Tensor | None) -> Tensor:
    cells = yes * positives * (1 if weights is None else weights) + (1 - yes) * negatives
    return (cells * known).sum(-1).mean()


def class_weights(yes: Tensor, known: Tensor) -> Tensor:
    """(T,) square root of how many more films lack a term than have it, between 1 and MOST_WEIGHT."""
    have = (yes * known).sum(0)
    return ((known.sum(0) - have) / have.clamp(min=1)).sqrt().clamp(1, MOST_WEIGHT)


LOSSES: dict[str, Loss] = {"bce": binary, "asymmetric": asymmetric, "cross-entropy": softmax}
