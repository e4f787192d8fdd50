"""File locks that the kernel gives back when their holder ends, however it ends."""

import fcntl
import os
from pathlib import Path


class Held(Exception):
    """Somebody else holds a lock; the message is what they have said of themselves."""


def lock(descriptor: int, operation: int) -> bool:
    """Whether the lock was got; with LOCK_NB a lock that others hold is no error."""
    try:
        fcntl.flock(descriptor, operation)
    except BlockingIOError:
        return False
    return True


def open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def is_locked(path: Path, operation: int = fcntl.LOCK_EX) -> bool:
    """Whether somebody's lock on the file is in the way of one of this kind."""
    descriptor = open_lock(path)
    try:
        return not lock(descriptor, operation | fcntl.LOCK_NB)
    finally:
        os.close(descriptor)


def hold(path: Path, who: str) -> int:
    """Hold a lock until the descriptor is closed or this process ends, and say in its file who does. Raises Held."""
    descriptor = open_lock(path)
    if not lock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB):
        os.close(descriptor)
        raise Held(path.read_text().strip() or "starting")
    os.ftruncate(descriptor, 0)
    os.write(descriptor, who.encode())
    return descriptor
