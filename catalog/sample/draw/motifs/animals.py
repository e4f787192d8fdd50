"""Animals, wild and tame."""
# ruff: noqa: E501 - a path is read whole

from __future__ import annotations

from catalog.sample.draw.motifs.registry import motif
from catalog.sample.draw.palettes import Inks
from catalog.sample.draw.pen import Pen


@motif
def dinosaur(p: Pen, c: Inks) -> None:
    """A sauropod with a flower in its mouth."""
    p.path(
        "M2 88 C14 86 20 70 30 58 C40 46 56 46 62 40 C68 32 66 18 74 10 C80 4 92 6 96 12 C98 16 94 20 86 19 C80 20 80 30 78 42 C76 56 72 64 68 72 L70 96 H60 L58 78 C50 80 44 80 40 78 L38 96 H28 L28 78 C22 84 14 92 2 88 Z",
        c.a,
    )
    p.path(
        "M2 88 C14 86 20 76 30 72 C44 68 58 70 66 62 C74 52 72 30 80 19 C80 30 80 32 78 42 C76 56 72 64 68 72 L70 96 H60 L58 78 C50 80 44 80 40 78 L38 96 H28 L28 78 C22 84 14 92 2 88 Z",
        c.ink,
        0.32,
    )
    p.circ(84, 11.6, 2, c.ink)
    p.stroke("M88 17 C91 17.6 94 17 96 15.4", c.ink, 1.2)
    p.stroke("M94 17 C98 22 100 26 99 34", c.ink, 1.3)
    p.star(99, 35, 6, 2.4, 6, c.b)
    for x, y in ((34, 62), (44, 54), (56, 52), (48, 64), (66, 46), (71, 32)):
        p.circ(x, y, 2.2, c.ink)
    p.rect(-14, 95, 128, 5, c.ink)


@motif
def rabbit(p: Pen, c: Inks) -> None:
    """A very large, very calm rabbit with a butterfly."""
    p.path("M36 34 C26 22 22 4 28 -8 C36 -6 42 12 44 30 Z M60 34 C64 16 72 2 82 0 C86 10 80 26 68 38 Z", c.c)
    p.path("M35 28 C31 18 29 8 30 0 C35 6 38 16 40 28 Z M65 32 C68 22 72 14 78 8 C79 16 74 26 68 33 Z", c.a)
    p.path("M14 104 C8 84 14 68 28 62 C22 46 32 32 50 30 C68 32 78 46 72 62 C86 68 92 84 86 104 Z", c.c)
    p.path("M30 104 C28 88 38 78 50 78 C62 78 72 88 70 104 Z", c.paper)
    p.circ(40, 46, 3.2, c.ink)
    p.circ(60, 46, 3.2, c.ink)
    p.circ(41, 45, 1, c.paper)
    p.circ(61, 45, 1, c.paper)
    p.path("M46 54 H54 L50 59 Z", c.a)
    p.stroke("M50 59 V63 C46 67 42 66 40 64 M50 63 C54 67 58 66 60 64", c.ink, 1.5)
    p.rect(46.6, 64, 6.8, 5, c.paper, 1)
    p.stroke("M30 56 L18 53 M30 60 L18 62 M70 56 L82 53 M70 60 L82 62", c.ink, 1)
    with p.at(92, 22, 1, 20):
        p.path("M0 0 C-14 -16 -20 0 0 4 C20 0 14 -16 0 0 Z M0 2 C-12 6 -8 18 0 6 C8 18 12 6 0 2 Z", c.b)
        p.line(0, -5, 0, 9, c.ink, 1.8)


