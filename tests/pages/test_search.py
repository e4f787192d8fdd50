"""The search page."""

from typing import Any

import numpy as np
import pytest
from django.test import Client

from catalog import labelling, search
from catalog.models import Film, Label, SavedSearch, Term, User
from catalog.search.finding import FILMS_PER_PAGE
from catalog.search.meaning import Near
from tests.factories import import_label, make_film, make_term, make_version, predict
from tests.pages.conftest import HTMX, counted

pytestmark = pytest.mark.django_db
NEAR: list[tuple[Film, float]] = []  # what a text is near to in these tests, and
FLOOR = [99]  # from which of them on the matches are weaker


def near(text: str, *, most: int = 200, within: Any = None) -> Near:
    """In place of models, which need a worker: tests/inference/test_meaning.py has the real thing."""
    kept = [(film.pk, close) for film, close in NEAR if within is None or film.pk in within]
    ids, similarity = [pk for pk, _close in kept], [close for _pk, close in kept]
    return Near(np.array(ids, np.int64), np.array(similarity, float), min(FLOOR[0], len(ids)), "meaning", "")


@pytest.fixture(autouse=True)
def _near(settings: Any) -> None:
    settings.FILMS_NEAR = "tests.pages.test_search.near"
    NEAR.clear()
    FLOOR[0] = 99


def titles(client: Client, address: str = "/", **headers: str) -> list[str]:
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return [card.film.title for card in response.context["cards"]]


def refresh(*films: Film) -> None:
    search.refresh([film.pk for film in films])


def carrying(title: str, *terms: Term, **fields: Any) -> Film:
    film = make_film(title, **fields)
    for term in terms:
        import_label(film, term)
    refresh(film)
    return film


def test_it_shows_films_newest_first_to_anybody(client: Client) -> None:
    for title in ("Metropolis", "Nosferatu"):
        make_film(title)
    assert titles(client) == ["Nosferatu", "Metropolis"]


