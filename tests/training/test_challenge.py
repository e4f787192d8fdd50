"""Challenger against champion: on which films and terms, with whose scores and thresholds, and when the champion loses
without a comparison."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import f1_score

from catalog.models import Film
from catalog.progress import Silent
from tests.training.test_evaluation import Fixed, films
from training import challenge, registry
from training.encoders import EncoderUnavailable
from training.manifest import DamagedModel
from training.models import Task
from training.snapshot import Snapshot

# Films 1 and 5 are test films for ever; by an official split, film 0 could be one too.
KEYS = ["tt0004150", "tt0012190", "tt0012364", "tt0004972", "tt0007558", "tt0017423"]
OURS, THEIRS = ["comedy", "war", "drama"], ["drama", "horror", "comedy"]
LABELS = np.array([[1, 0, 1], [1, 0, 1], [0, 1, 0], [1, 1, 0], [0, 0, 1], [0, 1, 1]], np.int8)
SCORES = {
    "ours": np.array([[0.1] * 3, [0.6, 0.1, 0.2], [0.9] * 3, [0.5] * 3, [0.4] * 3, [0.3, 0.9, 0.8]], np.float32),
    "theirs": np.array([[0.9] * 3, [0.3, 0.8, 0.3], [0.1] * 3, [0.2] * 3, [0.7] * 3, [0.2, 0.9, 0.4]], np.float32),
}


def model(terms: list[str], table: str, thresholds: list[float], **config: Any) -> registry.Model:
    cuts, config = np.array(thresholds, np.float32), {"architecture": "heads"} | config
    return registry.Model(
        Fixed(plot=SCORES[table]), terms, cuts, f"{table} text", f"{table} image", {"architecture": "heads"} | config
    )


def snapshot(*test: int) -> Snapshot:
    splits = np.array(["test" if row in test else "train" for row in range(6)])
    return Snapshot(Task.GENRES, OURS, [100 + row for row in range(6)], KEYS, splits, LABELS, "hash")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Which encoders films were read with; there is a champion and none of its encoders has changed."""
    used: list[tuple[str, str]] = []

    def read_inputs(film_ids: list[int], text: str, image: str, *_: Any) -> Any:
        used.append((text, image))
        return films([True] * 6, [False] * 6).take(np.array(film_ids) - 100)

    monkeypatch.setattr(challenge, "read_inputs", read_inputs)
    monkeypatch.setattr(challenge, "named_encoders", lambda *names: (SimpleNamespace(name="minilm:1"), None))
    monkeypatch.setattr(registry, "champion", lambda task: SimpleNamespace(name="genres-1"))
    return used


def compared(monkeypatch: pytest.MonkeyPatch, theirs: registry.Model, taken: Snapshot) -> dict[str, Any]:
    monkeypatch.setattr(registry, "load", lambda version: theirs)
    ours = model(OURS, "ours", [0.5, 0.5, 0.7])
    return challenge.compare_with_champion(ours, taken, films([True] * 6, [False] * 6), Silent())


def test_both_are_judged_on_shared_terms_at_their_own_thresholds(
    read: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = compared(monkeypatch, model(THEIRS, "theirs", [0.25, 0.5, 0.3]), snapshot(1, 5))
    # comedy and drama of films 1 and 5: yes yes, no yes; ours says yes no, no yes; theirs says yes yes, yes no
    yes, ours, theirs = [1, 1, 0, 1], [1, 0, 0, 1], [1, 1, 1, 0]
    gain = f1_score(yes, ours) - f1_score(yes, theirs)
    assert found["difference"]["micro_f1"]["value"] == pytest.approx(gain)
    assert (found["films"], found["terms"], found["against"]) == (2, 2, "genres-1")
    assert read == [("theirs text", "theirs image")]
    macro = ((1 + 2 / 3) - (2 / 3 + 2 / 3)) / 2
    assert found["better"]
    assert found["reason"] == f"better than genres-1 by {(gain + macro) / 2 * 100:+.2f} points on 2 test films"


def test_a_challenger_that_is_not_better_is_told_so(
    read: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = compared(monkeypatch, model(THEIRS, "theirs", [0.2, 0.5, 0.25]), snapshot(1, 5))
    assert not found["better"]
    assert found["reason"].startswith("not better than genres-1 by -")


def test_films_that_a_hash_split_champion_learned_from_are_left_out(
    read: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for config in ({}, {"options": {"split": "hash"}}):
        found = compared(monkeypatch, model(THEIRS, "theirs", [0.5] * 3, **config), snapshot(0, 1, 2))
        assert found["films"] == 1


@pytest.mark.django_db
def test_films_that_an_official_split_champion_learned_from_are_left_out(
    read: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    official = model(THEIRS, "theirs", [0.5] * 3, options={"split": "mmimdb"})
    for row, part in ((0, "train"), (1, "test")):
        Film.objects.create(pk=100 + row, key=KEYS[row], title="A film", external={"split:mmimdb": part})
    assert compared(monkeypatch, official, snapshot(0, 1, 2))["films"] == 2  # film 2 is in no part of it


def test_a_stratified_champion_is_compared_on_the_same_labels_only(
    read: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for its_labels, judged in (("hash", 3), ("other", None)):
        champion = model(THEIRS, "theirs", [0.5] * 3, options={"split": "stratified"}, dataset_hash=its_labels)
        assert compared(monkeypatch, champion, snapshot(0, 1, 2)).get("films") == judged


@pytest.mark.parametrize(("terms", "test"), [(["horror", "western"], (1, 5)), (THEIRS, (0, 2))])
def test_with_nothing_to_compare_on_the_champion_stays(
    terms: list[str], test: tuple[int, ...], read: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = compared(monkeypatch, model(terms, "theirs", [0.5] * len(terms)), snapshot(*test))
    assert (found["better"], found["against"]) == (False, "genres-1")
    assert "in common" in found["reason"]


def test_where_there_is_no_champion_the_challenger_is_better(
    read: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "champion", lambda task: None)
    assert compared(monkeypatch, model(THEIRS, "theirs", [0.5] * 3), snapshot(1))["better"]


def test_a_champion_that_learned_from_other_encoders_loses(
    read: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for learned, unusable in ((["minilm:0"], True), (["minilm:1"], False), (["minilm:1", "starter:1"], True)):
        champion = model(THEIRS, "theirs", [0.25, 0.5, 0.3], encoders=learned)
        found = compared(monkeypatch, champion, snapshot(1, 5))
        assert ("cannot be used any more" in found["reason"]) == unusable
        assert (found["better"], found["against"]) == (True, "genres-1")


@pytest.mark.parametrize("error", [DamagedModel("A file is missing."), EncoderUnavailable("No such folder.")])
def test_a_champion_that_cannot_be_used_loses(
    error: Exception, read: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise error

    champion = model(THEIRS, "theirs", [0.5] * 3)
    monkeypatch.setattr(challenge, "named_encoders", fail)
    if isinstance(error, DamagedModel):
        monkeypatch.setattr(registry, "load", fail)
        ours, inputs = model(OURS, "ours", [0.5] * 3), films([True] * 6, [False] * 6)
        found = challenge.compare_with_champion(ours, snapshot(1), inputs, Silent())
    else:
        found = compared(monkeypatch, champion, snapshot(1))
    assert (found["better"], found["against"]) == (True, "genres-1")
    assert str(error) in found["reason"]
