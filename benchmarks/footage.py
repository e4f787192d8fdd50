"""Clips: do pairs straddle cuts, are sections honoured, how exact is motion, what does a long film cost?

On every clip of a folder with `cuts.json` (hard cuts marked by eye, as the number of a shot's first frame): as many
pairs as there are, at two sizes, and fifty of each of several seeds; how many straddle a listed cut, and precision
and recall of the cut filter over all pairs of frames that follow each other (without the ranges in which no cut could
be told, and without fades). Random sections, whose frames are checked one by one against the clip's own times. Then a
film of two hours in 1080p, made by writing one encoded minute again and again: CPU time and resident memory for 64
frames for tagging, of the decoding process and of ours. And optical flow of a textured picture that was moved by
known amounts.

    python -m benchmarks.footage ../shared/data/clips --json figures.json
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from av.video.reformatter import VideoReformatter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genresite.settings")
os.environ.setdefault("SECRET_KEY", "benchmark-" + "x" * 60)

import django

django.setup()

from catalog.footage import cuts, motion  # noqa: E402
from catalog.footage.extraction import Pairs, Single  # noqa: E402
from catalog.footage.frames import Section, Wanted  # noqa: E402
from catalog.footage.journal import Journal  # noqa: E402
from catalog.footage.reader import Index, Picture, Reader  # noqa: E402
from catalog.progress import Silent  # noqa: E402

SIZES = ((640, 360), (120, 68))
ALL = 20_000
LONG_SECONDS, LONG_SIZE, LONG_FPS = 7200, (1920, 1080), 24
SHIFTS = ((0.5, 0.25), (1.0, -0.5), (3.0, 1.0), (8.0, 5.0), (-12.0, 7.0), (20.0, -10.0), (30.0, 20.0))


class Unmeasured(Pairs):
    """Which pairs are taken does not depend on their motion, but its measuring is most of the work."""

    def measured(self, first: Picture, second: Picture) -> float:
        return 0.0


def taken(path: Path, wanted: Wanted, sections: list[Section]) -> tuple[list[int], Pairs]:
    """Numbers of the pairs' first frames, stored nowhere."""
    with Reader(path) as reader:
        pairs = Unmeasured(wanted, sections, reader, Journal("", wanted, sections, keep=False), Silent())
        return [one.number or 0 for one in pairs.run()], pairs


def judge_clip(path: Path, marked: dict[str, Any], seeds: int) -> dict[str, Any]:
    with Reader(path) as reader:
        seconds, index = reader.probe().seconds, reader.index()
    straddling, most, dropped = 0, 0, 0
    hard = set(marked["cuts_frame"])
    some = [Wanted(pairs=50, seed=seed) for seed in range(seeds)]
    for wanted in [*(Wanted(pairs=ALL, size=size) for size in SIZES), *some]:
        numbers, pairs = taken(path, wanted, [(0.0, seconds)])
        straddling += sum(number + 1 in hard for number in numbers)
        most, dropped = max(most, len(numbers)), max(dropped, pairs.found.straddled_cut)
    random = np.random.default_rng(0)
    outside = sum(judge_sections(path, index, seconds, random) for _time in range(seeds))
    return {
        "frames": len(index.pts), "pairs": most, "dropped": dropped, "straddling": straddling, "outside": outside,
        **judge_filter(path, index, marked),
    }  # fmt: skip


def judge_sections(path: Path, index: Index, seconds: float, random: np.random.Generator) -> int:
    """How many frames of pairs lie outside the sections, or are not taken though they lie within."""
    edges = np.sort(random.uniform(0, seconds, 4))
    sections = [(float(edges[0]), float(edges[1])), (float(edges[2]), float(edges[3]))]
    numbers, pairs = taken(path, Wanted(pairs=ALL, sections=sections, size=SIZES[1]), sections)

    def within(number: int) -> int | None:
        times = index.seconds
        held = [i for i, (start, end) in enumerate(sections) if start <= times[number] < end]
        return held[0] if held else None

    wrong = sum(within(n) is None or within(n) != within(n + 1) or n % 2 == 0 for n in numbers)
    due = [n for n in range(1, len(index.pts) - 1, 2) if within(n) is not None and within(n) == within(n + 1)]
    return wrong + len(due) - len(numbers) - pairs.found.straddled_cut


def judge_filter(path: Path, index: Index, marked: dict[str, Any]) -> dict[str, Any]:
    """The cut filter on all frames that follow each other."""
    hard = set(marked["cuts_frame"])
    unsure = [range(a, b + 1) for a, b in marked["gradual_frame_ranges"] + marked["ignore_frame_ranges"]]
    found: set[int] = set()
    with Reader(path) as reader:
        last = None
        for number, picture in enumerate(reader.frames([int(pts) for pts in index.pts], SIZES[0])):
            assert picture is not None
            if last is not None and cuts.is_cut(last.pixels, picture.pixels):
                found.add(number)
            last = picture
    wrong = {n for n in found - hard if not any(n in part or n - 1 in part for part in unsure)}
    return {"cuts": len(hard), "found": len(found & hard), "false": len(wrong)}


# A long film ---------------------------------------------------------------------------------------------


def minute(folder: Path) -> Iterator[av.VideoFrame]:
    """Some of each clip, in 1080p: a minute in all."""
    clips = sorted(path for path in folder.iterdir() if path.suffix in (".mp4", ".webm"))
    each = 60 * LONG_FPS // len(clips) + 1
    for path in clips:
        with av.open(str(path)) as container:
            for number, frame in enumerate(container.decode(video=0)):
                if number < 48:  # openings are black
                    continue
                if number >= 48 + each:
                    break
                yield frame.reformat(*LONG_SIZE, format="yuv420p")


