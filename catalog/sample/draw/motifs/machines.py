"""Machines and instruments that stand still."""

from __future__ import annotations

from catalog.sample.draw.motifs.registry import motif
from catalog.sample.draw.palettes import Inks
from catalog.sample.draw.pen import Pen, disc, svg


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
def gramophone(p: Pen, c: Inks) -> None:
    """A horn that opens like a lotus."""
    for i in range(7):
        with p.at(42, 42, 1, -96 + i * 24):
            p.path("M0 6 C-14 -12 -12 -34 0 -46 C12 -34 14 -12 0 6 Z", c.a if i % 2 else c.b)
    p.circ(42, 42, 12, c.ink)
    p.path("M44 50 C54 60 66 58 66 74 L60 76 C60 66 48 64 38 54 Z", c.ink)
    p.rect(22, 82, 62, 18, c.ink, 2)
    p.rect(27, 87, 52, 8, c.a, 1)
    p.ell(52, 80, 28, 4.6, c.ink)
    p.ell(52, 79, 12, 1.9, c.b)
    p.stroke("M84 90 H94 V82", c.ink, 2.4)


@motif
def trumpet(p: Pen, c: Inks) -> None:
    """A horn tipped at the moon."""
    with p.at(50, 50, 1, -32):
        p.path("M-52 -3 H20 C34 -3 42 -10 50 -24 C54 -24 54 24 50 24 C42 10 34 5 20 5 H-52 Z", c.b)
        p.path("M-52 1 H20 C34 3 42 10 50 24 C54 24 54 8 53 0 C44 6 34 3 20 1 Z", c.a)
        p.rect(-58, -5, 7, 11, c.ink, 2)
        p.frame(-32, -3, 46, 20, c.b, 5, 10)
        for x in (-18, -8, 2):
            p.rect(x - 3, -18, 7, 34, c.ink, 2)
            p.rect(x - 1.4, -25, 3.6, 9, c.ink, 1)
            p.circ(x + 0.5, -25, 4, c.b)
    for x, y in ((90, 4), (102, 18), (74, -6)):
        p.ell(x, y, 4.4, 3.2, c.ink, -20)
        p.line(x + 4, y, x + 4, y - 15, c.ink, 1.5)


@motif
def harp_piano(p: Pen, c: Inks) -> None:
    """A keyboard that turns into a stair, and a small bottle."""
    for i in range(7):
        x, y = 2 + i * 12, 82 - i * 11
        p.rect(x, y, 22, 9, c.paper)
        p.poly([(x, y + 9), (x + 22, y + 9), (x + 22, 108), (x, 108)], c.ink)
        p.rect(x, y + 9, 22, 4, c.c)
        if i % 3 != 2:
            p.rect(x + 9, y - 0.4, 12, 5, c.ink)
    p.path("M6 62 V48 H10 V42 H18 V48 H22 V62 Z", c.a)
    p.rect(9, 52, 10, 6, c.paper)
    p.path("M80 14 C76 2 84 -6 90 -4 C98 -2 98 8 94 12 C104 20 102 40 100 52 L76 14 Z", c.ink)
    p.path("M94 12 C104 20 103 40 100 52 L92 30 Z", c.a)


@motif
def clock_tower(p: Pen, c: Inks) -> None:
    """A village clock whose bronze figures carry swords."""
    p.rect(24, 22, 52, 82, c.ink)
    p.poly([(18, 24), (50, -8), (82, 24)], c.a)
    p.circ(50, 54, 22, c.paper)
    p.ring(50, 54, 19, 1.2, c.ink)
    for i in range(12):
        with p.at(50, 54, 1, 30 * i):
            p.rect(-0.9, -18.4, 1.8, 4.4, c.ink)
    p.poly([(48, 56), (50, 38), (52, 56)], c.ink)
    p.poly([(49, 52), (66, 60), (49, 56)], c.a)
    for x, f in ((10, False), (90, True)):
        with p.at(x, 84, 1, 0, f):
            p.path("M-7 18 L-4 -12 H4 L7 18 Z", c.b)
            p.circ(0, -17, 4.6, c.b)
            p.path("M3 -10 L28 -26 L29 -24 L5 -6 Z", c.b)
            p.line(12, -21, 17, -13, c.b, 2)
    p.rect(-8, 102, 116, 4, c.a)


@motif
def battery(p: Pen, c: Inks) -> None:
    """A cell of light carried off across the snow."""
    p.rect(30, 16, 40, 74, c.ink, 6)
    p.rect(42, 8, 16, 10, c.ink, 2)
    for i in range(4):
        p.rect(36, 72 - i * 15, 28, 11, c.b if i < 3 else c.c, 2)
    p.path("M54 22 L38 54 H48 L44 84 L64 46 H53 Z", c.paper)
    for i in range(10):
        with p.at(50, 52, 1, 36 * i + 18):
            p.line(50, 0, 58, 0, c.b, 2)


