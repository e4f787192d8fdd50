"""The vocabulary and bulk changes in a browser: by keyboard alone, without scripts, and in trouble."""

import pytest
from playwright.sync_api import Page

from catalog.models import ChangeSet, Label, Term, TermChange
from catalog.thesaurus import edits
from tests.browser.conftest import Archive, Open
from tests.browser.test_every_page import complaints
from tests.factories import import_label, make_term


def press(page: Page, name: str) -> None:
    """Reach the button with this name by the Tab key alone, and press it."""
    for _step in range(120):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "document.activeElement.matches('button, a') && document.activeElement.innerText.trim()"
        )
        if focused == name:
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"{name} was not reached")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_merge_is_looked_at_done_and_taken_back(archive: Archive, open_browser: Open, scripts: bool) -> None:
    dread = make_term("dread", active=True, name_ko="두려움")
    for film in archive.films:
        import_label(film, dread)
    page = open_browser(archive.ada, java_script_enabled=scripts)
    page.goto("/terms/genre/dread/")
    page.click("text=Merge into another")
    page.select_option("#into", "horror")
    page.click("text=Look what would happen")
    assert "3 labels go with it" in page.inner_text("main")
    assert Label.objects.filter(term=dread).count() == 3
    page.click("main >> role=button[name='Merge']")
    page.wait_for_url("**/terms/genre/horror/")
    assert Label.objects.filter(term=archive.horror).count() == 3
    page.goto("/terms/genre/dread/")
    page.click("text=Look at it and undo")
    page.click("role=button[name='Undo']")
    assert "Undone on 3 films" in page.inner_text("main")
    assert Label.objects.filter(term=dread).count() == 3


def test_a_rule_by_keyboard_alone(archive: Archive, open_browser: Open) -> None:
    page = open_browser(archive.carla)
    page.goto("/bulk/accept/?term=genre/drama&at_least=0.8")
    assert "Drama at 0.80 or more: 2 films" in page.inner_text("h1")
    press(page, "Accept Drama on 2 films")
    changes = ChangeSet.objects.latest("pk")
    assert page.url.endswith(f"/changes/{changes.pk}/")
    assert Label.objects.filter(decided_by=archive.carla, term__slug="drama").count() == 2
    press(page, "Undo")
    assert "It was taken back" in page.inner_text("main")
    assert not Label.objects.filter(term__slug="drama").exists()


def test_films_of_a_search_without_scripts(archive: Archive, open_browser: Open) -> None:
    page = open_browser(archive.ada, java_script_enabled=False)
    page.goto("/?q=faust")
    page.click("text=Label all of them")
    page.fill("#say-1", "전쟁")
    page.click("text=Look what would happen")
    assert "1 label is written" in page.inner_text("main")
    page.click("role=button[name='Save on 1 film']")
    assert Label.objects.get(film=archive.films[1]).term.slug == "war"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_where_two_wrote_one_guideline(archive: Archive, open_browser: Open, theme: str) -> None:
    page = open_browser(archive.carla, theme=theme, bypass_csp=True)
    page.goto("/terms/genre/horror/")
    edits.edit(
        archive.horror, user=archive.chul, guideline_en="Another.",
        examples=[{"film": archive.films[1].key, "good": False, "note": "Only dark."}],
    )  # fmt: skip
    page.click("text=Edit the guideline")
    page.fill("#id_guideline_en", "Mine.")
    page.click("details[open] button:has-text('Save')")
    page.wait_for_selector("main [role=alert]")
    assert page.input_value("#id_guideline_en") == "Mine."
    assert "Another." in page.inner_text(".guideline")
    assert complaints(page) == []
    page.click("details[open] button:has-text('Save')")
    assert Term.objects.get(pk=archive.horror.pk).guideline_en == "Mine."
    assert TermChange.objects.count() == 2


ADDRESSES = (
    "/terms/", "/terms/genre/horror/", "/terms/genre/war/merge/?into=horror", "/changes/", "/bulk/",
    "/bulk/accept/?term=genre/drama&at_least=0.5", "/bulk/films/?say=horror&is=yes",
)  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_phone_scrolls_down_and_not_sideways(archive: Archive, open_browser: Open, address: str) -> None:
    page = open_browser(archive.ada, language="ko")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
