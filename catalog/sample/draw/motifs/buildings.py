"""Buildings that lean, glow, crack or ring."""
# ruff: noqa: E501 - a path is read whole

from __future__ import annotations

from catalog.sample.draw.motifs.registry import motif
from catalog.sample.draw.palettes import Inks
from catalog.sample.draw.pen import Pen
from catalog.sample.draw.shapes import mix


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
def house_kit(p: Pen, c: Inks) -> None:
    """A house put together from the wrong numbers."""
    with p.at(50, 56, 1, -12):
        p.poly([(-34, 40), (-28, -8), (30, -14), (38, 40)], c.paper)
        p.poly([(6, -11.6), (30, -14), (38, 40), (10, 40)], c.c)
        p.poly([(-42, -4), (-8, -40), (6, -10)], c.a)
        p.poly([(-8, -40), (48, -22), (34, -8), (6, -10)], c.ink)
        p.poly([(-24, 40), (-22, 14), (-10, 13), (-9, 40)], c.ink)
        p.rect(14, 4, 14, 14, c.b)
        p.frame(14, 4, 14, 14, c.ink, 2)
        p.line(21, 4, 21, 18, c.ink, 1.4)
        with p.at(-2, 4, 1, 24):
            p.rect(-7, -6, 13, 12, c.b)
            p.frame(-7, -6, 13, 12, c.ink, 2)
        with p.at(24, 30, 1, 90):
            p.rect(-6, -7, 16, 14, c.a)
            p.circ(6, 0, 1.4, c.ink)
        p.rect(10, -48, 9, 22, c.a)
        p.circ(-16, 26, 1.2, c.b)
    p.path("M82 8 C86 2 94 4 92 10 L98 40 L94 41 Z", c.ink)
    p.stroke("M6 98 H98", c.ink, 3)


@motif
def clock_tower(p: Pen, c: Inks) -> None:
    """A village clock whose bronze figures carry swords."""
    p.rect(24, 22, 52, 82, c.ink)
    p.poly([(18, 24), (50, -8), (82, 24)], c.a)
    p.circ(50, 54, 22, c.paper)
    p.ring(50, 54, 19, 1.2, c.ink)
    for i in range(12):
        with p.at(50, 54, 1, 30 * i):
            p.rect(-0.9, -18.4, 1.8, 4.4, c.ink)
    p.poly([(48, 56), (50, 38), (52, 56)], c.ink)
    p.poly([(49, 52), (66, 60), (49, 56)], c.a)
    for x, f in ((10, False), (90, True)):
        with p.at(x, 84, 1, 0, f):
            p.path("M-7 18 L-4 -12 H4 L7 18 Z", c.b)
            p.circ(0, -17, 4.6, c.b)
            p.path("M3 -10 L28 -26 L29 -24 L5 -6 Z", c.b)
            p.line(12, -21, 17, -13, c.b, 2)
    p.rect(-8, 102, 116, 4, c.a)
