"""Search among a million films of thirty terms each: how long it takes, and whether it finds what a look at all finds.

    python benchmarks/search_million.py [--folder FOLDER] [--films 1000000] [--queries 1000] [--json FILE]

Random addresses of one to three chips, weighted rankings and facets are timed: the time in SQL alone, the whole time,
and the processor's time of both, which a busy machine changes least. In the same run the query that most applications
would write, over a table of film and term with the indexes that it wants, is asked for some of the same. Then the
answers to `--queries` random questions, first pages, second pages and counts, are compared with a brute-force oracle.
The folder keeps the made-up films for another run. See search_server.py for whole pages at 20 requests a second.
"""

import argparse
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import million
import psutil
from search_oracle import Oracle

TARGETS = {"page of one chip": 30, "page of two chips": 30, "page of three chips": 30, "weighted": 60, "facets": 120}
SORTS = ["newest", "newest", "title", "year"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--films", type=int, default=million.FILMS)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--timed", type=int, default=200, help="questions of each kind")
    parser.add_argument("--plain", type=int, default=20, help="questions of each kind to the plain table")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        million.set_up(options.folder or Path(scratch))
        million.make(options.films)
        found = {"load": os.getloadavg(), **fold(), **measure(options.timed), **plain(options.plain)}
        found |= {"oracle": compare(options.queries), "load afterwards": os.getloadavg()}
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))


def fold() -> dict[str, Any]:
    from catalog.search import postings

    started = time.perf_counter()
    films = postings.fold()
    seconds = time.perf_counter() - started
    print(f"{films:,} films folded in {seconds:.0f} s; load {os.getloadavg()[0]:.1f}")
    return {"folded": {"films": films, "seconds": seconds}}


# Questions ----------------------------------------------------------------------------------------------------


class Questions:
    """Addresses at random, terms as often as films have them: what people ask for is seldom rare."""

    def __init__(self, seed: int) -> None:
        from catalog.models import FilmTerm

        self.chance = random.Random(seed)
        ids = list(range(1, 1000))
        self.terms = list(FilmTerm.objects.filter(film__in=ids).select_related("term").order_by("pk")[:20_000])

    def chips(self, count: int, modes: str = "must may not") -> list[Any]:
        from catalog.search.asked import Chip, in_place

        terms: dict[int, Any] = {}
        while len(terms) < count:
            term = self.chance.choice(self.terms).term
            terms[term.pk] = Chip(term, self.chance.choice(modes.split()))
        return list(in_place(terms.values()))

    def page(self, count: int) -> Any:
        from catalog.search.asked import Asked

        return Asked(chips=tuple(self.chips(count)), sort=self.chance.choice(SORTS))

    def weighted(self) -> Any:
        from dataclasses import replace

        from catalog.search.asked import Asked, in_place

        chips = [replace(c, mode="", strength=self.chance.choice([-2, -1, 1, 2])) for c in self.chips(2)]
        asked = Asked(chips=in_place(chips))
        return replace(asked, chips=in_place([*chips, *(c for c in self.chips(1) if c not in chips)][:3]))

    def anything(self) -> Any:
        """Chips, strengths, facts and orders, all mixed."""
        from dataclasses import replace

        from catalog.search.asked import HAS, SAID, Asked, in_place
        from catalog.search.asked import SORTS as ALL

        some = self.chance.choice
        chips = [replace(chip, strength=some([0, 0, 0, -2, 1, 2])) for chip in self.chips(some([0, 1, 2, 3]))]
        return Asked(
            chips=in_place(chips),
            decades=some([(), (), (), (1990,), (1950, 2010)]),
            languages=some([(), (), (), ("ko",), ("fr", "ja")]),
            has=some([(), (), ()] + [(f"{no}{what}",) for what in HAS for no in ("", "no-")]),
            said=some(["", "", "", "", *SAID]),
            sort=some(["", *ALL]),
        )


# Times --------------------------------------------------------------------------------------------------------


def measure(count: int) -> dict[str, Any]:
    from catalog.search import finding

    asked = Questions(11)
    kinds: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
        "page of one chip": (lambda: asked.page(1), finding.find),
        "page of two chips": (lambda: asked.page(2), finding.find),
        "page of three chips": (lambda: asked.page(3), finding.find),
        "weighted": (asked.weighted, finding.find),
        "facets": (lambda: asked.page(asked.chance.choice([1, 2, 3])), finding.facets),
    }
    print(f"{'milliseconds':26}{'SQL p50':>9}{'p95':>8}{'whole p50':>11}{'p95':>8}{'most':>8}{'cpu':>8}")
    return {name: timed(name, ask, answer, count, TARGETS[name]) for name, (ask, answer) in kinds.items()}


