"""Predictions: what is stale, what is stored with what, and that nothing is done twice."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog import labelling, search
from catalog.models import Film, FilmTerm, Term, User
from catalog.progress import Cancelled, NotNow, Silent
from inference import predict
from inference.models import Prediction
from inference.predict import Predicted, predict_stale, stale
from tests.factories import make_film
from tests.inference.toy_versions import make_version
from training import registry, vectors
from training.encoders import EncoderUnavailable
from training.models import Embedding, ModelVersion
from training.registry import DamagedModel

pytestmark = pytest.mark.django_db
GivePoster = Callable[..., None]


def run(version: ModelVersion, **options: Any) -> Predicted:
    return predict_stale(version, progress=Silent(), **options)


def keys(films: Any) -> list[str]:
    return sorted(film.key for film in films)


def test_new_films_are_predicted_and_then_not_stale(champion: ModelVersion) -> None:
    films = [make_film(plot=f"A {word} film.") for word in ("comedy", "horror", "sad")]
    assert keys(stale(champion)) == keys(films)
    assert run(champion).films == 3
    assert not stale(champion).exists()
    for film, expected in zip(films, [(0.8, 0.1), (0.1, 0.8), (0.1, 0.1)], strict=True):
        prediction = Prediction.objects.get(film=film)
        assert prediction.scores == pytest.approx(expected, abs=1e-6)
        assert prediction.input_hash == film.input_hash


@pytest.mark.parametrize(
    "change",
    [{"plot": "Another."}, {"title": "Another"}, {"year": 1931}, {"language": "de"}, {"poster_sha256": "ab" * 32}],
)
def test_a_change_of_any_input_makes_a_film_stale(change: dict[str, Any], champion: ModelVersion) -> None:
    film, other = make_film(), make_film()
    run(champion)
    Film.objects.filter(pk=film.pk).update(**change)
    assert keys(stale(champion)) == [film.key]
    run(champion)
    assert not stale(champion).exists()
    assert Prediction.objects.filter(film=other).get().predicted_at < Prediction.objects.get(film=film).predicted_at


def test_what_models_do_not_see_makes_nothing_stale(champion: ModelVersion) -> None:
    film = make_film()
    run(champion)
    Film.objects.filter(pk=film.pk).update(director="Somebody", country="KR", revision=9, published=False)
    assert not stale(champion).exists()


def test_every_version_predicts_for_itself(champion: ModelVersion, challenger: ModelVersion) -> None:
    make_film()
    run(champion)
    assert stale(challenger).count() == 1
    run(challenger)
    assert Prediction.objects.count() == 2


def test_what_there_was_to_see_is_recorded(champion: ModelVersion, give_poster: GivePoster) -> None:
    both, plot, poster, neither = make_film(), make_film(), make_film(plot=""), make_film(plot="")
    for seed, film in enumerate((both, poster)):
        give_poster(film, seed)
    done = run(champion)
    seen = {prediction.film_id: prediction.inputs for prediction in Prediction.objects.all()}
    assert seen == {both.pk: ["plot", "poster"], plot.pk: ["plot"], poster.pk: ["poster"], neither.pk: []}
    assert (done.films, done.plot_and_poster, done.plot_only, done.poster_only, done.neither) == (4, 1, 1, 1, 1)


def test_a_damaged_poster_is_told_and_the_plot_speaks_alone(champion: ModelVersion, give_poster: GivePoster) -> None:
    film = make_film(key="damaged")
    give_poster(film, 5, file=False)
    progress = Silent()
    predict_stale(champion, progress=progress)
    assert [item for item, _ in progress.failures] == ["damaged"]
    assert Prediction.objects.get().inputs == ["plot"]
    assert not stale(champion).exists()


def test_a_film_edited_meanwhile_stays_stale(champion: ModelVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    film, other = make_film(plot="A comedy."), make_film()
    encode = vectors.encode_missing

    def edit_meanwhile(*args: Any, **options: Any) -> None:
        encode(*args, **options)
        Film.objects.filter(pk=film.pk).update(plot="A horror film.")

    with monkeypatch.context() as patch:
        patch.setattr(vectors, "encode_missing", edit_meanwhile)
        assert run(champion).films == 1
    assert keys(stale(champion)) == [film.key]
    assert not Prediction.objects.filter(film=film).exists()
    run(champion)
    assert Prediction.objects.get(film=film).scores[1] > 0.5
    assert Prediction.objects.filter(film=other).count() == 1


def test_a_film_removed_meanwhile_does_no_harm(champion: ModelVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    film, other = make_film(), make_film()
    encode = vectors.encode_missing

    def remove_meanwhile(*args: Any, **options: Any) -> None:
        encode(*args, **options)
        Film.objects.filter(pk=film.pk).delete()

    monkeypatch.setattr(vectors, "encode_missing", remove_meanwhile)
    assert run(champion).films == 1
    assert Prediction.objects.get().film == other


def test_a_stop_between_batches_keeps_what_is_stored(champion: ModelVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(10):
        make_film()
    monkeypatch.setattr(predict, "FIRST_BATCH", 4)
    monkeypatch.setattr(predict, "LARGEST_BATCH", 4)

    class Stop(Silent):
        def advance(self, count: int = 1, message: str | None = None) -> None:
            if Prediction.objects.count() >= 4 and count:
                raise Cancelled

    with pytest.raises(Cancelled):
        predict_stale(champion, progress=Stop())
    first = set(Prediction.objects.values_list("pk", "predicted_at"))
    assert len(first) == 4
    assert run(champion).films == 6
    assert first < set(Prediction.objects.values_list("pk", "predicted_at"))


def test_everything_again_replaces_without_doubling(champion: ModelVersion) -> None:
    for _ in range(5):
        make_film()
    run(champion)
    before = dict(Prediction.objects.values_list("film", "predicted_at"))
    assert run(champion).films == 0
    assert run(champion, everything=True).films == 5
    after = dict(Prediction.objects.values_list("film", "predicted_at"))
    assert all(after[film] > before[film] for film in before) and len(after) == 5
    assert Embedding.objects.count() == 5
    assert run(champion, before=timezone.now() - timedelta(hours=1)).films == 0


def test_only_the_films_that_were_asked_for(champion: ModelVersion) -> None:
    film, _other = make_film(), make_film()
    assert run(champion, films=Film.objects.filter(key=film.key)).films == 1
    assert Prediction.objects.get().film == film


def test_search_sees_the_champion_alone(
    champion: ModelVersion, challenger: ModelVersion, horror: Term, comedy: Term, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = make_film(plot="A horror film.")
    with monkeypatch.context() as patch:
        patch.setattr(search, "refresh", lambda film_ids: pytest.fail("search was refreshed"))
        run(challenger)
    assert not FilmTerm.objects.exists()
    run(champion)
    assert [(row.film, row.term, row.origin) for row in FilmTerm.objects.all()] == [(film, horror, "model")]


def test_predicting_never_touches_what_a_person_said(champion: ModelVersion, horror: Term, curator: User) -> None:
    film = make_film(plot="A horror film.")
    labelling.reject(film, horror, user=curator, revision=1)
    run(champion)
    run(champion, everything=True)
    assert film.labels.get().value == "no" and film.labels.get().source == "person"
    assert not FilmTerm.objects.exists()


def test_a_batch_is_stored_whole_or_not_at_all(champion: ModelVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    make_film()

    def fail(film_ids: Any) -> None:
        raise RuntimeError("killed here")

    with monkeypatch.context() as patch:
        patch.setattr(search, "refresh", fail)
        with pytest.raises(RuntimeError):
            run(champion)
    assert stale(champion).count() == 1


def test_nothing_stale_is_two_queries_at_most_and_loads_no_model(
    champion: ModelVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_film()
    run(champion)
    monkeypatch.setattr(registry, "load", lambda version: pytest.fail("the model was loaded"))
    with CaptureQueriesContext(connection) as queries:
        assert run(champion).films == 0
    assert len(queries) <= 2


def test_queries_do_not_grow_with_the_films_of_a_batch(champion: ModelVersion) -> None:
    counts = []
    for films in (1, 8, 32):
        for _ in range(films):
            make_film(plot="A horror film.")
        with CaptureQueriesContext(connection) as queries:
            assert run(champion).films == films
        counts.append(len(queries))
    assert counts[1] == counts[2]  # the first one loads the model


def test_versions_that_cannot_be_used_say_why(champion: ModelVersion, tmp_path: Path) -> None:
    make_film()
    with pytest.raises(EncoderUnavailable, match="no encoder folder"):
        run(make_version(tmp_path, text="/nowhere/at/all"))
    with pytest.raises(EncoderUnavailable, match="was trained with tiny-bert 000"):
        run(make_version(tmp_path, encoders=["tiny-bert 000000000000-000000", "tiny-vit 1-2"]))
    file = champion.folder / "model.safetensors"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.chmod(0o644)
    file.write_bytes(data)
    with pytest.raises(DamagedModel):
        run(champion)
    assert not Prediction.objects.exists()


def test_a_version_may_do_without_an_encoder(champion: ModelVersion, tmp_path: Path) -> None:
    make_film(plot="A horror film.")
    version = make_version(tmp_path, text="none", image="none")
    run(version)
    assert Prediction.objects.get().scores[1] > 0.5
    assert not Embedding.objects.exists()


@pytest.fixture
def other_connection(champion: ModelVersion) -> Iterator[Any]:
    """Another process's connection to the same database."""
    other = connections.create_connection("default")
    yield other
    other.close()


def test_two_who_predict_by_one_version_take_turns(
    champion: ModelVersion, other_connection: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_film()
    waits: list[float] = []

    sleep, here = time.sleep, threading.get_ident()

    def wait(seconds: float) -> None:
        if threading.get_ident() != here:
            sleep(seconds)  # somebody else's patience
            return
        waits.append(seconds)
        if len(waits) == 3:
            with other_connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [predict.LOCK, champion.pk])

    monkeypatch.setattr("time.sleep", wait)
    with other_connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [predict.LOCK, champion.pk])
    with pytest.raises(NotNow, match="genres-1"):
        run(champion, wait=False)
    assert run(champion).films == 1
    assert len(waits) == 3
