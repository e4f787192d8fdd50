"""Tags in captions: whole words in their forms, in two languages, unless the clause denies them."""

import json
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.terms import DEFAULT_TERMS
from catalog.vocabulary import Matcher, Tag, count, counted, matcher, normal, ratios
from catalog.vocabulary.inflections import forms

TAGS = (
    Tag("violence", "violence", "폭력", ("violent",)),
    Tag("rain", "rain", "비"),
    Tag("snow", "snow", "눈"),
    Tag("art", "art", "예술"),
    Tag("dark", "dark", "어두운"),
    Tag("cute", "cute", "귀여운"),
    Tag("boring", "boring", "지루한"),
    Tag("scary", "scary", "무서운"),
    Tag("blood", "blood", "피"),
    Tag("war", "war", "전쟁"),
    Tag("anti-war", "anti-war", "반전(反戰)", ("반전 영화",)),
    Tag("neo-noir", "neo-noir", "네오 누아르"),
    Tag("sci-fi", "sci-fi", "SF", ("science fiction",)),
    Tag("fiction", "fiction", "허구"),
    Tag("plot-twist", "plot twist", "극적 반전", ("twist ending",)),
    Tag("falling-in-love", "fall in love", "사랑에 빠지는"),
    Tag("good-versus-evil", "good versus evil", "선과 악의 대결"),
    Tag("murder", "murder", "살인"),
    Tag("city", "city", "도시"),
    Tag("child", "child", "아이"),
    Tag("fight", "fight", "싸움"),
    Tag("run", "run", "달리기"),
    Tag("philosophical", "philosophical", "철학적"),
    Tag("film", "film", "영화"),
)
SITE = Matcher(TAGS)

