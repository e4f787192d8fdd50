"""The film list."""

import pytest
from django.test import Client

from catalog import labelling
from catalog.models import Film, Label, Term, User
from catalog.views.films import FILMS_PER_PAGE
from tests.factories import import_label, make_film, make_term, make_version, predict
from tests.pages.conftest import HTMX, counted

pytestmark = pytest.mark.django_db


def titles(client: Client, address: str = "/", **headers: str) -> list[str]:
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return [film.title for film in response.context["page"].films]


def test_it_shows_films_newest_first_to_anybody(client: Client) -> None:
    for title in ("Metropolis", "Nosferatu"):
        make_film(title)
    assert titles(client) == ["Nosferatu", "Metropolis"]


def test_a_private_site_sends_strangers_to_the_sign_in_page(client: Client, settings: pytest.FixtureRequest) -> None:
    settings.PUBLIC = False  # type: ignore[attr-defined]
    response = client.get("/")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_unpublished_films_are_left_out(client: Client) -> None:
    make_film("Nosferatu", published=False)
    assert titles(client) == []


@pytest.mark.parametrize("words", ["nosferatu", "NOSF", "노스페라투", "symphonie", "grauens symphonie"])
def test_it_finds_titles_in_any_language_and_case(client: Client, words: str) -> None:
    make_film("Nosferatu", title_original="Eine Symphonie des Grauens", title_ko="노스페라투")
    make_film("Metropolis")
    assert titles(client, f"/?q={words}") == ["Nosferatu"]


def test_percent_signs_and_underscores_are_letters_like_others(client: Client) -> None:
    make_film("100% Wolf")
    make_film("1000 Wolves")
    assert titles(client, "/?q=100%25") == ["100% Wolf"]
    assert titles(client, "/?q=_") == []


def test_chosen_genres_must_all_be_there(client: Client, horror: Term, comedy: Term) -> None:
    both, one = make_film("Both"), make_film("One")
    for film, term in ((both, horror), (both, comedy), (one, horror)):
        import_label(film, term)
        refresh(film)
    assert titles(client, "/?genre=horror") == ["One", "Both"]
    assert titles(client, "/?genre=horror&genre=comedy") == ["Both"]


def test_a_rejected_genre_is_not_found(client: Client, film: Film, horror: Term, curator: User) -> None:
    predict(film, make_version(horror), 0.9)
    assert titles(client, "/?genre=horror") == ["Nosferatu"]
    labelling.reject(film, horror, user=curator, revision=film.revision)
    assert titles(client, "/?genre=horror") == []


def test_an_unknown_genre_is_answered_with_a_sentence(client: Client) -> None:
    response = client.get("/?genre=nonsense")
    assert response.status_code == 404
    assert "There is no genre called “nonsense”." in response.content.decode()


def test_genres_are_counted_among_the_films_found(client: Client, horror: Term, comedy: Term) -> None:
    for title, terms in (("A", [horror]), ("B", [horror, comedy])):
        film = make_film(title)
        for term in terms:
            import_label(film, term)
        refresh(film)
    hidden = make_film("C", published=False)
    import_label(hidden, horror)
    refresh(hidden)
    assert counts(client, "/") == {"horror": 2, "comedy": 1}
    assert counts(client, "/?genre=comedy") == {"horror": 1, "comedy": 1}
    assert counts(client, "/?q=b") == {"horror": 1, "comedy": 1}


def counts(client: Client, address: str) -> dict[str, int]:
    return {genre["term"].slug: genre["count"] for genre in client.get(address).context["genres"]}


def refresh(film: Film) -> None:
    from catalog import search

    search.refresh([film.pk])


def test_the_review_filter_keeps_films_with_proposals_that_nobody_has_judged(
    client: Client, horror: Term, curator: User
) -> None:
    version = make_version(horror)
    waiting, decided, sure = make_film("Waiting"), make_film("Decided"), make_film("Sure")
    for film, score in ((waiting, 0.8), (decided, 0.8), (sure, 0.1)):
        predict(film, version, score)
    labelling.accept(decided, horror, user=curator, revision=decided.revision)
    assert titles(client, "/?review=1") == ["Waiting"]
    assert "1 proposal waits for a person" in client.get("/").content.decode()


