"""Things that stand for a story."""

from __future__ import annotations

from catalog.sample.draw.motifs.registry import motif
from catalog.sample.draw.palettes import Inks
from catalog.sample.draw.pen import Pen, disc, svg


@motif
def keyhole_eye(p: Pen, c: Inks) -> None:
    """A keyhole with somebody behind it."""
    p.rect(18, 0, 64, 100, c.a, 6)
    p.frame(23, 5, 54, 90, c.ink, 1.8, 4)
    for y in (12, 88):
        for x in (30, 70):
            p.circ(x, y, 2.6, c.ink)
    p.circ(50, 42, 17, c.ink)
    p.poly([(44, 50), (56, 50), (64, 86), (36, 86)], c.ink)
    p.path("M37 42 C43 34 57 34 63 42 C57 49 43 49 37 42 Z", c.paper)
    p.circ(50, 41.6, 4.6, c.b)
    p.circ(50, 41.6, 2, c.ink)


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
def magnifier(p: Pen, c: Inks) -> None:
    """A glass, an eye in the glass, a strip of film behind."""
    with p.at(50, 50, 1, -24):
        p.rect(-70, -17, 140, 34, c.ink)
        for x in range(-66, 70, 9):
            p.rect(x, -14.6, 5, 4, c.paper, 1)
            p.rect(x, 10.6, 5, 4, c.paper, 1)
        for x in range(-66, 70, 27):
            p.rect(x, -8, 23, 16, c.c, 1)
    p.path("M60 62 L68 54 L100 88 L90 98 Z", c.a)
    p.circ(42, 40, 33, c.ink)
    p.circ(42, 40, 27, c.b)
    p.path("M18 40 C28 24 56 24 66 40 C56 54 28 54 18 40 Z", c.paper)
    p.circ(42, 39, 9.6, c.a)
    p.circ(42, 39, 4.6, c.ink)
    p.circ(38.6, 36, 2, c.paper)


@motif
def gold_hand(p: Pen, c: Inks) -> None:
    """A fist that cannot let go, in a white waste."""
    p.path(
        "M30 104 L32 74 C20 68 14 56 16 46 C16 38 24 36 28 42 C26 32 36 28 40 36 C40 26 50 24 54 33 C56 25 66 26 67 36 C72 32 80 36 79 44 C82 58 76 70 68 76 L70 104 Z",
        c.c,
    )
    p.path("M54 33 C56 25 66 26 67 36 C72 32 80 36 79 44 C82 58 76 70 68 76 L70 104 H54 C60 84 60 60 54 33 Z", c.a)
    p.stroke(
        "M28 42 C28 50 30 54 32 56 M40 36 C40 46 42 50 44 52 M54 34 C54 44 56 48 57 50 M67 37 C67 46 68 48 69 50",
        c.ink,
        2.2,
    )
    p.path("M18 56 C28 66 44 68 54 62 C58 60 62 66 56 70 C44 78 28 76 20 68 Z", c.c)
    p.stroke("M18 58 C28 68 44 69 54 63", c.ink, 2.2)
    for x, y in ((24, 26), (44, 16), (64, 18), (82, 30), (12, 80), (86, 78), (34, 6), (76, 4), (92, 56)):
        p.ell(x, y, 6.6, 6, c.b)
        p.ell(x, y, 4, 3.6, c.ink)
        p.ell(x, y, 3, 2.6, c.b)


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
def helmet_field(p: Pen, c: Inks) -> None:
    """A bicorne, an eagle and three colours."""
    p.path("M2 62 C10 30 30 10 50 10 C70 10 90 30 98 62 C84 52 68 48 50 48 C32 48 16 52 2 62 Z", c.ink)
    p.stroke("M6 58 C16 32 32 15 50 15 C68 15 84 32 94 58", c.b, 2)
    p.circ(64, 34, 8, c.a)
    p.circ(64, 34, 5.2, c.paper)
    p.circ(64, 34, 2.6, c.b)
    p.path("M32 50 C38 47 62 47 68 50 C70 64 66 80 58 86 L58 104 H40 L40 86 C34 80 30 64 32 50 Z", c.paper)
    p.path("M54 48 C62 48 66 49 68 50 C70 64 66 80 58 86 L58 104 H50 C56 84 58 64 54 48 Z", c.c)
    p.path(
        "M36 60 C40 57 45 58 47 61 L46 63 C42 62 39 62 36 62 Z M64 60 C60 57 55 58 53 61 L54 63 C58 62 61 62 64 62 Z",
        c.ink,
    )
    p.path("M49 62 C47 70 46 72 48 74 H52", c.c)
    p.stroke("M44 80 H56", c.ink, 1.8)
    p.path("M32 50 L30 66 L35 64 Z M68 50 L70 66 L65 64 Z", c.ink)


