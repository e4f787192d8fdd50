"""Log files of processes, which are looked at when a process starts."""

from pathlib import Path

LIMIT = 10 * 2**20  # bytes


def put_aside(log: Path) -> None:
    """Begin a new file where the old one has grown too long; one old file is kept."""
    if log.exists() and log.stat().st_size > LIMIT:
        log.replace(log.with_name(f"{log.name}.1"))
