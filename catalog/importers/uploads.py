"""Files that come in through a page: stored for the job that will read them."""

import errno
import secrets
import shutil
import time
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.core.files.base import File
from django.utils.translation import gettext as _

from catalog.importers.posters import ENDINGS
from catalog.importers.rows import BadSource

UPLOAD_MAX_BYTES = 512 * 2**20
UNPACKED_MAX_BYTES = 2 * 2**30
UNPACKED_MAX_FILES = 100_000
KEPT_SECONDS = 7 * 24 * 3600  # an upload, for a job that is run again
_KEPT_ENDINGS = (".csv", ".csv.gz", ".json", ".jsonl", ".jpg", ".jpeg", ".png", ".webp")


def receive_upload(file: "File[bytes]", name: str = "") -> Path:
    """Store an uploaded file below DATA_DIR/imports; a zip archive is unpacked, and its folder is returned.

    Raises:
        BadSource: too large, or an archive that is damaged, unsafe or too large when unpacked. Nothing is kept.
    """
    if (file.size or 0) > UPLOAD_MAX_BYTES:
        limit = UPLOAD_MAX_BYTES // 2**20
        raise BadSource(_("The file is larger than %(limit)s MB; import it with the command.") % {"limit": limit})
    imports = Path(settings.DATA_DIR) / "imports"
    _forget_old(imports)
    folder = imports / secrets.token_hex(8)
    folder.mkdir(parents=True)
    try:
        path = folder / _safe_name(name or file.name or "")
        with path.open("wb") as target:
            shutil.copyfileobj(file, target, 2**20)
        return _unpacked(path) if zipfile.is_zipfile(path) else path
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if _is_full(error):
            raise BadSource(_("The disk is full: the file was not stored.")) from error
        raise


def _is_full(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def _forget_old(imports: Path) -> None:
    """Remove uploads that nobody will run again."""
    for folder in imports.glob("[0-9a-f]" * 16):
        if time.time() - folder.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _safe_name(name: str) -> str:
    kept = "".join(letter for letter in Path(name).name if letter.isalnum() or letter in "._- ")
    return kept.strip(". ")[-100:] or "upload"


def _unpacked(path: Path) -> Path:
    """Unpack the archive beside itself and delete it. A single folder or table in it is the result itself."""
    target = path.parent / "unpacked"
    try:
        with zipfile.ZipFile(path) as archive:
            _extract(archive, target)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError, OSError) as error:
        if _is_full(error):
            raise
        raise BadSource(_("The archive is damaged or of a kind that cannot be read.")) from error
    path.unlink()
    inside = list(target.iterdir())
    alone = len(inside) == 1 and inside[0].suffix.lower() not in ENDINGS
    return inside[0] if alone else target


def _extract(archive: zipfile.ZipFile, target: Path) -> None:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > UNPACKED_MAX_FILES or sum(entry.file_size for entry in entries) > UNPACKED_MAX_BYTES:
        raise _too_large()
    for entry in entries:
        if _is_unsafe(entry):
            raise BadSource(_("The archive contains an unsafe path: %(path)s.") % {"path": entry.filename[:200]})
    target.mkdir()
    room = UNPACKED_MAX_BYTES
    for entry in entries:
        if entry.filename.lower().endswith(_KEPT_ENDINGS):
            room -= _extract_one(archive, entry, target, room)


def _extract_one(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, room: int) -> int:
    """Bytes that were written; counted while unpacking, since an archive may say what it likes."""
    path = target / entry.filename
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(entry) as packed, path.open("xb") as file:
        while chunk := packed.read(2**20):
            written += len(chunk)
            if written > room:
                raise _too_large()
            file.write(chunk)
    return written


def _is_unsafe(entry: zipfile.ZipInfo) -> bool:
    """Leads out of the folder, is a link, or is no plain name."""
    name = PurePosixPath(entry.filename)
    is_link = (entry.external_attr >> 16) & 0o170000 == 0o120000
    return name.is_absolute() or ".." in name.parts or is_link or "\\" in entry.filename or "\0" in entry.filename


def _too_large() -> BadSource:
    return BadSource(_("The archive would unpack to more than 2 GB or to too many files."))
