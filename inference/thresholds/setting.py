"""Setting a champion's threshold by hand, and going back to the one that training found.

The folder of a version stays as it was sealed. The row that points to it carries the thresholds that everything goes
by, so they change in one place: pages, the desk, the API and exports see them at once, search as soon as a job has
gone through the films.
"""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from catalog import jobs, refreshing
from catalog.models import Job, User
from training.models import Cut, ModelVersion

PICK = "inference.pick"


class NotSet(Exception):
    """The threshold stays as it is; the message says why."""


def set_threshold(version: ModelVersion, slug: str, value: float, *, user: User, reason: str) -> Cut:
    """From now on the champion proposes the term from this score on. `version` is brought up to date.

    Raises:
        NotSet: it is not a champion, the threshold is no share or the same as before, or there is no reason.
    """
    if not reason.strip():
        raise NotSet(_("Say why: the reason is kept in the log."))
    if not 0 <= value <= 1:  # false for what is not a number as well
        raise NotSet(_("A threshold is a number from 0 to 1."))
    with transaction.atomic():
        # Who stores predictions holds this row too, so that search is refreshed with one threshold or the other.
        now = ModelVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
        change = _changed(now, slug, value, user, reason.strip())
        _tell_others(user)
    version.refresh_from_db(fields=["thresholds", "revision"])
    return change


def _changed(now: ModelVersion, slug: str, value: float, user: User, reason: str) -> Cut:
    place = now.terms.index(slug)
    cuts = list(now.thresholds)
    before, cuts[place] = cuts[place], value
    if not now.champion:
        raise NotSet(_("Only a champion's thresholds can be set: nobody relies on those of other versions."))
    if before == value:
        raise NotSet(_("That is the threshold already."))
    ModelVersion.objects.filter(pk=now.pk).update(thresholds=cuts, revision=F("revision") + 1)
    return Cut.objects.create(version=now, term=slug, before=before, after=value, reason=reason[:300], by=user)


def _tell_others(user: User) -> None:
    """Search goes through all films, since each one's doubt hangs on the threshold too; then the desk picks anew."""
    refreshing.start(user)
    if not Job.objects.filter(task=PICK, state=Job.State.QUEUED).exists():
        jobs.start(PICK, {}, user=None, queue="gpu")


def take_back(version: ModelVersion, slug: str, *, user: User, reason: str = "") -> Cut:
    """To the threshold that training found. Raises NotSet."""
    fitted = version.fitted_thresholds()[version.terms.index(slug)]
    return set_threshold(version, slug, fitted, user=user, reason=reason.strip() or _("back to the fitted threshold"))
