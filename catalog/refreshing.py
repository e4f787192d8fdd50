"""Bringing search up to date after a change of many films, batch by batch."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from catalog import jobs, search
from catalog.models import Film, Job, User
from catalog.progress import Progress

TASK = "catalog.refresh_search"
AT_ONCE = 1000  # films or labels that somebody waits for; more are done by a job
BATCH = 500


def refresh_films(film_ids: Sequence[int], progress: Progress) -> None:
    """Search sees these films as they are now. Repeating it changes nothing. Raises Cancelled."""
    progress.start(len(film_ids), "films", _("Bringing search up to date"))
    for start in range(0, len(film_ids), BATCH):
        batch = film_ids[start : start + BATCH]
        search.refresh(batch)
        progress.advance(len(batch))


def refresh_all(progress: Progress) -> int:
    """The same for every film: another vocabulary may change what each of them is found by. How many there are."""
    ids = list(Film.objects.order_by("pk").values_list("pk", flat=True))
    refresh_films(ids, progress)
    return len(ids)


def start(user: User | None) -> Job:
    """Begin `refresh_all` as a job; one that waits already is enough: it does not begin before the caller's
    transaction has ended."""
    with transaction.atomic():
        waiting = Job.objects.waiting().filter(task=TASK).select_for_update().first()
        return waiting or jobs.start(TASK, {}, user=user)
