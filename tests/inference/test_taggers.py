"""Taggers with tiny models of the real classes: captions by a vision-language model, cosines by CLIP and SigLIP."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from transformers import SiglipConfig, SiglipModel

from catalog.models import Film
from catalog.progress import Silent
from catalog.vocabulary import Tag
from inference.models import Caption, Tagging
from inference.tags import taggers
from inference.tags.taggers import Options, TaggerUnavailable, dual, line
from inference.tags.taggers.dual import Calibration, DualTagger
from inference.tags.tagging import tag_films
from tests.factories import make_film
from tests.inference.frames import TAGS, make_frames
from tests.training import tiny, tiny_vlm
from training import encoders
from training.models import Embedding

pytestmark = pytest.mark.django_db
READABLE = (Tag("ghosts", "ghosts"), Tag("love", "love"), Tag("war", "war"))  # words that the tiny tokenizer knows


@pytest.fixture(autouse=True)
def _nothing_loaded() -> Any:
    yield
    encoders._loaded.clear()


def clip(folder: Path) -> Path:
    """Reads a text where its tokenizer ends it."""
    tiny.clip(folder)
    config = json.loads((folder / "config.json").read_text())
    config["text_config"]["eos_token_id"] = tiny.WORDS.index("[SEP]")
    (folder / "config.json").write_text(json.dumps(config))
    return tiny._with_tokenizer(folder)


def siglip(folder: Path) -> Path:
    small = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    config = SiglipConfig(
        text_config={"vocab_size": len(tiny.WORDS), "max_position_embeddings": 16, "projection_size": 16, **small},
        vision_config={"image_size": 32, "patch_size": 8, **small},
    )
    SiglipModel(config).save_pretrained(folder)
    tiny._with_preprocessing(folder, "SiglipImageProcessor", size={"height": 32, "width": 32})
    return tiny._with_tokenizer(folder)


@pytest.mark.parametrize("make", [clip, siglip])
def test_a_dual_encoder_compares_frames_with_tags(make: Any, tmp_path: Path, film: Film) -> None:
    frames = make_frames(film, 6)
    tagger = taggers.make("dual", Options(model=str(make(tmp_path / "model"))), READABLE)
    assert isinstance(tagger, DualTagger) and len(tagger.name) <= 160 and tagger.name.endswith("dual")
    assert np.linalg.norm(tagger.prompts, axis=1) == pytest.approx(1, abs=1e-5)
    tagger.calibration = Calibration(0.0)  # everything counts
    answers = list(tagger.look([frame.file for frame in frames]))
    assert all(set(answer.matches) == {"ghosts", "love", "war"} for answer in answers)
    assert all(0 <= float(score) <= 1 for answer in answers for score in answer.matches.values())
    cosines = tagger._cosines(tagger._vectors([frame.file for frame in frames])[0])
    assert cosines.shape == (6, 3) and np.ptp(cosines, 0).min() > 0, "it looks at the frames"
    assert np.ptp(cosines, 1).min() > 0, "it reads the tags"
    done = tag_films(tagger, Film.objects.filter(pk=film.pk), Silent())
    assert done.frames == 6 and Tagging.objects.get().counts == {"ghosts": 6, "love": 6, "war": 6}
    assert not Caption.objects.exclude(text="").exists()


def test_frames_are_encoded_once(tmp_path: Path, film: Film) -> None:
    frames = make_frames(film, 5)
    model = Options(model=str(clip(tmp_path / "clip")))
    first = list(taggers.make("dual", model, TAGS).look([frame.file for frame in frames]))
    assert Embedding.objects.count() == 5
    for frame in frames:
        frame.file.unlink()
    assert list(taggers.make("dual", model, TAGS).look([frame.file for frame in frames])) == first


def test_frames_that_cannot_be_read_are_failures(tmp_path: Path, film: Film) -> None:
    frames = make_frames(film, 3)
    frames[1].file.write_bytes(b"nothing")
    tagger = taggers.make("dual", Options(model=str(clip(tmp_path / "clip"))), TAGS)
    errors = [seen.error for seen in tagger.look([frame.file for frame in frames])]
    assert errors == ["", "The frame's file is missing or damaged.", ""]


def test_cosines_are_compared_with_the_sites_frames() -> None:
    """Of a tag that is near to everything and one that is near to nothing, both stand out where they do."""
    random = np.random.default_rng(0)
    cosines = random.normal([0.30, 0.10], 0.01, (200, 2)).astype(np.float32)
    calibration = Calibration.of(object(), cosines)
    near = np.array([[0.30, 0.14], [0.34, 0.10], [0.30, 0.10]], np.float32)
    assert (calibration.scores(near) >= calibration.cut).tolist() == [[False, True], [True, False], [False, False]]
    found = (calibration.scores(cosines) >= calibration.cut).mean(0)
    assert (found < 0.06).all(), "no tag is given to nearly every frame"


def test_with_few_frames_a_frames_tags_are_compared() -> None:
    cosines = np.full((2, 20), 0.2, np.float32) + np.random.default_rng(0).normal(0, 0.003, (2, 20)).astype(np.float32)
    cosines[0, 7] = 0.3
    calibration = Calibration.of(object(), cosines)
    assert np.flatnonzero(calibration.scores(cosines[:1])[0] >= calibration.cut).tolist() == [7]


def test_siglip_brings_its_own_calibration(tmp_path: Path) -> None:
    tagger = taggers.make("dual", Options(model=str(siglip(tmp_path / "siglip"))), TAGS)
    assert isinstance(tagger, DualTagger)
    network, calibration = tagger.network, tagger.calibration
    cosines = np.array([[0.1, -0.1]], np.float32)
    logits = float(network.logit_scale.exp()) * cosines + float(network.logit_bias)
    assert calibration.scores(cosines) == pytest.approx(1 / (1 + np.exp(-logits)), abs=1e-6)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [(tiny.vit, "reads no text"), (tiny.clip, "holds no tokenizer"), (lambda folder: folder, "no encoder folder")],
)
def test_what_is_no_dual_encoder_is_refused(make: Any, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(TaggerUnavailable, match=sentence):
        taggers.make("dual", Options(model=str(make(tmp_path / "model"))), TAGS)


def test_a_vision_language_model_captions_frames(tmp_path: Path, film: Film) -> None:
    frames = make_frames(film, 5)
    folder = tiny_vlm.llava(tmp_path / "llava")
    tagger = taggers.make("captioner", Options(model=str(folder)), TAGS)
    said = list(tagger.look([frame.file for frame in frames]))
    assert len(said) == 5 and all(not seen.error for seen in said)
    small = taggers.make("captioner", Options(model=str(folder), size="180x90", ask="tags"), TAGS)
    assert small.name != tagger.name and small.name.endswith("180x90") and "llava" in small.name
    frames[2].file.write_bytes(b"nothing")
    errors = [seen.error for seen in tagger.look([frame.file for frame in frames])]
    assert errors == ["", "", f"The frame {frames[2].sha256}.jpg is damaged.", "", ""]
    assert [seen.text for seen in tagger.look([frame.file for frame in frames[:2]])] == [s.text for s in said[:2]]


def test_captions_are_matched(tmp_path: Path, film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    make_frames(film, 2)
    tagger: Any = taggers.make("captioner", Options(model=str(tiny_vlm.llava(tmp_path / "llava"))), TAGS)
    monkeypatch.setattr(tagger.model, "captions", lambda pictures, **_: iter([["A rainy street", "no violence"]]))
    tag_films(tagger, Film.objects.filter(pk=film.pk), Silent())
    assert Tagging.objects.get().counts == {"rain": 1}
    assert [caption.matches for caption in Caption.objects.order_by("frame__seconds")] == [{"rain": "rainy"}, {}]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("captioner", Options(model="/nowhere/at/all")),
        ("captioner", Options(adapter="captions-9")),
        ("captioner", Options(size="9x9")),
        ("captioner", Options(ask="poems")),
        ("dual", Options(model="/nowhere/at/all")),
        ("plot", Options()),
        ("oracle", Options()),
    ],
)
def test_what_cannot_be_had_is_one_sentence(name: str, options: Options) -> None:
    with pytest.raises(TaggerUnavailable):
        taggers.make(name, options, TAGS)


def test_names_fit_their_column() -> None:
    assert line("a" * 300, "caption", "", "180x90") == "a" * 145 + " caption 180x90"
    assert len(line("a" * 300, "caption", "180x90")) == 160
    assert line("smol", "caption") == "smol caption"


def test_the_sample_is_of_the_site(tmp_path: Path, film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dual, "FEWEST", 8)
    make_frames(film, 4)
    make_frames(make_film(), 4)
    tagger = taggers.make("dual", Options(model=str(clip(tmp_path / "clip"))), TAGS)
    assert isinstance(tagger, DualTagger) and tagger.calibration.mean is not None
    assert tagger.calibration.mean.shape == (3,)
