"""The Celery application.

Queues: `cpu` for imports and exports, `gpu` for encoding, predicting, training, `interactive` for what pages wait for.
"""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_embedded_init, worker_process_init

from genresite.parent import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genresite.settings")

app = Celery("genresite")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
@beat_embedded_init.connect
def _end_with_worker(**_: Any) -> None:
    """No process of a worker goes on without it, even after kill -9: its job would run twice."""
    end_with_parent()
