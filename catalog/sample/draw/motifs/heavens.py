"""Moon, stars, rockets and what lives up there."""

from __future__ import annotations

from catalog.sample.draw.motifs.registry import motif
from catalog.sample.draw.palettes import Inks
from catalog.sample.draw.pen import Pen, disc, mix, svg


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
def moon_face(p: Pen, c: Inks) -> None:
    """A crescent in profile."""
    p.path(
        "M62 6 C20 6 6 40 12 64 C18 88 44 100 70 92 C50 88 42 76 44 68 L52 64 L47 58 L50 54 L40 48 C44 38 46 22 62 6 Z",
        c.b,
    )
    p.stroke("M36 40 C39 37 42 37 44 39", c.ink, 1.8)


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
def planet(p: Pen, c: Inks) -> None:
    """A banded planet in its ring."""
    with p.at(50, 50, 1, -18):
        p.circ(0, 0, 30, c.a)
        with p.clip(disc(0, 0, 30)):
            for y, h in ((-22, 6), (-8, 4), (4, 9), (20, 5)):
                p.rect(-32, y, 64, h, c.c)
            p.path("M8 -32 C36 -20 36 20 8 32 L40 34 L40 -34 Z", c.ink, 0.35)
        p.path("M-29 -6 C-64 6 -44 20 0 17 C44 20 64 6 29 -6 C46 6 40 12 0 11 C-40 12 -46 6 -29 -6 Z", c.b)


@motif
def astronaut(p: Pen, c: Inks) -> None:
    """A helmet that holds the earth."""
    p.path("M4 100 C6 76 24 68 50 68 C76 68 94 76 96 100 Z", c.paper)
    p.path("M50 68 C76 68 94 76 96 100 L50 100 Z", c.c)
    p.rect(34, 82, 32, 18, c.ink, 3)
    for x, ink in ((40, c.a), (48, c.b), (56, c.paper)):
        p.circ(x + 2, 90, 2.6, ink)
    p.circ(50, 40, 38, c.paper)
    p.path("M50 2 C100 4 100 76 50 78 C76 66 76 14 50 2 Z", c.c)
    p.circ(50, 40, 29, c.ink)
    p.path("M30 46 C36 30 58 28 70 40 C68 58 54 66 42 62 C36 58 32 52 30 46 Z", c.a)
    p.path("M40 40 C46 36 52 40 50 46 C46 52 42 48 40 40 Z M56 44 C62 42 66 46 62 52 C58 56 54 50 56 44 Z", c.b)
    p.stroke("M26 32 C28 24 34 18 42 15", c.paper, 3)


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
def whirlwind(p: Pen, c: Inks) -> None:
    """A funnel of dust bands."""
    for i in range(9):
        y, w = 6 + i * 10.5, 46 - i * 4.6
        x = 50 + 7 * (i % 3 - 1) + i
        ink = (c.a, c.ink, c.c)[i % 3]
        p.path(
            f"M{x - w} {y} C{x - w / 2} {y + 13} {x + w / 2} {y + 13} {x + w} {y} C{x + w / 2} {y + 6} {x - w / 2} {y + 6} {x - w} {y} Z",
            ink,
        )
    p.stroke("M8 2 C30 -6 72 -6 96 4", c.ink, 2)


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
def hidden_sun(p: Pen, c: Inks) -> None:
    """Sun over water in broken bars."""
    p.circ(50, 42, 34, c.a)
    for i in range(7):
        w = 46 - 5 * i
        p.rect(50 - w, 52 + i * 7, 2 * w, 3.2, c.paper if i % 2 else c.b, 1.6)


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
