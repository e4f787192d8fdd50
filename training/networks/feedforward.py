"""A feed-forward net on the pixels themselves: what can be told without knowing that a picture is one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from torch import Tensor, nn


class FeedForward(nn.Module):
    """A linear layer over all pixels, then three hidden layers of ReLU; the output layer is the head over it."""

    def __init__(self, side: int, widths: Sequence[int] = (512, 512, 256, 128)) -> None:
        """``side`` of the pictures in pixels; ``widths`` of the linear layer and of the hidden ones."""
        super().__init__()
        self.linear = nn.Linear(3 * side * side, widths[0])
        pairs = pairwise(widths)
        self.hidden = nn.Sequential(*(nn.Sequential(nn.Linear(a, b), nn.ReLU()) for a, b in pairs))
        for module in self.hidden.modules():
            if isinstance(module, nn.Linear):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                nn.init.zeros_(module.bias)

    def forward(self, pixels: Tensor) -> Tensor:
        """Normalised RGB (B, 3, side, side) to (B, widths[-1])."""
        x = self.linear(pixels.flatten(1))  # (B, 3 * side * side) -> (B, widths[0])
        x = self.hidden(x)
        assert isinstance(x, Tensor)
        return x
