"""Scissors, brush and grotesque: cut paper, the Polish school, Swiss order, and posters made of letters."""
# ruff: noqa: E501 - a path is read whole

from __future__ import annotations

from catalog.sample.draw.bill import Bill, credit, legible, on, torn
from catalog.sample.draw.palettes import Inks
from catalog.sample.draw.pen import Pen
from catalog.sample.draw.press import Press
from catalog.sample.draw.shapes import mix
from catalog.sample.draw.typography import Face, draw_dancing, draw_stack, draw_title, fit, width


def cutpaper(p: Pen, b: Bill) -> Press:
    """Torn blocks, a silhouette, and letters that were cut out one by one."""
    c = b.inks
    face = b.set_in("cutout", tracking=12)
    (_strips, _column, _nest, _split)[b.variant % 4](p, b, face)
    p.plates.clear()
    ground = legible({0: c.a, 1: c.b, 2: c.ink, 3: c.a}[b.variant % 4], c.ink, c.paper)
    line = f"{b.director} · {b.year}"
    credit(p, line, 240, 696, 18, ground, "centre", 400, Face("cutout", 90))
    return Press(edge=0.8, mottle=2, paper=1)


def _pasted(
    p: Pen,
    words: str,
    face: Face,
    x: float,
    y: float,
    w: float,
    h: float,
    colour: str,
    strip: str | None,
    largest: float = 96,
) -> None:
    """A title in dancing letters, each line on its own strip when there is one."""
    setting = fit(words, face, w - 24, h, 4, 1.16, largest)
    for i, line in enumerate(setting.lines):
        base = y + setting.size * 0.8 + i * setting.size * 1.16
        long = width(line, face, setting.size)
        if strip:
            torn(p, x, base - setting.size * 0.86, long + 26, setting.size * 1.0, strip, 5)
        draw_dancing(p, line, face, x + 13, base, setting.size, colour, 0.75)


def _strips(p: Pen, b: Bill, face: Face) -> None:
    c = b.inks
    p.fill(c.a)
    torn(p, 46, 250, 420, 420, c.b, 16)
    torn(p, 22, 232, 400, 412, c.paper, 14)
    p.motif(b.hero, on(c, "paper"), 232, 440, 340)
    _pasted(p, b.title, face, 30, 34, 420, 178, c.paper, c.ink)


def _column(p: Pen, b: Bill, face: Face) -> None:
    c = b.inks
    p.fill(c.b)
    torn(p, -30, -30, 190, 790, c.a, 14)
    torn(p, 330, -20, 190, 420, c.paper, 14)
    p.motif(b.hero, on(c, "b"), 244, 252, 400)
    _pasted(p, b.title, face, 40, 486, 404, 170, c.paper, c.ink)


def _nest(p: Pen, b: Bill, face: Face) -> None:
    c = b.inks
    p.fill(c.ink)
    for inset, colour in ((22, c.a), (56, c.paper), (84, c.b)):
        torn(p, inset, inset, 480 - 2 * inset, 500 - 2 * inset + 20, colour, 9)
    p.motif(b.hero, on(c, "b"), 240, 262, 300)
    _pasted(p, b.title, face, 30, 528, 420, 132, c.paper, None, 132)


def _split(p: Pen, b: Bill, face: Face) -> None:
    c = b.inks
    p.fill(c.paper)
    p.poly(p.wobble([(-20, 190), (170, 230), (330, 330), (500, 390), (500, 740), (-20, 740)], 8), c.a)
    p.poly(p.wobble([(-20, 600), (240, 560), (500, 640), (500, 650), (240, 590), (-20, 640)], 5), c.b)
    p.motif(b.hero, on(c, "a"), 244, 440, 360)
    _pasted(p, b.title, face, 26, 30, 430, 180, c.ink, None)


