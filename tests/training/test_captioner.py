"""Captions of frames, with tiny models of the real classes: batches, caps, memory, what is refused."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from tests.training import tiny_vlm
from training import captioner
from training.captioner import frames, memory, prompts
from training.captioner.asking import IGNORED, answer_text, ask, question_text, with_answers
from training.captioner.captioner import Captioner
from training.encoders import EncoderUnavailable
from training.encoders.pictures import Unreadable, sketch

SIZES = [(64, 36), (36, 64), (100, 100), (640, 360), (320, 200), (50, 90), (96, 32)]
PICTURES = [sketch(seed, size) for seed, size in enumerate(SIZES)]


@pytest.fixture(scope="module", params=list(tiny_vlm.MODELS))
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_vlm.MODELS[request.param](tmp_path_factory.mktemp("models") / request.param)


@pytest.fixture(scope="module")
def llava(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_vlm.llava(tmp_path_factory.mktemp("models") / "llava")


def said(model: Captioner, *, batch: int = 0, most_tokens: int = 12, **options: Any) -> list[str]:
    pictures = options.pop("pictures", PICTURES)
    answers = model.captions(pictures, batch=batch, most_tokens=most_tokens, **options)
    return [answer for part in answers for answer in part]


def test_batched_captions_are_those_of_one_at_a_time(folder: Path) -> None:
    model = captioner.load(str(folder))
    alone = said(model, batch=1)
    assert said(model, batch=3) == alone == said(model)
    assert len(set(alone)) > 3, "the model looks at the pictures"


def test_shorter_prompts_are_padded_on_the_left(folder: Path) -> None:
    model = captioner.load(str(folder)).model
    lengths = {ask(model, [picture], "rain")["input_ids"].shape[1] for picture in PICTURES}
    asked = ask(model, PICTURES, "rain")
    shortest = int(asked["attention_mask"].sum(1).min())
    assert asked["input_ids"].shape[1] == max(lengths) and shortest == min(lengths)
    padded = asked["attention_mask"] == 0
    assert not padded[:, -shortest:].any(), "padding is on the left"
    assert folder.name == "llava" or len(lengths) > 1


def test_batches_come_in_order_and_as_large_as_asked(llava: Path) -> None:
    model = captioner.load(str(llava))
    assert [len(part) for part in model.captions(PICTURES, batch=3, most_tokens=1)] == [3, 3, 1]
    assert list(model.captions([], most_tokens=1)) == []


def test_no_more_tokens_than_asked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = captioner.load(str(folder))
    written: list[int] = []
    decode = model.model.processor.tokenizer.batch_decode

    def counting(tokens: torch.Tensor, **options: Any) -> list[str]:
        written.append(tokens.shape[1])
        return decode(tokens, **options)  # type: ignore[no-any-return]

    monkeypatch.setattr(model.model.processor.tokenizer, "batch_decode", counting)
    said(model, most_tokens=3, pictures=PICTURES[:2])
    said(model, most_tokens=7, pictures=PICTURES[:2])
    assert written[0] <= 3 < written[1] <= 7


def test_answers_hold_no_control_characters(llava: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = captioner.load(str(llava))
    monkeypatch.setattr(
        model.model.processor.tokenizer, "batch_decode", lambda *_, **__: [" rain\x00 and\x1b\nfog \x7f"]
    )
    assert said(model, pictures=PICTURES[:1]) == ["rain and\nfog"]


def test_paths_and_pictures_are_the_same_to_it(llava: Path, tmp_path: Path) -> None:
    paths = [tmp_path / f"{place}.png" for place in range(len(PICTURES))]
    for path, picture in zip(paths, PICTURES, strict=True):
        picture.save(path)
    model = captioner.load(str(llava))
    assert said(model, pictures=paths) == said(model)


def test_frames_are_read_at_the_wanted_size(tmp_path: Path) -> None:
    sketch(1, (1280, 720)).save(tmp_path / "frame.jpg")
    read = frames.read(tmp_path / "frame.jpg", (180, 90))
    assert read.size == (180, 90) and read.mode == "RGB"
    assert frames.read(tmp_path / "frame.jpg").size == (1280, 720)
    assert frames.read(Image.new("L", (9, 9)), (4, 2)).size == (4, 2)


def test_a_frame_that_cannot_be_read_is_named(llava: Path, tmp_path: Path) -> None:
    (tmp_path / "torn.jpg").write_bytes(b"\xff\xd8 not much of a picture")
    model = captioner.load(str(llava))
    with pytest.raises(Unreadable, match=r"torn\.jpg is damaged"):
        said(model, pictures=[PICTURES[0], tmp_path / "torn.jpg"])
    with pytest.raises(Unreadable, match=r"gone\.jpg is missing"):
        said(model, pictures=[tmp_path / "gone.jpg"])


def test_out_of_memory_halves_the_batch_and_remembers(llava: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = captioner.load(str(llava))
    expected, sizes = said(model), []
    generate = Captioner._generate

    def small(self: Captioner, inputs: dict[str, torch.Tensor], most_tokens: int) -> list[str]:
        sizes.append(len(inputs["input_ids"]))
        if sizes[-1] > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return generate(self, inputs, most_tokens)

    monkeypatch.setattr(Captioner, "_generate", small)
    assert said(model) == expected
    assert max(sizes) == 7 and sizes.count(7) == 1
    sizes.clear()
    assert said(model) == expected and max(sizes) <= 3 and sizes[-1] <= 2


def test_not_even_one_picture_fits(llava: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> list[str]:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(Captioner, "_generate", never)
    with pytest.raises(MemoryError, match="not enough memory for one picture"):
        said(captioner.load(str(llava)))


def test_the_batch_grows_with_memory(llava: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = captioner.load(str(llava)).model
    needed = 100 * memory.bytes_per_token(model)
    for free, frames_at_once in ((needed * 0.1, 1), (needed * 5, 3), (needed * 1e6, memory.MOST_CPU)):
        monkeypatch.setattr(memory, "_free", lambda device, free=free: int(free))
        assert memory.batch_for(model, 100) == frames_at_once


def test_names_tell_model_adapter_and_prompt_apart(llava: Path) -> None:
    model = captioner.load(str(llava))
    assert model.name.startswith("llava ") and model.name.endswith(" caption")
    names = {
        model.name,
        model.named(prompts.TAGS),
        model.named("What is it?"),
        Captioner(model.model, adapter="a").name,
    }
    assert len(names) == 4 and all(len(name) <= 160 and "\n" not in name for name in names)


# Prompts ----------------------------------------------------------------------------------------------------


def test_the_models_own_template_is_used(llava: Path) -> None:
    model = captioner.load(str(llava)).model
    assert question_text(model, "What?") == "USER: <image>\nWhat? ASSISTANT:"
    assert answer_text(model, "What?", "rain, night") == " rain, night </s>"


def test_without_a_template_it_is_asked_as_published(tmp_path: Path) -> None:
    model = captioner.load(str(tiny_vlm.llava(tmp_path / "bare", template=False))).model
    assert question_text(model, "What?") == "USER: <image>\nWhat? ASSISTANT:"
    assert answer_text(model, "What?", "rain") == " rain</s>"


def test_who_cannot_be_asked_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(prompts.PUBLISHED, "llava")
    model = captioner.load(str(tiny_vlm.llava(tmp_path / "bare", template=False)))
    with pytest.raises(EncoderUnavailable, match="has no chat template"):
        said(model)


def test_answers_begin_at_the_same_place_and_only_they_are_learned(folder: Path) -> None:
    model = captioner.load(str(folder)).model
    asked = ask(model, PICTURES, prompts.TAGS)
    answers = [answer_text(model, prompts.TAGS, "rain, " * (1 + place % 3)) for place in range(len(PICTURES))]
    inputs, labels = with_answers(model, asked, answers)
    width = labels.shape[1]
    assert inputs["input_ids"].shape == (len(PICTURES), asked["input_ids"].shape[1] + width)
    assert inputs["attention_mask"].shape == inputs["input_ids"].shape
    ends = inputs["input_ids"][:, -width:]
    assert bool(((ends == labels) | (labels == IGNORED)).all())
    decoded = [model.processor.tokenizer.decode(row[row != IGNORED]) for row in labels]
    assert decoded == answers


def test_folders_of_other_times_are_read_alike(llava: Path, tmp_path: Path) -> None:
    """transformers saves processors in one file today; the hub's older folders have the template as JSON."""
    today, old = tmp_path / "today", Path(shutil.copytree(llava, tmp_path / "old"))
    model = captioner.load(str(llava))
    shutil.copytree(llava, today, ignore=shutil.ignore_patterns("*processor*", "chat*"))
    model.model.processor.save_pretrained(today)
    assert not (today / "preprocessor_config.json").exists()
    template = (old / "chat_template.jinja").read_text()
    (old / "chat_template.jinja").unlink()
    (old / "chat_template.json").write_text(json.dumps({"chat_template": template}))
    for folder in (today, old):
        assert said(captioner.load(str(folder))) == said(model)


