"""Masks, hoods and eyes."""
# ruff: noqa: E501 - a path is read whole

from __future__ import annotations

from catalog.sample.draw.motifs.registry import motif
from catalog.sample.draw.palettes import Inks
from catalog.sample.draw.pen import Pen
from catalog.sample.draw.shapes import disc, mix, svg


@motif
def phantom_mask(p: Pen, c: Inks) -> None:
    """A white mask above organ pipes."""
    for i in range(9):
        h = 30 + 9 * (4 - abs(i - 4))
        p.rect(6 + i * 10, 100 - h, 8, h, c.a)
        p.rect(6 + i * 10, 100 - h, 3, h, c.b)
        p.path(f"M{6 + i * 10} 92 h8 l-4 6 Z", c.ink)
    mask = "M22 22 C36 12 64 12 78 22 C82 42 78 58 66 66 C60 60 55 58 50 58 C45 58 40 60 34 66 C22 58 18 42 22 22 Z"
    p.path(mask, c.paper)
    with p.clip(svg(mask)):
        p.path("M50 10 H90 V80 H58 C62 50 56 30 50 10 Z", c.c)
    p.path("M28 36 C34 28 44 30 46 40 C40 46 30 45 28 36 Z M72 36 C66 28 56 30 54 40 C60 46 70 45 72 36 Z", c.ink)
    p.path("M50 40 C54 50 54 54 50 56 C47 54 47 48 50 40 Z", c.ink)
    p.stroke("M25 28 C32 22 42 24 47 31 M75 28 C68 22 58 24 53 31", c.ink, 1.6)


@motif
def eye_mask(p: Pen, c: Inks) -> None:
    """A black hood, two eyes and a question."""
    p.path("M50 0 C80 0 90 26 86 54 C84 78 70 88 66 104 H34 C30 88 16 78 14 54 C10 26 20 0 50 0 Z", c.ink)
    p.path("M20 42 C30 34 42 38 47 48 C38 54 26 54 20 42 Z M80 42 C70 34 58 38 53 48 C62 54 74 54 80 42 Z", c.paper)
    for x in (34, 66):
        p.circ(x, 45.6, 5.2, c.a)
        p.circ(x, 45.6, 2.2, c.ink)
    p.path("M40 76 C44 72 48 72 50 74 C52 72 56 72 60 76 C56 82 44 82 40 76 Z", c.a)
    p.stroke("M18 34 C28 26 40 30 47 40 M82 34 C72 26 60 30 53 40", c.a, 1.2)


@motif
def bandit(p: Pen, c: Inks) -> None:
    """Hat, moustache, and a pistol pointed at the stalls."""
    p.path("M12 104 C12 78 30 72 50 72 C70 72 88 78 88 104 Z", c.ink)
    p.path("M30 34 H70 C72 56 66 76 50 78 C34 76 28 56 30 34 Z", c.c)
    p.path("M50 34 H70 C72 56 66 76 50 78 Z", c.a)
    p.path("M2 34 C20 26 32 30 34 26 C34 8 40 2 50 6 C60 2 66 8 66 26 C68 30 80 26 98 34 C84 44 16 44 2 34 Z", c.ink)
    p.rect(34, 22, 32, 5, c.a)
    p.path("M34 45 L46 48 L36 49 Z M66 45 L54 48 L64 49 Z", c.ink)
    p.path("M28 62 C36 54 46 56 50 60 C54 56 64 54 72 62 C64 66 54 66 50 63 C46 66 36 66 28 62 Z", c.ink)
    p.path("M26 76 C40 86 60 86 74 76 L66 92 L50 100 L34 92 Z", c.a)
    p.circ(58, 84, 11, c.ink)
    p.circ(58, 84, 8, c.c)
    p.circ(58, 84, 4.6, c.ink)
    p.path("M50 94 L66 94 L72 112 L48 112 Z", c.paper)


