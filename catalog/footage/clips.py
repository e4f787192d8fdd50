"""Clips of films: added, kept as they came, removed again. What is in them is read by a limited child process."""

import errno
import hashlib
import io
import os
import shutil
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image

from catalog.footage.frames import Wanted, moments_spread
from catalog.footage.reader import BadClip, Picture, Pixels, Probed, Reader
from catalog.models import Clip, Film, Frame, User
from catalog.models.clip import clip_path, frame_path
from catalog.progress import Progress

if TYPE_CHECKING:
    from catalog.footage.extraction import Extracted

__all__ = ["BadClip", "add_clip", "extract", "remove_clip"]

STRIP_FRAMES = 24
STRIP_BOX = (160, 120)
FRAME_QUALITY, STRIP_QUALITY = 90, 80


def add_clip(
    film: Film,
    path: Path,
    *,
    name: str,
    user: User | None = None,
    source: str = "",
    licence: str = "",
    move: bool = False,
) -> Clip:
    """Look at a video in a limited process, keep it under CLIPS_DIR and give it to the film. The same file again gives
    the clip that the film has. move: the file at `path` is not needed any more.

    Raises:
        BadClip: too large, no video that is accepted, damaged, or no room on the disk.
    """
    digest, size = _digest(path)
    clip = Clip.objects.filter(film=film, sha256=digest).first()
    if clip is None or not clip.file.is_file():
        with Reader(path) as reader:
            probed = reader.probe()
            strip, count = _strip(reader, probed)
        settle([strip] if strip else [])
        _keep(path, Path(settings.CLIPS_DIR) / clip_path(digest), move)
        known = {"name": name[:200], "size": size, "source": source[:200], "licence": licence[:60], "added_by": user}
        found = {field: getattr(probed, field) for field in Probed.__dataclass_fields__}
        values = {**found, **known, "strip_sha256": strip, "strip_count": count}
        clip, _created = Clip.objects.get_or_create(film=film, sha256=digest, defaults=values)
    if move:
        path.unlink(missing_ok=True)
    return clip


def _digest(path: Path) -> tuple[str, int]:
    """SHA-256 and bytes of a file that is not too large."""
    try:
        if not path.is_file():
            raise BadClip(_("There is no video file %(file)s.") % {"file": path.name}, 422)
        size = path.stat().st_size
        if size > settings.CLIP_MAX_BYTES:
            limit = settings.CLIP_MAX_BYTES // 2**20
            raise BadClip(_("This video is larger than %(limit)s MB.") % {"limit": limit}, 413)
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest(), size
    except OSError as error:
        sentence = _("%(file)s cannot be read: %(reason)s.")
        raise BadClip(sentence % {"file": path.name, "reason": error.strerror}, 422) from error


def _keep(path: Path, target: Path, move: bool) -> None:
    """Put the file there, whole or not at all."""
    if target.is_file():
        return
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if not (move and _renamed(path, target)):
            with path.open("rb") as file, temporary.open("wb") as copy:
                shutil.copyfileobj(file, copy, 1 << 20)
                copy.flush()
                os.fsync(copy.fileno())
            temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise BadClip(_("The disk is full: the video was not stored."), 507) from error
        raise


def _renamed(path: Path, target: Path) -> bool:
    try:
        path.replace(target)
    except OSError as error:
        if error.errno == errno.EXDEV:  # on another disk
            return False
        raise
    return True


# Pictures ------------------------------------------------------------------------------------------------


def _strip(reader: Reader, probed: Probed) -> tuple[str, int]:
    """Store thumbnails at even distances side by side: hash of the picture and how many they are."""
    count = max(1, min(STRIP_FRAMES, round(probed.fps * probed.seconds)))
    moments = moments_spread([(0.0, probed.seconds)], count)
    times = [(moment.time, moment.start, moment.end, moment.farthest) for moment in moments]
    thumbnails = _filled(list(reader.near(times, STRIP_BOX)))
    if not thumbnails:
        return "", 0
    height, width = thumbnails[0].shape[:2]
    strip = Image.new("RGB", (width * len(thumbnails), height))
    for place, pixels in enumerate(thumbnails):
        strip.paste(Image.fromarray(pixels).resize((width, height)), (place * width, 0))
    return store_picture(strip, STRIP_QUALITY), len(thumbnails)


def _filled(pictures: Sequence[Picture | None]) -> list[Pixels]:
    """Where one could not be decoded, its neighbour stands in: the distances must stay even."""
    last = next((picture for picture in pictures if picture is not None), None)
    found = []
    for picture in pictures:
        last = picture or last
        found += [last.pixels] if last is not None else []
    return found


def store_picture(image: Image.Image, quality: int = FRAME_QUALITY) -> str:
    """Store it as JPEG under the hash of that, which is returned. Until `settle` it may be lost with the power.

    Raises:
        BadClip: no room on the disk.
    """
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    data = buffer.getvalue()
    sha256 = hashlib.sha256(data).hexdigest()
    path = Path(settings.MEDIA_ROOT) / frame_path(sha256)
    if path.is_file() and path.stat().st_size == len(data):
        return sha256
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{id(data)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise BadClip(_("The disk is full: the frames were not stored."), 507) from error
        raise
    return sha256


def settle(hashes: Iterable[str]) -> None:
    """Wait until these pictures are on the disk; all at once that takes hardly longer than for one."""
    for sha256 in hashes:
        with (Path(settings.MEDIA_ROOT) / frame_path(sha256)).open("rb") as file:
            os.fsync(file.fileno())


def remove_pictures(hashes: Collection[str]) -> None:
    """Remove the files of those frames and strips that no row has."""
    wanted = set(hashes) - {""}
    held: set[str] = set()
    frames, clips = Frame.objects.all(), Clip.objects.all()
    held.update(frames.filter(sha256__in=wanted).values_list("sha256", flat=True))
    nexts = frames.exclude(next_sha256="").filter(next_sha256__in=wanted)
    held.update(nexts.values_list("next_sha256", flat=True))
    held.update(clips.filter(strip_sha256__in=wanted).values_list("strip_sha256", flat=True))
    for sha256 in wanted - held:
        (Path(settings.MEDIA_ROOT) / frame_path(sha256)).unlink(missing_ok=True)


# Removing and extracting ---------------------------------------------------------------------------------


def remove_clip(clip: Clip) -> None:
    """Remove a clip with its frames; files go where nobody else has them."""
    from catalog.footage.journal import Journal

    with transaction.atomic():
        rows = clip.frames.values_list("sha256", "next_sha256")
        hashes = {clip.strip_sha256, *(sha256 for row in rows for sha256 in row)}
        file, sha256 = clip.file, clip.sha256
        clip.delete()
    remove_pictures(hashes)
    if not Clip.objects.filter(sha256=sha256).exists():
        file.unlink(missing_ok=True)
        Journal.forget(sha256)


def extract(clip: Clip, wanted: Wanted, progress: Progress, *, dry_run: bool = False) -> "Extracted":
    """Take frames from the clip and put them in the place of those of the same use that it has; those that are taken
    again stay the same rows. A run that was ended halfway goes on where it was. dry_run: count only, store nothing.

    Raises:
        BadClip: the clip cannot be read, or there is no room on the disk.
        frames.BadWanted: the sections are not within the clip.
        Cancelled: somebody asked to stop; the clip keeps the frames that it has.
    """
    from catalog.footage import extraction  # OpenCV is loaded where frames are taken, not with the pages

    return extraction.extract(clip, wanted, progress, dry_run=dry_run)
