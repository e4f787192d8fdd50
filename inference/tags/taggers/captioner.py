"""A vision-language model of transformers, on this machine: captions matched with the vocabulary, or tags."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from catalog.vocabulary import Tag, matcher
from inference.tags.taggers import Options, Seen, TaggerUnavailable, line
from training import captioner, registry
from training.captioner import prompts
from training.captioner.frames import read
from training.captioner.options import SIZES
from training.encoders.pictures import Unreadable
from training.models import ModelVersion
from training.registry import DamagedModel, UnknownVersion

if TYPE_CHECKING:
    from training.captioner.captioner import Captioner

AT_ONCE = 256  # while the model writes one batch, the next are read


class CaptionTagger:
    """Asks about each frame, in batches as large as memory allows."""

    at_once = AT_ONCE

    def __init__(
        self, model: "Captioner", tags: tuple[Tag, ...], *, prompt: str, size: str, version: ModelVersion | None = None
    ) -> None:
        self.model, self.prompt, self.version = model, prompt, version
        self.matcher = matcher(tags)
        if size != "original":  # an adapter brings along the size that it was taught at
            self.model.size = SIZES[size]
        self.name = line(model.named(prompt), "" if size == "original" else size)

    def look(self, frames: Sequence[Path]) -> Iterator[Seen]:
        try:
            yield from self._looked(frames)
        except (captioner.EncoderUnavailable, MemoryError, Unreadable) as error:
            raise TaggerUnavailable(str(error)) from error

    def _looked(self, frames: Sequence[Path]) -> Iterator[Seen]:
        done = 0
        try:
            for seen in self._answers(frames):
                done += 1
                yield seen
        except Unreadable:
            yield from self._of_readable(frames[done:])

    def _answers(self, frames: Sequence[Path]) -> Iterator[Seen]:
        """Raises Unreadable where one of them cannot be read."""
        for answers in self.model.captions(frames, prompt=self.prompt):
            yield from (self._seen(answer) for answer in answers)

    def _of_readable(self, frames: Sequence[Path]) -> Iterator[Seen]:
        """A batch fails with one of its frames: say which, and look at the others."""
        errors = {frame: why for frame in frames if (why := self._why_not(frame))}
        answers = self._answers([frame for frame in frames if frame not in errors])
        for frame in frames:
            yield Seen(error=errors[frame]) if frame in errors else next(answers)

    def _why_not(self, frame: Path) -> str:
        try:
            read(frame, self.model.size)
        except Unreadable as error:
            return str(error)
        return ""

    def _seen(self, answer: str) -> Seen:
        return Seen(answer, self.matcher.find(answer))


def make(options: Options, tags: tuple[Tag, ...]) -> CaptionTagger:
    """Raises TaggerUnavailable."""
    try:
        version = registry.find(options.adapter) if options.adapter else None
        if version is None:
            model = captioner.load(options.model or settings.TAGGER_CAPTIONER)
        else:
            model = captioner.load_version(version)
    except (captioner.EncoderUnavailable, DamagedModel, UnknownVersion) as error:
        raise TaggerUnavailable(str(error)) from error
    ask = options.ask or ("tags" if version else "caption")  # adapters are taught to answer with tags
    names = [tag.name_en for tag in tags]
    prompt = prompts.CAPTION if ask == "caption" else prompts.TAGS if version else prompts.among(names)
    return CaptionTagger(model, tags, prompt=prompt, size=options.size, version=version)
