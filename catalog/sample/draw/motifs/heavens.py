"""Moon, stars, rockets and what lives up there."""
# ruff: noqa: E501 - a path is read whole

from __future__ import annotations

from catalog.sample.draw.motifs.registry import motif
from catalog.sample.draw.palettes import Inks
from catalog.sample.draw.pen import Pen
from catalog.sample.draw.shapes import disc


@motif
def moon_rocket(p: Pen, c: Inks) -> None:
    """A grieving moon with a shell in its eye."""
    p.circ(50, 52, 44, c.paper)
    with p.clip(disc(50, 52, 44)):
        p.path("M50 8 C96 20 92 92 46 98 C110 100 110 0 50 8 Z", c.c)
    p.path("M20 42 C26 35 36 36 41 42 C35 41 26 41 20 42 Z", c.ink)
    p.ell(31, 48, 6.5, 3.6, c.ink)
    p.circ(32, 47.4, 1.6, c.paper)
    p.path("M45 44 C48 55 45 62 40 67 C44 71 51 71 56 67 C53 62 54 52 54 44 C52 40 47 40 45 44 Z", c.c)
    p.stroke("M40 67 C44 71 51 71 56 67", c.ink, 1.6)
    p.path("M32 80 C40 75 46 77 48 78 C51 76 58 75 64 79 C56 87 42 89 32 80 Z", c.a)
    p.stroke("M32 80 C44 82 54 82 64 79", c.ink, 1.4)
    for x, y, r in ((20, 66, 4), (76, 72, 5), (27, 26, 3.4), (58, 20, 4.4), (82, 54, 2.8)):
        p.ring(x, y, r, 1.2, c.ink)
    with p.at(68, 45, 1, 34):
        p.path("M-8 4 V-26 C-8 -36 8 -36 8 -26 V4 C8 9 -8 9 -8 4 Z", c.a)
        p.rect(-8, -20, 16, 3.5, c.ink)
        p.rect(-8, -9, 16, 3.5, c.ink)
        p.ell(0, -31, 6, 2.6, c.ink)
    p.path("M58 50 C62 55 61 64 65 72 C68 62 70 60 69 52 Z", c.a)


@motif
def rocket(p: Pen, c: Inks) -> None:
    """A three-finned rocket on its flame."""
    p.path("M50 78 C40 84 40 92 50 100 C60 92 60 84 50 78 Z", c.b)
    p.path("M50 76 C45 82 45 87 50 92 C55 87 55 82 50 76 Z", c.paper)
    p.path("M40 56 C28 62 24 74 26 86 C32 80 38 78 44 76 Z", c.a)
    p.path("M60 56 C72 62 76 74 74 86 C68 80 62 78 56 76 Z", c.a)
    p.path("M50 0 C66 18 66 56 58 78 L42 78 C34 56 34 18 50 0 Z", c.paper)
    p.path("M50 0 C66 18 66 56 58 78 L50 78 Z", c.c)
    p.path("M50 0 C57 8 60 16 61.5 24 L38.5 24 C40 16 43 8 50 0 Z", c.a)
    p.circ(50, 38, 7, c.ink)
    p.circ(50, 38, 4.6, c.b)
    p.path("M48 60 L52 60 L52 88 L50 92 L48 88 Z", c.ink)


@motif
def saucer(p: Pen, c: Inks) -> None:
    """A saucer with its beam."""
    p.path("M36 50 L6 100 L94 100 L64 50 Z", c.b, 0.75)
    p.path("M34 36 C34 10 66 10 66 36 Z", c.c)
    p.path("M40 34 C41 22 46 18 50 18 C46 22 45 28 45 34 Z", c.paper)
    p.ell(50, 42, 47, 13, c.ink)
    p.ell(50, 38.5, 46, 10.5, c.a)
    p.ell(50, 35.5, 26, 5, c.ink)
    for x in (14, 28, 42, 58, 72, 86):
        p.circ(x, 41 + 4 * (1 - abs(x - 50) / 40), 2.6, c.paper)


@motif
def lander(p: Pen, c: Inks) -> None:
    """A lunar module on its four legs."""
    p.path("M30 24 L42 12 H58 L70 24 L72 44 L62 52 H38 L28 44 Z", c.paper)
    p.path("M50 12 H58 L70 24 L72 44 L62 52 H50 Z", c.c)
    p.path("M38 28 L48 30 L46 40 Z M62 28 L52 30 L54 40 Z", c.ink)
    p.rect(24, 54, 52, 18, c.b)
    for x in (24, 37, 50, 63):
        p.path(f"M{x} 54 l13 0 l-13 18 Z", c.a)
    p.path("M44 72 H56 L60 82 H40 Z", c.ink)
    for d in ("M26 58 L10 92 M26 72 L12 88", "M74 58 L90 92 M74 72 L88 88"):
        p.stroke(d, c.ink, 2.2)
    for x in (10, 90):
        p.ell(x, 94, 9, 2.6, c.ink)
    p.stroke("M58 12 L66 3", c.ink, 1.6)
    p.path("M60 0 C66 -2 72 4 70 9 Z", c.a)


