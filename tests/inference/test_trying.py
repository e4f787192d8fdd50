"""Trying the models on something of one's own: what the worker makes of it, with the models that ship with the site."""

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from celery import current_app
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image

from catalog import search
from catalog.models import Film, Job, Term, User
from catalog.progress import Silent
from inference import sight, trying
from inference.meaning import reading
from inference.tasks import sweep_scenes_task, try_task
from inference.thresholds.setting import set_threshold
from inference.trying import adding, work
from tests.factories import import_label, make_film
from tests.footage import shots, video
from tests.scene_clips import EVERY_WAY, draw_pair, make_catalogue
from tests.training import scene_nets
from training import registry
from training.models import ModelVersion, Task
from training.options import RetrainOptions
from training.retraining import retrain

pytestmark = pytest.mark.django_db
PLOT = "A vampire count leaves his castle and drinks the blood of a young woman. Terror haunts the town at night."


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA_DIR = tmp_path
    cache.clear()
    monkeypatch.setattr(current_app, "send_task", lambda name, **how: None)


@pytest.fixture
def starters(_folder: None, django_db_setup: None) -> list[ModelVersion]:
    """The champions that a new site has, when they have predicted."""
    installed = registry.install_starters()
    Job.objects.update(state="done")
    return installed


def picture(name: str = "poster.jpg", size: tuple[int, int] = (120, 180)) -> SimpleUploadedFile:
    file = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(pixels).save(file, "PNG")
    return SimpleUploadedFile(name, file.getvalue(), "image/png")


def answered(**given: Any) -> trying.Answer:
    token = trying.ask(**given)
    assert trying.read(token) == (trying.MAKING, None)
    try_task(token)
    state, answer = trying.read(token)
    assert answer is not None
    assert state == (trying.FAILED if answer.failed else trying.READY)
    return answer


def test_a_plot_and_a_poster_give_genres_tags_maps_and_shares(starters: list[ModelVersion]) -> None:
    answer = answered(title="The Count", plot=PLOT, poster=picture())
    assert answer.inputs == ["plot", "poster"]
    assert answer.versions == ["genres-1", "tags-1"]
    genres = [term for term in answer.terms if term.kind == "genre"]
    assert next(term.slug for term in genres if term.proposed) == "horror"
    assert [term.score for term in genres] == sorted((term.score for term in genres), reverse=True)
    assert {term.slug for term in genres} == set(starters[0].terms)
    looks = sight.has_eyes(starters[0])
    assert looks and all(term.png and term.regions for term in genres[:3])
    assert any(term.plot > 0 for term in genres[:1])
    assert not any(term.png for term in answer.terms if term.kind == "tag") or sight.has_eyes(starters[1])


def test_the_scores_are_those_of_a_film_with_the_same_inputs(starters: list[ModelVersion]) -> None:
    from inference.predict import load, read_inputs
    from training.films import read_films

    answer = answered(title="The Count", plot=PLOT)
    film = make_film("The Count", plot=PLOT)
    model, text, image = load(starters[0])
    inputs = read_inputs(read_films(Film.objects.filter(pk=film.pk)), text, image, model, Silent())
    scores = dict(zip(model.terms, model.scores(inputs)[0].tolist(), strict=True))
    told = {term.slug: term.score for term in answer.terms if term.kind == "genre"}
    assert told == pytest.approx(scores, abs=2e-3)


def test_a_threshold_set_by_hand_holds_here_too(starters: list[ModelVersion], admin: User) -> None:
    before = {(term.kind, term.slug): term for term in answered(plot=PLOT).terms}
    assert before["genre", "horror"].proposed
    set_threshold(starters[0], "horror", 1.0, user=admin, reason="never")
    after = {(term.kind, term.slug): term for term in answered(plot=PLOT).terms}
    assert (after["genre", "horror"].threshold, after["genre", "horror"].proposed) == (1.0, False)
    assert after["genre", "drama"].threshold == before["genre", "drama"].threshold


def test_the_nearest_films_are_named_with_what_they_share(starters: list[ModelVersion]) -> None:
    near = make_film("Nosferatu", plot="A count, a vampire, preys on a town by night.")
    far = make_film("Picnic", plot="Two friends bake a cake for the village fair.")
    import_label(near, Term.objects.get(kind="genre", slug="horror"))
    search.refresh([near.pk, far.pk])
    reading.read()
    answer = answered(plot=PLOT)
    assert answer.near[0] == near.pk
    assert ["genre", "horror"] in [list(one) for one in answer.shared[str(near.pk)]]


def test_nothing_is_stored_of_it(starters: list[ModelVersion]) -> None:
    from training.models import Embedding

    answered(title="The Count", plot=PLOT, poster=picture())
    assert not Film.objects.exists()
    assert not Embedding.objects.exists()


