"""kill -9 of the worker, many times, while it predicts real films: is every film predicted exactly once?

Runs on the site in GENRESITE_DATA (films imported, a champion there, the site itself not running), with the real
worker and real settings; predictions are REMOVED first, so use a site made for measuring:

    GENRESITE_DATA=/tmp/measure python benchmarks/killed_worker.py --kills 10 --forget --json out.json
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=1800, help="give up after this long")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--forget", action="store_true", required=True, help="remove stored predictions")
    parser.add_argument("--vectors-too", action="store_true", help="remove stored vectors as well")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    _set_up()
    figures = _measure(options)
    print(json.dumps(figures, indent=1))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")
    sys.exit(not figures["passed"])


def _set_up() -> None:
    import django

    from genresite import embedded

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genresite.settings")
    embedded.provide(["manage.py", "migrate"])
    django.setup()


def _measure(options: argparse.Namespace) -> dict[str, Any]:
    from django.conf import settings

    from catalog.models import Job
    from inference.models import Prediction
    from tests.inference import killing
    from training.models import Embedding

    Prediction.objects.all().delete()
    if options.vectors_too:
        Embedding.objects.all().delete()
    Job.objects.active().update(state=Job.State.CANCELLED)
    job = Job.objects.create(task="inference.predict", queue="gpu")
    log = Path(tempfile.mkstemp(prefix="genresite-worker-", suffix=".log")[1])
    begun = time.monotonic()
    with killing.logged_predictions(), killing.broker() as broker:
        environment = {
            "BROKER_URL": broker,
            "DATABASE_URL": os.environ["DATABASE_URL"],
            "GENRESITE_DATA": str(settings.DATA_DIR),
        }
        with killing.Worker("genresite.celery", environment, log) as worker:
            killed = killing.kill_while_running(worker, options.kills, seconds=options.seconds, seed=options.seed)
        job.refresh_from_db()
        writes = Counter(killing.writes())
    return _figures(job, killed, writes, time.monotonic() - begun) | {"worker log": str(log)}


def _figures(job: Any, killed: int, writes: Counter[int], seconds: float) -> dict[str, Any]:
    from catalog.models import Film
    from inference.predict import stale
    from training.models import ModelVersion

    champions = list(ModelVersion.objects.filter(champion=True))
    films = Film.objects.count()
    figures: dict[str, Any] = {
        "films": films,
        "champions": [str(version) for version in champions],
        "killed while running": killed,
        "attempts": job.attempts,
        "state": job.state,
        "result": job.result,
        "stored exactly once": writes[1],
        "stored more than once": sum(count for times, count in writes.items() if times > 1),
        "stale": sum(stale(version).count() for version in champions),
        "seconds": round(seconds, 1),
    }
    once = writes[1] == films * len(champions) and not figures["stored more than once"]
    figures["passed"] = once and job.state == "done" and not figures["stale"] and killed >= 1
    return figures


if __name__ == "__main__":
    main()
