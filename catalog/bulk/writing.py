"""Writing a person's answers on many films: a fixed number of statements, and never over what a person has said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog import search
from catalog.changesets import count_change, hold_terms
from catalog.labelling import said_by
from catalog.models import Film, Label, User
from catalog.scores import film_scores

Answers = Mapping[int, str]  # term id → value


@dataclass(frozen=True)
class Cell:
    """What a person says of one film's term."""

    film_id: int
    term_id: int
    value: str
    locked: bool = False


def write(cells: Sequence[Cell], user: User) -> None:
    """Labels as this person's, with what the champion shows; films get their next revision and search sees them.

    Inside a change set, with the films locked.
    """
    films = sorted({cell.film_id for cell in cells})
    scores = film_scores(films)
    labels = []
    for cell in cells:
        shown = scores.get(cell.film_id, {}).get(cell.term_id)
        said = said_by(user, Label.Value(cell.value), locked=cell.locked, shown=shown)
        labels.append(Label(film_id=cell.film_id, term_id=cell.term_id, **said))
    columns = [*said_by(user, Label.Value.YES, locked=False, shown=None), "changed_at"]
    Label.objects.bulk_create(
        labels, update_conflicts=True, unique_fields=["film", "term"], update_fields=columns, batch_size=1000
    )
    count_change(films)
    search.refresh(films)


def say(film_ids: Sequence[int], answers: Answers, *, user: User, over_imports: bool) -> list[Cell]:
    """Say this of those films, wherever no person has said anything; what was written.

    over_imports: an import's other word gives way, otherwise films are left alone where anything is said.
    Inside a change set. Terms are held first and films locked then, in the order of their ids.
    """
    active = hold_terms(answers)
    films = Film.objects.visible_to(user).filter(pk__in=film_ids).order_by("pk")
    ids = list(films.select_for_update(of=["self"], no_key=True).values_list("pk", flat=True))
    held = {
        (film, term): (source, value)
        for film, term, source, value in Label.objects.filter(film__in=ids, term__in=active).values_list(
            "film_id", "term_id", "source", "value"
        )
    }
    cells = [
        Cell(film, term, value)
        for film in ids
        for term, value in answers.items()
        if term in active and _is_open(held.get((film, term)), value, over_imports)
    ]
    if cells:
        write(cells, user)
    return cells


def _is_open(held: tuple[str, str] | None, value: str, over_imports: bool) -> bool:
    if held is None:
        return True
    source, says = held
    return over_imports and source == Label.Source.IMPORT and says != value
