"""Decodes strangers' pictures in a process that has little to lose; run by catalog.pictures.

It imports nothing of the site. It reads a picture from the socket whose number is its argument, answers with the
re-encoded poster in its sizes or with the reason, and waits for the next. Memory and files are limited for the
process, CPU for each picture.
"""

import io
import json
import resource
import signal
import socket
import struct
import sys

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 40_000_000
MAX_SCANS = 100
CPU_SECONDS = 5
MEMORY_BYTES = 1 << 30
LONG_SIDE = 1080
# A list shows a poster in one of these; pages name the widths, and browsers choose (catalog.models.film).
WIDTHS = {"medium": 540, "small": 300, "tiny": 120}
QUALITY, SMALLER_QUALITY = 88, 82
# Everything that Pillow raises on damaged files.
ERRORS = (OSError, ValueError, SyntaxError, NotImplementedError, ArithmeticError, LookupError, TypeError, struct.error)


class Refused(Exception):
    """Why a picture is not taken: format, early, damaged or complex."""


def encode(data: bytes) -> tuple[tuple[int, int], bytes, dict[str, bytes]]:
    """Size, poster and its smaller sizes as JPEG, without anything else that the file held.

    Raises:
        Refused: the picture cannot or may not be decoded.
    """
    try:
        image = _upright(_opened(data))
        image.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
        poster = _jpeg(image, QUALITY)
        return image.size, poster, smaller(image, poster)
    except (Image.DecompressionBombError, MemoryError) as error:
        raise Refused("complex") from error
    except UnidentifiedImageError as error:
        raise Refused("format") from error
    except ERRORS as error:
        raise Refused("early" if "truncated" in str(error).lower() else "damaged") from error


def smaller(image: Image.Image, poster: bytes) -> dict[str, bytes]:
    """The poster at every width that is narrower than its own; at "small" always, be it the poster itself.

    Each is made of the one before it, which is a third of the work of starting anew.
    """
    sizes = {}
    for name, width in WIDTHS.items():
        if image.width > width:
            height = max(1, round(image.height * width / image.width))
            image = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
            sizes[name] = _jpeg(image, SMALLER_QUALITY)
    return {"small": poster, **sizes}


def _opened(data: bytes) -> Image.Image:
    if data.startswith(b"\xff\xd8") and data.count(b"\xff\xda") > MAX_SCANS:
        raise Refused("complex")  # each scan goes over all pixels again: 400 kB can cost a minute
    image: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
    if image.format not in FORMATS:  # a JPEG may turn out to be an MPO
        raise Refused("format")
    if image.width * image.height > MAX_PIXELS:
        raise Refused("complex")
    image.draft("RGB", (LONG_SIDE, LONG_SIDE))
    return image


def _upright(image: Image.Image) -> Image.Image:
    """The picture as it is meant to be seen, in RGB; see-through parts become white."""
    turned = _as_rgb(image)
    try:
        orientation = image.getexif().get(0x0112, 1)
    except Exception:  # a broken EXIF block is no reason to refuse the picture
        orientation = 1
    turned.getexif()[0x0112] = orientation if orientation in range(1, 9) else 1
    return ImageOps.exif_transpose(turned)


def _as_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits a pixel
        image = image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image.getchannel("A"))
        return paper
    return image.convert("RGB")


def _jpeg(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    fresh = Image.new("RGB", image.size)
    fresh.paste(image)  # pixels only: no EXIF, no colour profile, no comment
    fresh.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def _limit_process() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, whose end closes the socket


def _allow_cpu(seconds: int) -> None:
    """From now on; the system ends the process after that."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def _answer(data: bytes) -> bytes:
    try:
        (width, height), poster, sizes = encode(data)
    except Refused as error:
        header: dict[str, object] = {"refused": str(error)}
        body = b""
    else:
        lengths = {name: len(jpeg) for name, jpeg in sizes.items()}
        header = {"width": width, "height": height, "poster": len(poster), "sizes": lengths}
        body = b"".join((poster, *sizes.values()))
    line = json.dumps(header).encode()
    return b"".join((struct.pack("!II", len(line), len(body)), line, body))


def receive(link: socket.socket, size: int) -> bytes:
    """Exactly that many bytes; nothing where the other side is gone."""
    buffer = bytearray(size)
    view, got = memoryview(buffer), 0
    while got < size:
        count = link.recv_into(view[got:])
        if not count:
            return b""
        got += count
    return bytes(buffer)


def main() -> None:
    link = socket.socket(fileno=int(sys.argv[1]))
    Image.init()
    _limit_process()
    while head := receive(link, 4):
        data = receive(link, struct.unpack("!I", head)[0])
        _allow_cpu(CPU_SECONDS)
        link.sendall(_answer(data))


if __name__ == "__main__":
    main()
