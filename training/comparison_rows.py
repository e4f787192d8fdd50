"""From trained models to the rows of a comparison: what they say of the test films, and what is computed from that."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils import timezone

from training import judging
from training.intervals import Draws
from training.judging import Bench, judged_of
from training.ledger import BASELINE, CUTS, DECIDES, Ledger, Row, Tensors
from training.resampling import Judged

if TYPE_CHECKING:
    from training.inputs import Inputs

_QUICK = 2.0  # seconds: scoring that took less is timed a second time, when everything is warm


def scored(trained: Any, inputs: Inputs) -> tuple[Tensors, float]:
    """What the model says of the test films, also of those with plot and poster from each alone; and films a second."""
    clock = perf_counter()
    scores = trained.scores(inputs)
    seconds = perf_counter() - clock
    if seconds < _QUICK:
        clock = perf_counter()
        trained.scores(inputs)
        seconds = perf_counter() - clock
    if not np.isfinite(scores).all():
        raise ValueError("The scores are not finite.")
    tensors = {"scores": scores, "thresholds": np.asarray(trained.thresholds, np.float32)}
    rows = np.flatnonzero(inputs.has_text & inputs.has_image)
    if len(trained.sees) > 1 and len(rows):
        both = inputs.take(rows)
        tensors |= {"both": rows, "plot": trained.scores(both.without_image())}
        tensors |= {"poster": trained.scores(both.without_text())}
    return tensors, len(inputs) / max(seconds, 1e-9)


def complete(row: Row, ledger: Ledger, bench: Bench) -> tuple[Row, Draws]:
    """The row with everything that is computed from its scores, and its figures in the resamples."""
    seeds = _seeds(row, ledger)
    runs = [judged_of(kept) for kept in seeds]
    drawn, models = bench.draws(runs), row["models"]
    found = {
        "state": "done",
        "reason": "",
        "seeds": len(models),
        "sees": models[0]["sees"],
        "parameters": models[0]["parameters"],
        "train_seconds": float(np.mean([model["train_seconds"] for model in models])),
        "films_per_second": float(np.median([model["films_per_second"] for model in models])),
        "figures": bench.figures(runs, drawn),
        "terms": bench.per_term(runs),
        "curve": bench.curve(runs[0].scores),
        "views": bench.views(seeds),
    }
    return row | found, drawn


def conclude(ledger: Ledger, bench: Bench, drawn: dict[str, Draws]) -> None:
    """What is known only when all rows are there: references, differences, the best row and its curves.

    ``drawn``: rows whose figures in the resamples are at hand.
    """
    rows = [row for row in ledger.content["rows"] if row["state"] == "done"]
    runs = {row["id"]: [judged_of(kept) for kept in _seeds(row, ledger)] for row in rows}
    runs = {name: judged for name, judged in runs.items() if judged}  # scores of an old row may be gone
    figures = {row["id"]: row["figures"] for row in rows if row["id"] in runs}
    best = max(figures, key=lambda name: figures[name][DECIDES]["value"], default=None)
    references = {name: [judged] for name, judged in bench.references().items()}
    if best:
        references[CUTS] = [bench.with_seen_cuts(judged) for judged in runs[best]]
    resampled = {name: drawn.get(name) or bench.draws(judged) for name, judged in (runs | references).items()}
    beside = {name: bench.figures(judged, resampled[name]) for name, judged in references.items()}
    figures[BASELINE] = beside[BASELINE]
    ledger.content |= {
        "best": best,
        "references": [{"id": name, "figures": found} for name, found in beside.items()],
        "differences": judging.pairs(figures, resampled),
        "curves": _curves_by_term(bench, runs[best][0]) if best else [],
        "finished": timezone.now().isoformat(timespec="seconds"),
    }
    ledger.save()


def _curves_by_term(bench: Bench, judged: Judged) -> list[dict[str, Any]]:
    return [{"term": term, **bench.curve(judged.scores, t)} for t, term in enumerate(bench.terms)]


def _seeds(row: Row, ledger: Ledger) -> list[Tensors]:
    found = [ledger.scores(model["scores"]) for model in row["models"]]
    return [tensors for tensors in found if tensors is not None]
