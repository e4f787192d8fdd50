"""One click that takes back any change set: labels alone, or two terms that became one with all that moved."""

from catalog import changesets, jobs, putting_back
from catalog.changesets import CannotUndo, Undone
from catalog.models import ChangeSet, Job, User
from catalog.progress import Progress
from catalog.refreshing import AT_ONCE, refresh_films
from catalog.thesaurus import merging
from catalog.thesaurus.work import follow_up

TASK = "catalog.undo_changes"


def undo(changes: ChangeSet, *, user: User, partly: bool = False, refresh: bool = True) -> Undone:
    """As `catalog.putting_back.undo`; of a merge the terms come back, too. Raises CannotUndo."""
    merge = merging.merge_of(changes)
    if merge is not None:
        undone = merging.undo(merge, user=user, partly=partly, refresh=refresh)
        follow_up(merge.term, user=user)
        return undone
    return putting_back.undo(changes, user=user, partly=partly, refresh=refresh)


def is_large(changes: ChangeSet) -> bool:
    """Whether an undo would take longer than somebody waits for a page."""
    return changes.decisions.order_by()[: AT_ONCE + 1].count() > AT_ONCE


def undo_or_start(changes: ChangeSet, *, user: User, partly: bool = False) -> Undone | Job:
    """Undo it now, or as a job where that takes long. Raises CannotUndo."""
    if not is_large(changes):
        return undo(changes, user=user, partly=partly)
    if ChangeSet.objects.filter(undoes=changes).exists():
        raise CannotUndo(changesets.UNDONE_BEFORE)
    return jobs.start(TASK, {"change_set": changes.pk, "partly": partly}, user=user)


def run(changes: ChangeSet, user: User, partly: bool, progress: Progress) -> dict[str, int]:
    """The labels in one transaction, then search film by film; where a worker was killed in between, only the rest.

    Raises:
        CannotUndo: somebody else was faster, or labels were changed since.
    """
    undoing = ChangeSet.objects.filter(undoes=changes, user=user).first()
    if undoing is None:
        undoing = undo(changes, user=user, partly=partly, refresh=False).change_set
    films = list(undoing.decisions.order_by("film_id").values_list("film_id", flat=True).distinct())
    refresh_films(films, progress)
    return {"films": len(films), "labels": undoing.decisions.count(), "change_set": undoing.pk}
