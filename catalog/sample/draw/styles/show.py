"""Show business: Art Deco premieres, drive-in pulp, and one-reel cartoons."""

from __future__ import annotations

from dataclasses import replace

from catalog.sample.draw.bill import Bill, border, credit, legible, on
from catalog.sample.draw.pen import Pen
from catalog.sample.draw.press import Press
from catalog.sample.draw.shapes import box, mix
from catalog.sample.draw.typography import Face, draw_arc, draw_dancing, draw_line, draw_title, fit, width


def deco(p: Pen, b: Bill) -> Press:
    """Symmetry, gilt and a stepped frame."""
    c = b.inks
    gilt = legible(c.ink, c.b, c.c, c.paper)
    b = replace(b, inks=c.using(b=gilt))
    c = b.inks
    p.fill(c.ink)
    (_sunburst, _theatre, _fan)[b.variant % 3](p, b)
    for inset, w in ((14, 3.2), (21, 1.2)):
        p.frame(inset, inset, 480 - 2 * inset, 720 - 2 * inset, c.b, w)
    for x, fx in ((14, 1), (466, -1)):
        for y, fy in ((14, 1), (706, -1)):
            for k in (0, 1, 2):
                p.rect(min(x, x + fx * (34 - k * 11)), min(y, y + fy * (11 + k * 11)), 34 - k * 11, 11 + k * 11, c.b)
    face = b.set_in("deco", tracking=14)
    draw_title(p, b.title, face, 56, 548, 368, 92, c.b, "centre", "middle", 2, 1.04, 66)
    p.rect(150, 652, 180, 2, c.b)
    credit(p, f"{b.director} · {b.year}", 240, 678, 14, c.paper, "centre", 350, Face("jost_light", 130))
    return Press(edge=0.35, mottle=2, paper=0.8)


def _sunburst(p: Pen, b: Bill) -> None:
    c = b.inks
    with p.clip(box(26, 26, 428, 500)):
        p.rays(240, 500, 700, 44, mix(c.ink, c.a, 0.75), 0, 0.5)
        for r, colour in ((236, c.b), (229, c.a)):
            p.circ(240, 300, r - 34, colour)
        p.motif(b.hero, on(c, "a"), 240, 300, 290)
    p.rect(26, 522, 428, 5, c.b)
    p.rect(26, 531, 428, 2, c.b)


def _theatre(p: Pen, b: Bill) -> None:
    c = b.inks
    for k in range(5):
        p.rect(34 + k * 16, 40 + k * 22, 412 - k * 32, 490 - k * 22, mix(c.a, c.ink, 0.72 - k * 0.16))
    p.path("M114 530 V250 C114 80 366 80 366 250 V530 Z", c.a)
    p.stroke("M114 530 V250 C114 80 366 80 366 250 V530", c.b, 4)
    p.motif(b.hero, on(c, "a"), 240, 348, 282)
    p.rect(26, 526, 428, 6, c.b)


def _fan(p: Pen, b: Bill) -> None:
    c = b.inks
    with p.clip(box(26, 26, 428, 504)):
        p.rect(0, 0, 480, 540, c.a)
        for row in range(6):
            for col in range(-1, 6):
                x, y = col * 96 + (row % 2) * 48, 530 - row * 60
                if row < 3:
                    for r, colour in ((48, c.b), (44, c.ink), (34, c.b), (31, c.ink), (20, c.b), (17, c.ink)):
                        p.circ(x, y + 62, r, colour)
        ground = "c" if c.c != c.b else "paper"
        p.circ(240, 270, 176, c.b)
        p.circ(240, 270, 170, getattr(c, ground))
        p.motif(b.hero, on(c, ground), 240, 272, 272)


def pulp(p: Pen, b: Bill) -> Press:
    """Lurid inks, a tilted title, and a shadow as long as the double bill."""
    c = b.inks
    turn = (-6, -8, 5)[b.variant % 3]
    (_burst, _beams, _double_bill)[b.variant % 3](p, b, turn)
    _slanted_title(p, b, turn)
    p.rect(-4, 672, 488, 60, c.ink)
    credit(p, f"{b.director}  {b.year}", 462, 702, 19, legible(c.ink, c.b, c.paper), "right", 420, Face("anton", 60))
    border(p, 9, c.paper)
    return Press(edge=0.5, mottle=2.8, paper=1.6, folds=b.variant % 3 + 1)


def _burst(p: Pen, b: Bill, turn: float) -> None:
    c = b.inks
    p.fill(c.b)
    p.rays(240, 320, 800, 30, mix(c.b, c.paper, 0.5), 4)
    p.dots(0, 0, 480, 720, c.c, 10, lambda u, v: max(0.0, 1.25 * ((u - 0.5) ** 2 + 1.6 * (v - 0.45) ** 2) - 0.06))
    p.star(240, 400, 230, 172, 17, c.paper, 7)
    p.star(240, 400, 215, 162, 17, c.a, 7)
    p.motif(b.hero, on(c, "a").using(a=c.c, b=c.b), 240, 404, 320, turn / 2)


