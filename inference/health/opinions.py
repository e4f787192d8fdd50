"""How far two people agree who judged the same films without knowing of each other, term by term."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q

from catalog import differences
from catalog.models import Term, User
from training.agreement import FEWEST, Agreement, Answers, agreement, overall

_CELLS = {("yes", "yes"): "both_yes", ("yes", "no"): "yes_no", ("no", "yes"): "no_yes", ("no", "no"): "both_no"}


@dataclass(frozen=True)
class Opinions:
    """One term: agreement where both said yes or no, and what else is known of it."""

    term: Term
    agreement: Agreement
    unsure: int
    """answers in which one of the two, or both, could not tell: they count in no figure"""
    unsettled: int

    @property
    def enough(self) -> bool:
        return self.agreement.answers.number >= FEWEST

    @property
    def doubtful(self) -> bool:
        """Whether people agree so little that the guideline needs a look."""
        kappa = self.agreement.kappa
        return self.enough and kappa is not None and kappa < 0.6


@dataclass(frozen=True)
class Together:
    """All terms of a kind at once."""

    films: int
    agreement: Agreement
    terms: list[Opinions]


def opinions(kind: str) -> Together:
    """Every active term of the kind that was asked twice, the least agreed on first. Three queries."""
    answers = differences.finished().filter(term__kind=kind, term__active=True)
    cells: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    films: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for term_id, review_id, first, second in answers.values_list("term", "review", "first", "second"):
        cell = _CELLS.get((first, second), "unsure")
        cells[term_id][cell] += 1
        films[review_id][cell] += 1
    open_ones = dict(differences.unsettled().values_list("term").annotate(n=Count("pk")).order_by())
    terms = Term.objects.in_bulk(list(cells))
    rows = [
        Opinions(terms[pk], agreement(_answers(found)), found["unsure"], open_ones.get(pk, 0))
        for pk, found in cells.items()
    ]
    return Together(len(films), overall([_answers(found) for found in films.values()]), sorted(rows, key=_least))


def _answers(cells: dict[str, int]) -> Answers:
    return Answers(**{name: cells[name] for name in _CELLS.values()})


def _least(row: Opinions) -> tuple[bool, float, str]:
    """Those with enough answers come first, by their kappa."""
    kappa = row.agreement.kappa
    return (not row.enough or kappa is None, 1.0 if kappa is None else kappa, row.term.slug)


@dataclass(frozen=True)
class Mine:
    """One person's part in blind reviews."""

    answers: int
    agreed: int
    settled: int
    """differences that somebody has settled"""
    settled_my_way: int

    @property
    def share(self) -> float | None:
        return self.agreed / self.answers if self.answers else None


def of_person(user: User) -> Mine:
    """How often somebody agreed with others, both ways round. One query."""
    part = differences.finished().filter(Q(review__first_by=user) | Q(review__second_by=user))
    rows = part.values_list("review__first_by", "first", "second", "settled")
    answers = agreed = settled = my_way = 0
    for first_by, first, second, how in rows:
        answers += 1
        agreed += first == second
        if how and first != second:
            settled += 1
            my_way += how == (first if first_by == user.pk else second)
    return Mine(answers, agreed, settled, my_way)
