"""Where two people who judged a film without knowing of each other differ, and settling it.

The second answer is no label: until somebody settles a difference, the first one's label stands.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog import labelling
from catalog.models import ChangeSet, Film, Label, SecondAnswer, User
from catalog.rows import Row
from catalog.scores import film_scores

SETTLING = timedelta(seconds=30)  # at most between a change set and the settlement that it belongs to, made together


class SettledBefore(Exception):
    """Somebody else has settled this difference meanwhile; `answer` says how."""

    def __init__(self, answer: SecondAnswer) -> None:
        super().__init__(_("Somebody else has settled this meanwhile."))
        self.answer = answer


def finished() -> QuerySet[SecondAnswer]:
    """The answers of second reviews that have come to their end, on films that the site shows."""
    return SecondAnswer.objects.filter(review__finished_at__isnull=False, review__film__published=True)


def differing() -> QuerySet[SecondAnswer]:
    return finished().exclude(first=F("second"))


def unsettled() -> QuerySet[SecondAnswer]:
    return differing().filter(settled="", term__active=True)


@dataclass(frozen=True)
class Difference:
    """One term of a film on which two people differ, beside the label and the score of this moment."""

    answer: SecondAnswer
    row: Row

    @property
    def id(self) -> str:
        return f"difference-{self.answer.pk}"

    @property
    def first_by(self) -> User:
        return self.answer.review.first_by

    @property
    def second_by(self) -> User:
        second = self.answer.review.second_by
        assert second is not None, "a finished review has a second person (checked by the database)"
        return second


@dataclass
class Disputed:
    """One film with its differences."""

    film: Film
    differences: list[Difference] = field(default_factory=list)

    @property
    def left(self) -> int:
        return sum(not difference.answer.settled for difference in self.differences)


def disputed(answers: Iterable[SecondAnswer]) -> list[Disputed]:
    """The films of these answers in their order, with what is said and scored of each now. A handful of queries."""
    answers = list(answers)
    films = list(dict.fromkeys(answer.review.film for answer in answers))
    scores = film_scores([film.pk for film in films])
    labels = {
        (label.film_id, label.term_id): label
        for label in Label.objects.filter(
            film__in=films, term__in={answer.term_id for answer in answers}
        ).select_related("decided_by")
    }
    found = {film.pk: Disputed(film) for film in films}
    for answer in answers:
        film_id, term_id = answer.review.film_id, answer.term_id
        row = Row(answer.term, labels.get((film_id, term_id)), scores.get(film_id, {}).get(term_id))
        found[film_id].differences.append(Difference(answer, row))
    return list(found.values())


def with_people(answers: QuerySet[SecondAnswer]) -> QuerySet[SecondAnswer]:
    """Film by film, those that have waited longest first."""
    people = ("review__film__poster", "review__first_by", "review__second_by", "settled_by", "term")
    return answers.select_related(*people).order_by("review__finished_at", "review", "term__slug")


def settle(answer: SecondAnswer, value: Label.Value, *, user: User, revision: int) -> ChangeSet:
    """Say which of two answers holds, or a third one; it becomes the label, and `user` the one who decided.

    Raises:
        SettledBefore: somebody was faster.
        Conflict: the film changed since `revision`.
        Locked: the label is locked and says something else.
    """
    with transaction.atomic():
        waiting = SecondAnswer.objects.select_for_update(of=("self",)).select_related("review__film", "term")
        found = waiting.get(pk=answer.pk)
        if found.settled:
            raise SettledBefore(found)
        changes = labelling.decide(found.review.film, found.term, value, user=user, revision=revision)
        found.settled, found.settled_by, found.settled_at = value, user, timezone.now()
        found.save(update_fields=["settled", "settled_by", "settled_at"])
    return changes


def reopen(answer: SecondAnswer, *, user: User) -> None:
    """Take a settlement back, and the label with it. Nothing happens where it is open already.

    Raises:
        CannotUndo: somebody has decided anew since.
    """
    with transaction.atomic():
        found = SecondAnswer.objects.select_for_update(of=("self",)).select_related("review").get(pk=answer.pk)
        if not found.settled:
            return
        changes = _changes_of(found)
        if changes is not None:
            labelling.undo(changes, user=user)
        found.settled, found.settled_by, found.settled_at = "", None, None
        found.save(update_fields=["settled", "settled_by", "settled_at"])


def _changes_of(answer: SecondAnswer) -> ChangeSet | None:
    """The change set that the settlement made; None where the label said so already, by the same person."""
    settled_at = answer.settled_at
    assert settled_at is not None, "a settlement has its moment (checked by the database)"
    made = ChangeSet.objects.filter(
        user=answer.settled_by,
        kind=ChangeSet.Kind.DECIDE,
        decisions__film=answer.review.film_id,
        decisions__term=answer.term_id,
        created_at__range=(settled_at - SETTLING, settled_at),
    )
    return made.order_by("-pk").first()
