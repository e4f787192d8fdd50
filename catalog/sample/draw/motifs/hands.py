"""Hands that hold, threaten, reach or let go."""
# ruff: noqa: E501 - a path is read whole

from __future__ import annotations

from catalog.sample.draw.motifs.registry import motif
from catalog.sample.draw.palettes import Inks
from catalog.sample.draw.pen import Pen


@motif
def claw_shadow(p: Pen, c: Inks) -> None:
    """The shadow that climbs first: a bald head, a hump, ten long nails."""
    p.path(
        "M56 104 C54 80 50 66 52 50 C52 42 58 38 62 40 C66 22 82 20 88 32 C93 42 88 52 82 54 C92 60 96 80 94 104 Z",
        c.ink,
    )
    p.path("M63 38 C60 32 58 28 60 24 C64 28 66 32 67 35 Z", c.ink)
    p.path("M86 30 C92 26 96 26 98 22 C98 32 94 38 90 40 Z", c.ink)
    p.path("M56 60 C44 54 38 48 28 46 L30 40 C42 42 52 48 60 54 Z", c.ink)
    p.path(
        "M30 40 C24 38 14 36 2 40 C12 32 24 34 32 40 Z M30 42 C22 34 16 26 4 22 C16 20 26 28 34 40 Z M31 43 C28 32 24 22 16 10 C28 16 34 28 36 42 Z M32 44 C34 32 34 22 31 6 C40 18 40 30 38 46 Z M28 44 C22 46 12 52 6 62 C12 60 26 56 34 50 Z",
        c.ink,
    )


@motif
def mourner_hands(p: Pen, c: Inks) -> None:
    """Hands that come up out of the ground."""
    for x, top, s, f in ((18, 34, 0.9, 1), (50, 8, 1.1, -1), (82, 40, 0.85, 1), (34, 62, 0.6, -1), (68, 66, 0.6, 1)):
        with p.at(x, top, s), p.at(0, 0, 1, f * 4, f == -1):
            p.path(
                "M-9 90 L-8 44 C-16 38 -20 28 -22 18 C-20 15 -17 16 -16 20 L-10 32 L-12 6 C-12 1 -7 1 -6 6 L-4 28 L-3 0 C-3 -5 3 -5 3 0 L4 28 L8 4 C9 -1 14 0 13 6 L11 32 L17 16 C19 12 23 14 22 19 L14 46 L13 90 Z",
                c.ink,
            )
            p.path("M4 28 L8 4 C9 -1 14 0 13 6 L11 32 L17 16 C19 12 23 14 22 19 L14 46 L13 90 L6 90 L6 46 Z", c.a)


@motif
def thumb(p: Pen, c: Inks) -> None:
    """A thumb out for a lift, with an eye in the palm that never closes."""
    p.path(
        "M100 48 L78 46 C66 36 60 28 56 8 C54 -2 42 0 42 10 C42 22 44 32 44 40 L18 42 C10 42 10 54 18 54 C8 56 9 67 18 67 C10 69 12 79 21 79 C15 82 18 91 26 91 L64 92 C74 92 80 86 100 86 Z",
        c.paper,
    )
    p.path(
        "M44 40 C48 46 52 50 60 52 C70 56 84 54 100 54 V86 C80 86 74 92 64 92 L44 91 C60 86 66 74 60 64 C54 58 46 54 44 40 Z",
        c.c,
    )
    p.stroke("M18 54 H40 M18 67 H40 M21 79 H40", c.ink, 2.2)
    p.rect(90, 40, 14, 52, c.a)
    p.rect(88, 40, 4, 52, c.ink)
    p.path("M52 70 C58 62 70 62 76 70 C70 77 58 77 52 70 Z", c.ink)
    p.circ(64, 69.6, 3.6, c.b)


