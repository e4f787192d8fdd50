"""What people want others to know of a film: flags and notes. Viewers may flag, curators deal with it."""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Film, Remark, Term, User

REPORTS_AN_HOUR = 20  # of a viewer


class TooManyReports(Exception):
    """A viewer's limit for this hour is reached."""


def report(film: Film, user: User, *, term: Term | None = None, text: str = "") -> Remark:
    """Say that something is wrong with a film. The same open report again is not written twice.

    Raises:
        TooManyReports: a viewer has reported REPORTS_AN_HOUR times within the hour.
    """
    with transaction.atomic():
        _one_at_a_time(user)
        same = open_flags().filter(film=film, term=term, user=user, text=text).first()
        if same is not None:
            return same
        recent = Remark.objects.filter(user=user, at__gt=timezone.now() - timedelta(hours=1))
        if not user.may_decide and recent.count() >= REPORTS_AN_HOUR:
            raise TooManyReports(
                _("You have reported %(n)d films within an hour. Go on later.") % {"n": REPORTS_AN_HOUR}
            )
        return Remark.objects.create(film=film, term=term, user=user, kind=Remark.Kind.FLAG, text=text)


def _one_at_a_time(user: User) -> None:
    """Parallel reports of one person are counted one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('remarks'), %s)", [user.pk])


def open_flags() -> QuerySet[Remark]:
    return Remark.objects.filter(kind=Remark.Kind.FLAG, resolved_at=None)


def film_flags(film: Film) -> list[Remark]:
    return list(open_flags().filter(film=film).select_related("film", "term", "user").order_by("-at"))


def resolve(remark: Remark, user: User) -> bool:
    """Deal with a flag; False where somebody has done so before."""
    now = timezone.now()
    return bool(open_flags().filter(pk=remark.pk).update(resolved_by=user, resolved_at=now))
