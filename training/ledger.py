"""A comparison on disk: one JSON file that anybody may read, and beside it a folder with the rows' scores.

The file is written anew after each trained model, aside and renamed, so that a comparison that is killed keeps what
it has; the scores are kept because differences between rows need them, also of rows from an earlier session.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from training.management.figures import write_json

FORMAT = 1
DECIDES = "mean_f1"  # what rows are ordered by, as champions are chosen by it
BASELINE, PERFECT, CUTS = "baseline", "ceiling", "ceiling-cuts"  # what stands beside the rows
_EMPTY: dict[str, Any] = {
    "seeds": 1, "rounds": 0, "options": {}, "dataset": {}, "begun": "",
    "rows": [], "references": [], "differences": [], "curves": [],
}  # fmt: skip
Tensors = dict[str, NDArray[Any]]
Row = dict[str, Any]


class OtherFilms(Exception):
    """The file holds a comparison on other films or labels; the message says what to do."""


class Ledger:
    """What a comparison has found so far. Without a path it is kept in memory alone."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.content: dict[str, Any] = read(path) or {} if path else {}
        self._scores: dict[str, Tensors] = {}

    @property
    def folder(self) -> Path | None:
        """Where the scores are: `compare.scores/` beside `compare.json`."""
        return self.path.with_suffix(".scores") if self.path else None

    def begin(self, head: dict[str, Any], *, fresh: bool = False) -> None:
        """Go on with what is there if it is of the same films, or start.

        ``head`` tells what is compared; its ``dataset["hash"]`` decides. ``fresh``: forget what is there.

        Raises:
            OtherFilms: there is something else, and it is not to be forgotten.
        """
        known = self.content.get("dataset", {}).get("hash")
        if not fresh and known and known != head["dataset"]["hash"]:
            raise OtherFilms(
                f"{self.path.name if self.path else 'It'} holds a comparison on other films or labels: "
                "name another file, or start anew with --fresh."
            )
        rows = [] if fresh else self.content.get("rows", [])
        self.content = whole({"format": FORMAT, **head, "rows": rows, "best": None, "finished": None})
        self.save()

    def row(self, name: str) -> Row | None:
        """The row of this id."""
        return next((row for row in self.content["rows"] if row["id"] == name), None)

    def put(self, row: Row) -> None:
        """Keep a row in its place, or at the end if it is new, and write everything down."""
        rows = self.content["rows"]
        place = next((i for i, known in enumerate(rows) if known["id"] == row["id"]), len(rows))
        rows[place : place + 1] = [row]
        self.save()

    def save(self) -> None:
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_json(self.path, self.content)

    def keep_scores(self, name: str, tensors: Tensors) -> None:
        """Keep what a model said of the test films under a name from ``scores_name``."""
        if self.folder is None:
            self._scores[name] = tensors
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        aside = self.folder / f".{name}.part"
        save_file({key: np.ascontiguousarray(tensor) for key, tensor in tensors.items()}, aside)
        aside.replace(self.folder / name)

    def scores(self, name: str) -> Tensors | None:
        """What was kept under the name; None where it is gone or cannot be read."""
        if self.folder is None:
            return self._scores.get(name)
        try:
            return load_file(self.folder / name)
        except (OSError, SafetensorError):
            return None


def kept(name: str) -> Path:
    """Where the site keeps the comparison of this name."""
    return Path(settings.DATA_DIR) / "comparisons" / f"{name}.json"


def all_kept() -> list[tuple[str, dict[str, Any]]]:
    """The site's comparisons by name, the latest first; what cannot be read is left out."""
    files = sorted(kept("").parent.glob("[!.]*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    return [(path.stem, content) for path in files if (content := read(path))]


def scores_name(row: str, recipe: str, seed: int) -> str:
    """The name of a file that belongs to a row trained by a recipe from a seed."""
    readable = re.sub(r"[^a-z0-9]+", "-", row.lower()).strip("-")[:40]
    return f"{readable}-{fingerprint([row, recipe])[:8]}-{seed}.safetensors"


def fingerprint(value: Any) -> str:
    """The SHA-256 of anything JSON can hold."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


def read(path: Path) -> dict[str, Any] | None:
    """The comparison in a file, with everything that one has; None where there is none or it is not one."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return whole(content) if isinstance(content, dict) and content.get("format") == FORMAT else None


def whole(content: dict[str, Any]) -> dict[str, Any]:
    """A comparison with nothing missing at the top: one may be under way, or written by an older release."""
    found = {
        name: content[name] if isinstance(content.get(name), type(empty)) else empty for name, empty in _EMPTY.items()
    }
    for name in ("rows", "references", "differences", "curves"):
        found[name] = [part for part in found[name] if isinstance(part, dict)]
    found["rows"] = [row for row in found["rows"] if isinstance(row.get("id"), str)]
    return {**content, **found}