def polish(p: Pen, b: Bill) -> Press:
    """A painted image that is not quite right, and lettering by the same brush."""
    c = b.inks
    ground = ("c", "b", "a", "paper")[b.variant % 4]
    colour = getattr(c, ground)
    p.fill(colour)
    _brush(p, mix(colour, c.paper, 0.22), 14)
    _brush(p, mix(colour, c.ink, 0.12), 8)
    (_giant, _painted, _giant, _stain)[b.variant % 4](p, b, ground)
    face = b.set_in("brush_caps", tracking=24)
    top = b.variant % 4 == 3
    ink = legible(colour, c.ink, c.paper)
    draw_title(p, b.title, face, 30, 36 if top else 540, 420, 116, ink, "centre", "middle", 3, 0.98, 118)
    credit(p, f"{b.director} · {b.year}", 240, 694, 19, ink, "centre", 400, Face("cutout", 70))
    return Press(edge=1.2, mottle=3.2, paper=1.4, folds=b.variant % 3)


def _giant(p: Pen, b: Bill, ground: str) -> None:
    """The motif fills the sheet and is cropped by its edges."""
    c = b.inks
    p.motif(b.hero, on(c, ground), 240, 268, 540, float(p.rng.uniform(-3, 3)))
    colour = getattr(c, ground)
    p.path("M-10 536 C90 516 150 540 250 526 C340 514 400 540 490 522 V730 H-10 Z", colour)
    _brush(p, mix(colour, c.ink, 0.1), 3)


def _painted(p: Pen, b: Bill, ground: str) -> None:
    c = b.inks
    for k in range(26):
        y = 66 + k * 17.5
        half = 196 * max(0.08, 1 - ((y - 286) / 232) ** 2) ** 0.5
        left, right = 240 - half - float(p.rng.uniform(0, 16)), 240 + half + float(p.rng.uniform(0, 16))
        p.stroke(
            f"M{left} {y} C{left + 100} {y - 5} {right - 100} {y + 6} {right} {y - 2}",
            mix(getattr(c, ground), c.paper, 0.5),
            19,
        )
    p.motif(b.hero, on(c, ground), 240, 290, 360, float(p.rng.uniform(-4, 4)))


def _stain(p: Pen, b: Bill, ground: str) -> None:
    c = b.inks
    p.path(
        "M40 240 C90 130 210 190 290 150 C400 110 470 240 436 350 C470 470 400 600 270 590 C170 640 40 580 60 450 C10 380 10 300 40 240 Z",
        c.c,
    )
    p.motif(b.hero, on(c, "c"), 240, 380, 350, float(p.rng.uniform(-4, 4)))


def _brush(p: Pen, colour: str, count: int) -> None:
    """Long dry strokes across the sheet."""
    for _ in range(count):
        y, h = float(p.rng.uniform(0, 720)), float(p.rng.uniform(1.5, 9))
        x, w = float(p.rng.uniform(-120, 240)), float(p.rng.uniform(160, 520))
        tilt = float(p.rng.uniform(-14, 14))
        p.path(
            f"M{x} {y} C{x + w / 3} {y + tilt} {x + w / 2} {y - tilt} {x + w} {y} L{x + w - 30} {y + h} C{x + w / 2} {y + h - tilt} {x + w / 3} {y + h + tilt} {x + 20} {y + h} Z",
            colour,
        )


def swiss(p: Pen, b: Bill) -> Press:
    """A grid, one grotesque, one idea."""
    (_bleed, _repeat, _halves, _bands)[b.variant % 4](p, b)
    return Press(edge=0.35, mottle=1.4, paper=0.88)


def _swiss_words(p: Pen, b: Bill, y: float, ink: str, rule: str, h: float = 120) -> None:
    face = b.set_in("grotesk", tracking=-18, upper=False)
    p.rect(30, y, 420, 3, rule)
    draw_title(p, b.title, face, 30, y + 18, 420, h, ink, "left", "top", 3, 0.98, 64)


def _swiss_foot(p: Pen, b: Bill, ink: str) -> None:
    plain = Face("jost", 10, upper=False)
    credit(p, b.director, 30, 692, 15, ink, "left", 190, plain)
    credit(p, b.country, 240, 692, 15, ink, "left", 120, plain)
    credit(p, str(b.year), 450, 692, 15, ink, "right", 80, plain)