def test_a_poster_alone_and_a_plot_alone_are_enough(starters: list[ModelVersion]) -> None:
    assert answered(poster=picture()).inputs == ["poster"]
    answer = answered(plot=PLOT)
    assert answer.inputs == ["plot"]
    assert not any(term.png for term in answer.terms)


def test_without_models_it_says_so_and_still_finds_films() -> None:
    film = make_film("Nosferatu", plot="A count, a vampire, preys on a town by night.")
    reading.read()
    answer = answered(plot=PLOT)
    assert answer.near == [film.pk]
    assert answer.notes == ["There is no model of genres yet.", "There is no model of tags yet."]


def test_a_model_that_cannot_be_used_is_an_answer(
    starters: list[ModelVersion], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_loaded", {})
    (starters[0].folder / "model.safetensors").write_bytes(b"")
    assert answered(plot=PLOT).failed == "The model could not look at it."


# Frames ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def scenes_champion(settings: Any, monkeypatch: pytest.MonkeyPatch) -> ModelVersion:
    scene_nets.make_tiny(monkeypatch)
    make_catalogue(Path(settings.MEDIA_ROOT), EVERY_WAY, films=5, pairs=3)
    options = RetrainOptions(task="scenes", architecture="motion-magnitude", min_films=1, epochs=8, learning_rate=1e-2)
    version = retrain(options, Silent()).version
    assert version is not None
    return ModelVersion.objects.get(pk=version.pk)


def frames(count: int) -> list[SimpleUploadedFile]:
    random = np.random.default_rng(0)
    made = []
    for pixels in draw_pair(*EVERY_WAY["action"](random), random)[:count]:
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG")
        made.append(SimpleUploadedFile("frame.png", file.getvalue(), "image/png"))
    return made


def test_frames_give_scene_genres(scenes_champion: ModelVersion) -> None:
    answer = answered(frames=frames(2))
    assert answer.inputs == ["frames"]
    assert {term.slug for term in answer.terms} == set(scenes_champion.terms)
    assert answer.terms[0].slug == "action"
    assert len(answer.frames) == 1
    assert not answer.notes


def test_a_clip_gives_scene_genres(scenes_champion: ModelVersion) -> None:
    answer = answered(clip=SimpleUploadedFile("clip.mp4", video(shots(40)), "video/mp4"))
    assert {term.slug for term in answer.terms} == set(scenes_champion.terms)
    broken = answered(clip=SimpleUploadedFile("clip.mp4", b"no film at all", "video/mp4"))
    assert not broken.terms
    assert len(broken.notes) == 1 and broken.notes[0].endswith(".")


def test_one_frame_is_too_few_for_a_model_of_motion_and_the_rest_is_told(
    scenes_champion: ModelVersion, starters: list[ModelVersion]
) -> None:
    answer = answered(plot=PLOT, frames=frames(1))
    assert [note for note in answer.notes if "two frames" in note]
    assert any(term.kind == "genre" for term in answer.terms)


def test_frames_without_a_model_of_scenes_are_shown_and_not_judged() -> None:
    answer = answered(frames=frames(2))
    assert not ModelVersion.objects.filter(task=Task.SCENES).exists()
    assert answer.notes == ["There is no model of scene genres yet: frames could not be judged."]
    assert len(answer.frames) == 1


# The scratch folder ----------------------------------------------------------------------------------------------


def test_what_was_taken_back_is_not_answered() -> None:
    token = trying.ask(plot=PLOT)
    trying.scratch.remove(token)
    assert not work.tell(token)
    assert trying.read(token) == (trying.GONE, None)
    trying.store(token, trying.Answer())
    assert not trying.scratch.folder(token).exists()


def test_tokens_that_are_none_touch_nothing(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("x")
    for token in ("../kept", "..", "", "A" * 32):
        trying.scratch.remove(token)
        assert trying.read(token) == (trying.GONE, None)
    assert (tmp_path / "kept").exists()


def test_the_sweep_takes_what_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    import os
    import time

    old, young = trying.ask(plot=PLOT), trying.ask(plot=PLOT)
    then = time.time() - 16 * 60
    os.utime(trying.scratch.folder(old), (then, then))
    assert sweep_scenes_task() == 1
    assert [path.name for path in trying.scratch.home().iterdir()] == [young]


@pytest.mark.django_db(transaction=True)
def test_of_many_clicks_at_once_one_adds_it(curator: User) -> None:
    token = trying.ask(plot=PLOT)

    def click(_: int) -> bool:
        try:
            adding.add(token, "The Count", "1922", user=curator)
        except FileNotFoundError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(click, range(8))) == 1
    assert Film.objects.filter(title="The Count").count() == 1
