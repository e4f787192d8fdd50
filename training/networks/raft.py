"""RAFT-small (Teed and Deng 2020, arXiv:2003.12039): optical flow by correlating all pairs of places and refining.

Tensors are named as in the published weights, so that these load as they are.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from django.utils.translation import gettext as _
from torch import Tensor, nn
from torch.nn import functional as F

from catalog.footage.motion import Flow, Pixels
from training.encoders.folders import EncoderUnavailable
from training.networks.published import read_state

HIDDEN, CONTEXT, FEATURES = 96, 64, 128
LEVELS, RADIUS = 4, 3
CORRELATIONS = LEVELS * (2 * RADIUS + 1) ** 2
STRIDE = 8
LEAST_SIDE = 128  # pixels; of less nothing is left on the coarsest level
ITERATIONS = 12  # as published for use


class Bottleneck(nn.Module):
    def __init__(self, before: int, after: int, stride: int, norm: type[nn.Module]) -> None:
        super().__init__()
        inner = after // 4
        self.conv1 = nn.Conv2d(before, inner, 1)
        self.conv2 = nn.Conv2d(inner, inner, 3, stride, 1)
        self.conv3 = nn.Conv2d(inner, after, 1)
        self.norm1, self.norm2, self.norm3 = norm(inner), norm(inner), norm(after)
        self.downsample = nn.Sequential(nn.Conv2d(before, after, 1, stride), norm(after)) if stride > 1 else None

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.norm1(self.conv1(x)))
        y = F.relu(self.norm2(self.conv2(y)))
        y = F.relu(self.norm3(self.conv3(y)))
        return F.relu((x if self.downsample is None else self.downsample(x)) + y)


class Encoder(nn.Module):
    """Pictures (B, 3, H, W) to features (B, `features`, H / 8, W / 8)."""

    def __init__(self, features: int, norm: type[nn.Module]) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 7, 2, 3)
        self.norm1 = norm(32)
        self.layer1 = nn.Sequential(Bottleneck(32, 32, 1, norm), Bottleneck(32, 32, 1, norm))
        self.layer2 = nn.Sequential(Bottleneck(32, 64, 2, norm), Bottleneck(64, 64, 1, norm))
        self.layer3 = nn.Sequential(Bottleneck(64, 96, 2, norm), Bottleneck(96, 96, 1, norm))
        self.conv2 = nn.Conv2d(96, features, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.norm1(self.conv1(x)))
        found = self.conv2(self.layer3(self.layer2(self.layer1(x))))
        assert isinstance(found, Tensor)
        return found


class MotionEncoder(nn.Module):
    """What the correlations and the flow so far say: (B, 82, h, w)."""

    def __init__(self) -> None:
        super().__init__()
        self.convc1 = nn.Conv2d(CORRELATIONS, 96, 1)
        self.convf1 = nn.Conv2d(2, 64, 7, padding=3)
        self.convf2 = nn.Conv2d(64, 32, 3, padding=1)
        self.conv = nn.Conv2d(128, 80, 3, padding=1)

    def forward(self, flow: Tensor, correlations: Tensor) -> Tensor:
        seen = F.relu(self.convc1(correlations))
        moved = F.relu(self.convf2(F.relu(self.convf1(flow))))
        return torch.cat([F.relu(self.conv(torch.cat([seen, moved], 1))), flow], 1)


class ConvGRU(nn.Module):
    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.convz, self.convr, self.convq = (nn.Conv2d(HIDDEN + inputs, HIDDEN, 3, padding=1) for _gate in range(3))

    def forward(self, hidden: Tensor, x: Tensor) -> Tensor:
        both = torch.cat([hidden, x], 1)
        update, reset = torch.sigmoid(self.convz(both)), torch.sigmoid(self.convr(both))
        candidate = torch.tanh(self.convq(torch.cat([reset * hidden, x], 1)))
        return (1 - update) * hidden + update * candidate


class FlowHead(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(HIDDEN, 128, 3, padding=1)
        self.conv2 = nn.Conv2d(128, 2, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        found = self.conv2(F.relu(self.conv1(x)))
        assert isinstance(found, Tensor)
        return found


class Update(nn.Module):
    """One step of refinement."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = MotionEncoder()
        self.gru = ConvGRU(82 + CONTEXT)
        self.flow_head = FlowHead()

    def forward(self, hidden: Tensor, context: Tensor, correlations: Tensor, flow: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.gru(hidden, torch.cat([context, self.encoder(flow, correlations)], 1))
        return hidden, self.flow_head(hidden)


class RaftSmall(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fnet = Encoder(FEATURES, nn.InstanceNorm2d)
        self.cnet = Encoder(HIDDEN + CONTEXT, nn.Identity)
        self.update_block = Update()

    def forward(self, first: Tensor, second: Tensor, iterations: int = ITERATIONS) -> Tensor:
        """RGB from 0 to 255 (B, 3, H, W), sides multiples of 8, to flow in pixels (B, 2, H, W), x then y."""
        first, second = (2 * (frame / 255) - 1 for frame in (first, second))
        before, after = self.fnet(torch.cat([first, second])).chunk(2)
        levels = _correlated(before, after)
        hidden, context = self.cnet(first).split([HIDDEN, CONTEXT], 1)
        hidden, context = torch.tanh(hidden), F.relu(context)
        start = _grid(before)
        places = start.clone()
        for _step in range(iterations):
            places = places.detach()  # as in training: each step learns by itself
            hidden, change = self.update_block(hidden, context, _looked_up(levels, places), places - start)
            places = places + change
        return STRIDE * F.interpolate(places - start, scale_factor=STRIDE, mode="bilinear", align_corners=True)


def _grid(features: Tensor) -> Tensor:
    """Where each place is: (B, 2, h, w), x then y."""
    batch, _channels, height, width = features.shape
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    return torch.stack([columns, rows]).to(features).expand(batch, -1, -1, -1)


def _correlated(before: Tensor, after: Tensor) -> list[Tensor]:
    """How alike each place of the one is to all of the other, ever more coarsely: (B h w, 1, h / 2^l, w / 2^l)."""
    batch, channels, height, width = before.shape
    volume = torch.einsum("bcij,bckl->bijkl", before, after) / channels**0.5
    levels = [volume.reshape(batch * height * width, 1, height, width)]
    for _level in range(LEVELS - 1):
        levels.append(F.avg_pool2d(levels[-1], 2, 2))
    return levels


def _looked_up(levels: list[Tensor], places: Tensor) -> Tensor:
    """The correlations around where each place is thought to have gone: (B, 196, h, w)."""
    batch, _two, height, width = places.shape
    middle = places.permute(0, 2, 3, 1).reshape(batch * height * width, 1, 1, 2)
    steps = torch.arange(-RADIUS, RADIUS + 1).to(places)
    # The published weights have the two axes of the window the other way round than x and y.
    window = torch.stack(torch.meshgrid(steps, steps, indexing="ij"), -1)
    found = []
    for level, volume in enumerate(levels):
        size = torch.tensor([volume.shape[-1] - 1, volume.shape[-2] - 1]).to(places)
        around = 2 * (middle / 2**level + window) / size - 1
        seen = F.grid_sample(volume, around, align_corners=True)
        found.append(seen.reshape(batch, height, width, -1))
    return torch.cat(found, -1).permute(0, 3, 1, 2).contiguous()


class Raft:
    """The network as `catalog.footage.motion.flow` takes one: two frames RGB (H, W, 3) to flow (H, W, 2) in pixels."""

    def __init__(self, network: RaftSmall, device: str = "cpu") -> None:
        self.network, self.device = network.eval().to(device), device

    def __call__(self, first: Pixels, second: Pixels) -> Flow:
        height, width = first.shape[:2]
        scale = max(1.0, LEAST_SIDE / min(height, width))
        size = tuple(STRIDE * max(1, round(side * scale / STRIDE)) for side in (height, width))
        with torch.inference_mode():
            frames = (torch.from_numpy(np.ascontiguousarray(frame)).to(self.device) for frame in (first, second))
            a, b = (F.interpolate(f.permute(2, 0, 1)[None].float(), size, mode="bilinear") for f in frames)
            found = F.interpolate(self.network(a, b), (height, width), mode="bilinear")[0].permute(1, 2, 0)
            ratio = torch.tensor([width / size[1], height / size[0]]).to(found)
            return np.asarray((found * ratio).cpu().numpy(), np.float32)


def load_raft(path: Path, device: str = "cpu") -> Raft:
    """RAFT-small with the weights of a file, or of `model.safetensors` in a folder. Raises EncoderUnavailable."""
    state = read_state(path / "model.safetensors" if path.is_dir() else path)
    network = RaftSmall()
    try:
        network.load_state_dict({name.removeprefix("module."): tensor for name, tensor in state.items()}, strict=True)
    except RuntimeError as error:
        sentence = _("The weights in {file} do not fit: {reason}")
        reason = " ".join(str(error).split())[:200]
        raise EncoderUnavailable(sentence.format(file=path, reason=reason)) from error
    return Raft(network, device)
