"""Networks that look at scenes: bodies make a vector of a pair of frames, heads tell the genre from it.

A pair comes as bytes by name, `first` and `second` (B, H, W, 3), and `motion` (B, 1); each body takes what it needs.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.encoders.pictures import Squared
from training.networks.backbones import Seeing
from training.networks.batch_norm import resting
from training.networks.poster_net import Head, PosterNet

Seen = dict[str, Tensor]
HIDDEN_FC = (50, 10, 40)  # the report's fully connected net


class SceneFc(nn.Module):
    """All pixels through three small layers of ReLU: what can be told from colours and where they are."""

    def __init__(self, width: int = 120, height: int = 68) -> None:
        super().__init__()
        sizes = (3 * width * height, *HIDDEN_FC)
        self.layers = nn.Sequential(*(nn.Sequential(nn.Linear(a, b), nn.ReLU()) for a, b in pairwise(sizes)))
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                nn.init.zeros_(module.bias)

    def forward(self, pixels: Tensor) -> Tensor:
        """Normalised RGB (B, 3, height, width) to (B, 40)."""
        x: Tensor = self.layers(pixels.flatten(1))
        return x


# Bodies -----------------------------------------------------------------------------------------------------


class Body(nn.Module):
    """One or two networks, each with its own idea of how pixels are normalised."""

    needs: tuple[str, ...] = ("first",)

    def __init__(self, *eyes: Seeing) -> None:
        super().__init__()
        self.networks = nn.ModuleList(eye.network for eye in eyes)
        self.preprocessing: list[Squared] = [eye.preprocessing for eye in eyes]

    def pixels(self, seen: Seen, name: str, eye: int = 0) -> Tensor:
        """(B, 3, H, W) as that network wants them."""
        return self.preprocessing[eye].pixels(seen[name])


class FirstFrame(Body):
    """The first frame alone."""

    def forward(self, seen: Seen) -> Tensor:
        x: Tensor = self.networks[0](self.pixels(seen, "first"))  # (B, D)
        return x


class Stacked(Body):
    """Both frames on top of each other, as six channels."""

    needs = ("first", "second")

    def forward(self, seen: Seen) -> Tensor:
        both = torch.cat([self.pixels(seen, "first"), self.pixels(seen, "second")], 1)  # (B, 6, H, W)
        x: Tensor = self.networks[0](both)
        return x


class TwoStreams(Body):
    """What an image network says of the first frame beside what a flow network says of both."""

    needs = ("first", "second")

    def forward(self, seen: Seen) -> Tensor:
        image: Tensor = self.networks[0](self.pixels(seen, "first"))
        both = torch.cat([self.pixels(seen, "first", 1), self.pixels(seen, "second", 1)], 1)
        return torch.cat([image, self.networks[1](both)], 1)  # (B, Di + Df)


class WithMotion(Body):
    """What an image network says of the first frame, and how much moves until the second."""

    needs = ("first", "motion")

    def forward(self, seen: Seen) -> Tensor:
        image: Tensor = self.networks[0](self.pixels(seen, "first"))
        return torch.cat([image, seen["motion"].to(image)], 1)  # (B, D + 1)


# Heads ------------------------------------------------------------------------------------------------------


class FlowHead(Head):
    """One hidden layer with batch norm and dropout."""

    def __init__(self, dimension: int, terms: int, hidden: int) -> None:
        super().__init__(dimension, terms, hidden)
        self.norm = nn.BatchNorm1d(hidden)

    def forward(self, vectors: Tensor) -> Tensor:
        assert self.hidden is not None
        x = self.hidden((vectors - self.mean) * self.scale)  # (B, H)
        if self.training and len(x) == 1:  # no spread to divide by
            with resting(self):
                x = self.norm(x)
        else:
            x = self.norm(x)
        logits: Tensor = self.output(F.dropout(F.leaky_relu(x, 0.1), self.dropout, self.training))
        return logits


class SqueezedHead(Head):
    """All but the last number through one neuron; that and the last number through one hidden layer."""

    def __init__(self, dimension: int, terms: int, hidden: int) -> None:
        super().__init__(dimension, terms, hidden)
        self.squeeze = nn.Linear(dimension - 1, 1)
        self.hidden = nn.Linear(2, hidden)

    def forward(self, vectors: Tensor) -> Tensor:
        assert self.hidden is not None
        x = (vectors - self.mean) * self.scale  # (B, D + 1), the magnitude standardised like the rest
        two = torch.cat([self.squeeze(x[:, :-1]), x[:, -1:]], 1)  # (B, 2)
        logits: Tensor = self.output(F.dropout(F.relu(self.hidden(two)), self.dropout, self.training))
        return logits


HEADS: dict[str, type[Head]] = {"plain": Head, "flow": FlowHead, "squeezed": SqueezedHead}


class SceneNet(PosterNet):
    """A body with a head: pairs of frames as bytes by name to logits (B, T)."""

    def forward(self, seen: Seen) -> Tensor:  # type: ignore[override]
        if not self.training or len(next(iter(seen.values()))) > 1:
            logits: Tensor = self.head(self.backbone(seen))
            return logits
        with resting(self):  # what is left of an epoch may be a single pair
            alone: Tensor = self.head(self.backbone(seen))
        return alone