@motif
def dice(p: Pen, c: Inks) -> None:
    """Two loaded dice and a snake between them."""
    for x, y, t, pips in (
        (32, 36, -16, ((-10, -10), (10, 10), (0, 0), (-10, 10), (10, -10))),
        (70, 70, 20, ((-8, -8), (8, 8), (0, 0))),
    ):
        with p.at(x, y, 1, t):
            p.path("M-22 -22 L-12 -32 H32 L22 -22 Z", c.c)
            p.path("M22 -22 L32 -32 V12 L22 22 Z", c.b)
            p.rect(-22, -22, 44, 44, c.paper, 3)
            for px, py in pips:
                p.circ(px, py, 4.4, c.a)
    p.stroke("M4 92 C22 74 34 100 46 82 C54 70 66 30 84 30 C96 30 98 16 88 14", c.ink, 3.6)
    p.path("M90 18 C82 16 78 10 80 5 C88 5 94 9 94 15 Z", c.ink)


@motif
def beach_umbrella(p: Pen, c: Inks) -> None:
    """A parasol from above and four towels."""
    for x, y, t, ink in ((10, 22, 24, c.b), (88, 18, -18, c.c), (14, 82, -30, c.a), (88, 84, 32, c.ink)):
        with p.at(x, y, 1, t):
            p.rect(-8, -17, 16, 34, ink, 1)
            p.rect(-8, -10, 16, 3, c.paper)
            p.rect(-8, 6, 16, 3, c.paper)
    for i in range(10):
        p.pie(50, 50, 38, 36 * i, 36.5, c.a if i % 2 else c.paper)
    p.ring(50, 50, 38, 1.2, c.ink)
    p.circ(50, 50, 3.4, c.ink)
    p.path("M50 50 L88 50 C88 66 76 84 56 87 Z", c.ink, 0.25)


@motif
def paper_balloon(p: Pen, c: Inks) -> None:
    """A paper balloon that drifts down a gutter."""
    inks = (c.a, c.paper, c.b, c.paper, c.a)
    edges = (-44, -27, -10, 10, 27, 44)
    for i, ink in enumerate(inks):
        l, r = edges[i], edges[i + 1]
        p.path(f"M50 4 C{50 + l * 1.34} 14 {50 + l * 1.34} 76 50 86 C{50 + r * 1.34} 76 {50 + r * 1.34} 14 50 4 Z", ink)
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
def scales(p: Pen, c: Inks) -> None:
    """Scales with a heart in one pan and a loaf in the other."""
    p.rect(48, 10, 4, 80, c.ink)
    p.circ(50, 10, 5, c.a)
    p.path("M30 100 C32 90 42 88 50 88 C58 88 68 90 70 100 Z", c.ink)
    with p.at(50, 20, 1, -9):
        p.rect(-44, -2, 88, 4, c.ink, 2)
    for x, y in ((7, 27), (93, 13)):
        p.stroke(f"M{x} {y} L{x - 15} {y + 36} M{x} {y} L{x + 15} {y + 36}", c.ink, 1.3)
        p.path(f"M{x - 20} {y + 35} H{x + 20} C{x + 16} {y + 50} {x - 16} {y + 50} {x - 20} {y + 35} Z", c.b)
    p.path("M7 60 C-8 50 -6 38 2 40 C5 40 7 43 7 45 C7 43 9 40 12 40 C20 38 22 50 7 60 Z", c.a)
    p.path("M78 46 C78 38 108 38 108 46 Z", c.c)
    p.stroke("M86 41 L90 45 M93 40 L97 45", c.ink, 1.3)


