"""Teaching an adapter: frames and their films' tags in, LoRA weights out. Loss on the answers' tokens only."""

import hashlib
import logging
import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR

from training.captioner import adapters, memory, prompts
from training.captioner.asking import IGNORED, Inputs, answer_text, ask, on_device, with_answers
from training.captioner.course import KEEP_SECONDS, Course, random_state, set_random_state
from training.captioner.examples import Example
from training.captioner.frames import read_all
from training.captioner.loading import Loaded
from training.captioner.options import SIZES, FinetuneOptions
from training.encoders.base import out_of_memory

logger = logging.getLogger(__name__)
DROPOUT = 0.05  # as LLaVA's own LoRA recipe
WARMUP = 0.03  # share of the steps
CLIP = 1.0  # longest gradient: rank 256 explodes without
AHEAD = 2  # batches that are prepared while one is being learned from
VALIDATION_DRAW = 1 << 20  # stands for an epoch where validation answers are drawn: the same ones always
Figures = dict[str, float]


class LossExploded(Exception):
    """Loss or gradient is not a finite number any more; the message says what to change."""


@dataclass(frozen=True)
class Tuned:
    """The adapter of the best epoch, and how it went."""

    weights: dict[str, Tensor]
    lora: dict[str, Any]
    history: list[Figures]
    adapted: Any
    """The network with the adapter, ready to answer."""


@dataclass(frozen=True)
class _Batch:
    """Frames and answers of one step, read; `parts` are tensors of as many as are computed at once."""

    images: list[Image.Image]
    answers: list[str]
    parts: list[tuple[Inputs, Tensor]]


