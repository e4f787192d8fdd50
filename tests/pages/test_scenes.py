"""The scene page: what is handed in, who may, how often, and what comes of it."""

import base64
import io
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from celery import current_app
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from catalog.models import Film, Frame, Term
from catalog.progress import Silent
from inference import scenes
from inference.scenes import work as scene_work
from inference.scenes.work import flow_colours, wheel
from inference.scratch import KEPT_SECONDS
from inference.tasks import sweep_scenes_task, tell_scene_task
from tests.factories import make_clip, make_film, make_term, make_version
from tests.pages.conftest import HTMX
from tests.scene_clips import EVERY_WAY, Picture, draw_pair, make_catalogue, make_pair
from tests.training import scene_nets
from training.models import ModelVersion, Task
from training.options import RetrainOptions
from training.retraining import retrain

pytestmark = pytest.mark.django_db
HERE = "/scenes/"


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    cache.clear()
    scene_nets.make_tiny(monkeypatch)
    cores = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(cores)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What workers were asked for."""
    found: list[Any] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **how: found.append((name, how["args"])))
    return found


def row_of_champion(architecture: str) -> ModelVersion:
    """A champion as a row, which nobody can use."""
    terms = [make_term(slug, Term.Kind.SCENE) for slug in ("action", "horror")]
    return make_version(*terms, task=Task.SCENES, architecture=architecture)


@pytest.fixture
def catalogue(settings: Any) -> list[Film]:
    return make_catalogue(Path(settings.MEDIA_ROOT), EVERY_WAY, films=5, pairs=3)


@pytest.fixture
def champion(catalogue: list[Film]) -> ModelVersion:
    """One that has learned, and sees motion."""
    options = RetrainOptions(task="scenes", architecture="motion-magnitude", min_films=1, epochs=8, learning_rate=1e-2)
    version = retrain(options, Silent()).version
    assert version is not None
    return ModelVersion.objects.get(pk=version.pk)


def two_frames(seed: int = 0) -> tuple[Picture, Picture]:
    random = np.random.default_rng(seed)
    return draw_pair(*EVERY_WAY["action"](random), random)


def file(picture: Picture, name: str = "frame.png") -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/png")


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


# Asking -----------------------------------------------------------------------------------------------------


def test_anybody_may_open_it_and_is_told_where_there_is_no_model(client: Client, db: None) -> None:
    page = text(client.get(HERE))
    assert "There is no model of scene genres yet." in page
    assert "<form" not in page.split("<main")[1]
    assert client.post(HERE, {"frame": "1"}).status_code == 409


def test_two_frames_are_kept_re_encoded_and_asked_about(client: Client, sent: list[Any]) -> None:
    row_of_champion("six-channel")
    first, second = two_frames()
    response = client.post(HERE, {"first": file(first), "second": file(second)})
    assert response.status_code == 302
    token = response["Location"].split("/")[2]
    assert sent == [("inference.tell_scene", [token])]
    assert {path.name for path in scenes.folder(token).iterdir()} == {"first.jpg", "second.jpg", "question.json"}
    assert scenes.folder(token).stat().st_mode & 0o077 == 0
    with Image.open(scenes.folder(token) / "first.jpg") as kept:
        assert (kept.format, kept.size) == ("JPEG", (96, 54))


def test_one_frame_is_enough_for_a_model_of_single_frames_only(client: Client, sent: list[Any]) -> None:
    first, _second = two_frames()
    row_of_champion("scene-resnet50")
    assert client.post(HERE, {"first": file(first)}).status_code == 302
    ModelVersion.objects.all().delete()
    row_of_champion("six-channel")
    response = client.post(HERE, {"first": file(first)})
    assert response.status_code == 422
    assert "give it the second one as well" in text(response)
    assert len(sent) == 1


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({}, 422, "Choose two frames, one, or a short clip first."),
        ({"frame": "77"}, 422, "This pair of frames is not there any more."),
        ({"frame": "x" * 40}, 422, "Choose two frames"),
        ({"first": b"GIF89a nothing", "second": b"GIF89a nothing"}, 415, "not a JPEG, PNG or WebP"),
        ({"first": b"\xff\xd8\xff\xe0 broken", "second": b"\xff\xd8\xff\xe0 broken"}, (415, 422), ""),
    ],
)
def test_what_cannot_be_looked_at_is_refused_with_a_sentence(
    client: Client, sent: list[Any], fields: dict[str, Any], status: Any, sentence: str
) -> None:
    row_of_champion("six-channel")
    given = {name: SimpleUploadedFile("a", v) if isinstance(v, bytes) else v for name, v in fields.items()}
    response = client.post(HERE, given)
    assert response.status_code in (status if isinstance(status, tuple) else (status,))
    assert sentence in text(response)
    assert 'role="alert"' in text(response)
    assert not sent


def test_pictures_and_clips_that_are_too_large_are_refused(
    client: Client, sent: list[Any], settings: Any, monkeypatch: Any
) -> None:
    row_of_champion("six-channel")
    settings.POSTER_MAX_BYTES = 100
    monkeypatch.setattr(scenes, "CLIP_BYTES", 100)
    first, second = two_frames()
    assert client.post(HERE, {"first": file(first), "second": file(second)}).status_code == 413
    response = client.post(HERE, {"clip": SimpleUploadedFile("clip.mp4", b"x" * 200)})
    assert response.status_code == 413
    assert not sent
    assert not list(scenes.scratch.home().glob("*"))


def test_nobody_asks_without_end(client: Client, sent: list[Any], settings: Any) -> None:
    settings.SCENE_QUESTIONS = "2/min"
    row_of_champion("scene-fc")
    first, _second = two_frames()
    codes = [client.post(HERE, {"first": file(first)}).status_code for _ in range(3)]
    assert codes == [302, 302, 429]
    response = client.post(HERE, {"first": file(first)})
    assert 0 < int(response["Retry-After"]) <= 60
    assert "Wait a minute" in text(response)
    assert client.get(HERE).status_code == 200
    assert len(sent) == 2


def test_a_pair_of_a_film_can_be_chosen_unless_the_film_is_hidden(
    client: Client, sent: list[Any], settings: Any
) -> None:
    row_of_champion("six-channel")
    shown, hidden = make_film("Shown", key="shown"), make_film("Hidden", key="hidden", published=False)
    frames = [
        make_pair(Path(settings.MEDIA_ROOT), make_clip(film), 1.5, two_frames(number))
        for number, film in enumerate((shown, hidden))
    ]
    page = text(client.get(HERE))
    assert "?film=shown" in page
    assert "Hidden" not in page
    chosen = text(client.get(HERE + "?film=shown"))
    assert f'value="{frames[0].pk}"' in chosen
    assert frames[0].url in chosen
    assert client.get(HERE + "?film=hidden").status_code == 404
    assert client.post(HERE, {"frame": frames[0].pk}).status_code == 302
    assert client.post(HERE, {"frame": frames[1].pk}).status_code == 422
    token = sent[0][1][0]
    assert scenes.question(token).frame == frames[0].pk


def test_a_private_site_asks_to_sign_in(client: Client, settings: Any) -> None:
    settings.PUBLIC = False
    assert client.get(HERE)["Location"].startswith("/accounts/login/")
    assert client.get(f"{HERE}{'a' * 32}/")["Location"].startswith("/accounts/login/")


# Waiting ----------------------------------------------------------------------------------------------------


def asked(client: Client) -> str:
    first, second = two_frames()
    token: str = client.post(HERE, {"first": file(first), "second": file(second)})["Location"].split("/")[2]
    return token


def test_the_page_looks_again_and_again_and_then_gives_up(client: Client, sent: list[Any]) -> None:
    row_of_champion("six-channel")
    address = f"{HERE}{asked(client)}/"
    page = text(client.get(address))
    assert 'hx-trigger="load delay:700ms"' in page
    assert f'<a href="{address}">Look again</a>' in page, "for those without scripts"
    part = text(client.get(f"{address}?asked=3", headers=HTMX))
    assert "<html" not in part
    assert "asked=4" in part
    assert "hx-get" not in text(client.get(f"{address}?asked=50", headers=HTMX))
    assert len(sent) == 1, "one worker was asked once"


@pytest.mark.parametrize("token", ["horror", "a" * 32, "A" * 32, "..", "0" * 31])
def test_unknown_questions_are_not_there(client: Client, db: None, token: str) -> None:
    assert client.get(f"{HERE}{token}/").status_code == 404


def test_nothing_stays(client: Client, sent: list[Any]) -> None:
    row_of_champion("six-channel")
    old, young = asked(client), asked(client)
    then = time.time() - KEPT_SECONDS - 1
    for path in (*scenes.folder(old).iterdir(), scenes.folder(old)):
        os.utime(path, (then, then))
    assert client.get(f"{HERE}{old}/").status_code == 404
    assert sweep_scenes_task() == 1
    assert [path.name for path in scenes.scratch.home().iterdir()] == [young]


# Answers ----------------------------------------------------------------------------------------------------


def test_a_worker_says_what_kind_of_film_it_is_from(client: Client, champion: ModelVersion, sent: list[Any]) -> None:
    token = asked(client)
    tell_scene_task(token)
    state, answer = scenes.read(token)
    assert state == scenes.READY
    assert answer is not None
    assert sum(answer.scores.values()) == pytest.approx(1, abs=0.01)
    assert list(answer.scores.values()) == sorted(answer.scores.values(), reverse=True)
    assert (answer.pairs, len(answer.frames)) == (1, 2)
    assert answer.motion == pytest.approx(5 / np.hypot(96, 54), rel=0.25), "the drawn shift"
    page = text(client.get(f"{HERE}{token}/"))
    assert "data:image/png;base64," in page
    assert "Motion magnitude" in page
    assert page.count('class="scene-bar__name"') == 3
    names = [Term.objects.get(kind="scene", slug=slug).name for slug in answer.scores]
    assert page.index(names[0]) < page.index(names[2])
    assert champion.name in page


def test_it_reads_pairs_of_films_and_single_frames_too(client: Client, champion: ModelVersion, sent: list[Any]) -> None:
    frame = Frame.objects.first()
    assert frame is not None
    client.post(HERE, {"frame": frame.pk})
    tell_scene_task(sent[-1][1][0])
    assert scenes.read(sent[-1][1][0])[0] == scenes.READY
    options = RetrainOptions(task="scenes", architecture="scene-resnet50", min_films=1, epochs=2, promote="force")
    retrain(options, Silent())
    client.post(HERE, {"first": file(two_frames()[0])})
    tell_scene_task(sent[-1][1][0])
    state, answer = scenes.read(sent[-1][1][0])
    assert state == scenes.READY
    assert answer is not None
    assert (answer.flow, answer.motion, len(answer.frames)) == ("", None, 1)
    assert "With one frame alone nothing moves." in text(client.get(f"{HERE}{sent[-1][1][0]}/"))


def test_a_short_clip_is_looked_at_in_pairs(
    client: Client, champion: ModelVersion, sent: list[Any], tmp_path: Path
) -> None:
    import av

    with av.open(str(tmp_path / "clip.mp4"), "w") as clip:
        stream = clip.add_stream("mpeg4", rate=12)
        stream.width, stream.height, stream.pix_fmt = 192, 108, "yuv420p"
        texture = np.kron(np.random.default_rng(0).integers(0, 255, (27, 96, 3)), np.ones((8, 8, 1))).astype(np.uint8)
        for number in range(24):
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(texture[:108, number * 4 : number * 4 + 192]))
            clip.mux(stream.encode(picture))
        clip.mux(stream.encode())
    client.post(HERE, {"clip": SimpleUploadedFile("clip.mp4", (tmp_path / "clip.mp4").read_bytes())})
    tell_scene_task(sent[-1][1][0])
    state, answer = scenes.read(sent[-1][1][0])
    assert state == scenes.READY, answer
    assert answer is not None
    assert 4 <= answer.pairs <= 8
    assert answer.motion == pytest.approx(4 / np.hypot(192, 108), rel=0.3)


@pytest.mark.parametrize("content", [b"", b"no video at all", b"#EXTM3U\nfile:///etc/passwd\n"])
def test_a_clip_that_is_none_is_answered_with_a_sentence(
    client: Client, champion: ModelVersion, sent: list[Any], content: bytes
) -> None:
    client.post(HERE, {"clip": SimpleUploadedFile("clip.mp4", content or b"\0")})
    tell_scene_task(sent[-1][1][0])
    state, answer = scenes.read(sent[-1][1][0])
    assert state == scenes.FAILED
    assert answer is not None
    page = text(client.get(f"{HERE}{sent[-1][1][0]}/"))
    assert answer.failed
    assert 'role="alert"' in page


def test_a_champion_that_cannot_be_used_is_said_so(client: Client, sent: list[Any]) -> None:
    row_of_champion("six-channel")
    token = asked(client)
    tell_scene_task(token)
    assert scenes.read(token)[0] == scenes.FAILED
    assert "The model could not look at it." in text(client.get(f"{HERE}{token}/"))
    assert not scene_work.tell("b" * 32), "a question that is gone"
    client.cookies["django_language"] = "ko"
    assert scenes.question(asked(client)).language == "ko"


# The picture of the flow ------------------------------------------------------------------------------------


def test_colours_are_directions_and_white_stands_still() -> None:
    flow = np.zeros((2, 2, 2), np.float32)
    flow[0, 1], flow[1, 0], flow[1, 1] = (4, 0), (0, 4), (-2, 0)  # right, down, half as far to the left
    colours = flow_colours(flow, farthest=4).tolist()
    assert colours[0][0] == [255, 255, 255]
    assert colours[0][1] == [255, 0, 0]
    assert colours[1][0][1] == 255 and colours[1][0][2] == 0  # between yellow and green
    assert colours[1][1][0] == pytest.approx(127, abs=2) and colours[1][1][1:] == [255, 255]
    rim = wheel()
    assert rim[48, 92].tolist()[0] == 255 and rim[48, 92].tolist()[1] < 20
    assert rim[0, 0].tolist() == [255, 255, 255]


def test_a_still_scene_does_not_look_like_a_storm() -> None:
    found = scene_work._pictures(np.full((360, 640, 2), 0.01, np.float32))
    with Image.open(io.BytesIO(base64.b64decode(str(found["flow"])))) as picture:
        assert np.asarray(picture).min() > 240


def test_answers_are_plain_data(client: Client, champion: ModelVersion, sent: list[Any]) -> None:
    token = asked(client)
    tell_scene_task(token)
    stored = json.loads((scenes.folder(token) / "answer.json").read_text())
    assert stored["version"] == champion.name
    (scenes.folder(token) / "answer.json").write_text("{nothing")
    assert client.get(reverse("scene", args=[token])).status_code == 404