@motif
def top_hat_mask(p: Pen, c: Inks) -> None:
    """A masked gentleman who stands over the roofs."""
    p.path("M24 104 L30 62 C34 52 42 50 50 50 C58 50 66 52 70 62 L76 104 Z", c.ink)
    p.path("M44 52 L50 74 L56 52 Z", c.paper)
    p.path("M46 54 H54 L51 58 L54 70 L50 76 L46 70 L49 58 Z", c.a)
    p.path("M38 26 H62 C63 42 58 52 50 53 C42 52 37 42 38 26 Z", c.paper)
    p.path("M37 32 C44 28 48 32 50 34 C52 32 56 28 63 32 C63 40 56 41 50 37 C44 41 37 40 37 32 Z", c.ink)
    p.ell(44, 35, 2.4, 1.5, c.paper)
    p.ell(56, 35, 2.4, 1.5, c.paper)
    p.path("M36 27 L37 2 H63 L64 27 Z", c.ink)
    p.ell(50, 27, 21, 3.4, c.ink)
    p.rect(36.6, 20, 26.8, 4, c.a)
    p.path("M70 62 C86 66 88 80 72 82 L60 80 L61 74 L72 74 C74 72 72 70 66 70 Z", c.ink)
    p.path("M48 80 L60 74 L62 80 L50 84 Z", c.paper)
    p.path("M44 78 L30 104 L33 104 L48 84 Z", c.b)


@motif
def noh_mask(p: Pen, c: Inks) -> None:
    """A smiling mask behind bars, and what it covers."""
    p.path("M50 4 C78 4 86 30 82 54 C78 78 62 96 50 98 C38 96 22 78 18 54 C14 30 22 4 50 4 Z", c.paper)
    p.path("M60 5 C80 10 86 34 82 54 C78 78 62 96 50 98 C66 78 74 40 60 5 Z", c.c)
    p.path("M16 34 C16 8 34 0 50 0 C66 0 84 8 84 34 C74 16 64 14 50 20 C36 14 26 16 16 34 Z", c.ink)
    p.ell(35, 24, 6, 2.6, c.ink, -8)
    p.ell(65, 24, 6, 2.6, c.ink, 8)
    p.path("M24 46 C30 40 40 41 44 48 C38 50 30 50 24 46 Z M76 46 C70 40 60 41 56 48 C62 50 70 50 76 46 Z", c.ink)
    p.path("M47 46 C45 58 41 62 44 65 H56 C59 62 55 58 53 46", c.c)
    p.stroke("M42 64 C46 67 54 67 58 64", c.ink, 1.8)
    p.path("M32 74 C40 71 46 74 50 75 C54 74 60 71 68 74 C62 86 38 86 32 74 Z", c.a)
    p.path("M38 76 C46 78 54 78 62 76 C58 80 42 80 38 76 Z", c.ink)


@motif
def rubber_mask(p: Pen, c: Inks) -> None:
    """A felt hood with holes cut out, under a hat."""
    p.path("M18 104 C20 84 36 82 50 82 C64 82 80 84 82 104 Z", c.ink)
    p.path("M28 30 H72 C76 60 70 86 50 88 C30 86 24 60 28 30 Z", c.a)
    p.path("M50 30 H72 C76 60 70 86 50 88 Z", c.c)
    p.path("M8 32 C20 28 28 30 32 26 C34 10 40 6 50 8 C60 6 66 10 68 26 C72 30 80 28 92 32 C78 40 22 40 8 32 Z", c.ink)
    p.rect(32, 21, 36, 5, c.b)
    p.circ(40, 50, 5.4, c.ink)
    p.circ(60, 50, 5.4, c.ink)
    p.circ(40, 50, 1.8, c.paper)
    p.circ(60, 50, 1.8, c.paper)
    p.ell(50, 72, 9, 3.4, c.ink)
    p.stroke("M50 40 V64", c.ink, 1.2)


@motif
def hypnotic_eyes(p: Pen, c: Inks) -> None:
    """Two eyes and locked hands."""
    for x in (26, 74):
        p.path(f"M{x - 25} 28 C{x - 12} 8 {x + 12} 8 {x + 25} 28 C{x + 12} 42 {x - 12} 42 {x - 25} 28 Z", c.paper)
        for r, ink in ((13, c.ink), (10.4, c.a), (7, c.ink), (4.6, c.paper), (2.2, c.ink)):
            p.circ(x, 26, r, ink)
    p.path("M-2 14 C10 -4 36 -4 48 16 C34 6 14 4 -2 14 Z M102 14 C90 -4 64 -4 52 16 C66 6 86 4 102 14 Z", c.ink)
    p.poly([(4, 106), (30, 80), (40, 92), (26, 110)], c.ink)
    p.poly([(96, 106), (70, 80), (60, 92), (74, 110)], c.ink)
    p.poly([(27, 83), (32, 78), (42, 90), (37, 95)], c.paper)
    p.poly([(73, 83), (68, 78), (58, 90), (63, 95)], c.paper)
    for i in range(8):
        with p.at(33 + i * 4.9, 76 - 3 * (1 - abs(i - 3.5) / 3.5), 1, (i - 3.5) * 7):
            p.rect(-2.9, -10, 5.8, 24, c.c if i % 2 else mix(c.c, c.ink, 0.35), 2.9)
            p.ell(0, -7.6, 1.7, 1.3, c.paper)


