"""Writing films and their labels in batches: a fixed number of statements, however many films."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from catalog.importers.merge import Held, LabelChanges
from catalog.importers.rows import FilmRow
from catalog.models import Film, SourceName
from catalog.pictures import Encoded

# Columns that an import writes, with the type that PostgreSQL reads them as.
_COLUMNS = {
    "imdb_id": "text",
    "title": "text",
    "title_original": "text",
    "title_ko": "text",
    "year": "int",
    "language": "text",
    "country": "text",
    "director": "text",
    "plot": "text",
    "plot_ko": "text",
    "plot_source": "text",
    "licence": "text",
    "external": "jsonb",
}


def held_films(rows: Sequence[FilmRow], *, lock: bool) -> dict[str, Film]:
    """Films in the catalogue by the key of the row that means them: those with its IMDb id, or else its key.

    Locked until the transaction ends, so that nobody decides on them meanwhile.
    """
    films = Film.objects.filter(
        Q(imdb_id__in=[row.imdb_id for row in rows if row.imdb_id]) | Q(key__in=[row.key for row in rows])
    ).only("key", "poster_sha256", *_COLUMNS)
    found = list(films.select_for_update().order_by("pk") if lock else films)
    by_imdb_id = {film.imdb_id: film for film in found if film.imdb_id}
    by_key = {film.key: film for film in found}
    return {row.key: film for row in rows if (film := by_imdb_id.get(row.imdb_id) or by_key.get(row.key))}


def insert_films(films: Sequence[Mapping[str, Any]], source: str) -> dict[str, int]:
    """New films; the id of each by its key."""
    if not films:
        return {}
    keys = [film["key"] for film in films]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO catalog_film (key, source, poster_sha256, published, revision, created_at, changed_at,
                    {", ".join(_COLUMNS)})
                SELECT key, %s, '', true, 1, now(), now(), {_typed("new")}
                FROM unnest(%s::text[], {_arrays()}) AS new (key, {", ".join(_COLUMNS)})
                RETURNING key, id""",
            [source, keys, *_columns(films)],
        )
        return dict(cursor.fetchall())


def update_films(changes: Mapping[Film, Mapping[str, Any]]) -> None:
    """Write changed fields; the rest of each film stays as it was read."""
    if not changes:
        return
    films = [{name: getattr(film, name) for name in _COLUMNS} | dict(said) for film, said in changes.items()]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE catalog_film AS film SET {", ".join(f"{name} = new.{name}{_cast(name)}" for name in _COLUMNS)}
                FROM unnest(%s::bigint[], {_arrays()}) AS new (id, {", ".join(_COLUMNS)})
                WHERE film.id = new.id""",
            [[film.pk for film in changes], *_columns(films)],
        )


def _arrays() -> str:
    return ", ".join(f"%s::{'text' if kind == 'jsonb' else kind}[]" for kind in _COLUMNS.values())


def _typed(table: str) -> str:
    return ", ".join(f"{table}.{name}{_cast(name)}" for name in _COLUMNS)


def _cast(name: str) -> str:
    return "::jsonb" if _COLUMNS[name] == "jsonb" else ""


def _columns(films: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    columns = {name: [film[name] for film in films] for name in _COLUMNS}
    columns["external"] = [json.dumps(ids, ensure_ascii=False) for ids in columns["external"]]
    return list(columns.values())


def held_labels(film_ids: Sequence[int]) -> dict[int, Held]:
    """What is already said of these films; those of which nothing is said are left out. One query."""
    if not film_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT film_id,
                array_agg(term_id) FILTER (WHERE source = 'import' AND value = 'yes'),
                array_agg(term_id) FILTER (WHERE source = 'import' AND value = 'no'),
                array_agg(term_id) FILTER (WHERE source = 'person'),
                array_agg(term_id) FILTER (WHERE source = 'person' AND value = 'yes'),
                array_agg(term_id) FILTER (WHERE source = 'person' AND value = 'no')
            FROM catalog_label WHERE film_id = ANY(%s) GROUP BY film_id""",
            [list(film_ids)],
        )
        return {film_id: Held(*(frozenset(terms or ()) for terms in said)) for film_id, *said in cursor.fetchall()}


