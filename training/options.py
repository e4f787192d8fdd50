"""What a retraining is asked for: the same options from the command, the page and the API."""

from collections.abc import Sequence
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from training.architectures import Architecture, architectures_for, looks_of
from training.encoders import NONE
from training.models import Task
from training.snapshot import OFFICIAL, OURS

if TYPE_CHECKING:
    from training.loop import LoopOptions

SPLITS = [*OURS, *sorted(OFFICIAL)]
PROMOTE = {
    "auto": _("promote if better"),
    "never": _("keep as challenger"),
    "force": _("promote in any case"),
}
# Options that decide what comes after training, not what comes out of it.
_AFTERWARDS = {"promote", "force"}


class BadOption(ValueError):
    """An option that cannot be used, or two that do not go together."""


def _option(default: Any, help: Any, *choices: str) -> Any:
    """A field with its one sentence of help, which command, page and documentation show."""
    return field(default=default, metadata={"help": help, "choices": choices})


@dataclass(frozen=True)
class NetworkOptions:
    """How a network is trained. 0 and "" leave it to the architecture; `heads` uses none of them."""

    weights: str = _option("", _("published weights: none, a hub id, a folder or a file"))
    finetune: str = _option("none", _("what learns beside the new head"), "none", "last-block", "all")
    size: int = _option(0, _("side of the pictures in pixels; 0 is the architecture's own"))
    loss: str = _option("bce", _("what is minimised"), "bce", "asymmetric", "cross-entropy")
    optimizer: str = _option("adamw", _("how steps are made"), "adamw", "adam", "sgd")
    learning_rate: float = _option(0.0, _("highest learning rate; 0 is the architecture's own"))
    weight_decay: float = _option(0.01, _("pull of the weights towards 0"))
    warmup: float = _option(0.1, _("share of the steps over which the learning rate rises"))
    epochs: int = _option(0, _("most passes over the training films; 0 is the architecture's own"))
    batch: int = _option(0, _("films per step; 0 is the architecture's own"))
    patience: int = _option(4, _("epochs without a better validation mAP after which training ends"))
    augment: bool = _option(False, _("crop, flip and recolour training posters"))
    oversample: bool = _option(False, _("draw films of rare terms more often"))
    class_weights: bool = _option(False, _("weigh the films of a term by how rare they are"))
    per_genre: int = _option(0, _("most training films per term; 0 is all"))
    chain_order: str = _option("similarity", _("in which order a chain decides"), "similarity", "frequency", "given")
    precision: str = _option("auto", _("numbers that are computed with"), "auto", "fp32", "bf16")

    def loop(self, own: "LoopOptions") -> "LoopOptions":
        """An architecture's own loop options with what was asked for in their place."""
        return replace(
            own,
            loss=self.loss,
            optimizer=self.optimizer,
            learning_rate=self.learning_rate or own.learning_rate,
            weight_decay=self.weight_decay,
            warmup=self.warmup,
            epochs=self.epochs or own.epochs,
            batch=self.batch or own.batch,
            patience=self.patience,
            oversample=self.oversample,
            class_weights=self.class_weights,
        )


