"""Which kind of file a video is, by its own bytes, and whether it is whole. Used by catalog.footage.child in its own
process; imports nothing of the site.

Only containers that hold their pictures themselves are known here: no playlist, no script, no list of images.
"""

from typing import BinaryIO

MP4_BOXES = frozenset((b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"))
MAGIC = (
    (b"\x1a\x45\xdf\xa3", "matroska"),
    (b"\x00\x00\x01\xba", "mpeg"),
    (b"FLV\x01", "flv"),
    (b"OggS", "ogg"),
    (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), "asf"),
)
CONTAINERS = ",".join(("mov", "avi", "mpegts", *(name for _start, name in MAGIC)))


class Refused(Exception):
    """Why a video is not taken: empty, format, sound, codec, large, early, damaged or complex."""


def sniff(head: bytes) -> str:
    """FFmpeg's name of the container whose first bytes these are; never one that refers to other files.

    Raises:
        Refused: it is none of those that are accepted.
    """
    if head[4:8] in MP4_BOXES:
        return "mov"
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return "avi"
    for start, name in MAGIC:
        if head.startswith(start):
            return name
    if any(head[at : at + 2 * step + 1 : step] == b"GGG" for at, step in ((0, 188), (4, 192))):
        return "mpegts"
    raise Refused("format" if head else "empty")


def promised_bytes(file: BinaryIO, name: str) -> int:
    """How long the file should be by what it says itself; 0 where it does not say. A file that is shorter has lost
    its end on the way."""
    file.seek(0)
    if name == "mov":
        return _boxes_end(file)
    head = file.read(4096)
    if name == "avi":
        return 8 + int.from_bytes(head[4:8], "little") if head[4:8] != b"\xff" * 4 else 0
    place = head.find(b"\x18\x53\x80\x67") + 4 if name == "matroska" else 3
    return _ebml_end(head[place : place + 8], place) if place > 3 else 0


def _boxes_end(file: BinaryIO) -> int:
    """The end of the last of MP4's boxes, each of which begins with its size."""
    place = 0
    while len(head := file.read(16)) >= 8:
        size = int.from_bytes(head[:4], "big")
        if size == 1:
            size = int.from_bytes(head[8:16], "big")
        if size < 8:  # 0: until the file ends; anything else is not a box
            return 0
        place += size
        file.seek(place)
    return place


def _ebml_end(head: bytes, place: int) -> int:
    """The end of a Matroska segment whose size is written there; a live recording does not know its size."""
    length = 9 - head[0].bit_length() if head and head[0] else 9
    bits = 7 * length
    size = int.from_bytes(head[:length], "big") & ((1 << bits) - 1)
    return 0 if length > 8 or size == (1 << bits) - 1 else place + length + size
