"""Footage in a browser: a clip arrives in pieces, a section is chosen, frames are extracted and looked at."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from playwright.sync_api import FilePayload, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from catalog.footage import clips, uploads
from catalog.footage.frames import Wanted
from catalog.models import Clip, Frame, Job, Upload
from catalog.progress import Silent
from catalog.tasks import add_clip_task, extract_frames_task
from tests.browser.conftest import Archive, Open, session_of
from tests.browser.test_every_page import complaints
from tests.footage import shots, video

TASKS = {"catalog.add_clip": add_clip_task, "catalog.extract_frames": extract_frames_task}
CHUNK = 8 * 2**20  # as static/js/footage.js sends them


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA_DIR = tmp_path
    settings.CLIPS_DIR = tmp_path / "clips"
    monkeypatch.setattr(current_app, "send_task", lambda *_arguments, **_how: None)


@pytest.fixture(scope="module")
def drawn() -> bytes:
    """Six seconds in three shots."""
    return video(shots(50, 50, 50), fps=25)


@pytest.fixture
def clip(archive: Archive, drawn: bytes, tmp_path: Path) -> Clip:
    """With frames for both uses."""
    path = tmp_path / "night.mp4"
    path.write_bytes(drawn)
    made = clips.add_clip(archive.film, path, name="night.mp4", user=archive.carla)
    clips.extract(made, Wanted(use="pair", pairs=30, size=(160, 96)), Silent())
    clips.extract(made, Wanted(use="tagging", most=3, size=(160, 96)), Silent())
    return made


def work() -> None:
    """What a worker does."""
    for job in Job.objects.active().filter(task__in=TASKS).order_by("pk"):
        TASKS[job.task](job.pk)


def opened(page: Page, archive: Archive) -> Page:
    page.goto(archive.film.get_absolute_url())
    return page


def listened(page: Page) -> list[str]:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def test_from_a_file_to_a_filmstrip(archive: Archive, open_browser: Open, drawn: bytes) -> None:
    page = opened(open_browser(archive.carla), archive)
    said = listened(page)
    page.set_input_files("#clip-file", FilePayload(name="night.mp4", mimeType="video/mp4", buffer=drawn))
    expect(page.locator("#footage-work")).to_contain_text("Add a clip")
    work()
    clip_row = page.locator("article.clip")
    expect(clip_row).to_contain_text("night.mp4")
    clip = Clip.objects.get()
    expect(page.locator(".timeline__strip img")).to_have_attribute("src", clip.strip_url)

    start, end = page.get_by_label("Start of a section"), page.get_by_label("End of a section")
    start.focus()
    for _press in range(10):
        page.keyboard.press("ArrowRight")
    expect(start).to_have_attribute("aria-valuetext", "00:00:01")
    end.focus()
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    add = clip_row.get_by_role("button", name="Add")
    expect(add).to_contain_text("00:00:01-00:00:04")
    add.click()
    expect(page.get_by_label("Sections")).to_have_value("00:00:01-00:00:04")
    expect(page.locator(".timeline__used .unused")).to_have_count(2)
    page.get_by_label("Sections").fill("00:00:01-00:00:04, 0:05-0:06")
    expect(page.locator(".timeline__used .end")).to_have_count(4)
    page.get_by_role("button", name="Remove 0:05-0:06").click()
    expect(page.locator(".timeline__used .end")).to_have_count(2)
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_contain_text("The sections are saved.")
    clip.refresh_from_db()
    assert clip.sections == [[1.0, 4.0]]

    clip_row.get_by_role("button", name="Extract frames").click()
    expect(page.locator("#footage-work")).to_contain_text("Extract frames")
    work()
    expect(page.locator(".shot--pair").first).to_be_visible()
    assert all(1.0 <= frame.seconds < 4.0 for frame in Frame.objects.all())
    assert said == []


def test_the_arrow_keys_walk_the_filmstrip(archive: Archive, clip: Clip, open_browser: Open) -> None:
    page = opened(open_browser(), archive)
    frames = page.locator(".shot__link")
    assert frames.count() == Frame.objects.filter(use="pair").count() or frames.count() == 24
    frames.first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(frames.nth(2)).to_be_focused()
    page.keyboard.press("Home")
    expect(frames.first).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("!document.activeElement.matches('.shot__link')")


def test_the_two_frames_of_a_pair_alternate(archive: Archive, clip: Clip, open_browser: Open) -> None:
    page = opened(open_browser(), archive)
    pair = page.locator(".shot--pair").first
    shown = pair.locator(".shot__next")
    assert shown.evaluate("one => getComputedStyle(one).opacity") == "0"
    pair.hover()
    expect(shown).to_have_css("opacity", "1")
    expect(shown).to_have_css("opacity", "0")
    calm = opened(open_browser(reduced_motion="reduce"), archive)
    calm.locator(".shot--pair").first.hover()
    assert calm.locator(".shot__next").first.evaluate("one => getComputedStyle(one).animationName") == "none"


PUSHED_ON = """count => {
    const strip = document.querySelector(".filmstrip");
    strip.scrollIntoView({block: "center"});
    strip.scrollTo(strip.scrollWidth, 0);
    return strip.querySelectorAll(".shot__link").length >= count;
}"""


def test_more_frames_come_when_the_strip_is_pushed_on(archive: Archive, clip: Clip, open_browser: Open) -> None:
    for number in range(60):
        Frame.objects.create(clip=clip, use="tagging", seconds=10 + number, sha256="0" * 64, width=160, height=96)
    page = opened(open_browser(), archive)
    page.get_by_role("link", name="Single frames").click()
    expect(page.locator(".shot--pair")).to_have_count(0)
    frames = page.locator(".shot__link")
    expect(frames).to_have_count(24)
    for count in (48, Frame.objects.filter(use="tagging").count()):
        page.wait_for_function(PUSHED_ON, arg=count)  # again and again: what comes late above pushes it out of view
        expect(frames).to_have_count(count)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# Uploads that break off ------------------------------------------------------------------------------------------


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Three pieces; what is in it does not matter here."""
    path = tmp_path / "long.mkv"
    path.write_bytes(hashlib.shake_256(b"long").digest(2 * CHUNK + 2**20))
    return path


