"""From corrected labels to a better champion: the loop's second half, in one function."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Film, Job, User
from catalog.progress import Cancelled, Progress
from training import encoders, registry, vectors
from training.architectures import ARCHITECTURES, architecture
from training.card import write_card
from training.data import load_inputs
from training.models import ModelVersion, Run, Task
from training.snapshot import OFFICIAL, Snapshot, take

if TYPE_CHECKING:
    from training.encoders.image import ImageEncoder
    from training.encoders.text import TextEncoder
    from training.inputs import Inputs

PROMOTE = {
    "auto": _("promote if better"),
    "never": _("keep as challenger"),
    "force": _("promote in any case"),
}
# Options that decide what comes after training, not what comes out of it.
_AFTERWARDS = {"promote", "force"}


class BadOption(ValueError):
    """An option that cannot be used, or two that do not go together."""


@dataclass(frozen=True)
class RetrainOptions:
    """What to train, on what, and what to do with it. The same from the command, the page and the API."""

    task: str = "genres"
    """`genres` or `tags`."""
    architecture: str = "heads"
    """A name of training.architectures.ARCHITECTURES."""
    text_encoder: str = field(default_factory=lambda: settings.TEXT_ENCODER)
    """`minilm`, a hub id, a folder, or `none`."""
    image_encoder: str = field(default_factory=lambda: settings.IMAGE_ENCODER)
    """`starter`, a hub id, a folder, or `none`."""
    seed: int = 0
    """The same seed, labels and options give the same model."""
    split: str = "hash"
    """`hash` (80/10/10 by film, stable for ever), or an imported official split: `mmimdb`, `mpst`."""
    min_films: int = 20
    """A term needs this many training films that have it."""
    promote: str = "auto"
    """`auto` promotes a challenger that is better on the frozen test films, `never`, or `force`."""
    force: bool = False
    """Train although labels and options are those of the last run."""

    def __post_init__(self) -> None:
        _one_of("task", self.task, list(Task))
        _one_of("architecture", self.architecture, list(ARCHITECTURES))
        _one_of("split", self.split, ["hash", *sorted(OFFICIAL)])
        _one_of("promote", self.promote, list(PROMOTE))
        if self.text_encoder == self.image_encoder == "none":
            raise BadOption("Without a text encoder and without an image encoder there is nothing to learn from.")
        if self.min_films < 1:
            raise BadOption("min_films must be at least 1.")

    @classmethod
    def of(cls, options: dict[str, Any]) -> "RetrainOptions":
        """From JSON. Raises BadOption on an unknown name or a value of the wrong type."""
        types = {"seed": int, "min_films": int, "force": bool}
        for name, value in options.items():
            if name not in cls.__dataclass_fields__:
                raise BadOption(f"Unknown option {name!r}; there are: {', '.join(cls.__dataclass_fields__)}.")
            if type(value) is not types.get(name, str):
                raise BadOption(f"{name} must be {'a whole number' if types.get(name) is int else 'text or yes/no'}.")
        return cls(**options)

    @property
    def recipe(self) -> dict[str, Any]:
        """What the outcome depends on, beside the labels."""
        return {name: value for name, value in asdict(self).items() if name not in _AFTERWARDS}


def _one_of(name: str, value: str, allowed: list[Any]) -> None:
    if value not in allowed:
        raise BadOption(f"Unknown {name} {value!r}; there are: {', '.join(map(str, allowed))}.")


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
    snapshot = take(Task(options.task), split=options.split, min_films=options.min_films)
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
    """The run that already gave what this one would give."""
    return Run.objects.filter(
        task=options.task,
        state=Run.State.DONE,
        dataset_hash=snapshot.hash,
        options=options.recipe,
        version__isnull=False,
    ).first()


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
    clock = Stopwatch()
    inputs = read_inputs(snapshot.film_ids, options.text_encoder, options.image_encoder, progress)
    clock.lap("encode")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "version"
        folder.mkdir()
        model = _fit(run, options, snapshot, inputs, folder, progress)
        clock.lap("train")
        figures = judge(model, snapshot, inputs)
        clock.lap("evaluate")
        comparison = compare_with_champion(model, snapshot, inputs, progress)
        config = _config(options, snapshot, model, figures, comparison, clock.laps)
        (folder / registry.CONFIG).write_text(json.dumps(config, indent=1))
        write_card(folder, config)
        registry.read(folder)  # what cannot be read back is not registered
        version = registry.register(folder, run=run)
    _end(run, Run.State.DONE)
    promoted = options.promote == "force" or (options.promote == "auto" and comparison["better"])
    if promoted:
        registry.promote(version, user=user, reason=comparison["reason"])
    return Outcome(run, version, promoted, comparison)


class Stopwatch:
    """Seconds of each stage, in the order in which they ended."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._since = timezone.now()

    def lap(self, name: str) -> None:
        now = timezone.now()
        self.laps[name], self._since = round((now - self._since).total_seconds(), 2), now


def named_encoders(text_encoder: str, image_encoder: str) -> "tuple[TextEncoder | None, ImageEncoder | None]":
    """The encoders of these names, None where one is not used. Raises EncoderUnavailable."""
    text = None if text_encoder in encoders.NONE else encoders.text_encoder(text_encoder)
    image = None if image_encoder in encoders.NONE else encoders.image_encoder(image_encoder)
    return text, image


