"""One film as people judge it: a row per term, with what is said of it and what the model thinks."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from catalog.models import Film, Label, Term
from catalog.scores import Score, film_scores

NEAREST_TAGS = 4  # tags below their threshold that are worth a look


@dataclass(frozen=True)
class Row:
    """One term of one film. `folded` rows say nothing that needs attention."""

    term: Term
    label: Label | None
    score: Score | None

    @property
    def id(self) -> str:
        return f"{self.term.kind}-{self.term.slug}"

    @property
    def waiting(self) -> bool:
        return self.label is None and self.score is not None and self.score.proposed

    @property
    def state(self) -> str:
        """What the row says in one word: yes, no, unknown, proposed, unlikely or silent."""
        if self.label is not None:
            return self.label.value
        if self.score is None:
            return "silent"
        return "proposed" if self.score.proposed else "unlikely"

    @property
    def locked(self) -> bool:
        return self.label is not None and self.label.locked

    @property
    def by_person(self) -> bool:
        return self.label is not None and self.label.source == Label.Source.PERSON

    @property
    def folded(self) -> bool:
        if self.by_person:
            return False
        return self.state in ("no", "unlikely", "silent")

    @property
    def rank(self) -> tuple[int, float, str]:
        """What waits first, then what holds, then the rest, each by score."""
        place = 0 if self.waiting else 1 if self.state == "yes" else 2 if not self.folded else 3
        return (place, -(self.score.score if self.score else -1.0), self.term.slug)

    @property
    def given(self) -> int | None:
        """How many labels of the film went into the score; None where none would."""
        return self.score.given if self.score else None

    @property
    def face(self) -> str:
        """What the page shows of the row, as a word: a row with another face than it had has to be drawn anew."""
        return f"{self.id}:{self.state}:{self.score.score:.3f}" if self.score else f"{self.id}:{self.state}"


@dataclass(frozen=True)
class Sheet:
    """All rows of one kind of term: those to look at, and the folded rest."""

    kind: str
    open: list[Row]
    folded: list[Row]

    @property
    def waiting(self) -> int:
        return sum(row.waiting for row in self.open)

    @property
    def given(self) -> int | None:
        """How many labels of the film went into these scores; None where none would."""
        return max((row.given for row in self.open + self.folded if row.given is not None), default=None)

    @property
    def faces(self) -> list[str]:
        """Of the rows to look at, where a decision on one of them may change the others."""
        return [] if self.given is None else [row.face for row in self.open]

    def moved(self, faces: Collection[str]) -> list[Row]:
        """Rows that a page with these faces shows otherwise than they are now."""
        shown = _ids(faces)
        return [row for row in self.open if row.given is not None and row.id in shown and row.face not in faces]

    def added(self, faces: Collection[str]) -> list[Row]:
        """Rows to look at that a page with these faces does not show yet, because they said nothing then."""
        shown = {row_id for row_id in _ids(faces) if row_id.startswith(f"{self.kind}-")}
        if not shown:  # the page was drawn before this champion's time
            return []
        return [row for row in self.open if row.given is not None and row.id not in shown and not row.folded]


def _ids(faces: Iterable[str]) -> set[str]:
    return {face.partition(":")[0] for face in faces}


def film_rows(film: Film, terms: Iterable[Term]) -> list[Row]:
    """A row for each of these terms, in the order in which people look at them.

    Three queries, and two more for a champion whose scores follow what is said of the film.
    """
    labels = {label.term_id: label for label in film.labels.select_related("decided_by")}
    scores = film_scores([film.pk]).get(film.pk, {})
    rows = [Row(term, labels.get(term.pk), scores.get(term.pk)) for term in terms]
    return sorted(rows, key=lambda row: row.rank)


def film_row(film: Film, term: Term) -> Row:
    return film_rows(film, [term])[0]


def film_sheets(film: Film, *, unfold: str = "", faces: Collection[str] = ()) -> list[Sheet]:
    """Genres, then tags, then scene genres where there is footage.

    `unfold` names a kind whose rows are all to be open; rows of these `faces` stay open.
    """
    rows, keep = film_rows(film, Term.objects.filter(active=True)), _ids(faces)
    kinds = [Term.Kind.GENRE, Term.Kind.TAG, *([Term.Kind.SCENE] if film.clips.exists() else [])]
    return [_sheet(kind, [row for row in rows if row.term.kind == kind], unfold == kind, keep) for kind in kinds]


def _sheet(kind: str, rows: list[Row], unfold: bool, keep: set[str]) -> Sheet:
    opened: list[Row] = []
    folded: list[Row] = []
    for row in rows:
        (opened if unfold or row.id in keep or not row.folded else folded).append(row)
    if kind == Term.Kind.TAG and not (unfold or keep):
        near = [row for row in folded if row.score is not None and row.label is None][:NEAREST_TAGS]
        return Sheet(kind, opened + near, [row for row in folded if row not in near])
    return Sheet(kind, opened, folded)
