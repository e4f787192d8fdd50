"""A vision-language model of transformers, on this machine: captions matched with the vocabulary, or tags."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from catalog.vocabulary import Tag, matcher
from inference.taggers import Options, Seen, TaggerUnavailable, line
from training import captioner, registry
from training.captioner import prompts
from training.captioner.options import SIZES
from training.encoders.pictures import Unreadable
from training.models import ModelVersion
from training.registry import DamagedModel, UnknownVersion

if TYPE_CHECKING:
    from training.captioner.captioner import Captioner

AT_ONCE = 64


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
            yield from self._answers(frames)
        except Unreadable:
            for frame in frames:  # all of a batch fail with one: ask one by one, to know which
                yield self._alone(frame)
        except (captioner.EncoderUnavailable, MemoryError) as error:
            raise TaggerUnavailable(str(error)) from error

    def _answers(self, frames: Sequence[Path]) -> Iterator[Seen]:
        """All of the frames or, where one of them cannot be read, none of them."""
        from training.captioner.frames import read

        pictures = [read(frame, self.model.size) for frame in frames]
        for answers in self.model.captions(pictures, prompt=self.prompt):
            yield from (self._seen(answer) for answer in answers)

    def _alone(self, frame: Path) -> Seen:
        try:
            return next(self._answers([frame]))
        except Unreadable as error:
            return Seen(error=str(error))

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
