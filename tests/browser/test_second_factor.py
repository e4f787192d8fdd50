"""Setting the second factor up and signing in with it, by keyboard, as a person with a telephone does."""

import time
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from playwright.sync_api import Page

from tests.browser.conftest import Archive, Open
from tests.browser.test_every_page import complaints

PASSWORD = "light-table-7"


def code(secret: str, later: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later)))


def give(page: Page, text: str, leads_to: str) -> None:
    """Into the only field of the page."""
    page.locator("main input:not([type=hidden])").first.focus()
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: urlsplit(url).path == leads_to)


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "ko")])
def test_from_the_account_to_signing_in(
    archive: Archive, open_browser: Open, theme: str, language: str, scripts: bool
) -> None:
    cache.clear()
    how = {"theme": theme, "language": language, "bypass_csp": True, "java_script_enabled": scripts}
    found: list[str] = []

    def look(page: Page) -> None:
        found.extend(f"{page.url}: {complaint}" for complaint in complaints(page)) if scripts else None

    page = open_browser(archive.ada, **how)
    page.goto("/accounts/you/")
    page.click("a[href$='second-factor/']")
    look(page)
    page.click("main a[href$='app/']")
    give(page, PASSWORD, "/accounts/second-factor/app/")
    look(page)
    secret = page.locator(".qr__secret").inner_text()
    assert page.locator(".qr").evaluate("image => image.naturalWidth > 0")
    give(page, code(secret, -1), "/accounts/second-factor/codes/")
    look(page)
    recovery = page.locator(".codes code").all_inner_texts()
    page.goto("/accounts/second-factor/")
    look(page)
    for address in ("codes/new/", "app/remove/"):
        page.goto(f"/accounts/second-factor/{address}")
        look(page)

    other = open_browser(**how)
    other.goto("/accounts/login/")
    other.fill("#id_login", "ada")
    other.fill("#id_password", PASSWORD)
    other.keyboard.press("Enter")
    other.wait_for_url("**/second-factor/authenticate/")
    look(other)
    give(other, recovery[3], "/")
    other.goto("/accounts/second-factor/codes/")
    look(other)  # is it you?
    give(other, code(secret), "/accounts/second-factor/codes/")
    assert len(other.locator(".codes code").all()) == 9
    other.goto("/accounts/sessions/")
    look(other)
    assert found == []
