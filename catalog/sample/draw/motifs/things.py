"""Things on tables, in water and on strings."""
# ruff: noqa: E501 - a path is read whole

from __future__ import annotations

from catalog.sample.draw.motifs.registry import motif
from catalog.sample.draw.palettes import Inks
from catalog.sample.draw.pen import Pen
from catalog.sample.draw.shapes import mix


@motif
def sun_crown(p: Pen, c: Inks) -> None:
    """A king's crown without a king, above his folded hands."""
    p.path("M16 66 L8 26 L28 44 L36 12 L50 36 L64 12 L72 44 L92 26 L84 66 Z", c.b)
    p.path("M50 36 L64 12 L72 44 L92 26 L84 66 H50 Z", c.a)
    p.rect(15, 66, 70, 12, c.ink, 2)
    for x in (24, 37, 50, 63, 76):
        p.circ(x, 72, 3.2, c.paper)
    for x, y in ((8, 24), (36, 10), (64, 10), (92, 24)):
        p.circ(x, y, 4.6, c.a)
    p.path("M50 42 L56 52 L50 62 L44 52 Z", c.paper)
    p.path("M26 88 H74 L66 94 L74 100 H26 L34 94 Z", c.a)


@motif
def lotus(p: Pen, c: Inks) -> None:
    """A broken flower on dark water."""
    for t, ink in ((-74, c.a), (74, c.a), (-50, c.c), (50, c.c), (-26, c.a), (26, c.a), (0, c.paper)):
        with p.at(50, 66, 1, t):
            p.path("M0 0 C-16 -18 -12 -42 0 -56 C12 -42 16 -18 0 0 Z", ink)
            p.stroke("M0 -4 V-40", c.ink, 0.8)
    p.ell(50, 70, 46, 7, c.ink)
    p.ell(50, 68.6, 22, 3, c.b)
    p.path("M84 50 C92 54 96 62 92 68 C86 64 84 58 84 50 Z", c.a)
    for y, w in ((82, 70), (90, 44), (97, 24)):
        p.rect(50 - w / 2, y, w, 1.8, c.b, 0.9)


@motif
def thorn_rose(p: Pen, c: Inks) -> None:
    """A rose on barbed wire."""
    p.stroke("M-14 74 C20 66 40 82 60 72 C84 62 100 76 116 68", c.ink, 2.4)
    for x, y in ((-2, 71), (24, 73), (78, 67), (102, 71)):
        p.stroke(f"M{x - 5} {y - 6} L{x + 5} {y + 6} M{x - 5} {y + 6} L{x + 5} {y - 6}", c.ink, 2)
    p.stroke("M50 48 C54 66 46 82 52 106", c.ink, 3.6)
    p.path("M51 84 C60 74 74 74 80 82 C70 90 58 92 51 84 Z M50 92 C42 84 30 84 24 92 C34 100 44 100 50 92 Z", c.ink)
    p.circ(50, 30, 26, c.a)
    p.path("M24 30 C24 8 52 0 66 12 C52 8 36 16 34 32 C32 44 40 52 46 55 C32 54 24 44 24 30 Z", mix(c.a, c.ink, 0.35))
    p.path(
        "M76 30 C76 46 62 58 48 55 C62 52 68 42 66 30 C64 20 56 16 50 18 C60 8 76 14 76 30 Z", mix(c.a, c.paper, 0.3)
    )
    p.stroke("M42 34 C40 24 54 20 57 29 C59 37 48 40 47 33 C47 30 51 29 52 32", c.ink, 2.2)
    p.stroke("M34 32 C33 44 44 50 54 46 C62 43 66 36 65 28", c.ink, 1.8)
    p.path("M46 58 C50 54 54 54 58 57 L53 64 Z", c.ink)
    p.path("M76 38 C80 42 82 48 80 51 C76 49 75 44 76 38 Z", c.a)


@motif
def soup_boot(p: Pen, c: Inks) -> None:
    """A boiled boot on a plate."""
    p.ell(50, 84, 50, 11, c.paper)
    p.ell(50, 83, 38, 7, c.c)
    p.path("M26 16 H52 L54 50 C64 58 82 58 88 68 C90 76 86 82 78 82 H28 C24 60 26 40 26 16 Z", c.ink)
    p.rect(25, 80, 62, 5, c.a, 2)
    p.stroke("M52 24 H42 M52 32 H42 M53 40 H43 M55 48 H45", c.b, 2)
    p.path("M26 16 C30 12 48 12 52 16 C46 20 32 20 26 16 Z", c.a)
    p.path("M64 6 V34 M70 6 V34 M76 6 V34", c.ink)
    for x in (94, 98, 102):
        p.line(x, 34, x, 48, c.ink, 1.6)
    p.path("M93 47 H103 L100 56 L99.4 98 H96.6 L96 56 Z", c.ink)
    for x in (34, 46, 58):
        p.stroke(f"M{x} 4 C{x - 6} -4 {x + 6} -10 {x} -18", c.c, 2.6)


