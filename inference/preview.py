"""What would change if a version were promoted: predicted by it before anybody relies on it, and compared.

Its predictions are stored, so that a promotion that follows has nothing left to predict. What people and sources say
stays in any case: only what a film shows because of the champion can change.
"""

import hashlib
import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from catalog.models import Film, Label, Term
from catalog.progress import Progress
from catalog.scores import ScoreTable
from inference.models import Prediction, Preview
from inference.predict import predict_stale, stale
from inference.scores import version_scores
from training import registry
from training.models import Cut, ModelVersion, Task

TASK = "inference.preview"
BLOCK = 2048
SAMPLE = 12  # films shown of those that change
CONTRADICTIONS = 12  # shown of those that contradict a person anew
Flags = NDArray[np.bool_]


def make(version: ModelVersion, progress: Progress) -> Preview:
    """Predict every film by the version, compare with the champion, keep what came out.

    Raises:
        DamagedModel, EncoderUnavailable: the version cannot predict.
        Cancelled: somebody asked for it; predictions that were stored stay.
    """
    predict_stale(version, wait=False, progress=progress)
    champion = registry.champion(Task(version.task))
    against = champion if champion != version else None
    found = _compare(version, against, progress)
    return Preview.objects.update_or_create(version=version, defaults={"against": against, "figures": found})[0]


def is_stale(preview: Preview) -> bool:
    """Whether champion, thresholds or films are others by now. Three queries."""
    champion = registry.champion(Task(preview.version.task))
    if (champion.pk if champion else None) != preview.against_id:
        return True
    both = [preview.version_id, preview.against_id]
    set_since = Cut.objects.filter(version__in=both, at__gt=preview.made_at)
    return set_since.exists() or stale(preview.version).exists()


