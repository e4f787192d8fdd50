"""A model folder's seal: the SHA-256 of each of its files, checked before anything is read from them."""

import hashlib
import json
import os
import shutil
from pathlib import Path

from catalog.files import flush

NAME = "manifest.json"
ALLOWED = {".safetensors", ".json", ".md"}  # data, never code


class DamagedModel(Exception):
    """The folder is not what was saved: a file is missing, added or changed."""


def seal(folder: Path) -> str:
    """Write the manifest of a finished folder and return its own SHA-256.

    Raises:
        DamagedModel: a file of a kind that a model folder may not hold.
    """
    content = json.dumps({path.name: _sha256(path) for path in _files(folder)}, indent=1, sort_keys=True)
    (folder / NAME).write_text(content + "\n")
    return _sha256(folder / NAME)


def verify(folder: Path, manifest_sha256: str) -> None:
    """Raises DamagedModel with the first thing that is wrong; returns when every byte is as it was saved."""
    try:
        if _sha256(folder / NAME) != manifest_sha256:
            raise DamagedModel(f"{folder.name}: the manifest is not the one that was registered.")
        expected: dict[str, str] = json.loads((folder / NAME).read_text())
        found = {path.name: path for path in _files(folder)}
        if found.keys() != expected.keys():
            raise DamagedModel(f"{folder.name}: files are missing or added: {sorted(found.keys() ^ expected.keys())}")
        for name, digest in expected.items():
            if _sha256(found[name]) != digest:
                raise DamagedModel(f"{folder.name}/{name} has changed since it was saved.")
    except OSError as error:
        raise DamagedModel(f"{folder.name} cannot be read: {error.strerror}.") from error


def place(source: Path, target: Path) -> None:
    """Move a sealed folder to where it stays, all or nothing: copied aside, flushed to disk, renamed.

    Raises:
        FileExistsError: the target is there already; a version never changes.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        raise FileExistsError(target)
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        shutil.copytree(source, aside)
        for path in [*aside.iterdir(), aside]:
            flush(path)
        aside.rename(target)
        flush(target.parent)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _files(folder: Path) -> list[Path]:
    paths = sorted(path for path in folder.iterdir() if path.name != NAME)
    for path in paths:
        if path.suffix not in ALLOWED or not path.is_file() or path.is_symlink():
            raise DamagedModel(f"{path.name} does not belong in a model folder.")
    return paths


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
