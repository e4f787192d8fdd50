"""From corrected tags to an adapter: gather, teach, judge, write down, register. The same for command and job."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from catalog.models import Job, User
from catalog.progress import Cancelled, Progress, Silent
from training import registry
from training.captioner import ARCHITECTURE, prompts
from training.captioner.card import write_card
from training.captioner.examples import Material, gather
from training.captioner.options import FinetuneOptions
from training.curves import watched
from training.models import ModelVersion, Run, Task


@dataclass(frozen=True)
class Outcome:
    """What came of it. Without a version nothing had changed and nothing was taught."""

    run: Run
    version: ModelVersion | None

    def as_dict(self) -> dict[str, Any]:
        version = self.version
        return {
            "run": self.run.pk,
            "unchanged": version is None,
            "version": version.name if version else None,
            "metrics": version.metrics if version else {},
            "seconds": version.config.get("seconds", {}) if version else {},
        }


def finetune(
    options: FinetuneOptions, progress: Progress, *, user: User | None = None, job: Job | None = None
) -> Outcome:
    """Teach an adapter and register it as a version of tags, which is never promoted: it captions, it predicts nothing.

    Killed and begun again it goes on where it was, and ends with the same bits.

    Raises:
        NotEnoughLabels, EncoderUnavailable: nothing was taught; the message says what is missing.
        LossExploded: training ran off; the message says what to change.
        Cancelled: somebody stopped the job; the run says so, no version was made.
    """
    material = gather(options)
    weights = _weights_of(options.model)
    same = _unchanged(options, material, weights)
    if same and not options.force:
        return Outcome(same, None)
    run = _begin(options, material, user, job)
    try:
        return _teach(run, options, material, weights, progress)
    except Cancelled:
        _end(run, Run.State.CANCELLED, "Cancelled.")
        raise
    except Exception as error:
        _end(run, Run.State.FAILED, str(error) or type(error).__name__)
        raise


def _weights_of(model: str) -> str:
    """Fingerprint of the model's weights. Raises EncoderUnavailable."""
    from training.captioner.loading import fingerprint, folder_of

    return fingerprint(folder_of(model))


def _unchanged(options: FinetuneOptions, material: Material, weights: str) -> Run | None:
    """The run that already gave what this one would give."""
    return Run.objects.filter(
        task=Task.TAGS,
        state=Run.State.DONE,
        dataset_hash=material.hash,
        options=_asked(options),
        version__config__weights=weights,
    ).first()


def _asked(options: FinetuneOptions) -> dict[str, Any]:
    return {"architecture": ARCHITECTURE, **options.recipe}


def _begin(options: FinetuneOptions, material: Material, user: User | None, job: Job | None) -> Run:
    asked, again = _asked(options), {"job": None, "state": Run.State.FAILED, "message": "Begun again."}
    Run.objects.filter(job=job).exclude(job=None).update(**again)
    killed = Run.objects.filter(task=Task.TAGS, job=None, state=Run.State.RUNNING)
    killed.filter(options=asked, dataset_hash=material.hash).update(**again)
    return Run.objects.create(
        task=Task.TAGS,
        options=asked,
        dataset_hash=material.hash,
        films=material.films,
        started_by=user,
        job=job,
    )


def _end(run: Run, state: "Run.State", message: str = "") -> None:
    run.state, run.message, run.finished_at = state, message[:500], timezone.now()
    run.save(update_fields=["state", "message", "finished_at"])


def checkpoint(options: FinetuneOptions, material: Material, weights: str) -> Path:
    """Where an interrupted fine-tuning of this recipe on these frames and this model is taken up again."""
    from training.captioner.course import FILE

    asked = json.dumps([options.recipe, material.hash, weights], sort_keys=True)
    return Path(settings.DATA_DIR) / "checkpoints" / hashlib.sha256(asked.encode()).hexdigest()[:16] / FILE


