"""Phrases of captions that might become tags."""

import pytest

from catalog.vocabulary import Matcher, Tag
from catalog.vocabulary.phrases import Said, candidates, phrases

SITE = Matcher([Tag("rain", "rain", "비"), Tag("dark", "dark", "어두운"), Tag("violence", "violence", "폭력")])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("An old lighthouse stands by the sea.", {"lighthouse", "sea"}),
        ("Two lighthouses", {"lighthouse"}),
        ("A neon sign in the rain", {"neon", "sign", "neon sign"}),
        ("heavy rain, violence", {"heavy"}),
        ("A train. Station platforms", {"train", "station", "platform", "station platform"}),
        ("quickly running scared", set()),
        ("The image shows a man", set()),
        ("1999, 42 cars", {"car", "cars"}),
        ("등대가 보인다", {"등대"}),
        ("어두운 골목에서 자동차를 본다", {"골목", "자동차", "골목 자동차", "본다", "자동차 본다", "골목 자동차 본다"}),
        ("<script>alert</script>", {"script", "alert"}),
        ("", set()),
    ],
)
def test_phrases_of_a_caption(text: str, found: set[str]) -> None:
    said = phrases(text, SITE)
    assert {phrase.removesuffix("s") for phrase in said} == {phrase.removesuffix("s") for phrase in found}


def test_what_recurs_in_several_films_is_offered_first() -> None:
    captions = [Said(film, 10 * film + n, "A lighthouse by the sea") for film in range(4) for n in range(2)]
    captions += [Said(film, 100 + film, "A clown") for film in range(3)]
    captions += [Said(9, 200 + n, "A robot") for n in range(50)]
    found = candidates(captions, SITE)
    assert [(one.phrase, len(one.films), one.frames) for one in found] == [
        ("lighthouse", 4, 8), ("sea", 4, 8), ("clown", 3, 3),
    ]  # fmt: skip
    assert found[0].examples == [0, 10, 20, 30], "frames of as many films as can be"


def test_known_phrases_and_tags_are_not_offered() -> None:
    captions = [Said(film, film, "A clown in the dark rain") for film in range(5)]
    assert candidates(captions, SITE, known={"clown"}) == []


def test_a_phrase_that_stands_only_within_a_longer_one_is_left_out() -> None:
    captions = [Said(film, film, "A neon sign") for film in range(5)]
    assert [one.phrase for one in candidates(captions, SITE)] == ["neon sign"]
    captions += [Said(film, 50 + film, "A sign") for film in range(5)]
    assert [one.phrase for one in candidates(captions, SITE)] == ["sign", "neon sign"]


def test_no_more_than_asked_for() -> None:
    captions = [Said(film, film, f"A {word}") for film in range(3) for word in ("clown", "robot", "horse", "castle")]
    assert len(candidates(captions, SITE, most=2)) == 2
