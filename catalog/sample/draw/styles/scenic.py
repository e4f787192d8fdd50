"""Places: park-service screen prints, stone lithographs, and the wide skies of open movies."""

from __future__ import annotations

from catalog.sample.draw.bill import Bill, border, credit, legible, on, peaks, ridge
from catalog.sample.draw.palettes import Inks
from catalog.sample.draw.pen import Pen
from catalog.sample.draw.press import Press
from catalog.sample.draw.shapes import box, mix
from catalog.sample.draw.typography import Face, draw_line, draw_title, width


def wpa(p: Pen, b: Bill) -> Press:
    """Flat layers of land under a banded sky, and a plain caption."""
    c = b.inks
    (_day, _night, _storm, _deep)[b.variant % 4](p, b)
    dark = b.variant % 2 == 0
    ground, ink = (c.ink, c.paper) if dark else (c.paper, c.ink)
    p.rect(-4, 556, 488, 170, ground)
    p.rect(-4, 556, 488, 5, c.a if c.a != ground else c.b)
    face = b.set_in("league", tracking=42)
    draw_title(p, b.title, face, 36, 580, 408, 76, ink, "centre", "middle", 2, 1.04, 86)
    credit(
        p,
        f"{b.director}  ·  {b.year}",
        240,
        690,
        17,
        legible(ground, c.b, c.a, ink),
        "centre",
        400,
        Face("league", 110),
    )
    border(p, 13, c.paper)
    return Press(edge=0.63, mottle=2, paper=1.4)


def _sky(p: Pen, top: str, low: str, bands: int = 7, height: float = 470) -> None:
    for i in range(bands):
        p.rect(-4, i * height / bands - 1, 488, height / bands + 3, mix(top, low, i / (bands - 1)))


def _day(p: Pen, b: Bill) -> None:
    c = b.inks
    _sky(p, c.b, c.paper)
    p.circ(352, 150, 64, c.paper)
    ridge(p, 420, 130, c.c, 0.6)
    ridge(p, 480, 110, c.a, 0.7)
    p.motif(b.hero, on(c, "c"), 236, 330, 360)
    ridge(p, 570, 60, c.ink, 0.8, 6)


def _night(p: Pen, b: Bill) -> None:
    c = b.inks
    _sky(p, c.ink, c.a, 9)
    for _ in range(60):
        p.circ(float(p.rng.uniform(0, 480)), float(p.rng.uniform(0, 330)), float(p.rng.uniform(0.5, 1.6)), c.paper)
    p.circ(130, 140, 56, c.b)
    p.circ(150, 128, 50, mix(c.ink, c.a, 0.28))
    peaks(p, 520, 190, mix(c.a, c.ink, 0.3), c.c)
    p.motif(b.hero, on(c, "a").using(ink=mix(c.ink, "#000000", 0.3), c=c.c), 240, 372, 350)


def _storm(p: Pen, b: Bill) -> None:
    c = b.inks
    _sky(p, c.a, c.b, 8)
    for i in range(7):
        y = 30 + i * 44
        p.stroke(
            f"M-20 {y} C90 {y - 40} 200 {y + 46} 300 {y} C370 {y - 30} 440 {y + 10} 510 {y - 14}",
            mix(c.a, c.paper, 0.35),
            5 - i * 0.5,
        )
    ridge(p, 500, 70, c.c, 0.7)
    p.motif(b.hero, on(c, "b"), 240, 322, 380)
    ridge(p, 590, 70, c.ink, 0.9, 7)


def _deep(p: Pen, b: Bill) -> None:
    c = b.inks
    _sky(p, c.c, c.ink, 9, 560)
    for i in range(6):
        p.poly(
            [(60 + i * 80, -5), (100 + i * 80, -5), (40 + i * 90, 420), (-30 + i * 90, 420)],
            mix(c.c, c.paper, 0.35),
            0.22,
        )
    p.motif(b.hero, on(c, "c"), 240, 292, 390)
    for i in range(9):
        x, h = i * 62 - 10, float(p.rng.uniform(50, 130))
        p.stroke(
            f"M{x} 570 C{x - 24} {560 - h * 0.4} {x + 26} {560 - h * 0.6} {x + 4} {560 - h}",
            c.b if i % 3 == 0 else c.ink,
            9,
        )


def litho(p: Pen, b: Bill) -> Press:
    """A stone print from the fairground days: picture, ribbon, ornament."""
    c = b.inks
    p.fill(c.paper)
    p.rect(24, 24, 432, 672, c.ink)
    p.rect(29, 29, 422, 662, c.paper)
    with p.clip(box(34, 132, 412, 460)):
        (_stone_sky, _stone_night, _stone_rays)[b.variant % 3](p, b)
    p.frame(34, 132, 412, 460, c.ink, 3)
    _ribbon(p, b)
    _foot(p, b)
    for x, y in ((34, 132), (446, 132), (34, 592), (446, 592)):
        p.star(x, y, 13, 6, 8, c.ink)
        p.circ(x, y, 5, c.b)
    return Press(edge=0.91, mottle=3.2, paper=1.8, folds=2 + b.variant % 3)


def _stone_sky(p: Pen, b: Bill) -> None:
    c = b.inks
    p.fade(34, 132, 412, 460, c.c, c.paper)
    p.dots(34, 132, 412, 300, mix(c.a, c.c, 0.3), 7, lambda u, v: 0.5 * (1 - v) ** 1.4)
    p.circ(330, 240, 66, mix(c.paper, "#ffffff", 0.4))
    ridge(p, 610, 90, c.b, 0.7)
    p.motif(b.hero, on(c, "c"), 240, 380, 350)
    p.dots(34, 470, 412, 124, c.ink, 6, lambda u, v: 0.4 * v)


