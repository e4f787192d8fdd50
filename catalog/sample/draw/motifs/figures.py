"""People on their way somewhere."""
# ruff: noqa: E501 - a path is read whole

from __future__ import annotations

from catalog.sample.draw.motifs.registry import motif
from catalog.sample.draw.palettes import Inks
from catalog.sample.draw.pen import Pen
from catalog.sample.draw.shapes import mix


@motif
def rider(p: Pen, c: Inks) -> None:
    """A horse at full stretch with its rider."""
    p.path(
        "M4 50 C12 44 18 48 22 52 C36 46 54 48 66 46 C72 40 78 32 84 28 L86 22 L90 27 C96 32 99 38 98 42 C94 44 90 42 88 40 C86 48 82 56 76 62 C84 66 92 70 98 80 L93 82 C88 74 78 72 70 70 C72 78 64 84 60 94 L55 92 C58 82 62 78 60 70 C50 68 40 70 32 70 C24 76 14 76 4 84 L1 80 C10 72 18 70 20 62 C18 58 12 54 4 50 Z",
        c.ink,
    )
    p.path("M24 68 C24 78 14 84 10 96 L15 98 C20 88 30 82 34 70 Z", c.ink)
    p.path("M66 46 C72 40 78 32 84 28 C78 40 76 46 70 52 Z", c.b)
    p.path(
        "M44 50 C42 38 46 28 54 26 C60 26 62 34 60 42 C66 42 72 40 76 36 L78 40 C72 46 64 48 58 48 L60 62 L56 74 L52 72 L53 60 Z",
        c.a,
    )
    p.circ(57, 20, 5.6, c.paper)
    p.path("M48 18 C52 10 62 8 66 17 C60 15 54 16 48 18 Z", c.a)
    p.path("M48 30 C36 26 22 30 12 24 C22 38 36 40 46 44 Z", c.b)


@motif
def samurai(p: Pen, c: Inks) -> None:
    """A swordsman in three strokes, blade over his head."""
    p.path(
        "M30 100 C26 78 34 62 42 54 L38 40 C44 34 58 34 62 40 L60 54 C72 62 80 80 76 100 L56 100 L52 76 L46 100 Z", c.a
    )
    p.path("M42 54 C50 60 56 58 60 54 L62 62 C54 66 46 64 40 60 Z", c.ink)
    p.path(
        "M38 40 C26 38 20 28 26 18 L32 14 L36 20 C32 26 36 32 44 34 Z M62 40 C68 36 68 28 60 22 L40 16 L38 22 L54 28 Z",
        c.a,
    )
    p.path("M34 18 C50 8 74 2 104 4 C76 8 54 14 38 22 Z", c.paper)
    p.path("M34 18 C50 8 74 2 104 4 C80 5 58 10 36 20 Z", c.ink)
    p.ell(50, 28, 6.6, 8, c.paper)
    p.path("M43 28 C42 18 58 18 57 28 C54 22 46 22 43 28 Z M48 20 C46 12 52 10 54 12 L52 20 Z", c.ink)
    p.stroke("M46 28 L49 29 M54 28 L51 29 M47 33 C49 31.6 51 31.6 53 33", c.ink, 1.2)
    p.path("M50 40 L54 54 L48 54 Z", c.paper)
    p.path("M20 72 L50 60 L52 64 L22 78 Z", c.ink)


@motif
def cap_child(p: Pen, c: Inks) -> None:
    """A tramp and a child on a doorstep, from behind."""
    p.rect(-10, 84, 120, 6, c.c)
    p.rect(-16, 90, 132, 10, c.b)
    p.path("M20 86 C18 60 24 50 38 48 C52 50 58 60 56 86 Z", c.ink)
    p.circ(38, 39, 8, c.c)
    p.path("M29 36 C29 20 47 20 47 36 Z M22 37 C32 33 44 33 54 37 C50 41 26 41 22 37 Z", c.ink)
    p.path("M60 86 C58 72 62 64 72 63 C82 64 85 72 83 86 Z", c.a)
    p.circ(72, 56, 7, c.c)
    p.path("M62 54 C62 44 74 42 80 48 C84 52 82 55 80 55 C74 52 68 53 62 54 Z", c.ink)
    p.path("M52 66 C60 62 70 64 78 68 L77 72 C68 69 60 69 53 72 Z", c.ink)
    p.stroke("M16 44 C16 36 24 36 24 44 L20 86", c.b, 2)