@motif
def sun(p: Pen, c: Inks) -> None:
    """A sun with straight and waving rays."""
    for i in range(16):
        with p.at(50, 50, 1, i * 22.5):
            if i % 2:
                p.path("M-4 -30 C-8 -38 2 -42 0 -50 C8 -44 2 -36 4 -30 Z", c.b)
            else:
                p.poly([(-5, -30), (0, -48), (5, -30)], c.a)
    p.circ(50, 50, 27, c.a)
    p.circ(50, 50, 21, c.b)


@motif
def globe(p: Pen, c: Inks) -> None:
    """One globe, half lit and half in chains of longitude."""
    p.circ(50, 50, 46, c.a)
    with p.clip(disc(50, 50, 46)):
        p.rect(50, 0, 50, 100, c.ink)
        p.path("M14 28 C26 20 40 26 42 36 C36 44 40 52 34 60 C26 58 22 70 18 62 C16 50 8 40 14 28 Z", c.paper)
        p.path("M34 70 C42 66 48 72 46 82 C40 90 34 82 34 70 Z", c.paper)
        p.path(
            "M56 22 C70 14 86 24 90 36 C84 46 72 42 66 48 C58 44 54 32 56 22 Z M62 54 C74 52 80 62 74 76 C66 84 60 68 62 54 Z",
            c.c,
        )
    for r in (14, 30):
        with p.at(50, 50):
            p.stroke(f"M0 -46 C{r * 1.33} -30 {r * 1.33} 30 0 46", c.b, 1.4)
    p.line(50, 4, 50, 96, c.b, 1.8)
    for y, half in ((28, 40), (50, 46), (72, 40)):
        p.line(50, y, 50 + half, y, c.b, 1.4)


@motif
def starship(p: Pen, c: Inks) -> None:
    """A wedge of plates and engines."""
    p.path("M0 60 L70 34 L100 46 L96 62 L40 72 Z", c.c)
    p.path("M0 60 L70 34 L72 50 Z", c.paper)
    p.path("M70 34 L100 46 L96 62 L72 50 Z", c.ink)
    p.path("M62 37 L66 22 L84 20 L88 41 L72 35 Z", c.a)
    p.rect(68, 15, 16, 7, c.ink, 2)
    for i, x in enumerate((18, 30, 42, 54)):
        p.line(x, 60 - i * 1.8, x + 8, 59 - i * 2.2, c.a, 1.6)
    for y in (49, 55, 61):
        p.path(f"M96 {y} l26 -1.6 l-26 4.6 Z", c.b)


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
def wheat(p: Pen, c: Inks) -> None:
    """Heavy ears against a round sun."""
    p.circ(50, 40, 34, c.b)
    for x, lean, top in ((22, -10, 26), (36, -4, 12), (50, 0, 6), (64, 5, 14), (78, 12, 28)):
        p.stroke(f"M50 104 Q{x} 72 {x + lean} {top + 10}", c.ink, 1.8)
        with p.at(x + lean, top, 1, lean * 1.4):
            for k in range(6):
                for side in (-1, 1):
                    with p.at(side * 3, k * 5.6 + 2, 1, side * 28):
                        p.ell(0, 0, 2.1, 4.6, c.a)
            p.ell(0, -3, 2, 4.8, c.a)
            p.stroke("M0 -6 L0 -18 M-4 0 L-9 -13 M4 0 L9 -13", c.ink, 0.9)


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
    p.path("M-80 100 C10 92 70 96 190 88 V140 H-80 Z", c.ink)
    p.rect(22, 84, 16, 12, c.ink)
    p.poly([(19, 85), (30, 76), (41, 85)], c.a)
    p.rect(28, 88, 4, 4, c.b)
    p.line(48, 96, 47, 78, c.ink, 1.2)
    p.circ(47, 77, 3, c.ink)


@motif
def sail_boat(p: Pen, c: Inks) -> None:
    """A small boat in mist, one oar, no shore."""
    for y, w in ((18, 90), (34, 70), (96, 120), (86, 80)):
        p.rect(50 - w / 2 + (y % 7) * 3, y, w, 3.4, c.paper, 1.7)
    p.path("M2 66 C24 76 72 76 98 60 C92 78 80 84 52 84 C24 84 10 78 2 66 Z", c.ink)
    p.path("M30 74 C28 60 30 54 36 54 C42 54 44 62 44 76 Z", c.a)
    p.circ(36, 48, 5, c.paper)
    p.path("M27 47 L36 39 L45 47 Z", c.ink)
    p.path("M64 74 C62 66 64 60 70 60 C76 60 78 66 77 73 Z", c.b)
    p.circ(70, 55, 4.4, c.paper)
    p.path("M65 56 C64 48 76 48 75 56 C72 52 68 52 65 56 Z", c.ink)
    p.line(26, 44, 12, 98, c.ink, 1.8)
