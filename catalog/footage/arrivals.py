"""What becomes of uploads: those that are whole are made clips, those that nobody goes on with are removed."""

import time
import uuid
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from catalog.footage import clips
from catalog.footage.uploads import TASK, BadUpload, cancel, come, finish, folder, forget, gone, path_of
from catalog.models import Clip, Job, Upload

STALE_SECONDS = 48 * 3600  # without a byte


def take(upload_id: str) -> dict[str, Any]:
    """Make what was uploaded a clip of its film. Called by a worker; may be called again after it was killed.

    Raises:
        catalog.footage.clips.BadClip: it is no clip. The upload is forgotten then, unless only the disk was full.
        BadUpload: it is not there any more, or whoever sent it may not add clips any more.
    """
    upload = Upload.objects.select_related("film", "user").filter(pk=uuid.UUID(upload_id)).first()
    if upload is None:
        raise gone()
    if not (upload.user.is_active and upload.user.may_decide):
        cancel(upload)
        raise BadUpload(_("Whoever sent this file may not add clips any more."), 403)
    clip = None if path_of(upload).is_file() else _taken(upload)
    try:
        clip = clip or clips.add_clip(upload.film, path_of(upload), name=upload.name, user=upload.user, move=True)
    except clips.BadClip as error:
        if error.status != 507:
            forget(upload)
        raise
    forget(upload)
    return {"clip": clip.pk, "name": clip.name, "seconds": clip.seconds}


def _taken(upload: Upload) -> Clip:
    """The clip that was made of it before the worker was killed."""
    clip = Clip.objects.filter(film=upload.film, size=upload.size, added_at__gte=upload.created_at).last()
    if clip is None:
        forget(upload)
        raise gone()
    return clip


def remove_stale() -> int:
    """Forget uploads of which nothing has come for two days, and files without a row; how many there were.

    Those of which all has come, but whose job was never written down, get it now.
    """
    folder().mkdir(parents=True, exist_ok=True)
    known = {str(upload.pk): upload for upload in Upload.objects.select_related("film", "user")}
    busy = {job.params.get("upload") for job in Job.objects.filter(task=TASK, params__upload__in=list(known))}
    for name, upload in known.items():
        if name not in busy and come(upload) == upload.size:
            finish(upload)
            busy.add(name)
    active = {job.params.get("upload") for job in Job.objects.active().filter(task=TASK)}
    old = {name for name in known if name not in active and _is_old(folder() / name, known[name])}
    for name in old:
        forget(known[name])
    return len(old) + _remove_orphans(set(known))


def _is_old(path: Path, upload: Upload) -> bool:
    touched = path.stat().st_mtime if path.is_file() else upload.created_at.timestamp()
    return time.time() - touched > STALE_SECONDS


def _remove_orphans(known: set[str]) -> int:
    """Files whose rows went with their film or their person."""
    old = [
        path
        for path in folder().iterdir()
        if path.name not in known and time.time() - path.stat().st_mtime > STALE_SECONDS
    ]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
