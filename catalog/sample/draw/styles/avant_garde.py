"""The nineteen-twenties: constructivist diagonals, Bauhaus geometry; and their grandchild, op art."""
# ruff: noqa: E501 - a path is read whole

from __future__ import annotations

import math

from catalog.sample.draw.bill import Bill, credit, legible, on
from catalog.sample.draw.palettes import Inks
from catalog.sample.draw.pen import HEIGHT, WIDTH, Pen
from catalog.sample.draw.press import Press
from catalog.sample.draw.shapes import disc, mix
from catalog.sample.draw.typography import Face, draw_line, draw_title, fit


def constructivist(p: Pen, b: Bill) -> Press:
    """Everything leans, in black, red and the paper's own white."""
    c = b.inks
    p.fill(c.paper)
    (_wedge, _target, _beams, _pyramid)[b.variant % 4](p, c)
    hero_x, hero_y, size = ((250, 300, 340), (240, 292, 320), (250, 300, 350), (240, 312, 330))[b.variant % 4]
    p.motif(b.hero, on(c, "a"), hero_x, hero_y, size)
    _diagonal_title(p, b)
    return Press(edge=0.63, mottle=3.2, paper=1.6, folds=2)


def _diagonal_title(p: Pen, b: Bill) -> None:
    c, turn = b.inks, (-11, 9, -14, 0)[b.variant % 4]
    face = b.set_in("russo", tracking=-10)
    setting = fit(b.title, face, 400, 118, 3, 1.02, 74)
    tall = setting.height(face)
    with p.at(240, 574, 1, turn):
        p.rect(-330, -tall / 2 - 20, 660, tall + 40, c.ink)
        p.rect(-330, -tall / 2 - 32, 660, 7, c.a)
        p.rect(-330, tall / 2 + 26, 660, 4, c.ink)
        draw_title(p, b.title, face, -200, -tall / 2, 400, tall + 1, c.paper, "centre", "middle", 3, 1.02, 74)
    if b.has_native():
        credit(p, b.native, 28, 44, 30, c.ink, "left", 300, Face("oswald", 40))
    p.rect(0, 668, 480, 60, c.paper)
    p.rect(28, 676, 424, 3, c.ink)
    credit(p, b.director, 28, 702, 17, c.ink, "left", 300, Face("oswald", 60))
    credit(p, str(b.year), 452, 702, 17, legible(c.paper, c.a, c.ink, least=3), "right", 100, Face("oswald", 60))


def _wedge(p: Pen, c: Inks) -> None:
    p.rays(470, 40, 900, 22, mix(c.c, c.paper, 0.45), 3, 0.45)
    p.circ(250, 300, 196, c.a)
    p.poly([(-20, 60), (330, 250), (-20, 330)], c.ink)
    for i in range(5):
        p.line(300, 470 + i * 14, 520, 420 + i * 14, c.ink, 3)


def _target(p: Pen, c: Inks) -> None:
    for r, colour in ((330, mix(c.c, c.paper, 0.5)), (268, c.paper), (236, c.ink), (222, c.paper), (206, c.a)):
        p.circ(240, 292, r, colour)
    p.poly([(240, 292), (560, 10), (560, 120)], c.ink)
    p.poly([(240, 292), (-80, 470), (-80, 560)], c.b)


def _beams(p: Pen, c: Inks) -> None:
    for i, (y, h, colour) in enumerate(
        ((-40, 90, c.a), (84, 22, c.ink), (130, 200, c.a), (352, 30, c.ink), (404, 10, c.a))
    ):
        with p.at(240, 240, 1, -32):
            p.rect(-460 + i * 20, y - 200, 900, h, colour)
    p.circ(250, 300, 172, c.a)
    p.ring(250, 300, 190, 5, c.ink)


def _pyramid(p: Pen, c: Inks) -> None:
    p.fill(c.b if c.b != c.ink else c.c)
    p.poly([(240, 40), (560, 640), (-80, 640)], c.a)
    for i in range(8):
        p.line(240, 40, -80 + i * 91, 640, c.ink, 1.6)
    p.circ(240, 312, 176, c.a)
    p.rect(0, 460, 480, 8, c.ink)


def bauhaus(p: Pen, b: Bill) -> Press:
    """Circle, square and triangle have the day off to play a film."""
    c = b.inks
    p.fill(c.paper)
    (_quarters, _columns, _orbit, _steps)[b.variant % 4](p, b)
    face = b.set_in("jost", tracking=-22, upper=False)
    words = b.title.lower() if not b.face else b.title
    draw_title(p, words, face, 36, 544, 330, 112, c.ink, "left", "bottom", 3, 0.92, 66)
    p.rect(36, 672, 408, 5, c.ink)
    plain = Face("jost", 20, upper=False)
    credit(p, b.director.lower(), 36, 698, 16, c.ink, "left", 300, plain)
    with p.at(444, 656, 1, -90):
        draw_line(p, str(b.year), Face("jost", 0), 0, 0, 52, legible(c.paper, c.a, c.b, c.ink, least=2.4))
    return Press(edge=0.42, mottle=1.8, paper=1.2)


