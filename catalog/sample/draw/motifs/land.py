"""Trains, carts, cars and a road."""
# ruff: noqa: E501 - a path is read whole

from __future__ import annotations

from catalog.sample.draw.motifs.registry import motif
from catalog.sample.draw.palettes import Inks
from catalog.sample.draw.pen import Pen


@motif
def locomotive(p: Pen, c: Inks) -> None:
    """An engine, head on, lamp lit."""
    p.poly([(20, 100), (34, 84), (66, 84), (80, 100)], c.a)
    for x in (30, 40, 50, 60, 70):
        p.line(50 + (x - 50) * 0.7, 84, 50 + (x - 50) * 1.5, 100, c.ink, 1.6)
    p.rect(18, 74, 64, 10, c.ink, 2)
    p.circ(22, 79, 5, c.b)
    p.circ(78, 79, 5, c.b)
    p.circ(50, 48, 30, c.ink)
    p.ring(50, 48, 26, 1.6, c.a)
    p.circ(50, 48, 21, c.c)
    p.circ(50, 48, 21, c.ink, 0.25)
    p.path("M50 27 C76 28 76 68 50 69 C62 58 62 38 50 27 Z", c.ink)
    for i in range(10):
        with p.at(50, 48, 1, 36 * i):
            p.circ(0, -23.4, 1.3, c.paper)
    p.circ(50, 48, 8, c.a)
    p.rect(41, 6, 18, 16, c.ink)
    p.rect(38, 4, 24, 5, c.ink, 1)
    p.path("M40 2 C20 -4 34 -16 16 -22 C40 -30 44 -18 54 -22 C64 -24 66 -14 58 -8 C62 -4 60 0 60 2 Z", c.c)
    p.circ(50, 22, 8, c.b)
    p.circ(50, 22, 5, c.paper)
    p.rect(32, 84, 5, 14, c.ink)
    p.rect(63, 84, 5, 14, c.ink)


@motif
def train(p: Pen, c: Inks) -> None:
    """An express in profile with letters flying from it."""
    p.path("M0 76 V50 H14 V40 H34 V50 H84 C96 50 102 60 102 68 L106 76 Z", c.ink)
    p.rect(36, 46, 46, 6, c.a, 3)
    p.rect(82, 34, 9, 18, c.ink)
    p.rect(80, 31, 13, 5, c.a)
    p.circ(52, 46, 5, c.ink)
    p.rect(18, 44, 11, 9, c.b)
    for x, r in ((12, 8), (34, 11), (58, 11), (82, 11), (98, 6)):
        p.circ(x, 84 - r * 0.3, r, c.ink)
        p.circ(x, 84 - r * 0.3, r * 0.62, c.a)
        p.circ(x, 84 - r * 0.3, r * 0.25, c.ink)
    p.line(34, 82, 82, 82, c.paper, 2.4)
    p.path("M86 30 C70 22 74 12 58 14 C54 2 36 6 34 14 C20 6 6 12 4 22 C20 18 30 26 42 22 C54 28 66 24 86 31 Z", c.c)


@motif
def carriage(p: Pen, c: Inks) -> None:
    """A hearse, a horse, a driver with a scythe; all see-through."""
    p.path(
        "M54 58 C62 52 78 54 84 48 C88 42 92 38 98 36 L100 42 C96 48 96 52 92 58 L94 76 L97 90 H93 L89 74 L86 66 L74 68 L72 78 L76 90 H72 L67 78 L64 68 C58 70 56 64 54 58 Z",
        c.ink,
    )
    p.path("M88 42 L84 52 L80 50 Z", c.a)
    p.stroke("M54 60 L40 70 M92 46 L36 44", c.ink, 1.6)
    p.path("M4 42 C14 36 30 36 42 44 L40 70 H6 Z", c.ink)
    p.path("M10 46 C16 42 24 42 32 46 L31 56 H10 Z", c.c)
    for x, r in ((12, 13), (40, 11)):
        p.ring(x, 80, r, 2.4, c.ink)
        for i in range(4):
            with p.at(x, 80, 1, 45 * i):
                p.line(-r, 0, r, 0, c.ink, 1)
    p.path("M30 42 C28 28 34 22 39 22 C46 22 46 30 44 44 Z", c.a)
    p.ell(39, 22, 4, 5, c.paper)
    p.line(44, 48, 30, 2, c.ink, 2)
    p.path("M30 2 C40 -6 54 -2 60 8 C52 2 42 2 31 6 Z", c.paper)


@motif
def touring_car(p: Pen, c: Inks) -> None:
    """A long grey car of 1915 with its lamps on."""
    p.path("M0 66 C0 56 6 54 14 54 L18 36 H54 L60 54 L92 56 C98 58 98 66 96 72 H2 Z", c.a)
    p.path("M22 52 L25 40 H36 V52 Z M40 40 H51 L55 52 H40 Z", c.b)
    p.path("M14 32 C26 26 46 26 58 34 L58 38 H14 Z", c.ink)
    p.path("M2 66 H96 V74 H2 Z", c.ink)
    p.path(
        "M-4 72 C-4 54 30 54 32 74 H26 C24 62 4 62 2 74 Z M64 74 C66 54 98 54 102 72 H96 C94 62 72 62 70 74 Z", c.ink
    )
    for x in (15, 82):
        p.circ(x, 78, 12, c.ink)
        p.circ(x, 78, 8, c.c)
        for i in range(6):
            with p.at(x, 78, 1, 30 * i):
                p.line(-8, 0, 8, 0, c.ink, 1.3)
        p.circ(x, 78, 2.6, c.ink)
    p.circ(97, 54, 4.6, c.ink)
    p.path("M100 50 L140 36 V74 L100 58 Z", c.b, 0.7)


