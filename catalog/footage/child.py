"""Decodes strangers' videos in a process that has little to lose; started by catalog.footage.reader.

It imports nothing of the site but catalog.footage.video and catalog.footage.containers. It is given a video as an open
file, never as a name, and one socket; before it looks at the video it gives up the right to open any further file or
socket, so that no playlist, script or reference inside a video can make it read or call anything. Containers and
decoders are taken from lists; memory is limited for the process, CPU for each answer.

A request is a JSON line; an answer is two lengths, a JSON line and raw bytes. Requests: probe, index, frames, near,
scan (see `OPERATIONS`).
"""

from __future__ import annotations

import bisect
import json
import os
import resource
import signal
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from typing import Any

import av
import numpy as np

from catalog.footage.containers import Refused
from catalog.footage.video import Video

MEMORY_BYTES = 3 << 30
# What one answer may cost; `frames` may have to decode for long between two frames.
CPU_SECONDS = {"probe": 30, "index": 300, "frames": 300, "near": 120, "scan": 60}
KEY_SLACK = 0.5  # seconds by which an index may misplace a key frame: some list when it is decoded, not shown

Answer = tuple[dict[str, Any], bytes]


def probe(video: Video, _request: dict[str, Any]) -> Iterator[Answer]:
    """What is known of a video without reading all of it."""
    end = video.end()
    width, height = video.shown_size(video.first)
    rate = float(video.stream.average_rate or video.stream.guessed_rate or 0)
    yield (
        {
            "container": sniffed_name(video),
            "codec": video.context.codec.canonical_name,
            "width": width,
            "height": height,
            "fps": rate,
            "seconds": max(end, 1 / rate if rate else 0.04),
        },
        b"",
    )


def sniffed_name(video: Video) -> str:
    name: str = video.container.format.name.partition(",")[0]
    return {"mov": "mp4"}.get(name, name)


def index(video: Video, _request: dict[str, Any]) -> Iterator[Answer]:
    """Every frame's time (int64), then whether it is a key frame (uint8)."""
    shown = video.index()
    times = np.array([pts for pts, _key in shown], np.int64)
    keys = np.array([key for _pts, key in shown], np.uint8)
    yield {"frames": len(shown), "first": video.first.pts, "base": video.base}, times.tobytes() + keys.tobytes()


def frames(video: Video, request: dict[str, Any]) -> Iterator[Answer]:
    """The frames shown at these times (`pts`, rising), each decoded from the nearest key frame before it."""
    for pts in request["pts"]:
        frame = video.reach(pts)
        if frame is None or frame.pts != pts:
            yield {"pts": pts, "missing": True}, b""
        else:
            yield _as_answer(video, frame, request)


def near(video: Video, request: dict[str, Any]) -> Iterator[Answer]:
    """For each [time, from, to, farthest]: the nearest key frame, where it is near enough and within the bounds, or
    the very frame. One that is just as near to two times is taken for neither."""
    for time, start, end, farthest in request["times"]:
        frame = _near(video, time, start, end, farthest)
        if frame is None:
            yield {"time": time, "missing": True}, b""
        else:
            yield _as_answer(video, frame, request | {"time": time})


def _near(video: Video, time: float, start: float, end: float, farthest: float) -> av.VideoFrame | None:
    nearest = _nearest(video.keys, video.pts(time))
    hopeless = abs(video.seconds(nearest) - time) > farthest + KEY_SLACK
    key = None if hopeless else video.key_frame(nearest)
    if key is not None and not start <= video.seconds(key.pts) < end:
        key = None
    if key is not None and abs(video.seconds(key.pts) - time) < farthest - 1e-6:
        return key
    frame = video.reach(video.pts(time))
    return frame if frame is not None and start <= video.seconds(frame.pts) < end else key


def _nearest(keys: list[int], pts: int) -> int:
    place = bisect.bisect_left(keys, pts)
    return min(keys[max(0, place - 1) : place + 1], key=lambda key: abs(key - pts), default=pts)


def scan(video: Video, request: dict[str, Any]) -> Iterator[Answer]:
    """Every frame of the parts [[start, end], …], small."""
    for start, end in request["parts"]:
        frame = video.reach(video.pts(start))
        while frame is not None and video.seconds(frame.pts) < end:
            yield _as_answer(video, frame, request)
            frame = video.next_frame()
    yield {"end": True}, b""


def _as_answer(video: Video, frame: av.VideoFrame, request: dict[str, Any]) -> Answer:
    pixels = video.picture(frame, tuple(request["size"]), bool(request.get("stretch")))
    height, width = pixels.shape[:2]
    line = {"pts": frame.pts, "seconds": video.seconds(frame.pts), "key": bool(frame.key_frame)}
    return line | {"width": width, "height": height, "time": request.get("time")}, pixels.tobytes()


OPERATIONS: dict[str, Callable[[Video, dict[str, Any]], Iterator[Answer]]] = {
    "probe": probe,
    "index": index,
    "frames": frames,
    "near": near,
    "scan": scan,
}


# The process ---------------------------------------------------------------------------------------------


def limit_process() -> None:
    """From here on: no new file, no socket, no child, nothing written, so much memory."""
    av.logging.set_level(av.logging.PANIC)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, whose end closes the socket


def _allow_cpu(seconds: int) -> None:
    """From now on; the system ends the process after that."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def _serve(video: Video, request: dict[str, Any], send: Callable[[Answer], None]) -> None:
    allowed = CPU_SECONDS[request["op"]]
    _allow_cpu(allowed)
    for answer in OPERATIONS[request["op"]](video, request):
        send(answer)
        _allow_cpu(allowed)


def _refusals(work: Callable[[], None], send: Callable[[Answer], None]) -> bool:
    """Whether the work was done; otherwise the reason is sent."""
    try:
        work()
    except Refused as error:
        send(({"refused": str(error)}, b""))
    except MemoryError:
        send(({"refused": "complex"}, b""))
    except (OSError, ValueError, ArithmeticError, LookupError) as error:  # all that PyAV raises on damaged files
        too_much = isinstance(error, av.MemoryError)
        send(({"refused": "complex" if too_much else "damaged"}, b""))
    else:
        return True
    return False


def main() -> None:
    link = socket.socket(fileno=int(sys.argv[1]))
    lines = link.makefile("rb")
    file = os.fdopen(int(sys.argv[2]), "rb")
    limit_process()
    opened: list[Video] = []

    def send(answer: Answer) -> None:
        line = json.dumps(answer[0]).encode()
        link.sendall(struct.pack("!II", len(line), len(answer[1])) + line)
        link.sendall(answer[1])

    _allow_cpu(CPU_SECONDS["probe"])
    if not _refusals(lambda: opened.append(Video(file)), send):
        return
    for request in map(json.loads, lines):
        if not _refusals(lambda request=request: _serve(opened[0], request, send), send):  # type: ignore[misc]
            return
