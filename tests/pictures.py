"""Pictures made for tests, hostile ones included: nothing of the kind is kept in the repository."""

import io
import struct
import zlib
from typing import Any

from PIL import Image


def picture(
    width: int = 120, height: int = 180, format: str = "JPEG", colour: str = "#7a3b10", **options: Any
) -> bytes:
    """A plain picture with one corner in another colour, so that up and down can be told apart."""
    image = Image.new("RGB", (width, height), colour)
    image.paste("white", (0, 0, max(1, width // 4), max(1, height // 4)))
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def scan_bomb(side: int = 2000, scans: int = 3000) -> bytes:
    """A progressive JPEG whose last scan is repeated: small, of allowed size, and costing a minute of CPU."""
    data = picture(side, side, progressive=True)
    start = data.rindex(b"\xff\xda")
    scan = data[start:-2]
    return data[:start] + scan * scans + b"\xff\xd9"


def pixel_bomb(side: int = 20_000) -> bytes:
    """A PNG of side × side black pixels in a few hundred kB."""
    row = zlib.compressobj(9)
    data = b"".join([*(row.compress(b"\0" * (side // 8 + 1)) for _line in range(side)), row.flush()])
    header = struct.pack("!IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))


def with_exif(orientation: int = 1, text: str = "") -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    if text:
        exif[0x010E] = text  # ImageDescription
    return picture(exif=exif, comment=text.encode())
