"""Finding films in a browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from catalog.models import Film, SavedSearch, Term
from catalog.search import typos
from tests.browser.conftest import Archive, Open
from tests.browser.test_every_page import complaints
from tests.factories import import_label, make_film


def at_top(page: Page) -> str | None:
    """The film that the top of the window shows."""
    found: str | None = page.evaluate(
        """[...document.querySelectorAll('[data-film]')]
            .find(film => film.getBoundingClientRect().bottom > 0)?.dataset.film"""
    )
    return found


def test_the_list_follows_what_is_typed_and_chosen(archive: Archive, open_browser: Open) -> None:
    page = open_browser(archive.carla)
    page.goto("/")
    box = page.get_by_role("combobox", name="Titles, genres")
    box.fill("fau")
    box.press("Enter")
    expect(page.locator(".card")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"/\?q=fau$"))
    expect(box).to_have_value("fau")
    page.get_by_role("button", name="Clear the text").click()
    expect(page.locator(".card")).to_have_count(3)
    page.locator("#sift-genres-genre-horror").click()
    expect(page.locator(".card")).to_have_count(2)
    expect(page).to_have_url(re.compile(r"/\?genre=horror$"))
    expect(page.locator("#sift-genres-genre-horror")).to_be_focused()
    page.locator("#sift-genres-genre-drama").click()
    expect(page).to_have_url(re.compile(r"/\?genre=drama&genre=horror$"))
    expect(page).to_have_title("Drama, Horror · genresite")


def test_a_chip_goes_round_by_keyboard_and_says_so(archive: Archive, open_browser: Open) -> None:
    page = open_browser()
    page.goto("/?genre=horror")
    chip = page.locator("#chip-genre-horror")
    for mode, films in (("may", 2), ("not", 1)):
        chip.focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(rf"/\?{mode}=horror$"))
        expect(page.locator(".card")).to_have_count(films)
        expect(chip).to_be_focused()
        expect(page.locator("#live")).to_contain_text("film")
        expect(page.locator(".htmx-settling, .htmx-added")).to_have_count(0)  # until then a link is a plain link
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/$"))
    expect(chip).to_have_count(0)
    expect(page.locator("#count")).to_be_focused()


def test_strengths_by_keyboard_on_a_filter_and_on_its_chip(archive: Archive, open_browser: Open) -> None:
    page = open_browser()
    page.goto("/")
    page.locator("#sift-genres-genre-drama").focus()
    page.keyboard.press("+")
    expect(page).to_have_url(re.compile(r"/\?w\.drama=1$"))
    expect(page.locator(".card__title").first).to_have_text("Faust")
    page.locator("#chip-genre-drama-more").click()
    expect(page).to_have_url(re.compile(r"/\?w\.drama=2$"))
    for wanted in (r"/\?w\.drama=1$", r"/$", r"/\?w\.drama=-1$"):
        less = "#chip-genre-drama-less" if page.locator("#chip-genre-drama").count() else "[data-less][href*=drama]"
        page.locator(less).dispatch_event("click")
        expect(page).to_have_url(re.compile(wanted))
    expect(page.locator(".card__title").last).to_have_text("Faust")


def test_suggestions_are_a_list_that_the_keyboard_walks_through(archive: Archive, open_browser: Open) -> None:
    page = open_browser()
    page.goto("/?not=comedy")
    box = page.locator("#q")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("hor", delay=20)
    expect(box).to_have_attribute("aria-expanded", "true")
    option = page.get_by_role("option", name="Horror genre")
    expect(page.locator("#live")).to_contain_text("suggestions")
    box.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == option.get_attribute("id")
    expect(box).to_be_focused()
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"/\?genre=horror&not=comedy$"))
    expect(box).to_have_value("")
    box.press_sequentially("nosf", delay=20)
    expect(page.get_by_role("option", name="Nosferatu")).to_be_visible()
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("nosf")
    box.press("ArrowDown")
    expect(page.get_by_role("option", name="Nosferatu")).to_be_visible()
    page.get_by_role("option", name="Nosferatu").first.click()
    expect(page.locator("h1")).to_have_text("Nosferatu")


def test_enter_belongs_to_the_syllable_while_korean_is_composed(archive: Archive, open_browser: Open) -> None:
    page = open_browser(language="ko")
    page.goto("/")
    box = page.locator("#q")
    box.press_sequentially("ㄱㅍ", delay=20)
    expect(page.get_by_role("option", name="공포")).to_be_visible()
    box.press("ArrowDown")
    page.evaluate(
        """document.getElementById("q").dispatchEvent(
            new KeyboardEvent("keydown", {key: "Enter", isComposing: true, bubbles: true, cancelable: true}))"""
    )
    expect(page).to_have_url(re.compile(r"/$"))
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"/\?genre=horror$"))


def test_a_mistyped_text_is_put_right(archive: Archive, open_browser: Open) -> None:
    typos.learn()
    page = open_browser()
    page.goto("/")
    page.locator("#q").press_sequentially("nosfertau", delay=5)
    page.get_by_role("option", name="nosferatu").click()
    expect(page).to_have_url(re.compile(r"/\?q=nosferatu$"))
    expect(page.locator(".card")).to_have_count(1)


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
    page.go_back()
    expect(page.locator("#sort")).to_have_value("newest")


def reels(count: int) -> None:
    Film.objects.bulk_create(Film(key=f"reel-{number}", title=f"Reel {number:03}") for number in range(count))


def test_the_list_grows_by_itself_and_is_there_again_on_the_way_back(archive: Archive, open_browser: Open) -> None:
    reels(150)
    page = open_browser()
    page.goto("/?sort=title")
    expect(page.locator(".card")).to_have_count(36)
    page.locator(".card").last.scroll_into_view_if_needed()
    expect(page.locator(".card")).to_have_count(72)
    page.locator(".card").nth(60).scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    shown, top = page.locator(".card").count(), at_top(page)
    assert top is not None
    page.evaluate("document.querySelectorAll('.card__link')[60].click()")
    expect(page.locator("h1")).to_contain_text("Reel")
    page.go_back()
    expect(page.locator(".card")).to_have_count(shown)
    page.wait_for_timeout(300)
    assert at_top(page) == top
    page.reload()
    expect(page.locator(".card")).to_have_count(shown)
    page.wait_for_timeout(300)
    assert at_top(page) == top


def test_more_films_are_a_press_away_and_the_first_new_one_has_the_focus(archive: Archive, open_browser: Open) -> None:
    reels(420)
    page = open_browser()
    page.goto("/?n=360&sort=title")
    expect(page.locator(".card")).to_have_count(360)
    page.get_by_role("link", name="More films").focus()
    page.wait_for_timeout(300)
    expect(page.locator(".card")).to_have_count(360)
    page.keyboard.press("Enter")
    expect(page.locator(".card")).to_have_count(396)
    expect(page.locator(".card__link").nth(360)).to_be_focused()


def test_layouts_show_the_same_films(archive: Archive, open_browser: Open) -> None:
    page = open_browser()
    page.goto("/?sort=title")
    grid = page.locator("[data-film]").evaluate_all("all => all.map(one => one.dataset.film)")
    for layout in ("List", "Table"):
        page.get_by_role("link", name=layout, exact=True).click()
        expect(page).to_have_url(re.compile(f"layout={layout.lower()}$"))
        assert page.locator("[data-film]").evaluate_all("all => all.map(one => one.dataset.film)") == grid


def test_all_of_it_works_without_javascript(archive: Archive, open_browser: Open) -> None:
    page = open_browser(archive.vera, java_script_enabled=False)
    page.goto("/?not=comedy")
    page.locator("#q").fill("faust")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page).to_have_url(re.compile(r"q=faust.*not=comedy"))
    expect(page.locator(".card")).to_have_count(1)
    page.goto("/")
    page.locator("#sift-genres-genre-horror").click()
    page.locator("#chip-genre-horror-more").click()
    page.locator("#chip-genre-horror").click()
    expect(page).to_have_url(re.compile(r"/\?may=horror&w\.horror=1$"))
    page.locator(".menu summary", has_text="Keep this search").click()
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.locator("h1")).to_have_text("Kept searches")
    expect(page.locator(".kept__one")).to_contain_text("maybe Horror +1")


def test_on_a_phone_filters_are_a_sheet_that_stays_open(archive: Archive, open_browser: Open) -> None:
    page = open_browser(has_touch=True)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/")
    expect(page.locator("#sieve")).to_be_hidden()
    page.get_by_role("button", name="Filters").click()
    page.locator("#sift-genres-genre-horror").click()
    expect(page).to_have_url(re.compile(r"/\?genre=horror$"))
    expect(page.locator("#sieve")).to_be_visible()
    page.get_by_role("button", name="Show 2 films").click()
    expect(page.locator("#sieve")).to_be_hidden()
    expect(page.locator(".card")).to_have_count(2)


def test_what_is_folded_stays_folded(archive: Archive, open_browser: Open) -> None:
    page = open_browser()
    page.goto("/")
    page.locator("#group-tags > summary").click()
    page.locator("#group-has > summary").click()
    page.locator("#sift-has-poster").click()
    expect(page).to_have_url(re.compile(r"/\?has=poster$"))
    expect(page.locator("#group-tags")).not_to_have_attribute("open", "")
    expect(page.locator("#group-has")).to_have_attribute("open", "")


def test_posters_are_fetched_in_the_size_that_fits(archive: Archive, open_browser: Open) -> None:
    page = open_browser()
    page.goto("/?q=nosferatu")
    fetched = page.locator(".card__poster").evaluate("async image => { await image.decode(); return image.currentSrc }")
    assert re.search(r"/media/posters/\w\w/\w{64}(-small)?\.jpg$", fetched)
    page.goto("/?q=nosferatu&layout=list")
    fetched = page.locator(".entry__poster").evaluate(
        "async image => { await image.decode(); return image.currentSrc }"
    )
    assert fetched.endswith("-tiny.jpg")


def test_nothing_found_offers_to_drop_what_removes_the_most(archive: Archive, open_browser: Open) -> None:
    import_label(make_film("Elsewhere"), Term.objects.get(kind="genre", slug="war"))
    page = open_browser()
    page.goto("/?genre=horror&has=footage")
    page.get_by_role("link", name="Without Footage").click()
    expect(page).to_have_url(re.compile(r"/\?genre=horror$"))
    expect(page.locator(".card")).to_have_count(2)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_suggestions_on_a_sheet_and_among_kept_searches(
    archive: Archive, open_browser: Open, theme: str
) -> None:
    SavedSearch.objects.create(user=archive.vera, name="Fear", query="genre=horror&w.drama=-1")
    SavedSearch.objects.create(user=archive.vera, name="Gone", query="genre=gone")
    page = open_browser(archive.vera, theme=theme, bypass_csp=True)
    page.goto("/?not=comedy")
    page.locator("#q").press_sequentially("no", delay=20)
    expect(page.get_by_role("option", name="Nosferatu")).to_be_visible()
    page.locator("#q").press("ArrowDown")
    found = complaints(page)
    page.goto("/searches/")
    page.locator("details summary").first.click()
    found += complaints(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/?genre=horror")
    page.get_by_role("button", name="Filters").click()
    found += complaints(page)
    assert not found, "\n".join(found)


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
    expect(page.locator("#group-genres")).to_contain_text("공포")


def test_a_phone_needs_no_sideways_scrolling(archive: Archive, open_browser: Open) -> None:
    page = open_browser(archive.ada)
    page.set_viewport_size({"width": 390, "height": 844})
    addresses = ["/", archive.film.get_absolute_url(), "/jobs/", "/models/", "/models/genres-2/", "/import/"]
    searches = ["/?genre=horror&not=comedy&w.drama=2&decade=1920", "/?layout=list", "/?layout=table", "/searches/"]
    pages = ["/import/names/", "/models/retrain/", f"{archive.film.get_absolute_url()}history/"]
    for address in [*addresses, *searches, *pages]:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
