"""From corrected labels to a better champion: the loop's second half, in one function."""

import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings
from django.utils import timezone
from numpy.typing import NDArray

from catalog.models import Job, User
from catalog.progress import Cancelled, Progress, Silent
from training import distributed, registry
from training.architectures import architecture
from training.card import write_card
from training.challenge import compare_with_champion
from training.checkpoints import resumable
from training.cost import Meter
from training.curves import watched
from training.data import named_encoders, read_inputs
from training.models import ModelVersion, Run, Task
from training.options import RetrainOptions
from training.scenes.snapshot import take_scenes
from training.snapshot import Snapshot, take

if TYPE_CHECKING:
    from training.inputs import Inputs


@dataclass(frozen=True)
class Outcome:
    """What came of it. Without a version nothing had changed and nothing was trained."""

    run: Run
    version: ModelVersion | None
    promoted: bool
    comparison: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        return {
            "run": self.run.pk,
            "unchanged": self.version is None,
            "version": self.version.name if self.version else None,
            "promoted": self.promoted,
            "comparison": self.comparison,
            "metrics": self.version.metrics if self.version else {},
            "seconds": self.version.config.get("seconds", {}) if self.version else {},
        }


def retrain(
    options: RetrainOptions, progress: Progress, *, user: User | None = None, job: Job | None = None
) -> Outcome:
    """Train a challenger on the labels of this moment and compare it with the champion.

    Raises:
        NotEnoughLabels, EncoderUnavailable: nothing was trained; the message says what is missing.
        Cancelled: somebody stopped the job; the run says so, no version was made.
    """
    snapshot = snapshot_of(options)
    same = _unchanged(options, snapshot)
    if same and not options.force:
        return Outcome(same, None, False, {})
    run = _begin(options, snapshot, user, job)
    try:
        return _train(run, options, snapshot, progress, user)
    except Cancelled:
        _end(run, Run.State.CANCELLED, "Cancelled.")
        raise
    except Exception as error:
        _end(run, Run.State.FAILED, str(error) or type(error).__name__)
        raise


def _unchanged(options: RetrainOptions, snapshot: Snapshot) -> Run | None:
    """The run that already gave what this one would give: same labels, options and encoder weights."""
    return Run.objects.filter(
        task=options.task,
        state=Run.State.DONE,
        dataset_hash=snapshot.hash,
        options=options.recipe,
        version__config__encoders=encoder_names(options),
    ).first()


def encoder_names(options: RetrainOptions) -> list[str]:
    """The encoders with their weights: vectors of other weights would give nonsense."""
    return [encoder.name for encoder in named_encoders(*options.seen_encoders) if encoder]


def _begin(options: RetrainOptions, snapshot: Snapshot, user: User | None, job: Job | None) -> Run:
    Run.objects.filter(job=job).exclude(job=None).update(job=None, state=Run.State.FAILED, message="Begun again.")
    return Run.objects.create(
        task=options.task,
        options=options.recipe,
        dataset_hash=snapshot.hash,
        films=snapshot.counts,
        started_by=user,
        job=job,
    )


def _end(run: Run, state: "Run.State", message: str = "") -> None:
    run.state, run.message, run.finished_at = state, message[:500], timezone.now()
    run.save(update_fields=["state", "message", "finished_at"])


def _train(run: Run, options: RetrainOptions, snapshot: Snapshot, progress: Progress, user: User | None) -> Outcome:
    clock, meter = Stopwatch(), Meter(progress)
    inputs = read_inputs(snapshot.film_ids, *options.seen_encoders, meter, options.looks)
    distributed.wait_for_all()  # the others read the vectors that have been made here
    clock.lap("encode")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "version"
        folder.mkdir()
        model = _fit(run, options, snapshot, inputs, folder, progress)
        clock.lap("train")
        figures = judge(model, snapshot, inputs)
        clock.lap("evaluate")
        comparison = compare_with_champion(model, snapshot, inputs, progress)
        config = _config(options, snapshot, model, figures, comparison, clock.laps) | {"cost": meter.cost()}
        (folder / registry.CONFIG).write_text(json.dumps(config, indent=1))
        write_card(folder, config)
        registry.read(folder)  # what cannot be read back is not registered
        version = registry.register(folder, run=run)
    _end(run, Run.State.DONE)
    shutil.rmtree(_checkpoints(options, snapshot), ignore_errors=True)
    promoted = options.promote == "force" or (options.promote == "auto" and comparison["better"])
    if promoted:
        registry.promote(version, user=user, reason=comparison["reason"])
    return Outcome(run, version, promoted, comparison)


