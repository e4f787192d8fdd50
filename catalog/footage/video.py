"""An open video: which ones are taken, going to a place in them, decoding from there. Used by catalog.footage.child
in its own process; imports nothing of the site.

Times are in the stream's own units (`pts`) or, where they are called seconds, from the first frame that is shown.
"""

from __future__ import annotations

import bisect
import os
import struct
from collections import deque
from collections.abc import Iterator
from typing import Any, BinaryIO

import av
import av.subtitles.stream  # PyAV would load it when a file has such a stream, and no file may be opened then
import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from catalog.footage.containers import CONTAINERS, Refused, promised_bytes, sniff

Pixels = NDArray[np.uint8]

MAX_PIXELS = 8192 * 4352  # 8K, as broadcast and as cinema has it
LONGEST_SIDE = 16384
MAX_ASPECT = 16  # of a pixel
CODECS = frozenset(
    [
        *("av1", "libdav1d", "dnxhd", "flv1", "flv", "h263", "h264", "hevc", "mjpeg", "mpeg1video", "mpeg2video"),
        *(
            "mpeg4",
            "msmpeg4v2",
            "msmpeg4v3",
            "msmpeg4",
            "prores",
            "theora",
            "vc1",
            "vp8",
            "vp9",
            "wmv1",
            "wmv2",
            "wmv3",
        ),
    ]
)
BUFFER_BYTES = 1 << 18
DECODERS = ",".join(sorted(CODECS))
FAR_AHEAD = 10.0  # seconds that are decoded sooner than sought, where the container does not list its key frames
# How far before a frame to look for a place to decode from, in seconds, where the container cannot say.
STEPS_BACK = (0, 1, 5, 30, 1e9)


def display_turn(matrix: bytes | None) -> tuple[int, bool]:
    """Quarter turns anticlockwise and whether to mirror first, from a display matrix of 9 int32; others: none."""
    if matrix is None or len(matrix) < 36:
        return 0, False
    a, b, _u, c, d, *_rest = struct.unpack("=9i", matrix[:36])
    mirrored = a * d - b * c < 0
    if mirrored:
        a, b = -a, -b
    quarter = {(1, 0): 0, (0, 1): 3, (-1, 0): 2, (0, -1): 1}
    return quarter.get((_sign(a), _sign(b)), 0), mirrored


def _sign(value: int) -> int:
    return (abs(value) > 1 << 12) * (1 if value > 0 else -1)