def read_inputs(film_ids: list[int], text_encoder: str, image_encoder: str, progress: Progress) -> "Inputs":
    """What the model sees of these films, in their order; vectors that are not there yet are made first."""
    text, image = named_encoders(text_encoder, image_encoder)
    vectors.encode_missing(Film.objects.filter(pk__in=film_ids), text=text, image=image, progress=progress)
    return load_inputs(film_ids, text, image)


def _fit(
    run: Run, options: RetrainOptions, snapshot: Snapshot, inputs: "Inputs", folder: Path, progress: Progress
) -> registry.Model:
    """Train, write the architecture's own files into the folder, and hand the model over for judging."""
    trained = architecture(options.architecture).train(
        inputs, snapshot, seed=options.seed, on_epoch=_epoch_reporter(run, progress)
    )
    trained.save(folder)
    return registry.Model(
        scorer=trained,
        terms=snapshot.terms,
        thresholds=np.asarray(trained.thresholds, np.float32),
        text_encoder=options.text_encoder,
        image_encoder=options.image_encoder,
        config={"parameters": trained.parameters},
    )


def _epoch_reporter(run: Run, progress: Progress) -> Callable[[int, int, dict[str, float]], None]:
    """Keeps the curve on the run's page and the progress moving; raises Cancelled when asked to stop."""

    def report(epoch: int, total: int, figures: dict[str, float]) -> None:
        if epoch == 1:
            progress.start(total, "epochs", "training")
        run.curves.append({"epoch": epoch, **figures})
        run.save(update_fields=["curves"])
        progress.advance()

    return report


def judge(model: registry.Model, snapshot: Snapshot, inputs: "Inputs") -> dict[str, Any]:
    from training.evaluation import evaluate

    test = snapshot.rows("test")
    return evaluate(
        model,
        inputs.take(test),
        snapshot.labels[test],
        terms=model.terms,
        thresholds=model.thresholds,
        prior=training_prior(snapshot),
    )


def training_prior(snapshot: Snapshot) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Share of yes among each term's known training labels, (T,)."""
    from training.metrics import Truth, prior

    return prior(Truth.of(snapshot.labels[snapshot.rows("train")]))


def compare_with_champion(
    model: registry.Model, snapshot: Snapshot, inputs: "Inputs", progress: Progress
) -> dict[str, Any]:
    """Challenger against champion on this snapshot's test films, leaving out those that the champion learned from."""
    version = registry.champion(snapshot.task)
    if version is None:
        return {"better": True, "reason": "there was no champion"}
    try:
        champion = registry.load(version)
    except registry.DamagedModel as error:
        return {"better": True, "against": version.name, "reason": f"the champion is damaged: {error}"}
    return _compare(model, champion, version, snapshot, inputs, progress)


def _compare(
    model: registry.Model,
    champion: registry.Model,
    version: ModelVersion,
    snapshot: Snapshot,
    inputs: "Inputs",
    progress: Progress,
) -> dict[str, Any]:
    from training.evaluation import compare, on_shared_terms
    from training.metrics import Truth

    shared = [term for term in model.terms if term in champion.terms]
    rows = _unseen_by(champion, snapshot)
    if not shared or not len(rows):
        return {"better": False, "against": version.name, "reason": "no film or no term in common to compare on"}
    ids = [snapshot.film_ids[i] for i in rows]
    theirs = champion.scores(read_inputs(ids, champion.text_encoder, champion.image_encoder, progress))
    columns = [model.terms.index(term) for term in shared]
    found = compare(
        on_shared_terms(model.scores(inputs.take(rows)), model.thresholds, model.terms, shared),
        on_shared_terms(theirs, champion.thresholds, champion.terms, shared),
        Truth.of(snapshot.labels[rows][:, columns]),
    )
    verb = "better" if found["better"] else "not better"
    reason = f"{verb} than {version.name} by {found['gain'] * 100:+.2f} points on {found['films']} test films"
    return found | {"against": version.name, "terms": len(shared), "reason": reason}


def _unseen_by(champion: registry.Model, snapshot: Snapshot) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """Test films of this snapshot that are test films under the champion's split too."""
    from training.splits import split_of

    test = snapshot.rows("test")
    if champion.config.get("options", {}).get("split", "hash") != "hash":
        return test
    return np.array([i for i in test if split_of(snapshot.keys[i]) == "test"], np.int64)


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
        "terms": model.terms,
        "thresholds": [round(float(cut), 6) for cut in model.thresholds],
        "text_encoder": options.text_encoder,
        "image_encoder": options.image_encoder,
        # With their weights: vectors of other weights would give nonsense.
        "encoders": [found.name for found in named_encoders(options.text_encoder, options.image_encoder) if found],
        "options": options.recipe,
        "dataset_hash": snapshot.hash,
        "films": snapshot.counts,
        "prior": [round(float(share), 6) for share in training_prior(snapshot)],
        "parameters": model.config["parameters"],
        "metrics": figures,
        "comparison": comparison,
        "seconds": seconds,
    }
