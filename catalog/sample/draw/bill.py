"""What a poster has to say: the film's words, its inks and its motifs; and small helpers that every style shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.sample.draw.motifs import MOTIFS
from catalog.sample.draw.palettes import PALETTES, Inks
from catalog.sample.draw.pen import HEIGHT, WIDTH, Motif, Pen
from catalog.sample.draw.shapes import Point, mix
from catalog.sample.draw.typography import Face, draw_line, width

SMALL = Face("jost", 60)


@dataclass(frozen=True)
class Bill:
    """One poster's order: words, inks, motifs, and which of the style's layouts to use."""

    title: str
    native: str
    director: str
    country: str
    language: str
    year: int
    inks: Inks
    motifs: tuple[Motif, ...]
    variant: int
    face: str
    extra: Mapping[str, Any]

    @property
    def hero(self) -> Motif:
        """The motif that carries the poster."""
        return self.motifs[0]

    def set_in(self, default: str, **how: Any) -> Face:
        """The film's own typeface, or the style's."""
        return Face(self.face or default, **how)

    def has_native(self) -> bool:
        """Whether the original title is in Korean, Japanese, Chinese or Cyrillic letters."""
        return any(ord(letter) > 0x3FF for letter in self.native)


def bill(film: Mapping[str, Any]) -> Bill:
    """Read a film of films.json; KeyError names an unknown palette or motif."""
    art = film["art"]
    return Bill(
        title=art.get("lettering", film["title"]),
        native=art.get("native", film["title_original"]),
        director=film["director"],
        country=film["country"],
        language=film["language"],
        year=film["year"],
        inks=_swapped(PALETTES[art["palette"]], art.get("swap", "")),
        motifs=tuple(MOTIFS[name] for name in art["motifs"]),
        variant=art.get("variant", 0),
        face=art.get("face", ""),
        extra=art,
    )


def _swapped(inks: Inks, pair: str) -> Inks:
    """The same inks with two roles exchanged, as in "ab"."""
    if not pair:
        return inks
    one, other = pair[0], pair[1]
    return inks.using(**{one: getattr(inks, other), other: getattr(inks, one)})


def on(inks: Inks, ground: str) -> Inks:
    """The inks for a motif that stands on one of them, so that nothing drowns in its own colour."""
    white = mix(inks.paper, "#ffffff", 0.75)
    swaps = {
        "a": {"a": inks.b, "b": inks.paper, "c": mix(inks.c, inks.paper, 0.35)},
        "b": {"b": inks.paper, "c": mix(inks.c, inks.paper, 0.35)},
        "c": {"c": mix(inks.c, inks.ink, 0.4), "paper": white},
        "paper": {"paper": white},
        "ink": {"ink": mix(inks.ink, inks.c, 0.5)},
    }
    return inks.using(**swaps[ground])


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio of two colours, 1 to 21."""
    first, second = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (first + 0.05) / (second + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def legible(ground: str, *wishes: str, least: float = 4.5) -> str:
    """The first of the colours that can be read on the ground, else the one that comes nearest."""
    return next(
        (wish for wish in wishes if contrast(wish, ground) >= least),
        max(wishes, key=lambda wish: contrast(wish, ground)),
    )


def credit(
    pen: Pen,
    words: str,
    x: float,
    y: float,
    size: float,
    colour: str,
    align: str = "left",
    most: float = 420,
    face: Face = SMALL,
) -> None:
    """A small line, made smaller when it would be wider than `most`."""
    size *= min(1.0, most / max(width(words, face, size), 1.0))
    draw_line(pen, words, face, x, y, size, colour, align)


def ridge(pen: Pen, base: float, height: float, colour: str, rough: float = 0.5, steps: int = 9) -> None:
    """A line of hills from edge to edge, filled to the bottom of the sheet."""
    xs = [i * WIDTH / (steps - 1) for i in range(steps)]
    tops = [base - height * float(pen.rng.uniform(1 - rough, 1)) * (0.6 + 0.4 * float(pen.rng.random())) for _ in xs]
    d = f"M-10 {HEIGHT + 10} L-10 {tops[0]} "
    for i in range(steps - 1):
        mid = (xs[i] + xs[i + 1]) / 2
        d += f"C{mid} {tops[i]} {mid} {tops[i + 1]} {xs[i + 1]} {tops[i + 1]} "
    pen.path(d + f"L{WIDTH + 10} {HEIGHT + 10} Z", colour)


def peaks(pen: Pen, base: float, height: float, colour: str, snow: str | None = None, count: int = 5) -> None:
    """Sharp mountains from edge to edge, with lit caps if `snow` is given."""
    step = WIDTH / (count - 1)
    for i in range(count):
        x = i * step + float(pen.rng.uniform(-0.25, 0.25)) * step
        top = base - height * float(pen.rng.uniform(0.55, 1.0))
        half = step * float(pen.rng.uniform(0.9, 1.25))
        pen.poly([(x - half, base), (x, top), (x + half, base)], colour)
        if snow:
            cut = (base - top) * 0.34
            pen.poly(
                [
                    (x, top),
                    (x + half * 0.34, top + cut),
                    (x + half * 0.14, top + cut * 0.8),
                    (x, top + cut * 1.25),
                    (x - half * 0.1, top + cut * 0.7),
                ],
                snow,
            )
    pen.rect(-10, base - 1, WIDTH + 20, HEIGHT, colour)


def torn(pen: Pen, x: float, y: float, w: float, h: float, colour: str, wild: float = 9.0) -> None:
    """A block of paper cut in a hurry."""
    corners: list[Point] = []
    for (x1, y1), (x2, y2) in zip(
        [(x, y), (x + w, y), (x + w, y + h), (x, y + h)], [(x + w, y), (x + w, y + h), (x, y + h), (x, y)], strict=True
    ):
        corners += [(x1, y1), (x1 + (x2 - x1) * 0.46, y1 + (y2 - y1) * 0.46)]
    pen.poly(pen.wobble(corners, wild), colour)


def border(pen: Pen, width_: float, colour: str) -> None:
    """An unprinted margin."""
    for x, y, w, h in (
        (0, 0, WIDTH, width_),
        (0, HEIGHT - width_, WIDTH, width_),
        (0, 0, width_, HEIGHT),
        (WIDTH - width_, 0, width_, HEIGHT),
    ):
        pen.rect(x - 2 * (x == 0), y - 2 * (y == 0), w + 4, h + 4, colour)