@dataclass(frozen=True)
class RetrainOptions(NetworkOptions):
    """What to train, on what, and what to do with it. The same from the command, the page and the API."""

    task: str = "genres"
    """`genres`, `tags` or `scenes`."""
    architecture: str = "heads"
    """A name of training.architectures that can learn the task."""
    text_encoder: str = field(default_factory=lambda: settings.TEXT_ENCODER)
    """`minilm`, a hub id, a folder, or `none`."""
    image_encoder: str = field(default_factory=lambda: settings.IMAGE_ENCODER)
    """`starter`, a hub id, a folder, or `none`."""
    seed: int = 0
    """The same seed, labels and options give the same model."""
    split: str = "hash"
    """`hash` (80/10/10 by film, stable for ever), `stratified`, or an imported official split: `mmimdb`, `mpst`."""
    min_films: int = 20
    """A term needs this many training films that have it."""
    promote: str = "auto"
    """`auto` promotes a challenger that is better on the frozen test films, `never`, or `force`."""
    force: bool = False
    """Train although labels and options are those of the last run."""

    def __post_init__(self) -> None:
        _one_of("task", self.task, list(Task))
        _one_of("architecture", self.architecture, list(architectures_for(self.task)))
        _one_of("split", self.split, OURS if self.task == Task.SCENES else SPLITS)
        _one_of("promote", self.promote, list(PROMOTE))
        for option in fields(NetworkOptions):
            if option.metadata["choices"]:
                _one_of(option.name, getattr(self, option.name), list(option.metadata["choices"]))
        self._refuse_without_encoders()
        if self.architecture == "chain" and self.chain_order == "similarity" and self.text_encoder in NONE:
            raise BadOption("The order of a chain by similarity of names needs a text encoder.")
        if self.min_films < 1:
            raise BadOption("min_films must be at least 1.")
        if min(self.size, self.epochs, self.batch, self.per_genre, self.learning_rate, self.weight_decay) < 0:
            raise BadOption("Sizes, numbers and rates must not be negative.")
        if self.patience < 1 or not 0 <= self.warmup < 1:
            raise BadOption("patience must be at least 1, and warmup in [0, 1).")
        if self.architecture == "heads" and self.network:
            raise BadOption(f"heads does not use {', '.join(sorted(self.network))}: choose another architecture.")

    def _refuse_without_encoders(self) -> None:
        if self.looks.reads != "vectors" and not self.looks.needs:
            return
        text, image = self.seen_encoders
        if text in NONE and image in NONE and not self.looks.needs:
            raise BadOption("Without a text encoder and without an image encoder there is nothing to learn from.")
        named = {"text": text, "image": image}
        for modality in self.looks.needs:
            if named[modality] in NONE:
                raise BadOption(f"{self.architecture} needs {_ENCODERS[modality]}: name one.")

    @property
    def looks(self) -> Architecture:
        """What the architecture looks at."""
        return looks_of(self.architecture)

    @property
    def seen_encoders(self) -> tuple[str, str]:
        """Names of the text and the image encoder whose vectors the model sees; `none` where it sees none."""
        looked_at = self.looks.sees if self.looks.reads == "vectors" else self.looks.needs
        text = self.text_encoder if "text" in looked_at else "none"
        return text, self.image_encoder if "image" in looked_at else "none"

    @property
    def network(self) -> dict[str, Any]:
        """The network options that differ from what they are by themselves."""
        asked = {option.name: (getattr(self, option.name), option.default) for option in fields(NetworkOptions)}
        return {name: value for name, (value, default) in asked.items() if value != default}

    @classmethod
    def of(cls, options: dict[str, Any]) -> "RetrainOptions":
        """From JSON; what is not said is as the task has it. Raises BadOption on an unknown name or a value of the
        wrong type."""
        known = {option.name: _type(option) for option in fields(cls)}
        for name, value in options.items():
            if name not in known:
                raise BadOption(f"Unknown option {name!r}; there are: {', '.join(known)}.")
            if type(value) is not known[name] and not (known[name] is float and type(value) is int):
                raise BadOption(f"{name} must be {_KINDS[known[name]]}.")
        architecture, fewest = usual(options.get("task", cls.task))
        usual_here: dict[str, Any] = {"architecture": architecture, "min_films": fewest}
        return cls(**(usual_here | options))

    @property
    def recipe(self) -> dict[str, Any]:
        """What the outcome depends on, beside the labels. Network options appear where they were asked for."""
        own = {option.name for option in fields(RetrainOptions)} - {option.name for option in fields(NetworkOptions)}
        return {name: getattr(self, name) for name in sorted(own - _AFTERWARDS)} | self.network

    @property
    def asked(self) -> dict[str, Any]:
        """Everything but network options that are as they are by themselves: what ``of`` takes."""
        return self.recipe | {name: getattr(self, name) for name in sorted(_AFTERWARDS)}


_ENCODERS = {"text": "a text encoder", "image": "an image encoder"}
_KINDS = {int: "a whole number", float: "a number", bool: "yes or no", str: "text"}


def _type(option: "Field[Any]") -> type:
    """What an option is: its default's type, text where that is made when it is needed."""
    return str if option.default is MISSING else type(option.default)


def usual(task: str) -> tuple[str, int]:
    """The architecture and the fewest films per term of a task where nothing else is asked for: footage is scarce."""
    return next(iter(architectures_for(task))), 1 if task == Task.SCENES else RetrainOptions.min_films


def _one_of(name: str, value: str, allowed: Sequence[Any]) -> None:
    if value not in allowed:
        raise BadOption(f"Unknown {name} {value!r}; there are: {', '.join(map(str, allowed))}.")