@motif
def marionette_hand(p: Pen, c: Inks) -> None:
    """A hand that holds a pistol and a lipstick."""
    p.path(
        "M0 76 L22 60 C28 48 40 44 52 46 L86 40 C94 40 94 50 86 50 L60 56 L82 56 C90 56 90 65 82 65 L60 66 L76 68 C83 69 82 77 75 76 L54 75 L66 79 C72 82 69 88 63 86 L42 82 C34 88 28 90 20 92 L4 104 Z",
        c.paper,
    )
    p.path("M0 76 L22 60 C24 74 34 80 42 82 C34 88 28 90 20 92 L4 104 Z", c.c)
    for x, y in ((88, 45), (84, 60.4), (77, 72), (64, 82.6)):
        p.ell(x, y, 4.6, 3, c.a, -6)
    p.path("M40 48 L50 14 L96 14 L98 24 L62 26 L58 44 Z", c.ink)
    p.rect(86, 10, 4, 5, c.ink)
    p.ring(66, 33, 6, 2.4, c.ink)
    p.rect(96, 16, 8, 5, c.b)


@motif
def fist_torch(p: Pen, c: Inks) -> None:
    """A torch in a hand whose chain has broken."""
    p.path("M50 -4 C64 12 70 20 64 34 C60 42 40 42 36 34 C30 24 42 18 40 8 C46 12 50 8 50 -4 Z", c.a)
    p.path("M50 12 C58 22 60 28 56 34 C54 38 46 38 44 34 C41 28 48 24 50 12 Z", c.b)
    p.poly([(38, 38), (62, 38), (57, 66), (43, 66)], c.ink)
    p.path(
        "M34 58 C34 52 40 52 44 54 L62 54 C70 54 70 61 64 62 C70 63 70 70 64 70 C69 72 68 78 62 78 L60 104 H38 L38 80 C32 76 32 64 34 58 Z",
        c.paper,
    )
    p.stroke("M44 62 H63 M44 70 H63 M46 78 H61", c.ink, 1.8)
    p.rect(35, 90, 29, 9, c.ink, 2)
    for x, y, t in ((72, 92, 20), (82, 97, 60), (26, 94, -10), (17, 100, -50)):
        with p.at(x, y, 1, t):
            p.frame(-6, -3, 12, 6, c.ink, 2.2, 3)


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
def butterfly(p: Pen, c: Inks) -> None:
    """A butterfly above a hand that reaches over earthworks."""
    with p.at(66, 26, 1, 16):
        p.path("M0 0 C-8 -26 -34 -26 -30 -8 C-28 4 -10 6 0 2 C10 6 28 4 30 -8 C34 -26 8 -26 0 0 Z", c.a)
        p.path("M0 2 C-16 4 -24 14 -16 22 C-8 26 -2 14 0 6 C2 14 8 26 16 22 C24 14 16 4 0 2 Z", c.b)
        p.line(0, -6, 0, 16, c.ink, 2.4)
        p.stroke("M0 -6 C-3 -14 -8 -16 -10 -15 M0 -6 C3 -14 8 -16 10 -15", c.ink, 1)
        p.circ(-19, -10, 3, c.paper)
        p.circ(19, -10, 3, c.paper)
    p.path(
        "M-20 104 L2 84 L20 76 C26 66 36 60 44 58 L58 48 C62 46 65 50 62 53 L54 60 L72 52 C76 50 79 55 75 57 L58 66 L76 62 C80 61 81 66 77 68 L58 73 L70 73 C74 73 74 78 70 78 L50 82 C40 90 32 92 24 92 L6 108 Z",
        c.c,
    )
    p.path("M2 84 L20 76 C24 86 24 88 24 92 L6 108 L-6 96 Z", c.ink)
    for x in (-16, 84, 108):
        p.stroke(f"M{x} 104 V78 M{x - 7} 84 L{x + 7} 90", c.ink, 2)
    p.stroke("M76 88 C84 82 92 94 100 86 C106 82 112 90 118 86", c.ink, 1.2)
