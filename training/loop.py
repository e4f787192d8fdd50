"""Training a torch module on partly known labels: train_one_epoch, evaluate, fit with early stopping."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from torch import Tensor, nn
from torch.optim.lr_scheduler import LRScheduler, OneCycleLR

from training.checkpoints import Course, checkpoint_file
from training.losses import LOSSES, class_weights
from training.metrics import Truth, average_precisions, mean_of_known

if TYPE_CHECKING:
    from accelerate import Accelerator

Figures = dict[str, float]
ShouldStop = Callable[[], bool]
Inputs = Tensor | dict[str, Tensor]
Augment = Callable[[Inputs, torch.Generator], Inputs]
AHEAD = 2  # batches that are read while one is being computed
WINDOW = 64  # batches in a row whose films are sorted by length


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
    loss: str = "bce"
    """A name of training.losses.LOSSES."""
    optimizer: str = "adamw"
    """A name of OPTIMIZERS."""
    warmup: float = 0.1
    """Share of the steps over which the learning rate rises."""
    oversample: bool = False
    """Whether films of rare terms are drawn more often."""
    class_weights: bool = False
    """Whether the films of a term weigh more the rarer they are."""
    exclusive: bool = False
    """Whether every film has exactly one of the terms: the likeliest is what is decided."""

    def __post_init__(self) -> None:
        if min(self.epochs, self.batch, self.patience) < 1:
            raise ValueError("epochs, batch and patience must be at least 1")
        if self.learning_rate <= 0 or self.weight_decay < 0:
            raise ValueError("learning_rate must be above 0 and weight_decay must not be negative")
        if not 0 <= self.warmup < 1:
            raise ValueError("warmup must be in [0, 1)")
        if self.loss not in LOSSES or self.optimizer not in OPTIMIZERS:
            raise ValueError(f"unknown loss {self.loss!r} or optimizer {self.optimizer!r}")


OPTIMIZERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "adamw": torch.optim.AdamW,
    "adam": torch.optim.Adam,
    "sgd": lambda parameters, **options: torch.optim.SGD(parameters, momentum=0.9, nesterov=True, **options),
}


class Features(Protocol):
    """What a network sees of N films: a tensor, or something that reads the films of a batch when it is their turn."""

    def __len__(self) -> int: ...

    def __getitem__(self, rows: Tensor, /) -> Any:
        """The network's input for these rows, long (B,): a tensor, or tensors by name."""
        ...


@dataclass(frozen=True)
class Batch:
    """Features of B films with labels as floats (B, T): ``yes`` 0 or 1, ``known`` 0 or 1."""

    features: Features
    yes: Tensor
    known: Tensor

    @classmethod
    def of(cls, features: NDArray[np.float32] | Features, truth: Truth) -> Batch:
        seen = torch.from_numpy(features) if isinstance(features, np.ndarray) else features
        return cls(seen, _floats(truth.yes), _floats(truth.known))

    def __len__(self) -> int:
        return len(self.features)

    def __getitem__(self, rows: Tensor) -> Batch:
        return Batch(self.features[rows], self.yes[rows], self.known[rows])


def _floats(flags: NDArray[np.bool_]) -> Tensor:
    return torch.from_numpy(flags.astype(np.float32))


def ahead(features: Features, parts: Sequence[Tensor]) -> Iterator[Inputs]:
    """The features of each part in turn; where they have to be read first, the next are read meanwhile."""
    if isinstance(features, Tensor):
        yield from (features[rows] for rows in parts)
        return
    with ThreadPoolExecutor(1) as reader:
        waiting = [reader.submit(features.__getitem__, rows) for rows in parts[:AHEAD]]
        for place in range(len(parts)):
            ready = waiting.pop(0).result()
            if place + AHEAD < len(parts):
                waiting.append(reader.submit(features.__getitem__, parts[place + AHEAD]))
            yield ready


def moved(inputs: Inputs, device: torch.device) -> Inputs:
    if isinstance(inputs, Tensor):
        return inputs.to(device, non_blocking=True)
    return {name: tensor.to(device, non_blocking=True) for name, tensor in inputs.items()}


