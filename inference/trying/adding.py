"""Making a film of what was tried out."""

from django.db import IntegrityError, connection, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from catalog import jobs
from catalog.models import Film, User
from catalog.pictures import store_poster
from inference import trying
from inference.trying import LONGEST_TITLE, BadTry

FIRST_YEAR, LAST_YEAR = 1870, 2100
SOURCE = "tried"
MOST_OF_A_NAME = 1000  # films of the same title and year


def add(token: str, title: str, year: str, *, user: User) -> Film:
    """A new film with the title, year, plot and poster of a question, which is removed: it is added once.

    Raises:
        BadTry: no title, or a year that is none.
        BadPicture: there is no room for the poster.
        FileNotFoundError: the question is gone, perhaps because it was added a moment ago.
    """
    title = " ".join(title.replace("\0", "").split())
    if not title or len(title) > LONGEST_TITLE:
        raise BadTry(_("Give it a title of at most %(n)d characters.") % {"n": LONGEST_TITLE})
    when = _year(year.strip())
    with transaction.atomic():
        _alone(token)
        asked, poster = trying.question(token), trying.poster(token)
        film = _made(title, when, asked.plot)
        if poster is not None:
            store_poster(film, poster, source="upload")
        jobs.start("inference.predict", {"films": [film.key]}, user=user, queue="gpu")
        trying.scratch.remove(token)
    return film


def _alone(token: str) -> None:
    """Of two clicks on one button, the second waits for the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"try {token}"])


def _year(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR):
        raise BadTry(_("A year is a number like 1927."))
    return int(text)


def _made(title: str, year: int | None, plot: str) -> Film:
    """Under the first free key: the title and the year, with a number where another film has these."""
    name = slugify(f"{title} {year or ''}")[:60] or "film"
    for number in range(1, MOST_OF_A_NAME):
        key = name if number == 1 else f"{name}-{number}"
        if Film.objects.filter(key=key).exists():
            continue
        try:
            with transaction.atomic():
                return Film.objects.create(key=key, title=title, year=year, plot=plot, source=SOURCE)
        except IntegrityError:  # somebody else was faster
            continue
    raise BadTry(_("There are too many films of this name."), 409)