@motif
def llama(p: Pen, c: Inks) -> None:
    """A llama before a wire fence."""
    p.path(
        "M24 100 L26 70 C18 64 18 54 24 50 C36 44 50 48 60 46 C62 34 60 22 62 14 L60 4 L66 10 H72 L76 3 L77 12 C84 14 92 18 92 22 C92 28 84 28 78 28 C78 42 80 60 72 68 L74 100 H67 L64 74 C54 76 44 76 38 72 L32 100 Z",
        c.paper,
    )
    p.path(
        "M24 100 L26 70 C30 74 34 73 38 72 L32 100 Z M72 68 L74 100 H67 L64 74 C68 72 70 70 72 68 Z M60 46 C64 54 62 64 54 70 C62 72 70 70 72 68 C80 60 78 42 78 28 L70 28 C70 38 68 44 60 46 Z",
        c.c,
    )
    p.circ(75, 17, 1.8, c.ink)
    p.stroke("M86 24 C88 24.6 90 24 91.4 22.6", c.ink, 1.1)
    p.path("M28 52 C38 46 50 49 58 48 L58 58 C48 62 38 60 30 58 Z", c.a)
    p.stroke("M30 54 L34 58 L38 52 L42 58 L46 52 L50 58 L54 52 L58 57", c.b, 1.3)
    p.stroke("M60 34 C66 36 72 36 78 34", c.a, 2.6)


@motif
def sheep(p: Pen, c: Inks) -> None:
    """A sheep on a rope, at the end of an island."""
    p.stroke("M50 -20 V20 C50 28 40 28 42 36", c.ink, 2)
    for x, y, r in (
        (30, 52, 14),
        (46, 44, 15),
        (64, 48, 15),
        (74, 60, 13),
        (60, 68, 14),
        (42, 68, 14),
        (28, 64, 12),
        (52, 58, 18),
    ):
        p.circ(x, y, r, c.paper)
    for x in (36, 44, 62, 70):
        p.line(x, 78, x, 100, c.ink, 4)
    p.path("M20 46 C10 44 6 54 8 62 C10 72 20 74 24 66 C28 58 28 48 20 46 Z", c.ink)
    p.path("M22 50 C28 46 34 48 36 52 C30 56 26 56 22 54 Z", c.ink)
    p.circ(14, 56, 2.2, c.paper)
    p.circ(14, 56, 1, c.ink)
    p.stroke("M58 52 C62 48 66 50 66 54 M44 60 C48 56 52 58 52 62 M66 66 C70 62 74 64 74 68", c.c, 2)
    p.rect(-20, 98, 140, 6, c.a)


@motif
def beetle(p: Pen, c: Inks) -> None:
    """A stag beetle in evening dress."""
    p.path("M50 26 C42 20 38 8 28 2 C26 12 30 22 40 30 Z M50 26 C58 20 62 8 72 2 C74 12 70 22 60 30 Z", c.ink)
    p.path("M34 8 L42 12 L38 16 Z M66 8 L58 12 L62 16 Z", c.ink)
    p.path("M36 30 C40 22 60 22 64 30 L62 40 H38 Z", c.ink)
    p.path("M50 40 C74 40 80 60 74 78 C70 92 60 98 50 100 C40 98 30 92 26 78 C20 60 26 40 50 40 Z", c.a)
    p.path("M50 40 C74 40 80 60 74 78 C70 92 60 98 50 100 Z", c.ink)
    p.line(50, 42, 50, 99, c.b, 1.6)
    for d in (
        "M32 46 L14 38 L6 26",
        "M68 46 L86 38 L94 26",
        "M27 62 L8 62 L-2 74",
        "M73 62 L92 62 L102 74",
        "M30 80 L16 88 L12 102",
        "M70 80 L84 88 L88 102",
    ):
        p.stroke(d, c.ink, 3)
    p.stroke("M40 52 C34 60 34 74 40 86", c.b, 1.6)
    p.circ(44, 31, 2, c.b)
    p.circ(56, 31, 2, c.b)


@motif
def serpent(p: Pen, c: Inks) -> None:
    """A great snake wound round one straight blade."""
    p.path("M47 -4 L53 -4 L53.4 74 L50 80 L46.6 74 Z", c.paper)
    p.rect(36, 76, 28, 4, c.ink, 2)
    p.rect(47, 80, 6, 22, c.ink)
    p.stroke("M22 96 C62 104 86 88 66 74 C48 62 20 68 28 52 C36 38 76 48 74 32 C72 20 46 28 40 18", c.a, 9)
    p.stroke("M22 96 C62 104 86 88 66 74 C48 62 20 68 28 52 C36 38 76 48 74 32 C72 20 46 28 40 18", c.ink, 1.6)
    p.path("M47 20 L53 20 L53 34 L47 32 Z M47 56 L53 56 L53.2 70 L47 68 Z", c.paper)
    p.path("M44 22 C36 24 26 16 24 8 C32 4 44 8 48 16 Z", c.a)
    p.circ(34, 11, 1.8, c.b)
    p.stroke("M26 10 L14 6 M19 7.6 L14 12", c.b, 1.5)