def _quarters(p: Pen, b: Bill) -> None:
    c = b.inks
    p.rect(0, 0, 480, 520, mix(c.c, c.paper, 0.45))
    for x, y, start, colour in ((0, 0, 0, c.b), (480, 0, 90, c.ink), (480, 520, 180, c.b), (0, 520, 270, c.ink)):
        p.pie(x, y, 150, start, 90, colour)
    p.circ(240, 262, 200, c.a)
    p.motif(b.hero, on(c, "a"), 240, 262, 280)


def _columns(p: Pen, b: Bill) -> None:
    c = b.inks
    for i, colour in enumerate((c.a, c.c, c.b, c.ink)):
        p.rect(i * 120, 0, 120, 520, colour)
        p.pie(i * 120 + 60, 520 if i % 2 else 0, 60, 180 if i % 2 else 0, 180, (c.b, c.a, c.ink, c.c)[i])
    p.circ(240, 264, 176, c.paper)
    p.motif(b.hero, on(c, "paper"), 240, 264, 262)


def _orbit(p: Pen, b: Bill) -> None:
    c = b.inks
    p.rect(0, 0, 480, 520, c.ink)
    for r, colour in ((250, mix(c.ink, c.a, 0.35)), (190, mix(c.ink, c.a, 0.65)), (132, c.a)):
        p.circ(150, 370, r, colour)
    p.ring(150, 370, 306, 2, c.b)
    p.circ(366, 152, 40, c.b)
    p.rect(0, 500, 480, 20, c.b)
    p.rect(-4, 520, 488, 204, c.paper)
    p.motif(
        b.hero,
        on(c, "a").using(ink=c.paper, paper=c.paper, c=c.c, a=c.b, b=c.a) if b.extra.get("light") else on(c, "a"),
        240,
        290,
        330,
    )


def _steps(p: Pen, b: Bill) -> None:
    c = b.inks
    p.rect(0, 0, 480, 520, c.b)
    for i in range(4):
        p.rect(i * 120, 400 - i * 130, 480, 140, (c.c, c.a, c.a, c.ink)[i])
        p.pie(i * 120, 400 - i * 130 + 140, 120, 180, 90, (c.ink, c.paper, c.c, c.paper)[i])
    p.circ(252, 270, 178, c.paper)
    p.motif(b.hero, on(c, "paper"), 252, 270, 262)


def opart(p: Pen, b: Bill) -> Press:
    """Lines that will not keep still."""
    c = b.inks
    p.fill(c.paper)
    (_spiral, _moire, _warp)[b.variant % 3](p, c)
    p.circ(240, 300, 150, c.a)
    p.ring(240, 300, 150, 8, c.paper)
    p.motif(b.hero, on(c, "a"), 240, 300, 212)
    face = b.set_in("anton", tracking=4)
    p.rect(-4, 548, 488, 176, c.ink)
    p.rect(-4, 540, 488, 5, c.a)
    draw_title(p, b.title, face, 30, 566, 420, 96, c.paper, "centre", "middle", 2, 1.06, 84)
    credit(p, f"{b.director}  ·  {b.year}", 240, 696, 15, legible(c.ink, c.b, c.a, c.c, c.paper), "centre", 420)
    return Press(edge=0.49, mottle=2, paper=0.8)


def _spiral(p: Pen, c: Inks) -> None:
    turns, arms = 9.0, 2
    for arm in range(arms):
        outer, inner = [], []
        for i in range(361):
            t = i / 360 * turns * 2 * math.pi
            r = 2 + (i / 360) ** 1.15 * 560
            w = 4 + r * 0.066
            a = t + arm * math.pi
            outer.append((240 + (r + w) * math.cos(a), 300 + (r + w) * math.sin(a)))
            inner.append((240 + r * math.cos(a), 300 + r * math.sin(a)))
        p.poly(outer + inner[::-1], c.ink)


def _moire(p: Pen, c: Inks) -> None:
    for i in range(40):
        p.ring(206, 292, 8 + i * 13, 5.2, c.ink)
    with p.clip(disc(292, 330, 400)):
        for i in range(40):
            p.ring(282, 318, 10 + i * 13.4, 3.4, c.a)


def _warp(p: Pen, c: Inks) -> None:
    for i in range(-14, 32):
        x = i * 24.0
        pull = 60 * math.exp(-(((x - 240) / 130) ** 2)) * (1 if x < 240 else -1)
        d = f"M{x} -10 C{x} 140 {x + pull * 2.2} 220 {x + pull * 2.2} 300 C{x + pull * 2.2} 380 {x} 460 {x} {HEIGHT} "
        d += f"L{x + 12} {HEIGHT} C{x + 12} 460 {x + 12 + pull * 2.0} 380 {x + 12 + pull * 2.0} 300 C{x + 12 + pull * 2.0} 220 {x + 12} 140 {x + 12} -10 Z"
        p.path(d, c.ink)
    p.rect(WIDTH, 0, 10, HEIGHT, c.ink)
