"""Teaching adapters to tiny models: the loss falls, the adapter is saved and read, a killed training goes on."""

import json
import math
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.genresite.running import ROOT
from tests.training import tiny_vlm
from training import captioner
from training.captioner import adapters, loading, prompts
from training.captioner.captioner import Captioner
from training.captioner.course import Course
from training.captioner.examples import Example
from training.captioner.options import FinetuneOptions
from training.captioner.tuning import LossExploded, Tuned, Tuning
from training.encoders import EncoderUnavailable
from training.loop import one_core
from training.options import BadOption


@pytest.fixture(scope="module")
def llava(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_vlm.llava(tmp_path_factory.mktemp("models") / "llava")


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_vlm.frames(tmp_path_factory.mktemp("frames"))


@pytest.fixture(scope="module")
def taught(llava: Path, frames: Path) -> Tuned:
    """Uninterrupted, on one core."""
    with one_core():
        return tiny_vlm.tuning(llava, frames).run()


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def folder_of(taught: Tuned, folder: Path, **options: Any) -> Path:
    """As a version lies in its folder."""
    folder.mkdir(parents=True)
    adapters.save(folder, taught.weights)
    (folder / "config.json").write_text(json.dumps({"lora": taught.lora, "options": options}))
    return folder


@pytest.mark.parametrize("make", list(tiny_vlm.MODELS.values()), ids=list(tiny_vlm.MODELS))
def test_the_loss_falls_and_the_model_itself_stays_as_it_was(make: Any, frames: Path, tmp_path: Path) -> None:
    tuning = tiny_vlm.tuning(make(tmp_path / "model"), frames, epochs=8, tags_per_prompt=0)
    before = {name: tensor.clone() for name, tensor in tuning.model.network.state_dict().items()}
    taught = tuning.run()
    losses = [row["train_loss"] for row in taught.history]
    assert losses[-1] < losses[0] / 2 and taught.history[-1]["validation_loss"] < taught.history[0]["validation_loss"]
    learned = {name for name in taught.weights if name.endswith("lora_B.weight") and taught.weights[name].any()}
    assert learned and all("language_model" in name or "text_model" in name for name in learned)
    base = taught.adapted.unload().state_dict()
    assert same(before, base)


def test_in_bf16_it_learns_as_well_and_its_adapter_is_float32(llava: Path, frames: Path, tmp_path: Path) -> None:
    """What a GPU computes in, here on a processor."""
    tuning = tiny_vlm.tuning(llava, frames, epochs=8, tags_per_prompt=0)
    tuning.model = loading.load(str(llava), precision="bf16")
    taught = tuning.run()
    assert taught.history[-1]["train_loss"] < taught.history[0]["train_loss"] / 2
    assert {tensor.dtype for tensor in taught.weights.values()} == {torch.float32}
    model = captioner.load(str(llava), adapter=folder_of(taught, tmp_path / "half"), precision="bf16")
    assert model.model.dtype == torch.bfloat16
    assert [len(part) for part in model.captions(sorted(frames.glob("*.jpg"))[:4], batch=3)] == [3, 1]


def test_it_learns_to_tell_frames_apart(llava: Path, frames: Path) -> None:
    tuning = tiny_vlm.tuning(llava, frames, epochs=25, tags_per_prompt=0, rank=16)
    tuning.model.network = tuning.run().adapted
    model = Captioner(tuning.model)
    some = tiny_vlm.examples(frames)[:3]
    answers = [one for part in model.captions([e.frame for e in some], prompt=prompts.TAGS) for one in part]
    assert answers == [", ".join(example.tags) for example in some]


def test_an_adapter_is_saved_and_read_and_changes_what_is_said(
    llava: Path, frames: Path, taught: Tuned, tmp_path: Path
) -> None:
    pictures = [example.frame for example in tiny_vlm.examples(frames)]
    folder = folder_of(taught, tmp_path / "tags" / "3", size="180x90")
    plain, adapted = captioner.load(str(llava)), captioner.load(str(llava), adapter=folder)
    assert adapted.size == (180, 90) and "+ tags-3 " in adapted.name and plain.name != adapted.name

    def said(model: Captioner) -> list[str]:
        return [one for part in model.captions(pictures, prompt=prompts.TAGS, most_tokens=8) for one in part]

    plain.size = adapted.size
    assert said(adapted) != said(plain)
    unmerged = captioner.load(str(llava))
    unmerged.model.network, unmerged.size = taught.adapted, adapted.size
    assert said(unmerged) == said(adapted), "merged, it says what it said when it was taught"


def test_an_adapter_that_peft_saved_is_read_too(llava: Path, taught: Tuned, tmp_path: Path) -> None:
    taught.adapted.save_pretrained(tmp_path / "elsewhere")
    assert same(adapters.read(tmp_path / "elsewhere").weights, taught.weights)
    assert "+ elsewhere " in captioner.load(str(llava), adapter=tmp_path / "elsewhere").name


def test_adapters_that_cannot_be_used_are_refused(llava: Path, taught: Tuned, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(EncoderUnavailable, match="holds no adapter"):
        captioner.load(str(llava), adapter=tmp_path / "empty")
    folder = folder_of(taught, tmp_path / "mine")
    wider = tiny_vlm.llava(tmp_path / "wider", hidden_size=48)
    with pytest.raises(EncoderUnavailable, match="adapter does not fit the model"):
        captioner.load(str(wider), adapter=folder)
    (folder / "model.safetensors").write_bytes(b"torn")
    with pytest.raises(EncoderUnavailable, match=r"adapter in .* cannot be read"):
        captioner.load(str(llava), adapter=folder)


# Interruptions ----------------------------------------------------------------------------------------------


def test_killed_and_begun_again_it_ends_with_the_same_bits(
    llava: Path, frames: Path, taught: Tuned, tmp_path: Path
) -> None:
    kept, script = tmp_path / "kept" / "adapter.pt", "tests.training.interrupted_tuning"
    process = subprocess.Popen(
        [sys.executable, "-m", script, str(llava), str(frames), str(kept)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    lines = iter(process.stdout.readline, "")
    seen = 0
    while seen < 6:  # the line at the start, then five of nine steps: in the middle of the second epoch
        assert next(lines).startswith("step")
        seen += 1
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL and kept.is_file()
    done = torch.load(kept, weights_only=True)["step"]
    assert 5 <= done < 9, "it was killed in the middle"
    steps: list[int] = []
    with one_core():
        resumed = tiny_vlm.tuning(llava, frames).run(kept=kept, on_step=steps.append)
    assert steps[0] == done and sum(steps) == 9
    assert same(resumed.weights, taught.weights)
    assert resumed.history == taught.history


def test_without_its_random_numbers_it_would_end_elsewhere(
    llava: Path, frames: Path, taught: Tuned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above can fail: dropout has a share in every step."""
    kept = tmp_path / "adapter.pt"

    class Enough(Exception):
        pass

    def stop_at_five(steps: int, made: list[int] = []) -> None:  # noqa: B006
        made.append(steps)
        if sum(made) == 5:
            raise Enough

    with one_core():
        with pytest.raises(Enough):
            tiny_vlm.tuning(llava, frames).run(kept=kept, keep_seconds=0, on_step=stop_at_five)
        monkeypatch.setattr("training.captioner.course.set_random_state", lambda states: None)
        assert not same(tiny_vlm.tuning(llava, frames).run(kept=kept).weights, taught.weights)


def test_the_best_epoch_is_kept(llava: Path, frames: Path) -> None:
    tuning = tiny_vlm.tuning(llava, frames, epochs=1)
    course = tuning._begin()
    for loss in (2.0, 1.0, 3.0):
        with torch.no_grad():
            next(weights for weights in course.adapted.parameters() if weights.requires_grad).fill_(loss)
        course.note({"validation_loss": loss})
    assert course.best == 1.0 and any((tensor == 1.0).all() for tensor in course.best_weights.values())
    assert not any((tensor == 3.0).all() for tensor in course.best_weights.values())


# What goes wrong --------------------------------------------------------------------------------------------


def test_a_loss_that_is_no_number_stops_with_a_sentence(
    llava: Path, frames: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, loss = tmp_path / "adapter.pt", Tuning._loss
    calls: list[int] = []

    def explodes(self: Tuning, *arguments: Any) -> Tensor:
        calls.append(1)
        return loss(self, *arguments) * (math.nan if len(calls) > 2 else 1)

    monkeypatch.setattr(Tuning, "_loss", explodes)
    with pytest.raises(LossExploded, match=r"step 3 of 9: .* not a finite number\. Try a learning rate below 0\.01"):
        tiny_vlm.tuning(llava, frames).run(kept=kept, keep_seconds=0)
    assert not kept.exists(), "going on from there would end the same"


def test_a_rate_that_is_far_too_high_is_survived_by_clipping(llava: Path, frames: Path) -> None:
    taught = tiny_vlm.tuning(llava, frames, learning_rate=0.9).run()
    assert all(tensor.isfinite().all() for tensor in taught.weights.values())


def test_gradients_are_clipped(llava: Path, frames: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    norms: list[float] = []
    step = torch.optim.AdamW.step

    def watching(self: torch.optim.AdamW, *arguments: Any, **options: Any) -> Any:
        gradients = [w.grad.flatten() for group in self.param_groups for w in group["params"] if w.grad is not None]
        norms.append(float(torch.cat(gradients).norm()))
        return step(self, *arguments, **options)

    monkeypatch.setattr(torch.optim.AdamW, "step", watching)
    tiny_vlm.tuning(llava, frames, epochs=1).run()
    assert len(norms) == 3 and max(norms) <= 1.0 + 1e-4


def test_memory_that_runs_out_makes_parts_smaller_not_the_result_another(
    llava: Path, frames: Path, taught: Tuned, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    gradients = Tuning._gradients

    def small(self: Tuning, course: Course, parts: list[Any]) -> tuple[float, int]:
        sizes.append(max(len(labels) for _, labels in parts))
        if sizes[-1] > 1:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return gradients(self, course, parts)

    monkeypatch.setattr(Tuning, "_gradients", small)
    tuning = tiny_vlm.tuning(llava, frames, epochs=1)
    found = tuning.run()
    assert sizes[0] == 3 and sizes[1] == 1 and len(found.history) == 1
    assert found.history[0]["train_loss"] == pytest.approx(taught.history[0]["train_loss"], rel=0.05)


def test_nothing_to_learn_from_is_refused(llava: Path) -> None:
    with pytest.raises(ValueError, match="no frame"):
        Tuning(loading.load(str(llava)), [], [], FinetuneOptions(model="x"))


# Answers ----------------------------------------------------------------------------------------------------


def test_answers_name_all_tags_or_some_with_those_of_people_first() -> None:
    example = Example("film", Path("a.jpg"), ("rain", "war", "dark", "love", "night"), decided=2)
    draws = [example.answer(3, np.random.default_rng(seed)).split(", ") for seed in range(20)]
    assert example.answer(0, np.random.default_rng(0)) == "dark, love, night, rain, war"
    assert all({"rain", "war"} < set(draw) and len(draw) == 3 and draw == sorted(draw) for draw in draws)
    assert {tag for draw in draws for tag in draw} == set(example.tags)
    assert {example.answer(1, np.random.default_rng(seed)) for seed in range(20)} == {"rain", "war"}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({}, "Name a model"),
        ({"model": "m", "rank": 0}, "at least 1"),
        ({"model": "m", "size": "big"}, "Unknown size 'big'; there are: original, 360x180, 180x90"),
        ({"model": "m", "split": "stratified"}, "Unknown split"),
        ({"model": "m", "learning_rate": 2.0}, "between 0 and 1"),
        ({"model": "m", "rank": "128"}, "rank must be a whole number"),
        ({"model": "m", "ranks": 3}, "Unknown option 'ranks'"),
    ],
)
def test_options_that_cannot_be_used_are_refused(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadOption, match=sentence):
        FinetuneOptions.of(wrong)


def test_alpha_is_twice_the_rank_unless_said() -> None:
    assert FinetuneOptions(model="m", rank=64).scale == 128 and FinetuneOptions(model="m", alpha=16).scale == 16
