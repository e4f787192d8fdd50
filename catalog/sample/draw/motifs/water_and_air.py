"""Ships, aircraft and a horse that flies."""
# ruff: noqa: E501 - a path is read whole

from __future__ import annotations

from catalog.sample.draw.motifs.registry import motif
from catalog.sample.draw.palettes import Inks
from catalog.sample.draw.pen import Pen


@motif
def battleship(p: Pen, c: Inks) -> None:
    """Bow, turret and two long guns, seen from the water."""
    p.path("M0 100 L14 66 H100 V100 Z", c.ink)
    p.path("M14 66 H100 V71 H12 Z", c.a)
    p.path("M40 66 L44 48 H78 L84 66 Z", c.c)
    p.path("M62 48 H78 L84 66 H66 Z", c.ink)
    for y, t in ((50, -17), (56, -17)):
        with p.at(46, y, 1, t):
            p.rect(-54, -2.6, 56, 5.2, c.ink if y == 50 else c.a, 1)
            p.rect(-56, -3.6, 6, 7.2, c.ink)
    p.path("M66 48 V30 H86 V48 Z", c.ink)
    p.rect(62, 26, 28, 5, c.a)
    p.rect(73, -4, 3, 30, c.ink)
    p.stroke("M74 0 L96 40 M74 0 L52 46", c.ink, 0.9)
    p.path("M76 -4 L98 2 L76 10 Z", c.a)
    for x in (24, 36, 48, 60, 72, 84):
        p.circ(x, 80, 2.2, c.b)


@motif
def ocean_liner(p: Pen, c: Inks) -> None:
    """A bow as tall as a street, and a hat on the rail."""
    p.path("M50 4 L92 26 L82 100 H18 L8 26 Z", c.ink)
    p.path("M50 4 L8 26 L18 100 H50 Z", c.a)
    p.path("M18 84 H82 L81 92 H19 Z", c.b)
    p.line(50, 4, 50, 100, c.paper, 1.4)
    p.stroke("M8 26 C30 18 40 12 50 4 C60 12 70 18 92 26", c.paper, 2)
    for y in (40, 52):
        for x in (20, 30, 40, 60, 70, 80):
            p.circ(x, y, 1.8, c.paper)
    p.circ(34, 66, 4, c.ink)
    p.circ(66, 66, 4, c.paper)
    p.rect(40, -30, 8, 30, c.ink)
    p.rect(56, -26, 8, 28, c.ink)
    p.rect(40, -24, 8, 7, c.a)
    p.rect(56, -20, 8, 7, c.a)


@motif
def biplane(p: Pen, c: Inks) -> None:
    """Two wings, a roundel, a trail of smoke."""
    p.path("M-26 92 C-6 72 6 74 18 62 C26 56 28 60 22 68 C10 82 -6 82 -26 92 Z", c.c)
    with p.at(52, 46, 1, -20):
        p.path("M-40 -2 C-20 -8 20 -8 40 -5 L44 4 C20 10 -20 8 -40 3 Z", c.a)
        p.path("M-46 -16 L-36 -14 L-32 2 L-40 4 Z", c.a)
        p.rect(-6, -24, 46, 6, c.ink, 3)
        p.rect(-2, 9, 42, 6, c.ink, 3)
        p.stroke("M2 -20 L4 12 M34 -20 L32 12 M2 -20 L32 12", c.ink, 1.3)
        p.ell(45, 0, 2.4, 17, c.c)
        p.circ(43, -1, 4.6, c.ink)
        p.circ(-16, 0, 5.4, c.paper)
        p.circ(-16, 0, 2.8, c.b)
        p.path("M8 -6 C8 -14 18 -14 18 -6 Z", c.ink)
        p.circ(13, -11, 3.4, c.b)
        p.stroke("M14 10 L10 22 M24 10 L26 22", c.ink, 1.4)
        p.circ(10, 23, 4, c.ink)
        p.circ(26, 23, 4, c.ink)


@motif
def airship(p: Pen, c: Inks) -> None:
    """A ribbed hull, nose down, and fire along its spine."""
    with p.at(50, 46, 1, 14):
        for i in range(9):
            x = -44 + i * 9
            p.path(
                f"M{x} -14 C{x - 9} -32 {x + 6} -34 {x - 4} -56 C{x + 14} -42 {x + 14} -30 {x + 10} -12 Z",
                c.a if i % 2 else c.b,
            )
        p.path("M-60 0 C-44 -24 30 -24 58 0 C30 24 -44 24 -60 0 Z", c.c)
        p.path("M-60 0 C-44 24 30 24 58 0 C30 10 -40 10 -60 0 Z", c.ink)
        for y in (-13, -6, 1):
            p.stroke(f"M-56 {y * 0.3} C-40 {y} 26 {y} 55 {y * 0.2}", c.ink, 0.9)
        p.path("M-50 -6 L-66 -24 L-56 -26 L-36 -14 Z M-50 8 L-64 24 L-54 26 L-36 14 Z", c.ink)
        p.rect(10, 17, 16, 6, c.ink, 2)
    p.stroke("M86 104 L92 56 L98 104 M88 90 H96 M89.6 76 H94.6 M88 90 L94.6 76 M96 90 L89.6 76", c.ink, 1.6)