def _bleed(p: Pen, b: Bill) -> None:
    c = b.inks
    p.fill(c.a)
    p.motif(b.hero, on(c, "a"), 270, 448, 560)
    p.rect(-4, 0, 488, 178, c.a)
    _swiss_words(p, b, 26, c.paper, c.paper)
    p.rect(-4, 660, 488, 64, c.ink)
    _swiss_foot(p, b, c.paper)


def _repeat(p: Pen, b: Bill) -> None:
    c = b.inks
    p.fill(c.paper)
    one = (int(p.rng.integers(1, 3)), int(p.rng.integers(0, 3)))
    for row in range(4):
        for col in range(3):
            x, y = 30 + col * 141, 186 + row * 115
            picked = (row, col) == one
            p.rect(x, y, 138, 112, c.a if picked else (c.c if (row + col) % 2 else mix(c.c, c.paper, 0.5)))
            inks = (
                on(c, "a")
                if picked
                else Inks(c.paper, c.ink, mix(c.ink, c.c, 0.35), mix(c.ink, c.c, 0.2), mix(c.c, c.paper, 0.3))
            )
            p.motif(b.hero, inks, x + 69, y + 56, 86)
    _swiss_words(p, b, 26, c.ink, c.ink)
    _swiss_foot(p, b, c.ink)


def _halves(p: Pen, b: Bill) -> None:
    c = b.inks
    p.fill(c.paper)
    p.rect(240, -4, 250, 728, c.b)
    p.rect(-4, 470, 244, 254, c.ink)
    p.motif(b.hero, on(c, "b").using(c=c.c, b=c.a if c.a != c.b else c.paper), 240, 380, 430)
    face = b.set_in("grotesk", tracking=-18, upper=False)
    draw_title(p, b.title, face, 30, 34, 200, 150, c.ink, "left", "top", 4, 0.98, 52)
    credit(p, str(b.year), 450, 66, 46, c.ink, "right", 180, Face("grotesk", -20))
    plain = Face("jost", 10, upper=False)
    credit(p, b.director, 30, 692, 16, c.paper, "left", 196, plain)
    credit(p, b.country, 450, 692, 16, c.ink, "right", 180, plain)


def _bands(p: Pen, b: Bill) -> None:
    c = b.inks
    p.fill(c.ink)
    for i in range(9):
        p.rect(-4, 196 + i * 54, 488, 54 - i * 5.4, mix(c.a, c.b, i / 9))
    p.circ(240, 430, 178, c.paper)
    p.motif(b.hero, on(c, "paper"), 240, 430, 260)
    _swiss_words(p, b, 26, c.paper, c.b)
    _swiss_foot(p, b, c.paper)


def lettering(p: Pen, b: Bill) -> Press:
    """Type from edge to edge, and a motif that has forced its way in."""
    c = b.inks
    ground = (c.a, c.paper, c.b, c.ink)[b.variant % 4]
    ink = legible(ground, (c.paper, c.ink, c.ink, c.b)[b.variant % 4], c.paper, c.ink, least=3)
    p.fill(ground)
    face = b.set_in("league", tracking=-6)
    top = b.variant % 2 == 0
    y = 26 if top else 330
    end = draw_stack(p, b.title, face, 22, y, 436, 360 if top else 334, ink, 9)
    disc = c.ink if ground != c.ink else c.a
    cy = (end + 680) / 2 + 2 if top else 170
    r = min(152.0, (680 - end) / 2 - 12) if top else 142.0
    p.circ(240, cy, r, disc if disc != c.ink else mix(c.c, ground, 0.2))
    p.motif(b.hero, on(c, "c").using(c=c.paper), 240, cy, r * 1.52)
    credit(p, f"{b.director}   {b.year}", 240, 700, 16, ink, "centre", 430)
    return Press(edge=0.63, mottle=2.4, paper=1.2, folds=2)
