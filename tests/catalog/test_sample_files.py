"""The sample catalogue as files: complete, consistent, in two languages, with a picture for every film."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

SAMPLE = Path(__file__).resolve().parents[2] / "catalog" / "sample"
FILMS: list[dict[str, Any]] = json.loads((SAMPLE / "films.json").read_text(encoding="utf-8"))
TERMS: list[dict[str, Any]] = json.loads((SAMPLE / "terms.json").read_text(encoding="utf-8"))
GENRES = {term["slug"] for term in TERMS if term["kind"] == "genre"}
TAGS = {term["slug"] for term in TERMS if term["kind"] == "tag"}
HANGUL = re.compile("[가-힣]")

each_film = pytest.mark.parametrize("film", FILMS, ids=[film["key"] for film in FILMS])


def test_there_are_enough_films_and_their_names_are_unique() -> None:
    assert len(FILMS) >= 120
    for field in ("key", "imdb_id", "title", "poster"):
        counts = Counter(film[field] for film in FILMS if film[field])
        assert [value for value, count in counts.items() if count > 1] == [], field


def test_terms_are_unique_and_named_in_both_languages() -> None:
    assert len({(term["kind"], term["slug"]) for term in TERMS}) == len(TERMS)
    assert len(GENRES) == 26
    assert 40 <= len(TAGS) <= 80
    for term in TERMS:
        assert term["slug"] == term["slug"].lower().replace(" ", "-")
        assert term["name_en"] and HANGUL.search(term["name_ko"] + term["guideline_ko"])
        assert term["guideline_en"].endswith(".") and term["guideline_ko"].endswith(".")
        assert all(term["aliases"])


def test_every_tag_is_used() -> None:
    assert {tag for film in FILMS for tag in film["tags"]} == TAGS


@each_film
def test_facts_are_filled_in_both_languages(film: dict[str, Any]) -> None:
    for field in ("title", "title_original", "language", "country", "director", "licence", "poster_licence"):
        assert film[field], field
    assert film["imdb_id"] is None or re.fullmatch(r"tt\d{7,8}", film["imdb_id"])
    assert 1895 <= film["year"] <= 2026
    assert HANGUL.search(film["title_ko"]) and HANGUL.search(film["plot_ko"])
    assert 40 <= len(film["plot"].split()) <= 70
    assert 60 <= len(film["plot_ko"]) <= 190


@each_film
def test_labels_name_known_terms(film: dict[str, Any]) -> None:
    assert 1 <= len(film["genres"]) == len(set(film["genres"])) <= 4
    assert 2 <= len(film["tags"]) == len(set(film["tags"])) <= 5
    assert set(film["genres"]) | set(film["source_genres"]) | set(film.get("decided", {})) <= GENRES
    assert set(film["tags"]) <= TAGS


@each_film
def test_what_a_curator_decided_is_true_and_what_is_wrong_is_meant(film: dict[str, Any]) -> None:
    for slug, accepted in film.get("decided", {}).items():
        assert accepted == (slug in film["genres"]), slug
    wrong = set(film["source_genres"]) - set(film["genres"])
    assert wrong == set(film.get("wrong_on_purpose", {}))


def test_some_films_are_decided_and_some_are_wrong() -> None:
    assert sum("decided" in film for film in FILMS) >= 40
    assert sum("wrong_on_purpose" in film for film in FILMS) >= 8
    assert all(not (film.get("decided") and film.get("wrong_on_purpose")) for film in FILMS)


@each_film
def test_the_poster_decodes_at_its_size(film: dict[str, Any]) -> None:
    with Image.open(SAMPLE / film["poster"]) as picture:
        picture.load()
        assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (480, 720))


def test_posters_are_small_and_none_is_left_over() -> None:
    files = sorted((SAMPLE / "posters").glob("*"))
    assert [file.name for file in files] == sorted(f"{film['key']}.jpg" for film in FILMS)
    assert sum(file.stat().st_size for file in files) <= 5_000_000
