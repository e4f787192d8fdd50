"""Land, and the people it makes small."""
# ruff: noqa: E501 - a path is read whole

from __future__ import annotations

from catalog.sample.draw.motifs.registry import motif
from catalog.sample.draw.palettes import Inks
from catalog.sample.draw.pen import Pen
from catalog.sample.draw.shapes import mix


@motif
def igloo(p: Pen, c: Inks) -> None:
    """Snow house, block by block, with its hunter."""
    p.path("M8 88 C8 36 78 36 78 88 Z", c.paper)
    p.path("M43 49 C66 49 78 68 78 88 H54 C56 70 52 58 43 49 Z", c.c)
    p.stroke(
        "M11 74 H76 M16 62 H70 M26 53 H61 M43 49 V53 M34 53 V62 M52 53 V62 M26 62 V74 M44 62 V74 M61 62 V74 M20 74 V88 M36 74 V88",
        c.a,
        1.3,
    )
    p.path("M58 90 V74 C58 64 80 64 82 76 L84 90 Z", c.paper)
    p.path("M64 90 V78 C64 70 77 70 78 79 V90 Z", c.ink)
    p.path("M92 90 L90 66 C88 58 90 54 94 54 C99 54 100 58 98 66 L102 90 Z", c.ink)
    p.circ(94.4, 53, 5, c.ink)
    p.circ(95, 53.4, 3, c.b)
    p.line(88, 34, 91, 90, c.ink, 1.2)


@motif
def mine_tower(p: Pen, c: Inks) -> None:
    """A pit-head wheel above a line of women with a banner."""
    p.stroke(
        "M34 78 L46 16 M66 78 L54 16 M38 58 H62 M41 42 H59 M38 58 L59 42 M62 58 L41 42 M36 70 L62 58 M64 70 L38 58 M54 18 L90 76",
        c.ink,
        2.8,
    )
    p.ring(50, 14, 11, 3, c.a)
    for i in range(3):
        with p.at(50, 14, 1, 60 * i):
            p.line(-10, 0, 10, 0, c.a, 1.6)
    p.path("M8 60 C30 54 60 64 92 56 V72 C60 80 30 70 8 76 Z", c.a)
    for x in (6, 18, 31, 44, 57, 70, 83, 95):
        p.circ(x, 79, 4.4, c.ink)
        p.path(f"M{x - 7} 102 C{x - 7} 84 {x + 7} 84 {x + 7} 102 Z", c.ink)
        p.path(f"M{x - 4.6} 79 C{x - 5} 72 {x + 5} 72 {x + 4.6} 79 Z", c.b)


@motif
def chimneys(p: Pen, c: Inks) -> None:
    """Five stacks and two small people on a sea wall."""
    for i, (x, h) in enumerate(((10, 60), (24, 72), (40, 66), (66, 80), (84, 58))):
        p.poly([(x - 3, 84), (x - 2, 84 - h), (x + 2, 84 - h), (x + 3, 84)], c.a if i % 2 else c.ink)
        p.path(
            f"M{x - 2} {82 - h} C{x + 2} {70 - h} {x + 14} {76 - h} {x + 24} {66 - h} C{x + 26} {76 - h} {x + 8} {82 - h} {x + 2} {83 - h} Z",
            c.c,
        )
    p.rect(-20, 82, 140, 20, c.ink)
    for x, ink in ((46, c.b), (54, c.paper)):
        p.circ(x, 69, 2.6, c.ink)
        p.path(f"M{x - 3.6} 83 C{x - 4.4} 74 {x - 2} 72 {x} 72 C{x + 2} 72 {x + 4.4} 74 {x + 3.6} 83 Z", ink)


