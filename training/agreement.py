"""How well two people agree on yes or no, beyond what chance would give: Cohen's kappa with its interval.

kappa = (observed - expected) / (1 - expected), where ``expected`` is how often two people would agree who say yes as
often as these two do, but by lot (Cohen 1960). A rare term has high agreement for nothing, and kappa takes that away.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWS = 4000
PRIOR = 0.5  # Jeffreys' prior: half an answer in each cell before anybody has answered
FEWEST = 10  # answers below which an interval says next to nothing
# Landis and Koch 1977: the words that people in the field use.
WORDS = ((0.81, "almost-perfect"), (0.61, "substantial"), (0.41, "moderate"), (0.21, "fair"), (0.0, "slight"))


@dataclass(frozen=True)
class Answers:
    """How often two people said what of the same things: the first's answer, then the second's."""

    both_yes: int = 0
    yes_no: int = 0
    no_yes: int = 0
    both_no: int = 0

    @property
    def number(self) -> int:
        return self.both_yes + self.yes_no + self.no_yes + self.both_no

    @property
    def different(self) -> int:
        return self.yes_no + self.no_yes

    @property
    def cells(self) -> NDArray[np.float64]:
        """(4,)"""
        return np.array([self.both_yes, self.yes_no, self.no_yes, self.both_no], np.float64)

    def __add__(self, other: "Answers") -> "Answers":
        return Answers(*(int(n) for n in self.cells + other.cells))


@dataclass(frozen=True)
class Agreement:
    """Kappa of some answers with the bounds that hold it with a probability of 95 %.

    ``kappa`` is None where chance alone makes everybody agree (both said the same of everything), and then as in
    every other case ``low`` and ``high`` say how little is known.
    """

    answers: Answers
    observed: float | None
    kappa: float | None
    low: float
    high: float

    @property
    def word(self) -> str:
        """Which of WORDS the kappa is; "poor" below chance, "few" where there are too few answers for any."""
        if self.kappa is None or self.answers.number < FEWEST:
            return "few"
        return next((word for least, word in WORDS if self.kappa >= least), "poor")


def kappas(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cohen's kappa of each row of ``cells`` (..., 4), counts or shares; NaN where chance alone is certain to agree."""
    shares = cells / cells.sum(-1, keepdims=True)
    first, second = shares[..., 0] + shares[..., 1], shares[..., 0] + shares[..., 2]
    expected = first * second + (1 - first) * (1 - second)
    with np.errstate(invalid="ignore", divide="ignore"):
        kappa = (shares[..., 0] + shares[..., 3] - expected) / (1 - expected)
    return np.where(1 - expected > 1e-12, kappa, np.nan)


def agreement(answers: Answers, seed: int = 0) -> Agreement:
    """Kappa with a credible interval: the four cells' shares have a Dirichlet distribution after these answers.

    The usual standard error is 0 where two people agree on ten of ten, as if that were certain. This one is not.
    """
    drawn = np.random.default_rng(seed).dirichlet(answers.cells + PRIOR, DRAWS)
    return _agreement(answers, kappas(drawn))


def overall(films: Sequence[Answers], seed: int = 0) -> Agreement:
    """Kappa over all terms at once, from the answers of each film.

    What one film is asked of its terms hangs together, so the interval draws films, not answers (with Jeffreys'
    prior laid on top, for the same reason as above).
    """
    total = sum(films, Answers())
    if not films:
        return agreement(total, seed)
    random = np.random.default_rng(seed)
    weights = random.multinomial(len(films), np.full(len(films), 1 / len(films)), DRAWS)
    drawn = np.asarray(weights @ np.stack([film.cells for film in films]), np.float64)
    return _agreement(total, kappas(drawn + PRIOR))


def _agreement(answers: Answers, drawn: NDArray[np.float64]) -> Agreement:
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    if not answers.number:
        return Agreement(answers, None, None, float(low), float(high))
    kappa = float(kappas(answers.cells))
    observed = (answers.both_yes + answers.both_no) / answers.number
    return Agreement(answers, observed, None if np.isnan(kappa) else kappa, float(low), float(high))
