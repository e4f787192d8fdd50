"""The heads: learn from words, vectors and posters, do without any of them, survive saving."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.training.films import made_up_films
from training.architectures import heads
from training.architectures.heads import HeadsConfig, TrainedHeads, train_heads
from training.architectures.members import Facts
from training.inputs import TrainingData
from training.loop import LoopOptions, Stopped
from training.metrics import Truth, average_precisions, micro, prior
from training.options import RetrainOptions

CONFIG = HeadsConfig(
    hidden=16, hidden_image=8, nets=2, dropout=0.1, loop=LoopOptions(epochs=6, batch=32, learning_rate=0.01)
)


@pytest.fixture(scope="module")
def data() -> TrainingData:
    return made_up_films()


@pytest.fixture(scope="module")
def trained(data: TrainingData) -> TrainedHeads:
    return train_heads(data, CONFIG, seed=0)


def mean_precision(model: Any, inputs: Any, truth: Any) -> Any:
    return np.nanmean(average_precisions(model.scores(inputs).astype(float), truth))


def test_every_member_is_trained_and_heard(trained: TrainedHeads) -> None:
    assert list(trained.members) == ["words", "text", "image"]
    assert (trained.blend.weights[2].mean(1) > 0).all()


def test_both_beat_either_alone_and_either_beats_the_prior(trained: TrainedHeads, data: TrainingData) -> None:
    rows = data.rows("test")[(data.has_text & data.has_image)[data.rows("test")]]
    inputs, truth = data.take(rows), Truth.of(data.labels[rows])
    both, plot, poster = (
        mean_precision(trained, view, truth) for view in (inputs, inputs.without_image(), inputs.without_text())
    )
    assert both > plot > poster > prior(truth).mean() + 0.05


def test_thresholds_decide_well(trained: TrainedHeads, data: TrainingData) -> None:
    rows = data.rows("test")
    decided = trained.scores(data.take(rows)) >= trained.thresholds
    assert micro(decided, Truth.of(data.labels[rows]))["f1"] > 0.7


def test_scores_are_probabilities_and_the_prior_where_nothing_is_seen(
    trained: TrainedHeads, data: TrainingData
) -> None:
    inputs = data.take(np.arange(10))
    scores = trained.scores(inputs)
    assert scores.shape == (10, 3)
    assert scores.dtype == np.float32
    assert ((scores > 0) & (scores < 1)).all()
    blind = trained.scores(inputs.without_text().without_image())
    assert np.ptp(blind, axis=0).max() == 0
    assert blind[0] == pytest.approx(prior(Truth.of(data.labels[data.rows("train")])), abs=0.02)


def test_what_stands_where_a_flag_is_off_changes_nothing(trained: TrainedHeads, data: TrainingData) -> None:
    inputs = data.take(np.arange(50))
    noise = np.random.default_rng(0).normal(size=inputs.image_vectors.shape).astype(np.float32)
    scribbled = replace(inputs, image_vectors=np.where(inputs.has_image[:, None], inputs.image_vectors, noise))
    assert (trained.scores(inputs) == trained.scores(scribbled)).all()


def test_one_film_alone_scores_as_among_others(trained: TrainedHeads, data: TrainingData) -> None:
    together = trained.scores(data.take(np.arange(20)))
    alone = np.concatenate([trained.scores(data.take(np.array([i]))) for i in range(20)])
    assert alone == pytest.approx(together, abs=1e-5)


def test_the_differentiable_view_says_what_the_scores_say_of_a_poster_alone(
    trained: TrainedHeads, data: TrainingData
) -> None:
    films = data.take(np.flatnonzero(data.has_image)[:20])
    vectors = torch.from_numpy(films.image_vectors).requires_grad_()
    logits = trained.image_logits(vectors)
    assert np.allclose(
        torch.sigmoid(logits).detach(), trained.scores(films.without_text().without_facts()), rtol=0, atol=1e-5
    )
    slope = torch.autograd.grad(logits.sum(), vectors)[0]
    assert (slope != 0).any(1).all()


def test_saving_and_loading_changes_nothing(trained: TrainedHeads, data: TrainingData, tmp_path: Path) -> None:
    trained.save(tmp_path)
    again = heads.load(tmp_path)
    inputs = data.take(data.rows("test"))
    assert (again.scores(inputs) == trained.scores(inputs)).all()
    assert (again.thresholds == trained.thresholds).all()
    assert (again.terms, again.config, again.parameters) == (trained.terms, trained.config, trained.parameters)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["heads.json", "model.safetensors"]


def test_the_same_seed_gives_the_same_model(trained: TrainedHeads, data: TrainingData) -> None:
    inputs = data.take(np.arange(30))
    assert (train_heads(data, CONFIG, seed=0).scores(inputs) == trained.scores(inputs)).all()
    assert (train_heads(data, CONFIG, seed=1).scores(inputs) != trained.scores(inputs)).any()


def test_the_number_of_cores_changes_nothing_and_is_left_as_it_was(trained: TrainedHeads, data: TrainingData) -> None:
    cores = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        again = train_heads(data, CONFIG, seed=0)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(cores)
    for name, tensor in again.tensors().items():
        assert (tensor == trained.tensors()[name]).all(), name


def test_test_films_teach_nothing(trained: TrainedHeads, data: TrainingData) -> None:
    labels = data.labels.copy()
    labels[data.rows("test")] = 1 - np.abs(labels[data.rows("test")])
    other = train_heads(replace(data, labels=labels), CONFIG, seed=0)
    inputs = data.take(data.rows("train"))
    assert (other.scores(inputs) == trained.scores(inputs)).all()
    assert (other.thresholds == trained.thresholds).all()


@pytest.mark.parametrize(("hidden", "expected"), [("text", ["image"]), ("image", ["words", "text"])])
def test_a_catalogue_without_plots_or_without_posters_will_do(data: TrainingData, hidden: Any, expected: Any) -> None:
    bare = data.without_text() if hidden == "text" else data.without_image()
    model = train_heads(bare, CONFIG, seed=0)
    assert list(model.members) == expected
    assert np.isfinite(model.scores(data.take(np.arange(5)))).all()


def test_without_an_encoder_the_words_remain(data: TrainingData) -> None:
    nothing = np.zeros((len(data), 0), np.float32)
    model = train_heads(replace(data, text_vectors=nothing, image_vectors=nothing), CONFIG, seed=0)
    assert list(model.members) == ["words"]


def test_nothing_to_learn_from_is_refused(data: TrainingData) -> None:
    with pytest.raises(ValueError, match="plot or a poster"):
        train_heads(data.without_text().without_image(), CONFIG, seed=0)


def test_linear_members_and_no_words_no_facts(data: TrainingData) -> None:
    config = replace(CONFIG, hidden=0, hidden_image=0, nets=1, vocabulary=0, facts=False)
    model = train_heads(data, config, seed=0)
    assert list(model.members) == ["text", "image"]
    rows = data.rows("test")
    assert mean_precision(model, data.take(rows), Truth.of(data.labels[rows])) > 0.6
    assert (model.scores(data.take(rows)) == model.scores(data.take(rows).without_facts())).all()


def test_a_term_that_is_always_unknown_gets_a_score(data: TrainingData) -> None:
    labels = data.labels.copy()
    labels[:, 1] = -1
    model = train_heads(replace(data, labels=labels), CONFIG, seed=0)
    assert np.isfinite(model.scores(data.take(np.arange(5)))).all()


def test_few_films_and_no_validation_film_will_do() -> None:
    few = made_up_films(12, seed=3)
    few = replace(few, splits=np.where(few.splits == "validation", "train", few.splits))
    model = train_heads(few, CONFIG, seed=0)
    assert np.isfinite(model.scores(few.take(few.rows("test")))).all()


def test_progress_counts_all_epochs_in_one_row(data: TrainingData) -> None:
    seen = []
    train_heads(data, CONFIG, seed=0, progress=lambda epoch, total, figures: seen.append((epoch, total, figures)))
    assert [epoch for epoch, _, _ in seen] == list(range(1, len(seen) + 1))
    assert {total for _, total, _ in seen} == {13}
    assert seen[-1][2].keys() == {
        *("train_loss", "train_accuracy", "validation_loss", "validation_accuracy", "validation_map")
    }


@pytest.mark.parametrize("epoch", [0, 1, 3])
def test_it_stops_when_asked(data: TrainingData, epoch: int) -> None:
    seen = [0]
    with pytest.raises(Stopped):
        train_heads(
            data,
            CONFIG,
            seed=0,
            progress=lambda number, _total, _figures: seen.append(number),
            should_stop=lambda: seen[-1] == epoch,
        )
    assert seen[-1] == epoch


def test_a_damaged_folder_is_refused(trained: TrainedHeads, tmp_path: Path) -> None:
    trained.save(tmp_path)
    weights = tmp_path / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match="does not hold heads"):
        TrainedHeads.load(tmp_path)
    weights.write_bytes(whole)
    said = json.loads((tmp_path / "heads.json").read_text())
    (tmp_path / "heads.json").write_text(json.dumps(said | {"vocabulary": said["vocabulary"][1:]}))
    with pytest.raises(ValueError, match="one weight per word"):
        TrainedHeads.load(tmp_path)


def test_the_default_trains_from_a_snapshot(data: TrainingData, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "HeadsConfig", lambda: CONFIG)
    epochs = []
    model = heads.train(data, data, RetrainOptions(), lambda *row: epochs.append(row))
    assert model.terms == data.terms
    assert epochs


def test_facts_of_unknown_year_and_language_are_zeros(data: TrainingData) -> None:
    facts = Facts.fit(["en", "en", "ko", ""], most=1)
    assert list(facts.languages) == ["en"]
    rows = facts.of(replace(data.take(np.arange(3)), years=[1984, None, 1984], languages=["en", "", "ko"]))
    assert rows[1].max() == 0
    assert rows[0, -1] > 0
    assert rows[2, -1] == 0
    assert rows[0, 10] == rows[0, 11] == rows[0, :-1].max()  # between the bins of 1980 and 1988


@pytest.mark.parametrize("wrong", [{"vocabulary": -1}, {"nets": 0}, {"strength": 0.0}, {"dropout": 1.0}])
def test_impossible_options_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must|needed"):
        HeadsConfig(**wrong)
