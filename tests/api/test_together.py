"""64 people at once: every answer is accepted or refused, and the log says exactly what was accepted."""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from catalog.models import ChangeSet, Decision, Film, Label, User
from tests.api.conftest import client_of
from tests.factories import make_film, make_term, make_user

PEOPLE, FILMS, EACH = 64, 20, 4


@pytest.fixture
def films(transactional_db: None) -> list[Film]:
    make_term("horror")
    make_term("comedy")
    return [make_film(key=f"film-{number}") for number in range(FILMS)]


def _decide(user: User, seed: int, start: threading.Barrier) -> list[int]:
    """Look at a film, decide, look at the next; with what was seen, however old it is by then."""
    chance, client = random.Random(seed), client_of(user)
    start.wait(timeout=60)
    codes = []
    for _ in range(EACH):
        key, term = f"film-{chance.randrange(FILMS)}", chance.choice(["horror", "comedy"])
        seen = client.get(f"/api/films/{key}/")["ETag"]
        value = chance.choice(["yes", "no", "unknown"])
        codes.append(
            client.put(f"/api/films/{key}/labels/genre/{term}/", {"value": value}, HTTP_IF_MATCH=seen).status_code
        )
    connection.close()
    return codes


def test_64_people_on_20_films_lose_nothing(films: list[Film], settings: Any) -> None:
    settings.API_WRITES = "1000/min"
    people = [make_user(f"person-{number}", role=User.Role.CURATOR) for number in range(PEOPLE)]
    start = threading.Barrier(PEOPLE)
    with ThreadPoolExecutor(PEOPLE) as pool:
        answers = list(pool.map(_decide, people, range(PEOPLE), [start] * PEOPLE))

    codes = Counter(code for mine in answers for code in mine)
    assert codes[200] + codes[409] == PEOPLE * EACH, codes
    assert codes[200] >= FILMS
    # Each accepted answer is one change set and one revision; the log has one row for each that said something new.
    assert ChangeSet.objects.count() == codes[200]
    assert sum(film.revision - 1 for film in Film.objects.all()) == codes[200]
    _check_log()


def _check_log() -> None:
    """The log of each label is a chain from nothing to what the label says now."""
    for label in Label.objects.all():
        chain = list(Decision.objects.filter(film=label.film, term=label.term).order_by("pk"))
        states = [(d.before, d.before_by_id) for d in chain] + [(label.value, label.decided_by_id)]
        assert states[0] == ("", None)
        assert [(d.after, d.after_by_id) for d in chain] == states[1:]
        assert all(d.change_set.user_id == d.after_by_id for d in chain)


def test_the_limit_holds_in_parallel(films: list[Film], settings: Any) -> None:
    settings.API_WRITES = "20/min"
    curator = make_user("carla", role=User.Role.CURATOR)
    clients = [client_of(curator) for _ in range(16)]
    start = threading.Barrier(16)

    def write(client: Any) -> list[int]:
        start.wait(timeout=60)
        codes = [client.post("/api/labels/decide/", []).status_code for _ in range(4)]
        connection.close()
        return codes

    with ThreadPoolExecutor(16) as pool:
        codes = Counter(code for mine in pool.map(write, clients) for code in mine)
    assert codes == {400: 20, 429: 44}


def test_of_eight_who_undo_at_once_one_does(films: list[Film]) -> None:
    people = [make_user(role=User.Role.CURATOR) for _ in range(8)]
    clients = [client_of(person) for person in people]
    seen = {"value": "yes", "revision": 1}
    changes = clients[0].put("/api/films/film-0/labels/genre/horror/", seen).data["change_set"]
    start = threading.Barrier(8)

    def undo(client: Any) -> int:
        start.wait(timeout=60)
        code: int = client.post(f"/api/changes/{changes}/undo/").status_code
        connection.close()
        return code

    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(undo, clients)) == {201: 1, 409: 7}
    assert not Label.objects.exists()