@motif
def skull(p: Pen, c: Inks) -> None:
    """A skull that exhales."""
    p.path(
        "M50 4 C80 4 92 28 86 52 C84 60 76 64 76 72 V82 C70 90 30 90 24 82 V72 C24 64 16 60 14 52 C8 28 20 4 50 4 Z",
        c.paper,
    )
    p.path("M58 5 C84 8 92 30 86 52 C84 60 76 64 76 72 V82 C72 86 64 88 58 88 C70 60 74 30 58 5 Z", c.c)
    p.path(
        "M22 44 C26 34 42 34 44 46 C44 58 34 62 27 58 C22 56 20 50 22 44 Z M78 44 C74 34 58 34 56 46 C56 58 66 62 73 58 C78 56 80 50 78 44 Z",
        c.ink,
    )
    p.circ(34, 48, 4, c.a)
    p.circ(66, 48, 4, c.a)
    p.path("M50 54 L44 68 L50 66 L56 68 Z", c.ink)
    for x in (32, 39, 46, 54, 61, 68):
        p.line(x, 74, x, 87, c.ink, 2)
    p.line(26, 80, 74, 80, c.ink, 1.4)


@motif
def eye_lens(p: Pen, c: Inks) -> None:
    """A camera that is an eye."""
    p.path("M0 50 C22 14 78 14 100 50 C78 86 22 86 0 50 Z", c.paper)
    p.circ(50, 50, 30, c.ink)
    p.circ(50, 50, 25, c.c)
    for i in range(7):
        with p.at(50, 50, 1, i * 360 / 7):
            p.path("M0 -9 L22 -12 L24 3 Z", c.ink)
    p.ring(50, 50, 25, 2.6, c.a)
    p.circ(50, 50, 9.5, c.a)
    p.circ(50, 50, 5, c.ink)
    p.circ(45, 45, 2.4, c.paper)
    p.stroke("M0 50 C22 14 78 14 100 50", c.ink, 4)
    for x, y, t in ((10, 30, -46), (27, 17, -26), (50, 11, 0), (73, 17, 26), (90, 30, 46)):
        with p.at(x, y, 1, t):
            p.line(0, 0, 0, -11, c.ink, 3.2)


@motif
def razor_eye(p: Pen, c: Inks) -> None:
    """A cloud crosses the moon, and the moon is an eye."""
    p.circ(50, 50, 47, c.paper)
    with p.clip(disc(50, 50, 47)):
        p.path("M4 52 C24 26 76 26 96 52 C76 74 24 74 4 52 Z", c.c)
        p.circ(50, 49, 18, c.ink)
        p.circ(50, 49, 15, c.a)
        p.circ(50, 49, 7, c.ink)
        p.circ(44, 43, 3, c.paper)
        p.path(
            "M-10 44 C16 41 30 47 50 45 C74 43 88 47 112 42 L112 51 C86 55 72 49 50 52 C28 54 14 49 -10 53 Z", c.paper
        )
        p.path("M-10 47 L112 45 L112 48 L-10 50 Z", c.ink)
    p.stroke("M4 52 C24 26 76 26 96 52", c.ink, 3.2)
    for x, y in ((30, 84), (44, 90), (60, 87), (72, 80)):
        p.ell(x, y, 2.2, 1.2, c.ink, x)
        p.stroke(
            f"M{x - 3} {y - 3} L{x + 3} {y + 3} M{x - 3} {y + 3} L{x + 3} {y - 3} M{x} {y - 4} V{y + 4}", c.ink, 0.7
        )


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
