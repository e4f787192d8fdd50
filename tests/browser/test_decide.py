"""Deciding in a browser: into the label, the log and the history, with two people at one film."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from catalog.models import Decision, Label
from tests.browser.conftest import Archive, Open

ACCEPT, REJECT, CLEAR = "#genre-horror-yes", "#genre-horror-no", "#genre-horror-unknown"


def horror(page: Page) -> Label:
    return Label.objects.get(term__slug="horror")


@pytest.mark.parametrize(
    ("button", "value", "state"), [(ACCEPT, "yes", "yes"), (REJECT, "no", "no"), (CLEAR, "unknown", "unknown")]
)
def test_one_click_decides_and_swaps_the_row_in_place(
    archive: Archive, open_browser: Open, button: str, value: str, state: str
) -> None:
    page = open_browser(archive.carla)
    page.goto(archive.film.get_absolute_url())
    expect(page.locator("#genre-horror")).to_have_class("row row--proposed row--waiting")
    page.evaluate("window.untouched = true")
    page.click(button)
    expect(page.locator("#genre-horror")).to_have_class(f"row row--{state}")
    assert page.evaluate("window.untouched"), "the page was loaded anew"
    expect(page.locator("#recent .event").first).to_contain_text(value)
    expect(page.locator("#live")).to_have_text(f"Horror: {value}. Saved.")
    label, decision = horror(page), Decision.objects.latest("pk")
    assert (label.value, label.source, label.decided_by) == (value, "person", archive.carla)
    assert (decision.after, decision.shown_score, decision.shown_version) == (value, 0.93, "genres-1")
    page.goto(f"{archive.film.get_absolute_url()}history/")
    expect(page.locator(".event").first).to_contain_text("carla")


def test_several_clicks_in_a_row_do_not_conflict_with_each_other(archive: Archive, open_browser: Open) -> None:
    page = open_browser(archive.carla)
    page.goto(archive.film.get_absolute_url())
    page.evaluate(
        "for (const id of ['genre-horror-yes', 'genre-drama-no', 'tag-gothic-yes', 'tag-vampire-no'])"
        " document.getElementById(id).click()"
    )
    expect(page.locator("#waiting")).to_have_text("Nothing waits here.")
    expect(page.locator("#conflict")).to_have_count(0)
    answers = dict(Label.objects.filter(source="person").values_list("term__slug", "value"))
    assert answers == {"comedy": "no", "horror": "yes", "drama": "no", "gothic": "yes", "vampire": "no"}


def test_undo_puts_it_back(archive: Archive, open_browser: Open) -> None:
    page = open_browser(archive.carla)
    page.goto(archive.film.get_absolute_url())
    page.click(ACCEPT)
    page.click("#undo-last")
    expect(page.locator("#genre-horror")).to_have_class("row row--proposed row--waiting")
    assert not Label.objects.filter(term__slug="horror").exists()


def test_the_keyboard_alone_decides_and_keeps_its_place(archive: Archive, open_browser: Open) -> None:
    page = open_browser(archive.carla)
    page.goto(archive.film.get_absolute_url())
    page.focus(ACCEPT)
    page.keyboard.press("Enter")
    expect(page.locator("#genre-horror")).to_have_class("row row--yes")
    expect(page.locator(ACCEPT)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(REJECT)).to_be_focused()


def test_a_locked_label_cannot_be_pressed(archive: Archive, open_browser: Open) -> None:
    page = open_browser(archive.carla)
    page.goto(archive.film.get_absolute_url())
    page.click("#genre-comedy-lock")
    expect(page.locator("#genre-comedy-yes")).to_be_disabled()
    assert Label.objects.get(term__slug="comedy").locked
    page.click("#genre-comedy-lock")
    expect(page.locator("#genre-comedy-yes")).to_be_enabled()


def test_the_second_of_two_people_sees_both_answers_and_may_insist(archive: Archive, open_browser: Open) -> None:
    first, second = open_browser(archive.carla), open_browser(archive.chul)
    for page in (first, second):
        page.goto(archive.film.get_absolute_url())
    first.click(REJECT)
    expect(first.locator("#genre-horror")).to_have_class("row row--no")
    second.click(ACCEPT)
    conflict = second.locator("#conflict")
    expect(conflict).to_contain_text("Horror: no")
    expect(conflict).to_contain_text("carla")
    expect(conflict).to_contain_text("Horror: yes")
    expect(second.locator("#genre-horror")).to_have_class("row row--no")
    assert horror(second).value == "no"
    conflict.get_by_role("button", name="Apply mine anyway").click()
    expect(second.locator("#genre-horror")).to_have_class("row row--yes")
    expect(second.locator("#conflict")).to_have_count(0)
    assert (horror(second).value, horror(second).decided_by) == ("yes", archive.chul)
    assert list(Decision.objects.filter(term__slug="horror").values_list("after", flat=True)) == ["no", "yes"]


def test_it_works_without_javascript(archive: Archive, open_browser: Open) -> None:
    page = open_browser(archive.carla, java_script_enabled=False)
    page.goto(archive.film.get_absolute_url())
    page.click(REJECT)
    expect(page.locator(".messages")).to_have_text("Horror: no. Saved.")
    assert horror(page).value == "no"
    page.click("#recent .event:first-child button")
    expect(page.locator(".messages")).to_have_text("Undone.")


def test_a_lost_connection_is_told_and_loses_nothing(archive: Archive, open_browser: Open) -> None:
    page = open_browser(archive.carla)
    page.goto(archive.film.get_absolute_url())
    page.context.set_offline(True)
    page.click(ACCEPT)
    expect(page.locator("#trouble")).to_contain_text("No connection.")
    expect(page.locator("#genre-horror")).to_have_class("row row--proposed row--waiting")
    page.context.set_offline(False)
    page.click(ACCEPT)
    expect(page.locator("#genre-horror")).to_have_class("row row--yes")
    expect(page.locator("#trouble")).to_be_hidden()


def test_who_was_signed_out_meanwhile_is_sent_to_the_sign_in_page(
    archive: Archive, open_browser: Open, settings: Any
) -> None:
    page = open_browser(archive.carla)
    page.goto(archive.film.get_absolute_url())
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.click(ACCEPT)
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next="))
    page.get_by_label("Username").fill("carla")
    page.get_by_label("Password").fill("light-table-7")
    page.locator("main button[type=submit]").click()
    expect(page.locator("h1")).to_have_text("Nosferatu")
    assert not Label.objects.filter(term__slug="horror").exists()