@motif
def bird_cage(p: Pen, c: Inks) -> None:
    """A cage with the door open and a bird on the outside."""
    p.ring(50, 3, 5, 2, c.ink)
    p.stroke("M20 92 V46 C20 0 80 0 80 46 V92", c.ink, 2.6)
    for x in (30, 40, 60, 70):
        top = 14 + abs(x - 50) * 0.7
        p.line(x, top, x, 92, c.ink, 1.7)
    p.line(50, 10, 50, 92, c.ink, 1.7)
    p.line(20, 46, 80, 46, c.ink, 2)
    p.rect(14, 90, 72, 9, c.a, 2)
    p.line(30, 76, 70, 76, c.ink, 2)
    p.path("M40 90 V60 C40 52 60 52 60 60 V90 Z", c.b)
    p.path("M82 26 C88 20 98 22 100 30 L110 32 L101 36 C98 44 88 48 78 44 L66 54 L70 42 C72 34 76 30 82 26 Z", c.a)
    p.path("M84 34 C90 34 94 38 92 42 C86 44 80 42 78 40 Z", c.ink)
    p.circ(95, 29, 1.5, c.ink)


@motif
def siren_turtle(p: Pen, c: Inks) -> None:
    """A turtle that has pulled in its head, under a siren."""
    p.path("M12 74 C14 40 86 40 88 74 Z", c.a)
    p.path("M26 72 L34 54 L50 50 L66 54 L74 72 M34 54 L40 72 M66 54 L60 72 M50 50 V72", c.a)
    p.stroke("M26 72 L34 54 L50 48 L66 54 L74 72 M34 54 L42 72 M66 54 L58 72", c.ink, 1.8)
    p.rect(8, 72, 84, 9, c.b, 4)
    p.path("M18 80 C16 90 20 94 28 93 C32 92 32 86 30 80 Z M82 80 C84 90 80 94 72 93 C68 92 68 86 70 80 Z", c.c)
    p.path("M84 70 C90 60 104 62 104 72 C104 80 94 82 88 78 Z", c.c)
    p.circ(98, 70, 1.9, c.ink)
    p.path("M88 64 C90 52 108 52 108 66 Z", c.ink)
    p.rect(86, 64, 24, 3.4, c.ink, 1.6)
    p.star(50, 14, 20, 9, 12, c.b)
    p.circ(50, 14, 9, c.paper)
    p.path("M47.6 4 H52.4 L51.4 17 H48.6 Z", c.ink)
    p.circ(50, 20.4, 1.9, c.ink)


@motif
def cat_dog(p: Pen, c: Inks) -> None:
    """A cat and a dog behind one windscreen."""
    p.path("M2 70 C2 20 98 20 98 70 Z", c.c)
    p.path("M16 70 V42 L20 26 L30 36 H38 L46 26 L50 42 V70 Z", c.ink)
    p.circ(28, 48, 3.4, c.b)
    p.circ(40, 48, 3.4, c.b)
    p.path("M32 55 H36 L34 58 Z", c.a)
    p.path("M56 70 V44 C56 34 84 34 84 44 V70 Z", c.paper)
    p.path("M56 40 C48 38 48 56 54 60 C58 56 58 48 58 42 Z M84 40 C92 38 92 56 86 60 C82 56 82 48 82 42 Z", c.a)
    p.circ(65, 50, 2.8, c.ink)
    p.circ(75, 50, 2.8, c.ink)
    p.ell(70, 58, 5, 3.6, c.ink)
    p.rect(-8, 68, 116, 14, c.a, 7)
    p.path("M4 82 H96 L84 98 H16 Z", c.ink)
    for x in (14, 32, 50, 68, 86):
        p.circ(x, 75, 3, c.paper)
    p.path("M26 98 L34 114 L42 98 Z M58 98 L66 114 L74 98 Z", c.b)


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
