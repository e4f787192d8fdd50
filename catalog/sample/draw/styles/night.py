"""Darkness in three techniques: film noir, the expressionist woodcut, and scissors against a lamp."""

from __future__ import annotations

import math

from catalog.sample.draw.bill import Bill, credit, legible, on
from catalog.sample.draw.pen import Pen
from catalog.sample.draw.press import Press
from catalog.sample.draw.shapes import mix
from catalog.sample.draw.typography import Face, draw_title


def noir(p: Pen, b: Bill) -> Press:
    """One source of light and what it does not reach."""
    c = b.inks
    p.fill(c.ink)
    (_cone, _blinds, _lamp, _doorway)[b.variant % 4](p, b)
    face = b.set_in("anton", tracking=6)
    draw_title(p, b.title, face, 32, 548, 416, 106, c.paper, "left", "bottom", 2, 1.05, 104)
    p.rect(32, 666, 64, 4, c.b)
    credit(p, b.director, 32, 694, 16, legible(c.ink, c.b, c.c, c.paper), "left", 320, Face("oswald", 70))
    credit(p, str(b.year), 448, 694, 16, legible(c.ink, c.c, c.paper), "right", 90, Face("oswald", 70))
    return Press(edge=0.56, mottle=2, paper=1, folds=1)


def _cone(p: Pen, b: Bill) -> None:
    c = b.inks
    p.poly([(196, -10), (284, -10), (520, 540), (-40, 540)], mix(c.ink, c.b, 0.24))
    p.poly([(216, -10), (264, -10), (420, 540), (60, 540)], mix(c.ink, c.b, 0.62))
    p.ell(240, 500, 232, 42, c.b)
    p.motif(b.hero, on(c, "b"), 240, 318, 380)


def _blinds(p: Pen, b: Bill) -> None:
    c = b.inks
    p.circ(240, 280, 226, c.a)
    p.motif(b.hero, on(c, "a"), 240, 284, 380)
    with p.at(240, 280, 1, -13):
        for i in range(-9, 10):
            p.rect(-420, i * 40 - 9, 840, 13, c.ink)
    p.rect(-4, 530, 488, 200, c.ink)


def _lamp(p: Pen, b: Bill) -> None:
    c = b.inks
    p.glow(330, 150, 520, mix(c.ink, c.a, 0.85), c.ink)
    p.circ(330, 150, 104, c.b)
    p.poly([(-10, 540), (490, 540), (490, 486), (-10, 430)], mix(c.ink, c.a, 0.28))
    p.motif(b.hero, on(c, "a").using(ink=mix(c.ink, "#000000", 0.4)), 226, 306, 420)
    p.rect(-4, 534, 488, 200, c.ink)


def _doorway(p: Pen, b: Bill) -> None:
    c = b.inks
    p.poly([(120, 60), (360, 60), (360, 520), (120, 520)], c.b)
    p.poly([(120, 520), (360, 520), (470, 640), (10, 640)], mix(c.ink, c.b, 0.4))
    p.poly([(360, 60), (404, 30), (404, 560), (360, 520)], mix(c.ink, c.a, 0.6))
    p.motif(b.hero, on(c, "b"), 240, 318, 360)
    p.rect(-4, 528, 488, 200, c.ink)


def woodcut(p: Pen, b: Bill) -> Press:
    """Gouged lines that all point at the thing you should not look at."""
    c = b.inks
    p.fill(c.ink)
    source = ((240, 250), (110, 120), (380, 90))[b.variant % 3]
    _gouges(p, *source, mix(c.paper, c.c, 0.25))
    colour = (c.a, c.b, c.c)[b.variant % 3]
    _blob(p, 240, 292, 190, colour)
    p.motif(b.hero, on(c, ("a", "b", "c")[b.variant % 3]), 240, 296, 330)
    p.poly(p.wobble([(-10, 520), (120, 506), (260, 524), (400, 508), (490, 520), (490, 730), (-10, 730)], 5), c.ink)
    face = b.set_in("germania", tracking=18, upper=False)
    draw_title(p, b.title, face, 34, 540, 412, 108, c.paper, "centre", "middle", 3, 0.98, 92)
    credit(
        p,
        f"{b.director} · {b.year}",
        240,
        688,
        17,
        legible(c.ink, c.a, c.b, c.c, c.paper),
        "centre",
        400,
        Face("germania", 90),
    )
    _gouged_edge(p, c.paper)
    return Press(edge=1.1, mottle=3.6, paper=1.6)


