"""Heat maps in a browser: by mouse, by keyboard, by touch, while rows are decided, and without a worker."""

import re
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.core.cache import cache
from playwright.sync_api import Page, expect

from catalog.pictures import store_poster
from tests.browser.conftest import Archive, Open, picture
from tests.browser.test_every_page import complaints
from tests.seen import store_sight

HORROR, DRAMA, WAR = (f'[data-heat-button="genre-{slug}"]' for slug in ("horror", "drama", "war"))


@pytest.fixture(autouse=True)
def asked(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> list[Any]:
    """What workers were asked for; none is there."""
    settings.DATA_DIR = tmp_path
    cache.clear()
    found: list[Any] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **how: found.append(how["args"]))
    return found


@pytest.fixture
def looked(archive: Archive) -> Archive:
    """The champion has looked at the first film."""
    archive.champion.config = {"image_encoder": "starter"}
    archive.champion.save()
    archive.film.refresh_from_db()
    store_sight(archive.champion, archive.film, archive.champion.terms)
    return archive


def opened(page: Page, archive: Archive) -> Page:
    page.goto(archive.film.get_absolute_url())
    expect(page.locator(HORROR)).to_be_visible()
    return page


def expect_map(page: Page, slug: str) -> None:
    """This map and its words are shown, and no other."""
    shown = page.locator(".heat__map:visible")
    expect(shown).to_have_count(1 if slug else 0)
    if slug:
        expect(shown).to_have_attribute("src", re.compile(f"/{slug}.png$"))
        expect(page.locator(f"#genre-{slug}-seen")).to_be_visible()
    expect(page.locator("[data-heat-hint]")).to_be_visible(visible=not slug)


def test_pointing_at_a_row_shows_its_map_over_the_poster(looked: Archive, open_browser: Open) -> None:
    page = opened(open_browser(), looked)
    expect_map(page, "")
    page.hover("#genre-horror")
    expect_map(page, "horror")
    poster, heat = page.locator(".film__poster").bounding_box(), page.locator(".heat__map:visible").bounding_box()
    assert poster == heat
    assert page.evaluate("document.querySelector('.heat__map:not([hidden])').decode().then(() => true)")
    page.hover("#genre-drama")
    expect_map(page, "drama")
    page.hover("h1")
    expect_map(page, "")


def test_rows_that_were_folded_have_maps_too(looked: Archive, open_browser: Open) -> None:
    film = looked.films[2]
    store_poster(film, picture((90, 20, 30)))
    store_sight(looked.champion, film, looked.champion.terms)
    page = open_browser()
    page.goto(film.get_absolute_url())
    expect(page.locator(DRAMA)).to_be_visible()
    expect(page.locator(WAR)).to_have_count(0)
    page.click("#genre-unfold a")
    page.hover("#genre-war")
    expect_map(page, "war")


def test_a_pressed_button_keeps_its_map_until_it_is_pressed_again(looked: Archive, open_browser: Open) -> None:
    page = opened(open_browser(), looked)
    page.click(HORROR)
    expect(page.locator(HORROR)).to_have_attribute("aria-pressed", "true")
    page.hover("h1")
    expect_map(page, "horror")
    page.hover("#genre-drama")
    expect_map(page, "drama")
    page.hover("h1")
    expect_map(page, "horror")
    page.click(HORROR)
    page.locator(HORROR).blur()
    page.hover("h1")
    expect_map(page, "")


def test_by_keyboard(looked: Archive, open_browser: Open) -> None:
    page = opened(open_browser(looked.carla), looked)
    page.focus(HORROR)
    expect_map(page, "horror")
    page.keyboard.press("Tab")
    expect_map(page, "drama")
    page.keyboard.press("Enter")
    expect(page.locator(DRAMA)).to_have_attribute("aria-pressed", "true")
    page.focus("#genre-horror-yes")
    expect_map(page, "horror")
    page.keyboard.press("Escape")
    expect(page.locator(DRAMA)).to_have_attribute("aria-pressed", "false")
    expect_map(page, "")
    assert page.locator(HORROR).evaluate(
        "button => document.getElementById(button.getAttribute('aria-describedby')).textContent"
    )


def test_by_touch(looked: Archive, open_browser: Open) -> None:
    page = opened(open_browser(has_touch=True, is_mobile=True), looked)
    page.set_viewport_size({"width": 390, "height": 844})
    page.tap(HORROR)
    expect_map(page, "horror")
    page.tap("#genre-drama .row__score")
    expect_map(page, "drama")
    page.tap("#genre-drama .row__score")
    expect_map(page, "")


def test_deciding_goes_on_beside_it(looked: Archive, open_browser: Open) -> None:
    page = opened(open_browser(looked.carla), looked)
    page.click(DRAMA)
    page.click("#genre-horror-yes")
    expect(page.locator("#genre-horror")).to_have_class("row row--yes")
    expect(page.locator("#genre-horror-yes")).to_be_focused()
    expect_map(page, "horror")
    page.hover("h1")
    page.locator("#genre-horror-yes").blur()
    page.hover("#genre-drama")
    expect_map(page, "drama")


def test_maps_appear_when_a_worker_has_made_them(looked: Archive, open_browser: Open, asked: list[Any]) -> None:
    looked.film.plot = "Another plot."
    looked.film.save()
    looked.film.refresh_from_db()
    page = open_browser()
    page.goto(looked.film.get_absolute_url())
    expect(page.locator("#heatmaps")).to_contain_text("Heat maps are being made.")
    assert asked == [[looked.film.pk, "maps"]]
    store_sight(looked.champion, looked.film, looked.champion.terms)
    expect(page.locator(HORROR)).to_be_visible()
    assert asked == [[looked.film.pk, "maps"]]


def test_trouble_while_asking_is_kept_quiet(looked: Archive, open_browser: Open) -> None:
    looked.film.plot = "Another plot."
    looked.film.save()
    page = open_browser()
    page.goto(looked.film.get_absolute_url())
    expect(page.locator("#heatmaps")).to_contain_text("Heat maps are being made.")
    page.context.set_offline(True)
    page.evaluate("document.getElementById('trouble').hidden = true")  # the browser's own word that it is offline
    page.wait_for_timeout(1500)
    expect(page.locator("#trouble")).to_be_hidden()


def test_without_javascript_there_is_a_page(looked: Archive, open_browser: Open) -> None:
    page = open_browser(java_script_enabled=False)
    page.goto(f"{looked.film.get_absolute_url()}heatmaps/")
    expect(page.locator(".heat-card")).to_have_count(4)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(looked: Archive, open_browser: Open, theme: str, language: str) -> None:
    page = opened(open_browser(looked.carla, theme=theme, language=language, bypass_csp=True), looked)
    found = complaints(page)
    page.click(HORROR)
    found += complaints(page)
    page.goto(f"{looked.film.get_absolute_url()}heatmaps/")
    found += complaints(page)
    assert not found, "\n".join(found)


def test_nothing_breaks_the_policy_or_is_logged(looked: Archive, open_browser: Open) -> None:
    page = open_browser(looked.carla)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    opened(page, looked)
    for slug in ("horror", "drama"):
        page.hover(f"#genre-{slug}")
    page.click(HORROR)
    page.goto(f"{looked.film.get_absolute_url()}heatmaps/")
    page.wait_for_load_state("networkidle")
    assert said == []
