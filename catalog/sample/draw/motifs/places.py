"""Buildings, landscapes and rooms."""

from __future__ import annotations

from catalog.sample.draw.motifs.registry import motif
from catalog.sample.draw.palettes import Inks
from catalog.sample.draw.pen import Pen, disc, mix, svg


@motif
def castle(p: Pen, c: Inks) -> None:
    """A castle on its rock."""
    p.path("M0 100 L10 86 L22 88 L28 72 L40 66 L60 66 L74 74 L78 86 L92 88 L100 100 Z", c.ink)
    for x, w, top in ((30, 9, 40), (42, 16, 22), (62, 9, 34)):
        p.rect(x, top, w, 70 - top, c.ink)
        p.poly([(x - 2, top), (x + w / 2, top - 20), (x + w + 2, top)], c.a)
    p.rect(24, 56, 52, 16, c.ink)
    for x in range(24, 76, 8):
        p.rect(x, 52, 4, 5, c.ink)
    for x, y in ((48.5, 32), (48.5, 44), (33, 48), (65, 44)):
        p.rect(x, y, 3, 6, c.b, 1.5)
    p.path("M46 72 V64 C46 60 54 60 54 64 V72 Z", c.b)


@motif
def crooked_houses(p: Pen, c: Inks) -> None:
    """A street where no wall is straight."""
    p.poly([(0, 100), (6, 40), (0, 12), (20, 4), (30, 34), (26, 100)], c.ink)
    p.poly([(100, 100), (92, 44), (100, 6), (78, 0), (66, 30), (74, 100)], c.ink)
    p.poly([(30, 100), (34, 46), (44, 26), (54, 44), (52, 100)], c.c)
    p.poly([(50, 100), (52, 54), (62, 40), (72, 56), (70, 100)], c.a)
    p.poly([(36, 100), (47, 70), (52, 70), (68, 100)], c.paper)
    for x, y, w, h in (
        (8, 26, 8, 10),
        (14, 52, 8, 12),
        (82, 24, 9, 9),
        (80, 52, 7, 13),
        (39, 52, 5, 8),
        (58, 62, 5, 7),
    ):
        p.poly([(x, y + 2), (x + w, y - 2), (x + w - 2, y + h), (x + 1, y + h - 3)], c.b)
    p.poly([(28, 8), (34, 20), (30, 34), (26, 20)], c.ink)


@motif
def windmill(p: Pen, c: Inks) -> None:
    """A tower mill with lattice sails."""
    p.poly([(38, 100), (43, 42), (57, 42), (62, 100)], c.ink)
    p.path("M41 42 C43 30 57 30 59 42 Z", c.a)
    for i in range(4):
        with p.at(50, 40, 1, 22 + 90 * i):
            p.line(0, 0, 0, -40, c.ink, 1.8)
            p.rect(1, -39, 9, 28, c.paper)
            for y in range(-39, -10, 7):
                p.line(1, y, 10, y, c.ink, 0.9)
            p.frame(1, -39, 9, 28, c.ink, 1)
    p.circ(50, 40, 3, c.a)


@motif
def skyline(p: Pen, c: Inks) -> None:
    """Towers in three depths."""
    for x, w, h in ((0, 14, 46), (16, 10, 62), (34, 12, 74), (58, 10, 66), (76, 13, 56), (90, 10, 40)):
        p.rect(x, 100 - h, w, h, c.c)
    for x, w, h in ((6, 14, 38), (24, 14, 58), (50, 12, 84), (68, 14, 48), (86, 14, 34)):
        p.rect(x, 100 - h, w, h, c.a)
    p.poly([(50, 16), (56, -6), (62, 16)], c.a)
    for x, w, h in ((0, 12, 22), (14, 16, 42), (40, 16, 50), (60, 14, 30), (78, 16, 44)):
        p.rect(x, 100 - h, w, h, c.ink)
        for row in range(int(h / 7) - 1):
            for col in range(int(w / 4.4)):
                if (row * 3 + col * 5 + int(x)) % 4:
                    p.rect(x + 2 + col * 4.2, 100 - h + 4 + row * 6.4, 1.8, 3, c.b)