@motif
def paper_balloon(p: Pen, c: Inks) -> None:
    """A paper balloon that drifts down a gutter."""
    inks = (c.a, c.paper, c.b, c.paper, c.a)
    edges = (-44, -27, -10, 10, 27, 44)
    for i, ink in enumerate(inks):
        left, right = edges[i], edges[i + 1]
        p.path(
            f"M50 4 C{50 + left * 1.34} 14 {50 + left * 1.34} 76 50 86 C{50 + right * 1.34} 76 {50 + right * 1.34} 14 50 4 Z",
            ink,
        )
    for e in edges:
        p.stroke(f"M50 4 C{50 + e * 1.34} 14 {50 + e * 1.34} 76 50 86", c.ink, 1.2)
    p.ell(50, 6, 7, 2.4, c.ink)
    for y, w in ((93, 84), (99, 56)):
        p.stroke(
            f"M{50 - w / 2} {y} C{50 - w / 4} {y - 5} {50 - w / 8} {y + 4} 50 {y} C{50 + w / 8} {y - 5} {50 + w / 4} {y + 4} {50 + w / 2} {y}",
            c.ink,
            2,
        )


@motif
def peeled_apple(p: Pen, c: Inks) -> None:
    """An apple peeled in one ribbon, the ribbon about to fall."""
    p.path("M50 20 C34 8 10 18 12 44 C14 66 32 82 50 76 C68 82 86 66 88 44 C90 18 66 8 50 20 Z", c.paper)
    p.path("M66 15 C84 16 89 30 88 44 C86 66 68 82 50 76 C72 66 76 40 66 15 Z", c.c)
    p.path("M12 44 C10 18 34 8 50 20 C44 22 36 26 33 34 C24 36 16 40 12 44 Z", c.a)
    p.path("M12 44 C22 34 44 30 64 34 L64 44 C44 40 26 44 15 56 Z", c.a)
    p.path("M24 70 C40 58 66 54 84 62 L80 72 C62 64 44 68 32 78 Z", c.a)
    p.stroke("M80 67 C92 74 84 86 70 86 C56 86 60 100 74 98 C84 96 86 106 80 112", c.a, 6, "butt")
    p.stroke("M50 20 C49 12 52 6 57 2", c.ink, 2.6)


@motif
def smoke_glass(p: Pen, c: Inks) -> None:
    """A glowing drink, and whoever swapped it."""
    p.path("M18 8 H82 L60 56 H40 Z", c.paper)
    p.path("M26 24 H74 L60 54 H40 Z", c.a)
    p.path("M60 24 H74 L60 54 H50 Z", c.b)
    p.rect(47, 56, 6, 30, c.paper)
    p.ell(50, 90, 24, 6, c.paper)
    p.circ(46, 32, 3.6, c.paper)
    p.circ(57, 40, 2.6, c.paper)
    p.circ(50, 46, 1.8, c.paper)
    p.stroke("M18 8 H82 L60 56 H40 Z", c.ink, 1.6)


@motif
def coffee_cup(p: Pen, c: Inks) -> None:
    """A paper cup at sprinting speed."""
    with p.at(52, 52, 1, 14):
        p.poly([(-24, -28), (24, -28), (18, 42), (-18, 42)], c.paper)
        p.poly([(4, -28), (24, -28), (18, 42), (6, 42)], c.c)
        p.poly([(-22.6, -10), (22.6, -10), (20, 20), (-20, 20)], c.a)
        p.rect(-28, -36, 56, 9, c.ink, 4)
        p.rect(-22, -43, 44, 8, c.ink, 4)
        p.star(0, 5, 11, 5, 8, c.b)
    for y, x, w in ((30, -26, 34), (48, -34, 40), (66, -22, 34), (82, -30, 30)):
        p.rect(x, y, w, 3.4, c.ink, 1.7)
    for x, y, r in ((86, 8, 5), (96, 18, 3.4), (78, -4, 3.6), (100, 4, 2.4)):
        p.circ(x, y, r, c.a)


@motif
def half_glass(p: Pen, c: Inks) -> None:
    """Two noses, one picture, half a glass."""
    p.rect(14, 6, 72, 88, c.b)
    p.rect(19, 11, 62, 78, c.paper)
    p.path("M34 26 H66 L62 76 H38 Z", c.c)
    p.path("M36 52 H64 L62 76 H38 Z", c.a)
    p.stroke("M34 26 H66 L62 76 H38 Z", c.ink, 2)
    for x, f in ((0, False), (100, True)):
        with p.at(x, 84, 1, 0, f):
            p.circ(-2, -4, 12, c.ink)
            p.path("M6 -10 C18 -10 20 -2 8 0 Z", c.ink)
            p.path("M-20 26 C-20 6 16 6 16 26 Z", c.ink)


@motif
def candles(p: Pen, c: Inks) -> None:
    """Lives as candles, one about to go out."""
    for x, h, lit in ((8, 40, 1), (22, 62, 1), (36, 50, 1), (50, 76, 1), (64, 30, 0), (78, 58, 1), (92, 44, 1)):
        p.rect(x - 5, 100 - h, 10, h, c.paper)
        p.rect(x + 1, 100 - h, 4, h, c.c)
        p.line(x, 100 - h, x, 94 - h, c.ink, 1.4)
        if lit:
            p.path(
                f"M{x} {78 - h} C{x + 7} {87 - h} {x + 5} {96 - h} {x} {96 - h} C{x - 5} {96 - h} {x - 7} {87 - h} {x} {78 - h} Z",
                c.b,
            )
            p.path(
                f"M{x} {86 - h} C{x + 3} {90 - h} {x + 3} {95 - h} {x} {95 - h} C{x - 3} {95 - h} {x - 3} {90 - h} {x} {86 - h} Z",
                c.a,
            )
        else:
            p.stroke(
                f"M{x} {92 - h} C{x - 6} {84 - h} {x + 6} {76 - h} {x} {66 - h} C{x - 4} {58 - h} {x + 4} {54 - h} {x + 2} {46 - h}",
                c.c,
                2,
            )