def _checkpoints(options: RetrainOptions, snapshot: Snapshot) -> Path:
    """Where an interrupted training of this recipe on these labels is taken up again."""
    asked = json.dumps([options.recipe, snapshot.hash, encoder_names(options)], sort_keys=True)
    return Path(settings.DATA_DIR) / "checkpoints" / hashlib.sha256(asked.encode()).hexdigest()[:16]


def follow(options: RetrainOptions) -> None:
    """Another process of `accelerate launch`: takes its share of the training, and leaves the rest to the first."""
    snapshot = snapshot_of(options)
    distributed.wait_for_all()
    inputs = read_inputs(snapshot.film_ids, *options.seen_encoders, Silent(), options.looks)
    with resumable(_checkpoints(options, snapshot)):
        architecture(options.architecture).train(inputs, snapshot, options, lambda *_epoch: None)


def snapshot_of(options: RetrainOptions) -> Snapshot:
    """The labels of this moment as these options want them. Raises NotEnoughLabels."""
    chosen: dict[str, Any] = {"split": options.split, "min_films": options.min_films, "per_term": options.per_genre}
    return take_scenes(**chosen) if options.task == Task.SCENES else take(Task(options.task), **chosen)


class Stopwatch:
    """Seconds of each stage, in the order in which they ended."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._since = timezone.now()

    def lap(self, name: str) -> None:
        now = timezone.now()
        self.laps[name], self._since = round((now - self._since).total_seconds(), 2), now


def _fit(
    run: Run, options: RetrainOptions, snapshot: Snapshot, inputs: "Inputs", folder: Path, progress: Progress
) -> registry.Model:
    """Train, write the architecture's own files into the folder, and hand the model over for judging."""
    with watched(run, progress) as on_epoch, resumable(_checkpoints(options, snapshot)):
        trained = architecture(options.architecture).train(inputs, snapshot, options, on_epoch)
    trained.save(folder)
    text_encoder, image_encoder = options.seen_encoders
    return registry.Model(
        scorer=trained,
        terms=snapshot.terms,
        thresholds=np.asarray(trained.thresholds, np.float32),
        text_encoder=text_encoder,
        image_encoder=image_encoder,
        config={
            "architecture": options.architecture,
            "parameters": trained.parameters,
            "notes": trained.card_lines() if hasattr(trained, "card_lines") else [],
        },
    )


def judge(model: registry.Model, snapshot: Snapshot, inputs: "Inputs") -> dict[str, Any]:
    from training.evaluation import evaluate
    from training.scenes.evaluation import evaluate_scenes

    test = snapshot.rows("test")
    if snapshot.task == Task.SCENES:
        return evaluate_scenes(model.scorer, inputs.take(test), snapshot, prior=training_prior(snapshot))
    return evaluate(
        model,
        inputs.take(test),
        snapshot.labels[test],
        terms=model.terms,
        thresholds=model.thresholds,
        prior=training_prior(snapshot),
    )


def training_prior(snapshot: Snapshot) -> NDArray[np.float64]:
    """Share of yes among each term's known training labels, (T,)."""
    from training.metrics import Truth, prior

    return prior(Truth.of(snapshot.labels[snapshot.rows("train")]))


def _seen(snapshot: Snapshot) -> list[str]:
    """Keys of the films that it learned from or chose by, where the split may be another one next time."""
    if snapshot.task != Task.SCENES:
        return []
    return [key for key, part in zip(snapshot.keys, snapshot.splits, strict=True) if part in ("train", "validation")]


def _config(
    options: RetrainOptions,
    snapshot: Snapshot,
    model: registry.Model,
    figures: dict[str, Any],
    comparison: dict[str, Any],
    seconds: dict[str, float],
) -> dict[str, Any]:
    return {
        "format": 1,
        "task": options.task,
        "architecture": options.architecture,
        "reads": options.looks.reads,
        "terms": model.terms,
        "thresholds": [round(float(cut), 6) for cut in model.thresholds],
        "text_encoder": model.text_encoder,
        "image_encoder": model.image_encoder,
        "encoders": encoder_names(options),
        "options": options.recipe,
        "dataset_hash": snapshot.hash,
        "films": snapshot.counts,
        "seen": _seen(snapshot),
        "prior": [round(float(share), 6) for share in training_prior(snapshot)],
        "parameters": model.config["parameters"],
        "notes": model.config["notes"],
        "metrics": figures,
        "comparison": comparison,
        "seconds": seconds,
    }
