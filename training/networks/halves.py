"""Weights in half precision: half the size on disk, and the same numbers there as in memory."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def fits_half(tensor: Tensor) -> bool:
    """Whether a tensor is kept in 16 bits: matrices and kernels within their range.

    Biases, norms and their statistics stay as they are: they are few, and variances may lie beyond 65,504.
    """
    return tensor.is_floating_point() and tensor.dim() > 1 and bool(tensor.abs().max() <= torch.finfo(torch.half).max)


@torch.no_grad()
def round_weights(module: nn.Module) -> None:
    """Round to what ``stored`` keeps, so that a saved and loaded module computes the same."""
    for tensor in module.state_dict().values():
        if fits_half(tensor):
            tensor.copy_(tensor.half())


def stored(module: nn.Module) -> dict[str, Tensor]:
    """Tensors by name, on the processor and contiguous, rounded ones in 16 bits."""
    found = {name: tensor.detach().cpu() for name, tensor in module.state_dict().items()}
    return {name: (t.half() if fits_half(t) else t.clone()).contiguous() for name, t in found.items()}


def restored(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """What ``stored`` gave, in float32 where it is a float."""
    return {name: tensor.float() if tensor.is_floating_point() else tensor for name, tensor in tensors.items()}
