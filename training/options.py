"""What a retraining is asked for: the same options from the command, the page and the API."""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from training.architectures import ARCHITECTURES
from training.models import Task
from training.snapshot import OFFICIAL

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
