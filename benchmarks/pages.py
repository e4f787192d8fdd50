"""Server time of the film list and the film page with 20,000 films: p50 and p95 in milliseconds, and queries.

    python benchmarks/pages.py [--films 20000] [--requests 200] [--json FILE]

Films, labels and predictions are made up in a scratch database. Requests go through all of Django, middleware,
session and templates included, in one process without a network; the page's own time is what is measured. `cpu` is
the mean processor time per request, of Django and of its database connection, which a busy machine changes least.
"""

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import psutil

BASE_DIR = Path(__file__).resolve().parent.parent
WORDS = "night river stone shadow garden winter letter signal harbour mirror engine orchard silence carnival".split()  # noqa: SIM905
TARGET_MS = 50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=20_000)
    parser.add_argument("--requests", type=int, default=200, help="per kind of page")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as data:
        set_up(Path(data))
        started = time.perf_counter()
        fill(options.films)
        print(f"{options.films:,} films made in {time.perf_counter() - started:.0f} s")
        found = measure(options.requests)
        if options.json:
            options.json.write_text(json.dumps(found, indent=1))


def set_up(data: Path) -> None:
    os.environ |= {"GENRESITE_DATA": str(data), "DJANGO_SETTINGS_MODULE": "genresite.settings", "LOG_LEVEL": "ERROR"}
    sys.path.insert(0, str(BASE_DIR))
    from genresite import embedded

    embedded.provide(["manage.py", "migrate"])
    import django

    django.setup()
    from django.core.management import call_command

    for command in ("migrate", "createcachetable", "collectstatic"):
        call_command(command, verbosity=0, **({"interactive": False} if command == "collectstatic" else {}))


def fill(count: int) -> None:
    """Films with posters, plots, two champions' predictions, and labels on half of them."""
    from django.db import connection

    from catalog import search
    from catalog.models import Film, Poster, Term, User

    chance = random.Random(7)
    films = Film.objects.bulk_create(_films(count, chance), batch_size=2000)
    Poster.objects.bulk_create(
        (
            Poster(film=f, sha256=f.poster_sha256, source_sha256=f.poster_sha256, width=200, height=300, size=1)
            for f in films
        ),
        batch_size=5000,
    )
    for kind in Term.Kind.values:
        _predict(kind, list(Term.objects.filter(kind=kind, active=True)), chance)
    _label(chance)
    ids = iter([film.pk for film in films])
    while some := list(islice(ids, 1000)):
        search.refresh(some)
    search.fold()  # as the worker does within seconds
    User.objects.create_user("carla", password="light-table-7", role=User.Role.CURATOR)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as autovacuum does within a minute


def _films(count: int, chance: random.Random) -> Iterator[Any]:
    from catalog.models import Film

    for number in range(count):
        yield Film(
            key=f"tt{number:07}",
            imdb_id=f"tt{number:07}",
            title=" ".join(chance.sample(WORDS, 3)).title(),
            year=chance.choice([None, *range(1920, 2020)]),
            plot=" ".join(chance.choices(WORDS, k=60)),
            poster_sha256=f"{number:064x}",
            source="benchmark",
        )


def _predict(kind: str, terms: list[Any], chance: random.Random) -> None:
    from catalog.models import Film
    from inference.models import Prediction
    from training.models import ModelVersion

    version = ModelVersion.objects.create(
        task=f"{kind}s",
        number=1,
        architecture="heads",
        manifest_sha256="0" * 64,
        dataset_hash="0" * 64,
        champion=True,
        terms=[term.slug for term in terms],
        thresholds=[0.4] * len(terms),
    )
    Prediction.objects.bulk_create(
        (
            Prediction(
                film_id=pk,
                version=version,
                scores=[chance.betavariate(0.5, 3) for _ in terms],
                input_hash=input_hash,
                inputs=["plot", "poster"],
            )
            for pk, input_hash in Film.objects.values_list("pk", "input_hash")
        ),
        batch_size=2000,
    )


