"""Comparisons in a real browser: nothing for axe-core to find, nothing against the policy, nothing beside the page."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from catalog.models import User
from tests.browser.conftest import Open
from tests.browser.test_every_page import complaints
from tests.factories import make_user
from tests.training.compared import made_up_comparison
from training import ledger
from training.reports import write_report

ADDRESSES = ("/models/compare/", "/models/compare/genres-first/", "/models/compare/new/")


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    return made_up_comparison(films=120, rounds=10)


@pytest.fixture
def ada(transactional_db: None, settings: Any, tmp_path: Path, content: dict[str, Any]) -> User:
    settings.DATA_DIR = tmp_path
    ledger.kept("").parent.mkdir()
    ledger.kept("genres-first").write_text(json.dumps(content))
    return make_user("ada", role=User.Role.ADMIN)


def unfold(page: Page) -> None:
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(ada: User, open_browser: Open, theme: str, language: str) -> None:
    page, found = open_browser(ada, theme=theme, language=language, bypass_csp=True), []
    for address in ADDRESSES:
        page.goto(address)
        unfold(page)
        found += [f"{address}: {complaint}" for complaint in complaints(page)]
    assert not found, "\n".join(found)


def test_no_page_breaks_the_policy_or_is_wider_than_a_phone(ada: User, open_browser: Open) -> None:
    page, said = open_browser(ada), []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.set_viewport_size({"width": 390, "height": 844})
    for address in ADDRESSES:
        page.goto(address)
        unfold(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    assert [text for text in said if not text.startswith("verbose:")] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_report_opens_from_a_file_and_asks_for_nothing(
    open_browser: Open, content: dict[str, Any], tmp_path: Path, theme: str, transactional_db: None
) -> None:
    write_report(content, tmp_path / "report.html")
    page, asked = open_browser(theme=theme), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "report.html").as_uri())
    unfold(page)
    assert len(asked) == 1
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(243, 241, 236)", "dark": "rgb(21, 21, 20)"}[theme]
    assert not (found := complaints(page)), "\n".join(found)


def test_names_of_rows_stay_while_the_figures_scroll(ada: User, open_browser: Open) -> None:
    page = open_browser(ada)
    page.goto("/models/compare/genres-first/")
    name = page.locator(".compared tbody th").first
    before = name.bounding_box()
    page.locator(".compared-scroll").evaluate("table => { table.scrollLeft = 600 }")
    assert before and name.bounding_box() == before
    assert page.locator(".compared-scroll").evaluate("table => table.scrollLeft") > 0