@motif
def factory(p: Pen, c: Inks) -> None:
    """Saw-tooth roofs and smoking stacks."""
    for x, h in ((60, 70), (74, 84), (88, 62)):
        p.poly([(x, 100), (x + 1.4, 100 - h), (x + 6.6, 100 - h), (x + 8, 100)], c.a)
        p.rect(x + 0.6, 100 - h, 6.8, 3, c.ink)
        p.path(
            f"M{x + 3} {98 - h} C{x - 12} {84 - h} {x + 8} {78 - h} {x - 10} {66 - h} C{x + 20} {74 - h} {x + 2} {86 - h} {x + 5} {98 - h} Z",
            c.c,
        )
    p.poly([(0, 100), (0, 62), (14, 48), (14, 62), (28, 48), (28, 62), (42, 48), (42, 62), (56, 48), (56, 100)], c.ink)
    p.rect(56, 70, 44, 30, c.ink)
    for x in range(4, 96, 9):
        p.rect(x, 78, 5, 9, c.b)


@motif
def palace(p: Pen, c: Inks) -> None:
    """Onion domes and minarets."""
    for x, w, top in ((8, 6, 26), (86, 6, 26)):
        p.rect(x, top, w, 100 - top, c.ink)
        p.path(
            f"M{x - 2} {top} C{x - 4} {top - 10} {x + 3} {top - 12} {x + 3} {top - 20} C{x + 3} {top - 12} {x + 10} {top - 10} {x + 8} {top} Z",
            c.a,
        )
    for x, w, top in ((20, 20, 60), (60, 20, 60), (35, 30, 46)):
        p.rect(x, top, w, 100 - top, c.ink)
        m = x + w / 2
        p.path(
            f"M{x} {top} C{x - w * 0.35} {top - w * 0.7} {m} {top - w * 0.7} {m} {top - w * 1.25} C{m} {top - w * 0.7} {x + w * 1.35} {top - w * 0.7} {x + w} {top} Z",
            c.a,
        )
    p.path("M42 100 V72 C42 64 50 62 50 56 C50 62 58 64 58 72 V100 Z", c.b)
    for x in (25, 67):
        p.path(f"M{x} 84 V74 C{x} 70 {x + 4} 70 {x + 4} 66 C{x + 4} 70 {x + 8} 70 {x + 8} 74 V84 Z", c.b)


@motif
def cathedral(p: Pen, c: Inks) -> None:
    """Twin towers, a rose window and a bell-ringer's ledge."""
    p.rect(26, 40, 48, 60, c.c)
    for x in (10, 66):
        p.rect(x, 14, 24, 86, c.ink)
        for k in range(4):
            p.rect(x + k * 6.6, 9, 4, 6, c.ink)
        for y in (24, 50):
            for k in (4, 14):
                p.path(f"M{x + k} {y + 18} V{y + 5} C{x + k} {y} {x + k + 6} {y} {x + k + 6} {y + 5} V{y + 18} Z", c.b)
    p.circ(50, 56, 14, c.ink)
    for i in range(12):
        with p.at(50, 56, 1, 30 * i):
            p.ell(0, -8.6, 1.7, 3.4, c.a)
    p.circ(50, 56, 3.4, c.a)
    for x, w in ((16, 12), (43, 14), (72, 12)):
        m = x + w / 2
        p.path(f"M{x} 100 V86 C{x} 78 {m} 76 {m} 74 C{m} 76 {x + w} 78 {x + w} 86 V100 Z", c.a)
    p.path("M34 40 L50 22 L66 40 Z", c.ink)


@motif
def haunted_house(p: Pen, c: Inks) -> None:
    """A house that leans over its hill."""
    p.path("M-10 100 C20 80 34 82 50 80 C70 80 82 84 110 100 Z", c.ink)
    p.path("M26 84 L24 46 L50 42 L52 84 Z M50 84 L48 26 L70 24 L72 84 Z M70 84 L71 56 L86 55 L84 86 Z", c.ink)
    p.path("M20 48 L36 28 L54 44 Z M44 28 L60 0 L74 26 Z M68 57 L79 44 L90 56 Z", c.a)
    p.rect(57, 6, 2, 6, c.ink)
    p.path("M28 34 L27 24 L32 24 L32 32 Z", c.ink)
    for x, y, w, h in ((30, 54, 6, 9), (41, 53, 6, 9), (55, 34, 8, 12), (56, 56, 7, 11), (75, 63, 6, 8)):
        p.path(f"M{x} {y + h} V{y + 3} C{x} {y - 1} {x + w} {y - 1} {x + w} {y + 3} V{y + h} Z", c.b)
    p.path("M36 84 V73 H44 V83 Z", c.b)
    p.stroke("M96 96 C92 84 98 76 92 62 M94 78 L102 68 M95 84 L86 74", c.ink, 2)