@motif
def poet_pages(p: Pen, c: Inks) -> None:
    """A man in a doorway of light while his pages fly."""
    p.rect(28, 0, 44, 104, c.b)
    p.path(
        "M50 22 C56 22 57 30 54 34 L56 37 L104 44 L104 49 L58 48 L60 72 L58 104 H52 L50 78 L48 104 H42 L40 72 L42 48 L-4 49 L-4 44 L44 37 L46 34 C43 30 44 22 50 22 Z",
        c.ink,
    )
    p.path("M42 48 L36 84 L42 80 Z M58 48 L66 86 L58 80 Z", c.a)
    for x, y, t, s in (
        (8, 18, -20, 1.0),
        (92, 22, 24, 1.1),
        (14, 72, 16, 0.9),
        (88, 76, -26, 1.0),
        (4, 94, -8, 0.8),
        (100, 2, 10, 0.8),
        (-8, 52, 34, 0.8),
        (110, 58, -14, 0.9),
    ):
        with p.at(x, y, s, t):
            p.path("M-9 -11 C-4 -14 4 -8 9 -11 L9 11 C4 14 -4 8 -9 11 Z", c.paper)
            for k in (-5, 0, 5):
                p.line(-5, k, 5, k, c.a, 1)


@motif
def playing_card(p: Pen, c: Inks) -> None:
    """A knave with a patch over one eye, both ways up."""
    p.rect(14, 0, 72, 104, c.paper, 5)
    p.frame(19, 5, 62, 94, c.a, 1.4, 3)
    for turn in (0, 180):
        with p.at(50, 52, 1, turn), p.at(-50, -52):
            p.path("M26 52 C28 40 38 38 50 38 C62 38 72 40 74 52 Z", c.a)
            p.path("M44 40 L50 52 L56 40 Z", c.b)
            p.path("M41 18 H59 C60 32 56 40 50 41 C44 40 40 32 41 18 Z", c.c)
            p.path(
                "M26 20 C36 15 38 17 40 15 C42 4 46 4 50 7 C54 4 58 4 60 15 C62 17 64 15 74 20 C64 25 36 25 26 20 Z",
                c.ink,
            )
            p.ell(54.4, 27, 3.4, 2.8, c.ink)
            p.line(41, 22, 58, 28, c.ink, 1)
            p.path("M43 27 C45 25.4 47 25.8 48 27.4 C46 28.6 44.4 28.4 43 27 Z", c.ink)
            p.path("M44 35 C47 33 53 33 56 35 C53 36.4 47 36.4 44 35 Z", c.ink)
            p.path("M25 12 L29 18 L25 24 L21 18 Z", c.a)


@motif
def postage(p: Pen, c: Inks) -> None:
    """Three stamps and a man who falls out of one."""
    for x, y, t, ink in ((24, 34, -10, c.a), (64, 24, 8, c.b), (46, 68, -3, c.c)):
        with p.at(x, y, 1, t):
            p.rect(-21, -26, 42, 52, c.paper)
            for k in range(7):
                for px, py in ((-21 + k * 7, -26), (-21 + k * 7, 26)):
                    p.circ(px, py, 1.9, c.ink)
            for k in range(8):
                for px in (-21, 21):
                    p.circ(px, -26 + k * 7.4, 1.9, c.ink)
            p.rect(-16, -21, 32, 42, ink)
    with p.at(24, 34, 1, -10):
        p.path("M-8 20 L-8 -2 H8 V20 Z M-14 -2 C-6 -5 6 -5 14 -2 C8 1 -8 1 -14 -2 Z M-7 -3 L-6 -13 H6 L7 -3 Z", c.ink)
    with p.at(64, 24, 1, 8):
        p.path("M0 -16 C14 -14 14 2 12 12 H-12 C-14 2 -14 -14 0 -16 Z", c.ink)
        p.path("M-7 -2 C-5 -10 5 -10 7 -2 C6 8 -6 8 -7 -2 Z", c.paper)
    p.path(
        "M44 48 C48 46 52 50 50 54 L60 52 L68 44 L70 47 L62 58 L52 62 L58 74 L70 80 L68 84 L54 80 L48 68 L38 76 L36 90 L32 89 L33 73 L42 62 L38 54 L28 50 L30 46 L40 49 Z",
        c.ink,
    )


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
def barber_pole(p: Pen, c: Inks) -> None:
    """A razor, a pole and a detective's hat."""
    p.rect(36, 26, 28, 60, c.paper)
    with p.clip(svg("M36 26 H64 V86 H36 Z")):
        for i in range(-2, 7):
            p.poly([(30, 30 + i * 16), (70, 14 + i * 16), (70, 22 + i * 16), (30, 38 + i * 16)], c.a if i % 2 else c.b)
    p.rect(32, 84, 36, 8, c.ink, 2)
    p.rect(38, 92, 24, 8, c.ink, 2)
    p.rect(33, 20, 34, 7, c.ink, 2)
    p.path(
        "M12 20 C24 14 32 16 35 12 C37 -4 43 -8 50 -3 C57 -8 63 -4 65 12 C68 16 76 14 88 20 C72 26 28 26 12 20 Z", c.ink
    )
    p.rect(35, 8, 30, 5, c.a)
    with p.at(80, 66, 1, 28):
        p.path("M0 0 H8 V-34 C8 -40 0 -38 0 -34 Z", c.paper)
        p.rect(-1, -2, 10, 28, c.ink, 4)


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


