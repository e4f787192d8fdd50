"""Setting type: line breaking that fills a box, kerning for large sizes, letters that dance or follow an arc."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise
from typing import Any

import skia  # type: ignore[import-not-found]

from catalog.sample.draw.fonts import faces
from catalog.sample.draw.pen import Pen

CAP = 0.72  # cap height of most of our faces, as a share of the size; measured per face in `cap_height`
SMALL_WORDS = {
    "a",
    "an",
    "and",
    "at",
    "by",
    "for",
    "from",
    "in",
    "is",
    "of",
    "on",
    "or",
    "that",
    "the",
    "to",
    "who",
    "with",
}
PAIRS = {
    ("A", "V"),
    ("V", "A"),
    ("A", "W"),
    ("W", "A"),
    ("A", "T"),
    ("T", "A"),
    ("L", "T"),
    ("T", "o"),
    ("A", "Y"),
    ("Y", "A"),
    ("L", "Y"),
    ("L", "V"),
}


@dataclass(frozen=True)
class Face:
    """A typeface with the way it is set: tracking in thousandths of the size, slant as a shear, width as a factor."""

    name: str
    tracking: float = 0.0
    upper: bool = True
    slant: float = 0.0
    stretch: float = 1.0
    language: str = "en"

    def text(self, words: str) -> str:
        """The words in the case of this face."""
        return words.upper() if self.upper else words


@dataclass(frozen=True)
class Glyph:
    """One letter of a set line: its outline at the origin, where it stands, how wide it is."""

    path: Any
    x: float
    advance: float


def glyphs(words: str, face: Face, size: float) -> list[Glyph]:
    """Outlines of a line that starts at x = 0."""
    placed, x, previous = [], 0.0, ""
    for letter in face.text(words):
        path, advance = _outline(letter, face, size)
        x -= size * 0.06 if (previous, letter) in PAIRS else 0.0
        placed.append(Glyph(path, x, advance))
        x += advance + size * face.tracking / 1000
        previous = letter
    return placed


@lru_cache(maxsize=4096)
def _outline(letter: str, face: Face, size: float) -> tuple[Any, float]:
    for typeface in faces(face.name, face.language):
        glyph = typeface.unicharToGlyph(ord(letter))
        if glyph:
            font = skia.Font(typeface, size)
            font.setScaleX(face.stretch)
            font.setSkewX(-face.slant)
            font.setHinting(skia.FontHinting.kNone)
            return font.getPath(glyph) or skia.Path(), float(font.getWidths([glyph])[0])
    raise ValueError(f"no typeface here has the letter {letter!r}")


def width(words: str, face: Face, size: float) -> float:
    """Width of the line from the first letter's origin to the last letter's end."""
    line = glyphs(words, face, size)
    return line[-1].x + line[-1].advance if line else 0.0


@lru_cache(maxsize=256)
def cap_height(face: Face) -> float:
    """Height of a capital (or of a Korean or Chinese letter) as a share of the size."""
    letter = "H" if not face.name.endswith("_cjk") else "ㅁ"
    if face.name.endswith("_cjk"):
        return 0.86
    bounds = _outline(letter, face, 100.0)[0].getBounds()
    return float(bounds.height()) / 100 or CAP


def breaks(words: list[str], most: int) -> Iterator[list[str]]:
    """Every way to set the words on up to `most` lines."""
    for count in range(1, min(most, len(words)) + 1):
        for cuts in combinations(range(1, len(words)), count - 1):
            edges = [0, *cuts, len(words)]
            yield [" ".join(words[i:j]) for i, j in pairwise(edges)]


@dataclass(frozen=True)
class Setting:
    """A title broken into lines of one size that fits its box."""

    lines: list[str]
    size: float
    leading: float

    def height(self, face: Face) -> float:
        """From the top of the first capitals to the last baseline."""
        return self.size * (cap_height(face) + self.leading * (len(self.lines) - 1))


def fit(
    words: str, face: Face, w: float, h: float, most: int = 4, leading: float = 0.95, largest: float = 400.0
) -> Setting:
    """The line breaking that lets the words be largest in w x h; a line should not end on a small word."""
    best, score = Setting([words], 1.0, leading), 0.0
    for lines in breaks(words.split(), most):
        widest = max(width(line, face, 100.0) for line in lines)
        tall = cap_height(face) + leading * (len(lines) - 1)
        size = min(w / widest * 100, h / tall, largest)
        narrowest = min(width(line, face, 100.0) for line in lines)
        worth = size * (0.9 ** sum(line.split()[-1].lower() in SMALL_WORDS for line in lines[:-1]))
        worth *= 0.82 + 0.18 * narrowest / widest
        if worth > score:
            best, score = Setting(lines, size, leading), worth
    return best


def draw_line(
    pen: Pen, words: str, face: Face, x: float, y: float, size: float, colour: str, align: str = "left"
) -> float:
    """One line with its baseline at y; returns its width."""
    line = glyphs(words, face, size)
    total = width(words, face, size)
    left = x - {"left": 0.0, "centre": 0.5, "right": 1.0}[align] * total
    for glyph in line:
        with pen.at(left + glyph.x, y):
            pen.put(glyph.path, pen.paint(colour), colour)
    return total


def draw_title(
    pen: Pen, words: str, face: Face, x: float, y: float, w: float, h: float, colour: str,
    align: str = "left", valign: str = "top", most: int = 4, leading: float = 0.95, largest: float = 400.0,
) -> float:  # fmt: skip
    """A title that fills the box; returns the y of its last baseline."""
    setting = fit(words, face, w, h, most, leading, largest)
    slack = h - setting.height(face)
    base = y + {"top": 0.0, "middle": 0.5, "bottom": 1.0}[valign] * slack + setting.size * cap_height(face)
    at = x + {"left": 0.0, "centre": 0.5, "right": 1.0}[align] * w
    for i, line in enumerate(setting.lines):
        draw_line(pen, line, face, at, base + i * leading * setting.size, setting.size, colour, align)
    return base + (len(setting.lines) - 1) * leading * setting.size


def draw_stack(
    pen: Pen, words: str, face: Face, x: float, y: float, w: float, h: float, colour: str, gap: float = 8.0
) -> float:
    """Lines of different sizes that all fill the measure, as a wood-type bill; returns the last baseline."""
    lines, scale = _best_stack(words.split(), face, w, h, gap)
    for line in lines:
        size = w / width(line, face, 100.0) * 100 * scale
        y += size * cap_height(face)
        draw_line(pen, line, face, x + w / 2, y, size, colour, "centre")
        y += gap
    return y - gap


def _best_stack(words: list[str], face: Face, w: float, h: float, gap: float) -> tuple[list[str], float]:
    best, score = ([" ".join(words)], 1.0), -1.0
    for lines in breaks(words, 5):
        sizes = [w / width(line, face, 100.0) * 100 for line in lines]
        tall = sum(sizes) * cap_height(face)
        scale = min(1.0, (h - gap * (len(lines) - 1)) / tall)
        even = min(sizes) / max(sizes)
        worth = tall * scale * scale * (0.6 + 0.4 * even) if scale > 0 else 0.0
        if worth > score:
            best, score = (lines, scale), worth
    return best


def draw_dancing(
    pen: Pen, words: str, face: Face, x: float, y: float, size: float, colour: str, jitter: float, align: str = "left"
) -> float:
    """A line whose letters are each turned and shifted a little, as if cut and pasted."""
    total = width(words, face, size)
    left = x - {"left": 0.0, "centre": 0.5, "right": 1.0}[align] * total
    for i, glyph in enumerate(glyphs(words, face, size)):
        turn = float(pen.rng.uniform(-4.5, 4.5)) * jitter
        drop = float(pen.rng.uniform(-0.045, 0.045)) * size * jitter + (0.02 * size * jitter * (-1) ** i)
        with pen.at(left + glyph.x + glyph.advance / 2, y + drop, 1.0, turn), pen.at(-glyph.advance / 2, 0):
            pen.put(glyph.path, pen.paint(colour), colour)
    return total


def draw_arc(
    pen: Pen, words: str, face: Face, x: float, y: float, r: float, size: float, colour: str, inside: bool = False
) -> None:
    """A line along a circle round x, y, centred at its top (or, inside, at its bottom, read from within)."""
    total = width(words, face, size)
    for glyph in glyphs(words, face, size):
        along = (glyph.x + glyph.advance / 2 - total / 2) / r
        turn = math.degrees(-along if inside else along)
        with pen.at(x, y, 1.0, turn), pen.at(-glyph.advance / 2, r if inside else -r):
            pen.put(glyph.path, pen.paint(colour), colour)


def draw_column(
    pen: Pen, words: str, face: Face, x: float, y: float, size: float, colour: str, pitch: float = 1.05
) -> float:
    """Letters set upright from top to bottom, centred on x; returns the bottom."""
    for letter in words.replace(" ", ""):
        path, _ = _outline(letter, face, size)
        bounds = path.getBounds()
        with pen.at(x - bounds.centerX(), y + size * 0.5 - bounds.centerY()):
            pen.put(path, pen.paint(colour), colour)
        y += size * pitch
    return y
