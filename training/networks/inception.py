"""Inception v3 (Szegedy et al. 2015, arXiv:1512.00567).

Tensors are named as in the well-known published weights, so that these load as they are. Those want pixels from
-1 to 1 (mean and deviation 0.5), not the usual mean of ImageNet.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Channels = Callable[[int], int]  # published channels to those of this net
WIDE_7, TALL_7, WIDE_3, TALL_3 = (1, 7), (7, 1), (1, 3), (3, 1)


class Convolution(nn.Module):
    """Convolution, batch norm, ReLU; the map keeps its size, or without padding (``shrink``) loses its edge."""

    def __init__(
        self, channels_in: int, channels_out: int, size: int | tuple[int, int], stride: int = 1, *, shrink: bool = False
    ) -> None:
        super().__init__()
        height, width = (size, size) if isinstance(size, int) else size
        padding = (0, 0) if shrink else (height // 2, width // 2)
        self.conv = nn.Conv2d(channels_in, channels_out, (height, width), stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(channels_out, eps=0.001)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.bn(self.conv(x)))


def _through(x: Tensor, *layers: nn.Module) -> Tensor:
    for layer in layers:
        x = layer(x)
    return x


def _around(x: Tensor) -> Tensor:
    """The mean of each place and its eight neighbours."""
    return F.avg_pool2d(x, 3, stride=1, padding=1)


class BlockA(nn.Module):
    """(B, channels, h, w) to (B, 224 + pooled, h, w): `Mixed_5b` to `Mixed_5d`."""

    def __init__(self, channels: int, pooled: int, w: Channels) -> None:
        super().__init__()
        self.branch1x1 = Convolution(channels, w(64), 1)
        self.branch5x5_1 = Convolution(channels, w(48), 1)
        self.branch5x5_2 = Convolution(w(48), w(64), 5)
        self.branch3x3dbl_1 = Convolution(channels, w(64), 1)
        self.branch3x3dbl_2 = Convolution(w(64), w(96), 3)
        self.branch3x3dbl_3 = Convolution(w(96), w(96), 3)
        self.branch_pool = Convolution(channels, w(pooled), 1)
        self.channels = 2 * w(64) + w(96) + w(pooled)

    def forward(self, x: Tensor) -> Tensor:
        five = _through(x, self.branch5x5_1, self.branch5x5_2)
        double = _through(x, self.branch3x3dbl_1, self.branch3x3dbl_2, self.branch3x3dbl_3)
        return torch.cat([self.branch1x1(x), five, double, self.branch_pool(_around(x))], 1)


class BlockB(nn.Module):
    """(B, channels, h, w) to (B, 480 + channels, h / 2, w / 2): `Mixed_6a`."""

    def __init__(self, channels: int, w: Channels) -> None:
        super().__init__()
        self.branch3x3 = Convolution(channels, w(384), 3, 2, shrink=True)
        self.branch3x3dbl_1 = Convolution(channels, w(64), 1)
        self.branch3x3dbl_2 = Convolution(w(64), w(96), 3)
        self.branch3x3dbl_3 = Convolution(w(96), w(96), 3, 2, shrink=True)
        self.channels = w(384) + w(96) + channels

    def forward(self, x: Tensor) -> Tensor:
        double = _through(x, self.branch3x3dbl_1, self.branch3x3dbl_2, self.branch3x3dbl_3)
        return torch.cat([self.branch3x3(x), double, F.max_pool2d(x, 3, 2)], 1)


class BlockC(nn.Module):
    """(B, channels, h, w) to (B, 768, h, w), 7x7 seen as 1x7 and 7x1: `Mixed_6b` to `Mixed_6e`."""

    def __init__(self, channels: int, narrow: int, w: Channels) -> None:
        super().__init__()
        n, out = w(narrow), w(192)
        self.branch1x1 = Convolution(channels, out, 1)
        self.branch7x7_1 = Convolution(channels, n, 1)
        self.branch7x7_2 = Convolution(n, n, WIDE_7)
        self.branch7x7_3 = Convolution(n, out, TALL_7)
        self.branch7x7dbl_1 = Convolution(channels, n, 1)
        self.branch7x7dbl_2 = Convolution(n, n, TALL_7)
        self.branch7x7dbl_3 = Convolution(n, n, WIDE_7)
        self.branch7x7dbl_4 = Convolution(n, n, TALL_7)
        self.branch7x7dbl_5 = Convolution(n, out, WIDE_7)
        self.branch_pool = Convolution(channels, out, 1)
        self.channels = 4 * out

    def forward(self, x: Tensor) -> Tensor:
        seven = _through(x, self.branch7x7_1, self.branch7x7_2, self.branch7x7_3)
        double = _through(x, self.branch7x7dbl_1, self.branch7x7dbl_2, self.branch7x7dbl_3)
        double = _through(double, self.branch7x7dbl_4, self.branch7x7dbl_5)
        return torch.cat([self.branch1x1(x), seven, double, self.branch_pool(_around(x))], 1)


class BlockD(nn.Module):
    """(B, channels, h, w) to (B, 512 + channels, h / 2, w / 2): `Mixed_7a`."""

    def __init__(self, channels: int, w: Channels) -> None:
        super().__init__()
        self.branch3x3_1 = Convolution(channels, w(192), 1)
        self.branch3x3_2 = Convolution(w(192), w(320), 3, 2, shrink=True)
        self.branch7x7x3_1 = Convolution(channels, w(192), 1)
        self.branch7x7x3_2 = Convolution(w(192), w(192), WIDE_7)
        self.branch7x7x3_3 = Convolution(w(192), w(192), TALL_7)
        self.branch7x7x3_4 = Convolution(w(192), w(192), 3, 2, shrink=True)
        self.channels = w(320) + w(192) + channels

    def forward(self, x: Tensor) -> Tensor:
        three = _through(x, self.branch3x3_1, self.branch3x3_2)
        seven = _through(x, self.branch7x7x3_1, self.branch7x7x3_2, self.branch7x7x3_3, self.branch7x7x3_4)
        return torch.cat([three, seven, F.max_pool2d(x, 3, 2)], 1)


class BlockE(nn.Module):
    """(B, channels, h, w) to (B, 2048, h, w), 3x3 seen as 1x3 beside 3x1: `Mixed_7b` and `Mixed_7c`."""

    def __init__(self, channels: int, w: Channels) -> None:
        super().__init__()
        out = w(384)
        self.branch1x1 = Convolution(channels, w(320), 1)
        self.branch3x3_1 = Convolution(channels, out, 1)
        self.branch3x3_2a = Convolution(out, out, WIDE_3)
        self.branch3x3_2b = Convolution(out, out, TALL_3)
        self.branch3x3dbl_1 = Convolution(channels, w(448), 1)
        self.branch3x3dbl_2 = Convolution(w(448), out, 3)
        self.branch3x3dbl_3a = Convolution(out, out, WIDE_3)
        self.branch3x3dbl_3b = Convolution(out, out, TALL_3)
        self.branch_pool = Convolution(channels, w(192), 1)
        self.channels = w(320) + 4 * out + w(192)

    def forward(self, x: Tensor) -> Tensor:
        three = self.branch3x3_1(x)
        double = _through(x, self.branch3x3dbl_1, self.branch3x3dbl_2)
        branches = [self.branch1x1(x), self.branch3x3_2a(three), self.branch3x3_2b(three)]
        branches += [self.branch3x3dbl_3a(double), self.branch3x3dbl_3b(double), self.branch_pool(_around(x))]
        return torch.cat(branches, 1)


class Auxiliary(nn.Module):
    """The published side classifier. It is read with the rest and never used: only its tensors are wanted."""

    def __init__(self, channels: int, classes: int, w: Channels) -> None:
        super().__init__()
        self.conv0 = Convolution(channels, w(128), 1)
        self.conv1 = Convolution(w(128), w(768), 5, shrink=True)
        self.fc = nn.Linear(w(768), classes)


class InceptionV3(nn.Module):
    """Stem and eleven blocks; the published classifiers are there only where ``classes`` asks for them."""

    def __init__(self, width: float = 1.0, *, classes: int | None = None) -> None:
        """``width`` times the published channels in every layer."""
        super().__init__()

        def w(channels: int) -> int:
            return max(1, round(channels * width))

        self.Conv2d_1a_3x3 = Convolution(3, w(32), 3, 2, shrink=True)
        self.Conv2d_2a_3x3 = Convolution(w(32), w(32), 3, shrink=True)
        self.Conv2d_2b_3x3 = Convolution(w(32), w(64), 3)
        self.Conv2d_3b_1x1 = Convolution(w(64), w(80), 1)
        self.Conv2d_4a_3x3 = Convolution(w(80), w(192), 3, shrink=True)
        self._add_blocks(w)
        if classes:
            self.AuxLogits = Auxiliary(self.Mixed_6e.channels, classes, w)
            self.fc = nn.Linear(self.Mixed_7c.channels, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def _add_blocks(self, w: Channels) -> None:
        self.Mixed_5b = BlockA(w(192), 32, w)
        self.Mixed_5c = BlockA(self.Mixed_5b.channels, 64, w)
        self.Mixed_5d = BlockA(self.Mixed_5c.channels, 64, w)
        self.Mixed_6a = BlockB(self.Mixed_5d.channels, w)
        self.Mixed_6b = BlockC(self.Mixed_6a.channels, 128, w)
        self.Mixed_6c = BlockC(self.Mixed_6b.channels, 160, w)
        self.Mixed_6d = BlockC(self.Mixed_6c.channels, 160, w)
        self.Mixed_6e = BlockC(self.Mixed_6d.channels, 192, w)
        self.Mixed_7a = BlockD(self.Mixed_6e.channels, w)
        self.Mixed_7b = BlockE(self.Mixed_7a.channels, w)
        self.Mixed_7c = BlockE(self.Mixed_7b.channels, w)

    def feature_map(self, pixels: Tensor) -> Tensor:
        """Normalised RGB (B, 3, H, W), H and W at least 75, to (B, 2048, H', W'): 299 pixels become 8, 96 become 1."""
        x = _through(pixels, self.Conv2d_1a_3x3, self.Conv2d_2a_3x3, self.Conv2d_2b_3x3)  # (B, 64, 147, 147)
        x = F.max_pool2d(x, 3, 2)  # (B, 64, 73, 73)
        x = _through(x, self.Conv2d_3b_1x1, self.Conv2d_4a_3x3)  # (B, 192, 71, 71)
        x = F.max_pool2d(x, 3, 2)  # (B, 192, 35, 35)
        x = _through(x, self.Mixed_5b, self.Mixed_5c, self.Mixed_5d)  # (B, 288, 35, 35)
        x = _through(x, self.Mixed_6a, self.Mixed_6b, self.Mixed_6c, self.Mixed_6d, self.Mixed_6e)  # (B, 768, 17, 17)
        return _through(x, self.Mixed_7a, self.Mixed_7b, self.Mixed_7c)  # (B, 2048, 8, 8)

    def forward(self, pixels: Tensor) -> Tensor:
        """Normalised RGB (B, 3, H, W) to (B, 2048)."""
        return self.feature_map(pixels).mean(dim=(2, 3))

    def drop_classifier(self) -> None:
        """Forget the published classes: their layers would be kept and never used."""
        for name in ("AuxLogits", "fc"):
            if hasattr(self, name):
                delattr(self, name)

    def last_block(self) -> list[nn.Module]:
        """What comes after the last halving."""
        return [self.Mixed_7a, self.Mixed_7b, self.Mixed_7c]
