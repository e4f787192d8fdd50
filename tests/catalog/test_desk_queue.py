"""Who is given which film: claims, turns, filters."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from catalog.desk import box, claims, queue, visits
from catalog.desk.orders import Wanted
from catalog.models import Claim, Film, Term, User, Visit
from tests.factories import make_film, make_user, make_version, predict


@pytest.fixture
def films(horror: Term, db: None) -> list[Film]:
    """Five films that wait, the most doubtful first."""
    version = make_version(horror)
    made = [make_film(f"Film {number}", key=f"film-{number}", year=1920 + 10 * number) for number in range(5)]
    for number, film in enumerate(made):
        predict(film, version, 0.5 + number / 20)
    return made


def given(user: User, *have: str, **wanted: object) -> str | None:
    offer = queue.next_film(user, Wanted(**wanted), have=have)  # type: ignore[arg-type]
    return offer.film.key if offer else None


def test_two_people_are_never_given_the_same_film(films: list[Film], curator: User, other_curator: User) -> None:
    assert given(curator) == "film-0"
    assert given(other_curator) == "film-1"
    assert given(curator) == "film-0", "what one was given comes again until one has finished it"
    assert given(curator, "film-0") == "film-2", "one more to have ready"


def test_a_claim_ends_after_ten_minutes(films: list[Film], curator: User, other_curator: User) -> None:
    given(curator)
    Claim.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert given(other_curator) == "film-0"
    assert not claims.take(films[0].pk, curator)
    assert claims.holder(films[0], curator) == other_curator


def test_a_finished_film_comes_to_nobody_and_a_skipped_one_to_others(
    films: list[Film], curator: User, other_curator: User
) -> None:
    for film, outcome in ((films[0], Visit.Outcome.DONE), (films[1], Visit.Outcome.SKIPPED)):
        visits.leave(film, curator, order="doubt", outcome=outcome, reason="too dark")
    assert given(curator) == "film-2"
    assert given(other_curator) == "film-1"


def test_after_its_rest_a_film_that_still_waits_comes_again(films: list[Film], curator: User) -> None:
    visits.leave(films[0], curator, order="doubt", outcome=Visit.Outcome.DONE)
    assert given(curator) == "film-1"
    Visit.objects.update(at=timezone.now() - visits.REST - timedelta(minutes=1))
    assert given(curator) == "film-0"


def test_filters_and_order(films: list[Film], curator: User, horror: Term, comedy: Term) -> None:
    assert given(curator, order="newest") == "film-4"
    assert given(curator, decade=1940) == "film-2"
    assert given(curator, genre=horror, decade=1950) == "film-3"
    assert given(curator, genre=comedy) is None


def test_when_all_is_done_there_is_none(films: list[Film], curator: User) -> None:
    for film in films:
        visits.leave(film, curator, order="doubt", outcome=Visit.Outcome.DONE)
    assert given(curator) is None


@pytest.mark.django_db(transaction=True)
def test_sixteen_people_who_ask_at_once_get_sixteen_films(horror: Term) -> None:
    version = make_version(horror)
    for number in range(20):
        predict(make_film(key=f"film-{number}"), version, 0.6)
    people = [make_user(role=User.Role.CURATOR) for _ in range(16)]
    start = threading.Barrier(16)

    def ask(user: User) -> str | None:
        start.wait(timeout=60)
        try:
            return given(user)
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        found = Counter(pool.map(ask, people))
    assert None not in found
    assert max(found.values()) == 1


@pytest.mark.parametrize(
    ("address", "again"),
    [
        ("order=newest&genre=horror&decade=1980&source=x&machine=1&minutes=10", None),
        ("order=doubt", ""),
        ("order=nonsense&decade=old&minutes=0&genre=nothing&machine=2", ""),
        ("minutes=99999", ""),
        ("minutes=9999", "minutes=240"),
    ],
)
def test_addresses_are_read_and_written_alike(db: None, horror: Term, address: str, again: str | None) -> None:
    expected = f"?{address if again is None else again}" if (again is None or again) else ""
    assert queue.query(queue.read(QueryDict(address))) == expected


def test_a_time_box_is_over_when_its_minutes_are(db: None) -> None:
    now = int(timezone.now().timestamp())
    wanted = Wanted(minutes=10)
    running, over = (box.read(wanted, QueryDict(f"began={now - ago}")) for ago in (599, 601))
    assert running is not None and not running.over
    assert over is not None and over.over
    for nonsense in ("began=", "began=tomorrow", "began=12", f"began={now + 9999}", "began=9" * 20):
        assert box.read(wanted, QueryDict(nonsense)) is None


def test_progress_counts_what_was_done(films: list[Film], curator: User) -> None:
    begun = timezone.now()
    visits.leave(films[0], curator, order="doubt", outcome=Visit.Outcome.DONE, decisions=3, seconds=8)
    visits.leave(films[1], curator, order="doubt", outcome=Visit.Outcome.DONE, decisions=1, seconds=4)
    visits.leave(films[2], curator, order="doubt", outcome=Visit.Outcome.SKIPPED, reason="dark", seconds=60)
    assert visits.progress(curator, begun) == visits.Progress(films=2, decisions=4, skipped=1, seconds=12)
    assert visits.progress(curator, begun).each == 6
    assert visits.today(make_user()) == visits.Progress(0, 0, 0, 0)


def test_the_same_message_twice_is_one_visit(films: list[Film], curator: User) -> None:
    for _ in range(2):
        visits.leave(films[0], curator, order="doubt", outcome=Visit.Outcome.DONE)
    assert Visit.objects.count() == 1
    visits.come_back(films[0], curator)
    assert not Visit.objects.exists()


def test_previous_goes_back_through_what_was_left(films: list[Film], curator: User) -> None:
    assert visits.previous(curator) is None
    for film in films[:3]:
        visits.leave(film, curator, order="doubt", outcome=Visit.Outcome.DONE)
    assert visits.previous(curator, before=films[3]) == films[2]
    assert visits.previous(curator, before=films[2]) == films[1]
    assert visits.previous(curator, before=films[0]) is None
