"""From pairs of frames to vectors: by the body of a network, or by an image encoder and the statistics of the flow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training.encoders.pictures import Squared
from training.loop import ahead
from training.networks.backbones import Seeing
from training.pictures import Pictures
from training.scenes import flow
from training.scenes.data import Pair, SceneInputs
from training.scenes.nets import Body, Seen

Floats = NDArray[np.float32]
AT_ONCE = 32


class Eyes(Protocol):
    """What stands between frames and a head."""

    def vectors(self, inputs: SceneInputs) -> Floats:
        """(P, D) of the pairs of these films."""
        ...

    def describe(self) -> dict[str, Any]: ...


class PairPictures:
    """P pairs as a network's training sees them: decoded when their batch is wanted, kept where there is room."""

    def __init__(self, pairs: Sequence[Pair], preprocessing: Squared, needs: Sequence[str]) -> None:
        self.count = len(pairs)
        files = {"first": [pair.first for pair in pairs], "second": [pair.second or pair.first for pair in pairs]}
        self.pictures = {name: Pictures(files[name], preprocessing) for name in needs if name in files}
        self.motion = torch.from_numpy(flow.magnitudes(pairs)) if "motion" in needs else None

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, rows: Tensor) -> Seen:
        seen = {name: pictures[rows] for name, pictures in self.pictures.items()}
        return seen if self.motion is None else seen | {"motion": self.motion[rows]}


class NetEyes:
    """The vector that a network's body makes of a pair."""

    def __init__(self, body: Body, eyes: list[Seeing]) -> None:
        self.body, self.eyes = body, eyes

    @property
    def preprocessing(self) -> Squared:
        """How frames are decoded; both networks of a body see the same pictures."""
        return self.eyes[0].preprocessing

    @torch.inference_mode()
    def vectors(self, inputs: SceneInputs) -> Floats:
        pictures = PairPictures(inputs.pairs, self.preprocessing, self.body.needs)
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.body.eval().to(device)
        parts = torch.split(torch.arange(len(pictures)), AT_ONCE) if len(pictures) else []
        found = []
        for seen in ahead(pictures, parts):
            assert isinstance(seen, dict)
            found.append(self.body({name: tensor.to(device) for name, tensor in seen.items()}).float().cpu().numpy())
        return np.concatenate(found) if found else np.zeros((0, 0), np.float32)

    def describe(self) -> dict[str, Any]:
        return {"kind": "network", "eyes": [eye.describe() for eye in self.eyes]}


class FlowEyes:
    """What the image encoder says of both frames, how it differs between them, and the statistics of the flow."""

    def vectors(self, inputs: SceneInputs) -> Floats:
        first, second = inputs.frame_vectors[:, 0], inputs.frame_vectors[:, 1]
        moves = flow.all_statistics(inputs.pairs)  # (P, K)
        return np.concatenate([(first + second) / 2, second - first, moves], 1)

    def describe(self) -> dict[str, Any]:
        return {"kind": "flow", "statistics": list(flow.NAMES)}
