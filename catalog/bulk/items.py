"""Many decisions in one go: one change set, and an answer for each item."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from catalog.bulk.writing import Cell, write
from catalog.changesets import change_set, hold_terms
from catalog.models import ChangeSet, Film, Label, Term, User

SAVED, CONFLICT, LOCKED, NO_FILM, NO_TERM = "saved", "conflict", "locked", "unknown film", "unknown term"


@dataclass(frozen=True)
class Item:
    """One answer: of which film (its key) and term, and at which revision of the film it was given."""

    film: str
    kind: str
    term: str
    value: str
    revision: int


@dataclass
class Result:
    """What became of an item. `revision` is the film's now; `decision` the row of the log, if anything changed."""

    item: Item
    status: str
    film: Film | None = None
    term: Term | None = None
    locked: bool = False
    revision: int | None = None
    decision: int | None = None


class _NothingSaved(Exception):
    """Takes the change set back: the log holds only what happened."""


@dataclass
class _Known:
    """What the items speak of, read in three queries. The films stay locked until the transaction ends."""

    films: dict[str, Film] = field(default_factory=dict)
    terms: dict[tuple[str, str], Term] = field(default_factory=dict)
    locks: dict[tuple[int, int], str] = field(default_factory=dict)  # (film, term) → the locked value

    @classmethod
    def read(cls, items: Sequence[Item], user: User) -> "_Known":
        keys, slugs = {item.film for item in items}, {item.term for item in items}
        hold_terms(Term.objects.filter(slug__in=slugs).values_list("pk", flat=True))
        # In the order of ids, so that two such calls never wait for each other.
        films = Film.objects.visible_to(user).filter(key__in=keys).order_by("pk").select_for_update(of=["self"])
        known = cls({film.key: film for film in films})
        known.terms = {(term.kind, term.slug): term for term in Term.objects.filter(active=True, slug__in=slugs)}
        labels = Label.objects.filter(film__in=known.films.values(), locked=True)
        known.locks = {(label.film_id, label.term_id): label.value for label in labels}
        return known

    def judge(self, item: Item) -> Result:
        film, term = self.films.get(item.film), self.terms.get((item.kind, item.term))
        if film is None:
            return Result(item, NO_FILM)
        if term is None:
            return Result(item, NO_TERM, film, revision=film.revision)
        locked = self.locks.get((film.pk, term.pk))
        status = CONFLICT if item.revision != film.revision else SAVED
        if status == SAVED and locked not in (None, item.value):
            status = LOCKED
        return Result(item, status, film, term, locked is not None, film.revision)


def decide_many(items: Sequence[Item], *, user: User) -> tuple[ChangeSet | None, list[Result]]:
    """Decide every item that can be decided, all in one change set; None where none could.

    Items on one film count as one change of it. A dozen queries, however many items.

    Raises:
        ValueError: two items about the same film and term.
    """
    if len({(item.film, item.kind, item.term) for item in items}) < len(items):
        raise ValueError("Two items are about the same film and term.")
    results: list[Result] = []
    try:
        with change_set(ChangeSet.Kind.BULK, user) as changes:
            known = _Known.read(items, user)
            results = [known.judge(item) for item in items]
            saved = [result for result in results if result.status == SAVED]
            if not saved:
                raise _NothingSaved
            _write(saved, user)
            _tell(results, changes)
    except _NothingSaved:
        return None, results
    return changes, results


def _write(saved: Sequence[Result], user: User) -> None:
    cells = [
        Cell(result.film.pk, result.term.pk, result.item.value, result.locked)
        for result in saved
        if result.film is not None and result.term is not None
    ]
    write(cells, user)


def _tell(results: Sequence[Result], changes: ChangeSet) -> None:
    """Each saved result's row in the log, and the new revision of every film that changed."""
    logged = {(film, term): pk for pk, film, term in changes.decisions.values_list("pk", "film_id", "term_id")}
    changed = {result.film.pk for result in results if result.film and result.status == SAVED}
    for result in results:
        if result.film is not None and result.film.pk in changed:
            result.revision = result.film.revision + 1
        if result.film is not None and result.term is not None and result.status == SAVED:
            result.decision = logged.get((result.film.pk, result.term.pk))
