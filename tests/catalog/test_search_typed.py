"""Films by their titles, as people type them."""

import pytest
from django.db import connection

from catalog.models import Film
from catalog.search import typed
from tests.factories import make_film

pytestmark = pytest.mark.django_db


def found(text: str) -> list[str]:
    return sorted(Film.objects.with_title(text).values_list("title", flat=True))


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Amélie", "amelie"),
        ("Amelie", "Amélie"),
        ("The Dark Knight", "darkknight"),
        ("The Dark Knight", "dark kn"),
        ("The Dark Knight", "knight the"),
        ("Spider-Man", "spiderman"),
        ("Spider-Man", "spider man"),
        ("Spiderman", "spider-man"),
        ("Schindler's List", "schindlers list"),
        ("Schindler’s List", "schindler's"),
        ("M*A*S*H", "mash"),
        ("Łódź Ørsted Straße", "lodz orsted strasse"),
        ("기생충", "기 생충"),
        ("올드 보이", "올드보이"),
        ("노스페라투", "페라투"),
        ("기생충", "ㄱㅅㅊ"),
        ("기생충", "ㄳㅊ"),
        ("올드 보이", "ㅂㅇ"),
        ("WALL·E", "wall e"),
        ("千と千尋の神隠し", "千と千尋"),
        ("$", "$"),
        ("2001: A Space Odyssey", "2001"),
    ],
)
def test_a_title_is_found_by(title: str, text: str) -> None:
    make_film("Something else altogether")
    make_film(title)
    assert found(text) == [title]


@pytest.mark.parametrize("text", ["%", "_", "zz", "inside", "lse", "' | 'some':*zz", "a:* & !b", "\\", "은행"])
def test_nothing_is_found_by(text: str) -> None:
    make_film("Something else altogether")
    assert found(text) == []


def test_all_words_must_be_there_and_no_text_asks_for_all() -> None:
    make_film("Dark City")
    make_film("Dark Waters")
    assert found("dark") == found("") == ["Dark City", "Dark Waters"]
    assert found("dark city") == ["Dark City"]


def test_titles_in_all_languages_are_found() -> None:
    make_film("Nosferatu", title_original="Eine Symphonie des Grauens", title_ko="노스페라투")
    for text in ("nosf", "symphonie", "노스", "ㄴㅅㅍㄹㅌ", "nosferatu 노스페라투"):
        assert found(text) == ["Nosferatu"]


@pytest.mark.parametrize(
    "title",
    [
        "Amélie",
        "Łódź Ørsted Straße",
        "기생충 2",
        "WALL·E: 'x' (2001)",
        "千と千尋",
        "ÆON FLŒX",
        "İstanbul",
        " – ",
        "e\u0301",
    ],
)
def test_the_database_and_python_fold_alike(title: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT catalog_folded(%s)", [title])
        assert cursor.fetchone()[0] == " ".join(typed.words(title))


def test_titles_are_found_by_an_index() -> None:
    plan = Film.objects.with_title("dark kn").values("pk")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "film_title_starts" in plan.explain()
