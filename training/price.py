"""What a retraining would cost, and what it may bring, told before anybody asks for it.

Minutes and memory come from earlier trainings of the same architecture on the same machine, scaled by the number of
training films; vectors that have still to be made are counted and priced by how long such vectors took before. What is
not known is said not to be known. The gain is read from a learning curve (training/learning_curve.py), where one was
measured. Imports no torch.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any

from django.db.models import Exists, OuterRef, Q

from catalog.models import ChangeSet, Decision, Film
from training import learning_curve, ledger, readiness
from training.cost import device, free_memory
from training.encoders import NONE
from training.learning_curve import Gain
from training.models import Embedding, ModelVersion, Run, Task
from training.options import RetrainOptions
from training.readiness import Turned

RUNS = 8  # the latest that are looked at
HEADROOM = 1.2  # free memory that a training should find, over what it needed before


@dataclass(frozen=True)
class Range:
    """The usual value, with the least and the most of the runs that it comes from."""

    usual: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Range | None":
        return cls(median(values), min(values), max(values)) if values else None

    def plus(self, more: float) -> "Range":
        return Range(self.usual + more, self.low + more, self.high + more)


@dataclass(frozen=True)
class Unread:
    """Plots or posters whose vectors have still to be made, and how long one took; None where that is not known."""

    kind: str
    number: int
    seconds_each: float | None

    @property
    def icon(self) -> str:
        return self.kind.removesuffix("s")

    @property
    def seconds(self) -> float | None:
        return self.number * self.seconds_each if self.seconds_each is not None else None


@dataclass(frozen=True)
class Price:
    """What a retraining with some options would cost now."""

    films: dict[str, int]
    """by part of the split"""
    terms: int
    """that have enough films to be learned"""
    changed: int
    """labels that people changed since the task's last training"""
    turned: list[Turned]
    """who has turned round many of them alone"""
    seconds: Range | None
    """None where neither such a training nor anything like it was measured here"""
    memory: Range | None
    """bytes"""
    free: int | None
    """bytes of memory"""
    unread: list[Unread]
    runs: list[str]
    """what it was worked out from: versions, or a comparison"""
    like: bool
    """whether those had the same options; otherwise only the same architecture"""
    machine: str
    gain: Gain | None

    @property
    def fits(self) -> bool | None:
        """Whether the memory that it needed before is free now; None where one of the two is not known."""
        if self.memory is None or self.free is None:
            return None
        return self.memory.high * HEADROOM <= self.free

    @property
    def unpriced(self) -> list[Unread]:
        """What has to be read first, at a speed that nobody has measured."""
        return [each for each in self.unread if each.seconds is None]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"fits": self.fits}


def price(options: RetrainOptions) -> Price:
    """A dozen queries; nothing is encoded or trained."""
    task, films = Task(options.task), readiness.by_part(Task(options.task))
    ready = readiness.by_term(task, options.min_films)
    earlier, like = _earlier(options)
    unread = _unread(options, earlier)
    seconds = Range.of([_seconds(version) * _scale(version, films) for version in earlier])
    runs = [version.name for version in earlier]
    if seconds is None:
        seconds, runs = _compared(options, films)
    if seconds is not None:
        seconds = seconds.plus(sum(each.seconds or 0.0 for each in unread))
    return Price(
        films=films,
        terms=sum(row.learned for row in ready),
        changed=changed_since_training(task),
        turned=readiness.turned(task, ready, last_training(task)),
        seconds=seconds,
        memory=Range.of([held * max(1.0, _scale(version, films)) for version in earlier if (held := _memory(version))]),
        free=free_memory(),
        unread=unread,
        runs=runs,
        like=like,
        machine=device(),
        gain=learning_curve.expected(options, films["train"], _learned_from(task)),
    )


def changed_since_training(task: Task) -> int:
    """Decisions by people on the task's terms since its last training began; all of them where there was none."""
    decided = Decision.objects.filter(term__kind=task.term_kind).exclude(change_set__kind=ChangeSet.Kind.IMPORT)
    return decided.filter(change_set__created_at__gt=last_training(task)).count()


def last_training(task: Task) -> datetime:
    """When it began; long ago where there was none."""
    last = Run.objects.filter(task=task, state=Run.State.DONE).first()
    return last.started_at if last else datetime.fromtimestamp(0, UTC)


# Earlier trainings -----------------------------------------------------------------------------------------------

_BY_THE_WAY = {"seed", "split", "min_films"}  # options that hardly change how long a training takes


