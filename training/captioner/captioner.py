"""Captions of frames in batches: while the model writes one batch, the next are read and prepared."""

import logging
import re
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from django.utils.translation import gettext as _
from PIL import Image

from training.captioner import adapters, memory, prompts
from training.captioner.asking import Inputs, ask, on_device
from training.captioner.frames import Picture, read_all
from training.captioner.loading import Loaded, load
from training.captioner.options import Size
from training.encoders.base import out_of_memory
from training.encoders.folders import EncoderUnavailable

logger = logging.getLogger(__name__)
AHEAD = 2  # batches that are prepared while one is being captioned
MOST_TOKENS = 48
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")  # a model may write anything; a database refuses some of it
_Prepared = tuple[list[Image.Image], Inputs]


class Captioner:
    """A vision-language model that answers a question about each picture, always in the same way (greedy)."""

    def __init__(
        self, model: Loaded, *, adapter: str = "", size: Size | None = None, most_tokens: int = MOST_TOKENS
    ) -> None:
        """adapter: its label, for the name; size: (width, height) that pictures are squeezed to before anything;
        most_tokens: of an answer, unless `captions` is told otherwise."""
        self.model, self.adapter, self.size, self.most_tokens = model, adapter, size, most_tokens
        self._most = 0  # pictures at once that memory is known to be enough for; 0: not known

    @classmethod
    def load(cls, model: str, *, adapter: Path | None = None, precision: str = "auto") -> "Captioner":
        """Raises EncoderUnavailable."""
        if adapter is None:
            return cls(load(model, precision=precision))
        taught = adapters.read(adapter)
        loaded = load(model, precision=precision)
        adapters.merge(loaded, taught)
        return cls(loaded, adapter=taught.label, size=taught.size, most_tokens=taught.most_tokens or MOST_TOKENS)

    @property
    def name(self) -> str:
        """Model, adapter and the prompt for captions, in one line of at most 160 characters."""
        return self.named(prompts.CAPTION)

    def named(self, prompt: str) -> str:
        """The same with another prompt."""
        parts = [self.model.label, *([f"+ {self.adapter}"] if self.adapter else []), prompts.name_of(prompt)]
        return " ".join(parts)[:160]

    def captions(
        self,
        pictures: Sequence[Picture],
        *,
        prompt: str = prompts.CAPTION,
        most_tokens: int | None = None,
        batch: int = 0,
    ) -> Iterator[list[str]]:
        """Answers batch by batch, in the pictures' order. A batch of 0 is chosen from the memory that is free.

        most_tokens: of one answer; None is 48, or what an adapter's lists of tags need.

        Raises:
            Unreadable: a picture's file is missing or damaged; the message names it.
            EncoderUnavailable: the model cannot be asked.
            MemoryError: there is not enough for a single picture.
        """
        if not pictures:
            return
        most = self.most_tokens if most_tokens is None else most_tokens
        with ThreadPoolExecutor(memory.threads()) as readers, ThreadPoolExecutor(1) as preparer:
            size = batch or self._batch(pictures[0], prompt, most, readers)
            parts = iter([pictures[start : start + size] for start in range(0, len(pictures), size)])

            def submit(part: Sequence[Picture]) -> Future[_Prepared]:
                return preparer.submit(self._prepare, part, prompt, readers)

            waiting = deque(submit(part) for part in islice(parts, AHEAD))
            while waiting:
                images, inputs = waiting.popleft().result()
                waiting.extend(submit(part) for part in islice(parts, 1))
                yield self._answers(images, inputs, prompt, most)

    def _batch(self, picture: Picture, prompt: str, most_tokens: int, readers: ThreadPoolExecutor) -> int:
        if not self._most:
            _images, inputs = self._prepare([picture], prompt, readers)
            self._most = memory.batch_for(self.model, inputs["input_ids"].shape[1] + most_tokens)
        return self._most

    def _prepare(self, pictures: Sequence[Picture], prompt: str, readers: ThreadPoolExecutor) -> _Prepared:
        images = read_all(pictures, self.size, readers)
        return images, ask(self.model, images, prompt)

    def _answers(self, images: list[Image.Image], inputs: Inputs, prompt: str, most_tokens: int) -> list[str]:
        """Answers to a prepared batch; in halves where memory runs out."""
        try:
            return self._generate(inputs, most_tokens)
        except RuntimeError as error:  # torch.OutOfMemoryError is one
            if not out_of_memory(error):
                raise
        # Outside of `except`: the traceback would keep the failed attempt's tensors alive.
        half = len(images) // 2
        if not half:
            raise MemoryError(_("There is not enough memory for one picture with {name}.").format(name=self.name))
        logger.warning("%s: out of memory at %s pictures, trying half", self.name, len(images))
        self._most = min(self._most or half, half)
        if self.model.device.type == "cuda":
            torch.cuda.empty_cache()
        halves = (images[:half], images[half:])
        return [
            answer
            for part in halves
            for answer in self._answers(part, ask(self.model, part, prompt), prompt, most_tokens)
        ]

    @torch.inference_mode()
    def _generate(self, inputs: Inputs, most_tokens: int) -> list[str]:
        tokenizer, network = self.model.processor.tokenizer, self.model.network
        write: Any = network.generate
        tokens = write(
            **on_device(self.model, inputs),
            max_new_tokens=most_tokens,
            do_sample=False,
            num_beams=1,
            temperature=None,
            top_p=None,
            top_k=None,
            pad_token_id=tokenizer.pad_token_id,
        )
        said = tokenizer.batch_decode(tokens[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True)
        return [_UNPRINTABLE.sub("", one).strip() for one in said]


__all__ = ["Captioner", "EncoderUnavailable"]
