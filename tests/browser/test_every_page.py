"""Every page, in both themes and both languages: nothing for axe-core to find, nothing against the policy."""

from pathlib import Path
from typing import Any

import axe_core_python
import pytest
from playwright.sync_api import Page

from catalog.models import ChangeSet, User
from tests.browser.conftest import Archive, Open

AXE = Path(axe_core_python.__file__).with_name("axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def tour(archive: Archive) -> list[tuple[User | None, str]]:
    """Who looks at which address."""
    film = archive.film.get_absolute_url()
    unfinished = archive.films[2].get_absolute_url()
    jobs = [f"/jobs/{job.pk}/" for job in archive.jobs.values()]
    return [
        *((None, address) for address in ("/", film, f"{film}history/", "/models/", "/accounts/login/", "/nowhere/")),
        *((None, address) for address in ("/?q=nothing-like-it", "/?genre=horror&sort=doubt", "/models/genres-2/")),
        *(
            (None, address)
            for address in ("/?may=drama&not=comedy&w.horror=2&has=plot", "/?layout=list", "/?layout=table")
        ),
        *(
            (None, address)
            for address in ("/?genre=horror&genre=comedy", "/?genre=war&has=footage", "/?q=faust&layout=list")
        ),
        *((archive.vera, address) for address in ("/searches/", "/?genre=horror&w.drama=-1")),
        *((None, address) for address in ("/try/", f"{film}similar/")),
        *((archive.vera, address) for address in (film, "/jobs/", "/accounts/password/change/", "/accounts/tokens/")),
        *((archive.carla, address) for address in ("/?review=1", film, f"{film}?all=genre", unfinished, "/jobs/")),
        *((archive.carla, address) for address in (f"{film}heatmaps/", f"{film}features/")),
        *((archive.carla, address) for address in (f"{film}history/", "/accounts/logout/", "/api/docs/")),
        *((archive.carla, address) for address in ("/review/", "/review/keys/", f"/review{film}")),
        *((archive.carla, address) for address in ("/terms/", "/terms/?kind=tag", "/terms/genre/horror/")),
        *((archive.carla, address) for address in ("/bulk/", "/bulk/accept/", "/changes/", "/terms/?q=nothing")),
        *((archive.ada, address) for address in ("/terms/new/", "/terms/genre/horror/edit/", "/terms/genre/horror/")),
        *((archive.ada, address) for address in ("/terms/genre/war/merge/", "/terms/genre/war/merge/?into=horror")),
        *((archive.ada, address) for address in ("/bulk/accept/?term=genre/drama&at_least=0.5", "/changes/?kind=bulk")),
        *((archive.ada, address) for address in ("/bulk/films/?q=faust", "/bulk/films/?q=faust&say=horror&is=yes")),
        *((archive.ada, f"/changes/{change.pk}/") for change in ChangeSet.objects.all()),
        *((archive.ada, address) for address in ("/jobs/", *jobs, "/import/", "/import/names/", "/models/")),
        *((None, f"/models/{name}/") for name in ("genres-1/terms/horror", "genres-2/terms/horror")),
        *((archive.ada, address) for address in ("/models/genres-1/terms/drama/?at=0.6",)),
        *((archive.ada, address) for address in ("/models/tags-1/terms/gothic/",)),
        *((archive.ada, address) for address in ("/models/genres-1/", "/models/genres-2/", "/models/retrain/")),
        (archive.ada, f"/runs/{archive.run.pk}/"),
        *((archive.ada, address) for address in ("/health/labels/", "/health/labels/?task=tags")),
        *((archive.carla, address) for address in ("/me/", "/review/differences/")),
        *((archive.ada, address) for address in ("/accounts/tokens/", "/accounts/you/", "/accounts/reauthenticate/")),
        *((archive.carla, address) for address in ("/flags/", "/accounts/you/", "/accounts/sessions/")),
        *((archive.carla, address) for address in ("/accounts/second-factor/", "/accounts/second-factor/app/")),
    ]


def complaints(page: Page) -> list[str]:
    """What axe-core finds on the page as it is now."""
    page.add_script_tag(path=AXE)
    result: dict[str, Any] = page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
    return [
        f"{found['id']}: {node['target']} {node['failureSummary']}"
        for found in result["violations"]
        for node in found["nodes"]
    ]


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(archive: Archive, open_browser: Open, theme: str, language: str) -> None:
    pages: dict[User | None, Page] = {}
    found = []
    for user, address in tour(archive):
        if user not in pages:
            pages[user] = open_browser(user, theme=theme, language=language, bypass_csp=True)
        pages[user].goto(address)
        pages[user].evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
        found += [f"{address} as {user}: {complaint}" for complaint in complaints(pages[user])]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_a_conflict(archive: Archive, open_browser: Open, theme: str) -> None:
    first = open_browser(archive.chul)
    second = open_browser(archive.carla, theme=theme, bypass_csp=True)
    for page in (first, second):
        page.goto(archive.film.get_absolute_url())
    first.click("#genre-horror-no")
    first.wait_for_selector("#genre-horror.row--no")
    second.click("#genre-horror-yes")
    second.wait_for_selector("#conflict")
    found = complaints(second)
    assert not found, "\n".join(found)


def test_no_page_breaks_the_policy_or_logs_an_error(archive: Archive, open_browser: Open) -> None:
    pages: dict[User | None, Page] = {}
    said: list[str] = []
    for user, address in tour(archive):
        if user not in pages:
            page = pages[user] = open_browser(user)
            page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
            page.on("pageerror", lambda error: said.append(f"error: {error}"))
        response = pages[user].goto(address)
        assert response is not None
        assert "script-src 'self'" in response.headers["content-security-policy"], address
        assert response.status in (200, 403, 404), address
    wanted = [text for text in said if not text.startswith("verbose:") and "status of 40" not in text]
    assert wanted == []


def test_stored_text_is_never_code(archive: Archive, open_browser: Open) -> None:
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script><a hx-get=/ hx-trigger=load>"
    type(archive.film).objects.filter(pk=archive.film.pk).update(title=evil, plot=evil, director=evil, source=evil[:60])
    page = open_browser(archive.carla)
    asked: list[str] = []
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    for address in ("/", archive.film.get_absolute_url()):
        page.goto(address)
        page.wait_for_timeout(200)
        assert page.locator("[onerror], a[hx-trigger=load]").count() == 0
    assert asked == []
