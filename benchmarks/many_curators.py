"""64 curators decide at once over HTTP on 200 films, 10,000 times: is every answer saved exactly once or refused?

    python benchmarks/many_curators.py [--curators 64] [--films 200] [--decisions 10000] [--json FILE]

A site of its own in a scratch folder, with the web server as `manage.py up` runs it. Every curator has a session of
their own and works at the review desk: looks at a film, and, some time later and sometimes long after others have
changed it, answers at the revision that they saw. Nothing is trusted but the answers that came over HTTP; at the end
the log, the labels and the pages have to say exactly what was accepted.
"""

import argparse
import http.client
import json
import os
import random
import re
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

TERMS = ("horror", "comedy", "drama", "war")
LOOK = 0.3  # how often a curator looks at the film again before answering; otherwise at what they saw last
CSRF = "a" * 32


@dataclass
class Answered:
    """One answer and what became of it."""

    user: int
    film: str
    revision: int
    term: str
    value: str
    status: int
    change_set: int | None = None
    milliseconds: float = 0.0


@dataclass
class Curator:
    """Somebody with a browser: a session, a connection, and what they saw last of each film."""

    pk: int
    session: str
    port: int
    chance: random.Random
    seen: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)
    answered: list[Answered] = field(default_factory=list)
    connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, address: str, fields: dict[str, Any] | None = None) -> tuple[int, str]:
        """Status and body. Each answer goes over a new connection: the server may close one that is idle at any time,
        and an answer that was lost with it would be neither saved nor refused."""
        if method != "GET" and self.connection:
            self.connection.close()
        for last in (False, True):
            self.connection = self.connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
            try:
                self.connection.request(method, address, urlencode(fields) if fields else None, self.headers())
                response = self.connection.getresponse()
                return response.status, response.read().decode()
            except (http.client.RemoteDisconnected, ConnectionError):
                self.connection = None
                if last or method != "GET":
                    raise
        raise AssertionError

    def headers(self) -> dict[str, str]:
        cookies = f"genresite_session_{self.port}={self.session}; genresite_csrf_{self.port}={CSRF}"
        form = "application/x-www-form-urlencoded"
        return {"Cookie": cookies, "X-CSRFToken": CSRF, "Accept": "application/json", "Content-Type": form}

    def look(self, film: str) -> None:
        status, body = self.ask("GET", f"/review/films/{film}/")
        assert status == 200, (status, body[:200])
        html = json.loads(body)["html"]
        states = re.findall(r'data-term="genre/([-\w]+)"[^>]*data-state="(\w+)"', html)
        self.seen[film] = (int(re.findall(r'data-revision="(\d+)"', html)[0]), dict(states))

    def decide(self, film: str) -> None:
        """Say something else of a genre than what was seen."""
        if film not in self.seen or self.chance.random() < LOOK:
            self.look(film)
        revision, states = self.seen[film]
        term = self.chance.choice(TERMS)
        value = self.chance.choice([value for value in ("yes", "no", "unknown") if value != states.get(term)])
        began = time.perf_counter()
        fields = {"answer": f"genre/{term}:{value}", "revision": revision}
        status, body = self.ask("POST", f"/review/films/{film}/answer/", fields)
        took = (time.perf_counter() - began) * 1000
        data = json.loads(body) if status in (200, 409) else {}
        answer = Answered(self.pk, film, revision, term, value, status, data.get("change_set"), took)
        self.answered.append(answer)
        if data:
            states = {row["id"].removeprefix("genre-"): row["state"] for row in data["rows"]}
            self.seen[film] = (data["revision"], states)

    def work(self, films: list[str], decisions: int, start: threading.Barrier) -> None:
        start.wait(timeout=120)
        for _ in range(decisions):
            self.decide(self.chance.choice(films))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--curators", type=int, default=64)
    parser.add_argument("--films", type=int, default=200)
    parser.add_argument("--decisions", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = run(Path(folder), options)
    print(json.dumps(figures, indent=1))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")
    sys.exit(not figures["passed"])


def run(data: Path, options: argparse.Namespace) -> dict[str, Any]:
    from tests.genresite.running import free_port

    port = free_port()
    os.environ |= {"PORT": str(port), "SECOND_REVIEW_PERCENT": "0"}
    import pages

    pages.set_up(data)
    films = fill(options.films)
    from tests.genresite.running import read_until, started

    with started("manage.py", "up", "--port", str(port), "--no-worker", "--no-sample", GENRESITE_DATA=data) as server:
        read_until(server, "genresite is running")
        drain = threading.Thread(target=lambda: [None for _line in server.stdout or []], daemon=True)
        drain.start()
        people = curators(options.curators, port, options.seed)
        seconds = let_them_work(people, films, options.decisions)
        return judge(people, films, seconds, options)


def fill(count: int) -> list[str]:
    """Films of which the champion proposes something."""
    from catalog.models import Term
    from tests.factories import make_film, make_version, predict

    Term.objects.exclude(kind="genre", slug__in=TERMS).update(active=False)
    terms = {term.slug: term for term in Term.objects.filter(active=True)}
    version, chance = make_version(*(terms[slug] for slug in TERMS)), random.Random(7)
    films = [make_film(key=f"film-{number}") for number in range(count)]
    for film in films:
        predict(film, version, *(chance.random() for _ in TERMS))
    return [film.key for film in films]


def curators(count: int, port: int, seed: int) -> list[Curator]:
    from django.test import Client

    from catalog.models import User

    found = []
    for number in range(count):
        user = User.objects.create_user(f"curator-{number}", role=User.Role.CURATOR)
        client = Client()
        client.force_login(user)
        found.append(Curator(user.pk, str(client.session.session_key), port, random.Random(seed + number)))
    return found


def let_them_work(people: list[Curator], films: list[str], decisions: int) -> float:
    """Seconds that it took."""
    start = threading.Barrier(len(people) + 1)
    shares = [len(range(turn, decisions, len(people))) for turn in range(len(people))]
    threads = [
        threading.Thread(target=person.work, args=(films, share, start))
        for person, share in zip(people, shares, strict=True)
    ]
    for thread in threads:
        thread.start()
    start.wait(timeout=120)
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def judge(people: list[Curator], films: list[str], seconds: float, options: argparse.Namespace) -> dict[str, Any]:
    answered = [answer for person in people for answer in person.answered]
    statuses = Counter(answer.status for answer in answered)
    accepted = [answer for answer in answered if answer.status == 200]
    took = statistics.quantiles([answer.milliseconds for answer in answered], n=100)
    wrong = {
        "answers missing": options.decisions - len(answered),
        "neither 200 nor 409": len(answered) - statuses[200] - statuses[409],
        "two accepted at one revision": len(accepted) - len({(one.film, one.revision) for one in accepted}),
        **compare_log(accepted),
        **compare_shown(accepted, films, people[0]),
    }
    return {
        "curators": options.curators,
        "films": options.films,
        "200": statuses[200],
        "409": statuses[409],
        "other": {str(status): count for status, count in statuses.items() if status not in (200, 409)},
        "seconds": round(seconds, 1),
        "answers per second": round(len(answered) / seconds, 1),
        "milliseconds p50": round(took[49], 1),
        "milliseconds p95": round(took[94], 1),
        **wrong,
        "passed": not any(wrong.values()),
    }


def compare_log(accepted: list[Answered]) -> dict[str, int]:
    """Every accepted answer is one row of the log, and the log has no other; each film's revisions have no gap."""
    from catalog.models import Decision, Film

    rows = Decision.objects.filter(change_set__kind="decide").values_list(
        "change_set_id", "film__key", "term__slug", "after", "change_set__user_id"
    )
    said = Counter((one.change_set, one.film, one.term, one.value, one.user) for one in accepted)
    logged = Counter(rows)
    revisions = dict(Film.objects.values_list("key", "revision"))
    each = Counter(one.film for one in accepted)
    return {
        "accepted, not in the log": sum((said - logged).values()),
        "in the log, not accepted": sum((logged - said).values()),
        "twice in the log": sum(count - 1 for count in logged.values()),
        "films whose revision is not the number of accepted answers": sum(
            revision != each[key] + 1 for key, revision in revisions.items()
        ),
    }


def compare_shown(accepted: list[Answered], films: list[str], somebody: Curator) -> dict[str, int]:
    """The last accepted answer is the label, and is what the desk shows."""
    from catalog.models import Label

    last: dict[tuple[str, str], tuple[int, str, int]] = {}
    for one in accepted:
        last[one.film, one.term] = max(last.get((one.film, one.term), (0, "", 0)), (one.revision, one.value, one.user))
    labels = {
        (film, term): (value, by)
        for film, term, value, by in Label.objects.values_list("film__key", "term__slug", "value", "decided_by_id")
    }
    for film in films:
        somebody.look(film)
    shown = {(film, term): state for film, (_, states) in somebody.seen.items() for term, state in states.items()}
    return {
        "labels that are not the last accepted": sum(
            labels.get(place) != (value, by) for place, (_revision, value, by) in last.items()
        )
        + len(set(labels) - set(last)),
        "shown otherwise": sum(shown.get(place) != value for place, (_revision, value, _by) in last.items()),
    }


if __name__ == "__main__":
    main()