@motif
def clock_climber(p: Pen, c: Inks) -> None:
    """A man in a straw hat hangs from the minute hand."""
    p.circ(50, 40, 40, c.ink)
    p.circ(50, 40, 36, c.paper)
    for i in range(12):
        with p.at(50, 40, 1, 30 * i):
            p.rect(-1.5, -33, 3, 7 if i % 3 else 10, c.ink)
    with p.at(50, 40, 1, -62):
        p.poly([(-3, 4), (0, -20), (3, 4)], c.ink)
    p.path("M48 38 L52 42 L76 58 L74 61 L70 59 Z", c.a)
    p.circ(50, 40, 4, c.a)
    p.path(
        "M74 58 L78 62 L80 74 L76 86 L80 104 L74 105 L71 90 L70 104 L64 103 L67 86 L66 74 L62 62 L58 54 L61 52 L66 60 L71 66 L74 64 Z",
        c.ink,
    )
    p.circ(69, 66, 5, c.c)
    p.path("M60 62 C66 58 74 58 79 63 L77 65 C72 62 66 62 61 65 Z M64 60 L66 54 L74 55 L75 61 Z", c.b)


@motif
def fencer(p: Pen, c: Inks) -> None:
    """Cape, hat, rapier, and a letter cut in the air."""
    p.path("M6 14 L64 6 L60 16 L26 54 L70 46 L66 56 L8 64 L14 52 L48 16 L8 22 Z", c.a)
    p.path(
        "M62 40 C58 34 64 26 70 28 C78 28 80 36 76 42 C90 48 100 66 98 92 C90 84 84 86 80 84 L84 104 H77 L70 82 L58 104 H50 L62 74 L60 56 C52 56 46 60 38 66 L36 62 C44 54 52 48 60 48 Z",
        c.ink,
    )
    p.path("M54 32 C62 24 80 22 90 30 C80 30 66 32 54 36 Z M64 28 C66 18 76 18 78 27 Z", c.ink)
    p.path("M63 35 L77 34 L77 38 L64 39 Z", c.paper)
    p.line(38, 64, 2, 90, c.ink, 1.8)
    p.circ(37, 64, 3.4, c.b)


@motif
def person_grid(p: Pen, c: Inks) -> None:
    """Forty-nine clerks and one with a face."""
    for row in range(7):
        for col in range(7):
            x, y = 7.5 + col * 14.2, 8 + row * 14.2
            one = (row, col) == (4, 4)
            p.circ(x, y, 3.3, c.a if one else c.ink)
            p.path(
                f"M{x - 5.2} {y + 9.6} C{x - 5.2} {y + 2.6} {x + 5.2} {y + 2.6} {x + 5.2} {y + 9.6} Z",
                c.a if one else c.ink,
            )


@motif
def trapper(p: Pen, c: Inks) -> None:
    """An archer whose target is a man."""
    for r, ink in ((46, c.ink), (38, c.paper), (30, c.a), (22, c.paper), (14, c.a)):
        p.circ(50, 50, r, ink)
    p.path(
        "M46 20 C51 14 58 18 56 25 C64 28 66 36 64 44 L74 50 L72 55 L60 52 L58 62 L70 78 L66 96 L59 95 L62 80 L50 68 L42 82 L24 88 L22 82 L36 76 L44 60 L44 46 L34 54 L26 48 L30 44 L35 47 L46 32 Z",
        c.ink,
    )
    p.line(98, 4, 58, 44, c.b, 2.2)
    p.poly([(56, 46), (64, 44), (58, 38)], c.b)
    p.path("M98 4 l-2 8 l8 -2 l4 -8 Z M94 8 l-2 8 l8 -2 Z", c.b)


