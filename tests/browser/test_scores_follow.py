"""Scores that follow decisions, in a browser: rows change in place, and nobody's hand loses its button."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from catalog.models import Film, Label, Term, User
from tests.browser.conftest import Open
from tests.chain_versions import make_chain_version, predict_by
from tests.factories import make_film, make_term, make_user

REJECT = "#genre-horror-no"


@pytest.fixture
def film(transactional_db: None, tmp_path: Path) -> Film:
    """Horror and drama are proposed; without horror comedy is proposed instead and drama is not."""
    Term.objects.update(active=False)
    for slug in ("comedy", "drama", "horror", "western"):
        make_term(slug, active=True)
    film = make_film("Nosferatu")
    predict_by(make_chain_version(tmp_path), film)
    return film


@pytest.fixture
def page(film: Film, open_browser: Open) -> Page:
    page = open_browser(make_user("carla", role=User.Role.CURATOR))
    page.goto(film.get_absolute_url())
    page.evaluate("window.untouched = true")
    return page


def order(page: Page) -> list[str]:
    return [str(row.get_attribute("id")) for row in page.locator("#genre-rows > .row").all()]


def test_the_other_rows_change_in_place(page: Page) -> None:
    assert order(page) == ["genre-drama", "genre-horror"]
    page.click(REJECT)
    expect(page.locator("#genre-drama")).to_have_class("row row--unlikely row--moved")
    expect(page.locator("#genre-drama .row__score")).to_contain_text("0.27")
    expect(page.locator("#genre-comedy .row__score")).to_contain_text("0.73")
    assert order(page) == ["genre-drama", "genre-horror", "genre-comedy"]
    expect(page.locator("#genre-given")).to_have_text("Scores given 1 label of this film")
    expect(page.locator("#genre-unfold")).to_contain_text("1 other genre")
    expect(page.locator("#live")).to_have_text("Horror: no. Saved. 2 other scores changed with it.")
    expect(page.locator("#waiting")).to_have_text("1 proposal waits for a person")
    assert page.evaluate("window.untouched"), "the page was loaded anew"


def test_rows_that_joined_can_be_decided_and_undone(page: Page) -> None:
    page.click(REJECT)
    page.click("#genre-comedy-yes")
    expect(page.locator("#genre-comedy")).to_have_class("row row--yes")
    assert dict(Label.objects.values_list("term__slug", "value")) == {"horror": "no", "comedy": "yes"}
    page.click("#undo-last")
    expect(page.locator("#genre-comedy")).to_have_class("row row--proposed row--waiting")


def test_there_and_back_leaves_each_row_once(page: Page) -> None:
    page.click(REJECT)
    expect(page.locator("#genre-comedy")).to_have_count(1)
    page.click("#genre-horror-yes")
    expect(page.locator("#genre-drama .row__score")).to_contain_text("0.82")
    expect(page.locator("#genre-comedy .row__score")).to_contain_text("0.27")
    assert order(page) == ["genre-drama", "genre-horror", "genre-comedy"]


def test_a_click_that_waits_for_its_turn_is_not_lost(page: Page) -> None:
    """The second button's row changes by the first answer, while its own request still waits."""
    page.evaluate("for (const id of ['genre-horror-no', 'genre-drama-yes']) document.getElementById(id).click()")
    expect(page.locator("#genre-drama")).to_have_class("row row--yes")
    expect(page.locator("#genre-comedy .row__score")).to_contain_text("0.73")
    assert dict(Label.objects.values_list("term__slug", "value")) == {"horror": "no", "drama": "yes"}
    expect(page.locator("#conflict")).to_have_count(0)


def test_the_focus_stays_where_the_keyboard_has_gone_meanwhile(page: Page) -> None:
    page.evaluate("document.getElementById('genre-horror-no').click()")
    page.focus("#genre-drama-yes")
    expect(page.locator("#genre-drama .row__score")).to_contain_text("0.27")
    expect(page.locator("#genre-drama-yes")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#genre-drama")).to_have_class("row row--yes")


def test_a_decision_keeps_its_own_focus(page: Page) -> None:
    page.focus(REJECT)
    page.keyboard.press("Enter")
    expect(page.locator("#genre-comedy")).to_be_visible()
    expect(page.locator(REJECT)).to_be_focused()
