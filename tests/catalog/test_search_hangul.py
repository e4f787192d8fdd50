"""Korean as people type it."""

import pytest

from catalog.search import hangul


@pytest.mark.parametrize(
    ("text", "initials"),
    [("공포", "ㄱㅍ"), ("공포 영화", "ㄱㅍ ㅇㅎ"), ("SF 쌍둥이", "SF ㅆㄷㅇ"), ("힣", "ㅎ"), ("가", "ㄱ"), ("", "")],
)
def test_initial_consonants_of_a_text(text: str, initials: str) -> None:
    assert hangul.initials(text) == initials


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ㄱㅍ", "공포"),
        ("ㄱ", "공포"),
        ("공ㅍ", "공포"),
        ("고", "공포"),  # on the way to 공
        ("공포", "공포"),
        ("곺", "고프다"),  # the keyboard still holds the ㅍ at 고
        ("달", "닭"),
        ("공", "고양이"),
        ("ㄳ", "가수"),  # joined by the keyboard
        ("갃", "각시"),
        ("앉", "안주"),
        ("앉", "앉다"),
        ("SF", "sf 영화"),
        ("c++", "C++"),
        ("ㅋㅁㄷ", "코미디"),
    ],
)
def test_what_is_typed_may_become_the_name(typed: str, name: str) -> None:
    assert hangul.pattern(typed).match(name)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ㄱㅍ", "공사"),
        ("공ㅅ", "공포"),
        ("고", "구두"),
        ("곺", "고양이"),
        ("ㄱㅍ", "포공"),
        ("각", "간"),
    ],
)
def test_what_is_typed_may_not_become_another_name(typed: str, name: str) -> None:
    assert not hangul.pattern(typed).match(name)


def test_every_syllable_begins_with_its_initial() -> None:
    for code in range(hangul.FIRST, hangul.LAST + 1):
        syllable = chr(code)
        assert hangul.pattern(hangul.initials(syllable)).fullmatch(syllable)
        assert hangul.pattern(syllable).match(syllable)


@pytest.mark.parametrize(
    ("text", "only"), [("ㄱㅍ", True), ("ㄳ", True), ("공ㅍ", False), ("", False), ("ㅏ", False), ("a", False)]
)
def test_it_knows_initials_by_themselves(text: str, only: bool) -> None:
    assert hangul.is_only_initials(text) is only
