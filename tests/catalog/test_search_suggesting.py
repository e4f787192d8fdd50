"""What the search box offers: terms by their names, titles, and what was meant."""

from datetime import timedelta

import pytest
from django.test import Client

from catalog.models import Term, TitleWord
from catalog.search import suggesting, typos
from catalog.search.naming import terms_named, terms_within
from tests.factories import make_film, make_term
from tests.pages.conftest import counted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _terms(db: None) -> None:
    Term.objects.update(active=False)
    make_term("horror", name_en="Horror", name_ko="공포", aliases=["scary movie"], active=True)
    make_term("sci-fi", name_en="Sci-Fi", name_ko="SF", aliases=["science fiction"], active=True)
    make_term("dark", Term.Kind.TAG, name_en="dark", name_ko="어두운", active=True)
    make_term("film-noir", name_en="Film-Noir", name_ko="필름 누아르", active=True)
    make_term("retired", name_en="Horrid", name_ko="끔찍", active=False)


def named(text: str) -> list[str]:
    return [one.term.slug for one in suggesting.suggest(text).terms]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("hor", "horror"),
        ("HORROR", "horror"),
        ("ㄱㅍ", "horror"),
        ("공ㅍ", "horror"),
        ("고", "horror"),
        ("horor", "horror"),
        ("hororr", "horror"),
        ("콩포", "horror"),
        ("scary", "horror"),
        ("movie", "horror"),
        ("scifi", "sci-fi"),
        ("sci fi", "sci-fi"),
        ("science fict", "sci-fi"),
        ("noir", "film-noir"),
        ("누아르", "film-noir"),
        ("ㄴㅇㄹ", "film-noir"),
        ("어둡", "dark"),
    ],
)
def test_a_term_is_found_by(text: str, slug: str) -> None:
    assert named(text)[:1] == [slug]


@pytest.mark.parametrize("text", ["", " ", "zzz", "orror zzz", "xy", "…", "%"])
def test_no_term_is_found_by(text: str) -> None:
    assert named(text) == []


def test_a_guess_is_made_only_where_nothing_fits_and_says_so() -> None:
    terms = list(Term.objects.filter(active=True))
    make_term("terror", name_en="Terror")
    assert [(one.term.slug, one.is_guess) for one in terms_named("horror", terms)] == [("horror", False)]
    assert [(one.term.slug, one.is_guess) for one in terms_named("horrpr", terms)] == [("horror", True)]


def test_terms_named_within_a_text_the_longest_names_first() -> None:
    terms = list(Term.objects.filter(active=True))
    assert {term.slug for term in terms_within("a dark science fiction film", terms)} == {"dark", "sci-fi"}
    assert terms_within("they embarked", terms) == []


def titled(text: str) -> list[str]:
    return [film.title for film in suggesting.suggest(text).films]


def test_titles_that_begin_with_the_text_come_before_those_that_have_it_inside() -> None:
    for title in ("The Dark Knight", "Dark City", "Darkness", "Knight and Day"):
        make_film(title)
    make_film("Dark Secret", published=False)
    assert titled("dark") == ["Dark City", "Darkness", "The Dark Knight"]
    assert titled("the d") == ["The Dark Knight"]
    assert titled("k") == ["Knight and Day"]


def test_korean_titles_are_found_while_they_are_typed() -> None:
    make_film("Parasite", title_ko="기생충")
    for text in ("ㄱ", "ㄱㅅ", "기", "기새", "기생", "생충", "기 생"):
        assert titled(text) == ["Parasite"], text


@pytest.fixture
def directed(db: None) -> None:
    for title, director in [
        ("Nosferatu", "F. W. Murnau"), ("Faust", "F. W. Murnau"), ("Sunrise", "F. W. Murnau"),
        ("Parasite", "봉준호"), ("The Matrix", "Lana Wachowski, Lilly Wachowski"), ("Amélie", "Jean-Pierre Jeunet"),
        ("Murder", "Murray Murdoch"), ("Nobody's", ""),
    ]:  # fmt: skip
        make_film(title, director=director)
    make_film("Hidden", director="Murray Hidden", published=False)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("mur", ["F. W. Murnau", "Murray Murdoch"]), ("MURNAU", ["F. W. Murnau"]), ("f w mur", ["F. W. Murnau"]),
        ("fwmurnau", ["F. W. Murnau"]), ("lilly", ["Lana Wachowski, Lilly Wachowski"]), ("봉주", ["봉준호"]),
        ("ㅂㅈㅎ", ["봉준호"]), ("jean pierre", ["Jean-Pierre Jeunet"]), ("jeunet", ["Jean-Pierre Jeunet"]),
        ("m", []), ("urnau", []), ("!?", []), ("", []), ("murnau faust", []),
    ],
)  # fmt: skip
def test_directors_are_offered(directed: None, text: str, people: list[str]) -> None:
    assert suggesting.suggest(text).people == people