def test_a_private_site_sends_strangers_to_the_sign_in_page(client: Client, settings: Any) -> None:
    settings.PUBLIC = False
    for address in ("/", "/suggest/?q=a"):
        response = client.get(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")


def test_unpublished_films_are_left_out(client: Client) -> None:
    film = make_film("Nosferatu", published=False)
    assert titles(client) == []
    assert titles(client, "/?q=nosferatu") == []
    assert client.get("/?like=" + film.key).status_code == 404


@pytest.mark.parametrize("words", ["nosferatu", "NOSF", "노스페라투", "symphonie", "grauens symphonie", "ㄴㅅㅍ"])
def test_it_finds_titles_in_any_language_and_case(client: Client, words: str) -> None:
    make_film("Nosferatu", title_original="Eine Symphonie des Grauens", title_ko="노스페라투")
    make_film("Metropolis")
    assert titles(client, f"/?q={words}") == ["Nosferatu"]


def test_percent_signs_and_underscores_are_signs_like_others(client: Client) -> None:
    make_film("100% Wolf")
    make_film("Metropolis")
    assert titles(client, "/?q=100%25") == titles(client, "/?q=%25") == ["100% Wolf"]
    assert titles(client, "/?q=_") == []


def test_chosen_genres_must_all_be_there(client: Client, horror: Term, comedy: Term) -> None:
    carrying("Both", horror, comedy)
    carrying("One", horror)
    assert titles(client, "/?genre=horror") == ["One", "Both"]
    assert titles(client, "/?genre=horror&genre=comedy") == ["Both"]


def test_may_and_not_and_strengths(client: Client, horror: Term, comedy: Term) -> None:
    carrying("Scary", horror)
    carrying("Funny", comedy)
    carrying("Both", horror, comedy)
    carrying("Neither")
    assert titles(client, "/?may=horror&may=comedy") == ["Both", "Funny", "Scary"]
    assert titles(client, "/?not=comedy") == ["Neither", "Scary"]
    assert titles(client, "/?w.horror=2&w.comedy=-1") == ["Scary", "Both", "Neither", "Funny"]
    page = client.get("/?w.horror=2").content.decode()
    assert "Best match" in page
    assert "How it fits" in page


def test_a_rejected_genre_is_not_found(client: Client, film: Film, horror: Term, curator: User) -> None:
    predict(film, make_version(horror), 0.9)
    assert titles(client, "/?genre=horror") == ["Nosferatu"]
    labelling.reject(film, horror, user=curator, revision=film.revision)
    assert titles(client, "/?genre=horror") == []


def test_an_unknown_genre_is_answered_with_a_sentence(client: Client) -> None:
    response = client.get("/?genre=nonsense")
    assert response.status_code == 404
    assert "There is no genre called “nonsense”." in response.content.decode()


def counts(client: Client, address: str, group: str = "genres") -> dict[str, int]:
    groups = {one.id: one for one in client.get(address).context["groups"]}
    return {sift.id: sift.count for sift in groups[group].open if sift.count or sift.mode}


def test_facets_are_counted_among_the_films_found(client: Client, horror: Term, comedy: Term) -> None:
    carrying("A", horror, year=1922)
    carrying("B", horror, comedy, year=1987)
    carrying("C", horror, published=False)
    assert counts(client, "/") == {"genre-horror": 2, "genre-comedy": 1}
    assert counts(client, "/?genre=comedy") == {"genre-horror": 1, "genre-comedy": 1}
    assert counts(client, "/?q=b") == {"genre-horror": 1, "genre-comedy": 1}
    assert counts(client, "/", "decades") == {"1980": 1, "1920": 1}
    assert counts(client, "/?not=comedy", "decades") == {"1920": 1}


def test_a_facet_leads_from_must_to_may_to_not_to_nothing(client: Client, horror: Term) -> None:
    carrying("A", horror)
    address = "/"
    for wanted in ("/?genre=horror", "/?may=horror", "/?not=horror", "/"):
        groups = client.get(address).context["groups"]
        [sift] = [sift for group in groups for sift in group.open if sift.id == "genre-horror"]
        address = sift.address
        assert address == wanted


def test_chips_say_their_mode_and_can_be_made_stronger_and_taken_away(client: Client, horror: Term) -> None:
    carrying("A", horror)
    [chip] = client.get("/?genre=horror&w.horror=1").context["chips"]
    assert (chip.more, chip.less) == ("/?genre=horror&w.horror=2", "/?genre=horror")
    assert (chip.cycled, chip.without) == ("/?may=horror&w.horror=1", "/")
    [chip] = client.get("/?w.horror=2").context["chips"]
    assert (chip.more, chip.mode) == ("", "ranks, leaves nothing out")


def test_what_waits_for_a_person(client: Client, horror: Term, curator: User) -> None:
    version = make_version(horror)
    waiting, decided, sure = make_film("Waiting"), make_film("Decided"), make_film("Sure")
    for film, score in ((waiting, 0.8), (decided, 0.8), (sure, 0.1)):
        predict(film, version, score)
    labelling.accept(decided, horror, user=curator, revision=decided.revision)
    assert titles(client, "/?review=1") == titles(client, "/?said=waiting") == ["Waiting"]
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


@pytest.mark.parametrize("sort", ["newest", "title", "year", "doubt"])
@pytest.mark.parametrize("layout", ["grid", "list", "table"])
def test_the_next_page_goes_on_where_this_one_ends(client: Client, sort: str, layout: str, horror: Term) -> None:
    version = make_version(horror)
    for number in range(10):
        film = make_film(f"Film {number % 4}", year=(1950 + number % 3) if number % 5 else None)
        predict(film, version, 0.5 + (number % 3) / 10)
    whole = client.get(f"/?sort={sort}").context["cards"]
    seen, address = [], f"/?sort={sort}&layout={layout}"
    while address:
        response = client.get(f"{address}&n=3")
        seen += [card.film.pk for card in response.context["cards"]]
        address = response.context["more"]
    assert seen == [card.film.pk for card in whole]
    assert len(seen) == 10


@pytest.mark.parametrize("cursor", ["nonsense", "~", "x~1", "~x", "1~", "9" * 30, "~" + "9" * 30, "nan~1", "%00"])
def test_a_cursor_that_makes_no_sense_is_no_error(client: Client, cursor: str, film: Film) -> None:
    for sort in ("newest", "title", "year", "doubt", "match", "confidence"):
        assert client.get(f"/?sort={sort}&after={cursor}").status_code in (200, 400)


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999", "¹"])
def test_an_odd_number_of_films_is_no_error(client: Client, film: Film, number: str) -> None:
    assert client.get(f"/?n={number}").status_code == 200


def test_htmx_gets_all_below_the_box_and_a_short_address(client: Client, film: Film, horror: Term) -> None:
    response = client.get("/?q=nos&sort=newest&layout=grid", headers={**HTMX, "HX-Target": "search"})
    page = response.content.decode()
    assert "<html" not in page
    assert 'id="search"' in page
    assert 'role="combobox"' not in page
    assert response["HX-Push-Url"] == "/?q=nos"
    assert "HX-Request" in response["Vary"]


def test_more_films_come_without_the_page_around_them(client: Client) -> None:
    for number in range(FILMS_PER_PAGE + 2):
        make_film(f"Film {number}")
    more = client.get("/").context["more"]
    page = client.get(more, headers={**HTMX, "HX-Target": "more"}).content.decode()
    assert page.count('class="card"') == 2
    assert "found__tools" not in page


def test_without_scripts_the_form_keeps_all_else_that_is_asked_for(client: Client, horror: Term) -> None:
    carrying("A", horror)
    page = client.get("/?genre=horror&w.horror=2&layout=list&said=machine").content.decode()
    for name, value in (("genre", "horror"), ("w.horror", "2"), ("layout", "list"), ("said", "machine")):
        assert f'<input type="hidden" name="{name}" value="{value}" form="ask">' in page
    assert "hidden" not in page.split('name="sort"')[0].rsplit("<", 1)[1]


def test_the_number_of_queries_does_not_grow_with_the_films(carla: Client, horror: Term, comedy: Term) -> None:
    version = make_version(horror, comedy)

    def grow(films: int) -> list[int]:
        for _number in range(films):
            film = make_film(poster_sha256="a" * 64)
            import_label(film, horror)
            predict(film, version, 0.9, 0.9)
        found = []
        for layout in ("grid", "list", "table"):
            with counted() as count:
                assert carla.get(f"/?sort=doubt&said=waiting&q=film&layout={layout}").status_code == 200
            found.append(count())
        return found

    carla.get("/?sort=doubt&said=waiting&q=film")  # what is looked up once per process
    assert grow(10) == grow(28)


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


# Nothing found ------------------------------------------------------------------------------------------------


def test_what_removes_the_most_is_named_first(client: Client, horror: Term, comedy: Term) -> None:
    war = make_term("war")
    for title in "ABC":
        carrying(title, horror)
    carrying("D", comedy, war)
    response = client.get("/?genre=horror&genre=comedy")
    assert titles(client, "/?genre=horror&genre=comedy") == []
    assert response.context["blamed"] == [("Comedy", "/?genre=horror", 3), ("Horror", "/?genre=comedy", 1)]
    assert "Without Comedy" in response.content.decode()


def test_a_mistyped_title_is_put_right_and_its_films_are_shown(client: Client) -> None:
    from catalog.search import typos

    make_film("Nosferatu")
    typos.learn()
    page = client.get("/?q=nosfertau")
    assert (page.context["meant"], page.context["meant_address"]) == ("nosferatu", "/?q=nosferatu")
    assert [card.film.title for card in page.context["meant_cards"]] == ["Nosferatu"]
    assert "Did you mean" in page.content.decode()


def test_a_text_that_is_nothing_like_anything_says_so(client: Client, film: Film) -> None:
    page = client.get("/?q=qqqxyz").content.decode()
    assert "Nothing comes close" in page or "Without the text" in page


def test_terms_that_a_text_names_are_offered(client: Client, horror: Term) -> None:
    make_term("dark", Term.Kind.TAG)
    make_film("Dark Horror Night")
    offered = client.get("/?q=dark horror").context["offered"]
    assert {(term.slug, address) for term, address in offered} >= {
        ("horror", "/?genre=horror"),
        ("dark", "/?tag=dark"),
    }


# By meaning ---------------------------------------------------------------------------------------------------


def test_a_text_that_no_title_has_is_looked_for_in_plots(client: Client, horror: Term) -> None:
    NEAR.extend((carrying(title, horror), close) for title, close in (("Ghost House", 0.9), ("Old House", 0.4)))
    FLOOR[0] = 1
    page = client.get("/?q=a count moves abroad")
    assert [card.film.title for card in page.context["cards"]] == ["Ghost House", "Old House"]
    assert [card.weaker for card in page.context["cards"]] == [False, True]
    assert page.content.decode().count("Weaker matches") == 1
    assert page.context["order"] == "match"  # though films without words stand by the newest
    assert counts(client, "/?q=a count moves abroad") == {"genre-horror": 2}


def test_the_divider_is_shown_once_over_many_pages(client: Client) -> None:
    NEAR.extend((make_film(f"Film {number}"), 1 - number / 10) for number in range(7))
    FLOOR[0] = 3
    address, dividers = "/?q=something else&n=2", []
    while address:
        page = client.get(address)
        dividers += [card.weaker for card in page.context["cards"]]
        address = page.context["more"] and f"{page.context['more']}&n=2"
    assert dividers == [False, False, False, True, False, False, False]


def test_filters_hold_for_what_is_found_by_meaning(client: Client, horror: Term) -> None:
    NEAR.extend([(carrying("Scary", horror), 0.9), (carrying("Calm"), 0.8)])
    assert titles(client, "/?q=something else&not=horror") == ["Calm"]


def test_titles_come_first_and_plots_after_them_later(client: Client) -> None:
    make_film("Lighthouse")
    NEAR.append((make_film("The Keeper"), 0.9))
    page = client.get("/?q=lighthouse")
    assert [card.film.title for card in page.context["cards"]] == ["Lighthouse"]
    assert 'hx-get="/?q=lighthouse&amp;in=plots"' in page.content.decode()
    later = client.get("/?q=lighthouse&in=plots", headers={**HTMX, "HX-Target": "meaning"})
    assert "The Keeper" in later.content.decode()
    assert "<html" not in later.content.decode()
    assert titles(client, "/?q=lighthouse&in=plots") == ["The Keeper"]  # the same without scripts


def like(film: Film, most: int) -> Near:
    return near("", within=None)


def test_films_like_a_film_say_what_they_share_with_it(client: Client, settings: Any, horror: Term) -> None:
    settings.FILMS_LIKE = "tests.pages.test_search.like"
    dark = make_term("dark", Term.Kind.TAG)
    alike = carrying("Nosferatu", horror, dark, key="nosferatu")
    NEAR.extend([(carrying("Vampyr", horror, dark), 0.9), (carrying("Faust", dark), 0.5), (carrying("Sunrise"), 0.2)])
    page = client.get("/?like=nosferatu")
    assert "Like Nosferatu" in page.content.decode()
    shared = {card.film.title: {why.name for why in card.why} for card in page.context["cards"]}
    assert shared == {"Vampyr": {"Horror", "Dark"}, "Faust": {"Dark"}, "Sunrise": set()}
    assert titles(client, "/?like=nosferatu&w.horror=-2")[-1] == "Vampyr"
    assert alike.title not in shared


# The searches that one keeps ----------------------------------------------------------------------------------


def test_who_is_signed_in_can_keep_a_search(client: Client, vera: Client, viewer: User, horror: Term) -> None:
    carrying("A", horror)
    assert "Keep this search" not in client.get("/?genre=horror").content.decode()
    assert "Keep this search" not in vera.get("/").content.decode()
    page = vera.get("/?genre=horror&decade=1920").content.decode()
    assert 'name="query" value="?genre=horror&amp;decade=1920"' in page
    assert 'value="Horror, 1920s"' in page
    SavedSearch.objects.create(user=viewer, name="Old fear", query="genre=horror&decade=1920")
    page = vera.get("/?decade=1920&genre=horror").content.decode()
    assert "Keep this search" not in page
    assert 'type="application/atom+xml"' in page
