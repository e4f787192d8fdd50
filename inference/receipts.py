"""What a person's decisions have come to: how many went into a new champion, and how many other films it moved.

What is theirs is worked out by training once more: the same recipe on the same labels, but with each of the person's
decisions put back to what held before. Films on which the two models differ are films that the decisions moved. With
cached vectors that takes seconds; where it would take longer than settings.RECEIPT_SECONDS allows, or where labels have
changed since the training, the receipt counts what changed from one champion to the next in the terms that the person
decided about, and says so.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from catalog import jobs
from catalog.models import Film, Job, Label, Term
from catalog.progress import Progress
from inference.models import Prediction, Receipt
from inference.predict import load
from training import data
from training.architectures import architecture
from training.films import read_films
from training.models import ModelVersion, Task
from training.options import RetrainOptions
from training.snapshot import CELLS, NotEnoughLabels, Snapshot

if TYPE_CHECKING:
    from training.inputs import Inputs
    from training.registry import Scorer

TASK = "inference.receipts"
WITHOUT, COUNTED = "without", "counted"  # how a receipt was worked out
BLOCK = 2048
Flags = NDArray[np.bool_]

# What each label was when the time began and what was said last within it, and by whom.
_SAID = """
SELECT DISTINCT ON (d.film_id, d.term_id) d.film_id, d.term_id, c.user_id, d.after, d.after_source,
    first_value(d.before) OVER (PARTITION BY d.film_id, d.term_id ORDER BY d.id)
FROM catalog_decision d JOIN catalog_changeset c ON c.id = d.change_set_id
WHERE c.created_at > %s AND c.created_at <= %s AND d.term_id = ANY(%s)
ORDER BY d.film_id, d.term_id, d.id DESC
"""


@dataclass
class Part:
    """One person's part in a version: (film id, slug) → what held before they decided, "" for nothing."""

    user_id: int
    cells: dict[tuple[int, str], str] = field(default_factory=dict)

    @property
    def films(self) -> NDArray[np.int64]:
        return np.array(sorted({film for film, _slug in self.cells}), np.int64)

    @property
    def terms(self) -> set[str]:
        return {slug for _film, slug in self.cells}


@dataclass
class Moved:
    """Films that a person's decisions moved, as they are counted block by block."""

    part: Part
    decides: Callable[["Block"], Flags]
    """(N, T) of a block: what another model would decide."""
    how: str
    columns: Flags
    """(T,) terms that count"""
    films: int = 0
    gained: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    lost: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    def count(self, block: "Block") -> None:
        theirs = self.decides(block)
        others = block.open & self.columns & ~np.isin(block.film_ids, self.part.films)[:, None]
        gained, lost = block.decided & ~theirs & others, ~block.decided & theirs & others
        self.films += int((gained | lost).any(1).sum())
        self.gained, self.lost = _plus(self.gained, gained.sum(0)), _plus(self.lost, lost.sum(0))


def _plus(total: NDArray[np.int64], more: NDArray[np.int64]) -> NDArray[np.int64]:
    return more if not len(total) else total + more


@dataclass(frozen=True, eq=False)
class Block:
    """N films with what the version decides of its T terms, and where nothing is said, so that its word is shown."""

    film_ids: NDArray[np.int64]
    decided: Flags
    """(N, T)"""
    open: Flags
    """(N, T)"""
    inputs: "Callable[[], Inputs]"


def start(version: ModelVersion) -> Job | None:
    """A job that makes the receipts of a version that was just promoted; None where nobody has a part in it."""
    if Receipt.objects.filter(version=version).exists() or not parts(version):
        return None
    return jobs.start(TASK, {"version": version.name}, user=None, queue="gpu")