def accelerator(precision: str = "auto") -> Accelerator:
    """Device, mixed precision and further GPUs for networks that are trained end to end.

    precision: "fp32", "bf16", or "auto" for bf16 on a GPU that computes in it. On a processor "auto" is float32:
    small batches gain little there.
    """
    from accelerate import Accelerator

    bf16 = precision == "bf16" or (precision == "auto" and torch.cuda.is_available() and torch.cuda.is_bf16_supported())
    return Accelerator(mixed_precision="bf16" if bf16 else "no")


def train_one_epoch(
    model: nn.Module,
    films: Batch,
    order: Tensor,
    optimizer: torch.optim.Optimizer,
    schedule: LRScheduler,
    options: LoopOptions,
    *,
    weights: Tensor | None = None,
    augment: Callable[[Inputs], Inputs] | None = None,
    accelerator: Accelerator | None = None,
) -> Figures:
    """One pass over the films in this order, long (N,); ``weights`` (T,) of the terms' positives.

    Gives the mean loss and the share of decisions that were right, both as the pass went on.
    """
    model.train()
    device, backward = _device(model), accelerator.backward if accelerator else Tensor.backward
    loss_of, total, right, decided = LOSSES[options.loss], 0.0, 0.0, 0.0
    parts = torch.split(order, options.batch)
    for rows, features in zip(parts, ahead(films.features, parts), strict=True):
        features = moved(features, device)
        with accelerator.autocast() if accelerator else nullcontext():
            logits = model(augment(features) if augment else features)
        yes, known = films.yes[rows].to(device), films.known[rows].to(device)
        loss = loss_of(logits.float(), yes, known, weights)
        optimizer.zero_grad(set_to_none=True)
        backward(loss)
        optimizer.step()
        schedule.step()
        total += loss.item() * len(rows)
        right, decided = right + _right(logits.detach(), yes, known, options.exclusive), decided + float(known.sum())
    return {"train_loss": total / len(order), "train_accuracy": right / max(decided, 1.0)}


def _right(logits: Tensor, yes: Tensor, known: Tensor, exclusive: bool = False) -> float:
    """How many known decisions at 0.5 are right; of several nets, those of their mean. Of terms that exclude each
    other there is one decision, which counts for all of them."""
    logits = logits.mean(0) if logits.dim() == 3 else logits
    if exclusive:
        return float(yes.gather(1, logits.argmax(1, keepdim=True)).sum()) * yes.shape[1]
    decided = logits > 0
    return float(((decided == (yes > 0)) * known).sum())


def _device(model: nn.Module) -> torch.device:
    return next((tensor.device for tensor in model.parameters()), torch.device("cpu"))


@torch.inference_mode()
def logits_of(model: nn.Module, features: Features, batch: int = 4096) -> Tensor:
    """Logits (N, T) in evaluation mode, on the processor; the mean over K nets where the model gives (K, B, T)."""
    model.eval()
    device, parts = _device(model), torch.split(torch.arange(len(features)), batch)
    found = [model(moved(part, device)).float().cpu() for part in ahead(features, parts)]
    return torch.cat([part.mean(0) if part.dim() == 3 else part for part in found])


def evaluate(model: nn.Module, films: Batch, batch: int = 4096, *, exclusive: bool = False) -> Figures:
    """Validation loss (cross-entropy per film), the share of decisions (at 0.5, or for the likeliest of ``exclusive``
    terms) that are right, and mAP."""
    logits = logits_of(model, films.features, batch)
    truth = Truth(yes=films.yes.numpy() > 0, known=films.known.numpy() > 0)
    areas = average_precisions(logits.numpy().astype(np.float64), truth)
    return {
        "validation_loss": float(LOSSES["cross-entropy" if exclusive else "bce"](logits, films.yes, films.known, None)),
        "validation_accuracy": _right(logits, films.yes, films.known, exclusive) / max(float(films.known.sum()), 1.0),
        "validation_map": mean_of_known(areas),
    }