def _beams(p: Pen, b: Bill, turn: float) -> None:
    c = b.inks
    p.fill(c.ink)
    for i in range(9):
        with p.at(240, 250, 1, -34):
            p.rect(-460, -420 + i * 98, 920, 50, mix(c.ink, c.c, 0.5))
    p.circ(240, 254, 214, c.b)
    p.dots(
        26,
        40,
        428,
        428,
        mix(c.b, c.a, 0.75),
        10,
        lambda u, v: max(0.0, 1.9 * v - 0.75) if (u - 0.5) ** 2 + (v - 0.5) ** 2 < 0.245 else 0.0,
    )
    p.motif(b.hero, on(c, "b"), 240, 258, 390, turn / 2)
    p.poly([(-5, 520), (485, 450), (485, 730), (-5, 730)], c.a)
    p.poly([(-5, 520), (485, 450), (485, 461), (-5, 531)], c.paper)


def _double_bill(p: Pen, b: Bill, turn: float) -> None:
    c = b.inks
    p.fill(c.a)
    p.fade(0, 190, 480, 490, c.a, c.b)
    p.dots(0, 190, 480, 490, c.b, 10, lambda u, v: 0.8 * v)
    p.circ(350, 262, 78, c.paper if c.paper != c.b else c.b)
    inks = on(c, "a").using(c=c.c)
    p.motif(b.hero, inks, 240, 438, 430, turn / 3)
    p.path("M-5 640 C60 610 120 650 190 628 C280 604 330 652 400 626 C440 612 460 624 490 618 V730 H-5 Z", c.ink)


def _slanted_title(p: Pen, b: Bill, turn: float) -> None:
    c = b.inks
    face = b.set_in("bowlby", tracking=-12, slant=0.1)
    top = b.variant % 3 != 1
    setting = fit(b.title, face, 410, 130 if top else 120, 3, 0.98, 84)
    tall = setting.height(face)
    with p.at(240, 100 if top else 588, 1, turn):
        for k in range(8, -1, -1):
            ink = c.ink if k else c.paper
            draw_title(
                p,
                b.title,
                face,
                -205 + k * 1.1,
                -tall / 2 + k * 1.1,
                410,
                tall + 1,
                ink,
                "centre",
                "middle",
                3,
                0.98,
                84,
            )
        for dx, dy in ((-1.6, 0), (1.6, 0), (0, 1.6), (0, -1.6)):
            draw_title(
                p, b.title, face, -205 + dx, -tall / 2 + dy, 410, tall + 1, c.ink, "centre", "middle", 3, 0.98, 84
            )
        draw_title(p, b.title, face, -205, -tall / 2, 410, tall + 1, c.paper, "centre", "middle", 3, 0.98, 84)


def toon(p: Pen, b: Bill) -> Press:
    """The rings of a title card closing round somebody small."""
    c = b.inks
    inks = (c.a, mix(c.a, c.b, 0.5), c.b, mix(c.b, c.paper, 0.5), c.paper)
    if b.extra.get("chalk"):
        inks = (c.ink, mix(c.ink, c.a, 0.22), mix(c.ink, c.a, 0.4), mix(c.ink, c.a, 0.6), mix(c.ink, c.a, 0.3))
    p.fill(inks[0])
    for i, colour in enumerate(inks[1:]):
        p.circ(240, 406, 284 - i * 40, colour)
    inner = on(c, "paper") if not b.extra.get("chalk") else c
    p.motif(b.hero, inner, 240, 408, 250)
    face = b.set_in("toon", tracking=24)
    line = c.paper
    if width(b.title, face, 62) < 400:
        size = min(92.0, 400 / width(b.title, face, 100) * 100)
        for dx, dy, ink in ((4, 5, c.ink), (0, 0, line)):
            p.rng = type(p.rng)(type(p.rng.bit_generator)(b.year))
            draw_dancing(p, b.title, face, 240 + dx, 106 + dy, size, ink, 0.9, "centre")
    else:
        setting = fit(b.title, face, 400, 110, 2, 1.02, 74)
        for dx, dy, ink in ((4, 5, c.ink), (0, 0, line)):
            for i, words in enumerate(setting.lines):
                draw_line(p, words, face, 240 + dx, 76 + dy + i * setting.size * 1.02, setting.size, ink, "centre")
    p.ring(240, 408, 250, 4, c.paper)
    draw_arc(p, f"{b.director} · {b.year}", Face("toon", 110), 240, 408, 287, 20, c.paper, inside=True)
    return Press(edge=0.49, mottle=2, paper=1.2)
