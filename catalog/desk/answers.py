"""What a curator answers at the desk: any number of terms of one film, saved together as one change set."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from catalog import search
from catalog.changesets import change_set, hold_terms
from catalog.labelling import Conflict, Locked, claim_revision, said_by
from catalog.models import ChangeSet, Decision, Film, Label, Term, User
from catalog.scores import film_scores


class BadAnswer(Exception):
    """What was sent is no answer; the message says why."""


@dataclass(frozen=True)
class Answer:
    """Yes, no or unknown of one term."""

    term: Term
    value: Label.Value

    @property
    def text(self) -> str:
        """As forms send it: genre/horror:no."""
        return f"{self.term.kind}/{self.term.slug}:{self.value}"


@dataclass(frozen=True)
class Saved:
    """`changes` is None where there was nothing to say; locked terms were left as they are."""

    changes: ChangeSet | None
    locked: list[Term]
    decisions: int


def read(texts: Sequence[str]) -> list[Answer]:
    """Answers from what a form sent, each as genre/horror:no. One query.

    Raises:
        BadAnswer: a text is no answer, names no active term, or two are about the same term.
    """
    parts = [(*text.partition(":")[0].partition("/")[::2], text.rpartition(":")[2]) for text in texts]
    if any(value not in Label.Value.values for _kind, _slug, value in parts):
        raise BadAnswer(_("The answer is yes, no or unknown."))
    slugs = {slug for _kind, slug, _value in parts}
    terms = {(term.kind, term.slug): term for term in Term.objects.filter(active=True, slug__in=slugs)}
    if any((kind, slug) not in terms for kind, slug, _value in parts):
        raise BadAnswer(_("There is no such genre or tag."))
    if len({(kind, slug) for kind, slug, _value in parts}) < len(parts):
        raise BadAnswer(_("Two answers are about the same genre or tag."))
    return [Answer(terms[kind, slug], Label.Value(value)) for kind, slug, value in parts]


def say(film: Film, answers: Sequence[Answer], *, user: User, revision: int) -> Saved:
    """Save the answers as one change set; what is locked and says otherwise is left alone.

    An answer that comes again, because the browser never heard that it was saved, is not saved again.

    Raises:
        Conflict: the film changed since `revision`.
        Locked: there is one answer only, and its label is locked.
    """
    if not answers:
        return Saved(None, [], 0)
    try:
        with change_set(ChangeSet.Kind.DECIDE, user) as changes:
            active = hold_terms([one.term.pk for one in answers])
            answers = [one for one in answers if one.term.pk in active]
            claim_revision(film, revision)
            locks = _locks(film, answers)
            locked = [one.term for one in answers if locks.get(one.term.pk, one.value) != one.value]
            if len(answers) == len(locked) == 1:
                raise Locked(_("%(term)s is locked. Unlock it first.") % {"term": answers[0].term.name})
            _write(film, [one for one in answers if one.term not in locked], locks, user)
            search.refresh([film.pk])
    except Conflict:
        return _saved_before(film, answers, user, revision)
    return Saved(changes, locked, changes.decisions.count())


def _locks(film: Film, answers: Iterable[Answer]) -> dict[int, str]:
    """Term id → what its locked label says."""
    locked = Label.objects.filter(film=film, locked=True, term__in=[one.term for one in answers])
    return dict(locked.values_list("term_id", "value"))


def _write(film: Film, answers: Iterable[Answer], locks: dict[int, str], user: User) -> None:
    shown = film_scores([film.pk]).get(film.pk, {})
    labels = [
        Label(
            film=film,
            term=one.term,
            **said_by(user, one.value, locked=one.term.pk in locks, shown=shown.get(one.term.pk)),
        )
        for one in answers
    ]
    columns = [*said_by(user, Label.Value.YES, locked=False, shown=None), "changed_at"]
    Label.objects.bulk_create(labels, update_conflicts=True, unique_fields=["film", "term"], update_fields=columns)


def _saved_before(film: Film, answers: Sequence[Answer], user: User, revision: int) -> Saved:
    """The change set that saved these very answers at this very revision. Raises Conflict where none did."""
    said = dict(Label.objects.filter(film=film, decided_by=user).values_list("term_id", "value"))
    newest = Decision.objects.filter(film=film).order_by("-pk").select_related("change_set").first()
    same = all(said.get(one.term.pk) == one.value for one in answers)
    if film.revision != revision + 1 or not same or newest is None or newest.change_set.user_id != user.pk:
        raise Conflict(film)
    return Saved(newest.change_set, [], 0)
