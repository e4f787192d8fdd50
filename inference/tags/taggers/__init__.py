"""What looks at a film's frames and says which tags they show: taggers behind one contract, by name.

Each module has `make(options, tags)`, which gives a Tagger. Importing this one loads no torch.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.vocabulary import Tag

if TYPE_CHECKING:
    from training.models import ModelVersion

SIZES = ("original", "360x180", "180x90")
ASKS = ("", "caption", "tags")


class TaggerUnavailable(Exception):
    """A tagger cannot be had or used; the message is one sentence for whoever asked for it."""


@dataclass(frozen=True)
class Seen:
    """What was said of one frame."""

    text: str = ""
    matches: Mapping[str, str | float] = field(default_factory=dict)
    """A tag's slug to the words that it was found by, or to a score from 0 to 1 where there are no words."""
    error: str = ""
    """Why nothing was said, in a sentence; the frame is asked about again the next time."""


class Tagger(Protocol):
    """Looks at frames. What it says depends on its name alone."""

    name: str
    """Model, adapter, prompt and size in one line of at most 160 characters."""
    version: "ModelVersion | None"
    """The adapter, where it is a registered one."""
    at_once: int
    """How many frames it wants to be shown together."""

    def look(self, frames: Sequence[Path]) -> Iterator[Seen]:
        """One answer for each frame, in their order, as they come.

        Raises:
            TaggerUnavailable: it cannot go on; what it has said until then holds.
        """
        ...


@dataclass(frozen=True)
class Options:
    """How a tagger is set up; what is left empty comes from the settings."""

    model: str = ""
    """A hub id or a folder; for a server, the name of its model."""
    adapter: str = ""
    """A registered adapter of a captioner, as captions-2."""
    size: str = "original"
    ask: str = ""
    """`caption` (matched with the vocabulary) or `tags` (asked for directly); "": as the tagger is best asked."""


@dataclass(frozen=True)
class Kind:
    """Where a tagger is, and what it looks at."""

    module: str
    label: str | Promise
    sees: Literal["frames", "plot"] = "frames"


TAGGERS: dict[str, Kind] = {
    "plot": Kind(
        "inference.tags.taggers.plot", gettext_lazy("plot: the champion of tags, no footage needed"), sees="plot"
    ),
    "dual": Kind("inference.tags.taggers.dual", gettext_lazy("dual encoder (CLIP, SigLIP): quick on a CPU")),
    "captioner": Kind("inference.tags.taggers.captioner", gettext_lazy("captions by a vision-language model here")),
    "server": Kind("inference.tags.taggers.server", gettext_lazy("captions by a vision-language model on a server")),
}


def make(name: str, options: Options, tags: tuple[Tag, ...]) -> Tagger:
    """The tagger of that name, which looks at frames, for a vocabulary.

    Raises:
        TaggerUnavailable: there is none of that name, or it cannot be used here.
    """
    kind = TAGGERS.get(name)
    if kind is None or kind.sees != "frames":
        known = ", ".join(name for name, kind in TAGGERS.items() if kind.sees == "frames")
        raise TaggerUnavailable(
            _("%(name)s is no tagger of frames; there are: %(known)s.") % {"name": name, "known": known}
        )
    if options.size not in SIZES or options.ask not in ASKS:
        raise TaggerUnavailable(_("Frames are shown as %(sizes)s.") % {"sizes": ", ".join(SIZES)})
    tagger: Tagger = import_module(kind.module).make(options, tags)
    return tagger


def line(*parts: str) -> str:
    """A tagger's name from its parts; what is too long is shortened in the first of them, the model's."""
    rest = " ".join(part for part in parts[1:] if part)
    return f"{parts[0][-(159 - len(rest)) :]} {rest}".strip()
