"""Films by vectors: exactly where there are few, by an index (HNSW, Malkov and Yashunin 2020) where there are many."""

from collections.abc import Sequence

import numpy as np
from django.db import connection, transaction
from numpy.typing import ArrayLike, NDArray

from inference.models import TextSpace

MANY = 100_000  # films from which an index pays; to compare with fewer takes less than 50 ms
REACH = 400  # of the index: how many films it keeps in view; more finds more, and takes longer


def current() -> TextSpace | None:
    return TextSpace.objects.order_by("pk").last()


def nearest(
    space: TextSpace, vector: ArrayLike, most: int, within: NDArray[np.int64] | None = None
) -> tuple[list[int], NDArray[np.float64]]:
    """Ids of the films closest to a vector (D,), and their cosines (N,), falling. `within`: only among these."""
    distance = f"vector::halfvec({space.dimension}) <=> %s::halfvec({space.dimension})"
    where, which = ("", []) if within is None else ("WHERE film_id = ANY(%s)", [within.tolist()])
    written = text_of(vector)
    with transaction.atomic(), connection.cursor() as cursor:
        if space.films >= MANY and within is None:
            cursor.execute("SELECT set_config('hnsw.ef_search', %s, true)", [str(REACH)])
        cursor.execute(
            f"SELECT film_id, 1 - ({distance}) FROM inference_filmvector {where} ORDER BY {distance} LIMIT %s",
            [written, *which, written, most],
        )
        rows = cursor.fetchall()
    return [row[0] for row in rows], np.array([row[1] for row in rows], np.float64)


def cosines(space: TextSpace, vector: ArrayLike, ids: Sequence[int]) -> dict[int, float]:
    """How close these films are; those without a vector are left out."""
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT film_id, 1 - (vector <=> %s::halfvec) FROM inference_filmvector WHERE film_id = ANY(%s)",
            [text_of(vector), list(ids)],
        )
        return dict(cursor.fetchall())


def vector_of(film_id: int) -> NDArray[np.float32] | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT vector::vector::float4[] FROM inference_filmvector WHERE film_id = %s", [film_id])
        row = cursor.fetchone()
    return np.array(row[0], np.float32) if row else None


def make_index(space: TextSpace) -> bool:
    """Have the index where there are many films; False where it is there, or there are few. Takes minutes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM inference_filmvector")
        if cursor.fetchone()[0] < MANY or connection.in_atomic_block:
            return False
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('film_vector_near')")
        if (valid := cursor.fetchone()) and valid[0]:
            return False
        cursor.execute("DROP INDEX IF EXISTS film_vector_near")  # one that was broken off
        cursor.execute("SET maintenance_work_mem = '1GB'")
        try:
            cursor.execute(
                "CREATE INDEX CONCURRENTLY film_vector_near ON inference_filmvector "
                f"USING hnsw ((vector::halfvec({space.dimension})) halfvec_cosine_ops)"
            )
        finally:
            cursor.execute("RESET maintenance_work_mem")
    return True


def text_of(vector: ArrayLike) -> str:
    """As pgvector reads it."""
    return f"[{','.join(f'{value:.6g}' for value in np.asarray(vector).tolist())}]"