def pieces(page: Page, answer: Callable[[int, Route], None]) -> list[str]:
    """Where each piece that is sent begins; `answer` says what becomes of it."""
    begun: list[str] = []

    def routed(route: Route) -> None:
        if route.request.method != "PATCH":
            return route.continue_()
        begun.append(route.request.headers["upload-offset"])
        return answer(len(begun), route)

    page.route("**/clips/uploads/*/", routed)
    return begun


def wait_for_a_piece(page: Page) -> None:
    """Until the first of three pieces has come."""
    for _try in range(300):
        page.wait_for_timeout(50)
        if Upload.objects.exists() and uploads.offset(Upload.objects.get()) == CHUNK:
            page.wait_for_timeout(100)  # for the answer
            return
    raise AssertionError("nothing has come")


def stored() -> str:
    return hashlib.sha256(uploads.path_of(Upload.objects.get()).read_bytes()).hexdigest()


def test_an_upload_survives_a_broken_connection(archive: Archive, open_browser: Open, large: Path) -> None:
    page = opened(open_browser(archive.carla), archive)
    begun = pieces(page, lambda count, route: route.abort() if count == 2 else route.continue_())
    page.set_input_files("#clip-file", large)
    expect(page.locator(".transfer__said")).to_contain_text("No connection.")
    expect(page.locator("#footage-work")).to_contain_text("long.mkv")
    assert begun == ["0", str(CHUNK), str(CHUNK), str(2 * CHUNK)]
    assert stored() == hashlib.sha256(large.read_bytes()).hexdigest()


def test_an_upload_goes_on_after_a_pause_and_a_reload(archive: Archive, open_browser: Open, large: Path) -> None:
    page = opened(open_browser(archive.carla), archive)
    pieces(page, lambda count, route: route.continue_() if count == 1 else None)
    page.set_input_files("#clip-file", large)
    expect(page.locator("progress")).to_have_attribute("aria-label", "long.mkv")
    wait_for_a_piece(page)
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".transfer__said")).to_contain_text("Nothing is lost.")
    page.unroute_all()
    opened(page, archive)
    expect(page.locator(".transfer")).to_contain_text("% of 17.0 MB have come.")
    begun = pieces(page, lambda count, route: route.continue_())
    page.set_input_files("#clip-file", large)
    expect(page.locator("#footage-work")).to_contain_text("long.mkv")
    assert int(begun[0]) >= CHUNK  # of the piece that was broken off, what came is kept as well
    assert stored() == hashlib.sha256(large.read_bytes()).hexdigest()


