"""The encoder of FlowNet-S (Dosovitskiy et al. 2015, arXiv:1504.06852, "FlowNetSimple").

Tensors are named as in the well-known published weights, so that these load as they are, with batch norm or
without; what refines the flow there is left out. Those want pixels from 0 to 1 less their mean (.45, .432, .411).
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import torch
from django.utils.translation import gettext as _
from torch import Tensor, nn

from training.encoders.folders import EncoderUnavailable
from training.networks.published import read_state

# Name, channels, kernel, stride; each halving but the first two is followed by a layer that keeps the size.
_LAYERS = (
    ("conv1", 64, 7, 2),
    ("conv2", 128, 5, 2),
    ("conv3", 256, 5, 2),
    ("conv3_1", 256, 3, 1),
    ("conv4", 512, 3, 2),
    ("conv4_1", 512, 3, 1),
    ("conv5", 512, 3, 2),
    ("conv5_1", 512, 3, 1),
    ("conv6", 1024, 3, 2),
    ("conv6_1", 1024, 3, 1),
)
NAMES = tuple(name for name, *_rest in _LAYERS)
POOLED = 2, 3  # height and width of the map that the fully connected layers see
_SLOPE = 0.1


class FlowNetS(nn.Module):
    """Ten convolutions over two frames stacked on each other; the last map is pooled to 2 by 3 places."""

    def __init__(self, width: float = 1.0, *, batch_norm: bool = False) -> None:
        """``width`` times the published channels in every layer."""
        super().__init__()
        self.batch_norm = batch_norm
        channels = [6, *(max(1, round(channels * width)) for _name, channels, _kernel, _stride in _LAYERS)]
        for (name, _channels, kernel, stride), (before, after) in zip(_LAYERS, pairwise(channels), strict=True):
            self.add_module(name, _layer(before, after, kernel, stride, batch_norm=batch_norm))
        self.channels = channels[-1]
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, a=_SLOPE)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, frames: Tensor) -> Tensor:
        """Normalised RGB of both frames (B, 6, H, W) to (B, 6 * channels); any size, made for multiples of 64."""
        x = frames
        for name in NAMES:
            x = self.get_submodule(name)(x)  # conv6_1: (B, 1024, H / 64, W / 64)
        return nn.functional.adaptive_avg_pool2d(x, POOLED).flatten(1)

    def last_block(self) -> list[nn.Module]:
        """What comes after the last halving but one."""
        return [self.get_submodule(name) for name in NAMES[-2:]]


def _layer(before: int, after: int, kernel: int, stride: int, *, batch_norm: bool) -> nn.Sequential:
    convolution = nn.Conv2d(before, after, kernel, stride, padding=kernel // 2, bias=not batch_norm)
    normal = [nn.BatchNorm2d(after)] if batch_norm else []
    return nn.Sequential(convolution, *normal, nn.LeakyReLU(_SLOPE))


def load_flownet(file: Path) -> FlowNetS:
    """The encoder with the weights of a published file, plain or with batch norm. Raises EncoderUnavailable."""
    state = {name: tensor for name, tensor in read_state(file).items() if name.split(".")[0] in NAMES}
    network = FlowNetS(batch_norm="conv1.1.running_mean" in state)
    try:
        network.load_state_dict(state, strict=True)
    except RuntimeError as error:
        sentence = _("The weights in {file} do not fit: {reason}")
        reason = " ".join(str(error).split())[:200]
        raise EncoderUnavailable(sentence.format(file=file, reason=reason)) from error
    return network


def six_channels(convolution: nn.Conv2d) -> nn.Conv2d:
    """The same convolution for two pictures stacked on each other: of two equal ones it gives what it gave of one."""
    taken: dict[str, tuple[int, ...]] = {
        name: tuple(getattr(convolution, name)) for name in ("kernel_size", "stride", "padding")
    }
    wider = nn.Conv2d(6, convolution.out_channels, bias=convolution.bias is not None, **taken)  # type: ignore[arg-type]
    with torch.no_grad():
        wider.weight.copy_(torch.cat([convolution.weight, convolution.weight], 1) / 2)
        if convolution.bias is not None and wider.bias is not None:
            wider.bias.copy_(convolution.bias)
    return wider
