"""The starter poster encoder: a small residual net (He et al. 2015, arXiv:1512.03385) for a CPU.

Only plain 3x3 and 1x1 convolutions: in channels-last bf16 they run several times faster on a CPU
than the depthwise ones of mobile nets. The whole poster is squeezed to one size, without a crop,
since title and credits say as much about the genre as the picture does.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn


@dataclass(frozen=True)
class StarterConfig:
    """`size` is (width, height) in pixels; `mean` and `std` are per RGB channel on the 0 to 1 scale."""

    size: tuple[int, int] = (96, 144)
    widths: tuple[int, ...] = (32, 64, 128, 256)
    depths: tuple[int, ...] = (1, 1, 1, 1)
    mean: tuple[float, float, float] = (0.500, 0.449, 0.417)
    std: tuple[float, float, float] = (0.342, 0.329, 0.327)

    @property
    def dimension(self) -> int:
        """Length of the poster's vector."""
        return self.widths[-1]


def convolution(channels_in: int, channels_out: int, *, size: int = 3, stride: int = 1) -> nn.Sequential:
    """Convolution and batch norm: (B, channels_in, h, w) to (B, channels_out, h / stride, w / stride)."""
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, size, stride, padding=size // 2, bias=False),
        nn.BatchNorm2d(channels_out),
    )


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions added to a shortcut; the shortcut is projected where the shape changes."""

    def __init__(self, channels_in: int, channels_out: int, stride: int) -> None:
        super().__init__()
        self.first = convolution(channels_in, channels_out, stride=stride)
        self.second = convolution(channels_out, channels_out)
        same = stride == 1 and channels_in == channels_out
        self.shortcut = nn.Identity() if same else convolution(channels_in, channels_out, size=1, stride=stride)

    def forward(self, x: Tensor) -> Tensor:
        y = self.second(self.first(x).relu())  # (B, channels_out, h / stride, w / stride)
        z: Tensor = y + self.shortcut(x)
        return z.relu()


class StarterEncoder(nn.Module):
    """Poster pixels to one vector per poster."""

    def __init__(self, config: StarterConfig) -> None:
        super().__init__()
        self.config = config
        first = config.widths[0]
        self.stem = nn.Sequential(
            convolution(3, first, stride=2), nn.ReLU(), convolution(first, first, stride=2), nn.ReLU()
        )
        self.stages = nn.Sequential(*self._stages(config))
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    @staticmethod
    def _stages(config: StarterConfig) -> list[nn.Sequential]:
        stages, channels = [], config.widths[0]
        for index, (width, depth) in enumerate(zip(config.widths, config.depths, strict=True)):
            strides = [1 if index == 0 else 2] + [1] * (depth - 1)
            inputs = [channels] + [width] * (depth - 1)
            stages.append(nn.Sequential(*(ResidualBlock(c, width, s) for c, s in zip(inputs, strides, strict=True))))
            channels = width
        return stages

    def feature_map(self, pixels: Tensor) -> Tensor:
        """What each place of the poster contributes: (B, 3, H, W) to (B, D, H / 32, W / 32)."""
        x = self.stem(pixels)  # (B, widths[0], H / 4, W / 4)
        return self.stages(x)  # type: ignore[no-any-return]

    def forward(self, pixels: Tensor) -> Tensor:
        """Normalised RGB (B, 3, H, W) to vectors (B, D); sizes other than the config's work too."""
        return self.feature_map(pixels).mean(dim=(2, 3))


def save(encoder: StarterEncoder, folder: Path, facts: dict[str, Any]) -> None:
    """Write `model.safetensors` (fp16) and `config.json` (architecture, preprocessing, the weights' hash, `facts`)."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = {
        name: value.half().contiguous()
        for name, value in encoder.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    save_file(weights, folder / "model.safetensors")
    config = {
        "architecture": "starter",
        **asdict(encoder.config),
        "dimension": encoder.config.dimension,
        "sha256": hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest(),
        "resize": "whole image, bilinear with antialiasing, aspect ratio not kept",
        **facts,
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def load(folder: Path) -> StarterEncoder:
    """The encoder in `folder`, weights as float32, in evaluation mode.

    Raises FileNotFoundError where a file is missing and ValueError where they do not fit together.
    """
    written = json.loads((folder / "config.json").read_text())
    if written.get("architecture") != "starter":
        raise ValueError(f"{folder} holds a {written.get('architecture')!r} model, not a starter encoder.")
    known = {field.name for field in fields(StarterConfig)}
    config = StarterConfig(**{key: tuple(value) for key, value in written.items() if key in known})
    encoder = StarterEncoder(config)
    weights = {name: value.float() for name, value in load_file(folder / "model.safetensors").items()}
    missing, unexpected = encoder.load_state_dict(weights, strict=False)
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unexpected:
        raise ValueError(f"{folder}/model.safetensors does not fit its config.json: {missing + unexpected}")
    encoder.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return encoder.eval()
