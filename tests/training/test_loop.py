"""The loop: masked loss, early stopping, the same seed the same weights, stopping on request."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from training.checkpoints import resumable
from training.loop import Batch, LoopOptions, Stopped, accelerator, evaluate, fit, logits_of
from training.metrics import Truth


def batch(films: int = 200, seed: int = 0) -> Batch:
    random = np.random.default_rng(seed)
    features = random.normal(size=(films, 5)).astype(np.float32)
    labels = (features[:, :2] + 0.3 * random.normal(size=(films, 2)) > 0).astype(int)
    labels[random.random(labels.shape) < 0.2] = -1
    return Batch.of(features, Truth.of(labels))


def linear(seed: int = 0) -> nn.Linear:
    torch.manual_seed(seed)
    return nn.Linear(5, 2)


def test_it_learns_and_reports_every_epoch() -> None:
    model, seen = linear(), []
    options = LoopOptions(epochs=12, batch=32, learning_rate=0.1, patience=12)
    history = fit(model, batch(), batch(80, 1), options, seed=0, progress=lambda *row: seen.append(row))
    assert [(epoch, total) for epoch, total, _ in seen] == [(epoch, 12) for epoch in range(1, 13)]
    assert [figures for _, _, figures in seen] == history
    assert history[-1]["train_loss"] < history[0]["train_loss"]
    assert evaluate(model, batch(80, 1))["validation_map"] > 0.95


def test_the_best_epoch_stays_and_training_ends_early() -> None:
    options = LoopOptions(epochs=60, batch=32, learning_rate=0.1, patience=3)
    model = linear()
    history = fit(model, batch(), batch(80, 1), options, seed=0)
    best = max(figures["validation_map"] for figures in history)
    assert len(history) < 60
    assert evaluate(model, batch(80, 1))["validation_map"] == best
    assert history[-4]["validation_map"] == best


def test_the_same_seed_gives_the_same_weights() -> None:
    class Dropped(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = linear()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.linear(F.dropout(x, 0.5, self.training))  # type: ignore[no-any-return]

    weights = []
    for seed in (1, 1, 2):
        model = Dropped()
        torch.rand(3)  # what else is drawn in the process must not matter
        fit(model, batch(), batch(80, 1), LoopOptions(epochs=3), seed=seed)
        weights.append(model.linear.weight.detach().clone())
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_without_validation_films_the_last_epoch_stays() -> None:
    model = linear()
    history = fit(model, batch(), batch(0), LoopOptions(epochs=3, learning_rate=0.1), seed=0)
    assert [set(figures) for figures in history] == [{"train_loss", "train_accuracy"}] * 3
    assert evaluate(model, batch())["validation_map"] > evaluate(linear(), batch())["validation_map"]


def test_it_stops_when_asked() -> None:
    asked = iter([False, True])
    with pytest.raises(Stopped):
        fit(linear(), batch(), batch(10), LoopOptions(), seed=0, should_stop=lambda: next(asked))


def test_no_training_films_are_refused() -> None:
    with pytest.raises(ValueError, match="no film"):
        fit(linear(), batch(0), batch(10), LoopOptions(), seed=0)


def test_logits_of_an_ensemble_are_their_mean() -> None:
    features = torch.randn(7, 5)
    pair = nn.Module()
    pair.forward = lambda x: torch.stack([x[:, :2], 3 * x[:, :2]])
    assert torch.allclose(logits_of(pair, features, batch=3), 2 * features[:, :2])


@pytest.mark.parametrize(
    "wrong", [{"epochs": 0}, {"learning_rate": 0.0}, {"warmup": 1.0}, {"loss": "l2"}, {"optimizer": "x"}]
)
def test_impossible_options_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must|unknown"):
        LoopOptions(**wrong)


class Lazy:
    """Films whose features are read when their batch is due."""

    def __init__(self, features: torch.Tensor) -> None:
        self.features, self.read = features, list[torch.Tensor]()

    def __len__(self) -> int:
        return len(self.features)

    def __getitem__(self, rows: torch.Tensor) -> torch.Tensor:
        self.read.append(rows)
        return self.features[rows]


def test_features_that_are_read_when_needed_give_the_same_weights() -> None:
    films, options = batch(), LoopOptions(epochs=3, batch=32, learning_rate=0.1)
    at_hand, read = linear(), linear()
    fit(at_hand, films, batch(80, 1), options, seed=0)
    lazy = Lazy(films.features[torch.arange(len(films))])
    fit(read, Batch(lazy, films.yes, films.known), batch(80, 1), options, seed=0)
    assert torch.equal(at_hand.weight, read.weight)
    assert len(torch.cat(lazy.read)) == 3 * len(films)
    assert torch.equal(logits_of(read, lazy, batch=7), logits_of(at_hand, lazy.features))


class Padded:
    """Features with lengths, as texts have them; notes which rows are read together."""

    def __init__(self, lengths: torch.Tensor) -> None:
        self.lengths, self.read = lengths, list[list[int]]()

    def __len__(self) -> int:
        return len(self.lengths)

    def __getitem__(self, rows: torch.Tensor) -> torch.Tensor:
        self.read.append(rows.tolist())
        return self.lengths[rows, None].float() * torch.ones(5)


def test_films_of_like_length_meet_in_a_batch_at_random() -> None:
    lengths = torch.randint(1, 500, (1003,), generator=torch.Generator().manual_seed(0))
    runs = []
    for seed in (1, 1, 2):
        padded = Padded(lengths)
        films = Batch(padded, torch.ones(1003, 2), torch.ones(1003, 2))
        nothing = Batch.of(np.zeros((0, 5), np.float32), Truth.of(np.zeros((0, 2), int)))
        fit(linear(), films, nothing, LoopOptions(epochs=2, batch=8, learning_rate=1e-5), seed=seed)
        runs.append(padded.read)
    assert runs[0] == runs[1] != runs[2]
    first, second = runs[0][:126], runs[0][126:]
    for epoch in (first, second):
        assert sorted(row for rows in epoch for row in rows) == list(range(1003))
        assert [len(rows) for rows in epoch] == [8] * 125 + [3]
        computed = sum(len(rows) * int(lengths[rows].max()) for rows in epoch)
        assert computed < 1.05 * int(lengths.sum())  # at random: 1.8 times
        longest = [int(lengths[rows].max()) for rows in epoch]
        rises = [later > earlier for earlier, later in pairwise(longest[:64])]  # within one window
        assert 0.25 < sum(rises) / len(rises) < 0.75
    assert {frozenset(rows) for rows in first}.isdisjoint(frozenset(rows) for rows in second)


@pytest.mark.parametrize("optimizer", ["adamw", "adam", "sgd"])
@pytest.mark.parametrize("loss", ["bce", "asymmetric"])
def test_every_optimizer_and_loss_learns(optimizer: str, loss: str) -> None:
    model, rate = linear(), 0.1 if optimizer == "sgd" else 0.05
    options = LoopOptions(epochs=8, batch=32, learning_rate=rate, optimizer=optimizer, loss=loss, warmup=0.0)
    history = fit(model, batch(), batch(80, 1), options, seed=0, accelerator=accelerator("fp32"))
    assert history[-1]["validation_map"] > 0.9


def test_only_training_films_are_augmented() -> None:
    seen: list[int] = []

    def augment(features: Any, random: torch.Generator) -> Any:
        seen.append(len(features))
        return features + torch.randn(features.shape, generator=random)

    plain, changed = linear(), linear()
    options = LoopOptions(epochs=2, batch=200, learning_rate=0.1)
    fit(plain, batch(), batch(80, 1), options, seed=0)
    fit(changed, batch(), batch(80, 1), options, seed=0, augment=augment)
    assert seen == [200, 200]
    assert not torch.equal(plain.weight, changed.weight)


def test_oversampling_draws_films_of_rare_terms_more_often() -> None:
    yes = torch.zeros(1000, 2)
    yes[:500, 0], yes[:10, 1] = 1, 1
    features = Lazy(torch.zeros(1000, 5))
    options = LoopOptions(epochs=1, batch=100, oversample=True)
    fit(linear(), Batch(features, yes, torch.ones(1000, 2)), batch(0), options, seed=0)
    films = torch.cat(features.read)
    assert len(films) == 1000
    assert 280 < int((films < 10).sum()) < 400  # ten films of 1/10 against 990 of 1/500: a third


def test_frozen_weights_stay() -> None:
    first = nn.Linear(5, 5)
    model, before = nn.Sequential(first, nn.Linear(5, 2)), first.weight.clone()
    first.requires_grad_(False)
    fit(model, batch(), batch(80, 1), LoopOptions(epochs=2, learning_rate=0.1), seed=0)
    assert torch.equal(first.weight, before)


def test_an_interrupted_training_ends_with_the_same_weights(tmp_path: Path) -> None:
    class Dropping(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = linear()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.linear(F.dropout(x, 0.2, self.training))  # type: ignore[no-any-return]

    options, epochs = LoopOptions(epochs=6, batch=32, learning_rate=0.05, patience=6), []
    whole, broken, again = Dropping(), Dropping(), Dropping()
    fit(whole, batch(), batch(80, 1), options, seed=0, accelerator=accelerator("fp32"))

    def interrupt(epoch: int, _total: int, _figures: dict[str, float]) -> None:
        if epoch == 3:
            raise KeyboardInterrupt

    with resumable(tmp_path):
        with pytest.raises(KeyboardInterrupt):
            fit(broken, batch(), batch(80, 1), options, seed=0, progress=interrupt, accelerator=accelerator("fp32"))
        history = fit(
            again,
            batch(),
            batch(80, 1),
            options,
            seed=0,
            progress=lambda epoch, *_: epochs.append(epoch),
            accelerator=accelerator("fp32"),
        )
    assert epochs == [4, 5, 6] and len(history) == 6
    assert torch.equal(whole.linear.weight, again.linear.weight)


def test_a_training_without_an_accelerator_keeps_nothing(tmp_path: Path) -> None:
    with resumable(tmp_path):
        fit(linear(), batch(), batch(80, 1), LoopOptions(epochs=2), seed=0)
    assert not list(tmp_path.iterdir())
