"""Scene genres: every architecture learns and predicts, motion counts where only motion differs, films are split."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.scene_clips import EVERY_WAY, MOTION_ALONE, NOTHING, draw_films
from tests.training import scene_nets
from tests.training.scene_nets import options, silent
from training.architectures import ARCHITECTURES, SCENES
from training.options import BadOption, RetrainOptions, usual
from training.scenes import flow, recipes, scenes
from training.scenes.data import Pair, SceneInputs, ScenePairs
from training.scenes.learning import temperature_of
from training.scenes.scenes import TrainedScenes, train_pairs
from training.scenes.seeing import NetEyes
from training.scenes.split import SplitByFrame, parts_of

PARTS = ["train"] * 5 + ["validation"] + ["test"] * 2
LONG_PARTS = ["train"] * 11 + ["validation"] * 2 + ["test"] * 3


@pytest.fixture(autouse=True)
def _small() -> Iterator[None]:
    """Tiny networks on one core: the same weights wherever it runs."""
    cores = torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        scene_nets.make_tiny(patch)
        yield
    torch.set_num_threads(cores)


@pytest.fixture(scope="module")
def every_way(tmp_path_factory: pytest.TempPathFactory) -> ScenePairs:
    return draw_films(tmp_path_factory.mktemp("every"), EVERY_WAY, films=8, pairs=4, parts=PARTS)


@pytest.fixture(scope="module")
def motion_alone(tmp_path_factory: pytest.TempPathFactory) -> ScenePairs:
    return draw_films(tmp_path_factory.mktemp("motion"), MOTION_ALONE, films=16, pairs=6, parts=LONG_PARTS)


def right(model: TrainedScenes, data: ScenePairs, part: str = "test") -> tuple[float, float]:
    """Shares of films and of pairs of one part whose likeliest genre is the right one."""
    films = np.unique(data.inputs.film_of[data.rows(part)])
    inputs = data.inputs.take(films)
    genres = np.array([data.genres[data.inputs.film_of == film][0] for film in films])
    by_pair = model.pair_scores(inputs).argmax(1) == genres[inputs.film_of]
    return float((model.scores(inputs).argmax(1) == genres).mean()), float(by_pair.mean())


# All of them ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCENES)
def test_each_architecture_learns_predicts_and_is_the_same_when_loaded(
    name: str, every_way: ScenePairs, tmp_path: Path
) -> None:
    rate = 1e-2 if name != "scene-fc" else 1e-3
    heard: list[dict[str, float]] = []
    model = train_pairs(
        every_way, options(name, epochs=15, learning_rate=rate), lambda _epoch, _total, said: heard.append(said)
    )
    assert right(model, every_way)[1] > 0.5  # a third by chance
    assert {"train_loss", "train_accuracy", "validation_loss", "validation_accuracy"} <= heard[-1].keys()
    test = every_way.inputs.take(np.unique(every_way.inputs.film_of[every_way.rows("test")]))
    scores = model.scores(test)
    assert np.allclose(scores.sum(1), 1, atol=1e-5)
    model.save(tmp_path)
    again = scenes.load(tmp_path)
    assert np.array_equal(again.scores(test), scores)
    assert (again.terms, again.parameters, again.sees) == (model.terms, model.parameters, ("image",))


@pytest.mark.parametrize("name", [name for name in scene_nets.TINY if name != "scene-fc"])
@pytest.mark.parametrize("finetune", ["last-block", "all"])
def test_networks_learn_end_to_end(name: str, finetune: str, every_way: ScenePairs) -> None:
    body = recipes.begin_body(options(name, seed=1))[0].state_dict()
    torch.manual_seed(0)
    model = train_pairs(every_way, options(name, epochs=1, finetune=finetune), silent)
    assert isinstance(model.eyes, NetEyes)
    moved = [key for key, value in model.eyes.body.state_dict().items() if not torch.equal(value, body[key])]
    assert moved
    assert all(bool(value.isfinite().all()) for value in model.eyes.body.state_dict().values())


def test_names_are_those_of_recipes_and_learn_scenes_only() -> None:
    assert set(SCENES) == {*recipes.RECIPES, scenes.FLOW_STATS}
    assert not set(SCENES) & set(ARCHITECTURES)
    assert usual("scenes") == ("scene-flow-stats", 1)
    assert usual("genres") == ("heads", 20)
    with pytest.raises(BadOption, match="scene-fc"):
        RetrainOptions(task="scenes", architecture="heads")
    with pytest.raises(BadOption, match="heads"):
        RetrainOptions(task="genres", architecture="scene-fc")


def test_the_same_seed_gives_the_same_scores(every_way: ScenePairs) -> None:
    one, other = (train_pairs(every_way, options("flownet-fc", epochs=2, finetune="all"), silent) for _ in range(2))
    assert np.array_equal(one.scores(every_way.inputs), other.scores(every_way.inputs))


# Motion -----------------------------------------------------------------------------------------------------


def test_where_only_motion_differs_models_that_see_it_are_better(motion_alone: ScenePairs) -> None:
    def learned(name: str, epochs: int = 30, **changes: Any) -> float:
        return right(train_pairs(motion_alone, options(name, epochs=epochs, **changes), silent), motion_alone)[1]

    one_frame = max(learned("scene-fc", epochs=8), learned("scene-resnet50", learning_rate=1e-2))
    assert one_frame < 0.5  # a third by chance
    assert learned("motion-magnitude") > one_frame + 0.2
    assert learned("scene-flow-stats") > one_frame + 0.4


def test_a_flow_network_learns_to_tell_moving_from_standing(tmp_path: Path) -> None:
    two = {name: MOTION_ALONE[name] for name in ("action", "romance")}
    data = draw_films(tmp_path, two, films=24, pairs=6, parts=["train"] * 18 + ["validation"] * 2 + ["test"] * 4)
    asked = {"epochs": 12, "finetune": "all", "learning_rate": 3e-3}
    assert right(train_pairs(data, options("flownet-fc", **asked), silent), data)[1] > 0.9
    assert right(train_pairs(data, options("scene-fc", epochs=12), silent), data)[1] < 0.7


def test_motion_that_is_stored_with_a_pair_is_taken_as_it_is() -> None:
    pair = Pair(Path("none.jpg"), Path("none.jpg"), motion=0.25)
    assert flow.magnitudes([pair]).tolist() == [[0.25]]


def test_statistics_say_how_fast_and_whereto() -> None:
    texture = (np.random.default_rng(0).random((180, 320, 3)) * 255).astype(np.uint8)
    shifted = np.zeros((180, 320, 2), np.float32)
    shifted[..., 0] = 0.02  # rightwards by a fiftieth of the width
    said = dict(zip(flow.NAMES, flow.statistics(texture, texture, shifted), strict=True))
    assert said["magnitude mean"] == pytest.approx(0.02)
    assert said["coherence"] == pytest.approx(1, abs=1e-3)
    assert said["direction 0"] == pytest.approx(1, abs=1e-3)
    assert said["share that moves"] == 1
    assert said["share that no camera explains"] == pytest.approx(0, abs=1e-4)
    assert said["luma difference size"] == 0
    y, x = np.mgrid[-0.01:0.01:180j, -0.01:0.01:320j]
    grows = np.stack([x, y], -1).astype(np.float32)
    zoomed = dict(zip(flow.NAMES, flow.statistics(texture, texture, grows), strict=True))
    assert zoomed["coherence"] < 0.01
    assert zoomed["divergence"] > 0
    assert abs(zoomed["curl"]) < 1e-6
    assert len(said) == len(flow.NAMES) == len(set(flow.NAMES))


# Splitting --------------------------------------------------------------------------------------------------


def test_a_split_by_frame_is_refused(every_way: ScenePairs) -> None:
    parts = every_way.parts.copy()
    parts[0] = "test"  # one pair of a film whose others are to be learned from
    with pytest.raises(SplitByFrame, match=r"film-0 .* train and test|film-0 .* test and train"):
        replace(every_way, parts=parts)


def test_splitting_by_frame_would_have_inflated_the_figure(tmp_path: Path) -> None:
    """Films whose genre nothing shows: whoever splits frames learns by heart what each film looks like."""
    by_film = draw_films(tmp_path, NOTHING, films=8, pairs=9, parts=PARTS)
    mixed = np.array([("train", "train", "train", "train", "validation", "test")[row % 6] for row in range(216)])
    as_if_strangers = [f"frame-{row}" for row in range(216)]  # the only way around the refusal is to lie about films
    with pytest.raises(SplitByFrame):
        replace(by_film, parts=mixed)
    lonely = SceneInputs.of(216, by_film.inputs.pairs, np.arange(216))
    by_frame = replace(by_film, inputs=lonely, films=as_if_strangers, parts=mixed)
    asked = options("scene-resnet50", epochs=60, patience=60, learning_rate=3e-2)
    honest = right(train_pairs(by_film, asked, silent), by_film)[1]
    inflated = right(train_pairs(by_frame, asked, silent), by_frame)[1]
    assert honest < 0.55  # a third by chance
    assert inflated > honest + 0.25


def test_every_genre_has_films_to_learn_from_and_to_be_judged_on() -> None:
    keys = [f"film-{number}" for number in range(9)]
    genres = np.array([0, 0, 0, 1, 1, 2, 2, 2, 2])
    parts = parts_of(keys, genres)
    for genre in range(3):
        assert {"train", "test"} <= set(parts[genres == genre])
    assert "validation" in parts[genres == 0]
    assert "validation" in parts[genres == 2]
    assert parts_of(["alone"], np.array([0])).tolist() == ["train"]


def test_films_of_a_genre_with_many_are_split_by_hash_and_never_change_sides() -> None:
    keys = [f"film-{number}" for number in range(200)]
    parts = parts_of(keys, np.zeros(200, np.int64))
    more = parts_of([*keys, *(f"other-{number}" for number in range(50))], np.zeros(250, np.int64))
    assert (parts == more[:200]).all()
    dealt = parts_of(keys, np.zeros(200, np.int64), leave_out=True)
    assert [int((dealt == part).sum()) for part in ("train", "validation", "test")] == [160, 20, 20]


# What cannot be asked for -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "changes", "sentence"),
    [
        ("scene-fc", {"weights": "net.pth"}, "no published weights"),
        ("scene-fc", {"finetune": "last-block"}, "trained whole"),
        ("scene-fc", {"size": 2}, "at least 4 pixels"),
        ("scene-flow-stats", {"size": 64}, "scene-flow-stats does not use size"),
        ("scene-flow-stats", {"finetune": "all"}, "does not use finetune"),
        ("flownet-fc", {"augment": True}, "does not use augment"),
        ("flownet-fc", {"weights": "a.pth,b.pth"}, "fewer networks .1. than"),
        ("six-channel", {"loss": "asymmetric"}, "A scene has one genre"),
        ("six-channel", {"size": 40}, "at least 75 pixels"),
        ("double-stack", {"chain_order": "given"}, "does not use chain_order"),
        ("scene-vgg16", {"weights": "some/hub-id"}, "reads its weights from a file"),
    ],
)
def test_options_without_a_meaning_are_refused(
    name: str, changes: dict[str, Any], sentence: str, every_way: ScenePairs
) -> None:
    with pytest.raises(BadOption, match=sentence):
        train_pairs(every_way, options(name, **changes), silent)


@pytest.mark.parametrize(
    ("name", "changes"), [("scene-fc", {"split": "mmimdb"}), ("scene-flow-stats", {"image_encoder": "none"})]
)
def test_options_are_refused_before_anything_is_read(name: str, changes: dict[str, Any]) -> None:
    with pytest.raises(BadOption):
        options(name, **changes)


# Details ----------------------------------------------------------------------------------------------------


def test_a_film_without_pairs_gets_the_prior_and_broken_frames_are_no_end(
    every_way: ScenePairs, tmp_path: Path
) -> None:
    model = train_pairs(every_way, options("scene-flow-stats", epochs=2), silent)
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff nothing more")
    broken = Pair(tmp_path / "broken.jpg", tmp_path / "gone.jpg")
    scores = model.scores(SceneInputs.of(2, [broken], np.array([1])))
    assert np.allclose(scores[0], model.prior)
    assert np.isfinite(scores).all()


def test_taking_films_takes_their_pairs_along(every_way: ScenePairs) -> None:
    taken = every_way.inputs.take(np.array([3, 1, 3]))
    assert taken.film_of.tolist() == [0] * 4 + [1] * 4 + [2] * 4
    assert taken.pairs[:4] == [every_way.inputs.pairs[row] for row in range(12, 16)]
    assert taken.has_frames.tolist() == [True] * 3
    assert every_way.inputs.take(np.array([], np.int64)).has_frames.tolist() == []


def test_the_temperature_makes_films_least_surprising(every_way: ScenePairs) -> None:
    rows = every_way.rows("validation")
    logits = torch.nn.functional.one_hot(torch.from_numpy(every_way.genres[rows]), 3).float() * 8
    wrong = logits.roll(1, 1)
    assert temperature_of(logits, every_way, rows) == min(map(float, [0.25]))
    assert temperature_of(wrong, every_way, rows) == pytest.approx(8)
    assert temperature_of(logits[:0], every_way, rows[:0]) == 1