def _earlier(options: RetrainOptions) -> tuple[list[ModelVersion], bool]:
    """The latest versions of the same recipe, or of the same architecture, on this machine; and whether the first."""
    made = ModelVersion.objects.filter(task=options.task, architecture=options.architecture, run__isnull=False)
    versions = [version for version in made.select_related("run")[: 4 * RUNS] if _here(version) and _films(version)]
    same = [version for version in versions if _recipe(version.config.get("options", {})) == _recipe(options.recipe)]
    return (same or versions)[:RUNS], bool(same)


def _here(version: ModelVersion) -> bool:
    """Trained on what this machine computes on; versions that do not say count."""
    return bool((version.config.get("cost") or {}).get("device", device()) == device())


def _recipe(recipe: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in recipe.items() if name not in _BY_THE_WAY}


def _films(version: ModelVersion) -> int:
    return int((version.config.get("films") or {}).get("train", 0))


def _scale(version: ModelVersion, films: dict[str, int]) -> float:
    """How many times as many films there are to learn from as there were."""
    return films["train"] / _films(version)


def _seconds(version: ModelVersion) -> float:
    """All that a training took, save the making of vectors: also the comparison with the champion."""
    laps = version.config.get("seconds") or {}
    run = version.run
    whole = (run.finished_at - run.started_at).total_seconds() if run and run.finished_at else sum(laps.values())
    read = sum(seconds for _number, seconds in _read(version).values())
    return max(float(laps.get("train", 0.0)), whole - read)


def _memory(version: ModelVersion) -> int | None:
    held = (version.config.get("cost") or {}).get("memory")
    return int(held) if isinstance(held, int) else None


def _read(version: ModelVersion) -> dict[str, list[float]]:
    return (version.config.get("cost") or {}).get("read") or {}


def _compared(options: RetrainOptions, films: dict[str, int]) -> tuple[Range | None, list[str]]:
    """From the latest comparison that trained this architecture here; the rest of a training is not in it."""
    for name, content in ledger.all_kept():
        trained = (content.get("dataset") or {}).get("films") or {}
        rows = [row for row in content.get("rows", []) if row.get("architecture") == options.architecture]
        models = [model for row in rows for model in row.get("models", []) if model.get("device") == device()]
        if content.get("task") == options.task and models and trained.get("train"):
            scale = films["train"] / trained["train"]
            return Range.of([scale * model["train_seconds"] for model in models]), [name]
    return None, []


def _learned_from(task: Task) -> int:
    """How many films the champion learned from; 0 where there is none."""
    champion = ModelVersion.objects.filter(task=task, champion=True).first()
    return _films(champion) if champion else 0


# What has to be read first -------------------------------------------------------------------------------------------


def _unread(options: RetrainOptions, earlier: Sequence[ModelVersion]) -> list[Unread]:
    """Plots and posters without a vector by the encoders that are asked for."""
    if options.task == Task.SCENES or options.looks.reads != "vectors":
        return []
    text, image = options.seen_encoders
    found = [
        _missing("plots", text, "text_encoder", ~Q(plot="") | ~Q(plot_ko=""), "text_hash"),
        _missing("posters", image, "image_encoder", ~Q(poster_sha256=""), "poster_sha256"),
    ]
    return [Unread(kind, number, _seconds_each(kind, options)) for kind, number in found if number]


def _missing(kind: str, asked: str, role: str, has: Q, field: str) -> tuple[str, int]:
    if asked in NONE:
        return kind, 0
    films = Film.objects.filter(has)
    name = _full_name(asked, role)
    if name is None:  # never used here: all have to be read
        return kind, films.values(field).distinct().count()
    there = Embedding.objects.filter(encoder=name, input_hash=OuterRef(field))
    return kind, films.filter(~Exists(there)).values(field).distinct().count()


def _full_name(asked: str, role: str) -> str | None:
    """Under which name an encoder's vectors are stored, as an earlier version tells: finding out would load it."""
    versions = ModelVersion.objects.filter(**{f"config__options__{role}": asked}, run__isnull=False)
    for version in versions.order_by("-pk")[:RUNS]:
        names, config = version.config.get("encoders") or [], version.config
        used = [each for each in ("text_encoder", "image_encoder") if config.get(each, "none") not in NONE]
        if role in used and len(names) == len(used):
            return str(names[used.index(role)])
    return None


def _seconds_each(kind: str, options: RetrainOptions) -> float | None:
    """How long one vector took the last time that many were made here with this encoder; None where it is not known."""
    role = "text_encoder" if kind == "plots" else "image_encoder"
    versions = ModelVersion.objects.filter(
        **{f"config__options__{role}": getattr(options, role), f"config__cost__read__{kind}__isnull": False}
    )
    for version in versions.order_by("-pk")[:RUNS]:
        number, seconds = _read(version)[kind]
        if _here(version) and number:
            return seconds / number
    return None