def _gouges(p: Pen, x: float, y: float, colour: str) -> None:
    count = 84
    for i in range(count):
        t = 2 * math.pi * (i + float(p.rng.uniform(-0.25, 0.25))) / count
        r0, r1 = float(p.rng.uniform(60, 250)), float(p.rng.uniform(380, 900))
        w = 0.013 + float(p.rng.uniform(0, 0.013))
        near, far = (math.cos(t), math.sin(t)), (math.cos(t + w), math.sin(t + w))
        back = (math.cos(t - w), math.sin(t - w))
        mid = (r0 + r1) / 2
        p.poly(
            [
                (x + r0 * near[0], y + r0 * near[1]),
                (x + mid * far[0], y + mid * far[1]),
                (x + r1 * near[0], y + r1 * near[1]),
                (x + mid * back[0], y + mid * back[1]),
            ],
            colour,
        )


def _blob(p: Pen, x: float, y: float, r: float, colour: str) -> None:
    points = [(x + r * math.cos(t / 22 * 2 * math.pi), y + r * math.sin(t / 22 * 2 * math.pi)) for t in range(22)]
    p.poly(p.wobble(points, 9), colour)


def _gouged_edge(p: Pen, colour: str) -> None:
    for x, y, w, h in ((0, 0, 480, 15), (0, 705, 480, 15), (0, 0, 15, 720), (465, 0, 15, 720)):
        steps = 26
        along = [(x + w * i / steps, y + h * i / steps) if w < h else (x + w * i / steps, y) for i in range(steps + 1)]
        if w > h:
            inner = [
                (px, 15 + float(p.rng.uniform(-3, 3)) if y == 0 else 705 + float(p.rng.uniform(-3, 3)))
                for px, _ in along
            ]
            outer = [(-5.0, -5.0), (485.0, -5.0)] if y == 0 else [(-5.0, 725.0), (485.0, 725.0)]
        else:
            inner = [
                (15 + float(p.rng.uniform(-3, 3)) if x == 0 else 465 + float(p.rng.uniform(-3, 3)), py)
                for _, py in along
            ]
            outer = [(-5.0, -5.0), (-5.0, 725.0)] if x == 0 else [(485.0, -5.0), (485.0, 725.0)]
        p.poly([outer[0], *inner, outer[1]], colour)


def silhouette(p: Pen, b: Bill) -> Press:
    """Black paper before a lamp, in the manner of the shadow theatre."""
    c = b.inks
    for i in range(9):
        p.circ(240, 318, 640 - i * 66, mix(c.a, c.b, i / 8) if i < 6 else mix(c.b, c.paper, (i - 5) / 4))
    _arch(p, b)
    dark = c.using(a=c.ink, c=mix(c.ink, c.a, 0.5), b=c.b)
    p.motif(b.hero, dark, 240, 352, 290)
    face = b.set_in("nouveau", tracking=30)
    draw_title(p, b.title, face, 50, 592, 380, 70, legible(c.ink, c.b, c.c, c.paper), "centre", "middle", 2, 1.02, 60)
    credit(p, f"{b.director} · {b.year}", 240, 690, 15, c.paper, "centre", 380, Face("nouveau", 120))
    return Press(edge=0.56, mottle=1.6, paper=1.2)


def _arch(p: Pen, b: Bill) -> None:
    ink = b.inks.ink
    p.path(
        "M0 0 V720 H480 V0 Z M52 560 V300 C52 150 180 150 240 60 C300 150 428 150 428 300 V560 Z"
        if b.variant % 2 == 0
        else "M0 0 V720 H480 V0 Z M46 560 V250 C46 20 434 20 434 250 V560 Z",
        ink,
    )
    _foliage(p, b)


def _foliage(p: Pen, b: Bill) -> None:
    ink, gold = b.inks.ink, b.inks.b
    for side in (False, True):
        with p.at(480 if side else 0, 0, 1, 0, side):
            for i in range(7):
                y = 545 - i * 46
                p.stroke(f"M40 {y + 30} C74 {y + 24} 84 {y} 70 {y - 12}", ink, 3)
                for k, t in enumerate((-30, 15, 60)):
                    with p.at(72 - k * 4, y - 10 + k * 11, 1, t):
                        p.ell(0, -9, 3.6, 9, ink)
            for i in range(6):
                p.star(25, 60 + i * 86, 8, 3.4, 8, gold)
    p.rect(40, 572, 400, 2, gold)
