"""Animals and plants that bite."""
# ruff: noqa: E501 - a path is read whole

from __future__ import annotations

from catalog.sample.draw.motifs.registry import motif
from catalog.sample.draw.palettes import Inks
from catalog.sample.draw.pen import Pen
from catalog.sample.draw.shapes import svg


@motif
def dragon(p: Pen, c: Inks) -> None:
    """A young dragon over the peaks, seen from far below."""
    p.path(
        "M48 40 C36 20 18 10 -4 12 C6 18 8 24 4 30 C14 28 18 34 16 40 C26 36 34 42 36 50 C40 50 44 50 48 52 Z", c.ink
    )
    p.path(
        "M52 42 C60 20 80 4 106 4 C96 10 96 18 102 22 C92 22 88 28 92 34 C82 32 74 40 72 48 C66 46 60 48 54 52 Z", c.a
    )
    p.path(
        "M44 44 C54 36 62 38 66 44 C74 50 80 60 92 60 L102 54 L100 64 C92 72 78 68 68 58 C60 62 50 62 42 58 C34 66 26 74 12 72 C4 70 0 62 2 56 C8 64 16 66 24 60 C32 54 36 48 44 44 Z",
        c.ink,
    )
    p.path("M92 60 L102 54 L112 58 L102 66 Z", c.ink)
    p.path("M98 55 L96 48 L103 54 Z", c.ink)
    p.circ(103, 58, 1.2, c.b)
    p.path("M2 56 L-8 48 L-4 60 Z", c.ink)


@motif
def shrew(p: Pen, c: Inks) -> None:
    """A jaw that is mostly teeth."""
    p.path(
        "M-10 104 L0 60 C4 36 24 18 50 22 C72 24 90 34 104 50 L96 58 C80 60 66 58 54 62 C62 72 78 76 90 78 L84 86 C66 90 46 88 36 80 C30 90 34 98 30 110 Z",
        c.ink,
    )
    p.path("M4 44 L-8 20 L14 34 L16 8 L28 26 L40 4 L46 22 Z", c.ink)
    p.path(
        "M54 62 C66 58 80 60 96 58 L92 68 L86 60 L82 72 L74 60 L70 74 L62 61 Z M54 64 C62 72 78 76 90 78 L82 70 L78 78 L70 68 L64 74 Z",
        c.paper,
    )
    p.path("M52 36 C58 30 68 32 72 40 C64 46 56 44 52 36 Z", c.b)
    p.circ(63, 38, 3, c.ink)
    p.path("M94 46 C102 42 108 48 104 54 C100 56 94 54 94 46 Z", c.a)
    p.stroke("M88 52 L112 40 M88 55 L114 54 M88 58 L112 66", c.ink, 1.1)
    p.path("M62 74 C68 82 76 84 84 84 C78 88 66 86 60 80 Z", c.a)


@motif
def hungry_plant(p: Pen, c: Inks) -> None:
    """A pot plant with an appetite."""
    p.path("M30 78 H70 L64 104 H36 Z", c.b)
    p.rect(26, 72, 48, 8, c.b, 2)
    p.path("M58 80 L70 80 L64 104 H55 Z", c.ink, 0.35)
    p.stroke("M50 74 C44 60 62 58 54 44", c.a, 6)
    p.path("M52 66 C64 56 80 58 90 68 C78 74 62 74 52 68 Z M46 66 C36 54 20 56 10 64 C22 72 36 72 46 68 Z", c.a)
    p.path("M8 26 C14 4 46 -4 70 6 C86 12 94 24 92 32 L50 30 Z", c.a)
    p.path("M8 26 L50 30 L92 32 C90 46 70 54 48 52 C24 50 6 42 8 26 Z", c.a)
    p.path("M12 27 L50 22 L90 31 L50 42 Z", c.ink)
    for x in (18, 28, 38, 48, 58, 68, 78):
        y = 26.6 - (5 - abs(x - 48) / 7)
        p.poly([(x - 4, y), (x + 4, y), (x, y + 9)], c.paper)
        p.poly([(x - 4, 36.4 - abs(x - 48) / 8), (x + 4, 36.4 - abs(x - 48) / 8), (x, 28)], c.paper)
    for x, y, r in ((28, 14, 4), (46, 9, 3), (62, 14, 4.4), (76, 20, 3), (40, 47, 3), (60, 47, 3.4)):
        p.circ(x, y, r, c.c)


@motif
def sprite(p: Pen, c: Inks) -> None:
    """A mushroom with knees, smiling too long."""
    p.path("M4 46 C6 14 30 0 50 0 C70 0 94 14 96 46 C80 56 20 56 4 46 Z", c.a)
    for x, y, r in ((28, 24, 7), (52, 13, 6), (74, 28, 8), (46, 36, 5), (14, 40, 4.4), (88, 43, 4)):
        p.circ(x, y, r, c.paper)
    p.path("M34 50 H66 C70 66 68 80 62 86 H38 C32 80 30 66 34 50 Z", c.c)
    p.circ(42, 61, 4.6, c.paper)
    p.circ(58, 61, 4.6, c.paper)
    p.circ(43, 62, 2.2, c.ink)
    p.circ(59, 62, 2.2, c.ink)
    p.path("M38 70 C44 75 56 75 62 70 C60 82 40 82 38 70 Z", c.ink)
    for x in (42, 47, 52, 57):
        p.poly([(x - 2.2, 73), (x + 2.2, 73), (x, 77)], c.paper)
    p.stroke("M34 68 L20 74 L14 64 M66 68 L80 74 L88 62 M42 86 L38 102 M58 86 L62 102", c.c, 4)
    p.stroke("M88 62 L92 44", c.ink, 2)
    p.path("M92 44 L89 34 L95 34 Z", c.ink)


@motif
def shepherd_spirit(p: Pen, c: Inks) -> None:
    """A girl with a staff and the huge antlered thing that wakes the year."""
    p.stroke(
        "M34 44 C26 30 30 16 18 2 M28 26 C18 24 12 18 8 8 M24 12 C28 8 30 2 30 -6 M66 44 C74 30 70 16 82 2 M72 26 C82 24 88 18 92 8 M76 12 C72 8 70 2 70 -6",
        c.ink,
        3.4,
    )
    p.path("M30 44 C36 34 64 34 70 44 C74 66 66 86 50 104 C34 86 26 66 30 44 Z", c.ink)
    p.path("M36 52 C40 48 46 50 47 55 C42 58 38 57 36 52 Z M64 52 C60 48 54 50 53 55 C58 58 62 57 64 52 Z", c.b)
    for x, y in ((18, 2), (8, 8), (30, -6), (82, 2), (92, 8), (70, -6), (28, 26), (72, 26)):
        p.ell(x, y, 5, 2.6, c.a, x)
    p.path("M84 104 L87 82 C87 76 95 76 95 82 L99 104 Z", c.a)
    p.circ(91, 74, 4, c.paper)
    p.path("M86 75 C85 67 97 67 96 75 Z", c.ink)
    p.line(101, 66, 99, 104, c.ink, 1.5)


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