def test_uncertain_films_come_first_when_asked_for(client: Client, horror: Term) -> None:
    version = make_version(horror, threshold=0.4)
    for title, score in (("Sure yes", 0.98), ("On the fence", 0.41), ("Sure no", 0.02), ("Near", 0.3)):
        predict(make_film(title), version, score)
    assert titles(client, "/?sort=doubt") == ["On the fence", "Near", "Sure no", "Sure yes"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("title", ["Alien", "Brazil", "Cube", "Dune"]),
        ("year", ["Cube", "Brazil", "Alien", "Dune"]),
        ("newest", ["Alien", "Dune", "Cube", "Brazil"]),
        ("nonsense", ["Alien", "Dune", "Cube", "Brazil"]),
    ],
)
def test_it_sorts(client: Client, sort: str, expected: list[str]) -> None:
    for title, year in (("Brazil", 1985), ("Cube", 1997), ("Dune", None), ("Alien", 1979)):
        make_film(title, year=year)
    assert titles(client, f"/?sort={sort}") == expected


def test_korean_readers_get_titles_in_the_order_in_which_they_see_them(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.views.films.FILMS_PER_PAGE", 2)
    for title, korean in (("Zorro", "가"), ("Alien", "하"), ("Brazil", ""), ("Dune", "나")):
        make_film(title, title_ko=korean)
    client.cookies["django_language"] = "ko"
    first = client.get("/?sort=title")
    assert [film.shown_title for film in first.context["page"].films] == ["Brazil", "가"]
    second = client.get(f"/{first.context['more']}")
    assert [film.shown_title for film in second.context["page"].films] == ["나", "하"]


@pytest.mark.parametrize("sort", ["newest", "title", "year", "doubt"])
def test_the_next_page_goes_on_where_this_one_ends(
    client: Client, sort: str, horror: Term, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.views.films.FILMS_PER_PAGE", 3)
    version = make_version(horror)
    for number in range(10):
        film = make_film(f"Film {number % 4}", year=(1950 + number % 3) if number % 5 else None)
        predict(film, version, 0.5 + (number % 3) / 10)
    seen, address = [], f"/?sort={sort}"
    while address:
        response = client.get(address)
        seen += [film.pk for film in response.context["page"].films]
        address = response.context["more"] and "/" + response.context["more"]
    assert len(seen) == len(set(seen)) == 10
    assert seen == [film.pk for film in client.get(f"/?sort={sort}").context["filters"].order.sort(Film.objects.all())]


@pytest.mark.parametrize("cursor", ["nonsense", "~", "x~1", "~x", "1~", "9" * 30, "~" + "9" * 30, "nan~1"])
def test_a_cursor_that_makes_no_sense_is_no_error(client: Client, cursor: str, film: Film) -> None:
    for sort in ("newest", "title", "year", "doubt"):
        assert client.get(f"/?sort={sort}&after={cursor}").status_code == 200


def test_htmx_gets_the_results_and_a_short_address(client: Client, film: Film, horror: Term) -> None:
    response = client.get("/?q=nos&sort=newest", headers={**HTMX, "HX-Target": "results"})
    page = response.content.decode()
    assert "<html" not in page
    assert 'id="results"' in page
    assert response["HX-Push-Url"] == "/?q=nos"
    assert "HX-Request" in response["Vary"]


def test_more_films_come_without_the_page_around_them(client: Client) -> None:
    for number in range(FILMS_PER_PAGE + 2):
        make_film(f"Film {number}")
    more = client.get("/").context["more"]
    page = client.get(f"/{more}", headers={**HTMX, "HX-Target": "more"}).content.decode()
    assert page.count('class="card"') == 2
    assert "results" not in page


def test_the_number_of_queries_does_not_grow_with_the_films(carla: Client, horror: Term, comedy: Term) -> None:
    version = make_version(horror, comedy)

    def grow(films: int) -> int:
        for _number in range(films):
            film = make_film(poster_sha256="a" * 64)
            import_label(film, horror)
            predict(film, version, 0.9, 0.9)
        with counted() as count:
            assert carla.get("/?sort=doubt&review=1&q=film").status_code == 200
        return count()

    carla.get("/")  # what is looked up once per process
    assert grow(10) == grow(38)


def test_a_film_without_a_poster_shows_its_title_instead(client: Client, film: Film) -> None:
    assert '<span class="blank__title">Nosferatu</span>' in client.get("/").content.decode()


def test_an_empty_archive_tells_an_admin_where_to_begin(ada: Client, vera: Client) -> None:
    assert "Import films" in ada.get("/").content.decode()
    assert "Import films" not in vera.get("/").content.decode()


def test_terms_carry_their_korean_names(client: Client, film: Film) -> None:
    import_label(film, make_term("horror", name_ko="공포"), Label.Value.YES)
    refresh(film)
    client.cookies["django_language"] = "ko"
    page = client.get("/").content.decode()
    assert '<html lang="ko"' in page
    assert "공포" in page
