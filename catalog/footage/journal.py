"""What an extraction has done so far, a line per frame, so that one that is killed repeats nothing."""

import hashlib
import json
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from catalog.footage.frames import Section, Signature, Wanted
from catalog.models.clip import frame_path


@dataclass(frozen=True, slots=True)
class Taken:
    """A frame, or a pair of them, as it will be stored; or why it was dropped. `place` says which was asked for."""

    place: str
    seconds: float = 0.0
    number: int | None = None
    sha256: str = ""
    next_sha256: str = ""
    width: int = 0
    height: int = 0
    motion: float | None = None
    bits: int = 0
    colours: tuple[int, ...] = ()
    dropped: str = ""

    @property
    def signature(self) -> Signature:
        return Signature(self.bits, tuple(self.colours))

    @property
    def stored(self) -> bool:
        """Whether its files are (still) there."""
        files = [Path(settings.MEDIA_ROOT) / frame_path(sha256) for sha256 in (self.sha256, self.next_sha256) if sha256]
        return bool(self.dropped) or all(file.is_file() and file.stat().st_size for file in files)


class Journal:
    """Lines in a file under CLIPS_DIR, named after the clip and what is wanted of it; gone when all is stored.

    keep: without it nothing is read or written (for dry runs).
    """

    def __init__(self, sha256: str, wanted: Wanted, sections: list[Section], *, keep: bool = True) -> None:
        asked = hashlib.sha256(json.dumps([astuple(wanted), sections]).encode()).hexdigest()[:16]
        self.path = _folder() / f"{sha256}-{asked}.jsonl"
        self.keep = keep
        self.lines: dict[str, dict[str, Any]] = {}
        if keep and self.path.is_file():
            for text in self.path.read_text().splitlines():
                self._read(text)

    def _read(self, text: str) -> None:
        try:
            line = json.loads(text)
            self.lines[line["place"]] = line
        except (ValueError, TypeError, KeyError):
            pass  # the line at which it was killed

    def find(self, place: str) -> Taken | None:
        line = self.lines.get(place)
        taken = Taken(**line) if line and "shots" not in line else None
        return taken if taken is not None and taken.stored else None

    def add(self, taken: Taken) -> Taken:
        self._write(asdict(taken))
        return taken

    def shots(self) -> list[tuple[float, float]] | None:
        line = self.lines.get("shots")
        return [(first, last) for first, last in line["shots"]] if line else None

    def add_shots(self, shots: list[tuple[float, float]]) -> None:
        self._write({"place": "shots", "shots": shots})

    def _write(self, line: dict[str, Any]) -> None:
        self.lines[line["place"]] = line
        if self.keep:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a") as file:
                file.write(f"\n{json.dumps(line)}")  # a line that was cut short must not spoil the next

    def finish(self) -> None:
        self.path.unlink(missing_ok=True)

    @staticmethod
    def forget(sha256: str) -> None:
        """Whatever was begun with this clip."""
        for path in _folder().glob(f"{sha256}-*.jsonl"):
            path.unlink(missing_ok=True)


def _folder() -> Path:
    return Path(settings.CLIPS_DIR) / "begun"
