"""A worker that is killed loses no film and predicts none twice, and the job ends without anybody's help."""

from pathlib import Path

import pytest
from django.conf import settings

from catalog import jobs
from catalog.models import Film, FilmTerm, Job
from inference.models import Prediction
from inference.predict import stale
from tests.factories import make_term
from tests.inference import killing
from tests.inference.toy_versions import make_version

FILMS, KILLS = 200, 3


@pytest.mark.worker
@pytest.mark.timeout(240)
@pytest.mark.django_db(transaction=True)
def test_every_film_is_predicted_exactly_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "send", lambda job: None)  # the clock finds jobs that nobody was told of
    make_term("horror")
    Film.objects.bulk_create(
        Film(key=f"film-{n}", title=f"Film {n}", plot=f"{'A horror film' if n % 3 else 'A film'} {n}.")
        for n in range(FILMS)
    )
    version = make_version(tmp_path, champion=True, image="none")
    job = Job.objects.get(task="inference.predict")  # the promotion's own
    other = jobs.start("inference.predict", {}, user=None, queue="gpu")
    with killing.logged_predictions(), killing.broker() as broker:
        environment = {
            "DATABASE_URL": killing.database_url(),
            "BROKER_URL": broker,
            "GENRESITE_DATA": str(tmp_path),
            "MODELS_DIR": str(settings.MODELS_DIR),
        }
        with killing.Worker("tests.inference.worker", environment, tmp_path / "worker.log") as worker:
            killed = killing.kill_while_running(worker, KILLS, seconds=200)
        log = (tmp_path / "worker.log").read_text()[-3000:]

        assert killed == KILLS, log
        job.refresh_from_db()
        other.refresh_from_db()
        assert (job.state, other.state) == ("done", "done"), log
        assert job.attempts + other.attempts > KILLS
        assert killing.writes() == [1] * FILMS
    assert not stale(version).exists()
    assert job.result == {"genres-1": {"films": FILMS, "plot": FILMS}}
    assert FilmTerm.objects.filter(origin="model").count() == FILMS * 2 // 3
    assert Prediction.objects.count() == FILMS