@motif
def robot(p: Pen, c: Inks) -> None:
    """A robot with one hand open."""
    p.rect(30, 10, 40, 28, c.a, 5)
    p.rect(35, 18, 30, 9, c.ink, 4)
    p.circ(43, 22.4, 3, c.b)
    p.circ(57, 22.4, 3, c.b)
    p.stroke("M50 10 V0", c.a, 2.4)
    p.circ(50, -1, 3, c.b)
    p.rect(44, 38, 12, 6, c.ink)
    p.path("M24 44 H76 L70 78 H30 Z", c.a)
    p.path("M50 44 H76 L70 78 H50 Z", c.c)
    p.rect(38, 52, 24, 14, c.ink, 2)
    for i in range(3):
        p.line(42 + i * 7, 55, 42 + i * 7, 63, c.b, 2)
    p.stroke("M24 48 L10 60 L14 80 M76 48 L92 44 L98 24", c.ink, 6)
    p.path("M8 80 L20 80 L18 90 H10 Z", c.a)
    p.path("M93 24 L88 12 L93 12 L96 19 L97 9 L101 9 L101 19 L106 13 L109 16 L103 26 Z", c.a)
    p.rect(34, 78, 11, 22, c.ink, 2)
    p.rect(55, 78, 11, 22, c.ink, 2)
    p.rect(28, 96, 20, 7, c.a, 3)
    p.rect(52, 96, 20, 7, c.a, 3)


@motif
def atom(p: Pen, c: Inks) -> None:
    """An atom, as schoolbooks knew it."""
    for t, ink in ((0, c.a), (60, c.ink), (120, c.b)):
        with p.at(50, 50, 1, t):
            p.stroke("M-46 0 C-46 -20 46 -20 46 0 C46 20 -46 20 -46 0 Z", ink, 2.6)
            p.circ(46, 0, 4.6, ink)
    for x, y, ink in ((46, 46, c.a), (55, 47, c.b), (50, 55, c.ink), (44, 54, c.b), (56, 55, c.a), (50, 44, c.ink)):
        p.circ(x, y, 6, ink)


@motif
def cursor_key(p: Pen, c: Inks) -> None:
    """A padlock made of brackets, and a pointer that opens it."""
    p.stroke("M30 46 V30 C30 4 70 4 70 30 V36", c.ink, 8, "butt")
    p.rect(18, 46, 64, 52, c.ink, 4)
    p.stroke("M40 58 C32 58 36 70 28 72 C36 74 32 86 40 86 M60 58 C68 58 64 70 72 72 C64 74 68 86 60 86", c.paper, 3.4)
    p.path("M46 62 L46 84 L51.4 79.4 L55.4 87 L59 85 L55 78 L62 77.4 Z", c.a)


@motif
def house_kit(p: Pen, c: Inks) -> None:
    """A house put together from the wrong numbers."""
    with p.at(50, 56, 1, -12):
        p.poly([(-34, 40), (-28, -8), (30, -14), (38, 40)], c.paper)
        p.poly([(6, -11.6), (30, -14), (38, 40), (10, 40)], c.c)
        p.poly([(-42, -4), (-8, -40), (6, -10)], c.a)
        p.poly([(-8, -40), (48, -22), (34, -8), (6, -10)], c.ink)
        p.poly([(-24, 40), (-22, 14), (-10, 13), (-9, 40)], c.ink)
        p.rect(14, 4, 14, 14, c.b)
        p.frame(14, 4, 14, 14, c.ink, 2)
        p.line(21, 4, 21, 18, c.ink, 1.4)
        with p.at(-2, 4, 1, 24):
            p.rect(-7, -6, 13, 12, c.b)
            p.frame(-7, -6, 13, 12, c.ink, 2)
        with p.at(24, 30, 1, 90):
            p.rect(-6, -7, 16, 14, c.a)
            p.circ(6, 0, 1.4, c.ink)
        p.rect(10, -48, 9, 22, c.a)
        p.circ(-16, 26, 1.2, c.b)
    p.path("M82 8 C86 2 94 4 92 10 L98 40 L94 41 Z", c.ink)
    p.stroke("M6 98 H98", c.ink, 3)


@motif
def tripod(p: Pen, c: Inks) -> None:
    """A hand-cranked camera on three legs, one beetle's height."""
    p.rect(26, 20, 42, 34, c.ink, 2)
    p.circ(38, 10, 13, c.a)
    p.circ(60, 13, 10, c.a)
    p.circ(38, 10, 4, c.ink)
    p.circ(60, 13, 3, c.ink)
    p.rect(68, 28, 14, 15, c.a)
    p.path("M82 24 L92 20 V50 L82 46 Z", c.ink)
    p.circ(47, 37, 7, c.b)
    p.stroke("M47 37 L58 46", c.paper, 2.4)
    p.stroke("M40 54 L22 104 M48 54 V104 M56 54 L76 104 M34 80 H63", c.ink, 3)
