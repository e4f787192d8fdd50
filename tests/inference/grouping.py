"""An architecture that learns from labels in no time: films whose plots begin with the same word go together."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file


class Grouping:
    """Scores a term by its share among the known training films whose plot begins with the same word."""

    sees = ("text",)

    def __init__(self, terms: list[str], shares: dict[str, list[float]]) -> None:
        self.terms, self.shares = terms, shares
        self.thresholds = np.full(len(terms), 0.5, np.float32)
        self.parameters = len(shares)

    def scores(self, inputs: Any) -> NDArray[np.float32]:
        nothing = [0.0] * len(self.terms)
        return np.array([self.shares.get(_word(text), nothing) for text in inputs.texts], np.float32)

    def save(self, folder: Path) -> None:
        save_file({"none": np.zeros(1, np.float32)}, folder / "model.safetensors")
        (folder / "groups.json").write_text(json.dumps({"terms": self.terms, "shares": self.shares}))


def _word(text: str) -> str:
    return text.partition(". ")[2].partition(" ")[0].lower()


def train(inputs: Any, snapshot: Any, options: Any, on_epoch: Any) -> Grouping:
    on_epoch(1, 1, {})
    rows = snapshot.rows("train")
    groups: dict[str, list[int]] = {}
    for row in rows.tolist():
        groups.setdefault(_word(inputs.texts[row]), []).append(row)
    shares = {}
    for word, members in groups.items():
        labels = snapshot.labels[members]
        known = np.maximum((labels != -1).sum(0), 1)
        shares[word] = ((labels == 1).sum(0) / known).tolist()
    return Grouping(snapshot.terms, shares)


def load(folder: Path) -> Grouping:
    return Grouping(**json.loads((folder / "groups.json").read_text()))
