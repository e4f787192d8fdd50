"""Which frames to take from a clip: sections, random pairs, even spreads, near-identical frames. Pure functions."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

Section = tuple[float, float]  # seconds from the clip's first frame; the end does not belong to it

PAIRS, TAGGING_FRAMES = 300, 64
MOST_FRAMES = 20_000
SIZE = (640, 360)
SMALLEST, LARGEST = 32, 1920  # pixels a side
SHORTEST_STEP = 0.04  # seconds
TIME = r"(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:\.\d+)?)"
SECTION = re.compile(rf"{TIME}\s*[-\u2013]\s*{TIME}")
SAME_BITS = 4  # of 64 that may differ between near-identical frames
SAME_COLOUR = 12  # of 255 by which the mean colour of a sixteenth of the picture may differ


class BadWanted(Exception):
    """What is asked for cannot be taken from the clip; the message is a sentence for the user."""


class BadSections(BadWanted):
    """The sections cannot be read, or are not within the clip."""


@dataclass(frozen=True)
class Wanted:
    """Which frames to take. `sections` are seconds; none: the clip's own or, where it has none, all of it.

    Of use "pair": `pairs` random frames with odd numbers, each with the next frame. Of use "tagging": a frame each
    `every` seconds, or one of each shot (`scenes`), or else `most` frames at even distances. `most` limits the first
    two as well, where it is given. `size` is a box that frames are fitted into, never enlarged.

    Raises:
        BadWanted: a value is out of its range, or two exclude each other.
    """

    use: str = "pair"
    sections: Sequence[Section] = field(default=())
    pairs: int = PAIRS
    every: float | None = None
    scenes: bool = False
    most: int | None = None
    size: tuple[int, int] = SIZE
    seed: int = 0

    def __post_init__(self) -> None:
        if self.use not in ("pair", "tagging"):
            raise BadWanted(_("Frames are taken as pairs or for tagging."))
        if not 1 <= self.pairs <= MOST_FRAMES or not 1 <= (self.most or 1) <= MOST_FRAMES:
            raise BadWanted(_("The number of frames is from 1 to %(most)s.") % {"most": MOST_FRAMES})
        if not all(SMALLEST <= side <= LARGEST for side in self.size):
            limits = {"least": SMALLEST, "most": LARGEST}
            raise BadWanted(_("A frame is from %(least)s to %(most)s pixels wide and high.") % limits)
        if self.every is not None and not (math.isfinite(self.every) and self.every >= SHORTEST_STEP):
            raise BadWanted(_("The distance between frames is at least %(least)s s.") % {"least": SHORTEST_STEP})
        if self.every is not None and self.scenes:
            raise BadWanted(_("Choose either a distance between frames or one frame of each shot."))
        if self.use == "pair" and (self.every is not None or self.scenes):
            raise BadWanted(_("A distance, or one frame of each shot, is for tagging; pairs are drawn at random."))
        if not 0 <= self.seed < 2**63:
            raise BadWanted(_("The seed is a whole number from 0."))


def parse_size(text: str) -> tuple[int, int]:
    """A text like "640x360" as (640, 360).

    Raises:
        BadWanted: it is no size.
    """
    found = re.fullmatch(r"\s*(\d{1,5})\s*[x×]\s*(\d{1,5})\s*", text)
    if found is None:
        raise BadWanted(_("Write the size as in 640x360."))
    return int(found[1]), int(found[2])


# Sections ------------------------------------------------------------------------------------------------


def parse_sections(text: str, seconds: float) -> list[Section]:
    """A text like "00:01:00-00:02:30, 5:00-6:00.5" as [(60, 150), (300, 360.5)], in order, overlaps made one.

    Between sections stand commas, semicolons or line ends. Nothing written gives no sections. An end may exceed the
    clip's length by less than the second that its display is rounded by.

    Raises:
        BadSections: one cannot be read, ends before it begins, or is not within the clip.
    """
    parts = [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]
    return merged([_section(part, seconds) for part in parts])


def _section(text: str, seconds: float) -> Section:
    found = SECTION.fullmatch(text)
    if found is None:
        raise BadSections(_("“%(text)s” is not a section: write it as in 00:01:00-00:02:30.") % {"text": text[:60]})
    start, end = _time(text, *found.groups()[:3]), _time(text, *found.groups()[3:])
    check_section(start, end, seconds)
    return start, min(end, seconds)


def check_section(start: float, end: float, seconds: float) -> None:
    """Raises BadSections for a section that is empty or not within a clip of that length."""
    names = {"start": clock(start), "end": clock(end), "length": clock(seconds)}
    if not start < end:
        raise BadSections(_("The section %(start)s-%(end)s ends before it begins.") % names)
    if not (0 <= start < seconds and end <= math.ceil(seconds)):
        raise BadSections(_("The section %(start)s-%(end)s is not within the clip, which is %(length)s long.") % names)


def _time(text: str, hours: str | None, minutes: str | None, seconds: str) -> float:
    if (hours is not None and int(minutes or 0) > 59) or (minutes is not None and float(seconds) >= 60):
        raise BadSections(_("In “%(text)s” minutes or seconds go beyond 59.") % {"text": text[:60]})
    return 3600.0 * int(hours or 0) + 60.0 * int(minutes or 0) + float(seconds)


def clock(seconds: float) -> str:
    """As "01:02:03", or "01:02:03.5" where it is not a whole second."""
    hundredths = round(seconds * 100)
    minutes, rest = divmod(hundredths, 6000)
    tail = f"{rest // 100:02}" + (f".{rest % 100:02}".rstrip("0") if rest % 100 else "")
    return f"{minutes // 60:02}:{minutes % 60:02}:{tail}"


def merged(sections: Iterable[Section]) -> list[Section]:
    """In order; those that overlap made one. Sections that only touch stay two: nothing may straddle them."""
    out: list[Section] = []
    for start, end in sorted(sections):
        if out and start < out[-1][1]:
            out[-1] = out[-1][0], max(out[-1][1], end)
        else:
            out.append((start, end))
    return out


def sections_or_all(wanted: Sequence[Section], own: Sequence[Sequence[float]], seconds: float) -> list[Section]:
    """The wanted sections, or the clip's own, or all of the clip; checked against its length, overlaps merged.

    Raises:
        BadSections: one is empty or not within the clip.
    """
    given = [(float(start), float(end)) for start, end in (wanted or own)]
    for start, end in given:
        check_section(start, end, seconds)
    return merged(given) or [(0.0, seconds)]


# Pairs ---------------------------------------------------------------------------------------------------


@dataclass
class Draw:
    """Random odd frame numbers of a clip, section by section; more of them on demand, none ever twice."""

    waiting: list[list[int]]  # of each section, in the order in which they are drawn
    lengths: list[float]
    straddling: frozenset[int]  # the next frame is not in the same section

    def more(self, count: int) -> list[int]:
        """So many further numbers, rising, in proportion to the sections' lengths as far as these have any left."""
        shares = apportion(count, self.lengths, [len(numbers) for numbers in self.waiting])
        taken = [numbers[:share] for numbers, share in zip(self.waiting, shares, strict=True)]
        self.waiting = [numbers[share:] for numbers, share in zip(self.waiting, shares, strict=True)]
        return sorted(number for numbers in taken for number in numbers)


