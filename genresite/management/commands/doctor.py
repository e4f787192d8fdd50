"""One line for each part of the site: ok, or what is wrong and what to do next."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from catalog.models import Film, Job
from genresite import checks, embedded
from genresite.celery import app
from genresite.checks import Check
from training.management.figures import write_json
from training.models import ModelVersion, Task

QUEUES = {"cpu", "gpu"}
PATIENCE = 20.0  # seconds for one part; loading an encoder takes a few
START = "Start the site with `make run`, or a worker elsewhere: celery -A genresite.celery worker -Q cpu,gpu."


class Command(BaseCommand):
    help = "Look at every part of the site; exit code 1 when one is not well."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", type=Path, metavar="FILE", help="write the answers to this file too")

    def handle(self, *args: Any, **options: Any) -> None:
        answers = []
        for answer in examine():
            answers.append(answer)
            self.stdout.write(line(answer))
            self.stdout.flush()
        well = all(answer.well for answer in answers)
        write_json(options["json"], {"well": well, "parts": [vars(answer) for answer in answers]})
        if not well:
            raise SystemExit(1)


def line(answer: Check) -> str:
    state = "ok     " if answer.well else "NOT OK "
    return f"{answer.part:<20} {state} {answer.says}" + (f"  ->  {answer.next_step}" if answer.next_step else "")


def examine() -> Iterator[Check]:
    """Every part in the order in which they depend on each other."""
    reachable = _ask("database", database)
    yield reachable
    for part, question, needs_database in PARTS:
        if needs_database and not reachable.well:
            yield Check(part, False, "not known without the database")
        else:
            yield _ask(part, question)


def _ask(part: str, question: Callable[[], Check]) -> Check:
    """No question can hang or end the doctor."""
    try:
        return checks.within(PATIENCE, question)
    except checks.TookTooLong:
        return Check(part, False, f"no answer within {PATIENCE:.0f} seconds")
    except Exception as error:
        return Check(part, False, checks.one_line(error))


def database() -> Check:
    if embedded.failure:
        return Check("database", False, embedded.failure)
    return checks.database()


def pgvector() -> Check:
    with connection.cursor() as cursor:
        cursor.execute("SELECT installed_version FROM pg_available_extensions WHERE name = 'vector'")
        found = cursor.fetchone()
    if found is None:
        return Check("pgvector", False, "not installed", "Install the pgvector extension on the database server.")
    if found[0] is None:
        return Check("pgvector", False, "available, not in use yet", "manage.py migrate")
    return Check("pgvector", True, found[0])


def migrations() -> Check:
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        return Check("migrations", False, f"{missing} not applied", "manage.py migrate")
    return Check("migrations", True, "all applied")


def workers() -> Check:
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, "socket_timeout": 2, "socket_connect_timeout": 2}
    with app.connection(transport_options=options) as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
        answers = app.control.inspect(timeout=1.5, connection=broker).active_queues() or {}
    served = {queue["name"] for queues in answers.values() for queue in queues}
    if not answers:
        return Check("workers", False, "none", START)
    if missing := QUEUES - served:
        return Check("workers", False, f"{len(answers)}, none for the queue {' and '.join(sorted(missing))}", START)
    return Check("workers", True, f"{len(answers)} for the queues {', '.join(sorted(served))}")


def jobs() -> Check:
    waiting, stalled = Job.objects.waiting().count(), Job.objects.stalled().count()
    if stalled:
        return Check("jobs", False, f"{stalled} stalled", "A worker takes them up again by itself; see that one runs.")
    return Check("jobs", True, f"{waiting} waiting")


def text_encoder() -> Check:
    from training.encoders import text_encoder as load

    return _encoder("text encoder", load, settings.TEXT_ENCODER, "TEXT_ENCODER")


def image_encoder() -> Check:
    from training.encoders import image_encoder as load

    return _encoder("image encoder", load, settings.IMAGE_ENCODER, "IMAGE_ENCODER")


def _encoder(part: str, load: Callable[[str], Any], name: str, setting: str) -> Check:
    from training.encoders import EncoderUnavailable

    try:
        encoder = load(name)
    except EncoderUnavailable as error:
        return Check(part, False, str(error), f"Set {setting} to one that is here.")
    return Check(part, True, f"{encoder.name}, {encoder.dimension} numbers")


def films() -> Check:
    from inference.predict import stale

    champions = ModelVersion.objects.filter(champion=True)
    waiting = max((stale(version).count() for version in champions), default=0)
    says = f"{Film.objects.count()} films, {waiting} to be predicted"
    busy = Job.objects.active().filter(task="inference.predict").exists()
    return Check("films", not waiting or busy, says, "manage.py predict" if waiting and not busy else "")


PARTS: list[tuple[str, Callable[[], Check], bool]] = [
    ("pgvector", pgvector, True),
    ("migrations", migrations, True),
    ("broker", checks.broker, False),
    ("workers", workers, False),
    ("jobs", jobs, True),
    ("text encoder", text_encoder, False),
    ("image encoder", image_encoder, False),
    *((f"champion for {task}", lambda task=task: checks.champion(task), True) for task in Task),
    ("films", films, True),
    ("disk", checks.disk, False),
]