NAMED = [
    # whole words and their forms
    ("Heavy rain falls.", {"rain": "rain"}),
    ("A rainy street", {"rain": "rainy"}),
    ("It rains and rained while raining", {"rain": "rains"}),
    ("RAIN", {"rain": "RAIN"}),
    ("A party with a partner, an artist's cart and a trainer", {}),
    ("warm towards the award", {}),
    ("Two cities", {"city": "cities"}),
    ("children playing", {"child": "children"}),
    ("They fought, fights, fighting", {"fight": "fought"}),
    ("He ran; he is running", {"run": "ran"}),
    ("The darker, the darkest, darkly", {"dark": "darker"}),
    ("the cutest cat", {"cute": "cutest"}),
    ("a violently violent scene", {"violence": "violently"}),
    ("murdering murders murdered", {"murder": "murdering"}),
    ("scariest of all", {"scary": "scariest"}),
    ("The film's end", {"film": "film's"}),
    ("bleary-eyed, nothing", {}),
    # names of several words; the longest wins
    ("a fight of good versus evil", {"good-versus-evil": "good versus evil", "fight": "fight"}),
    ("Two plot  twists", {"plot-twist": "plot  twists"}),
    ("two who fell in love", {"falling-in-love": "fell in love"}),
    ("science fiction", {"sci-fi": "science fiction"}),
    ("a fiction of science", {"fiction": "fiction"}),
    ("an anti-war picture", {"anti-war": "anti-war"}),
    ("an antiwar picture", {"anti-war": "antiwar"}),
    ("a neonoir and a neo noir", {"neo-noir": "neonoir"}),
    ("a Sci-Fi hangar", {"sci-fi": "Sci-Fi"}),
    ("good and evil", {}),
    # what is denied
    ("There is no violence.", {}),
    ("no particularly visible violence", {}),
    ("without blood", {}),
    ("without blood, violence or rain", {}),
    ("neither rain nor snow", {}),
    ("no blood and violence", {}),
    ("not scary", {}),
    ("not a very scary picture", {}),
    ("It isn't violent", {}),
    ("It isn\u2019t violent", {}),
    ("It never rains", {}),
    ("free of violence", {}),
    ("the absence of violence", {}),
    ("devoid of blood", {}),
    ("violence-free", {}),
    ("Violence is not shown", {}),
    ("Violence isn't seen", {}),
    ("blood is absent", {}),
    ("lack of violence", {}),
    ("the scene lacks violence", {}),
    ("cute rather than scary", {"cute": "cute"}),
    ("The man does not appear to be sad or violent", {}),
    ("nobody is violent", {}),
    ("a non-violent protest", {}),
    # what only looks denied
    ("no people in a dark room", {"dark": "dark"}),
    ("not scary, but dark", {"dark": "dark"}),
    ("not scary but dark", {"dark": "dark"}),
    ("No faces. Blood everywhere.", {"blood": "Blood"}),
    ("there is no light and it is dark", {"dark": "dark"}),
    ("no sound, dark streets", {"dark": "dark"}),
    ("not without violence", {"violence": "violence"}),
    ("not only scary", {"scary": "scary"}),
    ("no doubt violent", {"violence": "violent"}),
    ("violence is not gratuitous", {"violence": "violence"}),
    ("never-ending violence", {"violence": "violence"}),
    ("a zero gravity fight", {"fight": "fight"}),
    ("nothing but violence", {"violence": "violence"}),
    ("without warning, violence erupts", {"violence": "violence"}),
    ("There is no one else, and the mood is dark and scary", {"dark": "dark", "scary": "scary"}),
    ("no rain here; heavy rain there", {"rain": "rain"}),
    ("nobody knows why the big old house by the road is dark", {"dark": "dark"}),
    # Korean: particles, endings, compounds
    ("폭력이 난무한다", {"violence": "폭력이"}),
    ("폭력을 휘두르는 남자", {"violence": "폭력을"}),
    ("폭력적인 장면", {"violence": "폭력적인"}),
    ("폭력 장면", {"violence": "폭력"}),
    ("폭력과 살인의 도시에서", {"violence": "폭력과", "murder": "살인의", "city": "도시에서"}),
    ("비폭력 저항", {}),
    ("폭력배가 있다", {}),
    ("비가 내린다", {"rain": "비가"}),
    ("비만인 남자", {}),
    ("비로소 끝났다", {}),
    ("어두운 방", {"dark": "어두운"}),
    ("방이 어둡다", {"dark": "어둡다"}),
    ("방이 어두웠다", {"dark": "어두웠다"}),
    ("어둡고 귀여운 방", {"dark": "어둡고", "cute": "귀여운"}),
    ("귀여워 보인다", {"cute": "귀여워"}),
    ("지루했다", {"boring": "지루했다"}),
    ("지루하고 무섭다", {"boring": "지루하고", "scary": "무섭다"}),
    ("철학적 질문, 철학적인 남자", {"philosophical": "철학적"}),
    ("SF영화다", {"sci-fi": "SF", "film": "영화다"}),
    ("네오 누아르의 거리", {"neo-noir": "네오 누아르의"}),
    ("선과 악의 대결을 그린다", {"good-versus-evil": "선과 악의 대결을"}),
    ("살인했다", {"murder": "살인했다"}),
    ("아이들이 논다", {"child": "아이들이"}),
    (unicodedata.normalize("NFD", "폭력이 난무한다"), {"violence": "폭력이"}),
    ("a dark 폭력", {"dark": "dark", "violence": "폭력"}),
    # Korean: what is denied, and what only looks so
    ("폭력이 없다", {}),
    ("폭력 없는 거리", {}),
    ("폭력이나 피가 없는 장면", {}),
    ("폭력적이지 않다", {}),
    ("폭력적인 장면이 없다", {}),
    ("폭력적인 장면은 나오지 않는다", {}),
    ("어둡지 않은 방", {}),
    ("안 무서운 이야기", {}),
    ("비가 내리지 않는다", {}),
    ("전쟁이 아니다", {}),
    ("어두운 방에 아무도 없다", {"dark": "어두운"}),
    ("방 안 어두운 구석", {"dark": "어두운"}),
    ("비, 어두운 거리", {"rain": "비", "dark": "어두운"}),
    ("피가 흐른다, 폭력은 없다", {"blood": "피가"}),
    ("비가 내린다. 사람은 없다.", {"rain": "비가"}),
]


@pytest.mark.parametrize(("text", "found"), NAMED, ids=[text for text, _found in NAMED])
def test_what_a_caption_names(text: str, found: dict[str, str]) -> None:
    assert SITE.find(text) == found


@pytest.mark.parametrize(
    ("word", "some"),
    [
        ("rain", {"rains", "raining", "rained", "rainy"}),
        ("fog", {"fogs", "foggy"}),
        ("city", {"cities"}),
        ("kiss", {"kisses", "kissed", "kissing"}),
        ("stop", {"stopped", "stopping"}),
        ("dance", {"dances", "dancing", "danced"}),
        ("cry", {"cries", "crying", "cried"}),
        ("happy", {"happier", "happiest", "happily"}),
        ("gentle", {"gently", "gentler"}),
        ("dramatic", {"dramatically"}),
        ("knife", {"knives"}),
    ],
)
def test_forms_of_words(word: str, some: set[str]) -> None:
    assert {word, *some} <= forms(word)


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("part", "party"), ("cop", "copy"), ("bus", "busy"), ("show", "shower"), ("flow", "flower"),
        ("corn", "corner"), ("ear", "early"), ("even", "evening"), ("new", "news"), ("wick", "wicked"), ("art", "arty"),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_form(word: str, other: str) -> None:
    assert other not in forms(word)


