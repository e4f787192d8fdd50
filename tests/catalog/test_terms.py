"""The terms that a site starts with."""

import json
from collections import Counter

import pytest

from catalog.models import SourceName, Term
from catalog.terms import DEFAULT_TERMS, Vocabulary, load_terms, plain

pytestmark = pytest.mark.django_db


def test_a_new_site_has_its_terms_in_both_languages() -> None:
    assert Counter(Term.objects.values_list("kind", flat=True)) == {"genre": 27, "tag": 71, "scene": 6}
    for term in Term.objects.all():
        assert term.name_en and term.name_ko
        assert term.kind == "tag" or (term.guideline_en and term.guideline_ko)


def test_no_name_means_two_terms() -> None:
    entries = json.loads(DEFAULT_TERMS.read_text())["terms"]
    owner: dict[tuple[str, str], str] = {}
    for entry in entries:
        for name in {plain(name) for name in [entry["slug"], entry["name_en"], entry["name_ko"], *entry["aliases"]]}:
            assert owner.setdefault((entry["kind"], name), entry["slug"]) == entry["slug"]


def test_loading_again_adds_nothing_and_keeps_what_people_changed() -> None:
    Term.objects.filter(slug="horror", kind="genre").update(name_ko="호러", active=False)
    SourceName.objects.filter(name="TV Movie").update(ignored=False)
    assert load_terms() == 0
    term = Term.objects.get(slug="horror", kind="genre")
    assert (term.name_ko, term.active) == ("호러", False)
    assert not SourceName.objects.get(name="TV Movie").ignored


def test_terms_come_back_when_they_are_missing() -> None:
    Term.objects.filter(slug__in=["horror", "war"]).delete()
    assert load_terms() == 4  # genre, tag and scene genre "horror", genre "war"


@pytest.mark.parametrize("name", ["Sci-Fi", "SciFi", "science fiction", "SCI FI", "sf"])
def test_names_from_elsewhere_find_their_term(name: str) -> None:
    assert Vocabulary(Term.Kind.GENRE).find(name) == Term.objects.get(kind="genre", slug="sci-fi").pk


def test_mapped_ignored_and_unknown_names() -> None:
    horror = Term.objects.get(kind="genre", slug="horror")
    SourceName.objects.create(kind="genre", name="Scary movie", source="csv", term=horror)
    genres = Vocabulary(Term.Kind.GENRE)
    assert genres.find("scary MOVIE") == horror.pk
    assert genres.is_ignored("tv movie") and not genres.is_ignored("Scary movie")
    assert genres.find("Gialli") is None and not genres.is_ignored("Gialli")


def test_an_inactive_term_is_not_found() -> None:
    Term.objects.filter(kind="genre", slug="adult").update(active=False)
    assert Vocabulary(Term.Kind.GENRE).find("Adult") is None