def draw_pairs(seconds: NDArray[np.float64], sections: Sequence[Section], seed: int) -> Draw:
    """Prepare to draw frames with odd numbers (counted from 0) that have a next frame.

    seconds: (N,) when each frame of the clip is shown, rising. The same seed draws the same numbers.
    """
    random = np.random.default_rng(seed)
    waiting, straddling = [], set()
    for start, end in sections:
        first, beyond = (int(place) for place in np.searchsorted(seconds, np.array([start, end]) - 1e-6))
        odd = np.arange(first | 1, min(beyond, len(seconds) - 1), 2)
        waiting.append([int(number) for number in random.permutation(odd)])
        straddling.update({beyond - 1} & set(waiting[-1]))
    return Draw(waiting, [end - start for start, end in sections], frozenset(straddling))


def apportion(count: int, weights: Sequence[float], most: Sequence[int]) -> list[int]:
    """Split a number in proportion to the weights by largest remainders; what exceeds a part's `most` goes to the
    others."""
    shares = [0] * len(weights)
    left = min(count, sum(most))
    while left:
        open_ = [i for i in range(len(weights)) if shares[i] < most[i]]
        total = sum(weights[i] for i in open_)
        exact = {i: left * (weights[i] / total if total else 1 / len(open_)) for i in open_}
        given = {i: min(int(exact[i]), most[i] - shares[i]) for i in open_}
        if not any(given.values()):  # fewer are left than parts: the largest remainders get one each
            for i in sorted(open_, key=lambda i: (-exact[i], i))[:left]:
                given[i] = 1
        for i, share in given.items():
            shares[i] += share
        left -= sum(given.values())
    return shares


