"""The review desk in a browser: by keyboard alone, in order, each answer once, whatever the connection does."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from catalog.models import ChangeSet, Decision, Film, Label, Remark, Term, User, Visit
from tests.browser.conftest import Open
from tests.browser.test_every_page import complaints
from tests.factories import make_film, make_term, make_user, make_version, predict

DESK = re.compile(r"/review/films/")


def begin(page: Page, address: str = "/review/") -> None:
    page.goto(address)
    page.keyboard.press("Enter")  # the focus is on "Begin"
    page.wait_for_url(DESK)
    loaded(page)


def until(page: Page, condition: str) -> None:
    """Asked from outside: the policy lets no page evaluate a text."""
    for _ in range(300):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(condition)


def loaded(page: Page) -> None:
    """The next films have been fetched, or there are none."""
    until(page, "Boolean(ahead.length === AHEAD || ended)")


def saved(page: Page) -> None:
    until(page, "queue.items.length === 0 && !queue.sending")


def title(page: Page) -> str:
    return page.locator(".desk h1").inner_text()


def state(page: Page, row: str) -> str:
    return str(page.locator(f"#{row}").get_attribute("data-state"))


def said(film: Film) -> dict[str, str]:
    labels = Label.objects.filter(film=film, source="person").exclude(decided_by=None)
    return dict(labels.values_list("term__slug", "value"))


@pytest.fixture
def open_browser(open_browser: Open) -> Iterator[Open]:
    """As everywhere; but what pages still ask for at the end is waited for, before the tables are emptied."""
    pages: list[Page] = []

    def opened(*arguments: Any, **options: Any) -> Page:
        pages.append(open_browser(*arguments, **options))
        return pages[-1]

    yield opened
    for page in pages:
        page.context.set_offline(False)
        page.unroute_all()
        until(page, "typeof loading === 'undefined' || (!queue.sending && !loading)")
        page.goto("about:blank")
        page.wait_for_timeout(100)


@dataclass(frozen=True)
class People:
    carla: User
    chul: User


@pytest.fixture
def people(transactional_db: None) -> People:
    return People(*(make_user(name, role=User.Role.CURATOR) for name in ("carla", "chul")))


def waiting(count: int, *more: str) -> list[Film]:
    """So many films in the order in which they come: of each horror is proposed, the other genres are not."""
    genres = [make_term(slug, active=True) for slug in ("horror", *more)]
    Term.objects.exclude(pk__in=[genre.pk for genre in genres]).update(active=False)
    version = make_version(*genres)
    films = [make_film(f"Film {number:02}") for number in range(count)]
    for number, film in enumerate(films):
        predict(film, version, 0.51 + number / 200, *[0.1] * len(more))
    return films


@pytest.fixture
def queue(people: People) -> list[Film]:
    return waiting(4, "comedy", "war")


def test_a_film_whose_suggestions_are_right_takes_one_key(
    queue: list[Film], people: People, open_browser: Open
) -> None:
    page = open_browser(people.carla)
    begin(page)
    assert title(page) == "Film 00"
    page.keyboard.press("Enter")
    expect(page.locator(".desk h1")).to_have_text("Film 01")
    saved(page)
    assert said(queue[0]) == {"horror": "yes", "comedy": "no", "war": "no"}
    assert ChangeSet.objects.filter(decisions__film=queue[0]).distinct().count() == 1
    visit = Visit.objects.get()
    assert (visit.film, visit.user, visit.outcome, visit.decisions) == (queue[0], people.carla, "done", 3)


@pytest.mark.parametrize(("key", "wrong"), [("h", {"horror": "no"}), ("w", {"war": "yes"})])
def test_one_wrong_genre_takes_two_keys(
    queue: list[Film], people: People, open_browser: Open, key: str, wrong: dict[str, str]
) -> None:
    page = open_browser(people.carla)
    begin(page)
    page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.locator(".desk h1")).to_have_text("Film 01")
    saved(page)
    assert said(queue[0]) == {"horror": "yes", "comedy": "no", "war": "no"} | wrong
    assert Decision.objects.filter(film=queue[0]).count() == 3, "each label once in the log"
    assert Visit.objects.get().decisions == 3


def test_a_key_is_painted_at_once_and_survives_a_reload(queue: list[Film], people: People, open_browser: Open) -> None:
    page = open_browser(people.carla)
    begin(page)
    page.keyboard.press("c")
    assert state(page, "genre-comedy") == "yes"
    expect(page.locator("#live")).to_have_text("Comedy: yes")
    saved(page)
    page.reload()
    assert title(page) == "Film 00"
    assert state(page, "genre-comedy") == "yes"
    loaded(page)
    page.keyboard.press("c")
    saved(page)
    assert said(queue[0]) == {"comedy": "no"}
    assert list(Decision.objects.filter(film=queue[0]).order_by("pk").values_list("after", flat=True)) == ["yes", "no"]


def test_keys_in_a_burst_are_saved_in_order(queue: list[Film], people: People, open_browser: Open) -> None:
    page = open_browser(people.carla)
    begin(page)
    for key in "hchwhc":
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    saved(page)
    assert said(queue[0]) == {"horror": "no", "comedy": "no", "war": "yes"}
    expect(page.locator(".conflict")).to_have_count(0)
    after = Decision.objects.filter(film=queue[0]).order_by("pk").values_list("term__slug", "after")
    assert list(after) == [
        ("horror", "no"), ("comedy", "yes"), ("horror", "yes"), ("war", "yes"), ("horror", "no"), ("comedy", "no"),
    ]  # fmt: skip


@pytest.mark.parametrize(("key", "code"), [("ㅗ", "KeyH"), ("Process", "KeyH"), ("H", "KeyH")])
def test_keys_count_by_their_place_where_they_type_korean(
    queue: list[Film], people: People, open_browser: Open, key: str, code: str
) -> None:
    page = open_browser(people.carla, language="ko")
    begin(page)
    press = """([key, code, isComposing]) => document.body.dispatchEvent(
        new KeyboardEvent("keydown", {key, code, isComposing, bubbles: true, cancelable: true}))"""
    page.evaluate(press, [key, code, True])
    assert state(page, "genre-horror") == "proposed", "a syllable that is being put together is no command"
    page.evaluate(press, [key, code, False])
    assert state(page, "genre-horror") == "no"


def test_undo_goes_back_to_the_film_and_previous_shows_it(
    queue: list[Film], people: People, open_browser: Open
) -> None:
    page = open_browser(people.carla)
    begin(page)
    page.keyboard.press("Enter")
    expect(page.locator(".desk h1")).to_have_text("Film 01")
    page.keyboard.press("Backspace")
    expect(page.locator(".desk h1")).to_have_text("Film 00")
    assert state(page, "genre-horror") == "proposed"
    saved(page)
    assert said(queue[0]) == {}
    assert not Visit.objects.exists()
    page.keyboard.press("Enter")
    expect(page.locator(".desk h1")).to_have_text("Film 01")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".desk h1")).to_have_text("Film 00")
    assert state(page, "genre-horror") == "yes"
    page.keyboard.press("h")
    saved(page)
    assert said(queue[0])["horror"] == "no"
    page.keyboard.press("ArrowRight")
    expect(page.locator(".desk h1")).to_have_text("Film 01")


def test_skip_flag_note_lock_and_cannot_tell(queue: list[Film], people: People, open_browser: Open) -> None:
    page = open_browser(people.carla)
    begin(page)
    page.keyboard.press("Shift+F")
    page.keyboard.press("Shift+N")
    page.keyboard.type("The hen is the hero.")
    page.keyboard.press("Enter")
    page.keyboard.press("h")
    page.keyboard.press("Shift+U")
    page.keyboard.press("Shift+L")
    page.keyboard.press("h")  # locked: nothing happens
    saved(page)
    remarks = Remark.objects.filter(film=queue[0]).values_list("kind", "text")
    assert set(remarks) == {("flag", ""), ("note", "The hen is the hero.")}
    label = Label.objects.get(film=queue[0])
    assert (label.term.slug, label.value, label.locked) == ("horror", "unknown", True)
    expect(page.locator("#genre-horror")).to_have_class(re.compile("ask--locked"))
    page.keyboard.press("Shift+S")
    page.keyboard.press("2")
    expect(page.locator(".desk h1")).to_have_text("Film 01")
    saved(page)
    visit = Visit.objects.get()
    assert (visit.outcome, visit.reason) == ("skipped", "Poster or plot is wrong")


def test_rows_can_be_walked_and_turned_without_letters(queue: list[Film], people: People, open_browser: Open) -> None:
    page = open_browser(people.carla)
    begin(page)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#genre-comedy")).to_have_class(re.compile("ask--chosen"))
    page.keyboard.press("Space")
    assert state(page, "genre-comedy") == "yes"
    expect(page.locator('[data-about="genre-comedy"]')).to_be_visible()
    expect(page.locator('[data-about="genre-horror"]')).to_be_hidden()


def test_the_sheet_of_keys_opens_and_closes(queue: list[Film], people: People, open_browser: Open) -> None:
    page = open_browser(people.carla)
    begin(page)
    page.keyboard.press("?")
    expect(page.locator("#keys-sheet")).to_be_visible()
    page.keyboard.press("h")
    assert state(page, "genre-horror") == "proposed", "keys rest while the sheet is open"
    page.keyboard.press("Escape")
    expect(page.locator("#keys-sheet")).to_be_hidden()
    page.keyboard.press("h")
    assert state(page, "genre-horror") == "no"


def test_keys_can_be_bound_anew_and_switched_off(queue: list[Film], people: People, open_browser: Open) -> None:
    page = open_browser(people.carla)
    page.goto("/review/keys/")
    page.focus("#key-genre-horror")
    page.keyboard.press("z")
    page.locator("main button").first.click()
    expect(page.locator(".messages")).to_have_text("Your keys are saved.")
    begin(page)
    page.keyboard.press("h")
    assert state(page, "genre-horror") == "proposed"
    page.keyboard.press("z")
    assert state(page, "genre-horror") == "no"
    saved(page)
    page.goto("/review/keys/")
    page.uncheck("#on")
    page.locator("main button").first.click()
    expect(page.locator(".messages")).to_have_text("Your keys are saved.")
    begin(page)
    page.keyboard.press("z")
    page.keyboard.press("c")
    assert state(page, "genre-comedy") == "unlikely"


def test_what_is_answered_offline_is_sent_later(queue: list[Film], people: People, open_browser: Open) -> None:
    page = open_browser(people.carla)
    begin(page)
    page.context.set_offline(True)
    page.keyboard.press("h")
    page.keyboard.press("Enter")
    expect(page.locator(".desk h1")).to_have_text("Film 01")
    expect(page.locator("#saved")).to_contain_text("Not sent yet")
    assert said(queue[0]) == {}
    page.context.set_offline(False)
    expect(page.locator("#saved")).to_have_text("Saved")
    assert said(queue[0]) == {"horror": "no", "comedy": "no", "war": "no"}
    assert Decision.objects.filter(film=queue[0]).count() == 3


def test_an_answer_whose_confirmation_was_lost_is_not_saved_twice(
    queue: list[Film], people: People, open_browser: Open
) -> None:
    page = open_browser(people.carla)
    begin(page)
    lost: list[str] = []

    def lose(route: Any) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.request.url)
            route.fetch()  # the server hears of it; we do not hear of that
            route.abort()

    page.route("**/answer/", lose)
    page.keyboard.press("h")
    page.keyboard.press("c")
    expect(page.locator("#saved")).to_contain_text("Not sent yet")
    expect(page.locator("#saved")).to_have_text("Saved")
    assert lost
    expect(page.locator(".conflict")).to_have_count(0)
    assert said(queue[0]) == {"horror": "no", "comedy": "yes"}
    assert Decision.objects.filter(film=queue[0]).count() == 2


def test_a_reload_loses_nothing_that_was_not_sent(queue: list[Film], people: People, open_browser: Open) -> None:
    page = open_browser(people.carla)
    begin(page)
    page.route("**/answer/", lambda route: route.abort())
    page.keyboard.press("h")
    expect(page.locator("#saved")).to_contain_text("Not sent yet")
    page.unroute("**/answer/")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator("#saved")).to_have_text("Saved")
    expect(page.locator("#genre-horror")).to_have_attribute("data-state", "no")
    assert said(queue[0]) == {"horror": "no"}


def test_a_conflict_shows_both_answers_and_mine_can_be_applied(
    queue: list[Film], people: People, open_browser: Open
) -> None:
    page, other = open_browser(people.carla), open_browser(people.chul)
    begin(page)
    other.goto(queue[0].get_absolute_url())
    other.click("#genre-horror-no")
    other.wait_for_selector("#genre-horror.row--no")
    page.keyboard.press("c")
    conflict = page.locator(".conflict")
    expect(conflict).to_contain_text("Horror: no")
    expect(conflict).to_contain_text("chul")
    expect(conflict).to_contain_text("Comedy: yes")
    expect(page.locator("#genre-horror")).to_have_attribute("data-state", "no")
    expect(page.locator("#genre-comedy")).to_have_attribute("data-state", "unlikely")
    page.get_by_role("button", name="Apply mine anyway").click()
    expect(conflict).to_have_count(0)
    saved(page)
    assert dict(Label.objects.filter(film=queue[0]).values_list("term__slug", "value")) == {
        "horror": "no", "comedy": "yes",
    }  # fmt: skip
    page.keyboard.press("Enter")
    saved(page)
    assert said(queue[0]) == {"horror": "no", "comedy": "yes", "war": "no"}


def test_who_is_signed_out_is_told_and_loses_nothing(
    queue: list[Film], people: People, open_browser: Open, settings: Any
) -> None:
    page = open_browser(people.carla)
    begin(page)
    name = settings.SESSION_COOKIE_NAME
    [cookie] = [one for one in page.context.cookies() if one["name"] == name]
    page.context.clear_cookies(name=name)
    page.keyboard.press("h")
    expect(page.locator("#saved")).to_contain_text("signed out")
    page.context.add_cookies([{"name": name, "value": cookie["value"], "url": page.url}])
    expect(page.locator("#saved")).to_have_text("Saved")
    assert said(queue[0]) == {"horror": "no"}


def test_two_people_are_never_shown_the_same_film(people: People, open_browser: Open) -> None:
    waiting(8)
    first, second = open_browser(people.carla), open_browser(people.chul)
    begin(first)
    begin(second)
    seen = [title(first), title(second)]
    first.keyboard.press("Enter")
    second.keyboard.press("Enter")
    expect(first.locator(".desk h1")).not_to_have_text(seen[0])
    expect(second.locator(".desk h1")).not_to_have_text(seen[1])
    seen += [title(first), title(second)]
    assert len(set(seen)) == 4


def test_at_the_end_one_is_told(queue: list[Film], people: People, open_browser: Open) -> None:
    page = open_browser(people.carla)
    begin(page)
    for _ in queue:
        page.keyboard.press("Enter")
        page.wait_for_timeout(150)
    page.wait_for_url(re.compile(r"/review/\?empty=1"))
    expect(page.locator("main")).to_contain_text("No film is left in this order.")
    assert Visit.objects.filter(outcome="done").count() == len(queue)


def test_fifty_films_by_keyboard_alone_each_decision_once(people: People, open_browser: Open) -> None:
    films = waiting(50, "comedy")
    page = open_browser(people.carla)
    begin(page)
    wrong = {number for number in range(50) if number % 3 == 0}
    for number in range(50):
        expect(page.locator(".desk h1")).to_have_text(f"Film {number:02}")
        if number in wrong:
            page.keyboard.press("c" if number % 2 else "h")
        page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/review/\?empty=1"))
    expected = []
    for number, film in enumerate(films):
        horror_is = "no" if number in wrong and number % 2 == 0 else "yes"
        comedy_is = "yes" if number in wrong and number % 2 else "no"
        expected += [(film.pk, "comedy", comedy_is), (film.pk, "horror", horror_is)]
    log = Decision.objects.filter(film__in=films).values_list("film", "term__slug", "after")
    assert sorted(log) == sorted(expected)
    assert Visit.objects.filter(outcome="done", user=people.carla).count() == 50


def test_it_works_with_scripts_off(queue: list[Film], people: People, open_browser: Open) -> None:
    page = open_browser(people.carla, java_script_enabled=False)
    page.goto("/review/")
    page.click(".start__begin")
    assert title(page) == "Film 00"
    page.click("#genre-war .ask__press")
    expect(page.locator(".messages")).to_have_text("War: yes. Saved.")
    page.click(".desk__accept")
    assert title(page) == "Film 01"
    assert said(queue[0]) == {"horror": "yes", "comedy": "no", "war": "yes"}
    page.click("[data-do=undo]")
    expect(page.locator(".messages")).to_have_text("Undone.")
    assert said(queue[0]) == {"war": "yes"}
    assert title(page) == "Film 00"
    page.click("[data-sheet=skip] summary")
    page.click("[data-skip-form] button >> nth=0")
    assert title(page) == "Film 01"
    page.click("[data-do=previous]")
    assert title(page) == "Film 00"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_at_the_desk(queue: list[Film], people: People, open_browser: Open, theme: str) -> None:
    page = open_browser(people.carla, theme=theme, bypass_csp=True, language="ko" if theme == "dark" else "en")
    found = []
    page.goto("/review/")
    found += complaints(page)
    page.goto("/review/keys/")
    found += complaints(page)
    begin(page)
    found += complaints(page)
    page.keyboard.press("Shift+S")
    found += complaints(page)
    page.keyboard.press("Escape")
    page.keyboard.press("h")
    page.keyboard.press("c")
    saved(page)
    found += complaints(page)
    Film.objects.filter(pk=queue[0].pk).update(revision=99)
    page.keyboard.press("w")
    page.wait_for_selector(".conflict")
    found += complaints(page)
    page.keyboard.press("?")
    found += complaints(page)
    assert not found, "\n".join(found)
