"""Small print: matchbox labels and official bulletins."""

from __future__ import annotations

from catalog.sample.draw.bill import Bill, credit, legible, on
from catalog.sample.draw.pen import Pen
from catalog.sample.draw.press import Press
from catalog.sample.draw.shapes import box, mix
from catalog.sample.draw.typography import Face, draw_line, draw_title, fit


def matchbox(p: Pen, b: Bill) -> Press:
    """Three inks on cheap paper, a frame, and a trademark."""
    c = b.inks
    p.fill(c.paper)
    p.rect(18, 18, 444, 684, c.a, 16)
    p.rect(27, 27, 426, 666, c.paper, 11)
    p.rect(33, 33, 414, 654, (c.b, c.c, c.a)[b.variant % 3], 8)
    (_oval, _shield, _arch_label)[b.variant % 3](p, b)
    face = b.set_in("shoulders", tracking=20)
    p.rect(33, 540, 414, 102, c.ink)
    p.rect(33, 533, 414, 4, c.paper)
    p.rect(33, 645, 414, 4, c.paper)
    draw_title(p, b.title, face, 54, 558, 372, 68, c.paper, "centre", "middle", 2, 1.0, 76)
    plain = Face("shoulders", 90)
    ground = (c.b, c.c, c.a)[b.variant % 3]
    credit(p, b.director, 54, 676, 19, legible(ground, c.ink, c.paper), "left", 270, plain)
    credit(p, str(b.year), 426, 676, 19, legible(ground, c.ink, c.paper), "right", 80, plain)
    return Press(edge=1, mottle=4.4, paper=2)


def _oval(p: Pen, b: Bill) -> None:
    c = b.inks
    with p.clip(box(33, 33, 414, 500, 8)):
        p.rays(240, 285, 420, 36, c.a, 0, 0.5)
    p.ell(240, 285, 186, 214, c.ink)
    p.ell(240, 285, 178, 206, c.paper)
    p.ell(240, 285, 170, 198, c.c)
    p.motif(b.hero, on(c, "c"), 240, 288, 272)


def _shield(p: Pen, b: Bill) -> None:
    c = b.inks
    for i in range(13):
        p.rect(33, 33 + i * 40, 414, 18, mix(c.c, c.paper, 0.45))
    shape = "M62 66 H418 V330 C418 440 310 500 240 520 C170 500 62 440 62 330 Z"
    p.path(shape, c.a)
    p.stroke(shape, c.ink, 5)
    p.motif(b.hero, on(c, "a"), 240, 272, 300)


def _arch_label(p: Pen, b: Bill) -> None:
    c = b.inks
    p.path("M70 533 V240 C70 20 410 20 410 240 V533 Z", c.b)
    p.stroke("M70 533 V240 C70 20 410 20 410 240 V533", c.paper, 6)
    for x, y in ((66, 70), (414, 70)):
        p.star(x, y, 20, 9, 8, c.paper)
    p.motif(b.hero, on(c, "b"), 240, 316, 296)


def bulletin(p: Pen, b: Bill) -> Press:
    """Issued by an office: grid, stencil year, typewriter, one diagram."""
    c = b.inks
    p.fill(c.paper)
    for i in range(13):
        p.line(0, 20 + i * 58, 480, 20 + i * 58, mix(c.c, c.paper, 0.35), 1)
    for i in range(9):
        p.line(8 + i * 58, 0, 8 + i * 58, 720, mix(c.c, c.paper, 0.35), 1)
    (_panel, _field)[b.variant % 2](p, b)
    type_ = Face("typewriter", 20, upper=False)
    p.rect(28, 612, 424, 3, c.ink)
    credit(p, b.director, 28, 640, 19, c.ink, "left", 300, type_)
    credit(p, f"{b.country}, {b.year}", 28, 664, 17, c.ink, "left", 300, type_)
    credit(p, f"No. {b.year % 100:02d}-{sum(map(ord, b.title)) % 900 + 100}", 452, 640, 17, c.ink, "right", 130, type_)
    p.rect(28, 684, 424, 9, c.a)
    return Press(edge=0.63, mottle=2.8, paper=1.8, folds=2)


def _panel(p: Pen, b: Bill) -> None:
    c = b.inks
    p.rect(28, 28, 424, 410, c.a)
    p.dots(
        28, 28, 424, 410, mix(c.a, c.ink, 0.75), 7, lambda u, v: 0.75 * max(0.0, (u - 0.5) ** 2 + (v - 0.5) ** 2) * 1.7
    )
    p.motif(b.hero, on(c, "a"), 240, 236, 322)
    _bulletin_title(p, b, 456, 140, c.ink)


def _field(p: Pen, b: Bill) -> None:
    c = b.inks
    p.rect(0, 0, 480, 178, c.ink)
    _bulletin_title(p, b, 36, 116, c.paper)
    p.circ(240, 394, 190, c.c)
    p.ring(240, 394, 200, 2, c.ink)
    for i in range(24):
        with p.at(240, 394, 1, 15 * i):
            p.line(200, 0, 208 if i % 6 else 222, 0, c.ink, 2)
    p.motif(b.hero, on(c, "c"), 240, 394, 290)


def _bulletin_title(p: Pen, b: Bill, y: float, h: float, ink: str) -> None:
    face = b.set_in("oswald", tracking=6)
    setting = fit(b.title, face, 424, h, 3, 1.08, 76)
    base = y + (h - setting.height(face)) / 2
    draw_title(p, b.title, face, 28, base, 424, setting.height(face) + 1, ink, "left", "top", 3, 1.08, 76)
    draw_line(p, "FILM", Face("oswald", 300), 452, y - 8 if y < 60 else y + 4, 11, ink, "right")
