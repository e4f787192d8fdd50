"""The film page."""

import pytest
from django.test import Client

from catalog import labelling
from catalog.models import Film, Label, Term, User
from tests.factories import import_label, make_film, make_term, make_version, predict
from tests.pages.conftest import HTMX, counted

pytestmark = pytest.mark.django_db


def page_of(client: Client, film: Film) -> str:
    response = client.get(film.get_absolute_url())
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_it_shows_plot_and_facts_to_anybody(client: Client) -> None:
    page = page_of(client, make_film("Nosferatu", year=1922, director="F. W. Murnau", plot="A count moves house."))
    for words in ("Nosferatu", "1922", "F. W. Murnau", "A count moves house."):
        assert words in page


def test_a_film_that_is_not_there_is_named(client: Client) -> None:
    response = client.get("/films/tt404/")
    assert response.status_code == 404
    assert "There is no film “tt404”." in response.content.decode()


def test_unpublished_films_are_there_for_admins_only(vera: Client, carla: Client, ada: Client) -> None:
    film = make_film(published=False)
    for client, status in ((vera, 404), (carla, 404), (ada, 200)):
        assert client.get(film.get_absolute_url()).status_code == status
        assert client.get(film.get_absolute_url() + "history/").status_code == status


def test_who_decides_is_led_to_the_next_film(client: Client, vera: Client, carla: Client, horror: Term) -> None:
    version = make_version(horror)
    film, other = make_film("Here"), make_film("There")
    for each in (film, other):
        predict(each, version, 0.6)
    pages = {each: each.get(film.get_absolute_url()) for each in (client, vera, carla)}
    assert [page.context["next_film"] for page in pages.values()] == [None, None, other]
    assert other.get_absolute_url() in pages[carla].content.decode()


def test_a_proposal_shows_its_score_threshold_and_version(client: Client, film: Film, horror: Term) -> None:
    predict(film, make_version(horror, threshold=0.45), 0.816)
    page = page_of(client, film)
    assert "0.82" in page
    assert "threshold 0.45" in page
    assert "genres-1" in page
    assert "Likely" in page
    assert "1 proposal waits for a person" in page


@pytest.mark.parametrize(
    ("has", "inputs", "sentence"),
    [
        ({"plot": ""}, ("poster",), "Plot missing: the model saw the poster only."),
        ({}, ("poster",), "The model saw the poster only."),
        ({}, ("plot",), "Poster missing: the model read the plot only."),
        ({"poster_sha256": "a" * 64}, ("plot",), "The model read the plot only."),
        ({}, ("plot", "poster"), "The model read the plot and saw the poster."),
        ({}, (), "Neither plot nor poster"),
    ],
)
def test_it_says_what_the_model_had_to_go_by(
    client: Client, horror: Term, has: dict[str, str], inputs: tuple[str, ...], sentence: str
) -> None:
    film = make_film(**has)
    predict(film, make_version(horror), 0.4, inputs=inputs)
    page = page_of(client, film)
    assert sentence in page
    assert ("missing" in page) == ("missing" in sentence)


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        (("poster",), "Measured: it finds 48 of 100 so, and 73 with plot and poster."),
        (("plot",), "Measured: it finds 70 of 100 so"), (("plot", "poster"), ""), ((), ""),
    ],
)  # fmt: skip
def test_what_a_missing_plot_or_poster_costs_is_told_as_it_was_measured(
    client: Client, horror: Term, inputs: tuple[str, ...], words: str
) -> None:
    version = make_version(horror)
    film = make_film()
    predict(film, version, 0.4, inputs=inputs)
    assert "Measured" not in page_of(client, film), "nobody has measured it"
    recall = {"both": 0.7288, "plot": 0.7, "poster": 0.4846}
    version.metrics = {"subsets": {seen: {"micro": {"recall": value}} for seen, value in recall.items()}}
    version.save()
    page = page_of(client, film)
    assert words in page
    assert ("Measured" in page) == bool(words)


def test_a_label_says_where_it_came_from(carla: Client, film: Film, horror: Term, comedy: Term, curator: User) -> None:
    import_label(film, horror)
    labelling.reject(film, comedy, user=curator, revision=film.revision)
    page = page_of(carla, film)
    assert "from test.csv" in page
    assert "by carla" in page


def test_people_are_named_to_curators_only(
    client: Client, vera: Client, carla: Client, film: Film, horror: Term, curator: User
) -> None:
    labelling.accept(film, horror, user=curator, revision=film.revision)
    assert "carla" in page_of(carla, film)
    for stranger in (client, vera):
        assert "carla" not in page_of(stranger, film)
        assert "by a person" in page_of(stranger, film)


def test_only_curators_see_buttons(client: Client, vera: Client, carla: Client, film: Film, horror: Term) -> None:
    predict(film, make_version(horror), 0.9)
    assert "Accept" not in page_of(client, film)
    assert "Accept" not in page_of(vera, film)
    assert "Accept" in page_of(carla, film)


def test_what_waits_comes_first_and_what_says_nothing_is_folded(carla: Client, film: Film) -> None:
    Term.objects.update(active=False)
    terms = [make_term(slug, active=True) for slug in ("drama", "war", "western", "crime")]
    import_label(film, terms[0], Label.Value.YES)
    import_label(film, terms[3], Label.Value.NO)
    predict(film, make_version(*terms), 0.9, 0.7, 0.1, 0.9)
    genres = carla.get(film.get_absolute_url()).context["sheets"][0]
    assert [row.term.slug for row in genres.open] == ["war", "drama"]
    assert [row.term.slug for row in genres.folded] == ["crime", "western"]


def test_a_stored_plot_is_text_and_never_markup(client: Client) -> None:
    page = page_of(client, make_film("<b>x</b>", plot="<script>alert(1)</script><p hx-get=/ hx-trigger=load>"))
    assert "<script>alert" not in page
    assert "<p hx-get" not in page
    assert "<b>x" not in page


def test_korean_readers_get_korean_titles_and_plots_where_there_are_some(client: Client) -> None:
    film = make_film("Nosferatu", title_ko="노스페라투", plot="A count.", plot_ko="백작 이야기.")
    client.cookies["django_language"] = "ko"
    page = page_of(client, film)
    assert "<h1>노스페라투</h1>" in page
    assert "백작 이야기." in page


def test_the_fragment_asks_for_the_same_rights(client: Client, settings: pytest.FixtureRequest, film: Film) -> None:
    settings.PUBLIC = False  # type: ignore[attr-defined]
    response = client.get(film.get_absolute_url(), headers=HTMX)
    assert response["HX-Redirect"].startswith("/accounts/login/")
    assert b"Nosferatu" not in response.content


def test_the_number_of_queries_does_not_grow_with_terms_and_history(
    carla: Client, curator: User, film: Film, horror: Term
) -> None:
    def grow(terms: int) -> int:
        for _number in range(terms):
            term = make_term()
            film.refresh_from_db()
            labelling.accept(film, term, user=curator, revision=film.revision)
        with counted() as count:
            assert carla.get(film.get_absolute_url()).status_code == 200
        return count()

    predict(film, make_version(horror), 0.9)
    carla.get(film.get_absolute_url())
    assert grow(3) == grow(30)
