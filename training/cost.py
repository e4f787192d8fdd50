"""What a training costs, measured while it runs: what it read first, how long that took, and how much memory it needed.

Kept in the version's config, so that the next training can be priced before it is asked for (training/price.py).
"""

import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from catalog.progress import Progress

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
READ = ("plots", "posters")  # units of progress in which vectors are made


class Meter:
    """A progress that counts, for each unit, what was done and how long it took; everything is passed on."""

    def __init__(self, outer: Progress) -> None:
        self.outer = outer
        self.fail = outer.fail
        self.done: dict[str, int] = {}
        self.seconds: dict[str, float] = {}
        self._unit, self._since = "", time.monotonic()
        forget_peak()

    def start(self, total: int | None, unit: str, message: str = "") -> None:
        self._lap()
        self._unit = unit
        self.outer.start(total, unit, message)

    def advance(self, count: int = 1, message: str | None = None) -> None:
        self.done[self._unit] = self.done.get(self._unit, 0) + count
        self.outer.advance(count, message)

    def _lap(self) -> None:
        now = time.monotonic()
        self.seconds[self._unit] = self.seconds.get(self._unit, 0.0) + now - self._since
        self._since = now

    def cost(self) -> dict[str, Any]:
        """JSON: `read` by unit [how many, seconds], peak memory in bytes, and what it was computed on."""
        self._lap()
        read = {unit: [self.done[unit], round(self.seconds.get(unit, 0.0), 2)] for unit in READ if self.done.get(unit)}
        return {"read": read, "memory": peak_memory(), "gpu_memory": _peak_gpu_memory(), "device": device()}


def device() -> str:
    """What is computed on, for those who read times: a GPU's name once torch is loaded, or the cores."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        return str(torch.cuda.get_device_name())
    return f"{os.cpu_count()} CPU cores"


def forget_peak() -> None:
    """Begin to measure peak memory anew, where the system lets a process do that (Linux)."""
    with suppress(OSError):
        _CLEAR.write_text("5")
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()


def peak_memory() -> int | None:
    """Bytes of memory that this process held at most since `forget_peak`; None where the system does not say."""
    try:
        lines = _STATUS.read_text().splitlines()
    except OSError:
        return None
    held = next((line.split()[1] for line in lines if line.startswith("VmHWM:")), None)
    return int(held) * 1024 if held else None


def _peak_gpu_memory() -> int | None:
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available():
        return None
    return int(torch.cuda.max_memory_reserved())


def free_memory() -> int | None:
    """Bytes that are free on this machine, or within this container's limit if that is less; None where unknown."""
    free = _available()
    limit, used = _cgroup("memory.max"), _cgroup("memory.current")
    within = limit - used if limit is not None and used is not None else None
    known = [value for value in (free, within) if value is not None]
    return min(known) if known else None


def _available() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)


def _cgroup(name: str) -> int | None:
    try:
        text = (Path("/sys/fs/cgroup") / name).read_text().strip()
    except OSError:
        return None
    return int(text) if text.isdecimal() else None
