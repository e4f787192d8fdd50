"""Fetches one video with yt-dlp, in a process that can reach public addresses only; run by catalog.footage.urls.

It imports nothing of the site. It writes the video into the folder where it is started; on its last line of output
is the reason where it cannot.
"""

import ipaddress
import json
import resource
import socket
import sys
from typing import Any
from urllib.parse import urlsplit

WEB_PORTS = (80, 443)


class Private(OSError):
    """Somebody wants to be connected to an address that is not public."""


def is_public(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (inner is None or inner.is_global)


def guard_sockets() -> None:
    """From here on nothing but public web servers can be connected to, and nobody can connect to us.

    The address is looked at where it is used, after names were resolved: what a name server says a moment later
    makes no difference.
    """
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def checked(self: socket.socket, address: Any) -> None:
        web = self.family in (socket.AF_INET, socket.AF_INET6) and address[1] in WEB_PORTS
        if not web or not is_public(str(address[0])):
            raise Private("private")
        connect(self, address)

    def resolved(*args: Any, **options: Any) -> Any:
        found = resolve(*args, **options)
        if not all(is_public(str(entry[4][0])) for entry in found):
            raise Private("private")
        return found

    def refused(*_args: Any, **_options: Any) -> None:
        raise Private("private")

    for name, put in {"connect": checked, "connect_ex": refused, "bind": refused, "sendto": refused}.items():
        setattr(socket.socket, name, put)
    socket.getaddrinfo = resolved


def options(most_bytes: int) -> dict[str, Any]:
    """One file with picture and sound together: there is no FFmpeg program to join two."""
    return {
        "format": "best[ext=mp4][height<=1080]/best[ext=webm][height<=1080]/best[height<=1080]/best",
        "outtmpl": "%(id).60B.%(ext)s",
        "restrictfilenames": True,
        "max_filesize": most_bytes,
        "noplaylist": True,
        "playlist_items": "1",
        "quiet": True,
        "no_warnings": True,
        "noprogress": True,
        "cachedir": False,
        "updatetime": False,
        "hls_prefer_native": True,
        "external_downloader": {"default": "native"},
        "proxy": "",
        "socket_timeout": 30,
        "retries": 3,
    }


def fetch(asked: dict[str, Any]) -> None:
    import yt_dlp  # an optional extra: only here

    with yt_dlp.YoutubeDL(options(asked["most_bytes"])) as downloader:
        info = downloader.extract_info(asked["url"], download=False)
        entry = next(iter(info["entries"]), {}) if "entries" in info else info
        host = urlsplit(entry.get("webpage_url") or asked["url"]).hostname or ""
        if not any(host == allowed or host.endswith(f".{allowed}") for allowed in asked["hosts"]):
            raise Private("private")  # the page led elsewhere
        downloader.process_ie_result(entry, download=True)


def main() -> None:
    asked = json.loads(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_FSIZE, (asked["most_bytes"], asked["most_bytes"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    guard_sockets()
    try:
        fetch(asked)
    except Exception as error:
        private = "private" in str(error) or isinstance(error, Private)
        said = " ".join(str(error).removeprefix("ERROR: ").split())[:200].rstrip(".")
        sys.stdout.write(f"{'private' if private else said}\n")
        sys.exit(1)