@motif
def torn_portrait(p: Pen, c: Inks) -> None:
    """An easel, a face, an ice pick."""
    p.stroke("M22 104 L44 0 M78 104 L56 0 M50 76 V104", c.ink, 3.4)
    p.rect(18, 12, 64, 64, c.b)
    p.rect(23, 17, 54, 54, c.paper)
    p.path("M50 24 C64 24 68 38 64 50 C60 62 54 66 50 66 C46 66 40 62 36 50 C32 38 36 24 50 24 Z", c.c)
    p.path("M32 46 C28 20 72 20 68 46 C64 34 60 30 50 32 C40 30 36 34 32 46 Z", c.ink)
    p.ell(43, 45, 4, 2.4, c.ink)
    p.ell(57, 45, 4, 2.4, c.ink)
    p.path("M44 56 C48 53 52 53 56 56 C52 60 48 60 44 56 Z", c.a)
    p.rect(14, 76, 72, 5, c.ink)
    with p.at(84, 30, 1, 38):
        p.rect(-4, -30, 8, 24, c.a, 3)
        p.poly([(-1.6, -6), (1.6, -6), (0.4, 40), (-0.4, 40)], c.ink)


@motif
def balloon_folk(p: Pen, c: Inks) -> None:
    """A balloon boy who fears a pin."""
    p.circ(46, 36, 30, c.a)
    p.path("M46 6 C82 6 82 66 46 66 C66 54 66 20 46 6 Z", c.b)
    p.ell(34, 24, 6, 9, c.paper, 28)
    p.circ(38, 36, 4.6, c.ink)
    p.circ(56, 36, 4.6, c.ink)
    p.circ(39.4, 34.4, 1.6, c.paper)
    p.circ(57.4, 34.4, 1.6, c.paper)
    p.ell(47, 51, 5, 6, c.ink)
    p.path("M42 66 H50 L52 72 H40 Z", c.a)
    p.ell(46, 84, 13, 12, c.a)
    p.stroke("M36 80 C26 74 22 82 14 76 M56 80 C66 74 68 82 74 72", c.a, 5)
    p.ell(38, 100, 9, 5, c.ink)
    p.ell(56, 100, 9, 5, c.ink)
    with p.at(88, 62, 1, -40):
        p.line(0, -34, 0, 22, c.ink, 2)
        p.circ(0, -36, 6, c.c)


@motif
def broken_wall(p: Pen, c: Inks) -> None:
    """A ruined wall with an orchid on it, a figure walking along the top."""
    p.path("M-20 104 V64 L4 62 L8 68 L20 66 L24 58 L40 60 L46 70 L60 72 L64 66 L84 64 L90 70 L120 66 V104 Z", c.a)
    for row in range(4):
        for col in range(9):
            x, y = -16 + col * 15 + (row % 2) * 7, 76 + row * 8
            p.frame(x, y, 15, 8, c.c, 0.8)
    p.circ(64, 36, 4.4, c.ink)
    p.path("M58 67 C58 52 60 42 64 42 C69 42 71 52 71 66 Z", c.ink)
    p.line(68, 46, 80, 58, c.ink, 1.6)
    p.path("M72 56 C80 50 90 52 94 60 C86 62 78 62 72 56 Z", c.b)
    for d in ("M16 66 C10 44 2 36 -8 34", "M17 66 C18 42 14 30 8 20", "M18 66 C24 46 34 38 42 36"):
        p.stroke(d, c.ink, 1.8)
    for x, y in ((8, 20), (42, 36)):
        p.path(
            f"M{x} {y} C{x - 8} {y - 8} {x - 4} {y - 12} {x} {y - 6} C{x + 4} {y - 12} {x + 8} {y - 8} {x} {y} Z", c.b
        )


@motif
def star_lights(p: Pen, c: Inks) -> None:
    """A star on a pavement between two searchlights."""
    p.poly([(10, 100), (-20, -30), (14, -30)], c.c, 0.6)
    p.poly([(90, 100), (120, -30), (86, -30)], c.c, 0.6)
    p.star(50, 46, 44, 17, 5, c.b)
    for i in range(5):
        with p.at(50, 46, 1, 72 * i):
            p.poly([(0, 0), (0, -44), (10, -13.8)], c.a)
    p.rect(4, 92, 14, 10, c.ink, 2)
    p.rect(82, 92, 14, 10, c.ink, 2)


