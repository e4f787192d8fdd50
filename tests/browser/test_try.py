"""The try page in a browser: by keyboard alone, without scripts, for axe in all states; films like a film as well."""

from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.core.cache import cache
from playwright.sync_api import Page, expect

from catalog import search
from inference import trying
from inference.trying import Answer
from tests.browser.conftest import Archive, Open, picture
from tests.browser.test_every_page import complaints
from tests.pages.test_try import answer

PLOT = "A count moves house."


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> None:
    settings.DATA_DIR = tmp_path
    cache.clear()
    monkeypatch.setattr(current_app, "send_task", lambda name, **how: None)


def hand_in(page: Page, tmp_path: Path) -> str:
    """Fill in the form; the token of the question."""
    poster = tmp_path / "poster.jpg"
    poster.write_bytes(picture((120, 60, 40)))
    page.goto("/try/")
    page.set_input_files("#poster", poster)
    page.fill("#plot", PLOT)
    page.click("main .form__actions button")
    page.wait_for_url("**/try/*/")
    return page.url.rstrip("/").rsplit("/", 1)[1]


def answered(archive: Archive, token: str) -> None:
    near = archive.films[1].pk
    answer(token, near=[near], shared={str(near): [("genre", "horror")]}, notes=["A note."], weights=[0.4, 0.6])


def test_the_answer_comes_by_itself(archive: Archive, open_browser: Open, tmp_path: Path) -> None:
    page = open_browser()
    token = hand_in(page, tmp_path)
    page.wait_for_selector("text=The models are looking at it.")
    answered(archive, token)
    page.wait_for_selector(".tried")
    expect(page.locator(".tried-row--yes")).to_have_count(2)
    expect(page.locator(".heat__map")).to_have_count(1)
    page.wait_for_function("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    page.click("text=Remove it now")
    page.wait_for_selector("text=Removed: nothing of it is kept.")
    assert not trying.scratch.folder(token).exists()


def test_a_picture_is_shown_before_it_is_sent(archive: Archive, open_browser: Open, tmp_path: Path) -> None:
    page = open_browser()
    poster = tmp_path / "poster.jpg"
    poster.write_bytes(picture((120, 60, 40)))
    page.goto("/try/")
    page.set_input_files("#poster", poster)
    page.wait_for_selector("[data-preview]:not([hidden])")


def test_it_works_with_the_keyboard_and_without_scripts(archive: Archive, open_browser: Open) -> None:
    page = open_browser(archive.carla, java_script_enabled=False)
    page.goto("/try/")
    page.focus("#plot")
    page.keyboard.type(PLOT)
    for _ in range(10):
        page.keyboard.press("Tab")
        if "models say" in (page.locator(":focus").text_content() or ""):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/try/*/")
    answered(archive, page.url.rstrip("/").rsplit("/", 1)[1])
    page.focus("text=Look again")
    page.keyboard.press("Enter")
    page.wait_for_selector(".tried")
    page.focus("#keep-title")
    page.keyboard.type("The Count")
    page.keyboard.press("Enter")
    page.wait_for_url("**/films/the-count/")
    assert page.locator(".film__plot").text_content() == PLOT


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(archive: Archive, open_browser: Open, tmp_path: Path, theme: str, language: str) -> None:
    page = open_browser(archive.carla, theme=theme, language=language, bypass_csp=True)
    token = hand_in(page, tmp_path)
    found = complaints(page)
    answered(archive, token)
    page.goto(f"/try/{token}/")
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    found += complaints(page)
    trying.store(token, Answer(failed="It could not look."))
    page.goto(f"/try/{token}/")
    found += complaints(page)
    assert not found, "\n".join(found)


def test_the_page_fits_a_phone(archive: Archive, open_browser: Open, tmp_path: Path) -> None:
    page = open_browser(archive.carla)
    page.set_viewport_size({"width": 390, "height": 844})
    token = hand_in(page, tmp_path)
    answered(archive, token)
    for address in ("/try/", f"/try/{token}/", f"{archive.film.get_absolute_url()}similar/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address


def test_similar_films_come_when_they_are_scrolled_to(archive: Archive, open_browser: Open) -> None:
    search.refresh([film.pk for film in archive.films])
    page = open_browser()
    page.set_viewport_size({"width": 1280, "height": 500})
    page.goto(archive.film.get_absolute_url())
    expect(page.locator(".like")).to_have_count(0)
    page.locator("#similar").scroll_into_view_if_needed()
    page.wait_for_selector(".like")
    page.click(".turn__way >> nth=0")
    page.wait_for_url("**/?like=*")
