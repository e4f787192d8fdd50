"""Stored vectors: each input is encoded once per encoder, whoever asks first. Imports no torch."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psycopg
from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef
from numpy.typing import NDArray
from psycopg.adapt import Dumper
from psycopg.pq import Format

from catalog.models import FilmQuerySet
from catalog.models.film import poster_path
from catalog.progress import Progress
from training.films import read_films
from training.models import Embedding

if TYPE_CHECKING:
    from training.encoders.base import Encoder
    from training.encoders.image import ImageEncoder
    from training.encoders.text import TextEncoder

BLOCK = 2048  # films whose texts are held in memory at once
STORED_AT_ONCE = 256

# Found by the hashes' place in the list, so that no string travels back.
_LOAD = """
SELECT wanted.place::int4, e.vector FROM unnest(%s::text[]) WITH ORDINALITY AS wanted(hash, place)
JOIN training_embedding e ON e.encoder = %s AND e.input_hash = wanted.hash
"""
_STORE = "INSERT INTO training_embedding (encoder, input_hash, vector) VALUES {} ON CONFLICT DO NOTHING"


def encode_missing(
    films: FilmQuerySet, *, text: "TextEncoder | None", image: "ImageEncoder | None", progress: Progress
) -> None:
    """Encode plots and posters of these films that this encoder has not seen yet, and store the vectors.

    A poster whose file is missing or damaged is a failure of the progress; the rest goes on.
    """
    if text is not None:
        plots = films.exclude(plot="", plot_ko="")
        _encode_texts(text, _missing(plots, text.name, "text_hash"), films, progress)
    if image is not None:
        posters = films.exclude(poster_sha256="")
        _encode_posters(image, _missing(posters, image.name, "poster_sha256"), progress)


def _missing(films: FilmQuerySet, encoder: str, field: str) -> dict[str, tuple[int, str]]:
    """Input hashes without a vector, each with one film (id, key) that has this input."""
    there = Embedding.objects.filter(encoder=encoder, input_hash=OuterRef(field))
    rows = films.filter(~Exists(there)).order_by("-pk").values_list(field, "pk", "key")
    return {hash_: (pk, key) for hash_, pk, key in rows.iterator()}


def _encode_texts(
    encoder: "TextEncoder", missing: dict[str, tuple[int, str]], films: FilmQuerySet, progress: Progress
) -> None:
    if not missing:
        return
    progress.start(len(missing), "plots", "Reading plots")
    ids = [pk for pk, _ in missing.values()]
    for block in _blocks(ids, BLOCK):
        # A plot that was edited meanwhile is stored under the hash of what is read now.
        rows = [film for film in read_films(films.model.objects.filter(pk__in=block)) if film.text]
        hashes = [film.text_hash for film in rows]
        _encode(encoder, hashes, [film.text for film in rows], hashes, progress)


def _encode_posters(encoder: "ImageEncoder", missing: dict[str, tuple[int, str]], progress: Progress) -> None:
    if not missing:
        return
    progress.start(len(missing), "posters", "Looking at posters")
    hashes = list(missing)
    paths = [Path(settings.MEDIA_ROOT) / poster_path(sha256) for sha256 in hashes]
    _encode(encoder, hashes, paths, [key for _, key in missing.values()], progress)


def _encode(
    encoder: "Encoder[Any]", hashes: Sequence[str], items: Sequence[Any], names: Sequence[str], progress: Progress
) -> None:
    """Encode and store; while some are being stored the next are being encoded."""
    for part in encoder.stream(items):
        store(encoder.name, [hashes[row] for row in part.rows], part.vectors)
        for row, reason in part.failures.items():
            progress.fail(names[row], reason)
        progress.advance(len(part.rows) + len(part.failures))


def _blocks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))


# Vectors in and out of the database ---------------------------------------------------------------------


class _Binary:
    """A vector as PostgreSQL sends and takes it: dimension, two unused bytes, big-endian floats."""

    def __init__(self, vector: NDArray[np.float32]) -> None:
        self.data = len(vector).to_bytes(2) + b"\0\0" + vector.astype(">f4").tobytes()


class _BinaryDumper(Dumper):
    format = Format.BINARY
    oid = 0  # the server knows from the column that it is a vector

    def dump(self, obj: _Binary) -> bytes:
        return obj.data


def _cursor() -> psycopg.Cursor[tuple[Any, ...]]:
    """Of Django's connection and transaction, but with parameters and rows in binary."""
    connection.ensure_connection()
    cursor = psycopg.Cursor(connection.connection)
    cursor.adapters.register_dumper(_Binary, _BinaryDumper)
    return cursor


def store(encoder: str, hashes: Sequence[str], vectors: NDArray[np.float32]) -> None:
    """Keep vectors (N, D); those that somebody else has stored meanwhile are left as they are."""
    # In the order of their hashes: two who store the same at once wait for each other instead of blocking.
    order = sorted(range(len(hashes)), key=lambda row: hashes[row])
    with _cursor() as cursor:
        for rows in _blocks(order, STORED_AT_ONCE):
            values = ", ".join(["(%s, %s, %b::vector)"] * len(rows))
            cells = [cell for row in rows for cell in (encoder, hashes[row], _Binary(vectors[row]))]
            cursor.execute(_STORE.format(values), cells)


def load(encoder: str, hashes: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Stored vectors float32 (N, D) in the order of the hashes, and (N,) which of them there are.

    Rows without a vector are zeros; D is 0 where there is none at all.
    """
    with _cursor() as cursor:
        cursor.execute(_LOAD, [list(hashes), encoder], binary=True)
        found = cursor.fetchall()
    there = np.zeros(len(hashes), bool)
    if not found:
        return np.zeros((len(hashes), 0), np.float32), there
    rows = np.array([place - 1 for place, _ in found])
    stored = np.frombuffer(b"".join(vector[4:] for _, vector in found), ">f4").reshape(len(found), -1)
    vectors = np.zeros((len(hashes), stored.shape[1]), np.float32)
    vectors[rows], there[rows] = stored, True
    return vectors, there


def load_for(encoder: "Encoder[Any] | None", hashes: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """As `load`, but always with the encoder's dimension; (N, 0) and nothing there without an encoder."""
    if encoder is None:
        return np.zeros((len(hashes), 0), np.float32), np.zeros(len(hashes), bool)
    vectors, there = load(encoder.name, hashes)
    return (vectors if there.any() else np.zeros((len(hashes), encoder.dimension), np.float32)), there