def parts(version: ModelVersion) -> list[Part]:
    """Who decided what between the training of the champion before it and its own; who decided most comes first.

    Only what the version could learn from counts: its own terms. What was decided anew by somebody else is theirs.
    """
    since, until = _trained_at(replaced_by(version)), _trained_at(version)
    if until is None or version.task == Task.SCENES:  # scene genres are learned from footage, film by film
        return []
    slugs = dict(Term.objects.filter(kind=Task(version.task).term_kind).values_list("pk", "slug"))
    known = [pk for pk, slug in slugs.items() if slug in set(version.terms)]
    with connection.cursor() as cursor:
        cursor.execute(_SAID, [since or "-infinity", until, known])
        rows = cursor.fetchall()
    found: dict[int, Part] = {}
    for film_id, term_id, user_id, _after, source, before in rows:
        if user_id is not None and source == Label.Source.PERSON:
            part = found.setdefault(user_id, Part(user_id))
            part.cells[film_id, slugs[term_id]] = before
    return sorted(found.values(), key=lambda part: (-len(part.cells), part.user_id))


def replaced_by(version: ModelVersion) -> ModelVersion | None:
    """The champion before it, when it was promoted first."""
    promotion = version.promotions.filter(rollback=False).order_by("pk").select_related("replaced").first()
    return promotion.replaced if promotion else None


def _trained_at(version: ModelVersion | None) -> datetime | None:
    """When its labels were read; None for none, and for a version that was not trained here."""
    return version.run.started_at if version is not None and version.run is not None else None


def make(version: ModelVersion, progress: Progress) -> list[Receipt]:
    """Work out and keep the receipts of everybody who has a part in the version; those that are there stay.

    Raises:
        DamagedModel, EncoderUnavailable: the version, or what it reads, cannot be used any more.
        Cancelled: somebody asked for it; nothing was kept.
    """
    had = set(Receipt.objects.filter(version=version).values_list("user", flat=True))
    mine = [part for part in parts(version) if part.user_id not in had]
    counting = _counting(version, mine, progress)
    if counting:
        _count(version, counting, progress)
    receipts = [_receipt(version, moved) for moved in counting]
    return Receipt.objects.bulk_create(receipts, ignore_conflicts=True)


def _counting(version: ModelVersion, mine: Sequence[Part], progress: Progress) -> list[Moved]:
    """How the films of each are to be counted: by another model where there is time for it."""
    snapshot, before = _same_labels(version), replaced_by(version)
    seconds = max(0.1, float(version.config.get("seconds", {}).get("train", 0)))
    most = int(settings.RECEIPT_SECONDS / seconds) if snapshot else 0
    counting = []
    if snapshot is not None and mine[:most]:
        counting = _trained_without(version, snapshot, mine[:most], progress)
    done = {moved.part.user_id for moved in counting}
    if before is not None:
        earlier = _Earlier(version, before)
        for part in mine:
            if part.user_id not in done:
                columns = np.array([slug in part.terms for slug in version.terms])
                counting.append(Moved(part, earlier.decides, COUNTED, columns))
    return counting


def _same_labels(version: ModelVersion) -> Snapshot | None:
    """The labels that the version learned from, if they are still the same."""
    from training.retraining import snapshot_of

    try:
        snapshot = snapshot_of(RetrainOptions.of(version.config["options"]))
    except (NotEnoughLabels, KeyError, ValueError):
        return None
    return snapshot if snapshot.hash == version.dataset_hash and snapshot.terms == version.terms else None


def _trained_without(
    version: ModelVersion, snapshot: Snapshot, mine: Sequence[Part], progress: Progress
) -> list[Moved]:
    """The same training once for each person, without what that person decided."""
    options = RetrainOptions.of(version.config["options"])
    inputs = data.read_inputs(snapshot.film_ids, *options.seen_encoders, progress, options.looks)
    progress.start(len(mine), "models", _("Training without each person's decisions"))
    found = []
    for part in mine:
        trained = architecture(options.architecture).train(
            inputs, without(snapshot, part), options, lambda *_epoch: progress.advance(0)
        )
        every = np.ones(len(version.terms), bool)
        found.append(Moved(part, _decides(trained), WITHOUT, every))
        progress.advance()
    return found


def without(snapshot: Snapshot, part: Part) -> Snapshot:
    """The snapshot with a person's cells as they were before that person said anything."""
    row = {film_id: place for place, film_id in enumerate(snapshot.film_ids)}
    column = {slug: place for place, slug in enumerate(snapshot.terms)}
    labels = snapshot.labels.copy()
    for (film_id, slug), before in part.cells.items():
        if film_id in row and slug in column:
            labels[row[film_id], column[slug]] = CELLS[before or "unknown"]
    return replace(snapshot, labels=labels)


