"""Search finds what a look at every film finds, whatever is asked for, folded into postings or not."""

import random
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.labelling import change_set
from catalog.models import ChangeSet, Clip, Film, FilmTerm, Label, Review, Term, User
from catalog.search import counting, finding, shelf, titles
from catalog.search.asked import HAS, MODES, SAID, SORTS, Asked, Chip, in_place
from catalog.search.postings import fold
from tests import oracle
from tests.factories import make_term

pytestmark = pytest.mark.django_db

PLACES = [1, 2, 7, 8, 9, 63, 64, 8190, 8191, 8192, 8193, 16383, 16384, 40_000, 40_001, 81_919]
WORDS = ["night", "Train", "밤", "ÉTÉ", "o'clock", "50%"]


@pytest.fixture
def terms() -> list[Term]:
    wide = make_term("zany")
    kinds = [Term.Kind.GENRE, Term.Kind.TAG, Term.Kind.TAG, Term.Kind.SCENE]
    others = [make_term(f"zany-{number}", kind) for number, kind in enumerate(kinds)]
    narrow = make_term("zany-narrow", Term.Kind.TAG, parent=wide)
    narrower = make_term("zany-narrower", Term.Kind.TAG, parent=narrow)
    return [wide, *others, narrow, narrower]


def stock(chance: random.Random, terms: list[Term], user: User) -> list[Film]:
    """Films of all sorts, some beside each other and some far apart."""
    films = Film.objects.bulk_create(_film(chance, pk) for pk in chance.sample(PLACES, chance.randrange(len(PLACES))))
    for film in films:
        furnish(chance, film, terms, user)
    return films


def _film(chance: random.Random, pk: int) -> Film:
    some = chance.choice
    return Film(
        pk=pk, key=f"f{pk}", title=" ".join(chance.choices(WORDS, k=2)), year=some([None, 1959, 1960, 1969, 2001]),
        language=some(["", "ko", "Français"]), plot=some(["", "A plot."]), plot_ko=some(["", "줄거리"]),
        director=some(["", "F. W. Murnau", "Murray Kim", "봉준호"]), poster_sha256=some(["", "a" * 64]),
        published=chance.random() > 0.1,
    )  # fmt: skip


def furnish(chance: random.Random, film: Film, terms: list[Term], user: User) -> None:
    """Terms, labels, footage and doubt, or none."""
    weights = [0.0, 0.0004, 0.5, 0.5, 0.8125, 1.0]
    FilmTerm.objects.bulk_create(
        FilmTerm(film=film, term=term, weight=chance.choice(weights), origin=chance.choice(["model", "import"]))
        for term in chance.sample(terms, chance.randrange(len(terms)))
    )
    if chance.random() < 0.3:
        with change_set(ChangeSet.Kind.DECIDE, user):
            Label.objects.create(film=film, term=terms[0], value="no", source="person", decided_by=user)
    if chance.random() < 0.3:
        Clip.objects.create(
            film=film, sha256="0" * 64, size=1, width=1, height=1, fps=1, seconds=1, container="mp4", codec="h264"
        )
    if chance.random() < 0.6:
        Review.objects.create(film=film, waiting=chance.choice([0, 2]), doubt=chance.choice([0, 0.25, 0.5, 1]))


def asking(chance: random.Random, terms: list[Term]) -> Asked:
    """Something to ask for, of a little or of everything."""
    some = chance.choice
    chips = [
        Chip(term, mode, strength)
        for term in chance.sample(terms, some([0, 1, 2, 3]))
        if (mode := some(["", *MODES])) or (strength := some([-2, -1, 1, 2])) or True
        if (strength := some([0, 0, -2, -1, 1, 2])) or mode
    ]
    return Asked(
        text=some(["", "", "night", "tra n", "밤", "été", "50%", "_", "\\"]),
        chips=in_place(chips),
        decades=some([(), (), (1960,), (1950, 2000)]),
        by=some(["", "", "", "mur", "봉", "f. w"]),
        languages=some([(), (), ("ko",), ("Français", "ko"), ("en",)]),
        has=tuple(sorted({some(["", "", "no-"]) + what for what in HAS if chance.random() < 0.2})),
        said=some(["", "", "", *SAID]),
        sort=some(["", *SORTS]),
    )


def all_pages(asked: Asked, size: int) -> tuple[list[int], set[int]]:
    """Ids in the order of the pages, and the counts that they told."""
    ids, counts, after = list[int](), set[int](), ""
    while True:
        found = finding.find(asked, after, size)
        ids += [film.pk for film in found.films]
        counts.add(found.count)
        after = found.next
        if not after:
            return ids, counts


