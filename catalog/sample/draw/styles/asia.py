"""East Asia: prints in the manner of woodblocks, and Korean bills of the fifties."""

from __future__ import annotations

from catalog.sample.draw.bill import Bill, border, credit, legible, on, ridge
from catalog.sample.draw.pen import Pen
from catalog.sample.draw.press import Press
from catalog.sample.draw.shapes import mix
from catalog.sample.draw.typography import Face, draw_column, draw_line, draw_title, width


def ukiyo(p: Pen, b: Bill) -> Press:
    """A wiped sky, a few flat shapes, the title in a cartouche, a seal."""
    c = b.inks
    (_wiped, _waves, _clouds)[b.variant % 3](p, b)
    _cartouche(p, b)
    p.rect(-4, 632, 488, 100, c.paper)
    p.rect(-4, 632, 488, 2.4, c.ink)
    face = b.set_in("dmserif", tracking=14, upper=False)
    draw_title(p, b.title, face, 34, 648, 270, 44, c.ink, "left", "middle", 2, 1.0, 40)
    credit(p, b.director, 446, 668, 15, c.ink, "right", 130, Face("jost", 30, upper=False))
    credit(p, str(b.year), 446, 688, 14, legible(c.paper, c.a, c.b, c.ink), "right", 130, Face("jost", 60))
    border(p, 16, c.paper)
    p.frame(16, 16, 448, 688, c.ink, 1.6)
    return Press(edge=0.84, mottle=2.8, paper=1.8)


def _cartouche(p: Pen, b: Bill) -> None:
    c = b.inks
    words = b.native.replace(" ", "")
    size = min(54.0, 330 / len(words))
    left = b.variant % 3 == 1
    x = 62 if left else 418
    tall = size * 1.08 * len(words)
    p.rect(x - size * 0.72, 42, size * 1.44, tall + 26, c.paper)
    p.frame(x - size * 0.72 + 3, 45, size * 1.44 - 6, tall + 20, c.ink, 1.5)
    draw_column(p, words, Face("serif_cjk", language=b.language), x, 54, size, c.ink, 1.08)
    y = 42 + tall + 38
    p.rect(x - 15, y, 30, 30, c.b, 3)
    p.frame(x - 11, y + 4, 22, 22, c.paper, 1.6, 2)
    p.line(x - 5, y + 9, x - 5, y + 21, c.paper, 2)
    p.line(x + 4, y + 9, x + 4, y + 21, c.paper, 2)
    p.line(x - 8, y + 15, x + 8, y + 15, c.paper, 2)


def _wiped(p: Pen, b: Bill) -> None:
    c = b.inks
    p.fade(0, 0, 480, 250, c.a, c.c)
    p.fade(0, 250, 480, 390, c.c, mix(c.c, c.paper, 0.7))
    p.circ(150, 190, 72, c.b)
    ridge(p, 560, 90, mix(c.a, c.c, 0.35), 0.7)
    p.motif(b.hero, on(c, "c").using(paper=mix(c.paper, "#ffffff", 0.5)), 216, 400, 350)


def _waves(p: Pen, b: Bill) -> None:
    c = b.inks
    p.fade(0, 0, 480, 640, mix(c.c, c.paper, 0.65), c.c)
    p.fade(0, 0, 480, 90, c.ink, mix(c.c, c.paper, 0.6))
    p.motif(b.hero, on(c, "c").using(paper=mix(c.paper, "#ffffff", 0.5)), 276, 330, 340)
    for row in range(5):
        for col in range(-1, 9):
            x, y = col * 66 + (row % 2) * 33, 528 + row * 26
            for r, ink in ((34, c.paper), (30, c.a), (21, c.paper), (18, c.a), (9, c.paper), (6.5, c.a)):
                p.circ(x, y + 24, r, ink)