@dataclass(frozen=True)
class Taught:
    """A taught adapter with its figures, before it is written down."""

    tuned: Any  # training.captioner.tuning.Tuned; torch is not imported here
    metrics: dict[str, Any]
    parameters: int
    most_tokens: int
    seconds: dict[str, float]


def teach(
    options: FinetuneOptions,
    material: Material,
    kept: Path,
    progress: Progress,
    on_epoch: Callable[[int, int, dict[str, float]], None] = lambda *_: None,
) -> Taught:
    """Load the model, judge it, teach it, judge it again. Raises as `finetune`."""
    from training.captioner.judging import judge, most_tokens
    from training.captioner.loading import load
    from training.captioner.tuning import Tuning

    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # the same bits each time on a GPU, too
    began = timezone.now()
    model = load(options.model)
    tuning = Tuning(model, material.train, material.validation, options)
    before = judge(model, material, options) if not kept.is_file() else _read_before(kept)
    _write_before(kept, before)
    loaded = timezone.now()
    progress.start(tuning.total, "steps", "fine-tuning")
    tuned = tuning.run(kept=kept, on_epoch=on_epoch, on_step=lambda steps: progress.advance(steps))
    learned = timezone.now()
    model.network = tuned.adapted
    after = judge(model, material, options)
    best = min((row.get("validation_loss", row["train_loss"]) for row in tuned.history), default=0.0)
    return Taught(
        tuned,
        {"tagger": {"loss": best, "before": before, "after": after, "epochs": tuned.history}},
        sum(tensor.numel() for tensor in tuned.weights.values()),
        most_tokens(model, material),
        {
            "load": round((loaded - began).total_seconds(), 2),
            "train": round((learned - loaded).total_seconds(), 2),
            "evaluate": round((timezone.now() - learned).total_seconds(), 2),
        },
    )


def _read_before(kept: Path) -> dict[str, Any]:
    file = kept.with_name("before.json")
    found: dict[str, Any] = json.loads(file.read_text()) if file.is_file() else {}
    return found


def _write_before(kept: Path, before: dict[str, Any]) -> None:
    """What the model answered before it was taught need not be asked again after an interruption."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.with_name("before.json").write_text(json.dumps(before))


def _teach(run: Run, options: FinetuneOptions, material: Material, weights: str, progress: Progress) -> Outcome:
    from training.captioner import adapters

    if material.missing:
        progress.fail("frames", f"{material.missing} frames have no file any more; extract them again.")
    kept = checkpoint(options, material, weights)
    with watched(run, Silent()) as on_epoch:
        taught = teach(options, material, kept, progress, on_epoch)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "version"
        folder.mkdir()
        adapters.save(folder, taught.tuned.weights)
        config = _config(options, material, weights, taught)
        (folder / registry.CONFIG).write_text(json.dumps(config, indent=1))
        write_card(folder, config)
        adapters.read(folder)  # what cannot be read back is not registered
        version = registry.register(folder, run=run)
    _end(run, Run.State.DONE)
    shutil.rmtree(kept.parent, ignore_errors=True)
    return Outcome(run, version)


def _config(options: FinetuneOptions, material: Material, weights: str, taught: Taught) -> dict[str, Any]:
    terms = sorted(set(material.names.values()))
    return {
        "format": 1,
        "task": str(Task.TAGS.value),
        "architecture": ARCHITECTURE,
        "base_model": options.model,
        "base_name": options.model if not Path(options.model).expanduser().is_dir() else Path(options.model).name,
        "weights": weights,
        "lora": taught.tuned.lora,
        "prompt": prompts.TAGS,
        "most_tokens": taught.most_tokens,
        "terms": terms,
        "thresholds": [0.5] * len(terms),
        "options": options.recipe,
        "dataset_hash": material.hash,
        "films": material.films,
        "frames": {"train": len(material.train), "validation": len(material.validation)},
        "held_out": material.held_out,
        "parameters": taught.parameters,
        "metrics": taught.metrics,
        "seconds": taught.seconds,
    }