def make_long(folder: Path, target: Path) -> None:
    """Two hours: a minute encoded once, its packets written again and again."""
    part = target.with_name("minute.mp4")
    with av.open(str(part), "w") as out:
        stream = out.add_stream("libx264", rate=LONG_FPS, options={"preset": "veryfast", "crf": "23"})
        stream.width, stream.height = LONG_SIZE
        for number, frame in enumerate(minute(folder)):
            frame.pts, frame.time_base = number, Fraction(1, LONG_FPS)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    with av.open(str(part)) as source, av.open(str(target), "w") as out:
        template = source.streams.video[0]
        stream = out.add_stream_from_template(template)
        packets = [packet for packet in source.demux(template) if packet.size]
        length = template.duration or 0
        for time_ in range(int(LONG_SECONDS / float(length * template.time_base)) + 1):
            for packet in packets:
                copy = av.Packet(bytes(packet))
                copy.pts, copy.dts = packet.pts + time_ * length, packet.dts + time_ * length
                copy.time_base, copy.is_keyframe, copy.stream = packet.time_base, packet.is_keyframe, stream
                out.mux(copy)


def peak_bytes() -> int:
    """Of this process alone; what getrusage tells includes whoever started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def judge_long(path: Path, frames: int) -> dict[str, Any]:
    """What it costs to add the clip's strip and to take frames for tagging."""
    wanted = Wanted(use="tagging", most=frames)
    began, ours = time.perf_counter(), time.process_time()
    with Reader(path) as reader:
        probed = reader.probe()
        sections = [(0.0, probed.seconds)]
        kept = Single(wanted, sections, reader, Journal("", wanted, sections, keep=False), Silent()).run()
        spent = reader.spent()
    return {
        "seconds": probed.seconds,
        "bytes": path.stat().st_size,
        "frames": len(kept),
        "decoder CPU s": spent.cpu_seconds,
        "decoder peak MB": spent.peak_bytes / 1e6,
        "our CPU s": time.process_time() - ours,
        "our peak MB": peak_bytes() / 1e6,
        "wall s": time.perf_counter() - began,
    }


# Decoders and motion -------------------------------------------------------------------------------------


def judge_decoders(path: Path) -> dict[str, float]:
    """CPU seconds to decode a whole clip at 640 x 360, in this process, with one thread."""
    figures = {}
    began = time.process_time()
    with av.open(str(path)) as container:
        container.streams.video[0].codec_context.thread_count = 1
        scaler = VideoReformatter()
        for frame in container.decode(video=0):
            scaler.reformat(frame, 640, 360, "rgb24", interpolation="AREA", threads=1).to_ndarray()
    figures["PyAV"] = time.process_time() - began
    began = time.process_time()
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
    while (read := capture.read())[0]:
        cv2.cvtColor(cv2.resize(read[1], (640, 360), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB)
    figures["OpenCV"] = time.process_time() - began
    return figures


def moved(x: float, y: float, width: int = 640, height: int = 360) -> tuple[motion.Pixels, motion.Pixels]:
    """A textured picture and the same moved, by turning the phases of its Fourier transform."""
    edge = 40
    noise = np.random.default_rng(3).normal(size=(height + 2 * edge, width + 2 * edge, 3))
    rows, columns = np.fft.fftfreq(noise.shape[0])[:, None, None], np.fft.fftfreq(noise.shape[1])[None, :, None]
    soft = np.fft.fft2(noise, axes=(0, 1)) * np.exp(-2 * (np.pi * 3) ** 2 * (rows**2 + columns**2))
    both = [soft, soft * np.exp(-2j * np.pi * (columns * x + rows * y))]
    pictures = [np.fft.ifft2(one, axes=(0, 1)).real[edge:-edge, edge:-edge] for one in both]
    low, high = min(p.min() for p in pictures), max(p.max() for p in pictures)
    first, second = (((p - low) / (high - low) * 255).round().astype(np.uint8) for p in pictures)
    return first, second


def judge_motion(raft: Path | None) -> dict[str, list[float]]:
    """Error of the motion magnitude for each shift, in percent of it."""
    ways: dict[str, tuple[motion.Way, motion.Network | None]] = {"dis": ("dis", None), "farneback": ("farneback", None)}
    if raft is not None:
        from training.networks.raft import load_raft

        ways["raft"] = ("raft", load_raft(raft))
    pairs = {shift: moved(*shift) for shift in SHIFTS}
    return {
        name: [
            100 * (motion.magnitude(motion.flow(*pairs[shift], way, network)) / float(np.hypot(*shift)) - 1)
            for shift in SHIFTS
        ]
        for name, (way, network) in ways.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--long", type=Path, help="a long film, instead of one that is made")
    parser.add_argument("--frames", type=int, default=64)
    parser.add_argument("--raft", type=Path, help="folder or file with weights of RAFT-small")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    figures: dict[str, Any] = {"motion error %": judge_motion(options.raft), "clips": {}}
    print(json.dumps(figures["motion error %"]), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        long = options.long or Path(folder) / "long.mp4"
        if options.long is None:
            make_long(options.clips, long)
        with get_context("spawn").Pool(1) as fresh:  # whose memory is its own
            figures["long film"] = fresh.apply(judge_long, (long, options.frames))
    print(json.dumps(figures["long film"]), flush=True)
    marked = json.loads((options.clips / "cuts.json").read_text())["clips"]
    for name, cuts_of in marked.items():
        figures["clips"][name] = judge_clip(options.clips / name, cuts_of, options.seeds)
        print(f"{name:28} {json.dumps(figures['clips'][name])}", flush=True)
    figures["decoders, CPU s"] = {name: judge_decoders(options.clips / name) for name in marked}
    print(json.dumps(figures["decoders, CPU s"]), flush=True)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
