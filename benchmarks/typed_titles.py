"""How long the search box takes at a million titles: suggestions, titles by their words, and "did you mean".

    python benchmarks/typed_titles.py FOLDER [--films 1000000] [--json out.json]

Titles are made of a quarter of a million words, as uneven as in life (Zipf), one to five of them; a third of the films
have Korean titles as well. What is typed is the beginning of a title, words of one in another order, or a title with
one slip in it, for titles drawn by lot.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from million import bare, set_up

WORDS, QUERIES = 250_000, 200
SYLLABLES = [first + vowel for first in "b c d f g h j k l m n p r s t v w z st tr".split() for vowel in "aeiou"]  # noqa: SIM905
KOREAN = (
    "가나다라마바사아자차카타파하고노도로모보소오조초코토포호구누두루무부수우주추쿠투푸후기니디리미비시이지치키티피히"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--films", type=int, default=1_000_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    set_up(options.folder)
    fill(options.films)
    figures = measure(np.random.default_rng(5))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2))


def titles(count: int, chance: np.random.Generator) -> Iterator[tuple[str, str]]:
    words = ["".join(chance.choice(SYLLABLES, size)) for size in chance.integers(2, 5, WORDS)]
    korean = ["".join(chance.choice(list(KOREAN), size)) for size in chance.integers(1, 4, WORDS // 10)]
    for _number in range(count):
        picks = np.minimum(chance.zipf(1.25, 5) + chance.integers(0, 30, 5), WORDS) - 1
        size = int(chance.integers(1, 6))
        other = " ".join(korean[pick % len(korean)] for pick in picks[:2]) if picks[4] % 3 == 0 else ""
        rare = chance.integers(WORDS)  # names and places: words that few titles have
        yield " ".join([*(words[pick] for pick in picks[: size - 1]), words[rare]]).title(), other


def fill(count: int) -> None:
    from catalog.models import Film

    if Film.objects.exists():
        return
    started = time.perf_counter()
    columns = (
        "id, key, title, title_original, title_ko, language, country, director, plot, plot_ko, plot_source, source, "
        "licence, external, poster_sha256, published, revision, created_at, changed_at"
    )
    with bare("catalog_film") as cursor, cursor.copy(f"COPY catalog_film ({columns}) FROM STDIN") as copy:
        for number, (title, korean) in enumerate(titles(count, np.random.default_rng(3)), start=1):
            rest = ("", "", "", "A plot. " * 20, "", "", "", "", "{}", "", True, 1, "2026-01-01", "2026-01-01")
            copy.write_row((number, f"f{number}", title, "", korean, *rest))
    print(f"{count:,} films written and indexed in {time.perf_counter() - started:.0f} s", flush=True)


def measure(chance: np.random.Generator) -> dict[str, Any]:
    from django.db import connection

    from catalog.models import Film
    from catalog.search import suggesting, typos

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalog_film")
        cursor.execute(
            "SELECT pg_relation_size('film_title_starts') / 1e6, pg_relation_size('film_title_squeezed') / 1e6"
        )
        sizes = cursor.fetchone()
    started = time.perf_counter()
    learned = typos.learn()
    figures: dict[str, Any] = {
        "films": Film.objects.count(),
        "words": learned,
        "learning_s": time.perf_counter() - started,
    }
    figures |= {"starts_mb": float(sizes[0]), "squeezed_mb": float(sizes[1])}
    started = time.perf_counter()
    typos.title_words()
    figures["loading_words_s"] = time.perf_counter() - started
    ids = chance.integers(1, figures["films"], QUERIES).tolist()
    drawn = dict(Film.objects.filter(pk__in=ids).values_list("pk", "title"))
    typed = [drawn[pk] for pk in ids]
    for letters in (1, 2, 3, 5, 8):
        figures[f"suggest_{letters}"] = timed(suggesting.suggest, [title[:letters] for title in typed])
    figures["suggest_korean"] = timed(suggesting.suggest, list(KOREAN))
    figures["suggest_initials"] = timed(suggesting.suggest, [a + b for a in "ㄱㄴㄷㅅㅈ" for b in "ㄱㄴㅁㅂㅇ"])
    counted = lambda text: Film.objects.published().with_title(text).count()  # noqa: E731
    figures["title_found"] = timed(counted, typed)
    figures["two_words_turned_round"] = timed(counted, [" ".join(reversed(title.split()[-2:])) for title in typed])
    figures["did_you_mean"] = timed(typos.did_you_mean, [slip(title, chance) for title in typed])
    right = sum(typos.did_you_mean(slip(title, chance)) == title.lower() for title in typed[:100])
    figures["put_right"] = right / 100
    for name, value in figures.items():
        print(f"{name:26}{value}", flush=True)
    return figures


def slip(title: str, chance: np.random.Generator) -> str:
    """The last word with one letter another, missing, twice, or in the wrong place."""
    *before, word = title.lower().split()
    place = int(chance.integers(1, max(2, len(word) - 1)))
    kinds = [
        word[:place] + "x" + word[place + 1 :],
        word[:place] + word[place + 1 :],
        word[:place] + word[place] + word[place:],
        word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :],
    ]
    return " ".join([*before, kinds[int(chance.integers(4))]])


def timed(ask: Callable[[str], Any], texts: list[str]) -> dict[str, float]:
    """Milliseconds, after one question that warms up."""
    ask(texts[0])
    took = []
    for text in texts:
        started = time.perf_counter()
        ask(text)
        took.append((time.perf_counter() - started) * 1000)
    return {
        "p50": round(float(np.median(took)), 1),
        "p95": round(float(np.percentile(took, 95)), 1),
        "max": round(max(took), 1),
    }


if __name__ == "__main__":
    main()