class Video:
    """An open video and the place up to which it is decoded."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.size = file, os.fstat(file.fileno()).st_size
        self.counted = False
        self.scaler = VideoReformatter()
        file.seek(0)
        if promised_bytes(file, sniff(file.read(4096))) > self.size:
            raise Refused("early")
        self.open()
        self.first = self._first()
        # Once for all frames: who asks a frame for its side data keeps the frame until garbage is collected.
        self.turn = display_turn(_matrix(self.first))
        # AVI knows when frames are decoded, not when they are shown, and a program stream gives few of them a time:
        # there frames are counted from the first.
        reordered = self.container.format.name == "avi" and bool(self.context.has_b_frames)
        self.counted = reordered or self.container.format.name == "mpeg"
        rate = self.stream.average_rate or self.stream.guessed_rate or 25
        self.step = max(1, round(1 / (float(rate) * self.base)))
        self.keys = self._keys()

    def open(self) -> None:
        """Begin at the beginning; in containers without an index no seek leads there."""
        self.file.seek(0)
        name = sniff(self.file.read(4096))
        self.file.seek(0)
        options = {"codec_whitelist": DECODERS, "format_whitelist": CONTAINERS, "protocol_whitelist": "none"}
        try:
            self.container = av.open(self.file, "r", format=name, options=options, buffer_size=BUFFER_BYTES)
        except (av.FFmpegError, ValueError) as error:
            raise Refused("damaged") from error
        self.stream = self._video_stream()
        self.context = self.stream.codec_context
        self.base = float(self.stream.time_base or 1)
        self.pending: deque[av.VideoFrame] = deque()
        self.packets: Iterator[av.Packet[Any]] = self.container.demux(self.stream)
        self.at: int | None = None  # the time of the last frame that came out
        self.fresh = True  # nothing was read yet

    def _keys(self) -> list[int]:
        """Times of all key frames, where the container lists them; some list only what was read so far."""
        keys = sorted(e.timestamp for e in self.stream.index_entries if e.is_keyframe and not e.is_discard)
        if keys and self.container.format.name.startswith("mov"):
            late = (self.first.pts or 0) - keys[0]  # it lists when they are decoded
            return [key + late for key in keys]
        half, name = (self.container.duration or 0) / 2e6, self.container.format.name
        late = bool(keys) and self.seconds(keys[-1]) > half
        return keys if late and name.startswith(("matroska", "avi")) else []

    def _video_stream(self) -> av.VideoStream:
        streams = [s for s in self.container.streams.video if not s.disposition & av.stream.Disposition.attached_pic]
        if not streams:
            raise Refused("sound" if self.container.streams else "damaged")
        stream = streams[0]
        context = stream.codec_context
        if context is None or context.name not in CODECS:
            raise Refused("codec")
        _refuse_large(context.width, context.height)
        context.options = {"max_pixels": str(MAX_PIXELS)}
        context.thread_count = 1
        return stream

    def _first(self) -> av.VideoFrame:
        """The first frame; it tells where time begins and that the video can be decoded at all."""
        frame = self.next_frame()
        if frame is None or frame.pts is None:
            raise Refused("damaged")
        _refuse_large(frame.width, frame.height)
        return frame

    # Decoding --------------------------------------------------------------------------------------------

    def restart(self, pts: int | None) -> None:
        """Go to the key frame at or before that time; None: to the beginning."""
        if pts is None or self.counted:
            if not self.fresh:
                self.open()
            return
        self.container.seek(pts, stream=self.stream, backward=True)
        self.pending.clear()
        self.packets = self.container.demux(self.stream)
        self.at, self.fresh = None, False

    def next_frame(self, skip_before: int | None = None) -> av.VideoFrame | None:
        """The next frame in the order of showing; frames before that time on which no other rests may be left out."""
        self.fresh = False
        while not self.pending:
            packet = next(self.packets, None)
            if packet is None:
                return None
            wanted = skip_before is None or self.counted or packet.pts is None or packet.pts >= skip_before
            self.context.skip_frame = "DEFAULT" if wanted else "NONREF"
            self.pending.extend(self._decoded(packet))
        frame = self.pending.popleft()
        if self.counted:
            frame.pts = (self.first.pts or 0) if self.at is None else self.at + self.step
        self.at = frame.pts
        return frame

    def _decoded(self, packet: av.Packet[Any]) -> list[av.VideoFrame]:
        try:
            return [frame for frame in self.context.decode(packet) if frame.pts is not None]
        except av.InvalidDataError:  # one broken packet: later ones may be whole
            return []

    def reach(self, pts: int) -> av.VideoFrame | None:
        """The frame shown at that time or, where there is none, the first one after it."""
        if not self._ahead(pts):
            for back in STEPS_BACK:
                self.restart(self._key_before(pts - round(back / self.base)))
                frame = self.next_frame(pts)
                if frame is not None and (frame.pts or 0) <= pts:
                    break
        else:
            frame = self.next_frame(pts)
        while frame is not None and (frame.pts or 0) < pts:
            frame = self.next_frame(pts)
        return frame

    def _ahead(self, pts: int) -> bool:
        """Whether decoding on leads there with less work than beginning at a key frame."""
        if self.at is None or pts <= self.at:
            return False
        if self.counted or not self.keys:
            return self.counted or (pts - self.at) * self.base < FAR_AHEAD
        place = bisect.bisect_right(self.keys, pts)
        return not place or self.keys[place - 1] <= self.at

    def _key_before(self, pts: int) -> int | None:
        """Where to begin decoding; None: at the beginning."""
        place = bisect.bisect_right(self.keys, pts)
        if place:
            return self.keys[place - 1]
        return None if pts <= (self.first.pts or 0) or self.keys else pts

    def key_frame(self, pts: int) -> av.VideoFrame | None:
        """The key frame at or shortly before that time; nothing else is decoded."""
        self.container.seek(pts, stream=self.stream, backward=True)
        self.packets, self.fresh = self.container.demux(self.stream), False
        self.pending.clear()
        self.context.skip_frame = "NONKEY"
        found: list[av.VideoFrame] = []
        for packet in self.packets:
            if packet.size and packet.is_keyframe:
                found = self._decoded(packet)
                found = found or [frame for frame in self.context.decode(None) if frame.pts is not None]
                if found:
                    break
        self.packets, self.at = iter(()), None
        self.context.flush_buffers()
        return found[0] if found else None

    # Times -----------------------------------------------------------------------------------------------

    def seconds(self, pts: int | None) -> float:
        return ((pts or 0) - (self.first.pts or 0)) * self.base

    def pts(self, seconds: float) -> int:
        return round(seconds / self.base) + (self.first.pts or 0)

    def index(self) -> list[tuple[int, bool]]:
        """Time and whether a key frame, of every frame that is shown, in the order of showing; decodes none of them
        unless the container has no times."""
        self.restart(None)
        if self.counted:
            return self._index_by_decoding()
        self.fresh = False
        found: dict[int, bool] = {}
        for packet in self.packets:
            if not packet.size or packet.is_discard or self._hidden(packet):
                continue
            if packet.pts is None:
                return self._index_by_decoding()
            found[packet.pts] = packet.is_keyframe
        shown = sorted((pts, key) for pts, key in found.items() if pts >= (self.first.pts or 0))
        self.keys = [pts for pts, key in shown if key]
        return shown

    def _hidden(self, packet: av.Packet[Any]) -> bool:
        """VP8 has frames that are never shown, only referred to."""
        return self.context.name == "vp8" and not bytes(packet)[0] & 0x10

    def _index_by_decoding(self) -> list[tuple[int, bool]]:
        self.restart(None)
        shown = []
        while (frame := self.next_frame()) is not None:
            shown.append((frame.pts or 0, bool(frame.key_frame)))
        return shown

    def end(self) -> float:
        """Where the last frame ends, in seconds; found near the end of the file, without decoding."""
        header = (self.container.duration or 0) / 1e6
        last = self._last_time(max(0.0, header - 3.0))
        return self._last_time(None) if last <= 0 else last

    def _last_time(self, start: float | None) -> float:
        try:
            self.restart(None if start is None else self.pts(start))
            ends = [self.seconds(p.pts) + (p.duration or 0) * self.base for p in self.packets if p.pts is not None]
        except av.FFmpegError:
            ends = []
        self.packets, self.at, self.fresh = iter(()), None, False
        return max(ends, default=0.0)

    # Pictures --------------------------------------------------------------------------------------------

    def shown_size(self, frame: av.VideoFrame) -> tuple[int, int]:
        """Pixels as they are seen: square, upright."""
        aspect = float(self.stream.sample_aspect_ratio or 1) or 1.0
        if not 1 / MAX_ASPECT <= aspect <= MAX_ASPECT:
            aspect = 1.0
        width, height = max(1, round(frame.width * aspect)), frame.height
        return (height, width) if self.turn[0] % 2 else (width, height)

    def picture(self, frame: av.VideoFrame, box: tuple[int, int], stretch: bool = False) -> Pixels:
        """RGB (H, W, 3), upright, no larger than the box, in its own proportions or stretched to fill the box."""
        turns, mirrored = self.turn
        width, height = box if stretch else fit(self.shown_size(frame), box)
        if turns % 2:
            width, height = height, width
        # One for all frames: each one of its own starts threads of its own, until there is no room for more.
        scaled = self.scaler.reformat(frame, width, height, "rgb24", interpolation="AREA", threads=1)
        small = scaled.to_ndarray()
        if mirrored:
            small = small[:, ::-1]
        return np.ascontiguousarray(np.rot90(small, turns))


def _matrix(frame: av.VideoFrame) -> bytes | None:
    data = frame.side_data.get("DISPLAYMATRIX")
    return bytes(memoryview(data)) if data is not None else None  # type: ignore[arg-type]


def _refuse_large(width: int, height: int) -> None:
    if width * height > MAX_PIXELS or max(width, height) > LONGEST_SIDE:
        raise Refused("large")


def fit(size: tuple[int, int], box: tuple[int, int]) -> tuple[int, int]:
    """The largest size of these proportions within the box; never larger than it is."""
    scale = min(1.0, box[0] / size[0], box[1] / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
