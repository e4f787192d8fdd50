"""Second opinions: one finished film in twenty is judged again by somebody else, who is not shown the first answers.

The second answers are no labels. Where the two differ the first one's stands until somebody settles it; how far they
agree says how well a genre is understood.
"""

import random
from collections.abc import Iterable

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from catalog.desk.answers import Answer
from catalog.desk.claims import held_by_others
from catalog.desk.visits import resting_for_one
from catalog.models import Film, Label, SecondAnswer, SecondReview, User


def maybe_ask(film: Film, user: User) -> SecondReview | None:
    """After somebody has judged a film: by chance, have somebody else judge it again, if there is somebody else."""
    if random.random() >= settings.SECOND_REVIEWS:
        return None
    others = User.objects.filter(role__in=[User.Role.CURATOR, User.Role.ADMIN], is_active=True).exclude(pk=user.pk)
    if not others.exists() or not _first_answers(film, user).exists():
        return None
    try:
        with transaction.atomic():
            return SecondReview.objects.create(film=film, first_by=user)
    except IntegrityError:  # one is open already
        return None


def waiting_for(user: User) -> QuerySet[Film]:
    """Films that this person may judge a second time, those asked for first coming first."""
    asked = Q(second_reviews__finished_at=None, second_reviews__isnull=False)
    free = Q(second_reviews__second_by=None) | Q(second_reviews__second_by=user)
    films = Film.objects.published().filter(asked & free & ~Q(second_reviews__first_by=user))
    return films.exclude(held_by_others(user)).exclude(resting_for_one(user)).order_by("second_reviews__asked_at")


def begin(film: Film, user: User) -> SecondReview | None:
    """The open second review of this film, now this person's; None where it is somebody else's by now."""
    mine = SecondReview.objects.filter(film=film, finished_at=None).exclude(first_by=user)
    mine.filter(second_by=None).update(second_by=user)
    return mine.filter(second_by=user).first()


def current(film: Film, user: User) -> SecondReview | None:
    """The second review of this film that this person is at."""
    return SecondReview.objects.filter(film=film, finished_at=None, second_by=user).first()


def give_up(review: SecondReview) -> None:
    """Somebody else may do it; what was answered so far is forgotten."""
    review.answers.all().delete()
    SecondReview.objects.filter(pk=review.pk).update(second_by=None)


def answer(review: SecondReview, answers: Iterable[Answer]) -> None:
    """Write down second answers, beside what the first person says of the same terms; others are not compared."""
    first = dict(_first_answers(review.film, review.first_by).values_list("term_id", "value"))
    pairs = [
        SecondAnswer(review=review, term=said.term, first=first[said.term.pk], second=said.value)
        for said in answers
        if said.term.pk in first
    ]
    SecondAnswer.objects.bulk_create(
        pairs, update_conflicts=True, unique_fields=["review", "term"], update_fields=["first", "second"]
    )


def finish(review: SecondReview, answers: Iterable[Answer]) -> None:
    answer(review, answers)
    SecondReview.objects.filter(pk=review.pk).update(finished_at=timezone.now())


def given(review: SecondReview) -> dict[int, Label.Value]:
    """Term id → what the second person has answered so far."""
    return {pk: Label.Value(value) for pk, value in review.answers.values_list("term_id", "second")}


def _first_answers(film: Film, user: User) -> QuerySet[Label]:
    return Label.objects.filter(film=film, source=Label.Source.PERSON, decided_by=user)