@motif
def grass_train(p: Pen, c: Inks) -> None:
    """Two children in tall grass see a train go by."""
    p.rect(-20, 40, 140, 2, c.ink)
    p.path("M-8 40 V28 H6 V20 H16 V28 H34 V22 H38 V28 H44 V40 Z", c.ink)
    for x in (48, 70, 92):
        p.rect(x, 26, 19, 14, c.ink)
        for k in (3, 9, 14):
            p.rect(x + k, 29, 3, 4.4, c.paper)
    p.path("M36 20 C44 4 60 12 74 0 C92 -8 108 0 122 -10 V8 C100 4 92 14 76 12 C60 22 48 12 38 22 Z", c.c)
    for x, h in ((40, 30), (54, 24)):
        p.circ(x, 82 - h, 4.6, c.ink)
        p.path(f"M{x - 5} 96 L{x - 3} {88 - h} H{x + 3} L{x + 6} 96 Z", c.a if h == 30 else c.ink)
    for i in range(34):
        root, lean = i * 4.2 - 20, (i * 7) % 11 - 3
        top = 62 + (i * 13) % 17
        p.stroke(f"M{root} 112 Q{root + 1} 90 {root + lean} {top}", c.b if i % 3 else c.paper, 1.6)
        p.ell(root + lean, top - 4, 1.9, 7, c.paper if i % 3 else c.c, lean * 3)


@motif
def plateau(p: Pen, c: Inks) -> None:
    """A table mountain over jungle, with a pterodactyl."""
    p.path("M10 86 L20 40 L28 34 L76 30 L84 38 L96 86 Z", c.a)
    p.path("M60 32 L76 30 L84 38 L96 86 L70 86 Z", c.ink)
    p.stroke("M32 40 L28 80 M46 38 L44 82 M58 40 L60 82", c.ink, 1.6)
    p.path("M18 40 C26 30 34 36 40 31 C50 26 60 32 66 28 C74 26 82 32 86 40 Z", c.b)
    for x, s in ((0, 1.0), (18, 0.8), (40, 0.95), (62, 0.8), (84, 1.05), (100, 0.9)):
        with p.at(x, 104, s):
            p.line(0, 0, 2, -20, c.ink, 2.4)
            for t in (-80, -48, -16, 20, 52, 84):
                with p.at(2, -20, 1, t):
                    p.path("M0 0 C-4 -8 -3 -16 0 -20 C3 -16 4 -8 0 0 Z", c.ink)
    p.path(
        "M6 12 C20 4 30 10 40 20 C46 14 60 6 82 12 C66 14 58 20 50 28 L58 30 L46 31 L42 38 L38 28 C28 18 18 12 6 12 Z",
        c.ink,
    )