@motif
def staircase(p: Pen, c: Inks) -> None:
    """Stairs that climb out of the light."""
    steps = [(0.0, 100.0)]
    for i in range(9):
        steps += [(i * 11.2, 100 - i * 10.4), (i * 11.2, 89.6 - i * 10.4)]
    p.poly([*steps, (101, 6), (101, 100)], c.ink)
    for i in range(9):
        p.rect(i * 11.2, 89.6 - i * 10.4, 11.8, 2.6, c.a)
        p.line(i * 11.2 + 5, 88 - i * 10.4, i * 11.2 + 5, 62 - i * 10.4, c.ink, 1.5)
    p.line(-6, 72, 106, -32, c.ink, 3.4)


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
def cabin(p: Pen, c: Inks) -> None:
    """A cabin half over the edge."""
    p.path("M-10 110 L-10 74 L30 66 L58 70 L64 84 L58 96 L66 110 Z", c.paper)
    p.path("M58 70 L64 84 L58 96 L66 110 L48 110 L52 90 L46 72 Z", c.c)
    with p.at(46, 70, 1, 13):
        p.rect(-28, -34, 60, 34, c.ink)
        for y in (-28, -21, -14, -7):
            p.line(-28, y, 32, y, c.a, 1.5)
        p.poly([(-36, -32), (-18, -54), (24, -54), (40, -32)], c.paper)
        p.poly([(-36, -32), (-34, -35), (38, -35), (40, -32)], c.c)
        p.rect(-16, -24, 13, 12, c.b)
        p.rect(10, -25, 12, 25, c.a)
        p.rect(14, -64, 7, 12, c.ink)
    p.path("M64 8 C56 0 68 -6 60 -16 C74 -8 66 0 68 8 Z", c.c)


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
def graveyard(p: Pen, c: Inks) -> None:
    """Leaning stones and a bare tree."""
    p.path("M-10 100 V84 C20 74 70 78 110 86 V100 Z", c.ink)
    p.stroke(
        "M78 88 C74 66 82 54 76 34 M78 62 C66 54 62 44 64 30 M77 50 C88 44 90 34 88 22 M64 42 L55 34 M88 34 L97 28 M76 34 L70 20 M76 36 L82 16",
        c.ink,
        3,
    )
    for x, y, t in ((14, 88, -9), (34, 84, 5), (54, 90, -4)):
        with p.at(x, y, 1, t):
            p.path("M-8 4 V-18 C-8 -28 8 -28 8 -18 V4 Z", c.c)
            p.path("M2 4 V-25 C6 -24 8 -21 8 -18 V4 Z", c.a)
            p.line(-3, -17, 4, -17, c.ink, 1.5)
            p.line(0.5, -21, 0.5, -8, c.ink, 1.5)


@motif
def hanok_gate(p: Pen, c: Inks) -> None:
    """A tiled gate, half open, with shoes on the step."""
    p.path(
        "M0 34 C20 30 30 22 34 16 H66 C70 22 80 30 100 34 C98 40 96 42 94 42 C76 34 24 34 6 42 C4 42 2 40 0 34 Z", c.ink
    )
    p.rect(33, 11, 34, 6, c.ink, 2)
    for x in range(12, 92, 8):
        p.circ(x, 39.4 - 3.2 * (1 - abs(x - 50) / 42), 2.7, c.b)
    p.rect(14, 41, 8, 50, c.a)
    p.rect(78, 41, 8, 50, c.a)
    p.rect(22, 44, 56, 5, c.a)
    p.poly([(22, 49), (46, 49), (42, 90), (22, 91)], c.c)
    p.poly([(78, 49), (62, 52), (62, 89), (78, 91)], c.c)
    p.poly([(46, 49), (62, 52), (62, 89), (42, 90)], c.b)
    for x, y in ((40, 69), (64, 70)):
        p.ring(x, y, 2.4, 1.3, c.ink)
    p.rect(4, 91, 92, 9, c.ink)
    for x in (46, 55):
        p.path(f"M{x} 91 C{x} 86 {x + 3} 87 {x + 4} 88.6 L{x + 7.4} 88 C{x + 7.6} 90 {x + 6} 91 {x + 5} 91 Z", c.paper)


