"""VGG-16 (Simonyan and Zisserman 2014, arXiv:1409.1556, configuration D).

Tensors are named as in the well-known published weights, so that these load as they are.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

_DEPTHS = (2, 2, 3, 3, 3)  # 3x3 convolutions before each of the five halvings
_POOLED = 7  # side of the map that the fully connected layers see, whatever the picture's size


class Vgg16(nn.Module):
    """Thirteen 3x3 convolutions, two fully connected layers, and a published classifier that can be left out."""

    def __init__(
        self, widths: Sequence[int] = (64, 128, 256, 512, 512), hidden: int = 4096, *, classes: int | None = None
    ) -> None:
        """``widths``: channels of the five blocks; ``hidden``: of the fully connected layers; ``classes``: None leaves
        the classifier out."""
        super().__init__()
        self.features = nn.Sequential(*_convolutions(widths))
        self.avgpool = nn.AdaptiveAvgPool2d(_POOLED)
        dense = [nn.Linear(widths[-1] * _POOLED**2, hidden), nn.ReLU(), nn.Dropout()]
        dense += [nn.Linear(hidden, hidden), nn.ReLU(), nn.Dropout()]
        self.classifier = nn.Sequential(*dense)
        if classes:
            self.classifier.append(nn.Linear(hidden, classes))
        self.apply(_start)

    def forward(self, pixels: Tensor) -> Tensor:
        """Normalised RGB (B, 3, H, W), H and W at least 32, to (B, hidden)."""
        x = self.features(pixels)  # (B, widths[-1], H / 32, W / 32)
        x = self.avgpool(x).flatten(1)  # (B, widths[-1] * 49), channel by channel as the published weights have it
        x = self.classifier[:6](x)
        assert isinstance(x, Tensor)
        return x

    def drop_classifier(self) -> None:
        """Forget the published classes: their layer would be kept and never used."""
        self.classifier = nn.Sequential(*list(self.classifier)[:6])

    def last_block(self) -> list[nn.Module]:
        """The fifth block of convolutions and the fully connected layers."""
        return [*list(self.features)[-2 * _DEPTHS[-1] - 1 :], self.classifier]


def _convolutions(widths: Sequence[int]) -> list[nn.Module]:
    layers: list[nn.Module] = []
    channels = 3
    for width, depth in zip(widths, _DEPTHS, strict=True):
        for _ in range(depth):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
            channels = width
        layers.append(nn.MaxPool2d(2))
    return layers


def _start(module: nn.Module) -> None:
    """He et al. 2015 (arXiv:1502.01852): without it sixteen layers without batch norm do not begin to learn."""
    if isinstance(module, nn.Conv2d | nn.Linear):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        if module.bias is not None:
            nn.init.zeros_(module.bias)
