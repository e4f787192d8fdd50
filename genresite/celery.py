"""The Celery application. Queues: `cpu` for imports and exports, `gpu` for encoding, predicting, training."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genresite.settings")

app = Celery("genresite")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
