"""What a model sees of films, and what it learns from: plain arrays, no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Literal, Protocol, Self

import numpy as np
from numpy.typing import NDArray

Modality = Literal["text", "image"]
MODALITIES: tuple[Modality, ...] = ("text", "image")


class Labelled(Protocol):
    """What training needs of a snapshot: labels (N, T), the part of each film, the names of the terms."""

    @property
    def labels(self) -> NDArray[np.int8]: ...

    @property
    def splits(self) -> NDArray[np.str_]: ...

    @property
    def terms(self) -> Sequence[str]: ...


@dataclass(frozen=True, eq=False)
class Inputs:
    """N films. Where a flag is False the text, or the vector's row, says nothing and is not looked at."""

    texts: Sequence[str]
    """Title and plot as one text; "" where there is no plot."""
    text_vectors: NDArray[np.float32]
    """(N, Dt) from the text encoder; Dt may be 0."""
    has_text: NDArray[np.bool_]
    """(N,) whether there is a plot."""
    image_vectors: NDArray[np.float32]
    """(N, Di) from the image encoder; Di may be 0."""
    has_image: NDArray[np.bool_]
    """(N,) whether there is a poster."""
    years: Sequence[int | None]
    """Year of release, None where unknown."""
    languages: Sequence[str]
    """Language code, "" where unknown."""
    posters: Sequence[Path | None]
    """The picture file of each poster; None where there is none."""

    def __post_init__(self) -> None:
        films = len(self.has_text)
        if any(len(getattr(self, field.name)) != films for field in fields(Inputs)):
            raise ValueError("every part of the inputs must have one row per film")

    def __len__(self) -> int:
        return len(self.has_text)

    @property
    def has_frames(self) -> NDArray[np.bool_]:
        """(N,) whether there are frames of scenes to look at."""
        return np.zeros(len(self), bool)

    def take(self, rows: NDArray[np.int64]) -> Inputs:
        """The films at these positions, in this order."""
        return Inputs(
            texts=[self.texts[i] for i in rows],
            text_vectors=self.text_vectors[rows],
            has_text=self.has_text[rows],
            image_vectors=self.image_vectors[rows],
            has_image=self.has_image[rows],
            years=[self.years[i] for i in rows],
            languages=[self.languages[i] for i in rows],
            posters=[self.posters[i] for i in rows],
        )

    def without_text(self) -> Self:
        """The same films as if none had a plot."""
        return replace(self, texts=[""] * len(self), has_text=np.zeros(len(self), bool))

    def without_image(self) -> Self:
        """The same films as if none had a poster."""
        return replace(self, has_image=np.zeros(len(self), bool))

    def only(self, sees: Sequence[Modality]) -> Self:
        """The same films as they look to who sees only this."""
        seen = self if "text" in sees else self.without_text()
        return seen if "image" in sees else seen.without_image()

    def without_facts(self) -> Self:
        """The same films as if year and language were unknown."""
        return replace(self, years=[None] * len(self), languages=[""] * len(self))

    def has(self, modality: Modality) -> NDArray[np.bool_]:
        return self.has_text if modality == "text" else self.has_image

    def vectors(self, modality: Modality) -> NDArray[np.float32]:
        return self.text_vectors if modality == "text" else self.image_vectors


@dataclass(frozen=True, eq=False)
class TrainingData(Inputs):
    """Inputs with their labels and their part of the split."""

    labels: NDArray[np.int8]
    """(N, T): 1 yes, 0 no, -1 unknown."""
    splits: NDArray[np.str_]
    """(N,): "train", "validation" or "test"; test films are never looked at."""
    terms: Sequence[str]
    """T names, in the order of the columns."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.labels.shape != (len(self), len(self.terms)) or len(self.splits) != len(self):
            raise ValueError("labels must be (films, terms) and every film needs its part of the split")

    @classmethod
    def of(cls, inputs: Inputs, labels: NDArray[np.int8], splits: NDArray[np.str_], terms: Sequence[str]) -> Self:
        return cls(
            **{field.name: getattr(inputs, field.name) for field in fields(Inputs)},
            labels=labels,
            splits=splits,
            terms=terms,
        )

    def rows(self, part: str) -> NDArray[np.int64]:
        """Positions of the films of one part."""
        return np.flatnonzero(self.splits == part)