@motif
def doorman(p: Pen, c: Inks) -> None:
    """A coat with two rows of buttons; the coat is the man."""
    p.path("M6 104 L12 56 C16 42 30 38 38 36 H62 C70 38 84 42 88 56 L94 104 Z", c.ink)
    p.path("M38 36 L50 62 L62 36 L66 44 L52 76 H48 L34 44 Z", c.a)
    for y in (60, 72, 84, 96):
        p.circ(38, y, 3.2, c.b)
        p.circ(62, y, 3.2, c.b)
    for x in (8, 70):
        p.path(f"M{x} 54 C{x + 4} 44 {x + 18} 40 {x + 24} 46 L{x + 22} 52 C{x + 14} 50 {x + 6} 54 {x} 60 Z", c.b)
    p.path("M38 18 H62 C64 32 58 42 50 42 C42 42 36 32 38 18 Z", c.paper)
    p.path("M36 30 C42 27 47 29 50 32 C53 29 58 27 64 30 C68 38 58 42 50 40 C42 42 32 38 36 30 Z", c.c)
    p.path("M32 18 C32 4 40 0 50 0 C60 0 68 4 68 18 Z", c.ink)
    p.rect(32, 12, 36, 5, c.b)
    p.path("M36 18 H64 L60 22 H40 Z", c.a)


@motif
def witch(p: Pen, c: Inks) -> None:
    """A rider on a broom past the moon."""
    p.circ(56, 44, 40, c.b)
    p.line(-2, 78, 96, 52, c.ink, 3)
    p.path("M-2 78 C-18 74 -26 84 -30 92 C-18 94 -6 92 4 84 Z", c.ink)
    p.path(
        "M30 70 C28 54 38 42 50 42 C60 42 62 50 60 56 L78 56 L80 60 L62 64 L72 76 L84 84 L80 88 L64 80 L54 68 Z", c.ink
    )
    p.path("M46 44 C40 48 20 48 6 40 C16 56 28 64 32 68 Z", c.a)
    p.path("M52 42 C48 34 52 28 58 28 C64 28 64 32 64 34 L70 38 L63 39 C62 44 58 45 54 44 Z", c.ink)
    p.path("M44 32 L68 24 L70 27 L46 35 Z M50 29 L54 4 L64 25 Z", c.ink)


@motif
def devil_cloak(p: Pen, c: Inks) -> None:
    """A horned shape whose cloak is the night over a town."""
    p.path(
        "M50 8 C58 8 62 16 60 26 C80 30 102 44 116 88 C100 74 90 84 80 80 C70 76 62 84 50 80 C38 84 30 76 20 80 C10 84 0 74 -16 88 C-2 44 20 30 40 26 C38 16 42 8 50 8 Z",
        c.ink,
    )
    p.path("M42 14 C34 10 34 2 38 -6 C40 4 44 8 47 10 Z M58 14 C66 10 66 2 62 -6 C60 4 56 8 53 10 Z", c.ink)
    p.path("M43 18 L49 21 L44 22 Z M57 18 L51 21 L56 22 Z", c.a)
    p.path("M20 80 C30 60 40 44 46 34 C42 54 36 70 30 79 Z M80 80 C70 60 60 44 54 34 C58 54 64 70 70 79 Z", c.a)
    for x, w, h in ((10, 9, 10), (22, 8, 15), (34, 10, 9), (46, 7, 18), (56, 9, 11), (68, 8, 14), (80, 10, 9)):
        p.rect(x, 100 - h, w, h + 6, c.c)
        p.poly([(x - 1, 100 - h), (x + w / 2, 92 - h), (x + w + 1, 100 - h)], c.a)
        p.rect(x + w / 2 - 1, 101 - h * 0.6, 2, 3, c.b)


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
def eloping_pair(p: Pen, c: Inks) -> None:
    """Two heads in one boat, city on one bank and village on the other."""
    p.path("M18 62 H82 C78 76 70 80 50 80 C30 80 22 76 18 62 Z", c.ink)
    for x, ink in ((42, c.a), (58, c.paper)):
        p.path(f"M{x - 8} 64 C{x - 8} 48 {x + 8} 48 {x + 8} 64 Z", ink)
        p.circ(x, 44, 5.4, c.c)
    p.path("M36 43 C36 36 48 36 48 42 Z", c.ink)
    p.path("M52 46 C50 34 66 34 64 48 C60 44 58 40 56 40 Z", c.ink)
    p.line(70, 52, 90, 86, c.ink, 2)
    for i, w in enumerate((60, 48, 34, 20)):
        p.rect(50 - w / 2 + (i % 2) * 4, 84 + i * 5, w, 2, c.b, 1)
