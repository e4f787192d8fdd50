"""Posters as a network's training sees them: decoded when their batch is wanted, kept where there is room."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import psutil
import torch
from numpy.typing import NDArray
from torch import Tensor

from training.encoders.image import ImageEncoder
from training.encoders.pictures import Squared, Unreadable
from training.inputs import Inputs, TrainingData
from training.linear import prior_log_odds
from training.metrics import Truth

MOST_THREADS = 16
SHARE_OF_MEMORY = 0.25  # of what is free: decoded posters may take this much
REMEMBERED = 3  # sets of posters of which the vectors are kept: training, validation and test films
Bytes = NDArray[np.uint8]
Rows = NDArray[np.int64]
logger = logging.getLogger(__name__)


class Pictures:
    """N posters as bytes: ``pictures[rows]`` gives (B, H, W, 3) for rows, long (B,)."""

    def __init__(self, posters: Sequence[Path], preprocessing: Squared, *, room: int | None = None) -> None:
        """``room``: bytes that decoded posters may take; a quarter of the free memory by itself."""
        assert isinstance(preprocessing.size, tuple)
        self.posters, self.preprocessing = posters, preprocessing
        width, height = preprocessing.size
        needed = len(posters) * height * width * 3
        room = int(psutil.virtual_memory().available * SHARE_OF_MEMORY) if room is None else room
        self._kept: Bytes | None = np.empty((len(posters), height, width, 3), np.uint8) if needed <= room else None
        self._decoded = np.zeros(len(posters), bool)
        self._shape = (height, width, 3)
        self.failures: dict[int, str] = {}
        """Why posters could not be read, by their position; they look grey."""

    def __len__(self) -> int:
        return len(self.posters)

    def __getitem__(self, rows: Tensor) -> Tensor:
        wanted = rows.numpy()
        if self._kept is None:
            return torch.from_numpy(self._read(wanted))
        missing = np.unique(wanted[~self._decoded[wanted]])
        self._kept[missing] = self._read(missing)
        self._decoded[missing] = True
        return torch.from_numpy(self._kept[wanted])

    def check(self, batch: int = 256) -> dict[int, str]:
        """Read every poster once, and say why some cannot be: those should not be trained on."""
        for rows in torch.split(torch.arange(len(self)), batch):
            self[rows]
        return self.failures

    def at(self, rows: NDArray[np.int64]) -> Selection:
        """Some of these posters, as features of their own."""
        return Selection(self, torch.from_numpy(rows))

    def _read(self, rows: NDArray[np.int64]) -> Bytes:
        """(B, H, W, 3); Pillow decodes and resizes outside of Python's lock, so that threads help."""
        if not len(rows):
            return np.empty((0, *self._shape), np.uint8)
        with ThreadPoolExecutor(min(os.cpu_count() or 1, MOST_THREADS)) as pool:
            return np.stack(list(pool.map(self._one, rows.tolist())))

    def _one(self, row: int) -> Bytes:
        try:
            return self.preprocessing.read(self.posters[row])
        except Unreadable as error:
            self.failures[row] = str(error)
            return np.full(self._shape, 127, np.uint8)


class Selection:
    """Some of many pictures, numbered anew from 0."""

    def __init__(self, pictures: Pictures, rows: Tensor) -> None:
        self.pictures, self.rows = pictures, rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, rows: Tensor) -> Tensor:
        return self.pictures[self.rows[rows]]


class PosterVectors:
    """Vectors of posters by a network that changes no more; those of the last sets of posters are remembered.

    A set is remembered as a whole: vectors do not depend on what was asked for before, not even in their last bit.
    """

    def __init__(self, encoder: ImageEncoder) -> None:
        self.encoder = encoder
        self.failures: dict[Path, str] = {}
        """Why posters of the last set could not be read."""
        self._remembered: dict[tuple[Path, ...], NDArray[np.float32]] = {}

    def of(self, posters: Sequence[Path]) -> tuple[NDArray[np.float32], dict[int, str]]:
        """Vectors (N, D), zeros where a poster cannot be read, and why it cannot, by its position."""
        asked = tuple(posters)
        if asked in self._remembered:
            self.failures = {}
            return self._remembered[asked], {}
        vectors = np.zeros((len(asked), self.encoder.dimension), np.float32)
        failures: dict[int, str] = {}
        for part in self.encoder.stream(asked):
            vectors[part.rows] = part.vectors
            failures |= part.failures
        self.failures = {asked[row]: why for row, why in failures.items()}
        if not failures:  # a file that is missing now may come back
            self._remembered[asked] = vectors
            while len(self._remembered) > REMEMBERED:
                self._remembered.pop(next(iter(self._remembered)), None)
        return vectors, failures


@dataclass(frozen=True, eq=False)
class PosterFilms:
    """What a network of posters learns from: films, of which those whose poster cannot be read have none."""

    data: TrainingData
    pictures: Pictures
    """Of training and validation films."""
    rows: Rows
    """Of the pictures, in the data."""

    @classmethod
    def read(cls, data: TrainingData, preprocessing: Squared, *, keep: bool) -> PosterFilms:
        """Every poster is opened once before training, so that none stops it later; ``keep`` them where they fit."""
        rows, posters = with_poster(data, np.concatenate([data.rows("train"), data.rows("validation")]))
        pictures = Pictures(posters, preprocessing, room=None if keep else 0)
        has_image = data.has_image.copy()
        has_image[rows[warn_of(pictures.check(), posters)]] = False
        return cls(replace(data, has_image=has_image), pictures, rows)

    @property
    def prior(self) -> NDArray[np.float32]:
        """(T,) log-odds among training films."""
        return prior_log_odds(Truth.of(self.data.labels[self.data.rows("train")]))

    def places(self, part: str) -> Rows:
        """Of the pictures that can be read, of one part's films."""
        return np.flatnonzero((self.data.splits[self.rows] == part) & self.data.has_image[self.rows])

    def truth(self, places: Rows) -> Truth:
        return Truth.of(self.data.labels[self.rows[places]])


def with_poster(inputs: Inputs, rows: Rows) -> tuple[Rows, list[Path]]:
    """Those of the rows that have a poster to look at, and the posters' files."""
    found = [(i, poster) for i in rows if inputs.has_image[i] and (poster := inputs.posters[i]) is not None]
    return np.array([i for i, _ in found], np.int64), [poster for _, poster in found]


def warn_of(failures: dict[int, str], posters: Sequence[Path]) -> Rows:
    """Places of posters that cannot be read, each with a warning."""
    for place, why in sorted(failures.items()):
        logger.warning("%s: %s", posters[place].name, why)
    return np.array(sorted(failures), np.int64)
