"""Our side of the process that decodes videos (catalog/footage/child.py): starts it, asks it, believes little."""

import contextlib
import json
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import psutil
from django.utils.translation import gettext as _
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
ROOT = Path(__file__).parents[2]
# Imported there only: the web process needs no decoder.
START = "import sys; sys.path.append(sys.argv.pop(1)); from catalog.footage.child import main; main()"
# How long an answer may take: the CPU it is allowed (CPU_SECONDS there), with room for a busy machine.
WALL_SECONDS = {"probe": 120, "index": 1200, "frames": 1200, "near": 480, "scan": 240}
MAX_ANSWER = 1 << 28  # bytes; the index of a day of video is far below


class BadClip(Exception):
    """The clip is not taken or cannot be read; the message is a sentence for the user, `status` the HTTP status to go
    with it."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class Probed:
    """What a video is. The size is as shown: turned upright, pixels square."""

    container: str
    codec: str
    width: int
    height: int
    fps: float  # mean frames per second
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded frame: RGB (H, W, 3), and when it is shown, in seconds from the clip's first frame. `time` is what was
    asked for, where a time was."""

    pixels: Pixels
    pts: int
    seconds: float
    key: bool
    time: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Every frame in the order of showing: its time in the stream's own units and in seconds, whether a key frame."""

    pts: NDArray[np.int64]
    seconds: NDArray[np.float64]
    keys: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Spent:
    """What the decoding process has used so far."""

    cpu_seconds: float
    peak_bytes: int  # of resident memory


class Reader:
    """One video, open in a process of its own. Use it in a `with`; a process that breaks down is not started again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.process: subprocess.Popen[bytes] | None = None
        self.link: socket.socket | None = None

    def __enter__(self) -> Self:
        self.link, theirs = socket.socketpair()
        with theirs:
            try:
                file = self.path.open("rb")
            except OSError as error:
                self.link.close()
                sentence = _("%(file)s cannot be read: %(reason)s.")
                raise BadClip(sentence % {"file": self.path.name, "reason": error.strerror}, 422) from error
            with file:
                self.process = _start(theirs.fileno(), file.fileno())
        return self

    def __exit__(self, *_error: object) -> None:
        if self.link is not None:
            self.link.close()
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def probe(self) -> Probed:
        """Raises BadClip where it is no video that is accepted."""
        (line, _body), *_none = self._ask("probe", answers=1)
        return Probed(**line)

    def index(self) -> Index:
        """Read through the whole file once, decoding nothing."""
        (line, body), *_none = self._ask("index", answers=1)
        count = line["frames"]
        pts = np.frombuffer(body, np.int64, count)
        keys = np.frombuffer(body, np.uint8, count, offset=8 * count).astype(bool)
        return Index(pts, (pts - line["first"]) * line["base"], keys)

    def frames(self, pts: Sequence[int], size: tuple[int, int]) -> Iterator[Picture | None]:
        """The frames at these times, which rise; None for one that cannot be decoded. size: a box to fit into."""
        for answer in self._ask("frames", answers=len(pts), pts=[int(time) for time in pts], size=size):
            yield _picture(answer, size)

    def near(
        self, times: Sequence[tuple[float, float, float, float]], size: tuple[int, int]
    ) -> Iterator[Picture | None]:
        """For each (time, from, to, farthest) in seconds: the key frame nearest to the time where that lies within
        [from, to) and no farther away than that; otherwise the frame at the time itself; None where neither is."""
        for answer in self._ask("near", answers=len(times), times=[list(time) for time in times], size=size):
            yield _picture(answer, size)

    def scan(self, parts: Sequence[tuple[float, float]], size: tuple[int, int]) -> Iterator[Picture]:
        """Every frame of these parts, stretched to that size."""
        for answer in self._ask("scan", parts=[list(part) for part in parts], size=size, stretch=True):
            if (picture := _picture(answer, size)) is not None:
                yield picture

    def spent(self) -> Spent:
        """CPU and memory of the process, while it lives."""
        if self.process is None:
            return Spent(0, 0)
        process = psutil.Process(self.process.pid)
        times = process.cpu_times()
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        peak = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
        return Spent(times.user + times.system, peak)

    def _ask(self, op: str, *, answers: int | None = None, **request: Any) -> Iterator[tuple[dict[str, Any], bytes]]:
        """So many answers; without a number, until the end is told."""
        assert self.link is not None
        self.link.settimeout(WALL_SECONDS[op])
        with contextlib.suppress(OSError):  # it may have refused the video and ended: the reason waits to be read
            self.link.sendall(json.dumps({"op": op, **request}).encode() + b"\n")
        while answers is None or answers > 0:
            line, body = self._receive()
            if answers is None and line.get("end"):
                return
            answers = answers - 1 if answers is not None else None
            yield line, body

    def _receive(self) -> tuple[dict[str, Any], bytes]:
        """Raises BadClip where the process refuses the video or has broken down over it."""
        try:
            lengths = struct.unpack("!II", self._exactly(8))
            if sum(lengths) > MAX_ANSWER:
                raise refusal("complex")
            line = json.loads(self._exactly(lengths[0]))
            body = self._exactly(lengths[1])
        except (OSError, EOFError) as error:  # ended by a limit, or it took too long
            raise refusal("complex") from error
        if reason := line.get("refused"):
            raise refusal(str(reason))
        return line, body

    def _exactly(self, size: int) -> bytes:
        assert self.link is not None
        buffer = bytearray(size)
        view, got = memoryview(buffer), 0
        while got < size:
            count = self.link.recv_into(view[got:])
            if not count:
                raise EOFError
            got += count
        return bytes(buffer)


def _start(link: int, file: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-c", START, str(ROOT), str(link), str(file)],
        pass_fds=[link, file],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # No secret of ours goes along; threads of NumPy's would only take address space.
        env={"LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"},
        cwd=tempfile.gettempdir(),
    )


def _picture(answer: tuple[dict[str, Any], bytes], size: tuple[int, int]) -> Picture | None:
    line, body = answer
    if line.get("missing"):
        return None
    height, width = int(line["height"]), int(line["width"])
    if width > size[0] or height > size[1] or len(body) != width * height * 3:
        raise refusal("damaged")
    pixels = np.frombuffer(body, np.uint8).reshape(height, width, 3)
    return Picture(pixels, int(line["pts"]), float(line["seconds"]), bool(line["key"]), line["time"])


def refusal(reason: str) -> BadClip:
    """The sentence for a word of the decoding process's."""
    accepted = _("Accepted are MP4, MOV, WebM, Matroska, AVI, MPEG, FLV, Ogg and WMV files.")
    return {
        "empty": BadClip(_("This file is empty."), 422),
        "format": BadClip(_("This video format is not accepted.") + " " + accepted, 422),
        "sound": BadClip(_("There is only sound in this file, no pictures."), 422),
        "codec": BadClip(_("The pictures in this video are coded in a way that is not accepted."), 422),
        "large": BadClip(_("The pictures in this video are larger than 8K."), 422),
        "early": BadClip(_("The video is damaged: it ends too early."), 422),
        "damaged": BadClip(_("The video is damaged and cannot be read."), 422),
    }.get(reason, BadClip(_("This video is too complex to open safely."), 422))
