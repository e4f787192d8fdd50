"""Machines and instruments that stand still."""
# ruff: noqa: E501 - a path is read whole

from __future__ import annotations

from catalog.sample.draw.motifs.registry import motif
from catalog.sample.draw.palettes import Inks
from catalog.sample.draw.pen import Pen


@motif
def gears_lips(p: Pen, c: Inks) -> None:
    """Gears, a pendulum and a mouth, all of them machines."""
    for x, y, r, n, ink in ((32, 34, 22, 12, c.ink), (70, 24, 15, 9, c.a), (74, 66, 20, 11, c.b)):
        p.star(x, y, r + 5, r - 1, n, ink)
        p.circ(x, y, r, ink)
        p.circ(x, y, r * 0.42, c.paper)
    p.path("M4 82 C14 70 22 68 28 74 C34 68 42 70 52 82 C42 96 14 96 4 82 Z", c.a)
    p.path("M4 82 C18 78 38 78 52 82 C38 87 18 87 4 82 Z", c.ink)


@motif
def typing_machine(p: Pen, c: Inks) -> None:
    """A typewriter as big as a city, two people walking its keys."""
    p.path("M10 44 L90 44 L100 92 H0 Z", c.ink)
    for row in range(4):
        for col in range(9):
            x, y = 14 + col * 9 - row * 1.5 + row * 0.4 * col, 52 + row * 10
            p.rect(x, y, 6, 8, c.b if (row * 5 + col * 3) % 7 == 0 else c.c, 1.5)
    p.rect(4, 30, 92, 14, c.a, 6)
    p.rect(14, 10, 72, 22, c.paper)
    for y in (15, 20, 25):
        p.line(20, y, 70 - y, y, c.ink, 1.1)
    p.circ(2, 37, 6, c.ink)
    p.circ(98, 37, 6, c.ink)
    for x, y, ink in ((46, 56, c.paper), (58, 62, c.a)):
        p.circ(x, y - 13, 2.4, ink)
        p.path(f"M{x - 2.4} {y} L{x - 1.6} {y - 10} H{x + 1.6} L{x + 2.4} {y} Z", ink)


@motif
def telephone(p: Pen, c: Inks) -> None:
    """Two telephones, one deadline."""
    p.path("M14 30 C14 8 86 8 86 30 L84 42 L66 40 L64 28 C56 25 44 25 36 28 L34 40 L16 42 Z", c.ink)
    p.path("M34 40 H66 L84 86 C85 92 82 94 78 94 H22 C18 94 15 92 16 86 Z", c.a)
    p.circ(50, 66, 19, c.ink)
    p.circ(50, 66, 16, c.paper)
    for i in range(10):
        with p.at(50, 66, 1, 28 * i + 40):
            p.circ(0, -11, 2.6, c.ink)
    p.circ(50, 66, 6, c.a)
    p.stroke("M80 92 C100 96 106 84 98 78 C92 74 88 84 98 90 C108 96 118 92 122 84", c.ink, 2.4)


@motif
def newsreel(p: Pen, c: Inks) -> None:
    """A film strip folded into a megaphone."""
    p.path("M0 40 L14 40 L70 8 V92 L14 62 H0 Z", c.ink)
    p.path("M70 8 C86 8 94 28 94 50 C94 72 86 92 70 92 Z", c.a)
    p.ell(73, 50, 10, 42, c.b)
    p.ell(73, 50, 5, 24, c.ink)
    for i in range(5):
        x = 22 + i * 9
        p.rect(x, 44 - i * 3, 6, 14 + i * 6, c.paper)
    p.path("M16 62 L26 66 L30 96 H20 Z", c.a)
    for y, w in ((30, 22), (50, 30), (70, 22)):
        p.line(100, 50 + (y - 50) * 1.1, 100 + w, 50 + (y - 50) * 1.9, c.ink, 3.4)


@motif
def cursor_key(p: Pen, c: Inks) -> None:
    """A padlock made of brackets, and a pointer that opens it."""
    p.stroke("M30 46 V30 C30 4 70 4 70 30 V36", c.ink, 8, "butt")
    p.rect(18, 46, 64, 52, c.ink, 4)
    p.stroke("M40 58 C32 58 36 70 28 72 C36 74 32 86 40 86 M60 58 C68 58 64 70 72 72 C64 74 68 86 60 86", c.paper, 3.4)
    p.path("M46 62 L46 84 L51.4 79.4 L55.4 87 L59 85 L55 78 L62 77.4 Z", c.a)


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
