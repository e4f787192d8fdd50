"""Bringing what search by meaning knows up to date: words at once, vectors when nobody else is making them.

What is to be read is a table that triggers fill (UnreadFilm), so that nothing is lost and nothing is looked for.
Vectors are those of `Embedding`: what predicting has encoded is not encoded again, nor the other way round.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from catalog.models import Film, Job
from catalog.progress import NotNow, Progress, Silent
from inference.meaning import floor, spaces
from inference.meaning.texts import folded
from inference.models import FilmText, FilmVector, Lexeme, TextSpace, UnreadFilm
from training import encoders, vectors
from training.films import FilmInputs, read_films
from training.models import Embedding

if TYPE_CHECKING:
    from training.encoders.text import TextEncoder

logger = logging.getLogger(__name__)

TASK = "inference.read_films"
LOCK = 0x6D65616E  # one at a time reads
BATCH = 256
GROWTH = 1.2  # by which the films have multiplied before words are counted and the floor is measured anew
BUSY = ("inference.predict", "catalog.import_films")

_STORE_WORDS = """
INSERT INTO inference_filmtext (film_id, words)
SELECT film.id, strip(to_tsvector('english', film.words)) || strip(to_tsvector('simple', film.pairs))
FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS film (id, words, pairs)
JOIN catalog_film ON catalog_film.id = film.id
ON CONFLICT (film_id) DO UPDATE SET words = EXCLUDED.words
"""
_STORE_VECTORS = """
INSERT INTO inference_filmvector (film_id, vector)
SELECT film.id, film.vector::halfvec FROM unnest(%s::bigint[], %s::text[]) AS film (id, vector)
JOIN catalog_film ON catalog_film.id = film.id
ON CONFLICT (film_id) DO UPDATE SET vector = EXCLUDED.vector
"""
_COUNT_WORDS = """
DELETE FROM inference_lexeme;
INSERT INTO inference_lexeme (lexeme, films)
SELECT word, ndoc FROM ts_stat('SELECT words FROM inference_filmtext')
UNION ALL SELECT '', count(*) FROM inference_filmtext;
ANALYZE inference_filmtext; ANALYZE inference_filmvector; ANALYZE inference_lexeme;
"""


def waiting(most: int) -> int:
    """How many films are to be read, counted up to `most`."""
    return UnreadFilm.objects.all()[:most].count()


def busy() -> bool:
    """Whether somebody imports or predicts: the same plots are then being encoded, or about to be."""
    return Job.objects.filter(task__in=BUSY).active().exists()


def read(progress: Progress | None = None) -> int:
    """Read what is to be read; how many films that was. Without the encoder films are found by their words alone.

    Raises NotNow where somebody else is at it, and where vectors are still to come that others are making: then the
    words are stored and the films wait for their vectors.
    """
    progress = progress or Silent()
    with _alone():
        encoder = _encoder(progress)
        progress.start(waiting(10**9), "films", _("Reading plots for search"))
        done, postponed = 0, 0
        for batch in _batches():
            films = read_films(Film.objects.filter(pk__in={film_id for _pk, film_id in batch}))
            whole = encoder is None or _encoded(films, encoder)
            _store([pk for pk, _film_id in batch], films, encoder, whole)
            done, postponed = done + len(films), postponed + (0 if whole else len(films))
            progress.advance(len(batch))
        _measure(encoder)
    if postponed:
        raise NotNow(_("Somebody else encodes the same plots."))
    return done


def _batches() -> Iterator[list[tuple[int, int]]]:
    last = 0
    while batch := list(UnreadFilm.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "film_id")[:BATCH]):
        yield batch
        last = batch[-1][0]


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise NotNow(_("Somebody else reads the plots for search."))
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _encoder(progress: Progress) -> "TextEncoder | None":
    """The site's, with the space of its vectors made; None where it cannot be had."""
    try:
        encoder = encoders.text_encoder(settings.TEXT_ENCODER)
    except encoders.EncoderUnavailable as error:
        progress.fail(settings.TEXT_ENCODER, str(error))
        TextSpace.objects.all().delete()  # once it is back everything is read anew
        return None
    space = spaces.current()
    if space is None or space.encoder != encoder.name:
        _begin(encoder)
    return encoder


def _begin(encoder: "TextEncoder") -> None:
    """Another encoder: nothing that the one before made can be compared with what it makes."""
    with transaction.atomic(), connection.cursor() as cursor:
        TextSpace.objects.all().delete()
        TextSpace.objects.create(
            encoder=encoder.name, dimension=encoder.dimension, korean=floor.reads_korean(encoder.encode)
        )
        cursor.execute("DROP INDEX IF EXISTS film_vector_near")
        FilmVector.objects.all().delete()
        cursor.execute("DELETE FROM inference_unreadfilm")
        cursor.execute("INSERT INTO inference_unreadfilm (film_id) SELECT id FROM catalog_film ORDER BY id")


def _encoded(films: Sequence[FilmInputs], encoder: "TextEncoder") -> bool:
    """Have a vector for every plot; False where some are missing and somebody else is about to make them.

    In no transaction, so that nobody waits for it.
    """
    hashes = {film.text_hash for film in films if film.text}
    there = Embedding.objects.filter(encoder=encoder.name, input_hash__in=hashes).count()
    if there == len(hashes):
        return True
    if busy():
        return False
    these = Film.objects.filter(pk__in=[film.pk for film in films])
    vectors.encode_missing(these, text=encoder, image=None, progress=Silent())
    return True


def _store(rows: Sequence[int], films: Sequence[FilmInputs], encoder: "TextEncoder | None", whole: bool) -> None:
    """Words, vectors and that they are read, together or not at all. A film that is edited meanwhile waits again."""
    with transaction.atomic():
        _store_words([film.pk for film in films])
        if encoder is not None:
            _store_vectors(films, encoder.name)
        if whole:
            UnreadFilm.objects.filter(pk__in=rows).delete()


def _store_words(ids: Sequence[int]) -> None:
    names = ("pk", "title", "title_original", "title_ko", "plot", "plot_ko")
    rows = list(Film.objects.filter(pk__in=ids).values_list(*names))
    texts = [folded(" ".join(_different(row[1:]))) for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE_WORDS, [[row[0] for row in rows], [text.words for text in texts], [text.pairs for text in texts]]
        )


def _different(parts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(part for part in parts if part))


def _store_vectors(films: Sequence[FilmInputs], encoder: str) -> None:
    found, there = vectors.load(encoder, [film.text_hash for film in films])
    have = [(film.pk, vector) for film, vector, is_there in zip(films, found, there, strict=True) if is_there]
    with connection.cursor() as cursor:
        cursor.execute(_STORE_VECTORS, [[pk for pk, _v in have], [spaces.text_of(vector) for _pk, vector in have]])
    gone = {film.pk for film in films} - {pk for pk, _vector in have}
    FilmVector.objects.filter(film_id__in=gone).delete()


def _measure(encoder: "TextEncoder | None") -> None:
    """Count the words and measure the floor, where the films have become many more since."""
    films, counted = FilmText.objects.count(), Lexeme.objects.filter(lexeme="").first()
    if counted is None or films > GROWTH * counted.films:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT_WORDS)
    space = spaces.current()
    if encoder is None or space is None:
        return
    made = spaces.make_index(space)
    films = FilmVector.objects.count()
    if made or films > GROWTH * space.films:
        space.films, space.floor = films, floor.measure(space, encoder.encode)
        space.save()
