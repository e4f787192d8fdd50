"""What a person's decisions have come to: how many went into a new champion, and how many other films it moved.

What is theirs is worked out by training once more: the same recipe on the same labels, but with each of the person's
decisions put back to what held before. Films on which the two models differ are films that the decisions moved. With
cached vectors that takes seconds; where it would take longer than settings.RECEIPT_SECONDS allows, or where labels have
changed since the training, the receipt counts what changed from one champion to the next in the terms that the person
decided about, and says so.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from catalog import jobs
from catalog.models import Job, Label, Term
from catalog.progress import Progress
from inference.models import Receipt
from inference.moved import Block, Earlier, Flags, Moved, Part, count
from training import data
from training.architectures import architecture
from training.models import ModelVersion, Task
from training.options import RetrainOptions
from training.snapshot import CELLS, NotEnoughLabels, Snapshot

if TYPE_CHECKING:
    from training.registry import Scorer

TASK = "inference.receipts"
WITHOUT, COUNTED = "without", "counted"  # how a receipt was worked out

# What each label was when the time began and what was said last within it, and by whom.
_SAID = """
SELECT DISTINCT ON (d.film_id, d.term_id) d.film_id, d.term_id, c.user_id, d.after, d.after_source,
    first_value(d.before) OVER (PARTITION BY d.film_id, d.term_id ORDER BY d.id)
FROM catalog_decision d JOIN catalog_changeset c ON c.id = d.change_set_id
WHERE c.created_at > %s AND c.created_at <= %s AND d.term_id = ANY(%s)
ORDER BY d.film_id, d.term_id, d.id DESC
"""


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
        count(version, counting, progress)
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
        earlier = Earlier(version, before)
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
