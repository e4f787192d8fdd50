"""Motifs that one film asked for and no other could lend."""

from __future__ import annotations

from catalog.sample.draw.motifs.registry import motif
from catalog.sample.draw.palettes import Inks
from catalog.sample.draw.pen import Pen, mix


@motif
def inferno_pit(p: Pen, c: Inks) -> None:
    """Rings that narrow downward, two small walkers, a fire at the end."""
    for i in range(6):
        k = 1 - i * 0.155
        y = 24 + i * 11.5
        p.ell(50, y, 50 * k, 17 * k, c.ink if i % 2 else mix(c.a, c.ink, 0.12 * i))
    p.ell(50, 84, 9, 4, c.b)
    p.path("M50 88 C40 80 44 70 48 62 C48 68 52 68 52 60 C58 68 60 80 50 88 Z", c.paper)
    for x, s, ink in ((22, 1.0, c.paper), (30, 1.05, c.b)):
        with p.at(x, 22, s):
            p.circ(0, -19, 2.8, ink)
            p.path("M-4 0 C-5 -10 -3 -16 0 -16 C3 -16 5 -10 4 0 Z", ink)
    for x, y, t in ((70, 30, 20), (78, 38, -30), (64, 44, 70), (34, 46, -50), (40, 58, 30), (62, 57, -20)):
        with p.at(x, y, 1, t):
            p.circ(0, -4.6, 1.5, c.paper)
            p.path("M-1.8 4 L-1.6 -3 H1.6 L1.8 4 Z", c.paper)


@motif
def elephant_column(p: Pen, c: Inks) -> None:
    """A rearing stone elephant on its pillar, and the stairs of Babylon."""
    p.rect(34, 56, 32, 30, c.a)
    for x in (38, 46, 54, 62):
        p.line(x, 58, x, 86, c.ink, 1.2)
    p.rect(28, 50, 44, 7, c.ink)
    p.rect(30, 84, 40, 5, c.ink)
    p.path(
        "M38 50 C34 40 36 26 44 20 C50 14 62 14 68 20 C74 24 76 32 72 36 C70 40 72 46 70 50 H60 L60 42 C56 44 52 44 50 42 L48 50 Z",
        c.b,
    )
    p.path("M44 20 C36 20 30 14 32 4 C34 -2 28 -6 24 -4 C20 -2 22 2 25 2 C24 14 30 26 42 30 Z", c.b)
    p.path("M52 18 C60 16 64 26 60 32 C54 34 48 28 52 18 Z", c.ink, 0.5)
    p.circ(44, 21, 1.5, c.ink)
    p.path("M38 26 C34 28 30 28 27 25 C29 31 35 33 40 30 Z", c.paper)
    p.path("M66 34 L80 26 L84 30 L72 40 Z", c.b)
    for i in range(4):
        p.rect(14 - i * 6, 88 + i * 4, 72 + i * 12, 4, (c.a, c.ink)[i % 2])
    for x in (6, 94):
        p.rect(x - 4, 40, 8, 48, c.a)
        p.rect(x - 7, 36, 14, 5, c.ink)


@motif
def gate_figure(p: Pen, c: Inks) -> None:
    """A young woman with a suitcase before an iron gate that stands ajar."""
    for x in (2, 90):
        p.rect(x, 8, 8, 96, c.ink)
        p.circ(x + 4, 4, 6, c.a)
    for x in (16, 23, 30):
        p.rect(x, 18, 2.4, 86, c.ink)
        p.poly([(x - 1.6, 18), (x + 1.2, 9), (x + 4, 18)], c.ink)
    p.rect(10, 30, 24, 3, c.ink)
    p.rect(10, 88, 24, 3, c.ink)
    for i, x in enumerate((78, 84)):
        p.rect(x, 22 + i * -3, 2.4, 86, c.ink)
    p.poly([(90, 30), (74, 34), (74, 37), (90, 33)], c.ink)
    p.path("M45 104 L47 70 C44 58 46 48 52 46 H60 C66 48 68 58 65 70 L69 104 Z", c.a)
    p.path("M56 46 H60 C66 48 68 58 65 70 L69 104 H58 Z", c.ink, 0.35)
    p.path("M50 46 L56 54 L62 46 L59 44 H53 Z", c.paper)
    p.path("M51 32 C51 42 53 45 56 45 C60 45 62 41 62 32 Z", mix(c.ink, c.a, 0.35))
    p.path("M47 32 C46 20 66 18 66 31 C60 29 54 29 47 32 Z", c.b)
    p.path("M44 33 C50 29 62 28 69 31 C66 34 50 35 44 33 Z", c.b)
    p.path("M48 52 C42 58 40 66 40 74 L44 74 C46 66 48 62 51 58 Z", c.a)
    p.rect(33, 76, 16, 13, c.b, 2)
    p.frame(38, 72, 6, 5, c.ink, 1.5, 1)
    p.rect(62, 56, 9, 12, c.paper, 1)