def _site_tags() -> list[Tag]:
    entries = json.loads(DEFAULT_TERMS.read_text(encoding="utf-8"))["terms"]
    return [
        Tag(entry["slug"], entry["name_en"], entry["name_ko"], tuple(entry["aliases"]))
        for entry in entries
        if entry["kind"] == "tag"
    ]


def test_every_tag_of_a_new_site_is_met_in_each_of_its_names() -> None:
    tags = _site_tags()
    site = Matcher(tags)
    names = [(tag.slug, name) for tag in tags for name in tag.names if "(" not in name]  # 반전(反戰): not 반전 alone
    missed = [(slug, name) for slug, name in names if slug not in site.find(f"A film: {name}.")]
    assert not missed


def test_no_name_of_a_new_site_is_met_as_another_tag() -> None:
    tags = _site_tags()
    site = Matcher(tags)
    others = [(name, site.find(name)) for tag in tags for name in tag.names if set(site.find(name)) - {tag.slug}]
    assert not others


def test_a_tag_that_a_curator_adds_needs_no_code() -> None:
    lighthouse = Tag("lighthouse", "lighthouse", "등대", ("light house",))
    added = Matcher([*TAGS, lighthouse])
    assert added.find("Two light houses, one lighthouse") == {"lighthouse": "light houses"}
    assert added.find("등대가 보인다") == {"lighthouse": "등대가"}


def test_a_listed_name_is_stronger_than_an_inflected_one() -> None:
    tags = Matcher([Tag("comic", "comic"), Tag("comics", "comics")])
    assert tags.find("reading comics") == {"comics": "comics"}


def test_places_are_those_of_the_text() -> None:
    text = "Rain, no blood; a rainy party"
    places = [(found.slug, normal(text)[found.start : found.end]) for found in SITE.spans(text)]
    assert places == [("rain", "Rain"), ("rain", "rainy")]


words = st.sampled_from(
    ["rain", "rainy", "no", "party", "and", "or", ",", ".", "폭력이", "없다", "is", "dark", "'", "\0"]
)


@given(st.one_of(st.text(max_size=200), st.lists(words, max_size=30).map(" ".join)))
def test_whatever_the_text_its_words_stand_in_it(text: str) -> None:
    for found in SITE.spans(text):
        assert normal(text)[found.start : found.end] == found.words != ""
        assert not normal(text)[max(found.start - 1, 0) : found.start].isalpha() or not found.words.isascii()


@given(st.sampled_from([tag for tag in TAGS if tag.name_en.isascii()]), st.sampled_from("abcxyz"))
def test_never_a_part_of_a_word(tag: Tag, letter: str) -> None:
    name = tag.name_en.split()[-1] if " " not in tag.name_en else tag.name_en
    assert tag.slug not in SITE.find(f"{letter}{name.replace('-', '')}")


@given(st.sampled_from(["rain", "violence", "blood", "war", "snow", "murder"]), st.sampled_from(["no", "without"]))
def test_what_is_denied_is_found_again_without_the_negator(name: str, negator: str) -> None:
    assert name not in SITE.find(f"A street with houses, {negator} visible {name}")
    assert name in SITE.find(f"A street with houses, visible {name}")


def test_a_vocabulary_is_compiled_once_and_is_quick() -> None:
    assert matcher(TAGS) is matcher(TAGS)
    site = Matcher(_site_tags())
    caption = "A man stands in a dark, rainy street at night; there is no violence but the mood is tense and bleak. "
    begun = time.process_time()
    for _ in range(2000):
        site.find(caption)
    assert time.process_time() - begun < 2  # about 60 µs each; 30 times more would be felt


def test_counts_and_ratios() -> None:
    counts = count([{"rain": "rainy", "dark": "dark"}, {"rain": "rain"}, {}, {"cute": "cute"}])
    assert list(counts.items()) == [("rain", 2), ("cute", 1), ("dark", 1)]
    assert ratios(counts, 4) == {"rain": 0.5, "cute": 0.25, "dark": 0.25}
    assert ratios({}, 0) == {} == ratios({"rain": 3}, 0)


@pytest.mark.parametrize(
    ("times", "frames", "text"), [(12, 40, "rain(12, 30.0%)"), (1, 3, "rain(1, 33.3%)"), (0, 0, "rain(0, 0.0%)")]
)
def test_as_published_tables_write_it(times: int, frames: int, text: str) -> None:
    assert counted("rain", times, frames) == text