# What a person has decided or locked stays: here, and by the database's own guard.
_ON_CONFLICT = """ON CONFLICT (film_id, term_id) DO UPDATE
    SET value = excluded.value, origin = excluded.origin, changed_at = excluded.changed_at
    WHERE held.source <> 'person' AND NOT held.locked"""


def write_labels(changes: Iterable[tuple[int, str, LabelChanges]], *, fresh: bool) -> None:
    """Labels of an import, as (film id, origin, changes); inside a change set only.

    `fresh`: the films were added in this transaction, so nobody can have labelled them; a fifth faster.
    """
    groups = [
        (film_id, origin, value, sorted(terms))
        for film_id, origin, said in changes
        for value, terms in (("yes", said.yes), ("no", said.no))
        if terms
    ]
    if not groups:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            # JSON, since arrays of PostgreSQL are slow to write from Python.
            f"""INSERT INTO catalog_label AS held
                (film_id, term_id, value, source, origin, locked, shown_version, changed_at)
            SELECT said.film_id, term.id, said.value, 'import', said.origin, false, '', now()
            FROM (
                SELECT (one ->> 0)::bigint AS film_id, one ->> 1 AS origin, one ->> 2 AS value,
                    translate(one ->> 3, '[]', '{{}}')::bigint[] AS terms
                FROM json_array_elements(%s) AS one OFFSET 0
            ) AS said, unnest(said.terms) AS term (id)
            {"" if fresh else _ON_CONFLICT}""",
            [json.dumps(groups)],
        )


def write_posters(posters: Mapping[int, Encoded], licences: Mapping[int, str], source: str) -> None:
    """The pictures of films, and what is known of their licences, by the films' ids; the files are stored already."""
    if not posters:
        return
    pictures = list(posters.values())
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO catalog_poster
                (film_id, sha256, source_sha256, width, height, size, source, licence, added_at)
            SELECT film_id, sha256, source_sha256, width, height, size, %s, licence, now()
            FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::int[], %s::int[], %s::int[])
                AS new (film_id, licence, sha256, source_sha256, width, height, size)
            ON CONFLICT (film_id) DO UPDATE SET sha256 = excluded.sha256, source_sha256 = excluded.source_sha256,
                width = excluded.width, height = excluded.height, size = excluded.size, source = excluded.source,
                licence = excluded.licence, added_at = excluded.added_at""",
            [
                source,
                list(posters),
                [licences.get(film_id, "") for film_id in posters],
                *([getattr(picture, name) for picture in pictures] for name in Encoded.__dataclass_fields__),
            ],
        )
        cursor.execute(
            """UPDATE catalog_film AS film SET poster_sha256 = new.sha256
            FROM unnest(%s::bigint[], %s::text[]) AS new (id, sha256) WHERE film.id = new.id""",
            [list(posters), [picture.sha256 for picture in pictures]],
        )


@contextmanager
def inside(change_set: int) -> Iterator[None]:
    """Labels that change inside are logged under this change set; an import has one over many transactions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('genresite.change_set', %s, true)", [str(change_set)])
        yield
        cursor.execute("SELECT set_config('genresite.change_set', '', true)")


def note_names(kind: str, source: str, met: Mapping[str, Sequence[str]], films: Mapping[str, int]) -> None:
    """Put names that mean no term yet where a person can map them.

    Args:
        met: name → keys of films that carry it, in this batch.
        films: name → number of films that carried it so far.
    """
    names = [
        SourceName(
            kind=kind, name=name[:120], source=source[:60], films=films[name], example=keys[0], met_at=timezone.now()
        )
        for name, keys in sorted(met.items())
    ]
    unique = {name.name: name for name in names}
    SourceName.objects.bulk_create(
        unique.values(),
        update_conflicts=True,
        unique_fields=["kind", "name"],
        update_fields=["source", "films", "example", "met_at"],
    )


def bump_revisions(film_ids: Sequence[int]) -> None:
    """Films that an import changed: who had them open before gets a conflict on saving."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE catalog_film SET revision = revision + 1, changed_at = now() WHERE id = ANY(%s)", [list(film_ids)]
        )
