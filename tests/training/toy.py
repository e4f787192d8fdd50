"""An architecture of a few numbers, so that the loop around it can be tested in no time."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file


class Toy:
    """Scores each term by its share among the training films, raised where the slug stands in the text."""

    sees = ("text", "image")

    def __init__(self, terms: list[str], prior: NDArray[np.float32], boost: float) -> None:
        self.terms, self.prior, self.boost = terms, prior, boost
        self.thresholds = np.full(len(terms), 0.5, np.float32)
        self.parameters = len(prior)

    def scores(self, inputs: Any) -> NDArray[np.float32]:
        said = np.array([[term in text.lower() for term in self.terms] for text in inputs.texts], np.float32)
        return np.clip(0.2 * self.prior + self.boost * said.reshape(len(inputs.texts), -1), 0, 1).astype(np.float32)

    def save(self, folder: Path) -> None:
        save_file({"prior": self.prior}, folder / "model.safetensors")
        (folder / "toy.json").write_text(json.dumps({"terms": self.terms, "boost": self.boost}))


def train(inputs: Any, snapshot: Any, options: Any, on_epoch: Any) -> Toy:
    for epoch in (1, 2):
        on_epoch(epoch, 2, {"train_loss": 1.0 / epoch, "validation_loss": 1.0 / epoch})
    share = (snapshot.labels[snapshot.rows("train")] == 1).mean(0).astype(np.float32)
    return Toy(snapshot.terms, share, boost=0.7 if options.seed == 0 else 0.1)


def load(folder: Path) -> Toy:
    options = json.loads((folder / "toy.json").read_text())
    return Toy(options["terms"], load_file(folder / "model.safetensors")["prior"], options["boost"])
