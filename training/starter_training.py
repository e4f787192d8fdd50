"""Train the starter poster encoder from scratch on a CPU.

One encoder, four linear heads that are thrown away afterwards: genres and keywords (binary cross
entropy), the plot's MiniLM vector (contrastive, as in CLIP, arXiv:2103.00020) and year and language.
AdamW, one-cycle learning rate, bf16, a moving average of the weights as the result.
"""

import copy
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score
from torch import Tensor, nn
from torch.nn import functional as F

from training import starter_data as data
from training.architectures import starter
from training.architectures.starter import StarterConfig, StarterEncoder

Report = Callable[[dict[str, float]], None]


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that can be tuned; the defaults are the ones of the published weights."""

    encoder: StarterConfig = field(default_factory=StarterConfig)
    epochs: int = 54
    batch: int = 128
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    warmup: float = 0.1  # share of all steps
    small_until: float = 0.6  # this share of the epochs sees smaller posters, which is cheaper
    small_share: float = 0.75  # of the encoder's width and height
    average_over: float = 0.1  # length of the moving average of weights, as a share of all steps
    dropout: float = 0.2
    genre_weight: float = 1.0
    tag_weight: float = 3.0
    plot_weight: float = 0.2
    fact_weight: float = 0.2
    seed: int = 0


class Heads(nn.Module):
    """The linear heads over the poster's vector, used in training only."""

    def __init__(self, dimension: int, targets: data.Targets, dropout: float) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.genres = nn.Linear(dimension, targets.genres.shape[1])
        self.tags = nn.Linear(dimension, targets.tags.shape[1])
        self.plots = nn.Linear(dimension, targets.plots.shape[1])
        self.facts = nn.Linear(dimension, targets.facts.shape[1])
        self.log_scale = nn.Parameter(torch.tensor(math.log(10.0)))

    def forward(self, vectors: Tensor) -> dict[str, Tensor]:
        """(B, D) to one (B, terms) tensor per head."""
        x = self.dropout(vectors)
        return {
            "genres": self.genres(x),
            "tags": self.tags(x),
            "plots": self.plots(x),
            "facts": self.facts(x),
        }


class Learner(nn.Module):
    """The encoder and its heads, as one thing to optimise and to average."""

    def __init__(self, config: TrainingConfig, targets: data.Targets) -> None:
        super().__init__()
        self.encoder = StarterEncoder(config.encoder)
        self.heads = Heads(config.encoder.dimension, targets, config.dropout)


def masked_mean(loss: Tensor, known: Tensor) -> Tensor:
    """Mean over what is known; 0 where nothing is."""
    known = known.expand_as(loss)
    return (loss * known).sum() / known.sum().clamp(min=1)


def contrastive(predicted: Tensor, plots: Tensor, log_scale: Tensor) -> Tensor:
    """Which plot of the batch belongs to which poster, asked both ways; (B, 384) each."""
    known = plots.abs().sum(1) > 0
    predicted, plots = F.normalize(predicted[known], dim=1), plots[known]
    similarity = log_scale.clamp(max=math.log(50)).exp() * predicted @ plots.T  # (B, B)
    right = torch.arange(len(similarity))
    return (F.cross_entropy(similarity, right) + F.cross_entropy(similarity.T, right)) / 2


def losses(outputs: dict[str, Tensor], batch: dict[str, Tensor], log_scale: Tensor) -> dict[str, Tensor]:
    """One number per head."""
    bce = F.binary_cross_entropy_with_logits
    facts = torch.stack(
        [
            F.smooth_l1_loss(outputs["facts"][:, 0], batch["facts"][:, 0], reduction="none"),
            bce(outputs["facts"][:, 1], batch["facts"][:, 1], reduction="none"),
        ],
        dim=1,
    )
    return {
        "genres": masked_mean(bce(outputs["genres"], batch["genres"], reduction="none"), batch["genres_known"]),
        "tags": masked_mean(bce(outputs["tags"], batch["tags"], reduction="none"), batch["tags_known"]),
        "plots": contrastive(outputs["plots"], batch["plots"], log_scale),
        "facts": masked_mean(facts, batch["facts_known"]),
    }


