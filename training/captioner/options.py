"""What a fine-tuning of the tagger is asked for: the same options from the command and the job."""

from dataclasses import dataclass, fields, replace
from typing import Any

from training.options import BadOption
from training.snapshot import OFFICIAL

Size = tuple[int, int]
SIZES: dict[str, Size | None] = {"original": None, "360x180": (360, 180), "180x90": (180, 90)}
"""(width, height) that frames are squeezed to; `original` is the frame as it is stored."""
SPLITS = ("hash", *sorted(OFFICIAL))
_KINDS = {int: "a whole number", float: "a number", bool: "yes or no", str: "text"}
_AFTERWARDS = {"force"}


@dataclass(frozen=True)
class FinetuneOptions:
    """How an adapter is taught."""

    model: str = ""
    """Hub id or folder of an image-text-to-text model of transformers."""
    rank: int = 128
    """Rank of the adapter's two factors."""
    alpha: int = 0
    """The adapter's product is multiplied by alpha / rank; 0 is twice the rank."""
    size: str = "original"
    """A name of SIZES: what frames are squeezed to."""
    tags_per_prompt: int = 0
    """Tags in one answer: 0 is all of the film's, otherwise so many, drawn anew each time with people's first."""
    epochs: int = 5
    """Passes over the training frames."""
    batch: int = 16
    """Frames per step; as many at once as memory allows, the rest accumulated."""
    learning_rate: float = 2e-4
    """Highest learning rate, after the warm-up; it falls to zero along a cosine."""
    seed: int = 0
    """The same seed, frames, labels and options give the same adapter."""
    limit: int = 0
    """Most training frames; those of films that people have decided on come first. 0 is all."""
    split: str = "hash"
    """`hash` (80/10/10 by film), or an imported official split; test films are never looked at."""
    force: bool = False
    """Teach although frames, labels and options are those of an earlier run."""

    def __post_init__(self) -> None:
        if not self.model:
            raise BadOption("Name a model: a hub id or a folder.")
        for name, allowed in (("size", tuple(SIZES)), ("split", SPLITS)):
            if getattr(self, name) not in allowed:
                raise BadOption(f"Unknown {name} {getattr(self, name)!r}; there are: {', '.join(allowed)}.")
        if min(self.rank, self.epochs, self.batch) < 1:
            raise BadOption("rank, epochs and batch must be at least 1.")
        if min(self.alpha, self.tags_per_prompt, self.seed, self.limit) < 0 or not 0 < self.learning_rate < 1:
            raise BadOption("Numbers must not be negative, and the learning rate must be between 0 and 1.")

    @property
    def scale(self) -> int:
        """Alpha as it is used."""
        return self.alpha or 2 * self.rank

    @property
    def recipe(self) -> dict[str, Any]:
        """What the outcome depends on, beside frames, labels and the model's weights."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name not in _AFTERWARDS}

    @property
    def asked(self) -> dict[str, Any]:
        """All of it, as `of` takes it."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def but(self, **changes: Any) -> "FinetuneOptions":
        return replace(self, **changes)

    @classmethod
    def of(cls, options: dict[str, Any]) -> "FinetuneOptions":
        """From JSON. Raises BadOption on an unknown name or a value of the wrong type."""
        known = {field.name: type(field.default) for field in fields(cls)}
        for name, value in options.items():
            if name not in known:
                raise BadOption(f"Unknown option {name!r}; there are: {', '.join(known)}.")
            if type(value) is not known[name] and not (known[name] is float and type(value) is int):
                raise BadOption(f"{name} must be {_KINDS[known[name]]}.")
        return cls(**options)
