"""The loop: masked loss, early stopping, the same seed the same weights, stopping on request."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from training.loop import Batch, LoopOptions, Stopped, evaluate, fit, logits_of, masked_loss
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


def test_loss_is_cross_entropy_over_known_cells() -> None:
    logits = torch.tensor([[0.3, -2.0], [1.0, 4.0]])
    yes, known = torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([[1.0, 1.0], [1.0, 0.0]])
    cells = F.binary_cross_entropy_with_logits(logits, yes, reduction="none")
    expected = (cells[0, 0] + cells[0, 1] + cells[1, 0]) / 2
    assert masked_loss(logits, yes, known).item() == pytest.approx(expected.item(), rel=1e-6)
    three_nets = logits.expand(3, 2, 2)
    assert masked_loss(three_nets, yes, known).item() == pytest.approx(expected.item(), rel=1e-6)


def test_unknown_cells_send_no_gradient() -> None:
    logits = torch.zeros(1, 2, requires_grad=True)
    masked_loss(logits, torch.tensor([[1.0, 1.0]]), torch.tensor([[1.0, 0.0]]), focus=2.0, margin=0.05).backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    assert logits.grad[0, 0] < 0
    assert logits.grad[0, 1] == 0


def test_asymmetric_loss_by_hand() -> None:
    probability, focus, margin = 0.4, 2.0, 0.1
    logits = torch.logit(torch.tensor([[probability]]))
    expected = -((probability - margin) ** focus) * np.log(1 - (probability - margin))
    loss = masked_loss(logits, torch.zeros(1, 1), torch.ones(1, 1), focus=focus, margin=margin)
    assert loss.item() == pytest.approx(expected, rel=1e-5)
    easy = torch.logit(torch.tensor([[0.05]]))
    assert masked_loss(easy, torch.zeros(1, 1), torch.ones(1, 1), margin=margin).item() == 0


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
    assert [set(figures) for figures in history] == [{"train_loss"}] * 3
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


@pytest.mark.parametrize("wrong", [{"epochs": 0}, {"learning_rate": 0.0}, {"focus": -1.0}, {"margin": 1.0}])
def test_impossible_options_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        LoopOptions(**wrong)