@motif
def two_boys(p: Pen, c: Inks) -> None:
    """Two boys, one wire, a father who crosses the tracks."""
    for x in (6, 94):
        p.line(x, 4, x, 96, c.ink, 2.4)
        p.line(x - 9, 12, x + 9, 12, c.ink, 2)
        p.line(x - 7, 19, x + 7, 19, c.ink, 2)
    for y in (12, 19):
        p.stroke(f"M6 {y} C36 {y + 12} 64 {y + 12} 94 {y}", c.ink, 1)
    p.rect(-20, 94, 140, 6, c.ink)
    for x, s, ink in ((36, 1.0, c.a), (62, 0.82, c.b)):
        with p.at(x, 95, s):
            p.path("M-9 0 V-10 H-2 V0 Z M9 0 V-10 H2 V0 Z", c.ink)
            p.path("M-12 -9 C-13 -28 -8 -36 0 -36 C8 -36 13 -28 12 -9 Z", ink)
            p.circ(0, -44, 9, c.paper)
            p.path("M-11 -46 C-11 -60 11 -60 11 -46 L15 -45 C10 -43 -6 -46 -11 -46 Z", c.ink)
            p.circ(-3, -42, 1.2, c.ink)
            p.circ(4, -42, 1.2, c.ink)
            p.stroke("M-3 -37.4 C-1 -39 3 -39 4.4 -37.4", c.ink, 1.1)
            p.rect(-15, -28, 7, 16, ink, 3)
            p.rect(8, -28, 7, 16, ink, 3)


@motif
def santa_hat(p: Pen, c: Inks) -> None:
    """A green face with two aerials under a red hat."""
    p.path("M22 50 H78 C80 76 68 98 50 100 C32 98 20 76 22 50 Z", c.a)
    p.path("M50 50 H78 C80 76 68 98 50 100 Z", c.ink, 0.22)
    p.path("M14 40 C20 10 46 -6 66 2 C84 8 92 22 96 36 L84 30 C82 36 84 38 84 42 Z", c.b)
    p.circ(97, 40, 8, c.paper)
    p.rect(12, 36, 76, 15, c.paper, 7)
    p.stroke("M28 36 C22 20 18 12 8 8 M34 34 C32 22 30 14 26 6", c.ink, 2.4)
    p.circ(8, 7, 4, c.ink)
    p.circ(26, 4, 4, c.ink)
    p.path("M28 60 C34 54 44 56 46 64 C40 69 31 68 28 60 Z M72 60 C66 54 56 56 54 64 C60 69 69 68 72 60 Z", c.paper)
    p.circ(38, 62.6, 3, c.ink)
    p.circ(62, 62.6, 3, c.ink)
    p.stroke("M48 68 V76 H53", c.ink, 1.8)
    p.path("M36 83 C42 87 58 87 64 83 C60 93 40 93 36 83 Z", c.ink)


@motif
def chalk_clown(p: Pen, c: Inks) -> None:
    """A matchstick clown, one line, never still."""
    for d, w in (
        ("M50 10 C60 10 64 18 64 24 C64 32 58 38 50 38 C42 38 36 32 36 24 C36 18 40 10 50 10", 2.6),
        ("M38 14 L50 -12 L62 14", 2.6), ("M50 38 C48 50 52 58 50 68", 2.6),
        ("M50 46 C38 48 28 40 16 50 C12 54 10 50 8 46", 2.6), ("M50 46 C62 48 70 34 84 36 C90 36 92 30 96 30", 2.6),
        ("M50 68 C42 78 40 88 30 98 L20 97", 2.6), ("M50 68 C60 76 58 90 70 98 L80 96", 2.6),
        ("M42 45 C46 50 54 50 58 45", 2), ("M43 30 C47 34 53 34 57 30", 2),
    ):  # fmt: skip
        p.stroke(d, c.paper, w)
    p.circ(45, 22, 1.8, c.paper)
    p.circ(55, 22, 1.8, c.paper)
    p.circ(50, -13, 3, c.a)
    p.stroke("M96 30 C104 18 112 28 106 36 C100 44 112 50 120 42", c.a, 2.2)
    for x, y in ((50, 54), (50, 62)):
        p.circ(x, y, 2, c.a)