def timed(name: str, ask: Callable[[], Any], answer: Callable[[Any], Any], count: int, target: float = 0) -> Any:
    """Percentiles over `count` questions, after three that count for nothing."""
    from django.db import connection

    connection.ensure_connection()
    database = psutil.Process(connection.connection.info.backend_pid)  # type: ignore[union-attr]
    clock, sql, whole = Clock(), list[float](), list[float]()
    for turn in range(count + 3):
        if turn == 3:
            used = time.process_time() + sum(database.cpu_times()[:2])
        question, clock.seconds, started = ask(), 0.0, time.perf_counter()
        with connection.execute_wrapper(clock):
            answer(question)
        if turn >= 3:
            whole.append((time.perf_counter() - started) * 1000)
            sql.append(clock.seconds * 1000)
    cpu = (time.process_time() + sum(database.cpu_times()[:2]) - used) / count * 1000
    cuts, all_cuts = statistics.quantiles(sql, n=100), statistics.quantiles(whole, n=100)
    late = f"  over {target} ms in SQL" if target and cuts[94] > target else ""
    print(
        f"{name:26}{cuts[49]:9.1f}{cuts[94]:8.1f}{all_cuts[49]:11.1f}{all_cuts[94]:8.1f}{max(whole):8.1f}{cpu:8.1f}{late}",
        flush=True,
    )
    return {"sql_p50": cuts[49], "sql_p95": cuts[94], "p50": all_cuts[49], "p95": all_cuts[94], "cpu": cpu, "n": count}


class Clock:
    """Adds up the time of all statements."""

    seconds = 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - started


# What most applications would write ---------------------------------------------------------------------------


def plain(count: int) -> dict[str, Any]:
    """Joins with the table of film and term, by (term, weight, film) and (film, term); counts by GROUP BY."""
    asked = Questions(11)
    kinds = {
        "plain: page of one chip": (lambda: asked.page(1), plain_page),
        "plain: page of two chips": (lambda: asked.page(2), plain_page),
        "plain: page of three chips": (lambda: asked.page(3), plain_page),
        "plain: weighted": (asked.weighted, plain_weighted),
        "plain: facets": (lambda: asked.page(asked.chance.choice([1, 2, 3])), plain_facets),
    }
    return {name: timed(name, ask, answer, count) for name, (ask, answer) in kinds.items() if count}


def plain_films(asked: Any) -> Any:
    from django.db.models import Exists, OuterRef

    from catalog.models import Film, FilmTerm

    def carries(chips: Any) -> Exists:
        terms = [chip.term.pk for chip in chips]
        return Exists(FilmTerm.objects.filter(film=OuterRef("pk"), term__in=terms))

    films = Film.objects.published()
    for chip in asked.of("must"):
        films = films.filter(carries([chip]))
    for chip in asked.of("not"):
        films = films.exclude(carries([chip]))
    return films.filter(carries(asked.of("may"))) if asked.of("may") else films


def plain_page(asked: Any) -> Any:
    orders = {"newest": ["-pk"], "title": ["title", "pk"], "year": ["-year", "-pk"]}
    films = plain_films(asked)
    return list(films.order_by(*orders[asked.order]).defer("plot", "plot_ko", "external")[:36]), films.count()


def plain_weighted(asked: Any) -> Any:
    from django.db.models import Case, F, Sum, When

    strengths = [
        When(film_terms__term=chip.term, then=chip.strength * F("film_terms__weight")) for chip in asked.weighted
    ]
    films = plain_films(asked).filter(film_terms__term__in=[chip.term.pk for chip in asked.weighted])
    return list(films.annotate(score=Sum(Case(*strengths))).order_by("-score", "-pk").values_list("pk", "score")[:36])


def plain_facets(asked: Any) -> Any:
    from django.db.models import Count

    from catalog.models import FilmTerm

    carried = FilmTerm.objects.filter(film__in=plain_films(asked).values("pk"))
    return list(carried.values_list("term").annotate(Count("pk")).order_by())


# Truth --------------------------------------------------------------------------------------------------------


def compare(count: int) -> dict[str, Any]:
    """First page, second page, count and every tenth time all facets of terms; stops at the first difference."""
    from catalog.search import finding

    if not count:
        return {}
    started, oracle, asked = time.perf_counter(), Oracle(), Questions(23)
    for number in range(count):
        question = asked.anything()
        mask = oracle.fits(question)
        first = finding.find(question)
        shown = [film.pk for film in first.films]
        if first.next:
            shown += [film.pk for film in finding.find(question, first.next).films]
        expected = oracle.ranked(question, mask)
        if first.count != len(expected) or shown != expected[:72]:
            raise SystemExit(f"{question.query()}: {first.count} of {len(expected)}, {shown[:5]} for {expected[:5]}")
        if number % 10 == 0:
            compare_facets(question, mask, oracle)
    seconds = time.perf_counter() - started
    print(f"{count} random questions answered as the oracle does, in {seconds:.0f} s")
    return {"questions": count, "different": 0}


def compare_facets(question: Any, mask: Any, oracle: Oracle) -> None:
    from catalog.search import finding

    facets = finding.facets(question)
    for facet in [*facets.genres, *facets.tags]:
        if facet.mode in ("", "must") and facet.term is not None:
            expected = int((mask & (oracle.weights(facet.term.pk) >= 0)).sum())
            if facet.count != expected:
                raise SystemExit(f"{question.query()}: {facet.value} {facet.count} for {expected}")


if __name__ == "__main__":
    main()