def assert_as_the_oracle_says(asked: Asked) -> None:
    known = oracle.catalogue(asked.text)
    fitting = [one for one in known if oracle.fits(one, asked)]
    expected = oracle.ordered(fitting, asked)
    for size in (2, 36):
        assert all_pages(asked, size) == (expected, {len(expected)})
    assert finding.matching(asked).tolist() == sorted(expected)
    for condition, count in finding.blame(asked):
        without = [one for one in known if oracle.fits(one, condition.without)]
        assert count == len(without), condition
    assert_facets(asked, known)


def _carries(term: int, one: oracle.Known) -> bool:
    return term in one.terms


def assert_facets(asked: Asked, known: list[oracle.Known]) -> None:
    found = finding.facets(asked)

    def count(having: Any, *leave_out: str | Chip) -> int:
        return sum(bool(having(one)) for one in known if oracle.fits(one, asked, leave_out=leave_out))

    for facet in [*found.genres, *found.tags, *found.scenes]:
        term = facet.term
        assert term is not None
        chip = asked.chip(term)
        left: list[str | Chip] = [chip] if chip.mode == "not" else ["may"] if chip.mode == "may" else []
        assert facet.count == count(partial(_carries, term.pk), *left), facet
    decades = {int(facet.value): facet.count for facet in found.decades}
    for decade in (1950, 1960, 2000):
        expected = count(lambda one, it=decade: (one.film.year or 0) // 10 * 10 == it, "decade")
        assert decades.get(decade, 0) == expected
    languages = {facet.value: facet.count for facet in found.languages}
    for language in ("ko", "Français"):
        if shelf.SAMPLED < 8 and language not in languages:
            continue  # it may be that none is in the sample
        assert languages.get(language, 0) == count(lambda one, it=language: one.film.language == it, "language")
    for facet in found.has:
        wanted = Asked(has=(facet.value,))
        left = [f"has {facet.value}", f"has no-{facet.value}"]
        assert facet.count == count(lambda one, it=wanted: oracle.fits(one, it), *left)
    for facet in found.said:
        wanted = Asked(said=facet.value)
        assert facet.count == count(lambda one, it=wanted: oracle.fits(one, it), "said")


def change(chance: random.Random, films: list[Film], terms: list[Term], user: User) -> None:
    """Films come, go and change: their facts, their terms, or nothing that search knows."""
    for film in films:
        turn = chance.random()
        if turn < 0.2:
            FilmTerm.objects.filter(film=film).delete()
        elif turn < 0.4:
            Film.objects.filter(pk=film.pk).update(year=chance.choice([None, 1969]), published=chance.random() > 0.3)
        elif turn < 0.5:
            Film.objects.filter(pk=film.pk).update(revision=2, title="Train of night")
        elif turn < 0.6 and not Label.objects.filter(film=film).exists():
            film.delete()
    there = set(Film.objects.values_list("pk", flat=True))
    for film in Film.objects.bulk_create(
        _film(chance, pk) for pk in PLACES if pk not in there and chance.random() < 0.2
    ):
        furnish(chance, film, terms, user)


@pytest.fixture
def every_way(monkeypatch: pytest.MonkeyPatch) -> Callable[[random.Random], None]:
    """Lets the ways for many films be taken for few."""

    def choose(chance: random.Random) -> None:
        monkeypatch.setattr(counting, "FEW", chance.choice([0, 3, 500]))
        monkeypatch.setattr(shelf, "SAMPLED", chance.choice([1, 2, 8]))
        monkeypatch.setattr(shelf, "MOST_BYTES", chance.choice([0, 5000, 2**20]))
        monkeypatch.setattr(titles, "FEW", chance.choice([0, 4, 3000]))
        monkeypatch.setattr(titles, "WALKED", chance.choice([(1,), (2, 3), (400,)]))

    return choose


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_it_finds_what_a_look_at_every_film_finds(
    seed: int, terms: list[Term], curator: User, every_way: Callable[[random.Random], None]
) -> None:
    chance = random.Random(seed)
    every_way(chance)
    with transaction.atomic():
        films = stock(chance, terms, curator)
        for _ in range(3):
            if chance.random() < 0.6:
                fold()
            assert_as_the_oracle_says(asking(chance, terms))
            change(chance, [film for film in films if film.pk], terms, curator)
            assert_as_the_oracle_says(asking(chance, terms))
        transaction.set_rollback(True)
