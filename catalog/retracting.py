"""Taking back everything that one person has said, or what they have said since a moment: after an account was misused.

Each label goes back to what stood before the person's last words on it; what others have said since stays. It is one
change set, so that it can be undone with one click itself.
"""

from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog import jobs, search
from catalog.changesets import CannotUndo, Undone, continued
from catalog.models import ChangeSet, Job, User
from catalog.notes import person_note
from catalog.progress import Progress
from catalog.putting_back import Said, Standing, by_person, hold, put_back, standing
from catalog.refreshing import refresh_films

TASK = "catalog.retract"
AT_ONCE = 300  # films that somebody waits for; more are done by a job
EVER = datetime(1970, 1, 1, tzinfo=UTC)


def outlook(person: User, since: datetime = EVER) -> Standing:
    """What would go back now, and what others have changed since. One query."""
    return standing(by_person(person, since))


def retract(person: User, since: datetime = EVER, *, user: User) -> Undone | Job:
    """Take it back now, or as a job where it is about many films.

    Raises:
        CannotUndo: nothing of it stands.
    """
    found = outlook(person, since)
    if not found.labels:
        raise CannotUndo(_("Nothing of what %(name)s said then still stands.") % {"name": person.username})
    with transaction.atomic():
        changes = ChangeSet.objects.create(kind=ChangeSet.Kind.UNDO, user=user, note=person_note(person, since))
        if len(found.films) > AT_ONCE:
            params = {"change_set": changes.pk, "person": person.pk, "since": since.isoformat()}
            return jobs.start(TASK, params, user=user)
        found = _put_back(changes, by_person(person, since))
        search.refresh(found.films)
    return Undone(changes, found.films, found.changed)


def run(params: dict[str, Any], progress: Progress) -> dict[str, int]:
    """The labels in one transaction, then search film by film; where a worker was killed in between, only the rest.

    Raises:
        CannotUndo: the change set was itself undone meanwhile.
    """
    changes = ChangeSet.objects.get(pk=params["change_set"])
    if not changes.decisions.exists():
        _put_back(changes, by_person(User.objects.get(pk=params["person"]), datetime.fromisoformat(params["since"])))
    films = list(changes.decisions.order_by("film_id").values_list("film_id", flat=True).distinct())
    refresh_films(films, progress)
    return {"films": len(films), "labels": changes.decisions.count(), "change_set": changes.pk}


def _put_back(changes: ChangeSet, said: Said) -> Standing:
    with continued(changes):
        found = hold(said)
        put_back(said, found)
    return found
