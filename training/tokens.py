"""What fusion nets see of films: stored vectors, or the states of tokens and patches.

States come from the encoders that otherwise give one vector per film. They are half-precision arrays of the films
at hand, made when training or scoring begins and forgotten when it ends: some 40 KB per plot, twenty-five times what
its vector takes, and made in the time that the vectors take.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from training.architectures.starter import StarterEncoder
from training.encoders.base import Encoder, Item
from training.encoders.image import ImageEncoder, Pooled
from training.encoders.text import TextEncoder
from training.inputs import Inputs

LONGEST = 64  # tokens of a plot; three plots in four are no longer
SAMPLE = 2_000  # films from which mean and deviation of the states are taken
Half = NDArray[np.float16]


class Part(Protocol):
    """One modality of N films."""

    @property
    def dimension(self) -> int:
        """D"""
        ...

    @property
    def there(self) -> NDArray[np.bool_]:
        """(N,) which films have it."""
        ...

    def __len__(self) -> int: ...

    def batch(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """What nets see of these films, (B, D) or (B, P, D), and what of it is there, (B,) or (B, P)."""
        ...

    def sample(self) -> Tensor:
        """(any number, D) vectors or states to standardise by."""
        ...

    def shown(self, flags: NDArray[np.bool_]) -> Self:
        """The same, but only of the films (N,) whose flag is set."""
        ...


@dataclass(frozen=True, eq=False)
class Vectors:
    """One vector (N, D) per film; a row whose flag is not set says nothing."""

    vectors: NDArray[np.float32]
    there: NDArray[np.bool_]

    @property
    def dimension(self) -> int:
        return int(self.vectors.shape[1])

    def __len__(self) -> int:
        return len(self.vectors)

    def batch(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        return torch.from_numpy(self.vectors[rows.numpy()]), torch.from_numpy(self.there[rows.numpy()])

    def sample(self) -> Tensor:
        return torch.from_numpy(self.vectors[self.there])

    def shown(self, flags: NDArray[np.bool_]) -> Self:
        return replace(self, there=self.there & flags)


@dataclass(frozen=True, eq=False)
class States:
    """The states of N films: ``rows[i]`` is (positions, D), without any position where there is nothing to see."""

    rows: Sequence[Half]
    dimension: int

    @property
    def there(self) -> NDArray[np.bool_]:
        return np.array([len(states) > 0 for states in self.rows], bool)

    def __len__(self) -> int:
        return len(self.rows)

    def batch(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Padded to the longest of these films."""
        chosen = [self.rows[row] for row in rows.tolist()]
        longest = max([len(states) for states in chosen] + [1])
        padded = np.zeros((len(chosen), longest, self.dimension), np.float16)
        for place, states in enumerate(chosen):
            padded[place, : len(states)] = states
        lengths = torch.tensor([len(states) for states in chosen])
        return torch.from_numpy(padded).float(), torch.arange(longest) < lengths.unsqueeze(1)

    def sample(self) -> Tensor:
        there = [states for states in self.rows if len(states)]
        step = -(-len(there) // SAMPLE) or 1
        return torch.from_numpy(np.concatenate([np.empty((0, self.dimension), np.float16), *there[::step]])).float()

    def shown(self, flags: NDArray[np.bool_]) -> Self:
        return replace(
            self, rows=[states if flag else states[:0] for states, flag in zip(self.rows, flags, strict=True)]
        )


@dataclass(frozen=True, eq=False)
class Seen:
    """Text and image of N films, in batches as the nets of fusion_nets.py take them (a training.loop.Features)."""

    text: Part
    image: Part

    def __len__(self) -> int:
        return len(self.text)

    def __getitem__(self, rows: Tensor) -> dict[str, Tensor]:
        text, text_there = self.text.batch(rows)
        image, image_there = self.image.batch(rows)
        return {"text": text, "text_there": text_there, "image": image, "image_there": image_there}

    def shown(self, text: NDArray[np.bool_], image: NDArray[np.bool_]) -> Seen:
        """The same films with only those texts and images (N,) to be seen."""
        return Seen(self.text.shown(text), self.image.shown(image))


class _TextStates(TextEncoder):
    """A text encoder, network and all, that stops before it pools."""

    def __init__(self, encoder: TextEncoder) -> None:
        vars(self).update(vars(encoder))
        self.recipe = encoder.recipe | {"longest": min(LONGEST, encoder.recipe["longest"])}

    def _forward(self, batch: dict[str, Tensor]) -> Tensor:
        """(B, L, D + 1): the last number says whether a token is there."""
        states = self.network(**batch).last_hidden_state
        return torch.cat([states, batch["attention_mask"].unsqueeze(-1).to(states.dtype)], -1)


class _PatchStates(ImageEncoder):
    """An image encoder, network and all, that stops before it pools."""

    def __init__(self, encoder: ImageEncoder) -> None:
        vars(self).update(vars(encoder))

    def _forward(self, batch: dict[str, Tensor]) -> Tensor:
        states = patch_states(self.network, self.preprocessing.pixels(batch["pictures"]))
        return torch.cat([states, torch.ones_like(states[..., :1])], -1)


def patch_states(network: nn.Module, pixels: Tensor) -> Tensor:
    """What an image encoder's network knows of each place: pixels (B, 3, H, W) to (B, P, D), row by row.

    The last feature map of a convolutional net, the last states of a transformer without class and register tokens.
    """
    if isinstance(network, StarterEncoder):
        return network.feature_map(pixels).flatten(2).transpose(1, 2)
    inner: Any = network.network if isinstance(network, Pooled) else network
    inner = getattr(inner, "vision_model", None) or getattr(inner, "vision_tower", inner)  # CLIP, Florence-2, their kin
    states: Tensor = inner(pixels).last_hidden_state
    if states.dim() == 4:  # (B, D, h, w)
        return states.flatten(2).transpose(1, 2)
    return states[:, _extra_tokens(inner.config, pixels, states.shape[1]) :]


def _extra_tokens(config: Any, pixels: Tensor, tokens: int) -> int:
    """How many of the first tokens stand for no patch."""
    sides = getattr(config, "patch_size", 1)
    height, width = (sides, sides) if isinstance(sides, int) else sides
    patches = (pixels.shape[2] // height) * (pixels.shape[3] // width)
    return max(tokens - patches, 0)  # nets that merge patches have fewer tokens, and none for a class


def text_states(encoder: TextEncoder, inputs: Inputs) -> States:
    """Of the films that have a plot, from its first LONGEST tokens."""
    texts = {row: text for row, text in enumerate(inputs.texts) if inputs.has_text[row]}
    return _states(_TextStates(encoder), texts, len(inputs))


def image_states(encoder: ImageEncoder, inputs: Inputs) -> States:
    """Of the films that have a poster; one whose file cannot be read counts as not there."""
    posters = {row: path for row, path in enumerate(inputs.posters) if path is not None and inputs.has_image[row]}
    return _states(_PatchStates(encoder), posters, len(inputs))


def _states(encoder: Encoder[Item], items: Mapping[int, Item], films: int) -> States:
    """``items`` by the film's row."""
    dimension = encoder._once(encoder._probe()).shape[-1] - 1
    found: list[Half] = [np.empty((0, dimension), np.float16)] * films
    rows = list(items)
    for part in encoder.stream(list(items.values())):
        for place, states in zip(part.rows, part.vectors, strict=True):
            # Chunks are padded each for itself, and only what is no padding is kept.
            found[rows[place]] = states[states[:, -1] > 0, :-1].astype(np.float16)
    return States(found, dimension)
