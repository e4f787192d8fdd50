"""Label health, differences, one's own work, previews and prices in a browser: with the keyboard, and for axe."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from catalog.models import Label, SecondAnswer, SecondReview, Term, Visit
from inference.models import Preview, Receipt, Suspect
from tests.browser.conftest import Archive, Open
from tests.browser.test_every_page import complaints

SUMS = (
    "person",
    "person_before",
    "person_after",
    "person_new",
    "locked",
    "locked_before",
    "locked_after",
    "locked_new",
)


@pytest.fixture
def busy(archive: Archive) -> Archive:
    """The archive after some weeks: people differ, labels are suspected, a preview and receipts are there."""
    archive.film.refresh_from_db()
    second = SecondReview.objects.create(
        film=archive.film, first_by=archive.carla, second_by=archive.chul, finished_at=timezone.now()
    )
    drama = Term.objects.get(kind="genre", slug="drama")
    for term in (archive.horror, drama):
        SecondAnswer.objects.create(review=second, term=term, first="yes", second="no")
    Suspect.objects.create(film=archive.film, term=Term.objects.get(kind="genre", slug="war"), value="yes",
                           score=0.02, quality=0.03)  # fmt: skip
    Visit.objects.create(film=archive.film, user=archive.carla, order="doubt", outcome="done", seconds=9)
    how = {"how": "without", "terms": {"horror": [90, 28], "drama": [0, 3]}}
    Receipt.objects.create(user=archive.carla, version=archive.champion, decisions=23, moved=118, figures=how)
    row = {"before": 90, "after": 120, "gained": 40, "lost": 10}
    sample = [{"film": film.pk, "gained": ["horror"], "lost": ["drama"]} for film in archive.films]
    against = [{"film": archive.film.pk, "term": "war", "said": "yes", "locked": True}]
    figures = {"films": 3, "changed": 3, "judged": 3, "terms": {"horror": row, "drama": {**row, "gained": 2}},
               "contradictions": dict.fromkeys(SUMS, 2), "sample": sample, "against_people": against}  # fmt: skip
    Preview.objects.create(version=archive.challenger, against=archive.champion, figures=figures)
    return archive


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(busy: Archive, open_browser: Open, theme: str, language: str) -> None:
    found = []
    page = open_browser(busy.ada, theme=theme, language=language, bypass_csp=True)
    addresses = ("/health/labels/", "/health/labels/?task=tags", "/review/differences/", "/models/genres-2/", "/me/")
    for address in (*addresses, "/models/retrain/"):
        page.goto(address)
        page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
        found += [f"{address}: {complaint}" for complaint in complaints(page)]
    mine = open_browser(busy.carla, theme=theme, language=language, bypass_csp=True)
    mine.goto("/me/")
    mine.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    found += [f"/me/: {complaint}" for complaint in complaints(mine)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("address", ["/health/labels/", "/review/differences/", "/me/", "/models/genres-2/",
                                     "/models/retrain/"])  # fmt: skip
def test_no_page_is_wider_than_a_phone(busy: Archive, open_browser: Open, address: str) -> None:
    page = open_browser(busy.ada)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_differences_are_settled_with_the_keyboard_alone(busy: Archive, open_browser: Open) -> None:
    page = open_browser(busy.ada)
    page.goto("/review/differences/")
    _press(page, "No")
    page.wait_for_selector(".difference--settled")
    expect(page.locator(".difference--settled")).to_have_count(1)
    _press(page, "Yes")
    page.wait_for_selector(".difference--settled >> nth=1")
    assert SecondAnswer.objects.exclude(settled="").count() == 2
    assert set(Label.objects.filter(decided_by=busy.ada).values_list("value", flat=True)) == {"yes", "no"}
    page.locator("text=Take back").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".disputed .note:has-text('is open again')")
    expect(page.locator(".difference--settled")).to_have_count(1)
    assert SecondAnswer.objects.exclude(settled="").count() == 1


def _press(page: Page, name: str) -> None:
    page.locator(f".difference:not(.difference--settled) >> button:has-text('{name}')").first.focus()
    page.keyboard.press("Enter")


def test_differences_are_settled_without_scripts(busy: Archive, open_browser: Open) -> None:
    page = open_browser(busy.carla, java_script_enabled=False)
    page.goto("/review/differences/")
    page.locator(".difference >> button:has-text('Cannot tell')").first.click()
    assert "Settled." in page.locator(".messages").inner_text()
    assert SecondAnswer.objects.filter(settled="unknown").count() == 1


def test_somebody_who_was_slower_sees_how_things_are(busy: Archive, open_browser: Open) -> None:
    first, second = open_browser(busy.ada), open_browser(busy.chul)
    for page in (first, second):
        page.goto("/review/differences/")
    _press(first, "No")
    first.wait_for_selector(".difference--settled")
    _press(second, "Yes")
    second.wait_for_selector(".disputed .note--wrong")
    expect(second.locator(".difference--settled")).to_have_count(1)


def test_the_price_follows_the_options(busy: Archive, open_browser: Open) -> None:
    page = open_browser(busy.ada)
    page.goto("/models/retrain/")
    assert "never trained here" in page.locator("#price").inner_text()
    page.locator("summary:has-text('More options')").click()
    page.fill("#id_min_films", "1")
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.locator("#id_min_films").blur()
    page.wait_for_selector("#price:has-text('What it would cost')")
    assert page.url.endswith("/models/retrain/")
    page.fill("#id_text_encoder", "none")
    page.fill("#id_image_encoder", "none")
    page.locator("#id_image_encoder").blur()
    page.wait_for_selector("#price >> text=nothing to learn from")
