"""Architectures side by side: trained on the same films, judged on the same films, none of them registered.

Every trained model is written down as it comes (training/ledger.py). A comparison that was killed goes on where it
was; rows of an earlier one on the same films stay in the table. What cannot be trained is a row with the reason.
"""

from __future__ import annotations

import gc
import hashlib
import logging
import re
import sys
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import DatabaseError
from django.utils import timezone

from catalog.models import Term
from catalog.progress import Cancelled, Progress, TakenOver
from training import judging
from training.architectures import architecture
from training.comparison_rows import complete, conclude, scored
from training.cost import device
from training.curves import encoded
from training.data import named_encoders, read_inputs
from training.intervals import Draws
from training.judging import Bench
from training.ledger import Ledger, Row, Tensors, fingerprint, scores_name
from training.metrics import Truth, prior
from training.models import Task
from training.options import RetrainOptions
from training.plans import Entry, Plan, notes, shown
from training.snapshot import YES, NotEnoughLabels, Snapshot, take

if TYPE_CHECKING:
    from training.inputs import Inputs

logger = logging.getLogger(__name__)
_FOLDERS = re.compile(r"(?<![\w.:/])/(?:[^\s/]+/)+")  # where things lie on this machine is nobody's business
_OURS_TO_STOP = (Cancelled, TakenOver, DatabaseError)


def compare(plan: Plan, progress: Progress, ledger: Ledger, *, fresh: bool = False) -> dict[str, Any]:
    """Train and judge every row of the plan, and say how the rows differ. Gives the ledger's content.

    Raises:
        NotEnoughLabels: there is nothing to learn from.
        OtherFilms: the ledger holds a comparison on other films, and ``fresh`` was not said.
        Cancelled: somebody stopped the job; the rows so far are in the ledger.
    """
    snapshot = films_of(plan)
    ledger.begin(_head(plan, snapshot), fresh=fresh)
    work = _Work(plan, snapshot, ledger, progress)
    work.restart_progress()
    for entry in plan.entries:
        work.row(entry)
    conclude(ledger, work.bench, work.drawn)
    return ledger.content


def films_of(plan: Plan) -> Snapshot:
    """The labels of this moment, of the films and terms that every row is trained and judged on."""
    snapshot = take(
        Task(plan.option("task")),
        split=plan.option("split"),
        min_films=plan.option("min_films"),
        per_term=plan.option("per_genre"),
    )
    return some_films(snapshot, plan.films, plan.option("min_films")) if plan.films else snapshot


def some_films(snapshot: Snapshot, films: int, min_films: int) -> Snapshot:
    """At most so many of the films, always the same ones, with the terms that enough of them have.

    Raises NotEnoughLabels where no term is left, or a part of the split is empty.
    """
    mixed = sorted(range(len(snapshot.keys)), key=lambda i: hashlib.sha256(snapshot.keys[i].encode()).digest())
    rows = np.sort(np.array(mixed[:films], np.int64))
    labels, splits = snapshot.labels[rows], snapshot.splits[rows]
    kept = np.flatnonzero((labels[splits == "train"] == YES).sum(0) >= min_films)
    some = replace(
        snapshot,
        terms=[snapshot.terms[t] for t in kept],
        film_ids=[snapshot.film_ids[i] for i in rows],
        keys=[snapshot.keys[i] for i in rows],
        splits=splits,
        labels=labels[:, kept],
        hash=fingerprint([snapshot.hash, films, min_films]),
    )
    if not len(kept) or not all(some.counts.values()):
        raise NotEnoughLabels(f"{films} films are too few: no term has {min_films} of them, or a part has none.")
    return some


def _head(plan: Plan, snapshot: Snapshot) -> dict[str, Any]:
    """What is compared, for the head of the table."""
    usual = RetrainOptions()
    names = Term.objects.filter(kind=snapshot.task.term_kind, slug__in=snapshot.terms)
    return {
        "task": str(snapshot.task.value),
        "begun": timezone.now().isoformat(timespec="seconds"),
        "seeds": plan.seeds,
        "rounds": judging.ROUNDS,
        "asked": [entry.id for entry in plan.entries],
        "options": {name: shown(value) for name, value in plan.base.items() if value != getattr(usual, name)},
        "dataset": {
            "hash": snapshot.hash,
            "split": plan.option("split"),
            "min_films": plan.option("min_films"),
            "films": snapshot.counts,
            "terms": snapshot.terms,
            "names": {term.slug: [term.name_en, term.name_ko] for term in names},
        },
    }


