"""The predict job: what it predicts, what it tells, and when the clock starts one."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from catalog import jobs
from catalog.models import Film, FilmTerm, Job, Term
from catalog.progress import Silent
from inference.models import Prediction
from inference.predict import predict_stale, stale
from inference.tasks import predict_if_stale_task, predict_task
from tests.factories import make_film
from tests.inference.toy_versions import make_version
from training import registry
from training.models import ModelVersion

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "send", lambda job: None)
    monkeypatch.setattr(Job, "claim", _claim_here)


def _claim_here(job: Job) -> bool:
    """As the real one; the heartbeat's own thread does not see this test's transaction and need not."""
    Job.objects.filter(pk=job.pk).update(state="running", attempts=job.attempts + 1, heartbeat_at=timezone.now())
    job.refresh_from_db()
    return True


def run_job(**params: Any) -> Job:
    job = Job.objects.create(task="inference.predict", queue="gpu", params=params)
    predict_task(job.pk)
    job.refresh_from_db()
    return job


def test_a_job_predicts_by_every_champion(champion: ModelVersion, tmp_path: Path) -> None:
    tags = make_version(tmp_path, champion=True, task="tags")
    challenger = make_version(tmp_path)
    Job.objects.all().delete()
    for _ in range(3):
        make_film()
    job = run_job()
    assert job.state == "done" and job.done == job.total == 3
    assert job.result == {"genres-1": {"films": 3, "plot": 3}, "tags-1": {"films": 3, "plot": 3}}
    assert not stale(champion).exists() and not stale(tags).exists()
    assert not Prediction.objects.filter(version=challenger).exists()


def test_the_result_counts_all_attempts(champion: ModelVersion) -> None:
    films = [make_film() for _ in range(5)]
    job = Job.objects.create(task="inference.predict", queue="gpu")
    predict_stale(champion, films=Film.objects.filter(pk__in=[films[0].pk, films[1].pk]), progress=Silent())
    predict_task(job.pk)
    job.refresh_from_db()
    assert job.result["genres-1"]["films"] == 5


def test_named_films_and_everything_anew(champion: ModelVersion) -> None:
    films = [make_film() for _ in range(3)]
    run_job()
    assert run_job().result["genres-1"]["films"] == 0
    assert run_job(films=[films[1].key], everything=False).result["genres-1"]["films"] == 1
    assert run_job(films=[], everything=True).result["genres-1"]["films"] == 3


def test_one_champion_that_is_damaged_does_not_stop_the_other(champion: ModelVersion, tmp_path: Path) -> None:
    tags = make_version(tmp_path, champion=True, task="tags")
    make_film()
    (champion.folder / "toy.json").unlink()
    job = run_job()
    assert job.state == "failed"
    assert [failure.item for failure in job.failures.all()] == ["genres-1"]
    assert not stale(tags).exists() and stale(champion).exists()


def test_a_promotion_shows_what_was_predicted_before(
    champion: ModelVersion, challenger: ModelVersion, horror: Term
) -> None:
    film = make_film(plot="A horror film.")
    predict_stale(challenger, progress=Silent())
    assert not FilmTerm.objects.exists()
    registry.promote(challenger, user=None)
    promoted = Job.objects.latest("pk")
    predict_task(promoted.pk)
    assert [(row.film, row.term) for row in FilmTerm.objects.all()] == [(film, horror)]


def test_the_clock_starts_one_job_when_something_is_stale(champion: ModelVersion) -> None:
    Job.objects.all().delete()
    assert predict_if_stale_task() is None
    make_film()
    started = predict_if_stale_task()
    assert started is not None and predict_if_stale_task() is None
    predict_task(started)
    assert predict_if_stale_task() is None
    make_film()
    assert predict_if_stale_task() is not None


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_the_clock_rests_after_a_failure_or_a_cancel(state: str, champion: ModelVersion) -> None:
    make_film()
    Job.objects.all().delete()
    job = Job.objects.create(task="inference.predict", state=state)
    assert predict_if_stale_task() is None
    Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(hours=2))
    assert predict_if_stale_task() is not None


def test_without_a_champion_there_is_nothing_to_do(db: None) -> None:
    make_film()
    assert predict_if_stale_task() is None
    assert run_job().result == {}


def test_the_clock_knows_its_tasks_and_lets_no_message_pile_up(settings: Any) -> None:
    from genresite.celery import app

    app.loader.import_default_modules()
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["task"] in app.tasks
        assert entry["options"]["expires"] <= entry["schedule"]