def normalise(posters: Tensor, config: StarterConfig) -> Tensor:
    """(B, H, W, 3) uint8 to what the encoder takes: (B, 3, H, W) in channels-last order."""
    return standardise(posters.permute(0, 3, 1, 2).float() / 255, config)


def standardise(pixels: Tensor, config: StarterConfig) -> Tensor:
    """Pixels on the 0 to 1 scale, per channel to mean 0 and deviation 1: (B, 3, H, W)."""
    mean, std = (torch.tensor(value).view(1, 3, 1, 1) for value in (config.mean, config.std))
    return ((pixels - mean) / std).contiguous(memory_format=torch.channels_last)


def view_size(config: TrainingConfig, epoch: int) -> tuple[int, int]:
    """Width and height of the views of an epoch, counted from 0: small first, then the encoder's own."""
    width, height = config.encoder.size
    if epoch >= config.small_until * config.epochs:
        return width, height
    return round(width * config.small_share), round(height * config.small_share)


def batches(
    posters: NDArray[np.uint8],
    targets: data.Targets,
    rows: NDArray[np.int64],
    config: TrainingConfig,
    epoch: int,
) -> Iterator[tuple[Tensor, dict[str, Tensor]]]:
    """One epoch of augmented batches in random order, the same for the same seed and epoch."""
    random = np.random.default_rng([config.seed, epoch])
    size = view_size(config, epoch)
    generator = torch.Generator().manual_seed(int(random.integers(2**31)))
    order = random.permutation(rows)
    for start in range(0, len(order) - config.batch + 1, config.batch):
        chosen = order[start : start + config.batch]
        views = np.stack([data.augment(posters[row], size, random) for row in chosen])
        pixels = torch.from_numpy(views).permute(0, 3, 1, 2).float() / 255
        pixels = standardise(data.jitter_colours(pixels, generator), config.encoder)
        yield pixels, {name: torch.from_numpy(value[chosen]) for name, value in vars(targets).items()}


def one_cycle(step: int, steps: int, warmup: float) -> float:
    """Share of the peak learning rate: linear warm-up, then half a cosine down to 0."""
    rise = max(1, int(warmup * steps))
    if step < rise:
        return (step + 1) / rise
    return 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise)))


