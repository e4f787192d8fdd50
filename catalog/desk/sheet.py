"""A film as the desk shows it: the rows that ask for an answer, each with its key, and what accepting would say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from catalog.desk import keys
from catalog.desk.answers import Answer
from catalog.models import Film, Label, Term, TermExample
from catalog.rows import Row, film_sheets

MOST_TAGS = len(keys.FIGURES)
YES, NO, UNKNOWN = Label.Value.YES, Label.Value.NO, Label.Value.UNKNOWN


@dataclass(frozen=True)
class Ask:
    """One row of the desk. `key` is "" where none is left for it; `examples` belong to the term's guideline."""

    row: Row
    key: str = ""
    examples: list[TermExample] = field(default_factory=list)
    second: Label.Value | None = None
    """what this person has answered as a second opinion"""

    @property
    def id(self) -> str:
        return self.row.id

    @property
    def term(self) -> Term:
        return self.row.term

    @property
    def state(self) -> str:
        return self.second or self.row.state

    @property
    def waiting(self) -> bool:
        return self.second is None and self.row.waiting

    @property
    def suggested(self) -> Label.Value | None:
        """What accepting says of it: yes where the model proposes the term and nothing is said, no of other genres."""
        if self.second or self.row.label is not None or self.row.score is None:
            return None
        if self.row.score.proposed:
            return YES
        return NO if self.term.kind == Term.Kind.GENRE else None

    @property
    def turned(self) -> Label.Value:
        """What its key says: that it does not hold where it seems to, that it does otherwise."""
        return NO if self.state in ("yes", "proposed") else YES

    @property
    def answer(self) -> str:
        return Answer(self.term, self.turned).text

    @property
    def near(self) -> bool:
        """Worth more room than a name: it holds, waits, was decided by a person, or is a tag."""
        return self.term.kind != Term.Kind.GENRE or not self.row.folded

    @property
    def said(self) -> str:
        """Its state in a word or two; the score says how sure the model is."""
        words = {
            "yes": _("yes"), "no": _("no"), "unknown": _("cannot tell"), "proposed": _("suggested"),
            "silent": _("no score"), "unlikely": _("less likely"),
        }  # fmt: skip
        return words[self.state]


@dataclass(frozen=True)
class DeskSheet:
    """All that is asked of one film, in the order in which it stands on the page."""

    first: list[Ask]
    rest: list[Ask]
    tags: list[Ask]
    more_tags: int

    @property
    def rows(self) -> list[Ask]:
        return [*self.first, *self.tags, *self.rest]

    @property
    def accepting(self) -> list[Answer]:
        """What "accept all" says."""
        return [Answer(ask.term, ask.suggested) for ask in self.rows if ask.suggested]

    @property
    def yes(self) -> int:
        return sum(one.value == YES for one in self.accepting)

    @property
    def no(self) -> int:
        return sum(one.value == NO for one in self.accepting)


def desk_sheet(
    film: Film,
    own_keys: Mapping[str, str],
    *,
    about: Term | None = None,
    second: Mapping[int, Label.Value] | None = None,
) -> DeskSheet:
    """`own_keys` are by action (keys.keys_of); the term that the film is shown `about` is among the first.

    With `second` answers (by term id) people's labels are left out, and scores that follow labels with them.
    """
    genres: list[Row] = []
    tags: list[Row] = []
    hidden = 0
    for sheet in film_sheets(film):
        if sheet.kind == Term.Kind.GENRE:
            genres = [*sheet.open, *sheet.folded]
        else:
            tags += sheet.open
            hidden += len(sheet.folded)
    if second is not None:  # which tags are likely would tell what is said of them
        genres, tags, hidden = sorted(map(_blind, genres), key=lambda row: row.rank), [], 0
    shown = _with_about(tags, about)
    examples = _examples([*genres, *shown])
    asks = _asks(genres, own_keys, second or {}, examples)
    first = [ask for ask in asks if ask.near or ask.term == about]
    rest = sorted((ask for ask in asks if ask not in first), key=lambda ask: ask.term.name)
    figures = {row.id: figure for row, figure in zip(shown, keys.FIGURES, strict=False)}
    tag_asks = [replace(ask, key=figures.get(ask.id, "")) for ask in _asks(shown, {}, second or {}, examples)]
    return DeskSheet(first, rest, tag_asks, hidden + len(tags) - len(shown))


def _blind(row: Row) -> Row:
    """As the row would be had nobody judged the film. A score that follows labels would give them away."""
    label = row.label if row.label and not row.by_person else None
    score = row.score if row.score and not row.score.given else None
    return Row(row.term, label, score)


def _with_about(tags: list[Row], about: Term | None) -> list[Row]:
    """As many tags as have a figure, and in any case all that wait and the one that the film is shown for."""
    first = [row for row in tags if row.waiting]
    more = [row for row in tags if not row.waiting][: max(0, MOST_TAGS - len(first))]
    asked = [row for row in tags if row.term == about and row not in first + more]
    return [*first, *more, *asked]


def _examples(rows: Iterable[Row]) -> dict[int, list[TermExample]]:
    """Term id → the films that show what its guideline means."""
    found: dict[int, list[TermExample]] = {}
    for example in TermExample.objects.filter(term__in=[row.term.pk for row in rows]).select_related("film"):
        if example.film.published:
            found.setdefault(example.term_id, []).append(example)
    return found


def _asks(
    rows: Iterable[Row],
    own_keys: Mapping[str, str],
    second: Mapping[int, Label.Value],
    examples: Mapping[int, list[TermExample]],
) -> list[Ask]:
    return [
        Ask(row, own_keys.get(keys.name_of(row.term), ""), examples.get(row.term.pk, []), second.get(row.term.pk))
        for row in rows
    ]
