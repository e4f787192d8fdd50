"""Training a torch module on partly known labels: train_one_epoch, evaluate, fit with early stopping."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.lr_scheduler import LRScheduler, OneCycleLR

from training.metrics import Truth, average_precisions, mean_of_known

Figures = dict[str, float]
ShouldStop = Callable[[], bool]


class Report(Protocol):
    """Called after each epoch with its number from 1, the most there may be, and its figures."""

    def __call__(self, epoch: int, total: int, metrics: Figures, /) -> None: ...


class Stopped(Exception):
    """Training was asked to stop before it had a result."""


@contextmanager
def one_core() -> Iterator[None]:
    """Let torch and numpy's linear algebra compute on one core only.

    Nets this small gain nothing from a second one, and wait many times as long for each other where the cores are
    busy with something else. Weights then do not depend on the number of cores either.
    """
    cores = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1, user_api="blas"):
            yield
    finally:
        torch.set_num_threads(cores)


@dataclass(frozen=True)
class LoopOptions:
    """How a module is trained."""

    epochs: int = 10
    """Most passes over the training films; the learning rate falls to zero over this many."""
    batch: int = 256
    """Films per step."""
    learning_rate: float = 3e-3
    """Highest learning rate of the one-cycle schedule (Smith and Topin 2018)."""
    weight_decay: float = 1e-2
    """Decoupled weight decay of AdamW."""
    patience: int = 4
    """Epochs without a better validation mAP after which training ends."""
    focus: float = 0.0
    """How strongly the loss turns away from easy negatives; 0 is binary cross-entropy."""
    margin: float = 0.0
    """Probability below which a negative costs nothing."""

    def __post_init__(self) -> None:
        if min(self.epochs, self.batch, self.patience) < 1:
            raise ValueError("epochs, batch and patience must be at least 1")
        if self.learning_rate <= 0 or self.weight_decay < 0:
            raise ValueError("learning_rate must be above 0 and weight_decay must not be negative")
        if self.focus < 0 or not 0 <= self.margin < 1:
            raise ValueError("focus must not be negative and margin must be in [0, 1)")


@dataclass(frozen=True)
class Batch:
    """Features (B, D) with labels as floats (B, T): ``yes`` 0 or 1, ``known`` 0 or 1."""

    features: Tensor
    yes: Tensor
    known: Tensor

    @classmethod
    def of(cls, features: NDArray[np.float32], truth: Truth) -> Batch:
        return cls(torch.from_numpy(features), _floats(truth.yes), _floats(truth.known))

    def __len__(self) -> int:
        return len(self.features)

    def __getitem__(self, rows: Tensor) -> Batch:
        return Batch(self.features[rows], self.yes[rows], self.known[rows])


def _floats(flags: NDArray[np.bool_]) -> Tensor:
    return torch.from_numpy(flags.astype(np.float32))


def masked_loss(logits: Tensor, yes: Tensor, known: Tensor, *, focus: float = 0.0, margin: float = 0.0) -> Tensor:
    """Loss summed over known terms, averaged over films (and over the K nets of an ensemble).

    ``logits`` (B, T) or (K, B, T). With focus 0 and margin 0 binary cross-entropy; otherwise the asymmetric loss of
    Ridnik et al. 2021 (equation 7 with gamma+ = 0): negatives are weighted by their shifted probability to the
    power ``focus``.
    """
    negatives = -F.logsigmoid(-logits)
    if focus or margin:
        shifted = (torch.sigmoid(logits) - margin).clamp(min=0)
        negatives = -torch.log1p(-shifted.clamp(max=1 - 1e-6)) * shifted.detach() ** focus
    cells = yes * -F.logsigmoid(logits) + (1 - yes) * negatives
    return (cells * known).sum(-1).mean()


def train_one_epoch(
    model: nn.Module,
    films: Batch,
    optimizer: torch.optim.Optimizer,
    schedule: LRScheduler,
    options: LoopOptions,
    random: torch.Generator,
) -> float:
    """One pass over the films in random order; the mean loss."""
    model.train()
    total = 0.0
    for rows in torch.split(torch.randperm(len(films), generator=random), options.batch):
        batch = films[rows]
        loss = masked_loss(model(batch.features), batch.yes, batch.known, focus=options.focus, margin=options.margin)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
        total += loss.item() * len(batch)
    return total / len(films)


@torch.inference_mode()
def logits_of(model: nn.Module, features: Tensor, batch: int = 4096) -> Tensor:
    """Logits (N, T) in evaluation mode; the mean over the K nets where the model gives (K, B, T)."""
    model.eval()
    parts = [model(part) for part in torch.split(features, batch)]
    return torch.cat([part.mean(0) if part.dim() == 3 else part for part in parts])


def evaluate(model: nn.Module, films: Batch) -> Figures:
    """Validation loss (cross-entropy per film) and mAP."""
    logits = logits_of(model, films.features)
    truth = Truth(yes=films.yes.numpy() > 0, known=films.known.numpy() > 0)
    areas = average_precisions(logits.numpy().astype(np.float64), truth)
    loss = masked_loss(logits, films.yes, films.known)
    return {"validation_loss": float(loss), "validation_map": mean_of_known(areas)}


def fit(
    model: nn.Module,
    train: Batch,
    validation: Batch,
    options: LoopOptions,
    *,
    seed: int,
    progress: Report | None = None,
    should_stop: ShouldStop | None = None,
) -> list[Figures]:
    """Train until validation mAP stops rising and leave the best epoch's weights in the model.

    The same seed, data and number of threads give the same weights. Without validation films the last epoch stays.
    Gives the figures of every epoch. Raises Stopped when ``should_stop()`` says so between two epochs, ValueError
    without training films.
    """
    if not len(train):
        raise ValueError("there is no film to train on")
    history: list[Figures] = []
    best, best_state, since = -1.0, model.state_dict(), 0
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        random = torch.Generator().manual_seed(seed)
        optimizer, schedule = _optimizer(model, len(train), options)
        for epoch in range(1, options.epochs + 1):
            if should_stop and should_stop():
                raise Stopped
            figures = {"train_loss": train_one_epoch(model, train, optimizer, schedule, options, random)}
            figures |= evaluate(model, validation) if len(validation) else {}
            history.append(figures)
            if progress:
                progress(epoch, options.epochs, figures)
            score, since = figures.get("validation_map", float(epoch)), since + 1
            if score > best:
                best, best_state, since = score, _copy(model), 0
            if since >= options.patience:
                break
    model.load_state_dict(best_state)
    return history


def _optimizer(model: nn.Module, films: int, options: LoopOptions) -> tuple[torch.optim.Optimizer, LRScheduler]:
    optimizer = torch.optim.AdamW(model.parameters(), lr=options.learning_rate, weight_decay=options.weight_decay)
    steps = options.epochs * -(-films // options.batch)
    # One step more than is taken: the schedule refuses to be stepped past its end.
    return optimizer, OneCycleLR(optimizer, options.learning_rate, total_steps=steps + 1, pct_start=0.1)


def _copy(model: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}