def _clouds(p: Pen, b: Bill) -> None:
    c = b.inks
    p.fade(0, 0, 480, 640, mix(c.c, c.paper, 0.35), mix(c.b, c.paper, 0.72))
    p.motif(b.hero, on(c, "c").using(paper=mix(c.paper, "#ffffff", 0.5)), 210, 360, 350)
    for x, y, w in ((-60, 96, 260), (40, 122, 220), (200, 560, 330), (110, 588, 300), (-40, 528, 190)):
        p.rect(x, y, w, 26, c.paper, 13)
        p.rect(x + 30, y + 9, w - 80, 3, mix(c.c, c.ink, 0.1), 1.5)


def hanji(p: Pen, b: Bill) -> Press:
    """A Korean bill: hangul as the largest thing on it."""
    (_pillar, _lintel, _sash)[b.variant % 3](p, b)
    return Press(edge=0.98, mottle=3.6, paper=2, folds=2 + b.variant % 2)


def _latin(p: Pen, b: Bill, x: float, y: float, ink: str, align: str, most: float = 300) -> None:
    credit(p, b.title, x, y, 23, ink, align, most, Face("dmserif", 16, upper=False))
    credit(p, f"{b.director} · {b.year}", x, y + 23, 14, ink, align, most, Face("jost", 40, upper=False))


def _pillar(p: Pen, b: Bill) -> None:
    c = b.inks
    p.fill(c.c)
    p.rect(-4, -4, 350, 600, c.a)
    p.dots(0, 300, 346, 296, mix(c.a, c.ink, 0.5), 8, lambda u, v: 0.55 * v)
    p.circ(172, 296, 162, mix(c.a, c.paper, 0.82))
    p.motif(b.hero, on(c, "paper"), 172, 304, 290)
    p.rect(-4, 596, 488, 130, c.paper)
    p.rect(-4, 592, 488, 6, c.ink)
    words = b.native.replace(" ", "")
    size = min(112.0, 548 / len(words))
    draw_column(
        p,
        words,
        Face("serif_cjk", language="ko"),
        412,
        24 + max(0.0, (548 - size * 1.04 * len(words)) / 2),
        size,
        c.ink,
        1.04,
    )
    _latin(p, b, 28, 650, c.ink, "left", 420)


def _lintel(p: Pen, b: Bill) -> None:
    c = b.inks
    p.fill(c.paper)
    p.rect(-4, 182, 488, 420, c.b)
    p.rays(240, 560, 700, 30, mix(c.b, c.paper, 0.35), 3)
    p.rect(-4, 178, 488, 7, c.ink)
    p.motif(b.hero, on(c, "b"), 240, 396, 370)
    p.rect(-4, 600, 488, 130, c.ink)
    face = Face("sans_cjk", language="ko", tracking=-20)
    size = min(128.0, 424 / width(b.native, face, 100) * 100)
    for k in range(5, -1, -1):
        draw_line(
            p,
            b.native,
            face,
            240 + k,
            96 + size * 0.34 + k,
            size,
            c.ink if k else legible(c.paper, c.a, c.b, least=2.2),
            "centre",
        )
    _latin(p, b, 240, 652, c.paper, "centre", 420)


def _sash(p: Pen, b: Bill) -> None:
    c = b.inks
    p.fill(c.ink)
    p.circ(240, 270, 250, c.a)
    p.dots(
        -10, 20, 500, 500, mix(c.a, c.ink, 0.6), 8, lambda u, v: 1.5 * max(0.0, (u - 0.5) ** 2 + (v - 0.5) ** 2 - 0.1)
    )
    p.motif(b.hero, on(c, "a"), 240, 268, 350)
    face = Face("serif_cjk", language="ko", tracking=-10)
    size = min(118.0, 400 / width(b.native, face, 100) * 100)
    with p.at(240, 540, 1, -7):
        p.rect(-300, -size * 0.62, 600, size * 1.24, c.b)
        p.rect(-300, -size * 0.62 - 9, 600, 4, c.paper)
        draw_line(p, b.native, face, 0, size * 0.36, size, legible(c.b, c.ink, c.paper), "centre")
    _latin(p, b, 450, 664, c.paper, "right", 330)
