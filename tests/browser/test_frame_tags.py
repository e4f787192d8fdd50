"""Tags from frames in a browser: on the film's page, one click to the frames, the button, phrases."""

from typing import Any

import pytest
from celery import current_app
from django.core.cache import cache
from playwright.sync_api import Page, expect

from catalog.models import Job, Term
from catalog.progress import Silent
from inference.models import Relevance, Tagging
from inference.tags.tagging import site_tags, tag_films
from tests.browser.conftest import Archive, Open
from tests.browser.test_every_page import complaints
from tests.inference.frames import Script, make_frames


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> list[Any]:
    """What workers were asked for; none is there."""
    cache.clear()
    found: list[Any] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **how: found.append(name))
    return found


@pytest.fixture
def tagged(archive: Archive) -> Archive:
    """Every film has four frames, and captions of them; the first is in the tag genome."""
    script = Script("A gothic house by the sea", "A silent street", "no vampires", "Gothic, silent", tags=site_tags())
    for film in archive.films:
        make_frames(film, 4)
    tag_films(script, type(archive.film).objects.all(), Silent())
    gothic = Term.objects.get(kind="tag", slug="gothic")
    Relevance.objects.create(film=archive.film, term=gothic, value=0.8)
    return archive


def opened(page: Page, archive: Archive) -> Page:
    page.goto(archive.film.get_absolute_url())
    expect(page.locator("#frame-tags h2")).to_be_visible()
    return page


def test_one_click_to_the_frames_of_a_tag(tagged: Archive, open_browser: Open) -> None:
    page = opened(open_browser(), tagged)
    expect(page.locator(".tag-bars__row")).to_have_count(2)
    page.click("#frame-tags tr:has-text('Gothic') a")
    expect(page.locator(".shots__shot")).to_have_count(2)
    expect(page.locator(".shots__shot mark").first).to_have_text("gothic")
    expect(page.locator("#shots h3")).to_have_text("Gothic: 2 of 4 frames")
    for picture in page.locator(".shots__shot img").all():
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") == 64


def test_without_scripts_it_is_a_page(tagged: Archive, open_browser: Open) -> None:
    page = open_browser(java_script_enabled=False)
    page.goto(f"{tagged.film.get_absolute_url()}tags-from-frames/")
    page.click("tr:has-text('Gothic') a")
    expect(page.locator(".shots__shot")).to_have_count(2)


def test_a_curator_has_a_film_tagged(tagged: Archive, open_browser: Open) -> None:
    page = opened(open_browser(tagged.carla), tagged)
    page.select_option("#tagger", "captioner")
    page.click(".tag-form button")
    expect(page.locator("#frame-tags [role=status]")).to_contain_text("Tagging is about to begin")
    job = Job.objects.get(task="inference.generate_tags")
    assert job.params["tagger"] == "captioner"
    Job.objects.filter(pk=job.pk).update(state=Job.State.DONE)
    expect(page.locator("#frame-tags [role=status]")).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(tagged: Archive, open_browser: Open, theme: str, language: str) -> None:
    gothic, found = Tagging.objects.get(film=tagged.film), []
    page = open_browser(tagged.carla, theme=theme, language=language, bypass_csp=True)
    opened(page, tagged)
    found += complaints(page)
    for address in (
        f"{tagged.film.get_absolute_url()}tags-from-frames/?tagging={gothic.pk}&tag=gothic",
        "/tags/candidates/",
    ):
        page.goto(address)
        found += complaints(page)
    assert not found, "\n".join(found)


def test_a_phrase_becomes_a_tag(tagged: Archive, open_browser: Open) -> None:
    page = open_browser(tagged.carla)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto("/tags/candidates/")
    street = page.locator(".candidate", has_text="street").first
    street.locator("[name=name_ko]").fill("거리")
    street.get_by_role("button", name="Add as a tag").click()
    expect(page.locator(".messages")).to_contain_text("street")
    assert Term.objects.get(kind="tag", slug="street").name_ko == "거리"
    assert not said, said
