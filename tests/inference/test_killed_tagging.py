"""kill -9 in the middle of tagging: what was stored stays, and hardly anything is asked again."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from catalog.models import Term
from inference.models import Caption, Tagging
from inference.tags.tagging import STORED_AT_ONCE
from tests.factories import make_film, make_term
from tests.inference.frames import make_frames
from tests.inference.killing import ROOT, database_url
from tests.inference.test_tagger_server import Model, model, said

__all__ = ["model"]
FRAMES, CONCURRENCY = 60, 2


def command(model: Model, settings: Any) -> "subprocess.Popen[bytes]":
    environment = {
        "DATABASE_URL": database_url(),
        "GENRESITE_DATA": str(settings.DATA_DIR),
        "TAGGER_URL": model.url,
        "TAGGER_MODEL": "smol",
        "TAGGER_CONCURRENCY": str(CONCURRENCY),
    }
    script = (
        "import django, sys; django.setup(); from django.conf import settings; settings.MEDIA_ROOT = sys.argv[1]\n"
        "from django.core.management import call_command; call_command('generate_tags', '--tagger', 'server')"
    )
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", script, str(settings.MEDIA_ROOT)],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "genresite.settings", **environment},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def wait_for_captions(count: int, seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while Caption.objects.count() < count and time.monotonic() < until:
        time.sleep(0.02)
    assert Caption.objects.count() >= count


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(240)
def test_a_killed_command_repeats_a_batch_at_most(model: Model, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"
    make_term("rain", Term.Kind.TAG, active=True)
    make_frames(make_film(), FRAMES)
    model.replies, model.delay = [said("Rain.")], 0.05
    running = command(model, settings)
    wait_for_captions(STORED_AT_ONCE)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    stored = Caption.objects.count()
    found = Tagging.objects.get()
    assert STORED_AT_ONCE <= stored < FRAMES and found.counts == {"rain": stored} and found.frames == stored
    ended = command(model, settings)
    _out, errors = ended.communicate(timeout=120)
    assert ended.returncode == 0, errors.decode()
    found.refresh_from_db()
    assert (found.frames, found.counts, Caption.objects.count()) == (FRAMES, {"rain": FRAMES}, FRAMES)
    assert len(model.asked) <= FRAMES + STORED_AT_ONCE + CONCURRENCY, "only what was not stored yet is asked again"
    connection.close()
