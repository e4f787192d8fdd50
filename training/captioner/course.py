"""A fine-tuning between two steps: everything that decides how it goes on, kept on disk.

A fine-tuning that is killed and begun again goes on from there and ends with the same bits as if nothing had happened:
adapter, optimizer, schedule, random numbers and the place in the order of the frames are all kept.
"""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.optim.lr_scheduler import LRScheduler

from training.captioner import adapters

FILE = "adapter.pt"
KEEP_SECONDS = 300.0
_PLAIN = ("step", "loss", "tokens", "micro", "history", "best", "best_weights")


@dataclass
class Course:
    adapted: Any
    optimizer: torch.optim.Optimizer
    schedule: LRScheduler
    micro: int
    """Frames that are computed at once."""
    step: int = 0
    """Steps made so far."""
    loss: float = 0.0
    """Sum over the answers' tokens of this epoch so far."""
    tokens: int = 0
    history: list[dict[str, float]] = field(default_factory=list)
    best: float = float("inf")
    best_weights: dict[str, Tensor] = field(default_factory=dict)
    kept_at: float = field(default_factory=time.monotonic)

    def note(self, figures: dict[str, float]) -> None:
        """Count an epoch, and keep its weights where its validation loss is the lowest so far."""
        self.history.append(figures)
        self.loss, self.tokens = 0.0, 0
        score = figures.get("validation_loss", -float(len(self.history)))
        if score < self.best:
            self.best, self.best_weights = score, adapters.learned(self.adapted)

    def keep(self, file: Path) -> None:
        """Write the state, whole or not at all."""
        file.parent.mkdir(parents=True, exist_ok=True)
        state: dict[str, Any] = {name: getattr(self, name) for name in _PLAIN}
        state |= {"optimizer": self.optimizer.state_dict(), "schedule": self.schedule.state_dict()}
        state |= {"weights": adapters.learned(self.adapted), "random": random_state()}
        aside = file.with_suffix(".new")
        torch.save(state, aside)
        aside.replace(file)
        self.kept_at = time.monotonic()

    def due(self, seconds: float) -> bool:
        return time.monotonic() - self.kept_at >= seconds

    def go_on(self, file: Path) -> None:
        """Take up what was kept, if anything was."""
        if not file.is_file():
            return
        state = torch.load(file, weights_only=True, map_location="cpu")
        for name in _PLAIN:
            setattr(self, name, state[name])
        adapters.put_back(self.adapted, state["weights"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        set_random_state(state["random"])


def random_state() -> list[Tensor]:
    """Of the processor, then of each GPU."""
    return [torch.get_rng_state(), *(torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [])]


def set_random_state(states: list[Tensor]) -> None:
    torch.set_rng_state(states[0])
    if torch.cuda.is_available() and len(states) == torch.cuda.device_count() + 1:
        torch.cuda.set_rng_state_all(states[1:])
