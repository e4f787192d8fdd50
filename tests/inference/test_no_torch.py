"""The web process, the clock and commands with nothing to do never load torch: it costs seconds and 400 MB."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from catalog.models import Film, Term
from catalog.progress import Silent
from inference.predict import predict_stale
from tests.chain_versions import make_chain_version, predict_by
from tests.factories import import_label, make_film
from tests.inference import killing
from training.models import ModelVersion

HEAVY = "{name for name in ('torch', 'transformers', 'sklearn', 'scipy') if name in sys.modules}"
WEB = """
import django, pkgutil, importlib, sys
django.setup()
import genresite.wsgi, genresite.urls, genresite.celery
genresite.celery.app.loader.import_default_modules()
def walk(patterns):
    for pattern in patterns:
        walk(pattern.url_patterns) if hasattr(pattern, "url_patterns") else pattern.callback
walk(genresite.urls.urlpatterns)
FOR_WORKERS = ("captioner", "eyes", "heatmaps", "relevance", "server")
for package in ("catalog", "genresite", "inference"):
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, package + "."):
        if not set(module.name.split(".")) & {"migrations", "sample", *FOR_WORKERS}:
            importlib.import_module(module.name)
for module in ("training.views", "training.api", "training.data", "training.registry"):
    if importlib.util.find_spec(module):
        importlib.import_module(module)
"""
NOTHING_STALE = """
import django, sys
django.setup()
from django.core.management import call_command
call_command("predict")
from inference.tasks import predict_if_stale_task
assert predict_if_stale_task() is None
"""
FILM_PAGE = """
import django, sys
django.setup()
from django.test import Client, override_settings
storage = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
with override_settings(STORAGES=storage):
    page = Client(headers={"host": "localhost"}).get("/films/tt0013442/").content.decode()
print("Scores given 1 label of this film" in page)
"""


def loaded(code: str, **environment: str) -> str:
    """What the code prints, then the heavy libraries that it has loaded."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"{code}\nprint({HEAVY})"],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "genresite.settings"} | environment,
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert not done.returncode, done.stderr
    return done.stdout


def test_pages_api_tasks_and_commands_load_no_torch() -> None:
    assert loaded(WEB).endswith("set()\n")


@pytest.mark.django_db(transaction=True)
def test_nothing_stale_loads_no_torch(champion: ModelVersion) -> None:
    make_film()
    predict_stale(champion, progress=Silent())
    said = loaded(NOTHING_STALE, DATABASE_URL=killing.database_url(), MODELS_DIR=str(settings.MODELS_DIR))
    assert said == "genres-1: 0 stale, nothing to predict.\nset()\n"


@pytest.mark.django_db(transaction=True)
def test_a_page_whose_scores_follow_labels_loads_no_torch(film: Film, horror: Term, tmp_path: Path) -> None:
    predict_by(make_chain_version(tmp_path), film)
    import_label(film, horror)
    said = loaded(FILM_PAGE, DATABASE_URL=killing.database_url(), MODELS_DIR=str(settings.MODELS_DIR))
    assert said == "True\nset()\n"
