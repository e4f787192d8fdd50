"""Jobs in a browser: figures that move by themselves."""

from django.utils import timezone
from playwright.sync_api import expect

from catalog.models import Job
from tests.browser.conftest import Archive, Open


def test_progress_moves_and_the_outcome_appears_by_itself(archive: Archive, open_browser: Open) -> None:
    page, job = open_browser(archive.ada), archive.jobs["running"]
    page.goto("/jobs/")
    expect(page.get_by_text("40 of 90 films")).to_be_visible()
    Job.objects.filter(pk=job.pk).update(done=70)
    expect(page.get_by_text("70 of 90 films")).to_be_visible()
    Job.objects.filter(pk=job.pk).update(state="done", done=90, finished_at=timezone.now())
    expect(page.locator("tbody tr").first).to_contain_text("done")


def test_cancel_from_the_list(archive: Archive, open_browser: Open) -> None:
    page, job = open_browser(archive.ada), archive.jobs["queued"]
    page.goto("/jobs/")
    page.locator(f"#cancel-{job.pk}").click()
    expect(page.locator(".state--cancelled")).to_be_visible()
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_what_was_checked_is_imported_from_its_page(archive: Archive, open_browser: Open) -> None:
    page = open_browser(archive.ada)
    page.goto(f"/jobs/{archive.jobs['done'].pk}/")
    page.get_by_role("button", name="Import now").click()
    expect(page.locator(".state--queued")).to_be_visible()
    assert Job.objects.latest("pk").params["dry_run"] is False


def test_promoting_asks_first(archive: Archive, open_browser: Open) -> None:
    page = open_browser(archive.ada)
    page.goto("/models/genres-2/")
    button = page.get_by_role("button", name="Make it the champion")
    expect(button).to_be_hidden()
    page.locator("summary", has_text="Promote").click()
    expect(button).to_be_visible()
    page.keyboard.press("Escape")
    expect(button).to_be_hidden()