def fit(
    model: nn.Module,
    train: Batch,
    validation: Batch,
    options: LoopOptions,
    *,
    seed: int,
    progress: Report | None = None,
    should_stop: ShouldStop | None = None,
    augment: Augment | None = None,
    accelerator: Accelerator | None = None,
) -> list[Figures]:
    """Train until validation mAP stops rising and leave the best epoch's weights in the model.

    The same seed, data and number of threads give the same weights. Without validation films the last epoch stays.
    ``augment`` changes what the network sees of training films, never of validation films. With an accelerator it
    runs on its device and on all its processes, and can be taken up again after an interruption
    (training/checkpoints.py). Gives the figures of every epoch.

    Raises:
        Stopped: ``should_stop()`` said so between two epochs.
        ValueError: there are no training films.
    """
    if not len(train):
        raise ValueError("there is no film to train on")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        course, learner = _begin(model, train, options, torch.Generator().manual_seed(seed), accelerator)
        kept = checkpoint_file() if accelerator else None
        if kept:
            course.go_on(kept)
        weights = class_weights(train.yes, train.known).to(_device(model)) if options.class_weights else None
        while len(course.history) < options.epochs and course.since < options.patience:
            if should_stop and should_stop():
                raise Stopped
            figures = train_one_epoch(
                learner,
                train,
                _alike(_share(_order(train, options, course.random), accelerator), train, options.batch, course.random),
                course.optimizer,
                course.schedule,
                options,
                weights=weights,
                augment=(lambda seen: augment(seen, course.random)) if augment else None,
                accelerator=accelerator,
            )
            judged = partial(evaluate, model, validation, _large(options), exclusive=options.exclusive)
            course.note(figures | (judged() if len(validation) else {}))
            if kept and accelerator and accelerator.is_main_process:
                course.keep(kept)
            if progress:
                progress(len(course.history), options.epochs, course.history[-1])
    model.load_state_dict(course.best_state)
    return course.history


def _share(order: Tensor, accelerator: Accelerator | None) -> Tensor:
    """This process's part of the films: as many as every other's."""
    if accelerator is None or accelerator.num_processes == 1:
        return order
    whole = len(order) - len(order) % accelerator.num_processes
    return order[:whole][accelerator.process_index :: accelerator.num_processes]


def _large(options: LoopOptions) -> int:
    """Films at once where no gradients are kept."""
    return max(4096, options.batch) if options.batch >= 256 else 2 * options.batch


def _order(films: Batch, options: LoopOptions, random: torch.Generator) -> Tensor:
    """Every film once, in random order; or as many draws, with a film as likely as its rarest term is rare."""
    if not options.oversample:
        return torch.randperm(len(films), generator=random)
    rarity = 1 / (films.yes * films.known).sum(0).clamp(min=1)
    likely = (films.yes * rarity).amax(1)
    floor = float(likely[likely > 0].min()) if bool((likely > 0).any()) else 1.0
    return torch.multinomial(likely.clamp(min=floor), len(films), replacement=True, generator=random)


def _alike(order: Tensor, films: Batch, batch: int, random: torch.Generator) -> Tensor:
    """The same films, long (N,), with those of like length in one batch where their features have lengths: a batch
    is padded to its longest. Which films meet, and the order of the batches, stay random."""
    lengths: Tensor | None = getattr(films.features, "lengths", None)
    if lengths is None:
        return order
    sorted_windows = (part[lengths[part].argsort(stable=True)] for part in torch.split(order, WINDOW * batch))
    batches = [rows for window in sorted_windows for rows in torch.split(window, batch)]
    whole = len(order) // batch
    mixed = [batches[place] for place in torch.randperm(whole, generator=random).tolist()]
    return torch.cat([*mixed, *batches[whole:]])


def _begin(
    model: nn.Module, train: Batch, options: LoopOptions, random: torch.Generator, accelerator: Accelerator | None
) -> tuple[Course, nn.Module]:
    """The course before its first epoch, and the module that is called: the model, or its wrapper on several GPUs."""
    learns = [weights for weights in model.parameters() if weights.requires_grad]
    if accelerator:
        model.to(accelerator.device)
    make = OPTIMIZERS[options.optimizer]
    optimizer = make(learns, lr=options.learning_rate, weight_decay=options.weight_decay)
    films = len(train) // (accelerator.num_processes if accelerator else 1)
    steps = options.epochs * -(-films // options.batch)
    # One step more than is taken: the schedule refuses to be stepped past its end.
    schedule = OneCycleLR(
        optimizer,
        options.learning_rate,
        total_steps=steps + 1,
        pct_start=max(options.warmup, 1.5 / (steps + 1)),  # it divides by the steps of the rise
    )
    learner = model
    if accelerator:
        learner, optimizer = accelerator.prepare(model, optimizer)
    return Course(model, optimizer, schedule, random), learner
