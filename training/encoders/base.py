"""What all encoders share: chunks prepared and encoded side by side, the best precision, memory that runs out.

On a CPU as many chunks are encoded at once as there are cores, each on one core: nothing waits for the slowest
core, and reading one chunk's files overlaps with computing another's. On a GPU the cores prepare and the chunks
take turns.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar

import numpy as np
import torch
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from torch import Tensor, nn

from training.encoders.folders import EncoderUnavailable

logger = logging.getLogger(__name__)
Item = TypeVar("Item")
Vectors = NDArray[np.float32]

AS_GOOD = 0.999  # cosine to the float32 vector; a network that loses more keeps float32
MOST_THREADS = 16  # above that Python itself is what they wait for
AHEAD = 2 * MOST_THREADS  # chunks that are prepared or wait to be stored
Listener = Callable[[int, int], None]
_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)
_NO_MEMORY = ("can't allocate memory", "not enough memory")


@contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """Within this context every encoder tells how many items of how many are done; what the listener raises ends it.

    For encoding in the middle of a training, whose architecture knows nothing of jobs.
    """
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


@dataclass(frozen=True)
class Encoded:
    """Vectors of one chunk: `rows` are positions in what was handed in, `failures` those without a vector."""

    rows: list[int]
    vectors: Vectors
    failures: dict[int, str]


class Encoder(Generic[Item]):
    """Turns items into vectors. Subclasses say how a chunk is prepared and what the network does with it."""

    name: str
    dimension: int
    chunk_cpu, chunk_gpu = 16, 256

    def __init__(self, name: str, network: nn.Module, *, precision: str = "auto") -> None:
        """precision: "fp32", "bf16", or "auto" for bf16 where this machine computes in it as well as in float32.

        Raises EncoderUnavailable where the network cannot encode anything.
        """
        self.name = name
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.network = network.eval().requires_grad_(False).to(self.device)
        self._turn = threading.Lock()
        self.precision = "fp32"
        exact = self._try()
        self.dimension = exact.shape[1]
        self.precision = self._best_precision(exact) if precision == "auto" else precision

    def encode(self, items: Sequence[Item]) -> Vectors:
        """Vectors of all items in their order: float32 (N, D). Raises ValueError where one cannot be read."""
        vectors = np.empty((len(items), self.dimension), np.float32)
        for part in self.stream(items):
            if part.failures:
                raise ValueError(next(iter(part.failures.values())))
            vectors[part.rows] = part.vectors
        return vectors

    def stream(self, items: Sequence[Item]) -> Iterator[Encoded]:
        """Chunks of vectors as they get ready; while the caller stores one, the next are being made."""
        size = self.chunk_gpu if self.device.type == "cuda" else self.chunk_cpu
        order = self._order(items)
        chunks = iter([order[start : start + size] for start in range(0, len(order), size)])
        listener, done = _listener.get(), 0
        with _threads() as pool:
            waiting = deque(pool.submit(self._chunk, rows, items) for rows in islice(chunks, AHEAD))
            while waiting:
                ready = waiting.popleft().result()
                done += len(ready.rows) + len(ready.failures)
                if listener is not None:
                    listener(done, len(items))
                waiting.extend(pool.submit(self._chunk, rows, items) for rows in islice(chunks, 1))
                yield ready

    def _order(self, items: Sequence[Item]) -> list[int]:
        return list(range(len(items)))

    def _chunk(self, rows: list[int], items: Sequence[Item]) -> Encoded:
        batch, failures = self._prepare([items[row] for row in rows])
        readable = [row for position, row in enumerate(rows) if position not in failures]
        vectors = self._run(batch) if readable else torch.empty(0, self.dimension)
        return Encoded(readable, vectors.numpy(), {rows[position]: why for position, why in failures.items()})

    def _prepare(self, items: Sequence[Item]) -> tuple[dict[str, Tensor], dict[int, str]]:
        """Tensors with one row per readable item, and why the others (by position) are not."""
        raise NotImplementedError

    def _forward(self, batch: dict[str, Tensor]) -> Tensor:
        """Vectors (B, D) of a prepared batch on the encoder's device."""
        raise NotImplementedError

    def _probe(self) -> dict[str, Tensor]:
        """A small prepared batch to try the network on."""
        raise NotImplementedError

    # Running the network -------------------------------------------------------------------------------

    def _run(self, batch: dict[str, Tensor]) -> Tensor:
        """Vectors float32 (B, D) on the CPU; smaller batches where memory runs out, the CPU as a last resort."""
        with self._turn if self.device.type == "cuda" else nullcontext():
            return self._run_or_halve(batch)

    def _run_or_halve(self, batch: dict[str, Tensor]) -> Tensor:
        try:
            return self._once(batch)
        except RuntimeError as error:  # torch.OutOfMemoryError is one
            if not out_of_memory(error):
                raise
        # Outside of `except`: the traceback would keep the failed attempt's tensors alive.
        size = len(next(iter(batch.values())))
        if size == 1:
            return self._without_gpu(batch)
        logger.warning("%s: out of memory at %s items, trying half", self.name, size)
        self.chunk_gpu = min(self.chunk_gpu, max(1, size // 2))
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        halves = ({name: value[part] for name, value in batch.items()} for part in _halves(size))
        return torch.cat([self._run_or_halve(half) for half in halves])

    def _without_gpu(self, batch: dict[str, Tensor]) -> Tensor:
        if self.device.type == "cpu":
            raise MemoryError(f"{self.name}: there is no memory left for a single item.")
        logger.warning("%s: no GPU memory left, the CPU goes on (slow)", self.name)
        self.device = torch.device("cpu")
        self.network = self.network.to(self.device)
        return self._once(batch)

    def _once(self, batch: dict[str, Tensor]) -> Tensor:
        with torch.inference_mode(), self._autocast():
            batch = {name: value.to(self.device, non_blocking=True) for name, value in batch.items()}
            return self._forward(batch).float().cpu()

    def _autocast(self) -> AbstractContextManager[Any]:
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bf16")

    # Choosing the precision -----------------------------------------------------------------------------

    def _try(self) -> Vectors:
        try:
            vectors = self._run(self._probe()).numpy()
        except MemoryError:
            raise
        except Exception as error:
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
            sentence = _("{name} cannot be used as an encoder: {reason}")
            raise EncoderUnavailable(sentence.format(name=self.name, reason=reason)) from error
        if vectors.ndim != 2 or not np.isfinite(vectors).all():
            raise EncoderUnavailable(_("{name} gives no usable vectors: is it damaged?").format(name=self.name))
        return vectors

    def _best_precision(self, exact: Vectors) -> str:
        if not computes_bf16(self.device):
            return "fp32"
        self.precision = "bf16"
        fast = self._try()
        lengths = np.linalg.norm(exact, axis=1) * np.linalg.norm(fast, axis=1)
        cosine = (exact * fast).sum(1) / np.maximum(lengths, 1e-12)
        return "bf16" if cosine.min() >= AS_GOOD else "fp32"


def computes_bf16(device: torch.device) -> bool:
    """Whether the processor has instructions for bf16; without them it is slower than float32."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    able = torch.cpu.get_capabilities()
    return bool(able.get("avx512_bf16") or able.get("amx_bf16"))


def out_of_memory(error: RuntimeError) -> bool:
    return isinstance(error, torch.OutOfMemoryError) or any(words in str(error) for words in _NO_MEMORY)


def _halves(size: int) -> tuple[slice, slice]:
    return slice(0, size // 2), slice(size // 2, size)


@contextmanager
def _threads() -> Iterator[ThreadPoolExecutor]:
    """A thread per core that torch may use, each computing on its own core alone."""
    cores = torch.get_num_threads()
    pool = ThreadPoolExecutor(min(cores, MOST_THREADS), initializer=torch.set_num_threads, initargs=(1,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
        torch.set_num_threads(cores)  # what threads started later begin with
