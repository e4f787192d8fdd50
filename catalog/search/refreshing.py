"""What viewers find: FilmTerm and Review, kept in step with labels and predictions by one function."""

from collections.abc import Sequence

import numpy as np
from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection, transaction
from numpy.typing import NDArray

from catalog.models import FilmTerm, Label, Review, Term
from catalog.scores import Appearances, ScoreTable, appearances, score_tables


def refresh(film_ids: Sequence[int]) -> None:
    """Rebuild FilmTerm and Review for these films: labels first, then what the champions propose and frames show.

    A handful of queries, however many films. Retired terms are found nowhere. The films stay locked until the
    transaction ends, so that two who refresh one film take turns.
    """
    ids = sorted(set(film_ids))
    with transaction.atomic():
        _lock(ids)
        for model in (FilmTerm, Review):
            _delete(model, ids)
        _insert_labelled(ids)
        tables, seen = score_tables(ids), appearances(ids)
        if tables or len(seen.film_ids):
            settled = _settled(ids)
            unsaid = [~settled[np.ix_(np.searchsorted(ids, table.film_ids), table.term_ids)] for table in tables]
            for table, cells in zip(tables, unsaid, strict=True):
                _insert_proposed(table, cells)
            _insert_seen(seen, ~settled[np.searchsorted(ids, seen.film_ids), seen.term_ids])
            _insert_reviews(ids, tables, unsaid)


def _lock(film_ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM catalog_film WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [film_ids])


def _delete(model: type[FilmTerm] | type[Review], film_ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE film_id = ANY(%s)", [film_ids])


def _settled(film_ids: list[int]) -> NDArray[np.bool_]:
    """(films, highest id of a term + 1): whether something is said of the term, or it is retired."""
    terms = dict(Term.objects.values_list("pk", "active"))
    settled = np.zeros((len(film_ids), max(terms) + 1), bool)
    settled[:, [pk for pk, active in terms.items() if not active]] = True
    row = {film_id: row for row, film_id in enumerate(film_ids)}
    labelled = Label.objects.filter(film_id__in=film_ids).values("film_id").annotate(terms=ArrayAgg("term_id"))
    for film_id, said in labelled.values_list("film_id", "terms"):
        settled[row[film_id], said] = True
    return settled


def _insert_labelled(film_ids: list[int]) -> None:
    """The terms of which a label says yes, at weight 1."""
    with connection.cursor() as cursor:
        cursor.execute(
            # Film by film, by the index: without fresh statistics the planner would read all labels.
            """INSERT INTO catalog_filmterm (film_id, term_id, weight, origin)
            SELECT label.film_id, label.term_id, 1, label.source
            FROM unnest(%s::bigint[]) AS film (id) CROSS JOIN LATERAL (
                SELECT * FROM catalog_label WHERE film_id = film.id AND value = 'yes' OFFSET 0
            ) AS label JOIN catalog_term AS term ON term.id = label.term_id
            WHERE term.active""",
            [film_ids],
        )


def _insert_proposed(table: ScoreTable, unsaid: NDArray[np.bool_]) -> None:
    """The terms above their thresholds of which nothing is said, at their scores."""
    rows, columns = np.nonzero(table.proposed & unsaid)
    if len(rows):
        films, terms = table.film_ids[rows], table.term_ids[columns]
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO catalog_filmterm (film_id, term_id, weight, origin)
                SELECT *, 'model' FROM unnest(%s::bigint[], %s::bigint[], %s::float8[])""",
                [films.tolist(), terms.tolist(), table.scores[rows, columns].tolist()],
            )


def _insert_seen(seen: Appearances, unsaid: NDArray[np.bool_]) -> None:
    """The tags that frames show and of which nothing is said, at their shares; at the score where that is higher."""
    if unsaid.any():
        columns = [values[unsaid].tolist() for values in (seen.film_ids, seen.term_ids, seen.shares)]
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO catalog_filmterm (film_id, term_id, weight, origin)
                SELECT *, 'model' FROM unnest(%s::bigint[], %s::bigint[], %s::float8[])
                ON CONFLICT (film_id, term_id) DO UPDATE SET weight = greatest(catalog_filmterm.weight, excluded.weight)
                """,
                columns,
            )


def _insert_reviews(ids: list[int], tables: list[ScoreTable], unsaid: list[NDArray[np.bool_]]) -> None:
    """What waits on each film that is scored, over the terms of which nothing is said."""
    scored, waiting, doubt = np.zeros(len(ids), bool), np.zeros(len(ids), int), np.zeros(len(ids))
    for table, cells in zip(tables, unsaid, strict=True):
        rows = np.searchsorted(ids, table.film_ids)
        scored[rows] = True
        waiting[rows] += (table.proposed & cells).sum(1)
        doubt[rows] = np.maximum(doubt[rows], np.where(cells, table.doubt, 0).max(1, initial=0))
    columns = [values[scored].tolist() for values in (np.array(ids), waiting, doubt)]
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO catalog_review (film_id, waiting, doubt)
            SELECT * FROM unnest(%s::bigint[], %s::int[], %s::float8[])""",
            columns,
        )
