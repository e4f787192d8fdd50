"""What belongs to a backup: names of its members, where they come from, and the manifest."""

import errno
import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

from django.conf import settings

from genresite.backup import BackupError

FORMAT = 1  # goes up when an older genresite could misread a newer backup
DUMP, KEY, MANIFEST = "database.dump", "secret_key", "manifest.json"
CLIPS = "clips"
DAMAGED = "The file is damaged, or no backup of genresite"
UNFINISHED = "begun"  # in the folder of clips: what extractions under way have done so far
JSON_TYPES: dict[str, type] = {
    "created_at": str, "roots": list, "migrations": list, "rows": dict, "files": dict
}  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """One member of a backup."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself."""

    created_at: str
    roots: list[str]  # folders that it holds, the empty ones too
    migrations: list[tuple[str, str]]  # applied ones, as app and name
    rows: dict[str, int]  # by table
    files: dict[str, Kept]

    def encoded(self) -> bytes:
        content = {"format": FORMAT, **asdict(self)}
        return json.dumps({**content, "seal": seal(content)}, indent=1).encode()

    def summary(self) -> str:
        """What people call theirs, in one line."""
        names = {
            "films": "catalog_film", "people": "catalog_user", "decisions": "catalog_decision",
            "predictions": "inference_prediction", "model versions": "training_modelversion",
        }  # fmt: skip
        counts = [f"{self.rows.get(table, 0)} {name}" for name, table in names.items()]
        size = sum(kept.size for kept in self.files.values())
        return f"{', '.join(counts)}, {len(self.files)} files, {size / 2**20:.1f} MB"


def seal(content: dict[str, Any]) -> str:
    """By which a manifest shows that it is as it was written: a hash, so that it finds accidents, not forgers."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def decoded(text: bytes) -> Manifest:
    """Raises BackupError where it is no manifest, or one of a newer format than this code knows."""
    try:
        content = json.loads(text)
        number = content["format"]
    except (ValueError, TypeError, KeyError):
        raise BackupError(f"{DAMAGED}: it has no manifest that can be read.") from None
    if not isinstance(number, int) or not 1 <= number <= FORMAT:
        raise BackupError(f"The backup has format {number}, and this genresite knows {FORMAT}: use a newer genresite.")
    try:
        if content.pop("seal") != seal(content):
            raise ValueError("seal")
        return _manifest(content)
    except (ValueError, TypeError, KeyError):
        raise BackupError("The backup's manifest is damaged.") from None


def _manifest(content: dict[str, Any]) -> Manifest:
    for name, kind in JSON_TYPES.items():
        if not isinstance(content[name], kind):
            raise TypeError(name)
    return Manifest(
        created_at=content["created_at"][:40],
        roots=[name for name in content["roots"] if name in roots()],
        migrations=[(str(app), str(name)) for app, name in content["migrations"]],
        rows={str(table): int(count) for table, count in content["rows"].items()},
        files={str(name): Kept(int(kept["size"]), str(kept["sha256"])) for name, kept in content["files"].items()},
    )


def roots() -> dict[str, Path]:
    """The folders whose files belong to a backup, by their names in it."""
    data = Path(settings.DATA_DIR)
    records = ("comparisons", "ablations", "learning-curves")  # small, and hours of computing
    return {
        "media": Path(settings.MEDIA_ROOT),
        "models": Path(settings.MODELS_DIR),
        CLIPS: Path(settings.CLIPS_DIR),
        **{name: data / name for name in records},
    }


def backups() -> Path:
    """Where the site puts what it saves by itself. Raises OSError."""
    folder = Path(settings.DATA_DIR) / "backups"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def visible(folder: Path) -> list[Path]:
    """What lies in a folder; hidden names are files that are just being written, and ours."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except FileNotFoundError:
        return []


def files(names: Iterable[str]) -> Iterator[tuple[str, Path]]:
    """Every file of these roots, with its name in a backup. Raises BackupError at a link to a folder."""
    for name in names:
        for path in visible(roots()[name]):
            if (name, path.name) != (CLIPS, UNFINISHED):
                yield from _below(path, f"{name}/{path.name}")


def _below(path: Path, name: str) -> Iterator[tuple[str, Path]]:
    if not path.is_dir():
        yield name, path
        return
    if path.is_symlink():
        raise BackupError(f"{path} is a link to a folder, and what is in it would not be saved: move the folder here.")
    for child in visible(path):
        yield from _below(child, f"{name}/{child.name}")


def digest(file: BufferedReader) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def disk_errors(place: Path) -> Iterator[None]:
    """Raises BackupError for an OSError, as a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise BackupError(f"The disk of {place} is full: free some space and try again.") from error
        raise BackupError(f"{error.filename or place} cannot be used ({error.strerror or error}).") from error
