"""What addresses ask for, and how that is written back."""

import pytest
from django.http import Http404, QueryDict

from catalog.models import Term
from catalog.search.asked import Asked, Chip
from tests.factories import make_term

pytestmark = pytest.mark.django_db


def read(address: str) -> Asked:
    return Asked.read(QueryDict(address.removeprefix("?")))


@pytest.fixture(autouse=True)
def terms() -> dict[str, Term]:
    kinds = {"comedy": Term.Kind.GENRE, "drama": Term.Kind.GENRE, "noir": Term.Kind.TAG, "dark": Term.Kind.TAG}
    return {slug: make_term(slug, kind) for slug, kind in kinds.items()}


@pytest.mark.parametrize(
    "address",
    [
        "", "?tag=noir&not=comedy&w.dark=2", "?genre=comedy&genre=drama", "?may=drama&may=noir", "?w.noir=-1",
        "?q=night+train", "?decade=1960&decade=1970&language=ko", "?has=no-plot&has=poster&said=machine",
        "?genre=drama&sort=match", "?w.dark=1&sort=newest", "?like=tt0013442&w.dark=-2", "?layout=table",
        "?tag=noir&by=F.+W.+Murnau&decade=1920",
        "?q=%E2%82%AC&language=Fran%C3%A7ais",
    ],
)  # fmt: skip
def test_an_address_comes_back_as_it_was(address: str) -> None:
    assert read(address).query() == address


@pytest.mark.parametrize(
    ("address", "short"),
    [
        ("not=comedy&tag=noir&w.dark=2&w.dark=2", "?tag=noir&not=comedy&w.dark=2"),
        ("genre=drama&genre=comedy&genre=drama", "?genre=comedy&genre=drama"),
        ("genre=comedy&not=comedy", "?not=comedy"),
        ("sort=newest", ""), ("sort=nonsense&layout=nonsense", ""), ("w.dark=2&sort=match", "?w.dark=2"),
        ("w.dark=3&w.noir=x&w.dark=+2&w.comedy=0", ""), ("w.dark=+2", ""),
        ("decade=1975&decade=x&decade=196%C2%B2&decade=99990&decade=1960", "?decade=1960"),
        ("has=everything&said=nobody&has=plot&has=plot", "?has=plot"),
        ("review=1", "?said=waiting"), ("review=1&sort=doubt", "?said=waiting&sort=doubt"),
        ("q=%20a%00b%20%20c%20", "?q=ab+c"), ("by=%20a%00b%20%20c%20", "?by=ab+c"), ("genre=&not=&w.=2&language=", ""),
        ("may=genre:comedy&not=tag:dark", "?may=comedy&not=dark"),
    ],
)  # fmt: skip
def test_the_shortest_address_that_asks_for_the_same(address: str, short: str) -> None:
    assert read(address).query() == short
    assert read(short) == read(address)


@pytest.mark.parametrize(
    "address", ["genre=nonsense", "tag=zany", "may=nonsense", "not=scene:comedy", "w.x=1", "genre=%00"]
)
def test_a_term_that_is_not_there_is_said_so(address: str) -> None:
    with pytest.raises(Http404, match="There is no"):
        read(address)


def test_kinds_are_named_where_the_slug_means_another_one() -> None:
    genre, tag, scene = (make_term("zany", kind) for kind in (Term.Kind.GENRE, Term.Kind.TAG, Term.Kind.SCENE))
    asked = read("may=genre:zany&not=scene:zany&w.tag:zany=1")
    assert asked.chips == (Chip(genre, "may"), Chip(scene, "not"), Chip(tag, "", 1))
    assert asked.query() == "?may=zany&not=scene:zany&w.tag:zany=1"
    assert read(asked.query()) == asked


def test_a_merged_term_means_the_one_that_it_became_part_of(terms: dict[str, Term]) -> None:
    later = make_term("film-noir", Term.Kind.TAG)
    Term.objects.filter(pk=terms["noir"].pk).update(active=False, merged_into=later)
    make_term("black", Term.Kind.TAG, active=False, merged_into=terms["noir"])
    assert read("tag=noir").query() == read("tag=black").query() == "?tag=film-noir"


def test_chips_cycle_through_must_may_not_and_none(terms: dict[str, Term]) -> None:
    noir, asked, seen = terms["noir"], read("w.noir=1"), []
    for _ in range(4):
        asked = asked.with_chip(noir, asked.chip(noir).cycle())
        seen.append(asked.query())
    assert seen == ["?tag=noir&w.noir=1", "?may=noir&w.noir=1", "?not=noir&w.noir=1", "?w.noir=1"]
    assert asked.with_strength(noir, 0) == asked.without(noir) == Asked()


def test_what_is_asked_for_by_strength_is_sorted_by_match(terms: dict[str, Term]) -> None:
    assert [read(a).order for a in ("", "genre=drama", "w.dark=1", "like=x", "w.dark=1&sort=title")] == [
        "newest", "newest", "match", "match", "title",
    ]  # fmt: skip
    assert read("w.dark=1").without(terms["dark"]).query() == ""
    assert [chip.strength for chip in read("genre=drama&may=noir&not=comedy&sort=match").weighted] == [1, 1]
    assert read("genre=drama&w.dark=-1&sort=match").weighted == (Chip(terms["dark"], "", -1),)


def test_whether_anything_narrows() -> None:
    assert not read("sort=year&layout=list").any
    assert read("w.dark=1").any
    assert read("has=plot").any


def test_a_cursor_goes_last() -> None:
    assert read("q=x").query(after="~17", sort="year") == "?q=x&sort=year&after=~17"
