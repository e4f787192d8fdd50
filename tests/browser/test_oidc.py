"""The button to the organisation's provider in a real browser, whose policy on forms must let it through."""

from typing import Any

import pytest
from django.core.cache import cache
from pytest_django.live_server_helper import LiveServer

from catalog.models import User
from tests.browser.conftest import Archive, Open
from tests.browser.test_every_page import complaints
from tests.genresite.fake_provider import CLIENT_ID, CLIENT_SECRET, listening


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "ko")])
def test_from_the_button_and_back(
    archive: Archive,
    open_browser: Open,
    live_server: LiveServer,
    settings: Any,
    theme: str,
    language: str,
    scripts: bool,
) -> None:
    cache.clear()
    with listening() as provider:
        settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = (
            provider.issuer, CLIENT_ID, CLIENT_SECRET,
        )  # fmt: skip
        settings.OIDC_NAME, settings.SITE_URL = "Film Institute", live_server.url
        page = open_browser(theme=theme, language=language, java_script_enabled=scripts)
        page.goto("/accounts/login/?next=/searches/")
        page.click("text=Film Institute")
        page.wait_for_url("**/searches/")
    assert User.objects.filter(username="ann").exists()


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "ko")])
def test_its_pages_are_well_made(
    archive: Archive, open_browser: Open, settings: Any, theme: str, language: str
) -> None:
    cache.clear()
    settings.OIDC_ISSUER, settings.OIDC_NAME = "http://127.0.0.1:1", "Film Institute"
    page = open_browser(theme=theme, language=language, bypass_csp=True)
    for address in ("/accounts/login/", "/accounts/oidc/cancelled/", "/accounts/oidc/callback/"):
        page.goto(address)
        assert complaints(page) == [], address
    page.goto("/accounts/login/")
    page.click("text=Film Institute")
    page.wait_for_url("**/accounts/oidc/")
    assert complaints(page) == []
