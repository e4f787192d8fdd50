"""Searches that people keep, and their feeds."""

import uuid
from xml.etree import ElementTree

import pytest
from django.test import Client

from catalog import saved, search
from catalog.models import SavedSearch, Term, User
from tests.factories import import_label, make_film, make_user
from tests.pages.conftest import client_of, counted

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def kept(viewer: User, horror: Term) -> SavedSearch:
    for title, terms in (("Nosferatu", [horror]), ("Faust", []), ("Dracula", [horror])):
        film = make_film(title, key=title.lower(), year=1922)
        for term in terms:
            import_label(film, term)
        search.refresh([film.pk])
    return SavedSearch.objects.create(user=viewer, name="Fear", query="genre=horror")


def test_a_search_is_kept_in_its_shortest_form(vera: Client, viewer: User, horror: Term) -> None:
    answer = vera.post("/searches/", {"name": " Fear ", "query": "?sort=newest&genre=horror&layout=grid&nonsense=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/searches/")
    found = SavedSearch.objects.get(user=viewer)
    assert (found.name, found.query) == ("Fear", "genre=horror")
    assert found.get_absolute_url() == "/?genre=horror"
    assert "Kept as “Fear”." in vera.get("/searches/").content.decode()


@pytest.mark.parametrize("name", ["", "   ", "Fear", "x" * 101])
def test_a_name_is_needed_and_only_once(vera: Client, kept: SavedSearch, name: str) -> None:
    answer = vera.post("/searches/", {"name": name, "query": "genre=horror"})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert SavedSearch.objects.count() == 1


def test_two_people_may_use_one_name(carla: Client, kept: SavedSearch) -> None:
    assert carla.post("/searches/", {"name": "Fear", "query": ""}).status_code == 302
    assert SavedSearch.objects.count() == 2


def test_a_search_for_what_is_not_there_is_not_kept(vera: Client) -> None:
    assert vera.post("/searches/", {"name": "Fear", "query": "genre=nonsense"}).status_code == 404
    assert not SavedSearch.objects.exists()


def test_only_so_many_are_kept(vera: Client, kept: SavedSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.saved.MOST", 1)
    answer = vera.post("/searches/", {"name": "More", "query": ""})
    assert answer.status_code == 422
    assert "delete one first" in answer.content.decode()


def test_the_list_says_how_many_films_there_are_now(vera: Client, kept: SavedSearch) -> None:
    [one] = vera.get("/searches/").context["kept"]
    assert (one["count"], one["said"]) == (2, ["Horror"])
    SavedSearch.objects.update(query="genre=gone")
    assert "no longer there" in vera.get("/searches/").content.decode()


def test_renaming_and_deleting_are_for_the_one_who_keeps_it(vera: Client, carla: Client, kept: SavedSearch) -> None:
    for address in (f"/searches/{kept.pk}/rename/", f"/searches/{kept.pk}/delete/"):
        assert carla.post(address, {"name": "Mine"}).status_code == 404
    assert vera.post(f"/searches/{kept.pk}/rename/", {"name": "Dread"}).status_code == 302
    kept.refresh_from_db()
    assert kept.name == "Dread"
    assert vera.post(f"/searches/{kept.pk}/rename/", {"name": ""}).status_code == 422
    assert vera.post(f"/searches/{kept.pk}/delete/").status_code == 302
    assert not SavedSearch.objects.exists()


def entries(client: Client, kept: SavedSearch) -> list[str]:
    answer = client.get(kept.get_feed_url())
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.content)
    return [entry.findtext(f"{ATOM}title") or "" for entry in feed.findall(f"{ATOM}entry")]


def test_a_feed_tells_of_the_films_that_changed_last_first(client: Client, kept: SavedSearch, horror: Term) -> None:
    assert entries(client, kept) == ["Dracula (1922)", "Nosferatu (1922)"]
    hidden = make_film("Hidden", published=False)
    import_label(hidden, horror)
    search.refresh([hidden.pk])
    found = make_film("Found")
    import_label(found, horror)
    search.refresh([found.pk])
    assert entries(client, kept) == ["Found", "Dracula (1922)", "Nosferatu (1922)"]


def test_a_feed_has_what_feed_readers_need(client: Client, kept: SavedSearch) -> None:
    answer = client.get(kept.get_feed_url())
    feed = ElementTree.fromstring(answer.content)
    entry = feed.findall(f"{ATOM}entry")[0]
    assert feed.findtext(f"{ATOM}title") == "Fear · genresite"
    link = entry.find(f"{ATOM}link")
    assert link is not None and link.get("href") == "http://testserver/films/dracula/"
    assert [one.get("term") for one in entry.findall(f"{ATOM}category")] == ["Horror"]
    assert entry.findtext(f"{ATOM}id") == "http://testserver/films/dracula/"
    assert "max-age=600" in answer["Cache-Control"] and "private" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"


def test_a_feed_needs_its_address_and_nothing_else(client: Client, kept: SavedSearch, settings: object) -> None:
    settings.PUBLIC = False  # type: ignore[attr-defined]
    assert client.get(kept.get_feed_url()).status_code == 200
    assert client.get(f"/searches/{uuid.uuid4()}.atom").status_code == 404
    User.objects.filter(pk=kept.user_id).update(is_active=False)
    assert client.get(kept.get_feed_url()).status_code == 404


def test_a_feed_costs_the_same_however_many_films(client: Client, kept: SavedSearch, horror: Term) -> None:
    def cost() -> int:
        with counted() as count:
            client.get(kept.get_feed_url())
        return count()

    before = cost()
    for _number in range(12):
        film = make_film()
        import_label(film, horror)
        search.refresh([film.pk])
    assert cost() == before


def test_a_very_long_list_is_told_of_by_age(kept: SavedSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "SORTED_BY_CHANGE", 1)
    monkeypatch.setattr(saved, "FED", 1)
    assert [film.title for film in saved.newest(saved.asked_for(kept))] == ["Dracula"]


def test_strangers_keep_nothing(client: Client, kept: SavedSearch) -> None:
    for address in ("/searches/", f"/searches/{kept.pk}/delete/"):
        assert client.post(address)["Location"].startswith("/accounts/login/")
    assert client_of(make_user("other")).get("/searches/").context["kept"] == []
