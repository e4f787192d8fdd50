"""One training in two processes, started by `accelerate launch`: each prints its weights and how many films it saw."""

import json

import numpy as np
import torch
from torch import nn

from training.loop import Batch, LoopOptions, accelerator, fit
from training.metrics import Truth


class Counting(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear, self.seen = nn.Linear(5, 2), 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.seen += len(x) if self.training else 0
        logits: torch.Tensor = self.linear(x)
        return logits


def main() -> None:
    random = np.random.default_rng(0)
    features = random.normal(size=(101, 5)).astype(np.float32)
    films = Batch.of(features, Truth.of((features[:, :2] > 0).astype(int)))
    torch.manual_seed(0)
    model, options = Counting(), LoopOptions(epochs=3, batch=16, learning_rate=0.1)
    here = accelerator("fp32")
    fit(model, films, films, options, seed=0, accelerator=here)
    print(json.dumps({"seen": model.seen, "weights": model.linear.weight.flatten().tolist()}), flush=True)  # noqa: T201
    here.end_training()


if __name__ == "__main__":
    main()
