"""Deciding from plot and poster with one net: `early`, `late`, `attention`, `gmu` and `cross-attention`.

The nets stand side by side in fusion_nets.py, are trained in fusion_training.py and asked here. The first four see the
stored vectors of both encoders; cross-attention sees the states of tokens and patches, which are made anew whenever
it trains or scores (training/tokens.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file
from torch import Tensor

from training.architectures.fusion_nets import FUSIONS, ByName, Fusion, Sizes
from training.calibration import Calibration
from training.encoders import image_encoder, text_encoder
from training.inputs import MODALITIES, Inputs, Labelled, Modality, TrainingData
from training.loop import Report, logits_of
from training.metrics import ratio
from training.thresholds import from_log_odds
from training.tokens import Seen, Vectors, image_states, text_states

if TYPE_CHECKING:
    from training.options import RetrainOptions

Floats = NDArray[np.float32]
TENSORS, DESCRIPTION = "model.safetensors", "fusion.json"
AT_ONCE = 512  # films whose states are held in memory when scoring
UNUSED = ("weights", "finetune", "size", "augment", "chain_order")


@dataclass(frozen=True, eq=False)
class TrainedFusion:
    """A net, its calibration, and the encoders whose vectors or states it sees."""

    kind: str
    """A name of FUSIONS."""
    terms: list[str]
    encoders: tuple[str, str]
    """Names of the text and the image encoder."""
    sizes: Sizes
    net: Fusion
    calibration: Calibration
    sees: tuple[Modality, ...] = MODALITIES

    @property
    def thresholds(self) -> Floats:
        return self.calibration.thresholds

    @property
    def parameters(self) -> int:
        """How many numbers were learned."""
        return sum(weights.numel() for weights in self.net.parameters())

    def scores(self, inputs: Inputs) -> Floats:
        """Calibrated probabilities (N, T); the prior where a film has neither plot nor poster."""
        parts = [self._scores(seen) for seen in self._blocks(inputs)]
        return np.concatenate([np.zeros((0, len(self.terms)), np.float32), *parts])

    def modality_weights(self, inputs: Inputs) -> Floats:
        """How much text and image decide, (N, 2): 1 together, all of it with what there is alone, 0 with nothing.

        Attention weights for `attention`, the mean gate for `gmu`. For the others, which keep no account, how far a
        film's scores move when that modality is left out, summed over the terms, in relation to the other.
        """
        parts = [self._modality_weights(seen) for seen in self._blocks(inputs)]
        return np.concatenate([np.zeros((0, 2), np.float32), *parts])

    def image_logits(self, x: Tensor) -> Tensor:
        """Logits (B, T) before calibration from posters alone, with gradients.

        ``x`` are image vectors (B, Di); for cross-attention the states of patches, (B, P, Di), as
        training.tokens.patch_states gives them.
        """
        self.net.eval()
        there = torch.ones(x.shape[:-1], dtype=torch.bool, device=x.device)
        no_text = x.new_zeros(len(x), *[1] * (x.dim() - 2), self.sizes.text)  # (B, Dt) or (B, 1, Dt)
        logits: Tensor = self.net(no_text, torch.zeros_like(no_text[..., 0], dtype=torch.bool), x, there)
        return logits

    def save(self, folder: Path) -> None:
        """Write model.safetensors and fusion.json into an existing folder."""
        tensors = {f"net.{name}": tensor.numpy() for name, tensor in self.net.state_dict().items()}
        save_file(tensors | self.calibration.tensors(), folder / TENSORS)
        said = {"kind": self.kind, "terms": self.terms, "encoders": self.encoders, "sizes": asdict(self.sizes)}
        (folder / DESCRIPTION).write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> TrainedFusion:
        """Read what ``save`` wrote. Raises OSError, KeyError or ValueError where it is not whole."""
        said = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        try:
            tensors = load_file(folder / TENSORS)
            sizes = Sizes(**said["sizes"])
            net = FUSIONS[said["kind"]](sizes)
            own = {name: torch.from_numpy(tensor) for name, tensor in tensors.items() if name.startswith("net.")}
            net.load_state_dict({name.removeprefix("net."): tensor for name, tensor in own.items()})
        except (SafetensorError, TypeError, RuntimeError) as error:
            raise ValueError(f"{folder.name} does not hold a fusion: {error}") from error
        text, image = said["encoders"]
        return cls(said["kind"], said["terms"], (text, image), sizes, net, Calibration.read(tensors))

    def _blocks(self, inputs: Inputs) -> Iterator[Seen]:
        for start in range(0, len(inputs), AT_ONCE):
            rows = np.arange(start, min(start + AT_ONCE, len(inputs)))
            yield look(self.kind, inputs.take(rows), self.encoders)

    def _scores(self, seen: Seen) -> Floats:
        blend = self.calibration.blend
        moved = differences(self.net, seen, blend.prior)
        return from_log_odds(blend(moved, seen.text.there, seen.image.there)).astype(np.float32)

    def _modality_weights(self, seen: Seen) -> Floats:
        with torch.inference_mode():
            account = self.net.eval().modality_weights(**seen[torch.arange(len(seen))])
        if account is not None:
            return account.numpy()
        none, both = np.zeros(len(seen), bool), self._scores(seen)
        left_out = seen.shown(none, ~none), seen.shown(~none, none)  # no text, no image
        moved = np.stack([np.abs(both - self._scores(rest)).sum(1) for rest in left_out], 1)
        moved = (moved + 1e-9) * np.stack([seen.text.there, seen.image.there], 1)
        return ratio(moved, moved.sum(1, keepdims=True)).astype(np.float32)


def load(folder: Path) -> TrainedFusion:
    """The fusion in a model folder. Raises OSError, KeyError or ValueError where it is not whole."""
    return TrainedFusion.load(folder)


def train(inputs: Inputs, snapshot: Labelled, options: RetrainOptions, on_epoch: Report) -> TrainedFusion:
    """Train the fusion that the options name on a snapshot of the labels of these films.

    Raises BadOption where an option has no meaning here.
    """
    from training.architectures.fusion_training import CONFIGS, train_fusion
    from training.options import BadOption

    if useless := [name for name in UNUSED if name in options.network]:
        raise BadOption(f"{options.architecture} learns on top of encoders and does not use {', '.join(useless)}.")
    data = TrainingData.of(inputs, snapshot.labels, snapshot.splits, snapshot.terms)
    config = CONFIGS[options.architecture].asked(options)
    encoders = options.text_encoder, options.image_encoder
    return train_fusion(data, options.architecture, config, encoders, options.seed, on_epoch)


def look(kind: str, inputs: Inputs, encoders: tuple[str, str]) -> Seen:
    """What a kind of fusion sees of these films."""
    if kind != "cross-attention":
        return Seen(Vectors(inputs.text_vectors, inputs.has_text), Vectors(inputs.image_vectors, inputs.has_image))
    return Seen(text_states(text_encoder(encoders[0]), inputs), image_states(image_encoder(encoders[1]), inputs))


def differences(net: Fusion, seen: Seen, prior: Floats) -> Floats:
    """By how much the net moves the log-odds from the prior (T,): (1, N, T), one member of a blend."""
    if not len(seen):
        return np.zeros((1, 0, len(prior)), np.float32)
    found: Floats = logits_of(ByName(net), seen, AT_ONCE).numpy() - prior
    return found[None]
