"""Videos made for tests, hostile ones included: nothing of the kind is kept in the repository.

Each frame bears its number as a row of black and white squares, so that a test can tell which frame it was given.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

WIDTH, HEIGHT = 160, 96
SQUARE, BITS = 12, 10


def texture(seed: int, width: int = WIDTH, height: int = HEIGHT, grain: float = 3.0) -> Pixels:
    """A soft random pattern in colour, (H, W, 3)."""
    random = np.random.default_rng(seed)
    noise = random.integers(0, 256, (height, width, 3), np.uint8).astype(np.float32)
    edge = round(4 * grain)
    around = np.pad(noise, ((edge, edge), (edge, edge), (0, 0)), "wrap")  # it goes on where it is rolled over
    soft = cv2.GaussianBlur(around, (0, 0), grain)[edge:-edge, edge:-edge]
    return np.asarray(cv2.normalize(soft, np.empty(0), 0, 255, cv2.NORM_MINMAX), np.uint8)


def stamped(pixels: Pixels, number: int) -> Pixels:
    """The picture with a number below 1,024 along its upper edge."""
    marked = pixels.copy()
    for bit in range(BITS):
        marked[:SQUARE, bit * SQUARE : (bit + 1) * SQUARE] = 255 * (number >> bit & 1)
    return marked


def number_of(pixels: Pixels) -> int:
    """The number that a frame bears, at whatever size."""
    height, width = pixels.shape[:2]
    square = SQUARE * width / WIDTH
    middle = min(int(square / 2), height - 1)
    return sum((int(pixels[middle, int((bit + 0.5) * square)].mean()) > 127) << bit for bit in range(BITS))


def shots(*lengths: int, step: tuple[int, int] = (2, 1), first_seed: int = 0) -> Iterator[Pixels]:
    """Numbered frames of shots with so many frames each; every shot has its own texture, which moves by `step` pixels
    a frame."""
    number = 0
    for seed, length in enumerate(lengths, first_seed):
        pattern = texture(seed)
        for place in range(length):
            yield stamped(np.roll(pattern, (step[1] * place, step[0] * place), (0, 1)), number)
            number += 1


def video(
    frames: Iterable[Pixels],
    *,
    container: str = "mp4",
    codec: str = "libx264",
    fps: int = 25,
    gop: int = 12,
    times: Sequence[int] | None = None,
    turned: int = 0,
    aspect: Fraction | None = None,
    sound: bool = False,
    **options: str,
) -> bytes:
    """A video file. times: when each frame is shown, in thousandths of a second, instead of at even distances; turned:
    by how many degrees players shall turn it anticlockwise; aspect: of a pixel."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as out:
        stream = out.add_stream(codec, rate=fps, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.pix_fmt, stream.codec_context.gop_size = "yuv420p", gop
        if times is not None:
            stream.codec_context.time_base = Fraction(1, 1000)
        tone = out.add_stream("mp2" if container == "mpegts" else "aac", rate=44100) if sound else None
        for number, pixels in enumerate(frames):
            if number == 0:
                stream.height, stream.width = pixels.shape[:2]
                if aspect is not None:
                    stream.codec_context.sample_aspect_ratio = aspect
                if turned:
                    stream.set_display_rotation(turned)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.time_base = Fraction(1, 1000)
            frame.pts = times[number] if times is not None else round(number * 1000 / fps)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        if tone is not None:
            _add_tone(out, tone)
    return buffer.getvalue()


def sound(container: str = "mp4", codec: str = "aac") -> bytes:
    """A file with nothing to see."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as out:
        _add_tone(out, out.add_stream(codec, rate=44100))
    return buffer.getvalue()


def _add_tone(out: Any, stream: Any, seconds: int = 1) -> None:
    samples = np.sin(np.arange(44100 * seconds, dtype=np.float32) / 16)
    frame = av.AudioFrame.from_ndarray(np.stack([samples, samples]), format="fltp", layout="stereo")
    frame.sample_rate = 44100
    context = stream.codec_context
    resampler = av.AudioResampler(context.format, "stereo", 44100, frame_size=context.frame_size or 1024)
    for part in resampler.resample(frame):
        out.mux(stream.encode(part))
    out.mux(stream.encode(None))


def playlist(address: str) -> bytes:
    """An HLS playlist whose only segment is that address."""
    return f"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\n{address}\n#EXT-X-ENDLIST\n".encode()


def script(path: str) -> bytes:
    """A script for FFmpeg's concat demuxer that names a file."""
    return f"ffconcat version 1.0\nfile '{path}'\nduration 10\n".encode()


def xbin_in_avi(path: str) -> bytes:
    """Bytes that begin as an AVI does and go on as a playlist that includes a file: a public attack on FFmpeg."""
    line = b"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1.0,\nconcat:http://127.0.0.1:9/|file://" + path.encode() + b"\n"
    return b"RIFF" + (len(line) + 16).to_bytes(4, "little") + b"AVI LIST" + b"\x14\0\0\0" + b"GAB2" + b"\0" * 12 + line
