"""Pictures of a running site's pages, in both themes and languages, on desktop and phone.

    python tests/browser/screenshots.py http://127.0.0.1:8000 FOLDER [--user carla] [--page /jobs/] [--full]

The password of --user is read from GENRESITE_PASSWORD. Without --page: the list and its first film.
"""

import argparse
import os
import shutil
from itertools import product
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

SIZES = {"desktop": (1440, 1000), "phone": (390, 844)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--user")
    parser.add_argument("--page", action="append", default=[])
    parser.add_argument("--full", action="store_true", help="whole pages, not only what a screen shows")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        for size, theme, language in product(SIZES, ("light", "dark"), ("en", "ko")):
            width, height = SIZES[size]
            context = browser.new_context(
                base_url=options.site,
                viewport={"width": width, "height": height},
                color_scheme="dark" if theme == "dark" else "light",
                device_scale_factor=2 if size == "phone" else 1,
            )
            context.add_cookies([{"name": "django_language", "value": language, "url": options.site}])
            page = context.new_page()
            if options.user:
                sign_in(page, options.user, os.environ["GENRESITE_PASSWORD"])
            for address in options.page or [*first_pages(page)]:
                page.goto(address, wait_until="networkidle")
                name = "-".join([address.strip("/").replace("/", "-").split("?")[0] or "films", size, theme, language])
                page.screenshot(path=options.folder / f"{name}.png", full_page=options.full)
            context.close()
        browser.close()


def sign_in(page: Page, user: str, password: str) -> None:
    page.goto("/accounts/login/")
    page.fill("#id_login", user)
    page.fill("#id_password", password)
    page.click("main button[type=submit]")
    page.wait_for_url("**/")


def first_pages(page: Page) -> tuple[str, str]:
    page.goto("/")
    return "/", str(page.locator(".card__link").first.get_attribute("href"))


if __name__ == "__main__":
    main()