def _decides(trained: "Scorer") -> Callable[[Block], Flags]:
    cuts: Any = trained.thresholds  # type: ignore[attr-defined]
    return lambda block: trained.scores(block.inputs()) >= np.asarray(cuts)


@dataclass
class _Earlier:
    """What the champion before decided, in the columns of the version; what it did not know it did not decide."""

    version: ModelVersion
    before: ModelVersion

    def decides(self, block: Block) -> Flags:
        column = {slug: place for place, slug in enumerate(self.before.terms)}
        films = block.film_ids.tolist()
        rows = dict(Prediction.objects.filter(version=self.before, film__in=films).values_list("film", "scores"))
        decided = block.decided.copy()  # a film that it had not scored did not change through decisions
        cuts = np.array(self.before.thresholds)
        for place, film_id in enumerate(films):
            if film_id in rows:
                said = np.array(rows[film_id]) >= cuts
                decided[place] = [slug in column and said[column[slug]] for slug in self.version.terms]
        return decided


def _count(version: ModelVersion, counting: Sequence[Moved], progress: Progress) -> None:
    """Go through all films that the version has scored, once for everybody."""
    ids = list(Prediction.objects.filter(version=version).order_by("film").values_list("film", flat=True))
    progress.start(len(ids), "films", _("Counting the films that moved"))
    for block in _blocks(version, ids):
        for moved in counting:
            moved.count(block)
        progress.advance(len(block.film_ids))


def _blocks(version: ModelVersion, ids: Sequence[int]) -> Iterator[Block]:
    terms = dict(Term.objects.filter(kind=Task(version.task).term_kind).values_list("pk", "slug"))
    place = {slug: column for column, slug in enumerate(version.terms)}
    columns = {pk: place[slug] for pk, slug in terms.items() if slug in place}
    cuts = np.array(version.thresholds)
    for begin in range(0, len(ids), BLOCK):
        wanted = Prediction.objects.filter(version=version, film__in=ids[begin : begin + BLOCK]).order_by("film")
        rows = list(wanted.values_list("film", "scores"))
        films = [film_id for film_id, _scores in rows]
        yield Block(
            film_ids=np.array(films, np.int64),
            decided=np.array([scores for _film, scores in rows]) >= cuts,
            open=_open(films, columns, len(version.terms)),
            inputs=_reader(version, films),
        )


def _open(films: Sequence[int], columns: dict[int, int], terms: int) -> Flags:
    """(N, T): of which nothing is said, so that what the model decides is what people see."""
    row = {film_id: place for place, film_id in enumerate(films)}
    nothing = np.ones((len(films), terms), bool)
    for film_id, term_id in Label.objects.filter(film__in=films, term__in=columns).values_list("film", "term"):
        nothing[row[film_id], columns[term_id]] = False
    return nothing


def _reader(version: ModelVersion, films: Sequence[int]) -> "Callable[[], Inputs]":
    """Reads what the version's kind of model sees of these films, once, when somebody needs it."""
    read: list[Inputs] = []

    def inputs() -> "Inputs":
        if not read:
            model, text, image = load(version)
            found = {film.pk: film for film in read_films(Film.objects.filter(pk__in=films))}
            read.append(data.inputs_of([found[pk] for pk in films], text, image, model.looks))
        return read[0]

    return inputs


def _receipt(version: ModelVersion, moved: Moved) -> Receipt:
    terms = {
        slug: [int(gained), int(lost)]
        for slug, gained, lost in zip(version.terms, moved.gained, moved.lost, strict=False)
        if gained or lost
    }
    by_term: dict[str, int] = defaultdict(int)
    for _film, slug in moved.part.cells:
        by_term[slug] += 1
    return Receipt(
        user_id=moved.part.user_id,
        version=version,
        decisions=len(moved.part.cells),
        moved=moved.films,
        figures={"how": moved.how, "terms": terms, "decided": dict(by_term)},
    )
