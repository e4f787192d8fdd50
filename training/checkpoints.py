"""A long training that goes on where it was interrupted.

Within `resumable(folder)` a training with an accelerator keeps its state there after every epoch: a job that is
killed and begun again loses one epoch at most, and ends with the same weights as if nothing had happened.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LRScheduler

_folder: ContextVar[Path | None] = ContextVar("folder of checkpoints", default=None)
FILE = "training.pt"


@contextmanager
def resumable(folder: Path) -> Iterator[None]:
    """Trainings inside this block keep their state in the folder, and go on from what they find there."""
    token = _folder.set(folder)
    try:
        yield
    finally:
        _folder.reset(token)


def checkpoint_file() -> Path | None:
    """Where a training keeps its state; None where nobody asked for it."""
    folder = _folder.get()
    return folder / FILE if folder else None


@dataclass
class Course:
    """A training between two epochs: everything that decides how it goes on."""

    model: nn.Module
    optimizer: torch.optim.Optimizer
    schedule: LRScheduler
    random: torch.Generator
    history: list[dict[str, float]] = field(default_factory=list)
    best: float = -1.0
    best_state: dict[str, Tensor] = field(default_factory=dict)
    since: int = 0
    """Epochs since the best one."""

    def note(self, figures: dict[str, float]) -> None:
        """Count an epoch, and keep the weights where it is the best so far; without validation the last is the best."""
        self.history.append(figures)
        score = figures.get("validation_map", float(len(self.history)))
        self.since += 1
        if score > self.best:
            self.best, self.since = score, 0
            self.best_state = {name: tensor.detach().clone() for name, tensor in self.model.state_dict().items()}

    def keep(self, file: Path) -> None:
        """Write the state, whole or not at all."""
        file.parent.mkdir(parents=True, exist_ok=True)
        state: dict[str, Any] = {name: getattr(self, name) for name in _PLAIN}
        state |= {name: getattr(self, name).state_dict() for name in _PARTS}
        state |= {"random": self.random.get_state(), "torch": torch.get_rng_state()}
        torch.save(state, file.with_suffix(".new"))
        file.with_suffix(".new").replace(file)

    def go_on(self, file: Path) -> None:
        """Take up what was kept, if anything was."""
        if not file.is_file():
            return
        state = torch.load(file, weights_only=True, map_location="cpu")
        for name in _PLAIN:
            setattr(self, name, state[name])
        for name in _PARTS:
            getattr(self, name).load_state_dict(state[name])
        self.random.set_state(state["random"])
        torch.set_rng_state(state["torch"])


_PLAIN = ("history", "best", "best_state", "since")
_PARTS = ("model", "optimizer", "schedule")