def test_who_was_signed_out_goes_on_after_signing_in_again(
    archive: Archive, open_browser: Open, large: Path, settings: Any, live_server: LiveServer
) -> None:
    page = opened(open_browser(archive.carla), archive)
    context = page.context

    def answer(count: int, route: Route) -> None:
        if count == 2:
            context.clear_cookies()
        route.continue_()

    pieces(page, answer)
    page.set_input_files("#clip-file", large)
    expect(page.locator(".transfer__said")).to_contain_text("You may have been signed out.")
    session = {"name": settings.SESSION_COOKIE_NAME, "value": session_of(archive.carla), "url": live_server.url}
    context.add_cookies([session])  # type: ignore[list-item]
    context.new_page().goto(page.url)
    page.get_by_role("button", name="Resume").click()
    expect(page.locator("#footage-work")).to_contain_text("long.mkv")
    assert stored() == hashlib.sha256(large.read_bytes()).hexdigest()


def test_cancelling_forgets_what_has_come(archive: Archive, open_browser: Open, large: Path) -> None:
    page = opened(open_browser(archive.carla), archive)
    pieces(page, lambda count, route: route.continue_() if count == 1 else None)
    page.set_input_files("#clip-file", large)
    wait_for_a_piece(page)
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".transfer")).to_have_count(0)
    assert not Upload.objects.exists()


def test_what_is_no_video_is_told_where_it_was_sent(archive: Archive, open_browser: Open) -> None:
    page = opened(open_browser(archive.carla), archive)
    playlist = b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"
    page.set_input_files("#clip-file", FilePayload(name="list.mp4", mimeType="video/mp4", buffer=playlist))
    expect(page.locator("#footage-work")).to_contain_text("Add a clip")
    work()
    expect(page.locator("#footage-work .note--wrong")).to_contain_text("list.mp4")
    assert not Upload.objects.exists()


# Without scripts, and for everybody ----------------------------------------------------------------------------------


def test_without_scripts_forms_do_it_all(archive: Archive, open_browser: Open, drawn: bytes) -> None:
    page = opened(open_browser(archive.carla, java_script_enabled=False), archive)
    page.set_input_files("#clip-file", FilePayload(name="night.mp4", mimeType="video/mp4", buffer=drawn))
    page.locator("#uploader").get_by_role("button", name="Upload").click()
    work()
    opened(page, archive)
    page.get_by_label("Sections").fill("0:01-0:05")
    page.get_by_role("button", name="Save sections").click()
    page.get_by_label("Single frames for tags").check()
    page.get_by_role("button", name="Extract frames").click()
    work()
    opened(page, archive)
    expect(page.locator(".shot__link").first).to_be_visible()
    page.get_by_role("link", name="Remove night.mp4").click()
    page.get_by_role("button", name="Remove the clip").click()
    expect(page.locator("body")).to_contain_text("night.mp4 was removed.")
    assert not Clip.objects.exists()


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(archive: Archive, clip: Clip, open_browser: Open, theme: str, language: str) -> None:
    Job.objects.create(task="catalog.extract_frames", params={"clip": clip.pk, "name": "night.mp4"})
    uploads.begin(archive.film, archive.carla, name="waits.mp4", size=100)
    found = []
    for user in (archive.carla, archive.vera):
        page = opened(open_browser(user, theme=theme, language=language, bypass_csp=True), archive)
        for address in ("", "clips/", f"clips/{clip.pk}/", *([f"clips/{clip.pk}/remove/"] if user.may_decide else [])):
            page.goto(f"{archive.film.get_absolute_url()}{address}")
            page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
            found += [f"{address} as {user}: {complaint}" for complaint in complaints(page)]
    assert not found, "\n".join(found)


def test_on_a_phone_nothing_sticks_out(archive: Archive, clip: Clip, open_browser: Open) -> None:
    page = opened(open_browser(archive.carla, has_touch=True, is_mobile=True), archive)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
