"""Finding films in a browser."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Archive, Open
from tests.factories import make_film


def test_the_list_follows_what_is_typed_and_chosen(archive: Archive, open_browser: Open) -> None:
    page = open_browser(archive.carla)
    page.goto("/")
    page.get_by_role("searchbox").press_sequentially("fau", delay=30)
    expect(page.locator(".card")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"/\?q=fau$"))
    expect(page.get_by_role("searchbox")).to_have_value("fau")
    page.get_by_role("searchbox").fill("")
    expect(page.locator(".card")).to_have_count(3)
    page.locator("#genre-horror").check()
    expect(page.locator(".card")).to_have_count(2)
    expect(page).to_have_url(re.compile(r"/\?genre=horror$"))
    page.locator("#genre-drama").check()
    expect(page).to_have_url(re.compile(r"/\?genre=drama&genre=horror$|/\?genre=horror&genre=drama$"))


def test_back_returns_to_what_was_there(archive: Archive, open_browser: Open) -> None:
    page = open_browser()
    page.goto("/")
    page.locator("#sort").select_option("title")
    expect(page).to_have_url(re.compile("sort=title"))
    page.locator(".card__link").first.click()
    expect(page.locator("h1")).to_have_text("Faust")
    page.go_back()
    expect(page.locator(".card")).to_have_count(3)
    expect(page.locator("#sort")).to_have_value("title")


def test_more_films_are_added_and_the_first_new_one_has_the_focus(archive: Archive, open_browser: Open) -> None:
    for number in range(50):
        make_film(f"Reel {number}")
    page = open_browser()
    page.goto("/")
    expect(page.locator(".card")).to_have_count(36)
    page.get_by_role("link", name="More films").click()
    expect(page.locator(".card")).to_have_count(53)
    expect(page.locator(".card__link").nth(36)).to_be_focused()


def test_filters_work_without_javascript(archive: Archive, open_browser: Open) -> None:
    page = open_browser(java_script_enabled=False)
    page.goto("/")
    page.get_by_role("searchbox").fill("faust")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".card")).to_have_count(1)


def test_the_theme_switches_in_place_and_stays(archive: Archive, open_browser: Open) -> None:
    page = open_browser(theme="light")
    page.goto("/")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Switch between light and dark").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.goto(archive.film.get_absolute_url())
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_language_switches_and_stays(archive: Archive, open_browser: Open) -> None:
    page = open_browser()
    page.goto(archive.film.get_absolute_url())
    page.get_by_role("button", name="한국어").click()
    expect(page.locator("h1")).to_have_text("노스페라투")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.locator("#facets")).to_contain_text("공포")


def test_a_phone_needs_no_sideways_scrolling(archive: Archive, open_browser: Open) -> None:
    page = open_browser(archive.ada)
    page.set_viewport_size({"width": 390, "height": 844})
    addresses = ["/", archive.film.get_absolute_url(), "/jobs/", "/models/", "/models/genres-2/", "/import/"]
    for address in [*addresses, "/import/names/", "/models/retrain/", f"{archive.film.get_absolute_url()}history/"]:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