def _label(chance: random.Random) -> None:
    from catalog.labelling import change_set
    from catalog.models import ChangeSet, Film, Label, Term

    terms = list(Term.objects.filter(kind="genre", active=True).values_list("pk", flat=True))
    films = list(Film.objects.values_list("pk", flat=True))
    with change_set(ChangeSet.Kind.IMPORT, None, note="benchmark"):
        Label.objects.bulk_create(
            (
                Label(film_id=film, term_id=term, value="yes", source="import", origin="benchmark")
                for film in chance.sample(films, len(films) // 2)
                for term in chance.sample(terms, 3)
            ),
            batch_size=5000,
        )


def addresses(chance: random.Random) -> dict[str, Callable[[], str]]:
    from catalog.models import Film, Term

    genres = list(Term.objects.filter(kind="genre", active=True).values_list("slug", flat=True))
    keys = list(Film.objects.values_list("key", flat=True))
    last = Film.objects.order_by("-pk").values_list("pk", flat=True)[0]

    def after() -> int:
        return chance.randrange(last - len(keys) + 50, last)

    def doubt() -> str:
        return f"/?review=1&sort=doubt&after={chance.randrange(32_767)}~{after()}"

    return {
        "list, newest first": lambda: "/",
        "list, deep inside": lambda: f"/?after=~{after()}",
        "list by title, deep": lambda: f"/?sort=title&after={chance.choice(WORDS).title()}~{after()}",
        "list by year, deep": lambda: f"/?sort=year&after={chance.randrange(1930, 2019)}~{after()}",
        "list to review, most uncertain": lambda: "/?review=1&sort=doubt",
        "list to review, deep": doubt,
        "list of one genre": lambda: f"/?genre={chance.choice(genres)}",
        "list of two genres": lambda: "/?" + "&".join(f"genre={slug}" for slug in chance.sample(genres, 2)),
        "title search": lambda: f"/?q={chance.choice(WORDS)}+{chance.choice(WORDS)[:4]}",
        "title search, one letter": lambda: f"/?q={chance.choice('aeiou')}",
        "film page": lambda: f"/films/{chance.choice(keys)}/",
        "film history": lambda: f"/films/{chance.choice(keys)}/history/",
    }


def measure(requests: int) -> dict[str, Any]:
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from catalog.models import User

    settings.ALLOWED_HOSTS = ["testserver"]
    client, chance, found = Client(), random.Random(11), {}
    client.force_login(User.objects.get())
    database = psutil.Process(connection.connection.info.backend_pid)  # type: ignore[union-attr]
    print(f"{'':34}{'p50':>8}{'p95':>8}{'most':>8}{'cpu':>8}{'queries':>9}{'kB':>7}")
    for name, address in addresses(chance).items():
        times, response, used = [], None, time.process_time() + sum(database.cpu_times()[:2])
        for turn in range(requests + 5):
            asked = address()
            started = time.perf_counter()
            response = client.get(asked)
            times += [(time.perf_counter() - started) * 1000] if turn >= 5 else []
            assert response.status_code == 200, asked
        used = (time.process_time() + sum(database.cpu_times()[:2]) - used) / (requests + 5) * 1000
        with CaptureQueriesContext(connection) as queries:
            client.get(address())
        cuts = statistics.quantiles(times, n=100)
        found[name] = {"p50": cuts[49], "p95": cuts[94], "most": max(times), "cpu": used, "queries": len(queries)}
        size = len(response.content) / 1000 if response else 0
        late = "" if cuts[94] <= TARGET_MS else f"  over {TARGET_MS} ms"
        print(f"{name:34}{cuts[49]:8.1f}{cuts[94]:8.1f}{max(times):8.1f}{used:8.1f}{len(queries):9}{size:7.0f}{late}")
    return found


if __name__ == "__main__":
    main()
