"""Notes on a film for whoever sees it next. Flags, which somebody has to deal with, are in catalog/remarks.py."""

from django.db.models import QuerySet

from catalog import remarks
from catalog.models import Film, Remark, User

NOTE_LENGTH = 1000


def notes(film: Film) -> QuerySet[Remark]:
    return Remark.objects.filter(film=film, kind=Remark.Kind.NOTE).select_related("user").order_by("-at")


def write(film: Film, user: User, text: str) -> Remark:
    """Note something; the same again is not noted twice."""
    text = text.strip()[:NOTE_LENGTH]
    return Remark.objects.get_or_create(film=film, user=user, kind=Remark.Kind.NOTE, text=text)[0]


def own_flag(film: Film, user: User) -> Remark | None:
    """The flag that this person has on the film."""
    return remarks.open_flags().filter(film=film, user=user, term=None).first()


def turn_flag(film: Film, user: User, *, on: bool, text: str = "") -> None:
    """Raise one's flag on a film, or take it down."""
    flag = own_flag(film, user)
    if on and flag is None:
        remarks.report(film, user, text=text.strip()[:NOTE_LENGTH])
    elif not on and flag is not None:
        remarks.resolve(flag, user)
