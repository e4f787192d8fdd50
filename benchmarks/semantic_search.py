"""Does a text find the films that it means, and nothing where it means none? And how long does a reader wait?

On the films of the site in GENRESITE_DATA, whose plots search must have read (the site does that by itself; here
`--read` does it). The broker and the worker that encodes queries are started as `manage.py up` starts them, so that
every figure includes the way to the worker and back:

    GENRESITE_DATA=/tmp/measure python benchmarks/semantic_search.py --read --json out.json

Sentences are taken from plots by lot, nonsense and sensible queries from semantic_queries.json beside this file.
"""

import argparse
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
QUERIES = Path(__file__).with_name("semantic_queries.json")
SENTENCE = re.compile(r"(?<=[.!?])\s+")
FEWEST_WORDS, MOST_WORDS = 6, 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--read", action="store_true", help="read first what waits to be read")
    parser.add_argument("--misses", action="store_true", help="say which queries went wrong")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    _set_up()
    from inference.meaning import reading

    if options.read:
        reading.read()
    with _lane():
        figures = measure(options)
    for name, figure in figures.items():
        print(f"{name}: {figure}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")


def _set_up() -> None:
    import django

    from genresite import embedded

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genresite.settings")
    embedded.provide(["manage.py", "migrate"])
    django.setup()


@contextmanager
def _lane() -> Iterator[None]:
    """The broker and the worker, until the first query is answered and then until the end."""
    from genresite import embedded, site
    from genresite.processes import Supervisor
    from inference.meaning import lane

    data = embedded.data_dir()
    supervisor = Supervisor(print)
    try:
        site.wait_for_broker(supervisor.add(site.broker(data)), data)
        supervisor.add(site.lane(data))
        until = time.monotonic() + 60
        while lane.ask("warm up").answer() is None:
            lane.memory.silent_until = 0
            if time.monotonic() > until:
                sys.exit(f"The worker does not answer; its log is {data / 'log' / 'lane.log'}.")
        yield
    finally:
        supervisor.stop()


def measure(options: argparse.Namespace) -> dict[str, Any]:
    from catalog.models import Film
    from catalog.search.meaning import near
    from inference.models import TextSpace

    space = TextSpace.objects.get()
    sentences = pick(options.sentences, options.seed)
    queries = json.loads(QUERIES.read_text())
    figures: dict[str, Any] = {"films": Film.objects.count(), "vectors": space.films, "floor": round(space.floor, 3)}
    figures |= first_hits(sentences)
    times: list[float] = []
    for kind in ("sensible", "sensible_korean", "nonsense"):
        found = [_timed(times, partial(near, query)) for query in queries[kind]]
        figures[kind] = _answered(found)
        if options.misses:
            _tell(queries[kind], found, wrong=kind == "nonsense")
    from_plots = list(times)
    for text, _film in sentences:
        _timed(from_plots, partial(near, f"{text} ."))  # by now the process knows the vector of the sentence itself
    figures["milliseconds"] = _quantiles(times)
    figures["milliseconds_of_sentences"] = _quantiles(from_plots[len(times) :])
    return figures


def pick(count: int, seed: int) -> list[tuple[str, int]]:
    """Sentences of so many films' plots, each from another film, with the film's id."""
    from catalog.models import Film

    random = np.random.default_rng(seed)
    films = list(Film.objects.published().exclude(plot="").order_by("pk").values_list("pk", "plot"))
    picked: list[tuple[str, int]] = []
    for place in random.permutation(len(films)):
        pk, plot = films[place]
        whole = [text for text in SENTENCE.split(plot) if FEWEST_WORDS <= len(text.split()) <= MOST_WORDS]
        if whole:
            picked.append((str(random.choice(whole)), pk))
        if len(picked) == count:
            break
    return picked


def first_hits(sentences: Sequence[tuple[str, int]]) -> dict[str, Any]:
    """How often the film itself comes first: by all that search knows, by words alone, by vectors alone."""
    from catalog.search.meaning import near
    from inference.meaning import lane, spaces, words
    from inference.meaning.texts import folded
    from inference.models import TextSpace

    space = TextSpace.objects.get()

    def by_words(text: str) -> list[int]:
        return words.candidates(words.read(folded(text)), 10)

    def by_vectors(text: str) -> list[int]:
        encoded = lane.ask(text).answer()
        return spaces.nearest(space, encoded.vector, 10)[0] if encoded else []

    ways: dict[str, Callable[[str], Sequence[int]]] = {
        "both": lambda text: near(text).ids.tolist(),
        "words alone": by_words,
        "vectors alone": by_vectors,
    }
    return {f"first hit, {name}": _shares(find, sentences) for name, find in ways.items()}


def _shares(find: Callable[[str], Sequence[int]], sentences: Sequence[tuple[str, int]]) -> dict[str, float]:
    places = []
    for text, film in sentences:
        found = list(find(text))[:10]
        places.append(found.index(film) if film in found else 99)
    return {f"top {top}": round(float((np.array(places) < top).mean()), 3) for top in (1, 3, 10)}


def _timed(times: list[float], find: Callable[[], Any]) -> Any:
    begun = time.perf_counter()
    found = find()
    times.append(1000 * (time.perf_counter() - begun))
    return found


def _answered(found: Sequence[Any]) -> dict[str, Any]:
    """In halves: the floor was fitted on the first, the second only judges it."""
    some = [len(one) > 0 for one in found]
    half = len(some) // 2
    return {
        "queries": len(some),
        "found something": sum(some),
        "of the second half": f"{sum(some[half:])} of {len(some) - half}",
        "median films": float(np.median([len(one) for one in found])),
        "median before the divider": float(np.median([one.floor_at for one in found])),
        "how": {how: sum(one.how == how and len(one) > 0 for one in found) for how in ("both", "meaning", "words")},
    }


def _tell(queries: Sequence[str], found: Sequence[Any], *, wrong: bool) -> None:
    from catalog.models import Film

    for query, one in zip(queries, found, strict=True):
        if (len(one) > 0) == wrong:
            best = Film.objects.filter(pk=one.ids[0]).first() if len(one) else None
            print(f"  {query!r}: {len(one)} films, {best}, {one.how} {one.said}")


def _quantiles(times: Sequence[float]) -> dict[str, float]:
    return {f"p{part}": round(float(np.percentile(times, part)), 1) for part in (50, 95, 99)}


if __name__ == "__main__":
    main()