class Tuning:
    """One fine-tuning: `run` it."""

    def __init__(
        self, model: Loaded, train: Sequence[Example], validation: Sequence[Example], options: FinetuneOptions
    ) -> None:
        """Raises ValueError where there is nothing to learn from."""
        if not train:
            raise ValueError("there is no frame to learn from")
        self.model, self.train, self.validation, self.options = model, train, validation, options
        self.per_epoch = -(-len(train) // options.batch)
        self.total = self.per_epoch * options.epochs
        """Steps in all."""

    def run(
        self,
        *,
        kept: Path | None = None,
        keep_seconds: float = KEEP_SECONDS,
        on_epoch: Callable[[int, int, Figures], None] = lambda *_: None,
        on_step: Callable[[int], None] = lambda _: None,
    ) -> Tuned:
        """Learn, or go on from what is kept in the file `kept`. `on_step` is told how many steps were added.

        Raises:
            LossExploded: training cannot go on; the state that led there is removed.
        """
        devices = [self.model.device] if self.model.device.type == "cuda" else []
        with torch.random.fork_rng(devices=devices), _repeatable():
            torch.manual_seed(self.options.seed)
            course = self._begin()
            if kept:
                course.go_on(kept)
            for epoch, figures in enumerate(course.history, 1):
                on_epoch(epoch, self.options.epochs, figures)
            on_step(course.step)
            try:
                while len(course.history) < self.options.epochs:
                    self._epoch(course, kept, keep_seconds, on_step)
                    on_epoch(len(course.history), self.options.epochs, course.history[-1])
            except LossExploded:
                if kept:
                    kept.unlink(missing_ok=True)
                raise
        adapters.put_back(course.adapted, course.best_weights)
        spend_memory: Any = self.model.network.activation_checkpointing_disable
        spend_memory()
        return Tuned(course.best_weights, adapters.describe(course.adapted), course.history, course.adapted.eval())

    def _begin(self) -> Course:
        options, network = self.options, self.model.network
        adapted = adapters.attach(network, rank=options.rank, alpha=options.scale, dropout=DROPOUT, seed=options.seed)
        save_memory: Any = network.activation_checkpointing_enable
        save_memory()
        learns = [weights for weights in adapted.parameters() if weights.requires_grad]
        optimizer = torch.optim.AdamW(learns, lr=options.learning_rate, weight_decay=0.0)
        return Course(adapted, optimizer, LambdaLR(optimizer, self._rate), self._micro())

    def _rate(self, step: int) -> float:
        """Share of the highest learning rate: a straight rise, then a cosine to zero."""
        rise = max(1, round(WARMUP * self.total))
        if step < rise:
            return (step + 1) / (rise + 1)
        return 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, self.total - rise)))

    def _micro(self) -> int:
        """Frames at once, from the longest of a few examples."""
        with ThreadPoolExecutor(1) as readers:
            few = self._read(sorted(self.train, key=lambda one: -len(", ".join(one.tags)))[:1], 0, readers)
        inputs, _labels = self._part(few.images, few.answers)
        return memory.micro_batch_for(self.model, inputs["input_ids"].shape[1], self.options.batch)

    # An epoch -------------------------------------------------------------------------------------------

    def _epoch(self, course: Course, kept: Path | None, keep_seconds: float, on_step: Callable[[int], None]) -> None:
        epoch = len(course.history)
        order = np.random.default_rng([self.options.seed, epoch]).permutation(len(self.train))
        rows = np.split(order, range(self.options.batch, len(order), self.options.batch))
        course.adapted.train()
        left = [[self.train[i] for i in part] for part in rows[course.step % self.per_epoch :]]
        for batch in self._ahead(left, epoch, course):
            self._step(course, self._of(course.micro, batch))
            ends = course.step % self.per_epoch == 0
            if ends:
                figures = {"train_loss": course.loss / max(course.tokens, 1)}
                course.note(figures | self.judge(course.adapted, course.micro))
            if kept and (ends or course.due(keep_seconds)):
                course.keep(kept)
            on_step(1)

    def judge(self, adapted: Any, micro: int = 1) -> Figures:
        """Mean loss of a validation answer's token; {} without validation frames."""
        if not self.validation:
            return {}
        size, total, tokens = max(1, 2 * micro), 0.0, 0
        parts = [list(self.validation[start : start + size]) for start in range(0, len(self.validation), size)]
        was, _ = adapted.training, adapted.eval()
        with torch.inference_mode(), ThreadPoolExecutor(memory.threads()) as readers:
            for part in parts:
                read = self._read(part, VALIDATION_DRAW, readers)
                inputs, labels = self._part(read.images, read.answers)
                total += float(self._loss(adapted, inputs, labels))
                tokens += int((labels != IGNORED).sum())
        adapted.train(was)
        return {"validation_loss": total / max(tokens, 1)}

    # A step ---------------------------------------------------------------------------------------------

    def _step(self, course: Course, batch: _Batch) -> None:
        """One step of the optimizer on all answers of the batch; in smaller parts where memory runs out."""
        before = random_state()
        try:
            loss, tokens = self._gradients(course, batch.parts)
        except RuntimeError as error:
            if not out_of_memory(error) or course.micro == 1:
                raise
            loss, tokens = math.nan, 0
        if not tokens:  # outside of `except`: the traceback would keep the failed attempt's tensors alive
            course.micro = max(1, course.micro // 2)
            logger.warning("out of memory: %s frames at once from now on", course.micro)
            course.optimizer.zero_grad(set_to_none=True)
            if self.model.device.type == "cuda":
                torch.cuda.empty_cache()
            set_random_state(before)
            return self._step(course, self._parted(batch.images, batch.answers, course.micro))
        norm = nn.utils.clip_grad_norm_([w for w in course.adapted.parameters() if w.requires_grad], CLIP)
        self._require_finite(float(norm), course)
        course.optimizer.step()
        course.optimizer.zero_grad(set_to_none=True)
        course.schedule.step()
        course.step, course.loss, course.tokens = course.step + 1, course.loss + loss, course.tokens + tokens
        return None

    def _gradients(self, course: Course, parts: list[tuple[Inputs, Tensor]]) -> tuple[float, int]:
        """Of the mean loss over every token of the answers; gives the loss's sum and the number of tokens."""
        tokens, total = sum(int((labels != IGNORED).sum()) for _, labels in parts), 0.0
        for inputs, labels in parts:
            loss = self._loss(course.adapted, inputs, labels)
            value = float(loss.detach())
            self._require_finite(value, course)
            (loss / tokens).backward()  # type: ignore[no-untyped-call]
            total += value
        return total, tokens

    def _require_finite(self, value: float, course: Course) -> None:
        if not math.isfinite(value):
            options, step = self.options, course.step + 1
            raise LossExploded(
                f"Training ran off at step {step} of {self.total}: the loss or its gradient is not a finite number. "
                f"Try a learning rate below {options.learning_rate:g}, or a rank below {options.rank}."
            )

    def _loss(self, adapted: Any, inputs: Inputs, labels: Tensor) -> Tensor:
        """Cross-entropy summed over the answers' tokens, labels (B, W)."""
        width, bf16 = labels.shape[1], self.model.dtype == torch.bfloat16
        with torch.autocast(self.model.device.type, torch.bfloat16) if bf16 else nullcontext():
            logits = adapted(**on_device(self.model, inputs), logits_to_keep=width + 1, use_cache=False).logits
        said = logits[:, -(width + 1) : -1].float().flatten(0, 1)  # (B * W, vocabulary): each before its token
        return nn.functional.cross_entropy(
            said, labels.to(said.device).flatten(), ignore_index=IGNORED, reduction="sum"
        )

    # Reading --------------------------------------------------------------------------------------------

    def _ahead(self, parts: list[list[Example]], epoch: int, course: Course) -> Iterator[_Batch]:
        """Batches in turn; while one is being learned from, the next are read and prepared."""
        with ThreadPoolExecutor(memory.threads()) as readers, ThreadPoolExecutor(1) as preparer:

            def submit(part: list[Example]) -> Any:
                return preparer.submit(self._read, part, epoch, readers, course.micro)

            left = iter(parts)
            waiting = deque(submit(part) for part in islice(left, AHEAD))
            while waiting:
                ready: _Batch = waiting.popleft().result()
                waiting.extend(submit(part) for part in islice(left, 1))
                yield ready

    def _read(self, examples: list[Example], epoch: int, readers: ThreadPoolExecutor, micro: int = 0) -> _Batch:
        images = read_all([one.frame for one in examples], SIZES[self.options.size], readers)
        answers = [self._answer(one, epoch) for one in examples]
        return self._parted(images, answers, micro) if micro else _Batch(images, answers, [])

    def _answer(self, example: Example, epoch: int) -> str:
        """Depends on seed, epoch and frame alone, so that it is the same after an interruption."""
        place = int.from_bytes(hashlib.sha256(example.frame.name.encode()).digest()[:8], "big")
        random = np.random.default_rng([self.options.seed, epoch, place])
        return answer_text(self.model, prompts.TAGS, example.answer(self.options.tags_per_prompt, random))

    def _of(self, micro: int, batch: _Batch) -> _Batch:
        """The batch in parts of that size: it may have been prepared before memory ran out."""
        fits = len(batch.parts) == -(-len(batch.images) // micro)
        return batch if fits else self._parted(batch.images, batch.answers, micro)

    def _parted(self, images: list[Image.Image], answers: list[str], micro: int) -> _Batch:
        starts = range(0, len(images), micro)
        parts = [self._part(images[start : start + micro], answers[start : start + micro]) for start in starts]
        return _Batch(images, answers, parts)

    def _part(self, images: list[Image.Image], answers: list[str]) -> tuple[Inputs, Tensor]:
        return with_answers(self.model, ask(self.model, images, prompts.TAGS), answers)


@contextmanager
def _repeatable() -> Iterator[None]:
    """Ways of computing that give the same bits each time, where there are such."""
    before, warned = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before, warn_only=warned)