def _stone_night(p: Pen, b: Bill) -> None:
    c = b.inks
    p.fade(34, 132, 412, 460, c.ink, c.a)
    p.dots(34, 132, 412, 460, c.b, 9, lambda u, v: 0.28 * max(0.0, v - 0.25))
    for _ in range(26):
        x, y = float(p.rng.uniform(40, 440)), float(p.rng.uniform(140, 420))
        p.star(x, y, float(p.rng.uniform(1.5, 5)), 1.0, 4, c.b)
    p.motif(
        b.hero,
        on(c, "a").using(c=c.c, a=c.a if b.extra.get("own") else c.b, b=c.paper if not b.extra.get("own") else c.b),
        240,
        366,
        340,
    )


def _stone_rays(p: Pen, b: Bill) -> None:
    c = b.inks
    p.rect(34, 132, 412, 460, c.b)
    p.rays(240, 420, 620, 28, mix(c.b, c.paper, 0.5), 2)
    p.dots(34, 132, 412, 460, c.a, 7, lambda u, v: 0.42 * abs(v - 0.6) ** 0.9)
    p.motif(b.hero, on(c, "b"), 240, 374, 370)
    p.dots(34, 500, 412, 94, c.ink, 6, lambda u, v: 0.55 * v)


def _ribbon(p: Pen, b: Bill) -> None:
    face = b.set_in("didone", tracking=6, upper=False)
    draw_title(p, b.title, face, 50, 44, 380, 76, b.inks.ink, "centre", "middle", 2, 1.0, 58)


def _foot(p: Pen, b: Bill) -> None:
    c = b.inks
    face = Face("didone", 30, upper=False)
    credit(p, b.director, 240, 640, 27, legible(c.paper, c.a, c.b, c.ink), "centre", 380, face)
    line = f"{b.country}  ·  {b.year}"
    size = 16.0
    half = width(line, Face("didone", 90), size) / 2 + 14
    draw_line(p, line, Face("didone", 90), 240, 672, size, c.ink, "centre")
    for s in (-1, 1):
        p.line(240 + s * half, 666.5, 240 + s * 190, 666.5, c.ink, 1.6)
        p.circ(240 + s * half, 666.5, 3, c.a)


def modern(p: Pen, b: Bill) -> Press:
    """Soft light, long distances, small figures: a poster of this century."""
    c = b.inks
    (_dawn, _dusk, _neon)[b.variant % 3](p, b)
    light = b.variant % 3 != 0
    ink = c.paper if light else c.ink
    face = b.set_in("jost_light", tracking=230)
    draw_title(p, b.title, face, 40, 54, 400, 84, ink, "centre", "top", 3, 1.22, 44)
    p.rect(216, 664, 48, 3, c.paper)
    credit(p, f"{b.director}   {b.year}", 240, 694, 14, c.paper, "centre", 400, Face("jost_light", 190))
    return Press(edge=0.21, mottle=1.2, paper=0.48)


def _layers(p: Pen, far: str, near: str, base: float, count: int = 5) -> None:
    for i in range(count):
        ridge(p, base + i * 46, 70, mix(far, near, i / (count - 1)), 0.8, 7)


def _dawn(p: Pen, b: Bill) -> None:
    c = b.inks
    p.fade(0, 0, 480, 520, c.c, c.paper)
    p.circ(240, 330, 128, mix(c.b, c.paper, 0.25))
    p.circ(240, 330, 100, c.b)
    _layers(p, mix(c.c, c.a, 0.3), c.a, 480)
    p.motif(b.hero, on(c, "c"), 240, 424, 290)
    ridge(p, 640, 50, c.ink, 0.7, 6)
    _grass(p, c, 640)


def _dusk(p: Pen, b: Bill) -> None:
    c = b.inks
    p.fade(0, 0, 480, 560, c.ink, c.a)
    p.fade(0, 380, 480, 180, c.a, c.b)
    for _ in range(80):
        p.circ(float(p.rng.uniform(0, 480)), float(p.rng.uniform(0, 380)), float(p.rng.uniform(0.4, 1.4)), c.paper)
    peaks(p, 570, 210, mix(c.a, c.ink, 0.5), c.c, 4)
    p.motif(b.hero, on(c, "a").using(b=c.paper, a=c.b), 240, 352, 300)
    ridge(p, 660, 60, mix(c.ink, "#000000", 0.3), 0.8, 6)


def _neon(p: Pen, b: Bill) -> None:
    c = b.inks
    p.fade(0, 0, 480, 720, c.ink, mix(c.ink, c.a, 0.65))
    for i in range(7):
        p.ring(240, 368, 118 + i * 30, 5 - i * 0.6, mix(c.a, c.ink, i / 7))
    p.circ(240, 368, 116, c.b)
    p.motif(b.hero, on(c, "b").using(b=c.paper, a=c.a), 240, 368, 290)
    for i in range(11):
        y = 566 + i * i * 1.6
        p.rect(0, y, 480, 1.4, c.a)
    for i in range(-9, 10):
        p.line(240 + i * 22, 566, 240 + i * 110, 724, c.a, 1.2)


def _grass(p: Pen, c: Inks, y: float) -> None:
    for _ in range(70):
        x, h = float(p.rng.uniform(-5, 485)), float(p.rng.uniform(8, 30))
        lean = float(p.rng.uniform(-8, 8))
        p.path(f"M{x - 2} {y} Q{x} {y - h / 2} {x + lean} {y - h} Q{x + 2} {y - h / 2} {x + 3} {y} Z", c.ink)
