"""The scene page in a browser: frames chosen, dropped and pasted, on a phone, in both themes, without scripts."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from celery import current_app
from django.core.cache import cache
from PIL import Image
from playwright.sync_api import Page, expect

from catalog.progress import Silent
from inference.scenes import TASK
from inference.tasks import tell_scene_task
from tests.browser.conftest import Open
from tests.browser.test_every_page import complaints
from tests.scene_clips import EVERY_WAY, draw_pair, make_catalogue
from tests.training import scene_nets
from training.models import ModelVersion
from training.options import RetrainOptions
from training.retraining import retrain

DROP = """([selector, files]) => {
  const held = new DataTransfer();
  for (const [name, data] of files) {
    const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
    held.items.add(new File([bytes], name, {type: "image/png"}));
  }
  const event = selector ? new DragEvent("drop", {dataTransfer: held, bubbles: true, cancelable: true})
                         : new ClipboardEvent("paste", {clipboardData: held, bubbles: true, cancelable: true});
  (selector ? document.querySelector(selector).closest("[data-drop]") : document).dispatchEvent(event);
}"""


@pytest.fixture(autouse=True)
def asked(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[list[Any]]:
    """What workers were asked for; none is there."""
    settings.DATA_DIR = tmp_path
    cache.clear()
    scene_nets.make_tiny(monkeypatch)
    found: list[Any] = []
    monkeypatch.setattr(
        current_app, "send_task", lambda name, **how: found.append(how["args"]) if name == TASK else None
    )
    cores = torch.get_num_threads()
    torch.set_num_threads(1)
    yield found
    torch.set_num_threads(cores)


@pytest.fixture
def champion(settings: Any, transactional_db: None) -> ModelVersion:
    make_catalogue(Path(settings.MEDIA_ROOT), EVERY_WAY, films=4, pairs=3)
    options = RetrainOptions(task="scenes", architecture="motion-magnitude", min_films=1, epochs=8, learning_rate=1e-2)
    version = retrain(options, Silent()).version
    assert version is not None
    return version


@pytest.fixture
def frames(tmp_path: Path) -> list[Path]:
    random = np.random.default_rng(3)
    pictures = draw_pair(*EVERY_WAY["action"](random), random)
    paths = [tmp_path / f"frame-{number}.png" for number in (1, 2)]
    for path, picture in zip(paths, pictures, strict=True):
        Image.fromarray(picture).resize((640, 360)).save(path)
    return paths


def handed_in(page: Page, frames: list[Path]) -> str:
    """The token of a question about these frames."""
    page.goto("/scenes/")
    page.set_input_files("#first", frames[0])
    page.set_input_files("#second", frames[1])
    page.click("[data-scene-form] button")
    page.wait_for_url("**/scenes/*/")
    return page.url.split("/")[-2]


def test_frames_are_shown_sent_and_answered(champion: ModelVersion, open_browser: Open, frames: list[Path]) -> None:
    page = open_browser()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto("/scenes/")
    expect(page.locator("[data-preview]:visible")).to_have_count(0)
    page.set_input_files("#first", frames[0])
    expect(page.locator("[data-preview]:visible")).to_have_count(1)
    token = handed_in(page, frames)
    expect(page.get_by_role("status")).to_contain_text("The model is looking at the scene.")
    tell_scene_task(token)
    expect(page.locator(".scene-bar")).to_have_count(3)  # the page asked again by itself
    expect(page.get_by_role("heading", name="What moves between them")).to_be_visible()
    loaded = "pictures => pictures.every(picture => picture.complete && picture.naturalWidth > 0)"
    assert page.locator(".scene img").evaluate_all(loaded)
    assert said == []


@pytest.mark.parametrize("selector", ["#first", ""])
def test_two_frames_can_be_dropped_or_pasted_at_once(
    champion: ModelVersion, open_browser: Open, frames: list[Path], asked: list[Any], selector: str
) -> None:
    page = open_browser()
    page.goto("/scenes/")
    files = [[path.name, base64.b64encode(path.read_bytes()).decode()] for path in frames]
    page.evaluate(DROP, [selector, files])
    expect(page.locator("[data-preview]:visible")).to_have_count(2)
    page.click("[data-scene-form] button")
    page.wait_for_url("**/scenes/*/")
    assert len(asked) == 1


def test_a_scene_of_a_film_is_chosen_by_keyboard_and_without_scripts(
    champion: ModelVersion, open_browser: Open
) -> None:
    page = open_browser(java_script_enabled=False)
    page.goto("/scenes/")
    page.click(".scene-films a >> nth=0")
    page.focus('input[name="frame"] >> nth=0')
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url("**/scenes/*/")
    tell_scene_task(page.url.split("/")[-2])
    page.click("text=Look again")
    expect(page.locator(".scene-bar")).to_have_count(3)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(
    champion: ModelVersion, open_browser: Open, frames: list[Path], theme: str, language: str
) -> None:
    page = open_browser(theme=theme, language=language, bypass_csp=True)
    token = handed_in(page, frames)
    found = complaints(page)
    tell_scene_task(token)
    for address in (f"/scenes/{token}/", "/scenes/", "/scenes/?film=scene-action-0", f"/models/{champion.name}/"):
        page.goto(address)
        found += [f"{address}: {complaint}" for complaint in complaints(page)]
    page.goto("/scenes/")
    page.click("[data-scene-form] button")  # with nothing in it
    page.wait_for_selector(".note--wrong")
    assert found + complaints(page) == []


def test_nothing_is_cut_off_on_a_phone(champion: ModelVersion, open_browser: Open, frames: list[Path]) -> None:
    page = open_browser()
    page.set_viewport_size({"width": 360, "height": 740})
    token = handed_in(page, frames)
    tell_scene_task(token)
    for address in (f"/scenes/{token}/", "/scenes/", "/scenes/?film=scene-action-0", f"/models/{champion.name}/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