@motif
def barge(p: Pen, c: Inks) -> None:
    """A river barge under a bride."""
    p.path("M-10 66 H80 C92 66 98 60 104 54 L102 78 C98 88 90 90 80 90 H0 C-6 84 -10 76 -10 66 Z", c.ink)
    p.rect(-10, 66, 96, 4, c.a)
    p.path("M2 66 V48 H34 V66 Z", c.a)
    p.rect(8, 53, 7, 6, c.b)
    p.rect(21, 53, 7, 6, c.b)
    p.rect(26, 36, 5, 12, c.ink)
    p.path("M29 34 C20 28 30 22 20 14 C36 16 30 26 36 32 Z", c.c)
    p.path("M72 66 C74 52 68 44 74 38 C76 34 82 34 83 40 C84 48 92 54 90 66 Z", c.paper)
    p.circ(78, 33, 4.2, c.c)
    p.path("M74 36 C70 24 86 22 84 34 C86 46 98 50 110 48 C98 56 86 50 82 40 C81 34 77 32 74 36 Z", c.paper)
    for y, x, w in ((94, 4, 40), (98, 40, 56), (103, 0, 46)):
        p.rect(x, y, w, 1.8, c.b, 0.9)


@motif
def river_steamer(p: Pen, c: Inks) -> None:
    """A paddle steamer that dances on its own waves."""
    p.path("M4 66 H92 C94 80 82 86 50 86 C18 86 6 80 4 66 Z", c.a)
    p.rect(12, 50, 66, 16, c.paper, 2)
    for x in (18, 28, 38, 48):
        p.rect(x, 54, 6, 8, c.ink, 1)
    p.rect(10, 46, 70, 5, c.ink, 2)
    p.rect(18, 32, 30, 14, c.paper, 2)
    p.rect(15, 29, 36, 4, c.ink, 2)
    p.rect(23, 35, 8, 7, c.ink, 1)
    p.rect(36, 35, 8, 7, c.ink, 1)
    for x, h in ((58, 36), (68, 30)):
        p.path(f"M{x} 46 L{x - 1} {46 - h} H{x + 8} L{x + 7} 46 Z", c.ink)
        p.path(f"M{x - 3} {46 - h} H{x + 10} L{x + 7} {40 - h} H{x} Z", c.a)
        for i in range(3):
            p.circ(x + 3 - i * 9, 34 - h - i * 8, 5 + i * 2.4, c.c)
    p.circ(80, 70, 15, c.b)
    for i in range(6):
        with p.at(80, 70, 1, 30 * i):
            p.line(-15, 0, 15, 0, c.ink, 2)
    p.circ(80, 70, 4, c.ink)
    p.path(
        "M-14 86 C-4 78 4 78 12 86 C22 78 32 78 40 86 C50 78 60 78 68 86 C78 78 88 78 96 86 C102 80 110 80 116 86 V104 H-14 Z",
        c.ink,
    )
    p.stroke("M-6 95 C2 90 8 90 14 95 M34 95 C42 90 48 90 54 95 M76 95 C84 90 90 90 96 95", c.paper, 1.8)


@motif
def submarine(p: Pen, c: Inks) -> None:
    """A riveted boat held in eight arms."""
    p.path("M2 36 C10 22 70 20 98 36 C70 52 10 50 2 36 Z", c.ink)
    p.path("M34 26 L38 14 H54 L58 26 Z", c.ink)
    for x in (24, 42, 60):
        p.circ(x, 36, 4.6, c.b)
        p.ring(x, 36, 4.6, 1.4, c.paper)
    p.path("M2 36 L-8 26 V46 Z", c.a)
    p.path("M30 66 C30 52 70 52 70 66 C74 80 66 86 50 86 C34 86 26 80 30 66 Z", c.a)
    p.circ(42, 68, 4.6, c.paper)
    p.circ(58, 68, 4.6, c.paper)
    p.circ(42.6, 68.6, 2.2, c.ink)
    p.circ(57.4, 68.6, 2.2, c.ink)
    for d in (
        "M34 78 C18 78 16 60 22 46 C24 36 18 24 10 18", "M66 78 C82 78 84 60 78 46 C76 36 84 26 92 20",
        "M36 84 C22 92 10 84 4 72 C0 64 4 56 10 56", "M64 84 C78 92 90 84 96 72 C100 64 96 56 90 56",
        "M44 86 C40 98 28 102 16 98", "M56 86 C60 98 72 102 84 98",
    ):  # fmt: skip
        p.stroke(d, c.a, 5.4)


@motif
def flying_horse(p: Pen, c: Inks) -> None:
    """A horse cut with fine scissors, over the domes."""
    p.path(
        "M2 46 C14 30 20 44 30 42 C42 34 56 44 66 38 C70 28 76 20 86 16 L88 8 L92 15 C98 20 102 28 100 32 C96 34 92 32 90 30 C90 40 86 48 80 52 C88 52 96 58 100 68 L94 70 C90 62 82 62 76 60 C84 68 80 76 86 84 L81 88 C74 80 74 70 66 62 C56 66 48 62 40 60 C34 68 22 68 18 80 L13 79 C14 68 22 64 26 56 C20 62 10 66 4 76 L-1 73 C4 62 14 58 20 50 C14 50 8 52 2 46 Z",
        c.ink,
    )
    p.path("M50 42 C46 26 30 12 10 8 C18 16 16 18 12 20 C22 22 22 26 18 30 C30 28 38 36 44 46 Z", c.ink)
    p.stroke("M46 40 C40 28 30 20 18 14 M44 42 C36 32 28 27 20 23", c.b, 1.1)
    p.path("M54 42 C52 30 56 22 61 22 C67 22 68 32 65 42 L67 54 L62 56 Z", c.ink)
    p.path(
        "M56 20 C54 14 58 10 62 10 C67 10 68 15 67 19 C66 22 58 23 56 20 Z M55 14 C58 4 66 4 68 13 C72 10 76 4 74 -2 C70 4 66 6 62 6 C58 6 56 10 55 14 Z",
        c.ink,
    )
    p.stroke("M68 38 C74 30 80 24 88 22 M30 46 C28 50 26 52 24 54", c.b, 1)