# What is refused --------------------------------------------------------------------------------------------


def test_an_unknown_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="There is no model folder"):
        captioner.load(str(tmp_path / "nothing"))


def test_no_hub_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> str:
        raise ConnectionError("no route")

    monkeypatch.setattr("huggingface_hub.snapshot_download", unreachable)
    with pytest.raises(EncoderUnavailable, match="the model hub cannot be reached"):
        captioner.load("llava-hf/llava-1.5-7b-hf")


def test_pickled_weights_are_not_read(llava: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(llava, tmp_path / "pickled"))
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(EncoderUnavailable, match=r"\*\.safetensors are needed"):
        captioner.load(str(folder))


def test_weights_that_are_missing_are_named(llava: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = Path(shutil.copytree(llava, tmp_path / "torn"))
    weights = load_file(folder / "model.safetensors")
    del weights[next(name for name in weights if "q_proj" in name and "language_model" in name)]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(EncoderUnavailable, match=r"q_proj\.weight is missing"):
        captioner.load(str(folder))


def test_other_kinds_of_models_are_refused(tmp_path: Path) -> None:
    from tests.training import tiny

    with pytest.raises(EncoderUnavailable, match="names no processor of pictures and text"):
        captioner.load(str(tiny.bert(tmp_path / "bert")))


def test_prompts_are_in_one_place() -> None:
    assert prompts.name_of(prompts.CAPTION) == "caption" and prompts.name_of(prompts.TAGS) == "tags"
    assert "night rain" in prompts.of_caption("night rain") and "war, space" in prompts.among(["war", "space"])
