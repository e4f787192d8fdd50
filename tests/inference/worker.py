"""The site's Celery application, with the toy architecture, small slow batches and a clock that runs fast."""

import time
from datetime import timedelta
from typing import Any

from celery.signals import celeryd_init, worker_process_init

from genresite.celery import app

__all__ = ["app"]
BATCH, SECONDS_PER_BATCH = 6, 0.1
app.conf.beat_schedule = {"send": {"task": "catalog.send_waiting_jobs", "schedule": 0.5, "options": {"expires": 5.0}}}


@celeryd_init.connect
@worker_process_init.connect
def _hurry(**_: Any) -> None:
    from catalog import jobs
    from catalog.models import job
    from inference import predict
    from tests.training.toy import Toy
    from training import architectures

    architectures.ARCHITECTURES["toy"] = architectures.Architecture("tests.training.toy")
    predict.FIRST_BATCH = predict.LARGEST_BATCH = BATCH
    job.STALLED_AFTER = timedelta(seconds=3)
    jobs.BEAT_SECONDS = 0.5
    jobs.FIRST_HINT = timedelta(seconds=1)
    scores = Toy.scores

    def slowly(toy: Any, inputs: Any) -> Any:
        time.sleep(SECONDS_PER_BATCH)
        return scores(toy, inputs)

    Toy.scores = slowly  # type: ignore[method-assign, assignment]