@motif
def night_road(p: Pen, c: Inks) -> None:
    """A road that runs to one point, and two headlamps in the mirror."""
    p.path("M-30 104 L46 30 H54 L130 104 Z", c.a)
    for i in range(6):
        y, s = 36 + i * i * 2.3, 0.5 + i * 0.9
        p.poly(
            [(50 - s * 0.5, y), (50 + s * 0.5, y), (50 + s * 0.8, y + 2 + i * 1.3), (50 - s * 0.8, y + 2 + i * 1.3)],
            c.b,
        )
    for x in (-10, 8, 22, 33):
        h = (50 - x) * 0.9
        p.line(x, 30 + h * 0.6, x, 30 - h * 0.7, c.c, 0.6 + h / 26)
        p.line(x - h / 7, 30 - h * 0.6, x + h / 7, 30 - h * 0.6, c.c, 0.5 + h / 36)
    p.rect(44, -8, 62, 22, c.ink, 10)
    p.frame(44, -8, 62, 22, c.c, 2, 10)
    p.path("M54 8 C56 -2 62 -3 72 -3 C82 -3 88 -2 90 8 Z", c.c)
    p.circ(60, 7, 3.8, c.paper)
    p.circ(85, 7, 3.8, c.paper)


@motif
def horse_cart(p: Pen, c: Inks) -> None:
    """A coachman, his cart and the street uphill."""
    p.path(
        "M56 60 C64 54 78 56 84 50 C86 42 92 36 98 36 L103 44 C102 48 98 48 96 50 C94 58 92 62 90 66 L92 78 L90 92 H86 L86 78 L82 68 L72 70 L72 80 L68 92 H64 L67 78 L64 68 C58 68 56 64 56 60 Z",
        c.ink,
    )
    p.path("M95 36 L96 30 L99 36 Z", c.ink)
    p.path("M56 60 C50 64 50 72 48 78 C54 74 58 68 60 64 Z", c.ink)
    p.stroke("M78 60 L36 62 M94 46 L34 44", c.ink, 1.6)
    p.path("M2 54 H42 L38 70 H6 Z", c.a)
    p.rect(-2, 51, 46, 4, c.ink)
    p.ring(20, 78, 15, 2.8, c.ink)
    for i in range(4):
        with p.at(20, 78, 1, 45 * i + 10):
            p.line(-14, 0, 14, 0, c.ink, 1.5)
    p.path("M24 54 C22 40 26 34 32 34 C39 34 40 42 38 54 Z", c.b)
    p.circ(33, 28, 5.6, c.c)
    p.path("M24 26 C28 20 36 18 41 25 L44 27 L26 28 Z", c.ink)
    p.path("M30 40 L46 44 L46 48 L30 46 Z", c.b)


@motif
def lone_taxi(p: Pen, c: Inks) -> None:
    """A ladder street, a cab, and a bullet hole in the sky."""
    p.path("M-20 104 V40 L16 26 L40 44 L62 22 L96 42 L120 32 V104 Z", c.c)
    for x, y, w in (
        (2, 44, 16),
        (22, 52, 18),
        (46, 42, 20),
        (72, 50, 18),
        (10, 62, 18),
        (36, 62, 18),
        (60, 62, 20),
        (86, 62, 18),
    ):
        p.rect(x, y + 6, w, 12, c.a)
        p.poly([(x - 2, y + 7), (x + w * 0.4, y), (x + w + 2, y + 6)], c.ink)
        p.rect(x + 4, y + 10, 4, 4, c.b)
    p.rect(-20, 84, 140, 24, c.ink)
    p.path("M18 86 C18 76 24 74 30 74 L36 64 H62 L70 74 C80 74 84 78 84 86 Z", c.paper)
    p.path("M38 73 L41 67 H49 V73 Z M52 67 H61 L65 73 H52 Z", c.ink)
    p.circ(33, 87, 6.5, c.a)
    p.circ(70, 87, 6.5, c.a)
    p.rect(45, 59, 10, 5, c.b)
    p.circ(76, 10, 9, c.ink)
    for i in range(9):
        with p.at(76, 10, 1, 40 * i):
            p.line(8, 0, 14 + 5 * (i % 3), 1.5, c.ink, 1.3)
    p.circ(76, 10, 4, c.paper)


@motif
def standing_cowboy(p: Pen, c: Inks) -> None:
    """A hat and a gun belt hung up on a fence, and a dove."""
    for x in (18, 78):
        p.rect(x, 34, 8, 70, c.ink)
    p.rect(-6, 48, 112, 7, c.ink)
    p.rect(-6, 76, 112, 7, c.ink)
    p.path("M4 34 C18 30 22 32 26 28 C28 12 34 10 40 16 C46 10 52 12 54 28 C58 32 66 30 78 34 C60 44 22 44 4 34 Z", c.a)
    p.rect(26, 25, 28, 4.6, c.b)
    p.path("M52 46 C56 70 84 70 92 46 L96 48 C90 78 54 80 48 48 Z", c.b)
    p.path("M78 62 L90 58 L94 78 L88 84 L80 80 Z", c.a)
    p.path("M84 56 C84 48 92 48 94 54 L90 60 Z", c.ink)
    p.path(
        "M66 24 C72 16 80 18 84 22 L92 10 C94 18 92 26 86 32 C80 38 70 38 66 34 L58 34 L64 30 C62 28 64 26 66 24 Z",
        c.paper,
    )