@dataclass
class _Work:
    """One comparison under way."""

    plan: Plan
    snapshot: Snapshot
    ledger: Ledger
    progress: Progress
    done: int = 0
    inputs: dict[Any, Inputs] = field(default_factory=dict)
    drawn: dict[str, Draws] = field(default_factory=dict)
    """The figures of finished rows in the resamples, which take a second or two each."""

    def __post_init__(self) -> None:
        test, train = self.snapshot.rows("test"), self.snapshot.rows("train")
        share = prior(Truth.of(self.snapshot.labels[train]))
        self.bench = Bench(Truth.of(self.snapshot.labels[test]), self.snapshot.terms, share)

    def restart_progress(self) -> None:
        """Reading inputs has a progress of its own; then this one goes on with what is left, at a rate of its own."""
        self.progress.start(len(self.plan.entries) * self.plan.seeds - self.done, "models", "training")

    def row(self, entry: Entry) -> None:
        """Train what is missing of a row and write it down; a reason where it cannot be."""
        end = self.done + self.plan.seeds
        try:
            row = self._begin(entry)
            for seed in range(self.plan.seeds):
                self._seed(row, entry, seed)
            row, self.drawn[entry.id] = complete(row, self.ledger, self.bench)
        except _OURS_TO_STOP:
            raise
        except Exception as error:
            row = self._failed(entry, error)
        self.ledger.put(row)
        self._advance(end - self.done)

    def _advance(self, models: int = 1) -> None:
        self.done += models
        self.progress.advance(models)

    def _begin(self, entry: Entry) -> Row:
        """The row with those of its models that were trained by the same recipe and are still there."""
        options = self.plan.options(entry)
        recipe = fingerprint([{**options.recipe, "seed": None}, _encoders(options)])
        known = self.ledger.row(entry.id) or {}
        models = known.get("models", []) if known.get("recipe") == recipe else []
        return {
            "id": entry.id,
            "architecture": entry.architecture,
            "label": entry.label or entry.architecture,
            "notes": [list(note) for note in notes(options)],
            "reads": options.looks.reads,
            "recipe": recipe,
            "state": "begun",
            "models": [model for model in models if self.ledger.scores(model["scores"]) is not None],
        }

    def _seed(self, row: Row, entry: Entry, seed: int) -> None:
        if not any(model["seed"] == seed for model in row["models"]):
            options = self.plan.options(entry, seed)
            self.progress.advance(0, f"{row['label']}, seed {seed}")
            model, tensors = self._train(options, row["label"])
            model["scores"] = scores_name(row["id"], row["recipe"], seed)
            self.ledger.keep_scores(model["scores"], tensors)
            row["models"].append(model)
            self.ledger.put(row)
        self._advance()

    def _train(self, options: RetrainOptions, label: str) -> tuple[dict[str, Any], Tensors]:
        from training.encoders.base import heard_by

        inputs, curves = self._read(options), []

        def on_epoch(epoch: int, total: int, figures: dict[str, float]) -> None:
            curves.append({"epoch": epoch, **figures})
            self.progress.advance(0, f"{label}, seed {options.seed}: epoch {epoch} of {total}")

        def heard(done: int, total: int) -> None:
            self.progress.advance(0, f"{label}, seed {options.seed}: {encoded(done, total)}")

        clock = perf_counter()
        with heard_by(heard):
            trained = architecture(options.architecture).train(inputs, self.snapshot, options, on_epoch)
        seconds = perf_counter() - clock
        tensors, pace = scored(trained, inputs.take(self.snapshot.rows("test")))
        model = {
            "seed": options.seed,
            "train_seconds": round(seconds, 2),
            "films_per_second": round(pace, 1),
            "parameters": int(trained.parameters),
            "sees": list(trained.sees),
            "device": device(),
            "curves": _finite(curves),
        }
        del trained
        _release()
        return model, tensors

    def _read(self, options: RetrainOptions) -> Inputs:
        """What the model sees of all films; kept for the rows that see the same."""
        key = (*options.seen_encoders, options.looks.sees, options.looks.reads)
        if key not in self.inputs:
            self.inputs[key] = read_inputs(self.snapshot.film_ids, *options.seen_encoders, self.progress, options.looks)
            self.restart_progress()
        return self.inputs[key]

    def _failed(self, entry: Entry, error: Exception) -> Row:
        """A row that says why it has no figures; the models that it has stay for the next time."""
        from training.encoders import EncoderUnavailable
        from training.options import BadOption

        if not isinstance(error, BadOption | EncoderUnavailable):
            logger.exception("%s failed", entry.id)
        reason = _FOLDERS.sub("", str(error)) or type(error).__name__
        self.progress.fail(entry.id, reason)
        known = self.ledger.row(entry.id) or {"id": entry.id, "architecture": entry.architecture, "models": []}
        label = entry.label or entry.architecture
        return {**known, "label": label, "state": "failed", "reason": reason[:500], "figures": {}}


def _encoders(options: RetrainOptions) -> list[str]:
    """The encoders with their weights. Raises EncoderUnavailable."""
    return [encoder.name for encoder in named_encoders(*options.seen_encoders) if encoder]


def _release() -> None:
    """Give back what a model took before the next one is trained."""
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()


def _finite(curves: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """JSON knows no infinity: such a figure is left out of its epoch."""
    return [{name: value for name, value in epoch.items() if np.isfinite(value)} for epoch in curves]
