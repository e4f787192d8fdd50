"""Architectures side by side: the same films for all, rows written as they come, reasons instead of an end."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from catalog import labelling
from catalog.labelling import change_set
from catalog.models import ChangeSet, Film, Label, Term, User
from catalog.progress import Cancelled, Silent
from tests.factories import make_term
from tests.training import toy
from tests.training.test_retraining import texts_only
from training import architectures, comparing, metrics
from training.architectures import Architecture
from training.comparing import compare, films_of, some_films
from training.encoders import EncoderUnavailable
from training.intervals import paired_bootstrap
from training.judging import ROUNDS
from training.ledger import Ledger, OtherFilms
from training.metrics import Truth
from training.models import ModelVersion, Run
from training.plans import Plan
from training.snapshot import NotEnoughLabels

pytestmark = pytest.mark.django_db

Train = Callable[..., Any]
_YES_NO = (Label.Value.YES, Label.Value.NO)


@pytest.fixture(autouse=True)
def _toys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two architectures that read words, and what models see without any encoder."""
    for name in ("toy", "other"):
        monkeypatch.setitem(architectures.ARCHITECTURES, name, Architecture("tests.training.toy"))
    monkeypatch.setattr(comparing, "read_inputs", texts_only)
    monkeypatch.setattr(comparing, "named_encoders", lambda *names: (None, None))


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Every training, as (architecture, seed). The first seed reads plots well, others hardly; `other` a little."""
    calls: list[tuple[str, int]] = []

    def train(inputs: Any, snapshot: Any, options: Any, on_epoch: Any) -> Any:
        calls.append((options.architecture, options.seed))
        model = toy.train(inputs, snapshot, options, on_epoch)
        model.boost = 0.7 if options.architecture == "toy" else 0.31
        return model

    monkeypatch.setattr(comparing, "architecture", lambda name: SimpleNamespace(train=train))
    return calls


@pytest.fixture
def terms(db: None) -> list[Term]:
    """Two genres and 120 films; one plot in five misleads."""
    terms = [make_term("comedy"), make_term("horror")]
    films = Film.objects.bulk_create(
        Film(key=f"film-{i:03}", title=f"Film {i}", plot=f"A {terms[i % 2].slug} of sorts.") for i in range(120)
    )
    with change_set(ChangeSet.Kind.IMPORT, None, note="test"):
        Label.objects.bulk_create(
            Label(film=film, term=terms[t], value=_YES_NO[(i + t + (i % 5 == 0)) % 2], source="import", origin="test")
            for i, film in enumerate(films)
            for t in (0, 1)
        )
    return terms


def plan(architectures: str = "toy, other", **params: Any) -> Plan:
    return Plan.of({"architectures": architectures, "options": {"min_films": 5}, **params})


def rows(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in content["rows"]}


def fails_for(name: str, error: BaseException) -> Train:
    """Training that fails for one architecture."""

    def train(inputs: Any, snapshot: Any, options: Any, on_epoch: Any) -> Any:
        if options.architecture == name:
            raise error
        return toy.train(inputs, snapshot, options, on_epoch)

    return train


def test_every_row_is_judged_on_the_same_test_films(terms: list[Term]) -> None:
    content = compare(plan(), Silent(), Ledger())
    assert list(rows(content)) == ["toy", "other"] and content["best"] == "toy"
    found = rows(content)["toy"]
    snapshot = films_of(plan())
    test = snapshot.rows("test")
    inputs = texts_only(snapshot.film_ids)
    model = toy.train(inputs, snapshot, SimpleNamespace(seed=0), lambda *_: None)
    scores = model.scores(inputs.take(test)).astype(float)
    expected = metrics.summary(scores, scores >= 0.5, Truth.of(snapshot.labels[test]))
    assert found["figures"]["micro_f1"]["value"] == pytest.approx(expected["micro"]["f1"])
    assert found["figures"]["top3_share"]["value"] == pytest.approx(expected["top3"]["share"])
    assert found["figures"]["calibration_error"]["value"] == pytest.approx(expected["calibration_error"])
    assert [row["positives"] for row in found["terms"]] == (snapshot.labels[test] == 1).sum(0).tolist()
    assert found["parameters"] == 2 and found["train_seconds"] >= 0 and found["films_per_second"] > 0
    assert [point["epoch"] for point in found["models"][0]["curves"]] == [1, 2]


def test_nothing_is_registered(terms: list[Term]) -> None:
    compare(plan(), Silent(), Ledger())
    assert not ModelVersion.objects.exists() and not Run.objects.exists()


def test_references_bound_the_rows(terms: list[Term]) -> None:
    content = compare(plan(), Silent(), Ledger())
    beside = {row["id"]: row["figures"] for row in content["references"]}
    best = rows(content)[content["best"]]["figures"]
    assert beside["baseline"]["map"]["value"] < best["map"]["value"] < beside["ceiling"]["map"]["value"] == 1.0
    assert beside["ceiling"]["hamming_loss"]["value"] == 0.0
    assert beside["ceiling-cuts"]["macro_f1"]["value"] >= best["macro_f1"]["value"]
    assert beside["ceiling-cuts"]["map"]["value"] == pytest.approx(best["map"]["value"])


def test_differences_are_paired_over_the_same_films(terms: list[Term], trained: list[Any], tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "compare.json")
    content = compare(plan(), Silent(), ledger)
    assert {(d["first"], d["second"]) for d in content["differences"]} == {
        ("toy", "other"), ("toy", "baseline"), ("other", "baseline"),
    }  # fmt: skip
    kept = [ledger.scores(row["models"][0]["scores"]) for row in content["rows"]]
    judged = [(k["scores"].astype(float), k["scores"] >= k["thresholds"]) for k in kept if k]
    snapshot = films_of(plan())
    truth = Truth.of(snapshot.labels[snapshot.rows("test")])
    expected = paired_bootstrap(judged[0], judged[1], truth, rounds=ROUNDS, seed=0)
    found = content["differences"][0]["figures"]
    for name in ("micro_f1", "macro_f1", "map"):
        assert found[name] == pytest.approx(vars(expected[name]))


def test_seeds_give_a_mean_and_a_spread(terms: list[Term]) -> None:
    content = compare(plan("toy", seeds=3), Silent(), Ledger())
    [row] = content["rows"]
    assert [model["seed"] for model in row["models"]] == [0, 1, 2] and row["seeds"] == 3
    assert row["figures"]["micro_f1"]["spread"] > 0  # only seed 0 reads plots well


def test_what_cannot_be_trained_is_a_row_with_the_reason(terms: list[Term], monkeypatch: pytest.MonkeyPatch) -> None:
    train = fails_for("toy", EncoderUnavailable("resnet-50 cannot be had."))
    monkeypatch.setattr(comparing, "architecture", lambda name: SimpleNamespace(train=train))
    progress = Silent()
    content = compare(plan("toy, heads:epochs=3, other"), progress, Ledger())
    states = {name: (row["state"], row.get("reason")) for name, row in rows(content).items()}
    assert states["toy"] == ("failed", "resnet-50 cannot be had.")
    assert states["heads:epochs=3"][0] == "failed" and "does not use epochs" in str(states["heads:epochs=3"][1])
    assert states["other"] == ("done", "") and content["best"] == "other"
    assert progress.failures[0] == ("toy", "resnet-50 cannot be had.")


def test_scores_that_are_not_finite_are_a_reason(terms: list[Term], monkeypatch: pytest.MonkeyPatch) -> None:
    def scores(self: toy.Toy, inputs: Any) -> Any:
        return np.full((len(inputs), 2), np.nan, np.float32)

    monkeypatch.setattr(toy.Toy, "scores", scores)
    content = compare(plan("toy"), Silent(), Ledger())
    assert rows(content)["toy"]["reason"] == "The scores are not finite."
    assert content["best"] is None and content["finished"]


def test_a_killed_comparison_goes_on_where_it_was(
    terms: list[Term], trained: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "compare.json"
    goes_on = vars(comparing)["architecture"]

    def dies(name: str) -> Any:
        if len(trained) == 3:
            raise KeyboardInterrupt
        return goes_on(name)

    monkeypatch.setattr(comparing, "architecture", dies)
    with pytest.raises(KeyboardInterrupt):
        compare(plan(seeds=2), Silent(), Ledger(path))
    kept = json.loads(path.read_text())
    assert rows(kept)["toy"]["state"] == "done" and rows(kept)["other"]["state"] == "begun"
    assert kept["finished"] is None
    monkeypatch.setattr(comparing, "architecture", goes_on)
    content = compare(plan(seeds=2), Silent(), Ledger(path))
    assert trained == [("toy", 0), ("toy", 1), ("other", 0), ("other", 1)]
    assert [row["state"] for row in content["rows"]] == ["done", "done"] and content["finished"]
    assert rows(content)["toy"] == rows(kept)["toy"]


def test_rows_of_an_earlier_comparison_stay(terms: list[Term], trained: list[Any], tmp_path: Path) -> None:
    path = tmp_path / "compare.json"
    compare(plan("toy"), Silent(), Ledger(path))
    content = compare(plan("other"), Silent(), Ledger(path))
    assert set(rows(content)) == {"toy", "other"} and trained == [("toy", 0), ("other", 0)]
    assert content["best"] == "toy" and len(content["differences"]) == 3
    begun_anew = compare(plan("other"), Silent(), Ledger(path), fresh=True)
    assert set(rows(begun_anew)) == {"other"} and len(trained) == 3


def test_other_options_and_lost_scores_are_trained_again(terms: list[Term], trained: list[Any], tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "compare.json")
    compare(plan("toy"), Silent(), ledger)
    changed = {"architectures": "toy", "options": {"min_films": 5, "epochs": 7}}
    content = compare(Plan.of(changed), Silent(), Ledger(ledger.path))
    assert len(trained) == 2 and [row["id"] for row in content["rows"]] == ["toy"]
    assert ledger.folder
    (ledger.folder / content["rows"][0]["models"][0]["scores"]).write_bytes(b"damaged")
    compare(Plan.of(changed), Silent(), Ledger(ledger.path))
    assert len(trained) == 3


def test_a_row_whose_scores_are_gone_keeps_its_figures(terms: list[Term], tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "compare.json")
    content = compare(plan("toy"), Silent(), ledger)
    assert ledger.folder
    (ledger.folder / content["rows"][0]["models"][0]["scores"]).unlink()
    content = compare(plan("other"), Silent(), Ledger(ledger.path))
    assert rows(content)["toy"]["state"] == "done" and content["best"] == "other"


def test_a_failed_row_is_tried_again(terms: list[Term], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    whole = vars(comparing)["architecture"]
    train = fails_for("toy", MemoryError())
    monkeypatch.setattr(comparing, "architecture", lambda name: SimpleNamespace(train=train))
    path = tmp_path / "compare.json"
    assert rows(compare(plan(), Silent(), Ledger(path)))["toy"]["reason"] == "MemoryError"
    monkeypatch.setattr(comparing, "architecture", whole)
    content = compare(plan(), Silent(), Ledger(path))
    assert rows(content)["toy"]["state"] == "done" and rows(content)["toy"]["reason"] == ""


def test_a_decision_makes_it_another_comparison(terms: list[Term], curator: User, tmp_path: Path) -> None:
    path = tmp_path / "compare.json"
    compare(plan("toy"), Silent(), Ledger(path))
    labelling.accept(Film.objects.get(key="film-001"), terms[0], user=curator, revision=1)
    with pytest.raises(OtherFilms, match="--fresh"):
        compare(plan("toy"), Silent(), Ledger(path))
    assert rows(compare(plan("toy"), Silent(), Ledger(path), fresh=True))["toy"]["state"] == "done"


def test_cancelling_keeps_the_rows_so_far(terms: list[Term], trained: list[Any], tmp_path: Path) -> None:
    class Impatient(Silent):
        def advance(self, count: int = 1, message: str | None = None) -> None:
            if message and message.startswith("other"):
                raise Cancelled

    path = tmp_path / "compare.json"
    with pytest.raises(Cancelled):
        compare(plan(), Impatient(), Ledger(path))
    assert {row["id"]: row["state"] for row in json.loads(path.read_text())["rows"]} == {"toy": "done"}


def test_progress_counts_models_that_are_left_also_those_that_fail(terms: list[Term]) -> None:
    class Counting(Silent):
        total, done, unit = 0, 0, ""

        def start(self, total: int | None, unit: str, message: str = "") -> None:
            self.total, self.done, self.unit = total or 0, 0, unit

        def advance(self, count: int = 1, message: str | None = None) -> None:
            self.done += count

    progress = Counting()
    compare(plan("heads:epochs=3, toy", seeds=3), progress, Ledger())
    assert (progress.done, progress.total, progress.unit) == (3, 3, "models")  # inputs were read after three


def test_some_films_are_always_the_same_ones(terms: list[Term]) -> None:
    whole = films_of(plan())
    some, again = some_films(whole, 60, 5), films_of(plan(films=60))
    assert some.keys == again.keys and len(some.keys) == 60 and some.hash == again.hash != whole.hash
    assert set(some_films(whole, 50, 5).keys) < set(some.keys) < set(whole.keys)
    place = whole.keys.index(some.keys[7])
    assert (some.labels[7] == whole.labels[place]).all() and some.film_ids[7] == whole.film_ids[place]
    with pytest.raises(NotEnoughLabels, match="too few"):
        some_films(whole, 10, 50)


def test_views_tell_what_plot_and_poster_add(terms: list[Term], monkeypatch: pytest.MonkeyPatch) -> None:
    def with_posters(film_ids: list[int], *rest: Any) -> Any:
        inputs = texts_only(film_ids)
        inputs.has_image[:] = np.arange(len(film_ids)) % 3 > 0
        return inputs

    monkeypatch.setattr(comparing, "read_inputs", with_posters)
    content = compare(plan("toy"), Silent(), Ledger())
    views = content["rows"][0]["views"]
    test = films_of(plan()).rows("test")
    assert views["films"] == (test % 3 > 0).sum()
    assert views["both"]["micro_f1"]["value"] == views["plot"]["micro_f1"]["value"]  # the toy reads words alone
    gain = views["differences"]["both-poster"]["map"]
    assert gain["value"] == pytest.approx(views["both"]["map"]["value"] - views["poster"]["map"]["value"])
    assert gain["low"] <= gain["value"] <= gain["high"] and gain["value"] > 0


def test_curves_rise_in_recall_from_the_best_score_to_all_films(terms: list[Term]) -> None:
    content = compare(plan(), Silent(), Ledger())
    for curve in (content["rows"][0]["curve"], *content["curves"]):
        assert curve["recall"] == sorted(curve["recall"]) and curve["recall"][-1] == 1.0
        assert len(curve["recall"]) == len(curve["precision"]) and min(curve["precision"]) >= 0
    assert [curve["term"] for curve in content["curves"]] == ["comedy", "horror"]


# The command ----------------------------------------------------------------------------------------------


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    yield lambda: capsys.readouterr().out


def test_the_command_writes_figures_and_report(terms: list[Term], tmp_path: Path, said: Callable[[], str]) -> None:
    figures, report = tmp_path / "compare.json", tmp_path / "compare.html"
    call_command(
        "compare_models", "genres", architectures="toy,other:label=The other", seeds=2, min_films=5,
        json=figures, html=report,
    )  # fmt: skip
    content = json.loads(figures.read_text())
    assert [row["label"] for row in content["rows"]] == ["toy", "The other"] and content["seeds"] == 2
    table = said()
    assert "The other" in table and "baseline" in table and "ceiling" in table
    assert "The other" in report.read_text()
    report.unlink()
    call_command("compare_models", "genres", json=figures, html=report)
    assert "The other" in report.read_text()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "Name --architectures"),
        ({"architectures": "nothing"}, "Unknown architecture"),
        ({"architectures": "toy", "split": "mine"}, "Unknown split"),
        ({"architectures": "toy", "min_films": 9999}, "9999 films"),
        ({"architectures": "toy", "films": 3}, "too few"),
    ],
)
def test_what_cannot_be_compared_is_refused(terms: list[Term], options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command("compare_models", "genres", **options)
    assert refused.value.returncode == 2