@motif
def bell_pavilion(p: Pen, c: Inks) -> None:
    """A temple bell under its roof."""
    p.path("M2 36 C22 30 36 18 42 6 H58 C64 18 78 30 98 36 C92 42 84 38 50 38 C16 38 8 42 2 36 Z", c.ink)
    p.path("M14 30 C28 26 40 16 45 8 H55 C60 16 72 26 86 30 C66 26 34 26 14 30 Z", c.a)
    p.rect(16, 38, 5, 56, c.a)
    p.rect(79, 38, 5, 56, c.a)
    p.rect(8, 93, 84, 7, c.ink)
    p.path("M45 38 C45 34 55 34 55 38 L55 44 H45 Z", c.ink)
    p.path("M36 88 C33 70 36 50 44 44 H56 C64 50 67 70 64 88 Z", c.b)
    p.path("M50 44 H56 C64 50 67 70 64 88 H50 Z", c.c)
    p.rect(34.5, 82, 31, 3, c.ink)
    p.rect(37, 54, 26, 2, c.ink)
    p.ring(50, 68, 5, 1.6, c.ink)
    p.rect(66, 66, 24, 4, c.ink, 2)


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
def canal_houses(p: Pen, c: Inks) -> None:
    """Gabled fronts with the sky on fire behind."""
    for i, (x, w, h) in enumerate(((0, 17, 56), (17, 15, 68), (32, 18, 60), (50, 15, 74), (65, 18, 58), (83, 17, 66))):
        ink = (c.ink, c.a, c.ink, c.c, c.ink, c.a)[i]
        top = 100 - h
        step = w / 6
        p.rect(x, top, w, h, ink)
        for k in range(3):
            p.rect(x + step * (k * 0.9 + 0.4), top - 5 * (k + 1), w - 2 * step * (k * 0.9 + 0.4), 6, ink)
        for row in range(4):
            for col in range(3):
                p.rect(
                    x + 2.4 + col * (w - 4) / 3, top + 6 + row * 12, 2.8, 6.4, c.b if (row + col + i) % 3 else c.paper
                )


@motif
def pavilion(p: Pen, c: Inks) -> None:
    """A drowned amusement palace and its reflection."""
    for flip in (1, -1):
        with p.at(50, 60), p.at(0, 0, 1, 0 if flip == 1 else 180, flip == -1):
            ink = c.ink if flip == 1 else c.c
            p.rect(-46, -18, 92, 18, ink)
            for x, r in ((-38, 8), (38, 8), (0, 18)):
                p.rect(x - r, -20 - r, 2 * r, 12 + r, ink)
                p.path(
                    f"M{x - r - 1} {-18 - r} C{x - r - 4} {-30 - r} {x} {-30 - r} {x} {-42 - r} C{x} {-30 - r} {x + r + 4} {-30 - r} {x + r + 1} {-18 - r} Z",
                    ink if flip == -1 else c.a,
                )
            for x in range(-42, 44, 9):
                p.path(
                    f"M{x - 2.6} -2 V-10 C{x - 2.6} -14 {x + 2.6} -14 {x + 2.6} -10 V-2 Z",
                    c.b if flip == 1 else c.paper,
                )
    p.rect(-20, 59, 140, 1.6, c.paper)


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
        x, lean = i * 4.2 - 20, (i * 7) % 11 - 3
        top = 62 + (i * 13) % 17
        p.stroke(f"M{x} 112 Q{x + 1} 90 {x + lean} {top}", c.b if i % 3 else c.paper, 1.6)
        p.ell(x + lean, top - 4, 1.9, 7, c.paper if i % 3 else c.c, lean * 3)


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
