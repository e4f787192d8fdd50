"""Large files on their way in pieces: tus 1.0 (https://tus.io) without its HTTP, which is catalog/api/uploads.py.

How much has come is the size of the file. A piece is appended under the lock of the upload's row, and only where the
file ends where the piece begins: of two at once one is appended and the other refused. Nobody holds that lock while
waiting for the network, so that a connection that hangs keeps nobody from resuming.
"""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _

from catalog import jobs
from catalog.models import Film, Job, Upload, User

TASK = "catalog.add_clip"
PIECE_BYTES = 2**20
MOST_PER_PERSON = 5  # on their way at once
RESERVE_BYTES = 2**29  # of the disk stays free: the database may lie there as well
_FULL = (errno.ENOSPC, errno.EDQUOT)


class BadUpload(Exception):
    """The bytes are not taken; the message is a sentence for the user, `status` the HTTP status to go with it."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


class Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


def folder() -> Path:
    return Path(settings.DATA_DIR) / "uploads"


def path_of(upload: Upload) -> Path:
    return folder() / str(upload.pk)


def offset(upload: Upload) -> int:
    """Bytes that have come. Raises BadUpload (410) where the file is gone."""
    try:
        return path_of(upload).stat().st_size
    except FileNotFoundError:
        raise gone() from None


def begin(film: Film, user: User, *, name: str, size: int) -> Upload:
    """An empty file that waits for its bytes.

    Raises:
        BadUpload: empty (422), larger than the site takes (413), too many on their way (429), no room (507).
    """
    if size <= 0:
        raise BadUpload(_("The file is empty."), 422)
    if size > settings.CLIP_MAX_BYTES:
        limit = settings.CLIP_MAX_BYTES // 2**20
        raise BadUpload(_("This file is larger than the %(limit)s MB that a clip may have.") % {"limit": limit}, 413)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # of two at once the second one sees the first
        _refuse_many(user)
        _refuse_full_disk(size)
        upload = Upload.objects.create(film=film, user=user, name=clean_name(name), size=size)
        _make_file(path_of(upload))
    return upload


def clean_name(name: str) -> str:
    """A file's name as people may be shown it: without folders, and without what cannot be seen."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable()).strip()[:200] or "clip"


def _refuse_many(user: User) -> None:
    mine = list(Upload.objects.filter(user=user).select_related("film"))
    if len(mine) >= MOST_PER_PERSON:
        films = ", ".join(dict.fromkeys(upload.film.shown_title for upload in mine))
        sentence = _("You have %(n)s unfinished uploads (%(films)s). Finish or cancel one of them first.")
        raise BadUpload(sentence % {"n": len(mine), "films": films}, 429)


def _refuse_full_disk(size: int) -> None:
    """Raises BadUpload (507) where the file, with all that others still send, does not fit."""
    folder().mkdir(parents=True, exist_ok=True)
    promised = sum(upload.size - come(upload) for upload in Upload.objects.all())
    if shutil.disk_usage(folder()).free < size + promised + RESERVE_BYTES:
        raise _disk_is_full()


def come(upload: Upload) -> int:
    """Bytes that have come; none where the file is gone."""
    path = path_of(upload)
    return path.stat().st_size if path.is_file() else 0


def _make_file(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def receive(upload: Upload, start: int, stream: Stream, length: int) -> int:
    """Append `length` bytes of the stream; where the connection breaks, those that have come. Returns the new offset.

    Raises:
        BadUpload: the file does not end at `start` (409), more bytes than announced (413), gone (410), no room (507).
            What came before is kept.
    """
    _refuse_misfit(upload, start, length)
    at, end = start, start + length
    try:
        while at < end and (piece := stream.read(min(PIECE_BYTES, end - at))):
            at = append(upload, at, piece)
    except UnreadablePostError:
        pass  # what has come is kept, the sender asks how much that is
    finally:
        sync(upload)
    return at


def append(upload: Upload, start: int, data: bytes) -> int:
    """Append these bytes, all or none. Returns the new offset. Raises BadUpload as `receive`."""
    with _held(upload):
        _refuse_misfit(upload, start, len(data))
        _write(path_of(upload), start, data)
    return start + len(data)


def _refuse_misfit(upload: Upload, start: int, length: int) -> None:
    end = offset(upload)
    if start != end:
        raise BadUpload(_("The file ends at byte %(end)s, not at %(start)s.") % {"end": end, "start": start}, 409)
    if start + length > upload.size:
        raise BadUpload(_("These are more bytes than were announced."), 413)


@contextmanager
def _held(upload: Upload) -> Iterator[None]:
    """Nobody else changes this upload until the end. Raises BadUpload (410) where somebody has cancelled it."""
    with transaction.atomic():
        if not Upload.objects.select_for_update().filter(pk=upload.pk).exists():
            raise gone()
        yield


def _write(path: Path, start: int, data: bytes) -> None:
    try:
        if shutil.disk_usage(path.parent).free < RESERVE_BYTES:
            raise _disk_is_full()
        with path.open("r+b") as file:
            file.seek(start)
            file.write(data)
    except FileNotFoundError:
        raise gone() from None
    except OSError as error:
        os.truncate(path, start)
        if error.errno in _FULL:
            raise _disk_is_full() from error
        raise


def sync(upload: Upload) -> None:
    """After this, what has come survives a power cut."""
    try:
        with path_of(upload).open("rb") as file:
            os.fsync(file.fileno())
    except FileNotFoundError:
        pass  # cancelled meanwhile


def finish(upload: Upload) -> Job | None:
    """The job that takes a file of which all bytes have come, started now unless it waits or runs already."""
    with _held(upload):
        if offset(upload) < upload.size:
            return None
        waiting = Job.objects.active().filter(task=TASK, params__upload=str(upload.pk)).first()
        params = {"upload": str(upload.pk), "film": upload.film.key, "name": upload.name}
        return waiting or jobs.start(TASK, params, user=upload.user)


def cancel(upload: Upload) -> None:
    """Forget the upload, its bytes and the job that waits for them."""
    for job in Job.objects.active().filter(task=TASK, params__upload=str(upload.pk)):
        job.cancel()
    forget(upload)


def forget(upload: Upload) -> None:
    Upload.objects.filter(pk=upload.pk).delete()
    path_of(upload).unlink(missing_ok=True)


def store_whole(film: Film, user: User, file: "File[bytes]") -> Job:
    """A file that came with one form. Raises BadUpload as `begin` and `receive`; nothing is kept then."""
    size = file.size or 0
    upload = begin(film, user, name=file.name or "", size=size)
    try:
        receive(upload, 0, file, size)
        job = finish(upload)
    except BaseException:
        cancel(upload)
        raise
    if job is None:
        cancel(upload)
        raise BadUpload(_("The file did not arrive whole. Send it again."), 422)
    return job


def gone() -> BadUpload:
    return BadUpload(_("This upload is not there any more. Send the file again."), 410)


def _disk_is_full() -> BadUpload:
    return BadUpload(_("The disk is full: there is no room for this file."), 507)
