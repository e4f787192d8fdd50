"""Writing a backup: the dump first, then the files, so that every file which the dump names is in it."""

import fcntl
import hashlib
import io
import os
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils import timezone

from catalog.files import flush
from genresite.backup import BackupError, contents, database
from genresite.backup.contents import CLIPS, DUMP, KEY, MANIFEST, Kept, Manifest
from genresite.locks import lock, open_lock


def write(target: Path, roots: list[str]) -> Manifest:
    """Save the site to a new file that only its owner reads; the site may be running.

    roots: which folders' files go along, of contents.roots().

    Raises:
        BackupError: the file is there already or its folder is not, the disk is full, or the database cannot be
            dumped. No file of that name is left then.
    """
    if target.exists() or target.is_symlink():
        raise BackupError(f"{target} exists already: name another file, or remove it.")
    if not target.parent.is_dir():
        raise BackupError(f"There is no folder {target.parent}.")
    with contents.disk_errors(target.parent), _part(target) as file:
        with tarfile.open(fileobj=file, mode="w") as tar:
            manifest = _fill(Contents(tar), target, roots)
        file.flush()
        os.fsync(file.fileno())
        _beside(target, "part").rename(target)
        flush(target.parent)
    return manifest


def all_roots(*, clips: bool) -> list[str]:
    return [name for name in contents.roots() if clips or name != CLIPS]


def _fill(contained: "Contents", target: Path, roots: list[str]) -> Manifest:
    begun = timezone.now()
    aside = _beside(target, "dump")  # a tar file says how long a member is before its content
    try:
        with database.snapshot() as moment:
            rows, migrations = database.count_rows(), database.applied_migrations()
            database.dump(aside, moment)
        contained.add(DUMP, aside, 0o600)
    finally:
        aside.unlink(missing_ok=True)
    contained.add_bytes(KEY, settings.SECRET_KEY.encode(), 0o600)
    for name, path in contents.files(roots):
        contained.add(name, path, 0o644)
    manifest = Manifest(begun.isoformat(timespec="seconds"), roots, migrations, rows, dict(contained.files))
    contained.add_bytes(MANIFEST, manifest.encoded(), 0o600)
    return manifest


class Contents:
    """A tar file that is being written, and what has gone into it."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar = tar
        self.files: dict[str, Kept] = {}

    def add(self, name: str, path: Path, mode: int) -> None:
        """A file that is gone by now, since somebody has deleted what it belonged to, is left out."""
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return
        with file:
            status = os.fstat(file.fileno())
            self._add(name, file, status.st_size, mode, int(status.st_mtime))

    def add_bytes(self, name: str, content: bytes, mode: int) -> None:
        self._add(name, io.BytesIO(content), len(content), mode, int(time.time()))

    def _add(self, name: str, file: BinaryIO, size: int, mode: int, mtime: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = size, mode, mtime
        hashed = Hashed(file)
        self.tar.addfile(member, hashed)
        self.files[name] = Kept(size, hashed.digest.hexdigest())


class Hashed:
    """A file whose SHA-256 is known once it has been read."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.digest.update(data)
        return data


@contextmanager
def _part(target: Path) -> Iterator[BinaryIO]:
    """A file beside the target, gone at the end unless it was renamed. What a killed backup left there is taken over.

    Raises BackupError while another backup writes it.
    """
    path = _beside(target, "part")
    with os.fdopen(open_lock(path), "r+b") as file:
        if not lock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB):
            raise BackupError(f"Another backup is just being written to {target}.")
        file.truncate()
        try:
            yield file
        finally:
            path.unlink(missing_ok=True)


def _beside(target: Path, ending: str) -> Path:
    return target.with_name(f".{target.name}.{ending}")
