"""Agreement of two people: the figure itself against scikit-learn's, its interval against simulated answers."""

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from training.agreement import FEWEST, Agreement, Answers, agreement, kappas, overall


def answers_of(first: np.ndarray, second: np.ndarray) -> Answers:
    pairs = [(first & second), (first & ~second), (~first & second), (~first & ~second)]
    return Answers(*(int(pair.sum()) for pair in pairs))


def two_people(number: int, seed: int, *, yes: float = 0.3, slip: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    """Both see the same truth, and each slips now and then."""
    random = np.random.default_rng(seed)
    truth = random.random(number) < yes
    return truth ^ (random.random(number) < slip), truth ^ (random.random(number) < slip)


@pytest.mark.parametrize("seed", range(5))
def test_kappa_is_that_of_scikit_learn(seed: int) -> None:
    first, second = two_people(200, seed)
    assert agreement(answers_of(first, second)).kappa == pytest.approx(cohen_kappa_score(first, second))


def test_known_figures() -> None:
    # The textbook example: 20 and 15 agreed of 50, kappa .4.
    found = agreement(Answers(20, 5, 10, 15))
    assert found.kappa == pytest.approx(0.4) and found.observed == pytest.approx(0.7)
    assert agreement(Answers(25, 0, 0, 25)).kappa == 1
    assert agreement(Answers(0, 25, 25, 0)).kappa == -1
    assert found.word == "fair" and agreement(Answers(20, 0, 0, 20)).word == "almost-perfect"


def test_agreement_that_chance_alone_gives_is_no_figure() -> None:
    found = agreement(Answers(0, 0, 0, 40))
    assert found.observed == 1 and found.kappa is None and found.word == "few"
    assert found.high - found.low > 0.5


def test_nothing_answered_is_nothing_known() -> None:
    for found in (agreement(Answers()), overall([])):
        assert (found.observed, found.kappa) == (None, None)
        assert found.low < -0.3 and found.high > 0.5


def test_perfect_agreement_on_few_is_not_certain() -> None:
    few, many = agreement(Answers(5, 0, 0, 5)), agreement(Answers(100, 0, 0, 100))
    assert few.kappa == many.kappa == 1
    assert few.low < 0.8 < many.low < 1
    assert agreement(Answers(FEWEST - 1)).word == "few"


@pytest.mark.parametrize(("number", "yes"), [(30, 0.3), (100, 0.1), (100, 0.5)])
def test_intervals_hold_the_true_kappa_about_as_often_as_they_say(number: int, yes: float) -> None:
    share = yes * 0.9 + (1 - yes) * 0.1
    agreed = 0.9**2 + 0.1**2
    expected = share**2 + (1 - share) ** 2
    true = (agreed - expected) / (1 - expected)
    found: list[Agreement] = [agreement(answers_of(*two_people(number, seed, yes=yes))) for seed in range(300)]
    held = np.mean([each.low <= true <= each.high for each in found])
    assert 0.90 <= held <= 0.995


def test_films_that_hang_together_make_the_interval_wider() -> None:
    """Twenty films of ten terms, of which a person who slips gets all wrong: far less than 200 answers tell."""
    random = np.random.default_rng(3)
    films = [Answers(5, 0, 0, 5) if random.random() < 0.8 else Answers(0, 5, 5, 0) for _ in range(20)]
    pooled, alone = overall(films), agreement(sum(films, Answers()))
    assert pooled.kappa == alone.kappa
    assert pooled.high - pooled.low > 1.5 * (alone.high - alone.low)


def test_many_tables_at_once() -> None:
    tables = np.array([[20, 5, 10, 15], [25, 0, 0, 25], [0, 0, 0, 9]], float)
    assert kappas(tables)[:2] == pytest.approx([0.4, 1])
    assert np.isnan(kappas(tables)[2])