def test_a_director_leads_to_the_films(directed: None, client: Client) -> None:
    box = client.get("/suggest/", {"q": "murn", "has": "no-plot"}).content.decode()
    assert 'data-address="/?by=F.+W.+Murnau&amp;has=no-plot"' in box
    page = client.get("/", {"by": "F. W. Murnau"})
    assert {film.title for film in page.context["found"].films} == {"Nosferatu", "Faust", "Sunrise"}
    assert "Directed by F. W. Murnau" in page.text
    typed = client.get("/", {"q": "murnau"}).text
    assert 'href="/?by=F.+W.+Murnau"' in typed
    told = client.get("/api/suggest/", {"q": "murn"}).json()
    assert told["people"] == ["F. W. Murnau"]
    assert client.get("/api/films/", {"by": "murnau"}).json()["count"] == 3


def test_a_director_who_made_nothing_else_is_what_one_may_drop(directed: None, client: Client) -> None:
    page = client.get("/", {"by": "Murnau", "q": "matrix"})
    assert page.context["found"].count == 0
    assert ("the director", "/?q=matrix", 1) in page.context["blamed"]
    assert client.get("/", {"by": "!?"}).context["found"].count == 0


def test_only_so_many_are_offered() -> None:
    for number in range(20):
        make_film(f"Dark {number}")
    assert len(titled("dark")) == suggesting.MOST_FILMS


def test_the_number_of_queries_does_not_grow() -> None:
    def cost() -> int:
        with counted() as count:
            suggesting.suggest("dark")
        return count()

    make_film("Dark City")
    before = cost()
    for number in range(10):
        make_film(f"Night of the dark {number}")
    assert cost() <= before


# Slips --------------------------------------------------------------------------------------------------------


@pytest.fixture
def learned() -> None:
    for title, korean in (("Nosferatu", "노스페라투"), ("The Dark Knight", ""), ("The Dark Night", ""), ("Night", "")):
        make_film(title, title_ko=korean)
    make_film("Nosferatux", published=False)
    typos.learn()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("nosfertau", "nosferatu"),
        ("nosferat", ""),  # a beginning is no slip
        ("nosferatuu", "nosferatu"),
        ("dark knigth", "dark knight"),
        ("drak nigt", "dark night"),
        ("노스페라튜", "노스페라투"),
        ("xylophone", ""),
        ("nosferatux", "nosferatu"),
        ("kn", ""),
        ("", ""),
    ],
)
def test_did_you_mean(learned: None, text: str, meant: str) -> None:
    assert typos.did_you_mean(text) == meant


def test_words_are_counted_once_a_title(learned: None) -> None:
    assert dict(TitleWord.objects.values_list("word", "films")) == {
        "nosferatu": 1, "노스페라투": 1, "the": 2, "dark": 2, "knight": 1, "night": 2
    }  # fmt: skip


def test_new_words_are_known_after_the_next_count(learned: None) -> None:
    make_film("Metropolis")
    assert typos.did_you_mean("metroplois") == ""
    typos.learn()
    assert typos.did_you_mean("metroplois") == "metropolis"


def test_words_are_counted_again_only_when_films_came_or_went(monkeypatch: pytest.MonkeyPatch) -> None:
    written = 1000
    monkeypatch.setattr(typos, "_written", lambda: written)
    make_film("Metropolis")
    assert typos.learn_if_stale() == 1
    assert typos.learn_if_stale() == 0
    written = 1009
    assert typos.learn_if_stale() == 0  # too few as yet
    monkeypatch.setattr(typos, "OFTEN_ENOUGH", timedelta(0))
    assert typos.learn_if_stale() == 1
    monkeypatch.undo()
    monkeypatch.setattr(typos, "_written", lambda: 2000)
    assert typos.learn_if_stale() == 1


def test_what_is_mistyped_leads_to_what_was_meant(learned: None, client: Client) -> None:
    page = client.get("/suggest/?q=nosfertau&not=horror").content.decode()
    assert 'data-address="/?q=nosferatu&amp;not=horror"' in page
    assert 'data-address="/?q=nosfertau&amp;not=horror"' in page


# The list, as the page and programs get it -----------------------------------------------------------------------


def test_options_keep_what_else_is_asked_for(client: Client) -> None:
    make_film("Horror Express", key="express", year=1972)
    page = client.get("/suggest/?q=hor&not=dark").content.decode()
    assert 'role="option"' in page
    assert 'data-address="/?genre=horror&amp;not=dark"' in page
    assert 'data-address="/films/express/" data-opens' in page
    assert "<script" not in page


def test_an_option_says_by_which_other_name_a_term_was_found(client: Client) -> None:
    assert "genre · scary movie" in client.get("/suggest/?q=scary").content.decode()


def test_nothing_typed_offers_nothing(client: Client) -> None:
    assert client.get("/suggest/?q=").content.strip() == b""
    assert client.get("/suggest/?q=a&genre=nonsense").status_code == 404


def test_stored_text_is_never_code(client: Client) -> None:
    make_film("<script>alert(1)</script>")
    assert "<script>" not in client.get("/suggest/?q=script").content.decode()


def test_programs_get_the_same(client: Client) -> None:
    make_film("Horror Express", key="express", title_ko="공포 특급", year=1972)
    found = client.get("/api/suggest/?q=hor").json()
    assert found["terms"][0] == {
        "kind": "genre", "slug": "horror", "name_en": "Horror", "name_ko": "공포", "found_by": "", "guess": False
    }  # fmt: skip
    assert found["films"] == [{"key": "express", "title": "Horror Express", "title_ko": "공포 특급", "year": 1972}]
    assert found["did_you_mean"] == ""
