"""Clips from addresses, where the site allows it: off unless FOOTAGE_URL_HOSTS names hosts and yt-dlp is installed.

The download runs in a process of its own (catalog/footage/fetch_child.py) that connects to public addresses only,
whatever a page, a redirect or a name server says, and writes into one empty folder. What comes is then taken as any
file is: by the limited process that decodes videos.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from catalog.footage import clips
from catalog.footage.reader import ROOT, BadClip
from catalog.models import Clip, Film, User

START = "import sys; sys.path.append(sys.argv.pop(1)); from catalog.footage.fetch_child import main; main()"
WALL_SECONDS = 3600


def is_address(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))


def check_address(url: str) -> None:
    """Raises BadClip for an address that the site does not allow."""
    hosts = settings.FOOTAGE_URL_HOSTS
    if not hosts:
        raise BadClip(_("Videos are not fetched from addresses here (FOOTAGE_URL_HOSTS is empty)."), 403)
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        plain = parts.scheme in ("http", "https") and parts.port in (None, 80, 443) and parts.username is None
    except ValueError:
        host, plain = "", False
    if not plain or not any(host == allowed or host.endswith(f".{allowed}") for allowed in hosts):
        raise BadClip(_("This address is not allowed."), 422)
    if find_spec("yt_dlp") is None:
        raise BadClip(_("To fetch videos from addresses, install genresite with its extra “footage-urls”."), 501)


def add_from_address(film: Film, url: str, *, user: User | None = None, licence: str = "") -> Clip:
    """Fetch a video and give it to the film.

    Raises:
        BadClip: the address is not allowed, nothing could be fetched from it, or what came is no clip.
    """
    check_address(url)
    with fetched(url) as path:
        return clips.add_clip(film, path, name=path.name, user=user, source=url, licence=licence, move=True)


@contextmanager
def fetched(url: str) -> Iterator[Path]:
    """The video at the address, in a folder that goes away afterwards. Raises BadClip."""
    place = Path(settings.CLIPS_DIR) / "begun"
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place) as folder:
        reason = _download(url, Path(folder))
        files = [path for path in Path(folder).iterdir() if path.is_file() and not path.name.endswith(".part")]
        if reason == "private":
            raise BadClip(_("This address is not allowed."), 422)
        if reason or len(files) != 1:
            why = {"reason": reason or _("nothing came")}
            raise BadClip(_("The video could not be fetched: %(reason)s.") % why, 422)
        yield files[0]


def _download(url: str, folder: Path) -> str:
    """Why it could not be done; empty where it could."""
    asked = {"url": url, "hosts": settings.FOOTAGE_URL_HOSTS, "most_bytes": settings.CLIP_MAX_BYTES}
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", START, str(ROOT), json.dumps(asked)],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=WALL_SECONDS,
            env={"LANG": "C.UTF-8", "HOME": str(folder), "TMPDIR": str(folder), "YTDLP_NO_PLUGINS": "1"},
        )
    except subprocess.TimeoutExpired:
        return _("it took too long")
    lines = done.stdout.decode(errors="replace").splitlines()
    return lines[-1][:200] if lines else "" if done.returncode == 0 else _("the download broke off")
