"""Posters: decoded by limited child processes, re-encoded, stored under the hash of what we made of them."""

import errno
import hashlib
import io
import json
import os
import queue
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image

from catalog import picture_child
from catalog.models import Film, Poster
from catalog.models.film import poster_path, poster_sizes, sized_poster_path

WALL_SECONDS = 4 * picture_child.CPU_SECONDS  # the CPU limit, with room for a busy machine
PICTURES_PER_CHILD = 5000  # what a decoder leaks must not add up


class BadPicture(Exception):
    """The picture is not taken; the message is a sentence for the user, `status` the HTTP status to go with it."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class Encoded:
    """A poster whose files are stored."""

    sha256: str
    source_sha256: str
    width: int
    height: int
    size: int  # bytes


def store_poster(film: Film, data: bytes | Path, *, source: str = "", licence: str = "") -> Poster:
    """Make the picture the film's poster. The film's revision goes up unless it had this very picture.

    Raises:
        BadPicture: too large, of another format, damaged, too complex, or no room on the disk.
    """
    data = read_picture(data) if isinstance(data, Path) else data
    refuse_large(len(data))
    digest = hashlib.sha256(data).hexdigest()
    encoded = known_pictures([digest]).get(digest)
    if encoded is None:
        with Child() as child:
            encoded = child.store(data, digest)
    return _attach(film, encoded, source, licence)


def _attach(film: Film, encoded: Encoded, source: str, licence: str) -> Poster:
    with transaction.atomic():
        held = Film.objects.select_for_update().only("poster_sha256").get(pk=film.pk)
        if held.poster_sha256 != encoded.sha256:
            Film.objects.filter(pk=film.pk).update(
                poster_sha256=encoded.sha256, revision=F("revision") + 1, changed_at=timezone.now()
            )
        values = {name: getattr(encoded, name) for name in Encoded.__dataclass_fields__}
        poster, _created = Poster.objects.update_or_create(
            film=film, defaults={**values, "source": source[:200], "licence": licence[:60]}
        )
    film.refresh_from_db()
    return poster


def refuse_large(size: int) -> None:
    """Raises BadPicture (413) for a file of more bytes than the site takes."""
    if size > settings.POSTER_MAX_BYTES:
        limit = settings.POSTER_MAX_BYTES // 2**20
        raise BadPicture(_("This picture is larger than %(limit)s MB.") % {"limit": limit}, 413)


def read_picture(path: Path) -> bytes:
    """The file's bytes; a file that is too large is not read at all.

    Raises:
        BadPicture: too large, or not a file that can be read.
    """
    try:
        if not path.is_file():
            raise BadPicture(_("There is no picture file %(file)s.") % {"file": path.name}, 422)
        refuse_large(path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise BadPicture(
            _("%(file)s cannot be read: %(reason)s.") % {"file": path.name, "reason": error.strerror}, 422
        ) from error


def known_pictures(digests: Iterable[str]) -> dict[str, Encoded]:
    """What was made earlier of files with these SHA-256 hashes, where it is still stored. One query."""
    posters = Poster.objects.filter(source_sha256__in=list(digests))
    fields = tuple(Encoded.__dataclass_fields__)
    found = {values[1]: Encoded(*values) for values in posters.values_list(*fields)}
    return {digest: encoded for digest, encoded in found.items() if _is_stored(encoded.sha256, encoded.width)}


def _is_stored(sha256: str, width: int) -> bool:
    names = [poster_path(sha256), *(sized_poster_path(sha256, size) for size in poster_sizes(width))]
    return all((settings.MEDIA_ROOT / name).is_file() for name in names)


def make_missing_sizes(poster: Poster) -> int:
    """Make the sizes of a stored poster that are not there: how many were made. The file is ours and needs no child.

    Raises:
        BadPicture: the poster's own file is gone or damaged, or the disk is full.
    """
    if _is_stored(poster.sha256, poster.width):
        return 0
    data = read_picture(settings.MEDIA_ROOT / poster_path(poster.sha256))
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
            sizes = picture_child.smaller(image.convert("RGB"), data)
    except picture_child.ERRORS as error:
        raise _refusal("damaged") from error
    wanted = [sized_poster_path(poster.sha256, size) for size in sizes]
    missing = [name for name in wanted if not (settings.MEDIA_ROOT / name).is_file()]
    _write_sizes(poster.sha256, sizes)
    return len(missing)


def _write_sizes(sha256: str, sizes: dict[str, bytes]) -> None:
    for size, jpeg in sizes.items():
        write_file(sized_poster_path(sha256, size), jpeg)


class Child:
    """One decoding process; started when first needed, and again after it broke down."""

    def __init__(self, *, keep: bool = True) -> None:
        self.keep = keep  # False: look at pictures without storing them
        self.process: subprocess.Popen[bytes] | None = None
        self.link: socket.socket | None = None
        self.done = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def store(self, data: bytes, digest: str) -> Encoded:
        """Decode, re-encode and store a picture.

        Raises:
            BadPicture: why it cannot be done.
        """
        header, body = self._encoded(data)
        poster = body[: header["poster"]]
        sha256 = hashlib.sha256(poster).hexdigest()
        if self.keep:
            write_file(poster_path(sha256), poster)
            _write_sizes(sha256, _cut(body[len(poster) :], header["sizes"]))
        return Encoded(sha256, digest, header["width"], header["height"], len(poster))

    def reencode(self, data: bytes) -> bytes:
        """The picture as a JPEG of ours, not stored. Raises BadPicture."""
        header, body = self._encoded(data)
        return body[: header["poster"]]

    def _encoded(self, data: bytes) -> tuple[dict[str, Any], bytes]:
        header, body = self._ask(data)
        if reason := header.get("refused"):
            raise _refusal(str(reason))
        return header, body

    def _ask(self, data: bytes) -> tuple[dict[str, Any], bytes]:
        link = self._started()
        try:
            link.sendall(struct.pack("!I", len(data)) + data)
            head = picture_child.receive(link, 8)
            line, rest = struct.unpack("!II", head) if head else (0, 0)
            answer = picture_child.receive(link, line + rest) if head else b""
        except OSError:  # it was ended by a limit, or took too long
            answer = b""
        if not answer:
            self.stop()
            raise _refusal("complex")
        self.done += 1
        return json.loads(answer[:line]), answer[line:]

    def _started(self) -> socket.socket:
        if self.done >= PICTURES_PER_CHILD:
            self.stop()
        if self.link is None:
            self.link, theirs = socket.socketpair()
            self.link.settimeout(WALL_SECONDS)
            self.done = 0
            with theirs:
                self.process = subprocess.Popen(
                    [sys.executable, "-I", picture_child.__file__, str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env={"LANG": "C.UTF-8"},  # no secret of ours goes along
                    cwd=tempfile.gettempdir(),
                )
        return self.link

    def stop(self) -> None:
        if self.link is not None:
            self.link.close()
            self.link = None
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


def _cut(body: bytes, lengths: dict[str, int]) -> dict[str, bytes]:
    """Name → the next so many bytes."""
    ends = list(accumulate(lengths.values()))
    return {name: body[end - length : end] for (name, length), end in zip(lengths.items(), ends, strict=True)}


def _refusal(reason: str) -> BadPicture:
    return {
        "format": BadPicture(_("This file is not a JPEG, PNG or WebP picture."), 415),
        "early": BadPicture(_("The picture is damaged: it ends too early."), 422),
        "damaged": BadPicture(_("The picture is damaged and cannot be read."), 422),
        "complex": BadPicture(_("This picture is too complex to open safely."), 422),
    }[reason]


def write_file(name: str, data: bytes) -> None:
    """Store bytes below MEDIA_ROOT, whole or not at all. A file of that name is kept: names are hashes.

    Raises:
        BadPicture: no room on the disk (507).
    """
    path = settings.MEDIA_ROOT / name
    if path.is_file():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{id(data)}")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise BadPicture(_("The disk is full: the picture was not stored."), 507) from error
        raise


class Pool:
    """Several decoding processes for many pictures, each driven by a thread of ours."""

    def __init__(self, size: int | None = None, *, keep: bool = True) -> None:
        count = size or min(4, os.cpu_count() or 1)
        self.threads = ThreadPoolExecutor(count, thread_name_prefix="pictures")
        self.children: queue.SimpleQueue[Child] = queue.SimpleQueue()
        self.all = [Child(keep=keep) for _number in range(count)]
        for child in self.all:
            self.children.put(child)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave what has not begun undone and end the processes."""
        self.threads.shutdown(wait=True, cancel_futures=True)
        for child in self.all:
            child.stop()

    def store(self, path: Path, digest: str) -> "Future[Encoded]":
        """Decode and store in the background; the future raises BadPicture."""
        return self.threads.submit(self._store, path, digest)

    def _store(self, path: Path, digest: str) -> Encoded:
        child = self.children.get()
        try:
            return child.store(read_picture(path), digest)
        finally:
            self.children.put(child)
