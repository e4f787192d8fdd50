"""Frames with pictures, a vocabulary, and a tagger that says what it is told to."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from catalog.models import Clip, Film, Frame
from catalog.vocabulary import Tag, matcher
from inference.tags.taggers import Seen
from tests.factories import make_clip, make_frame
from tests.training import tiny
from training.models import ModelVersion

TAGS = (
    Tag("rain", "rain", "비"),
    Tag("dark", "dark", "어두운"),
    Tag("violence", "violence", "폭력", ("violent",)),
)


def make_frames(film: Film, count: int, *, pictures: bool = True, clip: Clip | None = None) -> list[Frame]:
    """Frames for tagging, one a second."""
    clip = clip or make_clip(film)
    frames = [make_frame(clip, float(second)) for second in range(count)]
    if pictures:
        for frame in frames:
            tiny.poster(frame.file, frame.pk, size=(64, 36))
    return frames


class Script:
    """A tagger that says these captions, in turn, and remembers what it was shown."""

    version: ModelVersion | None = None

    def __init__(self, *captions: str | Exception, tags: tuple[Tag, ...] = TAGS, name: str = "script") -> None:
        self.captions, self.name, self.at_once = list(captions), name, 4
        self.matcher = matcher(tags)
        self.shown: list[Path] = []

    def look(self, frames: Sequence[Path]) -> Iterator[Seen]:
        for frame in frames:
            said = self.captions[len(self.shown) % len(self.captions)]
            self.shown.append(frame)
            if isinstance(said, Exception):
                raise said
            yield Seen(error=said[1:]) if said.startswith("!") else Seen(said, self.matcher.find(said))
