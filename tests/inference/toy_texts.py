"""An encoder of texts that knows a few words and what they have to do with each other; the rest it takes for noise."""

import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from inference.meaning import lane
from training import encoders
from training.encoders.base import Encoded

ABOUT = {
    0: "vampire vampires count blood castle dracula night",
    1: "astronaut astronauts space rocket planet mars stars",
    2: "love wedding bride kiss romance paris",
    3: "bank robbery heist thieves police money",
    4: "dog dogs puppy boy farm animals",
}
MEANS = {word: axis for axis, words in ABOUT.items() for word in words.split()}
DIMENSION = 32
NOISE = 0.35


class ToyTexts:
    """Of length 1; texts about the same thing point the same way."""

    dimension = DIMENSION

    def __init__(self, name: str = "toy texts 1", korean: bool = False) -> None:
        self.name, self.korean = name, korean
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.encoded += texts
        return np.array([self._vector(text) for text in texts], np.float32)

    def stream(self, texts: Sequence[str]) -> Iterator[Encoded]:
        yield Encoded(list(range(len(texts))), self.encode(texts), {})

    def _vector(self, text: str) -> NDArray[np.float64]:
        vector = np.zeros(DIMENSION)
        for word in "".join(letter if letter.isalnum() else " " for letter in text.lower()).split():
            if word in MEANS:
                vector[MEANS[word]] += 1
            else:
                vector[5:] += NOISE * np.random.default_rng(zlib.crc32(word.encode())).normal(size=DIMENSION - 5) / 5
        length = float(np.linalg.norm(vector))
        return vector / length if length else vector


def use(monkeypatch: pytest.MonkeyPatch, encoder: Any) -> Any:
    """Have this encoder where the site's is asked for, and in place of the worker that encodes queries."""

    def answer(question: lane.Question) -> lane.Encoded | None:
        return lane.Encoded(encoder.name, encoder.encode([question.text])[0])

    monkeypatch.setattr(encoders, "text_encoder", lambda name: encoder)
    monkeypatch.setattr(lane, "ask", lambda text: lane.Question(text, "token"))
    monkeypatch.setattr(lane.Question, "answer", answer)
    return encoder


def silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker answers."""
    monkeypatch.setattr(lane, "ask", lambda text: lane.Question(text, ""))
    monkeypatch.setattr(lane.Question, "answer", lambda question: None)
