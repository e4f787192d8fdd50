"""A catalogue of made-up films for measuring search: a million of them, thirty terms each, of about a thousand.

    python benchmarks/million.py FOLDER [--films 1000000]

Terms are as uneven as in life: how many films have one falls as its rank grows (Zipf), a film's terms go together (each
film has one of TOPICS topics, from which most of its tags come), Korean films have Korean titles, and most films are
of late. Written by COPY with indexes and triggers put aside, which takes minutes instead of hours.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

BASE_DIR = Path(__file__).resolve().parent.parent
FILMS, TAGS, TERMS_EACH, TOPICS = 1_000_000, 1000, 30, 12
SLICE = 50_000  # films made at a time
WORDS = "night river stone shadow garden winter letter signal harbour mirror engine orchard silence carnival".split()  # noqa: SIM905
KOREAN = ["밤", "강", "돌", "그림자", "정원", "겨울", "편지", "신호", "항구", "거울", "기관", "과수원", "침묵", "축제"]
LANGUAGES = ["en"] * 12 + ["ko"] * 3 + ["ja", "fr", "es", "de", "it", "hi", "zh", "ru", "sv", "pt", "tr", "pl", ""]
# Of how a table is copied, as PostgreSQL's binary format has it: number of columns, and each one's length before it.
TERM_ROW = np.dtype(
    [("columns", ">i2"), ("l0", ">i4"), ("id", ">i8"), ("l1", ">i4"), ("weight", ">f8"), ("l2", ">i4"),
     ("origin", "S5"), ("l3", ">i4"), ("film", ">i8"), ("l4", ">i4"), ("term", ">i8")]
)  # fmt: skip
COPY_HEAD, COPY_TAIL = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--films", type=int, default=FILMS)
    options = parser.parse_args()
    set_up(options.folder)
    make(options.films)


def set_up(data: Path) -> None:
    """Django on the embedded database of a folder."""
    os.environ |= {"GENRESITE_DATA": str(data), "DJANGO_SETTINGS_MODULE": "genresite.settings", "LOG_LEVEL": "ERROR"}
    sys.path.insert(0, str(BASE_DIR))
    from genresite import embedded

    embedded.provide(["manage.py", "migrate"])
    import django

    django.setup()
    from django.core.management import call_command

    for command in ("migrate", "createcachetable", "collectstatic"):
        call_command(command, verbosity=0, **({"interactive": False} if command == "collectstatic" else {}))


def make(films: int) -> None:
    """Fill an empty site; nothing where there are films already."""
    from catalog.models import Film

    if Film.objects.exists():
        return
    chance = np.random.default_rng(7)
    genres, tags = _terms(chance)
    for name, step in (
        ("films", lambda: _films(films, chance)),
        ("terms of films", lambda: _film_terms(films, genres, tags, chance)),
        ("labels, reviews and clips", lambda: _others(films)),
    ):
        started = time.perf_counter()
        step()
        print(f"{name:28}{time.perf_counter() - started:7.0f} s", flush=True)


def _terms(chance: np.random.Generator) -> tuple[list[int], list[int]]:
    """Ids of genres and tags, the most frequent first; one tag in ten is a narrower sort of another."""
    from catalog.models import Term

    tags = list(Term.objects.filter(kind="tag"))
    names = [f"tag-{number}" for number in range(TAGS - len(tags))]
    tags += Term.objects.bulk_create(Term(kind="tag", slug=name, name_en=name, name_ko=name) for name in names)
    for child, parent in chance.permutation(len(tags))[: 2 * (len(tags) // 10)].reshape(-1, 2):
        tags[child].parent = tags[parent]
    Term.objects.bulk_update(tags, ["parent"])
    genres = list(Term.objects.filter(kind="genre").values_list("pk", flat=True))
    return genres, [tags[place].pk for place in chance.permutation(len(tags))]


# Rows ------------------------------------------------------------------------------------------------------------


def _films(count: int, chance: np.random.Generator) -> None:
    from django.db import connection

    columns = (
        "id, key, imdb_id, title, title_original, title_ko, year, language, country, director, plot, plot_ko, "
        "plot_source, source, licence, external, poster_sha256, published, revision, created_at, changed_at"
    )
    with bare("catalog_film") as cursor, cursor.copy(f"COPY catalog_film ({columns}) FROM STDIN") as copy:
        text = " ".join(WORDS[place] for place in chance.integers(len(WORDS), size=4000))
        for number in range(1, count + 1):
            copy.write_row(_film(number, text, chance))
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('catalog_film_id_seq', %s)", [count])


def _film(number: int, text: str, chance: np.random.Generator) -> tuple[Any, ...]:
    a, b, c, language, start, year = chance.integers((14, 14, 14, len(LANGUAGES), 20_000, 1000)).tolist()
    korean = LANGUAGES[language] == "ko"
    names = KOREAN if korean else WORDS
    title = f"{names[a]} {names[b]} {names[c]} {number % 977}".title()
    plot = "" if number % 23 == 0 else text[start : start + 300]
    poster = "" if number % 11 == 0 else f"{number:064x}"
    born = None if number % 97 == 0 else 2024 - int((year / 1000) ** 2 * 110)
    key, published = f"tt{number:08}", number % 499 != 0
    return (
        number, key, key, title, "", f"{KOREAN[a]} {KOREAN[b]}" if number % 3 == 0 else "", born, LANGUAGES[language],
        "", "", plot, "", "", "made up", "", "{}", poster, published, 1, "2026-01-01", "2026-01-01",
    )  # fmt: skip


def _film_terms(count: int, genres: list[int], tags: list[int], chance: np.random.Generator) -> None:
    draw = Drawing(len(tags), chance)
    with bare("catalog_filmterm") as cursor:
        statement = "COPY catalog_filmterm (id, weight, origin, film_id, term_id) FROM STDIN (FORMAT binary)"
        with cursor.copy(statement) as copy:
            copy.write(COPY_HEAD)
            written = 0
            for start in range(1, count + 1, SLICE):
                films, terms = draw.slice(start, min(SLICE, count + 1 - start), np.array(genres), np.array(tags))
                copy.write(_rows(films, terms, written, chance).tobytes())
                written += len(films)
            copy.write(COPY_TAIL)
        cursor.execute("SELECT setval('catalog_filmterm_id_seq', %s)", [written])


def _rows(films: NDArray[np.int64], terms: NDArray[np.int64], written: int, chance: np.random.Generator) -> Any:
    rows = np.zeros(len(films), TERM_ROW)
    rows["columns"], rows["film"], rows["term"], rows["origin"] = 5, films, terms, b"model"
    rows["id"] = np.arange(written + 1, written + len(films) + 1)
    weights = chance.uniform(0.3, 1, len(films)).astype(np.float32)
    rows["weight"] = np.where(chance.random(len(films)) < 0.1, 1, weights)
    for column in ("l0", "l1", "l3", "l4"):
        rows[column] = 8
    rows["l2"] = 5
    return rows


class Drawing:
    """Draws terms that go together: by Zipf's law, tags of the film's topic ten times as often."""

    def __init__(self, tags: int, chance: np.random.Generator) -> None:
        self.chance = chance
        odds = 1 / np.arange(2, tags + 2) ** 0.8
        topics = chance.integers(TOPICS, size=tags)
        of_topic = np.where(topics == np.arange(TOPICS)[:, None], 10, 1) * odds
        self.sums = np.cumsum(of_topic, 1) / of_topic.sum(1, keepdims=True)

    def slice(
        self, start: int, count: int, genres: NDArray[np.int64], tags: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(rows,) films and (rows,) terms of `count` films from `start` on: TERMS_EACH of most."""
        topics = self.chance.integers(TOPICS, size=count)
        drawn = np.empty((count, 2 * TERMS_EACH), np.int64)
        for topic in range(TOPICS):
            these = topics == topic
            luck = self.chance.random((int(these.sum()), 2 * TERMS_EACH))
            drawn[these] = tags[np.searchsorted(self.sums[topic], luck)]
        luck = self.chance.random((count, 3))
        drawn[:, :3] = genres[(luck**2 * len(genres)).astype(np.int64)]
        films = np.repeat(np.arange(start, start + count), drawn.shape[1])
        # Each term once a film, those drawn first.
        cells, first = np.unique(films * 1_000_000 + drawn.ravel(), return_index=True)
        cells = cells[np.argsort(first, kind="stable")]
        films, terms = cells // 1_000_000, cells % 1_000_000
        place = np.arange(len(films)) - np.searchsorted(films, films)
        keep = place < TERMS_EACH
        return films[keep], terms[keep]