@dataclass
class _Tally:
    """Counts over all films, term by term; (T,) in the order of the terms."""

    terms: list[Term]
    films: int = 0
    changed: int = 0
    judged: int = 0
    before: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    after: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    gained: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    lost: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    said: dict[str, int] = field(default_factory=dict)
    sample: list[tuple[Any, ...]] = field(default_factory=list)
    against_people: list[tuple[Any, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        size = len(self.terms)
        self.before, self.after, self.gained, self.lost = (np.zeros(size, np.int64) for _ in range(4))
        self.said = dict.fromkeys(
            ("person", "person_before", "person_after", "person_new", "locked", "locked_before", "locked_after",
             "locked_new"), 0
        )  # fmt: skip


def _compare(version: ModelVersion, against: ModelVersion | None, progress: Progress) -> dict[str, Any]:
    slugs = {*version.terms, *(against.terms if against else [])}
    terms = list(Term.objects.filter(kind=Task(version.task).term_kind, active=True, slug__in=slugs).order_by("slug"))
    tally = _Tally(terms)
    scored = Prediction.objects.filter(version=version, film__published=True).order_by("film")
    ids = list(scored.values_list("film", flat=True))
    progress.start(len(ids), "films", _("Comparing with the champion"))
    for begin in range(0, len(ids), BLOCK):
        block = ids[begin : begin + BLOCK]
        _add(tally, version, against, block)
        progress.advance(len(block))
    return _figures(tally)


def _add(tally: _Tally, version: ModelVersion, against: ModelVersion | None, films: list[int]) -> None:
    """One block of films."""
    labels = _Labels.read(films, tally.terms)
    (new, new_shown), (old, old_shown) = _decided(version, films, tally), _decided(against, films, tally)
    before, after = old_shown & ~labels.there, new_shown & ~labels.there
    gained, lost = after & ~before, before & ~after
    changed = (gained | lost).any(1)
    tally.films += len(films)
    tally.changed += int(changed.sum())
    tally.judged += int((new != old).any(1).sum())
    for total, cells in ((tally.before, before), (tally.after, after), (tally.gained, gained), (tally.lost, lost)):
        total += cells.sum(0)
    _keep_some(tally, films, np.flatnonzero(changed), gained, lost)
    _add_contradictions(tally, films, labels, old, new)


def _decided(version: ModelVersion | None, films: Sequence[int], tally: _Tally) -> tuple[Flags, Flags]:
    """(N, T) twice: what the version says of the films alone, and what they would show."""
    nothing = np.zeros((len(films), len(tally.terms)), bool)
    tables = version_scores(version, films) if version else None
    if tables is None:
        return nothing, nothing
    alone, shown = (_spread(table, films, tally.terms) for table in tables)
    return alone, shown


def _spread(table: ScoreTable, films: Sequence[int], terms: Sequence[Term]) -> Flags:
    """A table's proposals in the rows and columns of these films and terms; False where it says nothing."""
    column = {pk: place for place, pk in enumerate(table.term_ids.tolist())}
    known = [place for place, term in enumerate(terms) if term.pk in column]
    spread = np.zeros((len(films), len(terms)), bool)
    rows = np.searchsorted(np.array(films), table.film_ids)
    proposed = table.proposed[:, [column[terms[place].pk] for place in known]]
    spread[np.ix_(rows, np.array(known, np.int64))] = proposed
    return spread


@dataclass(frozen=True, eq=False)
class _Labels:
    """What is said of N films and T terms."""

    there: Flags
    person: Flags
    """a person says yes or no"""
    locked: Flags
    yes: Flags

    @classmethod
    def read(cls, films: Sequence[int], terms: Sequence[Term]) -> "_Labels":
        row = {film_id: place for place, film_id in enumerate(films)}
        column = {term.pk: place for place, term in enumerate(terms)}
        there, person, locked, yes = (np.zeros((len(films), len(terms)), bool) for _ in range(4))
        labels = Label.objects.filter(film__in=films, term__in=terms)
        for film_id, term_id, value, source, lock in labels.values_list("film", "term", "value", "source", "locked"):
            cell = row[film_id], column[term_id]
            there[cell], yes[cell] = True, value == Label.Value.YES
            person[cell] = source == Label.Source.PERSON and value != Label.Value.UNKNOWN
            locked[cell] = lock and value != Label.Value.UNKNOWN
        return cls(there, person, locked, yes)


def _add_contradictions(tally: _Tally, films: Sequence[int], labels: _Labels, old: Flags, new: Flags) -> None:
    """Where a version says otherwise than a person: the person's word stays, but the model did not learn it."""
    for name, where in (("person", labels.person), ("locked", labels.locked)):
        wrong_before, wrong_after = where & (old != labels.yes), where & (new != labels.yes)
        tally.said[name] += int(where.sum())
        tally.said[f"{name}_before"] += int(wrong_before.sum())
        tally.said[f"{name}_after"] += int(wrong_after.sum())
        tally.said[f"{name}_new"] += int((wrong_after & ~wrong_before).sum())
    anew = labels.person & (new != labels.yes) & (old == labels.yes)
    for row, column in zip(*np.nonzero(anew), strict=True):
        said = "yes" if labels.yes[row, column] else "no"
        locked = bool(labels.locked[row, column])
        entry = (locked, _lot(films[row]), films[row], tally.terms[column].slug, said)
        _push(tally.against_people, entry, CONTRADICTIONS)


def _keep_some(tally: _Tally, films: Sequence[int], rows: NDArray[np.int64], gained: Flags, lost: Flags) -> None:
    """A sample of the films that change, the same whenever it is drawn; those with a poster come first."""
    changed = [films[row] for row in rows.tolist()]
    with_poster = set(Film.objects.filter(pk__in=changed).exclude(poster_sha256="").values_list("pk", flat=True))
    for row in rows.tolist():
        names = [[tally.terms[column].slug for column in np.flatnonzero(cells[row])] for cells in (gained, lost)]
        entry = (films[row] in with_poster, _lot(films[row]), films[row], *names)
        _push(tally.sample, entry, SAMPLE)


def _lot(film_id: int) -> str:
    return hashlib.sha256(str(film_id).encode()).hexdigest()


def _push(heap: list[tuple[Any, ...]], entry: tuple[Any, ...], most: int) -> None:
    """Keep the greatest."""
    heapq.heappush(heap, entry)
    if len(heap) > most:
        heapq.heappop(heap)


def _figures(tally: _Tally) -> dict[str, Any]:
    rows = zip(tally.terms, tally.before, tally.after, tally.gained, tally.lost, strict=True)
    return {
        "films": tally.films,
        "changed": tally.changed,
        "judged": tally.judged,  # otherwise by the model, also where people or sources have the last word
        "terms": {
            term.slug: {"before": int(before), "after": int(after), "gained": int(gained), "lost": int(lost)}
            for term, before, after, gained, lost in rows
        },
        "contradictions": tally.said,
        "sample": [
            {"film": film_id, "gained": gained, "lost": lost}
            for _poster, _lot, film_id, gained, lost in sorted(tally.sample, reverse=True)
        ],
        "against_people": [
            {"film": film_id, "term": slug, "said": said, "locked": locked}
            for locked, _lot, film_id, slug, said in sorted(tally.against_people, reverse=True)
        ],
    }
