"""Films like a film: beside it, on a page of their own, over the API, and the ways to less and more of a term."""

from typing import Any

import pytest
from django.test import Client

from catalog import search
from catalog.models import Film, Term, User
from inference.meaning import reading
from inference.meaning.views import WHOLE
from tests.factories import import_label, make_film, make_term
from tests.inference.toy_texts import ToyTexts, use
from tests.pages.conftest import HTMX

pytestmark = pytest.mark.django_db


@pytest.fixture
def films(monkeypatch: pytest.MonkeyPatch) -> list[Film]:
    """Two that are alike in all, and one that is like them in its plot alone."""
    use(monkeypatch, ToyTexts())
    gothic, violence = make_term("gothic", Term.Kind.TAG), make_term("violence", Term.Kind.TAG, name_ko="폭력")
    made = [
        make_film("Nosferatu", year=1922, plot="A count in a castle drinks blood at night."),
        make_film("Vampyr", year=1932, plot="A vampire in a castle."),
        make_film("Blood Bank", plot="Blood at night."),
    ]
    for film in made[:2]:
        import_label(film, gothic)
    import_label(made[0], violence)
    search.refresh([film.pk for film in made])
    reading.read()
    return made


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_page_names_films_and_what_they_share(client: Client, films: list[Film]) -> None:
    page = text(client.get(f"{films[0].get_absolute_url()}similar/"))
    assert "Films like Nosferatu" in page
    assert page.index("Vampyr") < page.index("Blood Bank")
    vampyr = page[page.index('class="like__title">Vampyr') :]
    assert '<span class="like__term">Gothic</span>' in vampyr
    assert "1.00" in vampyr
    assert "Its plot is alike." in vampyr[vampyr.index("Blood Bank") :]


def test_it_leads_to_films_with_less_and_with_more_of_a_term(client: Client, films: list[Film]) -> None:
    page = text(client.get(f"{films[0].get_absolute_url()}similar/"))
    key = films[0].key
    assert f'href="/?like={key}&amp;w.violence=-2"' in page
    assert f'href="/?like={key}&amp;w.violence=2"' in page
    assert "Like this, but less Violence" in page


def test_such_a_page_of_films_is_there(client: Client, films: list[Film]) -> None:
    response = client.get(f"/?like={films[0].key}&w.violence=-2")
    assert response.status_code == 200


def test_the_films_page_fetches_them_when_they_come_into_view(client: Client, films: list[Film]) -> None:
    page = text(client.get(films[0].get_absolute_url()))
    assert f'hx-get="/films/{films[0].key}/similar/" hx-trigger="revealed"' in page
    fragment = text(client.get(f"{films[0].get_absolute_url()}similar/", headers=HTMX))
    assert fragment.startswith('<section class="similar"')
    assert "Vampyr" in fragment


def test_it_is_in_korean_too(client: Client, films: list[Film]) -> None:
    client.cookies["django_language"] = "ko"
    assert "폭력" in text(client.get(f"{films[0].get_absolute_url()}similar/"))


def test_a_film_of_which_nothing_is_known_says_so(client: Client, films: list[Film]) -> None:
    film = make_film("Untold", plot="")
    assert "No film is like this one yet" in text(client.get(f"{film.get_absolute_url()}similar/"))


def test_unpublished_films_are_nowhere(client: Client, films: list[Film], admin: User) -> None:
    Film.objects.filter(pk=films[1].pk).update(published=False)
    assert "Vampyr" not in text(client.get(f"{films[0].get_absolute_url()}similar/"))
    assert client.get(f"/films/{films[1].key}/similar/").status_code == 404
    client.force_login(admin)
    assert client.get(f"/films/{films[1].key}/similar/").status_code == 200


def test_the_number_of_queries_does_not_grow(
    client: Client, films: list[Film], django_assert_max_num_queries: Any
) -> None:
    for number in range(WHOLE):
        import_label(make_film(f"Night {number}", plot="Blood in the castle."), Term.objects.get(slug="gothic"))
    search.refresh(list(Film.objects.values_list("pk", flat=True)))
    reading.read()
    with django_assert_max_num_queries(32):
        client.get(f"{films[0].get_absolute_url()}similar/")


# Over the API ----------------------------------------------------------------------------------------------------


def test_the_api_says_the_same(client: Client, films: list[Film]) -> None:
    found = client.get(f"/api/films/{films[0].key}/similar/").json()
    assert [one["title"] for one in found] == ["Vampyr", "Blood Bank"]
    assert found[0]["shared"] == [{"kind": "tag", "slug": "gothic", "here": 1.0, "there": 1.0}]


def test_the_api_finds_films_by_meaning(client: Client, films: list[Film]) -> None:
    found = client.get("/api/near/", {"q": "count in a castle"}).json()
    assert found["films"][0]["film"] == films[0].key
    assert found["films"][0]["weaker"] is False
    assert found["how"] == "both"
    assert client.get("/api/near/", {"q": "xqzvw"}).json()["films"] == []
    for wrong in ("", " ", "x" * 401):
        assert client.get("/api/near/", {"q": wrong}).status_code == 400
