"""The loop's second half: unchanged labels, better and worse challengers, promotion, failure, cancelling."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from catalog import labelling
from catalog.models import Film, Job, Label, Term, User
from catalog.progress import Cancelled, Silent
from tests.factories import import_label, make_film, make_term, make_user
from tests.training import tiny
from training import architectures, challenge, registry, retraining
from training.encoders import text
from training.inputs import Inputs
from training.models import ModelVersion, Run
from training.options import BadOption, RetrainOptions
from training.retraining import retrain

pytestmark = pytest.mark.django_db


def texts_only(film_ids: list[int], *_: Any) -> Inputs:
    plots = dict(Film.objects.filter(pk__in=film_ids).values_list("pk", "plot"))
    nothing, here = np.zeros((len(film_ids), 0), np.float32), np.ones(len(film_ids), bool)
    return Inputs(
        texts=[plots[pk] for pk in film_ids],
        text_vectors=nothing,
        has_text=here,
        image_vectors=nothing,
        has_image=~here,
        years=[None] * len(film_ids),
        languages=[""] * len(film_ids),
        posters=[None] * len(film_ids),
    )


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(architectures.ARCHITECTURES, "toy", architectures.Architecture("tests.training.toy"))
    for module in (retraining, challenge):
        monkeypatch.setattr(module, "read_inputs", texts_only)
        monkeypatch.setattr(module, "named_encoders", lambda *names: (None, None))


@pytest.fixture
def terms(db: None) -> list[Term]:
    terms = [make_term("comedy"), make_term("horror")]
    for i in range(200):
        film = make_film(key=f"film-{i:03}", plot=f"A {terms[i % 2].slug} of sorts.")
        import_label(film, terms[i % 2], Label.Value.YES)
        import_label(film, terms[1 - i % 2], Label.Value.NO)
    return terms


def options(**changes: Any) -> RetrainOptions:
    return RetrainOptions(**{"architecture": "toy", "min_films": 5, **changes})


def test_the_first_model_becomes_champion_with_card_and_figures(terms: list[Term]) -> None:
    outcome = retrain(options(), Silent())
    version = ModelVersion.objects.get()
    assert outcome.promoted and version.champion and version.run == outcome.run
    assert version.metrics["test"]["micro"]["f1"] == 1.0
    assert 0 < version.metrics["baseline"]["micro"]["f1"] < 1
    low, high = (version.metrics["test"]["intervals"]["micro_f1"][end] for end in ("low", "high"))
    assert low <= 1.0 <= high
    card = (version.folder / "README.md").read_text()
    assert "mean of micro-F1 and macro-F1" in card and "| horror |" in card
    assert registry.load(version).terms == ["comedy", "horror"]
    assert outcome.run.state == Run.State.DONE and len(Run.objects.get().curves) == 2
    cost = version.config["cost"]
    assert cost["memory"] > 2**20 and cost["device"] and cost["read"] == {}  # its vectors were made by nobody here


def test_unchanged_labels_and_options_are_not_trained_again(terms: list[Term]) -> None:
    first = retrain(options(), Silent())
    again = retrain(options(promote="never"), Silent())
    assert again.version is None and again.run == first.run
    assert retrain(options(force=True), Silent()).version is not None


def test_new_encoder_weights_are_a_reason_to_train(terms: list[Term], monkeypatch: pytest.MonkeyPatch) -> None:
    retrain(options(), Silent())
    monkeypatch.setattr(retraining, "named_encoders", lambda *names: (SimpleNamespace(name="minilm:new"), None))
    assert retrain(options(), Silent()).version is not None


def test_one_corrected_label_is_a_reason_to_train(terms: list[Term], curator: User) -> None:
    retrain(options(), Silent())
    labelling.reject(Film.objects.get(key="film-000"), terms[0], user=curator, revision=1)
    assert retrain(options(), Silent()).version is not None


def test_a_worse_challenger_is_kept_but_not_promoted(terms: list[Term]) -> None:
    retrain(options(), Silent())
    outcome = retrain(options(seed=1), Silent())
    assert outcome.version is not None and not outcome.promoted
    assert "not better than genres-1" in outcome.comparison["reason"]
    assert outcome.comparison["difference"]["micro_f1"]["high"] < 0
    assert ModelVersion.objects.get(champion=True).name == "genres-1"


def test_a_better_challenger_is_promoted_unless_told_otherwise(terms: list[Term]) -> None:
    retrain(options(seed=1), Silent())
    kept = retrain(options(promote="never"), Silent())
    assert kept.comparison["better"] and not kept.promoted
    assert retrain(options(force=True), Silent()).promoted
    assert retrain(options(seed=1, force=True, promote="force"), Silent()).promoted


def test_a_damaged_champion_does_not_stop_the_loop(terms: list[Term]) -> None:
    version = retrain(options(), Silent()).version
    assert version is not None
    (version.folder / "toy.json").write_text("{}")
    outcome = retrain(options(seed=1), Silent())
    assert outcome.promoted and "cannot be used any more" in outcome.comparison["reason"]


def test_films_that_the_champion_learned_from_are_left_out(terms: list[Term]) -> None:
    retrain(options(), Silent())
    for i in range(200):
        part = "test" if i < 100 else ("train" if i < 180 else "dev")
        Film.objects.filter(key=f"film-{i:03}").update(external={"split:mmimdb": part})
    outcome = retrain(options(split="mmimdb"), Silent())
    assert 0 < outcome.comparison["films"] < 30


def test_a_failed_run_says_why_and_leaves_no_version(terms: list[Term], monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(*_: Any, **__: Any) -> None:
        raise MemoryError("out of memory")

    monkeypatch.setattr("tests.training.toy.train", explode)
    with pytest.raises(MemoryError):
        retrain(options(), Silent())
    run = Run.objects.get()
    assert (run.state, run.message) == (Run.State.FAILED, "out of memory")
    assert not ModelVersion.objects.exists()


def test_a_cancelled_run_says_so(terms: list[Term]) -> None:
    class Impatient(Silent):
        def advance(self, count: int = 1, message: str | None = None) -> None:
            raise Cancelled

    with pytest.raises(Cancelled):
        retrain(options(), Impatient())
    assert Run.objects.get().state == Run.State.CANCELLED


def test_a_run_can_be_cancelled_while_its_training_encodes(
    terms: list[Term], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    encoder = text.load(str(tiny.bert(tmp_path)))

    class Impatient(Silent):
        def advance(self, count: int = 1, message: str | None = None) -> None:
            if message == "2 of 2 encoded":
                raise Cancelled

    monkeypatch.setattr("tests.training.toy.train", lambda *_: encoder.encode(["a film", "of ghosts"]))
    with pytest.raises(Cancelled):
        retrain(options(), Impatient())
    assert Run.objects.get().state == Run.State.CANCELLED


def test_a_job_that_begins_again_has_one_live_run(terms: list[Term]) -> None:
    job = Job.objects.create(task="training.retrain", created_by=make_user())
    Run.objects.create(task="genres", job=job)
    outcome = retrain(options(), Silent(), job=job)
    assert [run.state for run in Run.objects.order_by("id")] == ["failed", "done"]
    assert outcome.run.job == job


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"task": "moods"}, "Unknown task 'moods'"),
        ({"architecture": "oracle"}, "Unknown architecture 'oracle'; there are: heads"),
        ({"split": "random"}, "Unknown split"),
        ({"promote": "maybe"}, "Unknown promote"),
        ({"text_encoder": "none", "image_encoder": "none"}, "nothing to learn from"),
        ({"min_films": 0}, "at least 1"),
    ],
)
def test_options_that_make_no_sense_are_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadOption, match=sentence):
        options(**changes)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"colour": "x"}, "Unknown option"),
        ({"optimizer": "x"}, "Unknown optimizer"),
        ({"seed": "1"}, "whole number"),
        ({"force": 1}, "yes or no"),
        ({"learning_rate": "1"}, "a number"),
        ({"architecture": "heads", "epochs": 3}, "heads does not use epochs"),
        ({"patience": 0}, "patience"),
        ({"architecture": "chain", "image_encoder": "none"}, "chain needs an image encoder"),
        ({"architecture": "chain", "text_encoder": "none"}, "needs a text encoder"),
        ({"architecture": "gmu", "text_encoder": "none"}, "gmu needs a text encoder"),
        ({"size": -1}, "negative"),
    ],
)
def test_options_from_json_are_checked(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadOption, match=sentence):
        RetrainOptions.of(given)


def test_a_version_is_read_back_whole(terms: list[Term], tmp_path: Path) -> None:
    version = retrain(options(), Silent()).version
    assert version is not None
    config = json.loads((version.folder / "config.json").read_text())
    assert config["films"] == version.run.films if version.run else False
    assert config["thresholds"] == version.thresholds


def test_curves_are_on_the_run_and_in_tensorboard(terms: list[Term], settings: Any, tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    settings.TENSORBOARD_DIR = tmp_path
    run = retrain(options(), Silent()).run
    assert [row["epoch"] for row in run.curves] == [1, 2]
    board = EventAccumulator(str(tmp_path / f"genres-run-{run.pk}"))
    board.Reload()
    assert [(event.step, event.value) for event in board.Scalars("loss/train")] == [(1, 1.0), (2, 0.5)]