@motif
def wind_horse(p: Pen, c: Inks) -> None:
    """A white horse made of wind over a very small cabin."""
    for i, (y, w) in enumerate(((6, 3.4), (15, 2.4), (24, 1.8), (62, 2.4), (70, 1.6))):
        p.stroke(
            f"M-24 {y + 8} C10 {y - 12} 40 {y + 18} 70 {y} C86 {y - 8} 104 {y + 6} 124 {y - 4}",
            c.a if i % 2 else c.paper,
            w,
        )
    p.path(
        "M-20 60 C0 44 20 52 34 42 C46 34 58 38 66 32 C70 22 76 14 86 10 L88 2 L92 9 C100 14 104 24 102 28 C98 31 93 29 90 26 C90 38 86 46 78 50 C88 50 98 54 104 62 L99 65 C92 58 84 58 74 58 C80 62 84 68 92 72 L89 76 C80 74 74 68 66 62 C52 66 40 62 28 64 C16 68 2 66 -20 74 C-8 66 2 62 10 58 C0 58 -10 60 -20 60 Z",
        c.paper,
    )
    p.stroke("M86 10 C76 14 66 16 54 14 M80 16 C70 20 58 22 46 20 M76 24 C64 28 54 28 40 28", c.paper, 2.2)
    p.circ(94, 18, 1.5, c.ink)
    p.path("M-20 104 C10 92 70 96 124 90 V110 H-20 Z", c.ink)
    p.rect(22, 84, 16, 12, c.ink)
    p.poly([(19, 85), (30, 76), (41, 85)], c.a)
    p.rect(28, 88, 4, 4, c.b)
    p.line(48, 96, 47, 78, c.ink, 1.2)
    p.circ(47, 77, 3, c.ink)


@motif
def plough(p: Pen, c: Inks) -> None:
    """A plough against a wall of dust."""
    for x, y, r in ((8, 30, 22), (30, 18, 26), (58, 14, 28), (84, 24, 26), (100, 40, 20), (-4, 48, 16)):
        p.circ(x, y, r, c.c)
    for x, y, r in ((20, 40, 20), (48, 36, 24), (78, 44, 22)):
        p.circ(x, y, r, mix(c.c, c.ink, 0.35))
    for i in range(7):
        p.poly(
            [
                (50 + (i - 3) * 5, 66),
                (50 + (i - 3) * 36, 110),
                (50 + (i - 3) * 36 + 16, 110),
                (50 + (i - 3) * 5 + 3, 66),
            ],
            c.b if i % 2 else c.ink,
        )
    p.rect(-20, 62, 140, 6, c.ink)
    p.path("M8 52 L48 62 L80 62 C88 62 92 66 92 72 L84 70 L58 70 C60 84 50 92 38 94 C46 84 46 74 40 68 L4 58 Z", c.ink)
    p.path("M58 70 C60 84 50 92 38 94 C52 92 70 84 72 70 Z", c.paper)
    p.path("M8 52 L-6 40 M4 58 L-10 50", c.ink)
    p.stroke("M10 54 L-8 40 M8 57 L-12 52", c.ink, 3)
    p.circ(92, 76, 8, c.ink)
    p.circ(92, 76, 4.6, c.paper)


