"""The threshold's page in a real browser: figures follow the slider and are those that the server tells."""

import pytest
from playwright.sync_api import Page

from catalog.models import Label, Term
from tests.browser.conftest import Open
from tests.browser.test_every_page import complaints
from tests.factories import import_label, make_film, make_term, make_version
from tests.inference.test_thresholds import film_of, scored

ADDRESS = "/models/genres-1/terms/horror/"


@pytest.fixture
def horror(transactional_db: None) -> Term:
    """Scores of which it is known what they come to: enough films for both diagrams."""
    horror = make_term("horror", active=True)
    version = make_version(horror, threshold=0.336617)
    for place in range(120):
        film = film_of("validation")
        scored(version, film, place / 120)
        import_label(film, horror, Label.Value.YES if place % 3 < place / 50 else Label.Value.NO)
    for place in range(1_100):
        scored(version, make_film(), place / 1_100)
    return horror


def figures(page: Page) -> list[str]:
    return page.locator("[data-at], [data-figure], [data-gain]").all_inner_texts()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_slider_tells_what_the_server_tells(horror: Term, open_browser: Open, language: str) -> None:
    with_scripts = open_browser(language=language)
    without = open_browser(language=language, java_script_enabled=False)
    with_scripts.goto(ADDRESS)
    for value in ("0.00", "0.29", "0.34", "0.58", "0.93", "1.00"):
        with_scripts.locator("#cut-slider").fill(value)
        without.goto(f"{ADDRESS}?at={value}")
        assert figures(with_scripts) == figures(without), value
        assert with_scripts.locator("#cut-at").input_value() == value
        mark, expected = with_scripts.locator("#cut-mark"), without.locator("#cut-mark")
        assert float(mark.get_attribute("x1") or "") == float(expected.get_attribute("x1") or "")
    assert "films" in str(with_scripts.locator("#cut-slider").get_attribute("aria-valuetext")) or language == "ko"


def test_the_keyboard_and_the_number_field_move_it_too(horror: Term, open_browser: Open) -> None:
    page = open_browser()
    page.goto(ADDRESS)
    page.locator("#cut-slider").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#cut-at").input_value() == "0.35"
    page.locator("#cut-at").fill("0.8")
    assert page.locator("[data-at]").inner_text() == "0.80"
    page.locator("#cut-at").fill("8")  # no threshold: what was shown stays
    assert page.locator("[data-at]").inner_text() == "0.80"
    assert not page.locator("#cut-show").is_visible()


def test_without_scripts_there_is_a_number_and_a_button(horror: Term, open_browser: Open) -> None:
    page = open_browser(java_script_enabled=False)
    page.goto(ADDRESS)
    assert not page.locator("#cut-slider").is_visible()
    page.locator("#cut-at").fill("0.8")
    page.locator("#cut-show").click()
    assert page.url.endswith("?at=0.8")
    assert page.locator("[data-at]").inner_text() == "0.80"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_diagrams_have_nothing_for_axe_and_fit_a_phone(
    horror: Term, open_browser: Open, theme: str, language: str
) -> None:
    page = open_browser(theme=theme, language=language, bypass_csp=True)
    page.goto(ADDRESS)
    assert page.locator("circle").count() > 0
    assert page.locator("polyline").count() == 3
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    assert complaints(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
