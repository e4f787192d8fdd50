"""Stored vectors: encoded once, found again quickly, failures told."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Film
from catalog.models.film import poster_path
from catalog.progress import Silent
from tests.factories import make_film
from training import vectors
from training.data import film_text, load_inputs
from training.encoders.base import Encoded
from training.models import Embedding

pytestmark = pytest.mark.django_db


class Counting:
    """An encoder of texts or paths that counts what it is given; a text's vector is its length."""

    def __init__(self, name: str = "counting 1", dimension: int = 4) -> None:
        self.name, self.dimension = name, dimension
        self.seen: list[Any] = []

    def stream(self, items: Sequence[Any]) -> Iterator[Encoded]:
        for start in range(0, len(items), 3):
            rows = list(range(start, min(start + 3, len(items))))
            gone = [row for row in rows if isinstance(items[row], Path) and not items[row].exists()]
            failures = dict.fromkeys(gone, "It is damaged.")
            readable = [row for row in rows if row not in failures]
            self.seen += [items[row] for row in rows]
            made = np.array([[len(str(items[row])), row, 0.1, -1e-9] for row in readable], np.float32)
            yield Encoded(readable, made.reshape(-1, 4), failures)


def encode(text: Counting | None, image: Counting | None = None) -> Silent:
    progress = Silent()
    vectors.encode_missing(Film.objects.all(), text=text, image=image, progress=progress)  # type: ignore[arg-type]
    return progress


def with_poster(film: Film, sha256: str, *, file: bool = True) -> None:
    Film.objects.filter(pk=film.pk).update(poster_sha256=sha256)
    if file:
        path = Path(settings.MEDIA_ROOT) / poster_path(sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"picture")


def test_each_plot_is_encoded_once(db: None) -> None:
    films = [make_film() for _ in range(7)]
    make_film(plot="")
    encoder = Counting()
    encode(encoder)
    assert sorted(encoder.seen) == sorted(film_text(film) for film in films)
    encode(encoder)
    assert len(encoder.seen) == Embedding.objects.count() == 7

    Film.objects.filter(pk=films[0].pk).update(plot="Another plot.")
    encode(encoder)
    assert encoder.seen[7:] == [f"{films[0].title}. Another plot."]
    encode(Counting("another 1"))
    assert Embedding.objects.count() == 8 + 7


def test_two_films_with_one_poster_need_one_vector() -> None:
    for film in (make_film(), make_film()):
        with_poster(film, "a" * 64)
    encoder = Counting()
    encode(None, encoder)
    assert len(encoder.seen) == 1
    assert [path.is_file() for path in encoder.seen] == [True]


def test_a_poster_that_cannot_be_read_is_told_and_leaves_the_plot() -> None:
    film = make_film(key="odd")
    with_poster(film, "b" * 64, file=False)
    text, image = Counting("text 1"), Counting("image 1")
    progress = encode(text, image)
    assert progress.failures == [("odd", "It is damaged.")]
    inputs = load_inputs([film.pk], text, image)  # type: ignore[arg-type]
    assert inputs.has_text.tolist() == [True] and inputs.has_image.tolist() == [False]
    assert inputs.image_vectors.shape == (1, 4)


def test_vectors_come_back_exactly_and_in_order() -> None:
    random = np.random.default_rng(0)
    made = random.normal(size=(700, 384)).astype(np.float32)
    hashes = [f"{row:032x}" for row in range(700)]
    vectors.store("enc 1", hashes, made)
    order = random.permutation(700)
    found, there = vectors.load("enc 1", [hashes[i] for i in order])
    np.testing.assert_array_equal(found, made[order])
    assert there.all()

    found, there = vectors.load("enc 1", [hashes[5], "f" * 32, hashes[5]])
    assert there.tolist() == [True, False, True]
    np.testing.assert_array_equal(found, [made[5], np.zeros(384), made[5]])
    assert Embedding.objects.get(input_hash=hashes[3]).vector == pytest.approx(made[3].tolist())


def test_the_first_vector_stays() -> None:
    vectors.store("enc 1", ["a", "b"], np.array([[1, 2], [3, 4]], np.float32))
    vectors.store("enc 1", ["b", "c"], np.array([[9, 9], [5, 6]], np.float32))
    found, _ = vectors.load("enc 1", ["a", "b", "c"])
    assert found.tolist() == [[1, 2], [3, 4], [5, 6]]


def test_nothing_stored_and_nothing_asked() -> None:
    found, there = vectors.load("enc 1", ["a"])
    assert found.shape == (1, 0) and not there.any()
    assert vectors.load("enc 1", [])[0].shape == (0, 0)
    assert vectors.load_for(Counting(), ["a"])[0].shape == (1, 4)  # type: ignore[arg-type]
    assert vectors.load_for(None, ["a"])[0].shape == (1, 0)


def test_eighteen_thousand_vectors_in_two_seconds() -> None:
    made = np.random.default_rng(0).normal(size=(18_000, 384)).astype(np.float32)
    hashes = [f"{row:032x}" for row in range(18_000)]
    for start in range(0, 18_000, 2048):
        vectors.store("enc 1", hashes[start : start + 2048], made[start : start + 2048])
    start_time = time.process_time()
    with CaptureQueriesContext(connection):
        found, there = vectors.load("enc 1", hashes)
    assert there.all() and (found == made).all()
    assert time.process_time() - start_time < 2


def test_inputs_are_in_the_order_asked_for() -> None:
    films = [make_film(year=1990 + i, language="ko" if i % 2 else "en") for i in range(5)]
    make_film()
    Film.objects.filter(pk=films[2].pk).update(plot="", plot_ko="")
    Film.objects.filter(pk=films[3].pk).update(plot="", plot_ko="줄거리.")
    encoder = Counting()
    encode(encoder)
    ids = [film.pk for film in reversed(films)]
    inputs = load_inputs(ids, encoder, None)  # type: ignore[arg-type]
    assert inputs.years == [1994, 1993, 1992, 1991, 1990]
    assert inputs.languages == ["en", "ko", "en", "ko", "en"]
    assert inputs.texts[1] == f"{films[3].title}. 줄거리." and inputs.texts[2] == ""
    assert inputs.has_text.tolist() == [True, True, False, True, True]
    assert [v[0] for v in inputs.text_vectors] == [len(text) for text in inputs.texts]
    assert inputs.image_vectors.shape == (5, 0) and not inputs.has_image.any()
    assert load_inputs(ids, None, None).has_text.tolist() == inputs.has_text.tolist()
    with pytest.raises(KeyError):
        load_inputs([0], None, None)