def optimiser_of(model: nn.Module, config: TrainingConfig) -> torch.optim.Optimizer:
    """AdamW; norms and biases do not decay."""
    matrices = [p for p in model.parameters() if p.ndim > 1]
    vectors = [p for p in model.parameters() if p.ndim <= 1]
    groups = [
        {"params": matrices, "weight_decay": config.weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=config.learning_rate)


@torch.no_grad()
def move_average(average: nn.Module, model: nn.Module, step: int, length: float) -> None:
    """Pull the average towards the model; at first, when there is little to average, faster."""
    share = max(1 / length, 1 / (step + 1))
    for kept, new in zip(average.state_dict().values(), model.state_dict().values(), strict=True):
        if kept.is_floating_point():
            kept.lerp_(new, share)
        else:
            kept.copy_(new)


@torch.inference_mode()
def predict(learner: Learner, posters: NDArray[np.uint8], size: int = 128) -> NDArray[np.float32]:
    """Genre logits of posters that already have the encoder's size: (N, h, w, 3) to (N, G)."""
    learner.eval()
    rows = []
    for start in range(0, len(posters), size):
        pixels = normalise(torch.from_numpy(posters[start : start + size]), learner.encoder.config)
        with torch.autocast("cpu", torch.bfloat16):
            vectors = learner.encoder(pixels)
        rows.append(learner.heads(vectors.float())["genres"].numpy())
    return np.concatenate(rows)


def mean_average_precision(scores: NDArray[np.float32], targets: data.Targets, rows: NDArray[np.int64]) -> float:
    """Over the genres that have at least 10 films among `rows`; scores are those rows' alone."""
    precisions = []
    for genre in range(scores.shape[1]):
        known = targets.genres_known[rows, genre] > 0
        right = targets.genres[rows, genre][known]
        if right.sum() >= 10:
            precisions.append(average_precision_score(right, scores[known, genre]))
    return float(np.mean(precisions))


def train_one_epoch(
    learner: Learner,
    average: Learner,
    optimiser: torch.optim.Optimizer,
    loader: Iterator[tuple[Tensor, dict[str, Tensor]]],
    config: TrainingConfig,
    steps: range,
    total_steps: int,
) -> dict[str, float]:
    """One pass over the train films, the batches counted by `steps`; the mean of each loss."""
    weights = {
        "genres": config.genre_weight,
        "tags": config.tag_weight,
        "plots": config.plot_weight,
        "facts": config.fact_weight,
    }
    totals = dict.fromkeys(weights, 0.0)
    learner.train()
    for step, (pixels, batch) in zip(steps, loader, strict=True):
        for group in optimiser.param_groups:
            group["lr"] = config.learning_rate * one_cycle(step, total_steps, config.warmup)
        with torch.autocast("cpu", torch.bfloat16):
            vectors = learner.encoder(pixels)
        parts = losses(learner.heads(vectors.float()), batch, learner.heads.log_scale)
        optimiser.zero_grad()
        torch.stack([weights[name] * part for name, part in parts.items()]).sum().backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(learner.parameters(), 5.0)
        optimiser.step()
        move_average(average, learner, step, config.average_over * total_steps)
        for name, part in parts.items():
            totals[name] += part.item() / len(steps)
    return {f"{name} loss": total for name, total in totals.items()}


def train(
    posters: NDArray[np.uint8],
    targets: data.Targets,
    split: NDArray[np.str_],
    config: TrainingConfig,
    report: Report,
) -> tuple[StarterEncoder, dict[str, Any]]:
    """The averaged encoder after the last epoch, and its figures on the validation rows.

    posters (N, h, w, 3) larger than the encoder's size; `split` says "train" or "validation" per row.
    """
    torch.manual_seed(config.seed)
    learner = Learner(config, targets)
    learner.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = copy.deepcopy(learner).requires_grad_(False)
    optimiser = optimiser_of(learner, config)
    rows, held_out = np.flatnonzero(split == "train"), np.flatnonzero(split == "validation")
    whole = np.stack([data.squeeze(poster, config.encoder.size) for poster in posters[held_out]])
    per_epoch = len(rows) // config.batch
    started = time.perf_counter()
    figures: dict[str, float] = {}
    for epoch in range(config.epochs):
        loader = batches(posters, targets, rows, config, epoch)
        steps = range(epoch * per_epoch, (epoch + 1) * per_epoch)
        figures = train_one_epoch(learner, average, optimiser, loader, config, steps, config.epochs * per_epoch)
        figures["validation mAP"] = mean_average_precision(predict(average, whole), targets, held_out)
        figures["seconds"] = time.perf_counter() - started
        report({"epoch": epoch + 1, **figures})
    return average.encoder, {**figures, "training": asdict(config)}


def train_from_files(
    films_csv: Path, folder: Path, keywords: Path | None, out: Path, config: TrainingConfig, report: Report
) -> None:
    """Read, train and write the encoder's folder with what it was made of. Test films are not even read.

    Raises ValueError where there are too few films to train on.
    """
    films = data.read_films(films_csv, folder, data.read_keywords(keywords) if keywords else {})
    films = [film for film in films if film.split != "test"]
    split = np.array([film.split for film in films])
    counts = {part: int((split == part).sum()) for part in ("train", "validation")}
    if counts["train"] < config.batch or not counts["validation"]:
        raise ValueError(f"too few films with posters: {counts}; one batch has {config.batch}.")
    genres, tags = data.vocabularies(films)
    targets = data.targets_of(films, data.encode_plots(films), genres, tags)
    encoder, figures = train(data.read_posters(films, folder), targets, split, config, report)
    facts = {
        "targets": {"genres": genres, "tags": len(tags), "plots": "all-MiniLM-L6-v2", "facts": ["year", "language"]},
        "films": {**counts, "fingerprint": data.fingerprint(films)},
        "split": "training.splits.split_of(imdb_id): 80 train, 10 validation, 10 test, by hash",
        **figures,
    }
    starter.save(encoder, out, facts)
