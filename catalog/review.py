"""Which film a person looks at next."""

from catalog.models import Film, Review


def next_film(film: Film) -> Film | None:
    """The most uncertain film that waits, or, while this one still waits, the one after it. None if no other does.

    Two queries at most.
    """
    waiting = Review.objects.filter(waiting__gt=0, film__published=True).exclude(film=film).select_related("film")
    waiting = waiting.order_by("-doubt", "-film")
    here = getattr(film, "review", None)
    following = None
    if here and here.waiting:
        tied = waiting.filter(doubt=here.doubt, film_id__lt=film.pk).first()
        following = tied or waiting.filter(doubt__lt=here.doubt).first()
    found = following or waiting.first()
    return found.film if found else None