# Frames for tagging --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moment:
    """A time at which to take a frame, within its section, and how far from it a key frame will do instead."""

    time: float
    start: float
    end: float
    farthest: float


def moments_every(sections: Sequence[Section], step: float) -> list[Moment]:
    """The middle of each stretch of `step` seconds of each section; a rest of half a step or more counts as one."""
    found = []
    for start, end in sections:
        count = max(1, round((end - start) / step))
        middles = (start + min((i + 0.5) * step, (end - start) * (i + 0.5) / count) for i in range(count))
        found += [Moment(middle, start, end, min(step, end - start) / 2) for middle in middles]
    return found


def moments_spread(sections: Sequence[Section], count: int, shift: float = 0.0) -> list[Moment]:
    """So many times at even distances over all sections together. shift: of the grid, as a part of the distance; its
    frames are to lie between those of the grid that is not shifted, so that fewer key frames will do."""
    step = sum(end - start for start, end in sections) / count
    farthest = step / (8 if shift else 2)
    found, begun = [], 0.0  # begun: how much of the sections lies before this one
    for start, end in sections:
        first = math.ceil((begun / step) - 0.5 - shift - 1e-9)
        place = start + (first + 0.5 + shift) * step - begun
        while place < end - 1e-9:
            found.append(Moment(max(place, start), start, end, farthest))
            place += step
        begun += end - start
    return found


@dataclass(frozen=True, slots=True)
class Signature:
    """How a frame looks, coarsely: 64 bits of what is lighter than its neighbour, and 4 × 4 mean colours."""

    bits: int
    colours: tuple[int, ...]

    def near(self, other: "Signature") -> bool:
        apart = max(abs(a - b) for a, b in zip(self.colours, other.colours, strict=True))
        return (self.bits ^ other.bits).bit_count() <= SAME_BITS and apart <= SAME_COLOUR


def signature(pixels: NDArray[np.uint8]) -> Signature:
    """Of RGB (H, W, 3); a difference hash: https://www.hackerfactor.com/blog/index.php?/archives/529-Kind-of-Like-That.html"""
    grey = _means(pixels, 8, 9) @ np.array([0.299, 0.587, 0.114])
    lighter = (grey[:, :-1] > grey[:, 1:] + 1).flatten()  # by more than noise
    bits = int.from_bytes(np.packbits(lighter).tobytes(), "big")
    return Signature(bits, tuple(int(value) for value in _means(pixels, 4, 4).round().flatten()))


def _means(pixels: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.float64]:
    """Mean colour of each part of a grid: (rows, columns, 3)."""
    height, width = pixels.shape[:2]
    tops = np.arange(rows) * height // rows
    lefts = np.arange(columns) * width // columns
    sums = np.add.reduceat(np.add.reduceat(pixels.astype(np.float64), tops, 0), lefts, 1)
    heights = np.diff(np.append(tops, height))
    widths = np.diff(np.append(lefts, width))
    return np.asarray(sums / (heights[:, None, None] * widths[None, :, None]))


def thinned(signatures: Sequence[Signature]) -> list[int]:
    """Which of these frames, in the order of showing, to keep: those unlike the one kept last. A place that the film
    comes back to later counts again."""
    kept: list[int] = []
    for place, seen in enumerate(signatures):
        if not kept or not signatures[kept[-1]].near(seen):
            kept.append(place)
    return kept


def evenly(count: int, most: int) -> list[int]:
    """At most so many of the places 0 … count-1, at even distances."""
    return sorted({int((i + 0.5) * count / most) for i in range(most)}) if count > most else list(range(count))
