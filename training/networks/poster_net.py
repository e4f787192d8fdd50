"""A backbone with a head: what is trained, what of it learns, and how it behaves meanwhile."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from training.encoders.pictures import Squared
from training.networks.batch_norm import resting


class Head(nn.Module):
    """Vectors (B, D) to logits (B, T): linear, or with one hidden layer, over standardised vectors."""

    mean: Tensor
    scale: Tensor

    def __init__(self, dimension: int, terms: int, hidden: int = 0) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(dimension))
        self.register_buffer("scale", torch.ones(dimension))
        self.hidden = nn.Linear(dimension, hidden) if hidden else None
        self.output = nn.Linear(hidden or dimension, terms)
        self.dropout = 0.5 if hidden else 0.2

    def begin(self, vectors: Tensor, prior: NDArray[np.float32]) -> None:
        """Standardise by these vectors (N, D), and lean to the prior log-odds (T,) at first."""
        spread = vectors.std(0, correction=0)
        self.mean.copy_(vectors.mean(0))
        self.scale.copy_(1 / (spread + 0.1 * spread.mean() + 1e-6))  # what hardly varied must not shout later
        self.output.bias.data.copy_(torch.from_numpy(prior))

    def forward(self, vectors: Tensor) -> Tensor:
        x = F.dropout((vectors - self.mean) * self.scale, self.dropout, self.training)  # (B, D)
        if self.hidden is not None:
            x = F.dropout(F.gelu(self.hidden(x)), self.dropout, self.training)  # (B, H)
        logits: Tensor = self.output(x)  # (B, T)
        return logits


class PosterNet(nn.Module):
    """Normalised posters (B, 3, H, W) to logits (B, T)."""

    def __init__(self, backbone: nn.Module, head: Head) -> None:
        super().__init__()
        self.backbone, self.head = backbone, head

    def forward(self, pixels: Tensor) -> Tensor:
        vectors: Tensor = self.backbone(pixels.to(_device(self.backbone)))  # (B, D)
        logits: Tensor = self.head(vectors.to(_device(self.head)))
        return logits

    def let_learn(self, parts: list[nn.Module]) -> None:
        """Nothing of the backbone learns but these parts; the head always does."""
        self.backbone.requires_grad_(False)
        for part in [*parts, self.head]:
            part.requires_grad_(True)

    def train(self, mode: bool = True) -> PosterNet:
        """What is frozen stays in evaluation mode: its batch norm would otherwise follow the posters of each batch,
        while the weights around it were made for the statistics that they were published with."""
        super().train(mode)
        for part in _frozen(self.backbone):
            part.eval()
        return self


class OnPictures(nn.Module):
    """The same on posters as they are decoded, bytes (B, H, W, 3): a quarter of what floats take to move."""

    def __init__(self, net: PosterNet, preprocessing: Squared) -> None:
        super().__init__()
        self.net, self.preprocessing = net, preprocessing

    def forward(self, pictures: Tensor) -> Tensor:
        pixels = self.preprocessing.pixels(pictures)  # (B, 3, H, W)
        if not self.training or len(pixels) > 1:
            logits: Tensor = self.net(pixels)
            return logits
        with resting(self.net):  # what is left of an epoch may be a single poster
            alone: Tensor = self.net(pixels)
        return alone


def _device(module: nn.Module) -> torch.device:
    return next(module.parameters()).device


def _frozen(module: nn.Module) -> list[nn.Module]:
    """The largest parts that have weights of which none learns."""
    learns = [weights.requires_grad for weights in module.parameters()]
    if learns and not any(learns):
        return [module]
    return [part for child in module.children() for part in _frozen(child)]
