"""Files that are there whole or not at all."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def why_not_writable(path: Path) -> str:
    """Why no file can be put there, in the system's words; empty where one can, its folders being made if need be."""
    if path.is_dir():
        return os.strerror(errno.EISDIR)
    nearest = path if path.exists() else next(parent for parent in path.absolute().parents if parent.exists())
    if nearest != path and not nearest.is_dir():
        return os.strerror(errno.ENOTDIR)
    return "" if os.access(nearest, os.W_OK) else os.strerror(errno.EACCES)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write to; it gets its name when all is written, so nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_whole(path: Path, data: bytes) -> None:
    with replacing(path) as file:
        file.write(data)


def flush(path: Path) -> None:
    """Have the disk keep a file's content, or the names in a folder. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
