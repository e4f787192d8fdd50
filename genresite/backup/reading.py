"""Reading a backup: nothing is believed that is not verified, and nothing is changed before all of it is."""

import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import cast

from genresite.backup import BackupError, contents, database
from genresite.backup.contents import DAMAGED, DUMP, KEY, MANIFEST, Kept, Manifest

MANIFEST_MAX_BYTES = 2**30


def verify(path: Path) -> Manifest:
    """Read every byte of a backup and say what is in it.

    Raises:
        BackupError: it cannot be read, is damaged or incomplete, of a newer format, or holds what no backup holds.
    """
    found: dict[str, Kept] = {}
    text = b""
    with _opened(path) as tar:
        for member in tar:
            _require_plain(member)
            if member.name in found or (member.name == MANIFEST and text):
                raise BackupError(f"{DAMAGED}: {member.name!r} is in it twice.")
            if member.name == MANIFEST:
                text = _content(tar, member).read(MANIFEST_MAX_BYTES)
            else:
                found[member.name] = Kept(member.size, contents.digest(_content(tar, member)))
        manifest = contents.decoded(text)
        _require_same(manifest, found)
        database.require_dump(_content(tar, tar.getmember(DUMP)))
    return manifest


def extract(path: Path, manifest: Manifest, place: Callable[[str], Path]) -> None:
    """Write the members of a verified backup to where `place` puts their names, and read back what is on the disk.

    Raises:
        BackupError: the file is no longer what was verified, or the disk did not keep what was written.
        OSError: the disk is full.
    """
    with _opened(path) as tar:
        for member in tar:
            if member.name == MANIFEST:
                continue
            _require_plain(member)
            target = place(member.name)
            target.parent.mkdir(parents=True, exist_ok=True)
            plain = member.replace(name=target.name, deep=False)
            tar.extract(plain, target.parent, filter="data")
            with target.open("rb") as file:
                if Kept(target.stat().st_size, contents.digest(file)) != manifest.files.get(member.name):
                    raise BackupError(f"{target} is not what the backup said it would be: nothing was restored.")


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    """Raises BackupError for whatever is wrong with the file; compressed ones are not taken (they may be bombs)."""
    try:
        with tarfile.open(path, "r:") as tar:
            yield tar
    except (tarfile.TarError, EOFError, ValueError, OverflowError) as error:
        raise BackupError(f"{DAMAGED} ({error}).") from None


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> BufferedReader:
    return cast("BufferedReader", tar.extractfile(member))  # None only for what is no plain file


def _require_plain(member: tarfile.TarInfo) -> None:
    """Raises BackupError unless it is a plain file under a name that `writing` would give it: no link or device, no
    absolute path, no way out of its folder, no hidden file."""
    parts = member.name.split("/")
    known = member.name in (DUMP, KEY, MANIFEST) or (len(parts) > 1 and parts[0] in contents.roots())
    safe = all(part and not part.startswith(".") and "\\" not in part and "\0" not in part for part in parts)
    plain = member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and not member.issparse()
    if not (known and safe and plain and PurePosixPath(member.name).as_posix() == member.name):
        raise BackupError(f"{DAMAGED}: {member.name!r} does not belong in one.")


def _require_same(manifest: Manifest, found: dict[str, Kept]) -> None:
    """Raises BackupError unless what was found is what the manifest names, to the byte."""
    differing = {name for name in manifest.files.keys() | found.keys() if manifest.files.get(name) != found.get(name)}
    if differing:
        raise BackupError(f"{DAMAGED}: {min(differing)!r} is not as it was written ({len(differing)} such files).")
    if missing := {DUMP, KEY} - found.keys():
        raise BackupError(f"{DAMAGED}: it has no {min(missing)}.")
    if strangers := {name.split("/")[0] for name in found if "/" in name} - set(manifest.roots):
        raise BackupError(f"{DAMAGED}: it says nothing of {min(strangers)!r}.")