def _others(count: int) -> None:
    """Labels by a person on one film in fifty, proposals that wait on one in three, footage on one in forty."""
    from catalog.labelling import change_set
    from catalog.models import ChangeSet, User

    user = User.objects.create_user("carla", password="light-table-7", role=User.Role.CURATOR)
    with change_set(ChangeSet.Kind.DECIDE, user), bare("catalog_review") as cursor:
        cursor.execute(
            "INSERT INTO catalog_review SELECT id, CASE WHEN id %% 3 = 0 THEN id %% 5 ELSE 0 END, random() "
            "FROM generate_series(1, %s) AS id",
            [count],
        )
        cursor.execute(
            "INSERT INTO catalog_label (value, source, origin, locked, shown_version, changed_at, film_id, term_id, "
            "decided_by_id) SELECT 'no', 'person', '', false, '', now(), id, (SELECT min(id) FROM catalog_term), %s "
            "FROM generate_series(50, %s, 50) AS id",
            [user.pk, count],
        )
        cursor.execute(
            "INSERT INTO catalog_clip (sha256, name, size, container, codec, width, height, fps, seconds, sections, "
            "strip_sha256, strip_count, source, licence, added_at, film_id) SELECT repeat('0', 64), 'clip', 1, 'mp4', "
            "'h264', 640, 360, 24, 60, '[]', '', 0, '', '', now(), id FROM generate_series(40, %s, 40) AS id",
            [count],
        )


@contextmanager
def bare(table: str) -> Iterator[Any]:
    """A cursor for filling a table without its triggers, and with its indexes made afterwards."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
        cursor.execute(
            "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index AS i WHERE "
            "indrelid = %s::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)",
            [table],
        )
        indexes = cursor.fetchall()
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND "
            "contype = 'u' ",
            [table],
        )
        uniques = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        for name, _definition in uniques:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        yield cursor.cursor
        for _name, definition in indexes:
            cursor.execute(definition)
        for name, definition in uniques:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


if __name__ == "__main__":
    main()