@motif
def dust_farm(p: Pen, c: Inks) -> None:
    """A wind pump and a farmhouse before a wall of dust."""
    for x, y, r in (
        (-4, 44, 22),
        (16, 26, 24),
        (44, 14, 28),
        (72, 18, 27),
        (98, 36, 24),
        (58, 40, 34),
        (24, 52, 24),
        (90, 60, 24),
    ):
        p.circ(x, y, r, c.ink)
    for x, y, r in ((16, 52, 18), (46, 42, 22), (76, 48, 20)):
        p.circ(x, y, r, mix(c.ink, c.a, 0.3))
    p.poly([(-20, 78), (120, 78), (120, 112), (-20, 112)], c.b)
    for i in range(-4, 6):
        p.poly([(50 + i * 7, 78), (50 + i * 30, 112), (50 + i * 30 + 12, 112), (50 + i * 7 + 2.4, 78)], c.ink)
    p.rect(12, 66, 20, 12, c.paper)
    p.poly([(8, 67), (22, 56), (36, 67)], c.b)
    p.rect(20, 71, 5, 7, c.ink)
    p.stroke(
        "M66 80 L73 30 M80 80 L73 30 M67.6 68 H78.4 M69 56 H77 M70.4 46 H75.6 M66 80 L78 60 M80 80 L68 60", c.paper, 1.6
    )
    for i in range(12):
        with p.at(73, 28, 1, 30 * i + 8):
            p.poly([(-1.2, -4), (-3.4, -15), (2.6, -15), (1.2, -4)], c.paper)
    p.circ(73, 28, 3, c.b)
    p.poly([(76, 27), (92, 22), (92, 34), (76, 30)], c.paper)


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
def hill_pass(p: Pen, c: Inks) -> None:
    """A figure led over the last pass."""
    p.path("M-20 104 V70 C0 50 14 66 30 46 C42 32 52 44 62 26 C70 14 84 22 96 40 C106 52 116 56 124 62 V104 Z", c.a)
    p.path("M-20 104 V88 C10 74 30 84 50 66 C66 54 92 66 124 78 V104 Z", c.ink)
    p.path(
        "M40 104 C56 92 40 82 54 72 C64 64 58 52 66 42 C70 36 72 30 72 24 C76 32 76 40 72 46 C66 56 72 64 64 74 C56 84 66 94 62 104 Z",
        c.b,
    )
    for x, y, s in ((68, 40, 1.0), (74, 34, 0.8), (59, 52, 0.8)):
        with p.at(x, y, s):
            p.circ(0, -13, 2.4, c.ink)
            p.path("M-3.4 2 L-2.4 -10 H2.4 L3.4 2 Z", c.paper)
    p.stroke("M20 66 C18 54 8 52 4 42 M16 58 C24 52 24 46 30 42 M12 54 C8 54 4 56 0 54", c.ink, 2)
    for x, y in ((4, 40), (30, 40), (0, 54), (14, 44)):
        p.ell(x, y, 9, 3.6, c.ink)


@motif
def broken_wall(p: Pen, c: Inks) -> None:
    """A ruined wall with an orchid on it, a figure walking along the top."""
    p.path("M-20 104 V64 L4 62 L8 68 L20 66 L24 58 L40 60 L46 70 L60 72 L64 66 L84 64 L90 70 L120 66 V104 Z", c.a)
    for row in range(4):
        for col in range(9):
            x, y = -16 + col * 15 + (row % 2) * 7, 76 + row * 8
            p.frame(x, y, 15, 8, c.c, 0.8)
    p.circ(64, 36, 4.4, c.ink)
    p.path("M58 67 C58 52 60 42 64 42 C69 42 71 52 71 66 Z", c.ink)
    p.line(68, 46, 80, 58, c.ink, 1.6)
    p.path("M72 56 C80 50 90 52 94 60 C86 62 78 62 72 56 Z", c.b)
    for d in ("M16 66 C10 44 2 36 -8 34", "M17 66 C18 42 14 30 8 20", "M18 66 C24 46 34 38 42 36"):
        p.stroke(d, c.ink, 1.8)
    for x, y in ((8, 20), (42, 36), (-8, 34)):
        for t in (-60, 0, 60):
            with p.at(x, y, 1, t):
                p.ell(0, -6, 2.2, 6, c.b)


@motif
def lone_figure(p: Pen, c: Inks) -> None:
    """One man on an empty street of long shadows."""
    p.path("M50 44 L40 104 H96 Z", c.ink, 0.85)
    p.poly([(0, 0), (34, 22), (34, 46), (0, 74)], c.ink)
    p.poly([(100, 0), (62, 22), (62, 44), (100, 70)], c.a)
    for x, t, b in ((6, 14, 24), (16, 19, 28), (26, 24, 32)):
        p.poly([(x, t), (x + 5, t + 2.6), (x + 5, b + 4), (x, b + 4)], c.b)
    p.path(
        "M50 24 C54 24 55 28 53.4 30 L57 34 L56 48 L53.6 60 H51 L50 50 L48.6 60 H46 L44 48 L43 34 L46.6 30 C45 28 46 24 50 24 Z",
        c.ink,
    )
    p.path("M50 62 L70 104 L86 104 L54 60 Z", c.ink)