@motif
def semaphore(p: Pen, c: Inks) -> None:
    """A railway signal, a crossroads, a young man with a suitcase."""
    p.path("M34 104 L46 66 H54 L66 104 Z", c.paper)
    p.path("M-20 92 L120 78 V86 L-20 100 Z", c.paper)
    p.rect(70, -4, 5, 96, c.ink)
    p.path("M72 2 L34 10 V20 L72 12 Z", c.a)
    p.path("M46 7.6 L52 6.4 V16.6 L46 17.8 Z", c.paper)
    p.path("M72 26 L40 40 L43 48 L73 36 Z", c.b)
    p.circ(72.4, 14, 6, c.ink)
    p.circ(72.4, 14, 3.4, c.b)
    p.rect(62, 90, 21, 8, c.ink)
    p.path("M20 98 L22 70 C18 62 20 52 26 50 H34 C40 52 42 62 38 70 L40 98 H33 L30 76 L27 98 Z", c.ink)
    p.circ(30, 42, 7, c.c)
    p.path("M20 41 C20 30 38 28 40 39 L45 41 L20 43 Z", c.ink)
    p.rect(40, 74, 18, 14, c.a, 2)
    p.frame(46, 70, 6, 5, c.ink, 1.6, 1)
    p.path("M38 56 L46 72 L42 74 L35 62 Z", c.ink)


@motif
def butler_hand(p: Pen, c: Inks) -> None:
    """A gloved hand, a tray, a glass, and a tag that says found."""
    p.path("M30 104 L34 76 H62 L66 104 Z", c.ink)
    p.rect(33, 72, 30, 8, c.paper)
    p.circ(48, 76, 2, c.b)
    p.path(
        "M34 72 C30 62 26 58 22 50 C20 45 26 42 30 47 L36 54 L36 44 H64 L66 54 L70 47 C74 43 79 46 77 51 C72 60 66 64 62 72 Z",
        c.paper,
    )
    p.stroke("M42 46 V56 M50 46 V57 M58 46 V56", c.c, 1.4)
    p.ell(50, 41, 46, 5.6, c.ink)
    p.ell(50, 38.6, 44, 4.4, c.c)
    p.path("M36 0 H66 L54 18 V34 H60 V37 H42 V34 H48 V18 Z", c.paper)
    p.path("M41 5 H61 L53 16 H49 Z", c.b)
    p.circ(55, 8, 2.4, c.a)
    p.path("M74 20 L88 14 L92 32 L78 36 Z", c.paper)
    p.circ(80, 21, 1.5, c.ink)
    p.stroke("M80 21 C74 14 70 22 66 30", c.ink, 1)
    p.stroke("M81 27 L87 25 M82 31 L88 29", c.b, 1.2)


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
def cracked_house(p: Pen, c: Inks) -> None:
    """A house, its reflection, and the crack that runs through both."""
    for flip in (False, True):
        with p.at(50, 58), p.at(0, 0, 1, 180 if flip else 0, flip):
            ink = mix(c.ink, c.c, 0.45) if flip else c.ink
            p.rect(-34, -26, 68, 26, ink)
            p.rect(-40, -44, 18, 44, ink)
            p.poly([(-43, -43), (-31, -66), (-19, -43)], c.a if not flip else mix(c.a, c.c, 0.5))
            p.rect(20, -36, 16, 36, ink)
            p.poly([(17, -35), (28, -52), (39, -35)], c.a if not flip else mix(c.a, c.c, 0.5))
            p.poly([(-22, -26), (0, -46), (22, -26)], ink)
            for x, y in ((-33, -34), (-12, -18), (8, -18), (26, -26), (-33, -16)):
                p.path(
                    f"M{x} {y + 9} V{y + 2} C{x} {y - 2} {x + 6} {y - 2} {x + 6} {y + 2} V{y + 9} Z",
                    c.b if not flip else mix(c.b, c.c, 0.5),
                )
    p.path(
        "M52 8 L48 24 L54 34 L49 46 L53 58 L48 72 L54 84 L50 106 L57 84 L51 72 L56 58 L53 46 L57 34 L51 24 Z", c.paper
    )
    for y, x, w in ((58, -16, 132), (70, 2, 40), (78, 60, 34), (90, 16, 30)):
        p.rect(x, y, w, 1.8, c.paper, 0.9)
